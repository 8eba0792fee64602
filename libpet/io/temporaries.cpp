// SPDX-License-Identifier: Apache-2.0
#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>

#include "libpet/io/detail/temporaries.h"

namespace pet::detail {
namespace {

void remove_at(int folder, const char* name);

// Removes what it finds in one pass over an open folder; says whether that was anything.
bool remove_entries(int folder) {
  bool has_removed = false;
  alignas(dirent64) char buffer[4096];
  for (ssize_t size = 0; (size = getdents64(folder, buffer, sizeof buffer)) > 0;) {
    for (ssize_t at = 0; at < size;) {
      const auto* const entry = reinterpret_cast<const dirent64*>(buffer + at);
      at += entry->d_reclen;
      const std::string_view name = entry->d_name;
      if (name == "." || name == "..") continue;
      remove_at(folder, entry->d_name);
      has_removed = true;
    }
  }
  return has_removed;
}

void remove_at(int folder, const char* name) {
  if (unlinkat(folder, name, 0) == 0 || errno != EISDIR) return;
  const int inside = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (inside >= 0) {
    // Entries may be passed over while others are removed, hence again; not for ever, if something cannot be removed.
    for (int pass = 0; pass < 100 && remove_entries(inside); ++pass) lseek(inside, 0, SEEK_SET);
    close(inside);
  }
  unlinkat(folder, name, AT_REMOVEDIR);
}

}  // namespace

Temporaries& temporaries() {
  static auto* const of_this_process = new Temporaries;
  return *of_this_process;
}

bool is_unfinished_output(const std::filesystem::path& path) {
  const std::string name = path.filename();
  return name.starts_with('.') && name.find(".partial") != std::string::npos;
}

void remove_tree(const char* path) noexcept {
  remove_at(AT_FDCWD, path);
}

}  // namespace pet::detail
