// SPDX-License-Identifier: Apache-2.0
#include "libpet/files_below.h"

#include <algorithm>
#include <set>
#include <system_error>

#include "libpet/error.h"

namespace pet {
namespace {

namespace fs = std::filesystem;

InputNotFound cannot_read(const fs::path& path, const std::error_code& error) {
  return InputNotFound(path.string() + ": cannot be read: " + error.message());
}

void add_files(const fs::path& folder, std::set<fs::path>& visited, std::vector<fs::path>& files) {
  std::error_code error;
  if (!visited.insert(fs::canonical(folder, error)).second) return;
  std::vector<fs::directory_entry> entries;
  auto entry = error ? fs::directory_iterator() : fs::directory_iterator(folder, error);
  for (; !error && entry != fs::directory_iterator(); entry.increment(error)) entries.push_back(*entry);
  if (error) throw cannot_read(folder, error);
  // Which of two ways to a folder counts must not depend on the disk.
  std::ranges::sort(entries, {}, [](const fs::directory_entry& e) -> const std::string& { return e.path().native(); });
  for (const fs::directory_entry& found : entries) {
    const fs::path& path = found.path();
    // The folder itself tells what is a file, mostly: no need to ask for each.
    if (!found.is_symlink(error) && found.is_regular_file(error)) {
      files.push_back(path);
      continue;
    }
    const fs::file_status status = fs::status(path, error);
    if (fs::is_directory(status))
      add_files(path, visited, files);
    else if (fs::is_regular_file(status))
      files.push_back(path);
    else if (error && !fs::status_known(status) && error != std::errc::too_many_symbolic_link_levels)
      throw cannot_read(path, error);
  }
}

}  // namespace

bool is_existing_folder(const fs::path& path) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (status.type() == fs::file_type::not_found) throw InputNotFound(path.string() + ": no such file or folder");
  if (error) throw cannot_read(path, error);
  return fs::is_directory(status);
}

std::vector<fs::path> files_below(const fs::path& folder) {
  std::vector<fs::path> files;
  std::set<fs::path> visited;
  add_files(folder, visited, files);
  if (!std::ranges::is_sorted(files)) std::ranges::sort(files);
  return files;
}

}  // namespace pet
