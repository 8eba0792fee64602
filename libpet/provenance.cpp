// SPDX-License-Identifier: Apache-2.0
#include "libpet/provenance.h"

#include <openssl/evp.h>

#include <array>
#include <fstream>
#include <memory>
#include <vector>

#include "libpet/error.h"
#include "libpet/files_below.h"
#include "libpet/parallel.h"

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

std::string folder_digest(const fs::path& path, unsigned threads) {
  const std::vector<fs::path> files = files_below(path);
  std::vector<std::string> digests(files.size());
  parallel_for(files.size(), threads, [&](std::size_t i) { digests[i] = file_digest(files[i]); });
  Sha256 digest;
  for (std::size_t i = 0; i < files.size(); ++i)
    digest.add(files[i].lexically_relative(path).string() + " " + digests[i] + "\n");
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

InputChecksum checksum(const fs::path& path, unsigned threads) {
  return {path.string(), is_existing_folder(path) ? folder_digest(path, threads) : file_digest(path)};
}

std::string identity_seed(const std::string& role, const Provenance& provenance) {
  std::string seed = role;
  for (const InputChecksum& input : provenance.inputs) seed += " " + input.sha256;
  return seed;
}

}  // namespace pet
