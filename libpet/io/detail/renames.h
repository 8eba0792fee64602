// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <utility>
#include <vector>

namespace pet::detail {

/// Files and folders put in place one by one; all go back if `keep` is not reached. A file that was in the place, and
/// may be replaced, then has the name that the new one had; a folder is never replaced.
class Renames {
 public:
  explicit Renames(bool may_replace) : may_replace_(may_replace) {}
  ~Renames();
  Renames(const Renames&) = delete;
  Renames& operator=(const Renames&) = delete;

  /// Throws OutputError with the reason, also where `to` exists and may not be replaced.
  void add(const std::filesystem::path& from, const std::filesystem::path& to);
  /// Every file below `from` to its place below `to`; folders that are not there yet move as a whole. Throws as `add`
  /// does, also where a folder is in the place of a file or a file or link in that of a folder.
  void add_content(const std::filesystem::path& from, const std::filesystem::path& to);
  void keep() { done_.clear(); }

 private:
  struct Rename {
    std::filesystem::path from;
    std::filesystem::path to;
    bool is_exchange = false;
  };
  std::vector<Rename> done_;
  bool may_replace_;
};

/// What a folder holds, sorted.
std::vector<std::filesystem::path> entries_of(const std::filesystem::path& folder);

}  // namespace pet::detail
