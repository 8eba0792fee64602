// SPDX-License-Identifier: Apache-2.0
#include "libpet/provenance.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <memory>
#include <set>
#include <system_error>

#include "libpet/error.h"

namespace pet {
namespace {

namespace fs = std::filesystem;

class Sha256 {
 public:
  Sha256() : context_(EVP_MD_CTX_new(), EVP_MD_CTX_free) { EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr); }

  void add(std::string_view bytes) { EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()); }

  std::string hexadecimal() {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned length = 0;
    EVP_DigestFinal_ex(context_.get(), digest.data(), &length);
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (unsigned i = 0; i < length; ++i) {
      text += digits[digest[i] >> 4];
      text += digits[digest[i] & 15];
    }
    return text;
  }

 private:
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_;
};

InputNotFound cannot_read(const fs::path& path, const std::error_code& error) {
  return InputNotFound(path.string() + ": cannot be read: " + error.message());
}

std::string file_digest(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw InputNotFound(path.string() + ": cannot be opened");
  Sha256 digest;
  std::array<char, 65536> buffer{};
  while (file.read(buffer.data(), buffer.size()) || file.gcount() > 0)
    digest.add({buffer.data(), static_cast<std::size_t>(file.gcount())});
  if (file.bad()) throw InputNotFound(path.string() + ": cannot be read");
  return digest.hexadecimal();
}

// The files below a folder and below the folders that links lead to, each folder once: links may form a loop. A link
// to nothing is no file.
void add_files(const fs::path& folder, std::set<fs::path>& visited, std::vector<fs::path>& files) {
  std::error_code error;
  if (!visited.insert(fs::canonical(folder, error)).second) return;
  std::vector<fs::path> entries;
  auto entry = error ? fs::directory_iterator() : fs::directory_iterator(folder, error);
  for (; !error && entry != fs::directory_iterator(); entry.increment(error)) entries.push_back(entry->path());
  if (error) throw cannot_read(folder, error);
  std::sort(entries.begin(), entries.end());  // which of two ways to a folder counts must not depend on the disk
  for (const fs::path& path : entries) {
    const fs::file_status status = fs::status(path, error);
    if (fs::is_directory(status))
      add_files(path, visited, files);
    else if (fs::is_regular_file(status))
      files.push_back(path);
    else if (error && !fs::status_known(status) && error != std::errc::too_many_symbolic_link_levels)
      throw cannot_read(path, error);
  }
}

std::string folder_digest(const fs::path& path) {
  std::vector<fs::path> files;
  std::set<fs::path> visited;
  add_files(path, visited, files);
  std::sort(files.begin(), files.end());
  Sha256 digest;
  for (const auto& file : files) digest.add(file.lexically_relative(path).string() + " " + file_digest(file) + "\n");
  return digest.hexadecimal();
}

}  // namespace

std::string version() {
  return OCCUPET_VERSION;
}

std::string sha256(std::string_view bytes) {
  Sha256 digest;
  digest.add(bytes);
  return digest.hexadecimal();
}

InputChecksum checksum(const fs::path& path) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (status.type() == fs::file_type::not_found) throw InputNotFound(path.string() + ": no such file or folder");
  if (error) throw cannot_read(path, error);
  return {path.string(), fs::is_directory(status) ? folder_digest(path) : file_digest(path)};
}

}  // namespace pet
