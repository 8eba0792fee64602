// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <stdio.h>  // renameat2

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "libpet/io/detail/renames.h"
#include "libpet/io/output_files.h"

namespace pet::detail {
namespace {

namespace fs = std::filesystem;

// 0 or the error number.
int rename_with(const fs::path& from, const fs::path& to, unsigned flags) {
  return ::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), flags) == 0 ? 0 : errno;
}

bool is_unsupported(int error) {
  return error == EINVAL || error == ENOSYS || error == ENOTSUP;
}

}  // namespace

Renames::~Renames() {
  for (auto rename = done_.rbegin(); rename != done_.rend(); ++rename)
    rename_with(rename->to, rename->from, rename->is_exchange ? RENAME_EXCHANGE : 0);
}

void Renames::add(const fs::path& from, const fs::path& to) {
  const fs::file_status there = fs::symlink_status(to);
  const bool is_exchange = may_replace_ && fs::exists(there);
  int error = 0;
  if (is_exchange && (fs::is_directory(there) || fs::is_directory(from)))
    error = fs::is_directory(there) ? EISDIR : ENOTDIR;
  else
    error = rename_with(from, to, is_exchange ? RENAME_EXCHANGE : RENAME_NOREPLACE);
  if (is_unsupported(error)) {
    // File systems without these flags (NFS): replacing cannot be undone there.
    error = is_exchange || !fs::exists(there) ? rename_with(from, to, 0) : EEXIST;
    if (is_exchange && error == 0) return;
  }
  if (error != 0) throw OutputError(to.string() + ": cannot be written: " + std::strerror(error));
  done_.push_back({from, to, is_exchange});
}

void Renames::add_content(const fs::path& from, const fs::path& to) {
  for (const fs::path& entry : entries_of(from)) {
    const fs::path place = to / entry.filename();
    if (may_replace_ && fs::is_directory(fs::symlink_status(entry)) && fs::is_directory(fs::symlink_status(place)))
      add_content(entry, place);
    else
      add(entry, place);
  }
}

std::vector<fs::path> entries_of(const fs::path& folder) {
  std::vector<fs::path> entries;
  for (const auto& entry : fs::directory_iterator(folder)) entries.push_back(entry.path());
  std::sort(entries.begin(), entries.end());
  return entries;
}

}  // namespace pet::detail
