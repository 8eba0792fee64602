// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <mutex>
#include <set>

namespace pet::detail {

/// The temporary files and folders of this process, for whoever must remove them. Held by `mutex`, also while an
/// output is created or renamed: a signal sees either all or nothing of a commit.
struct Temporaries {
  std::mutex mutex;
  std::set<std::filesystem::path> paths;
};

/// The one of the process; never destroyed, because a signal may arrive while the process ends.
Temporaries& temporaries();

/// Whether a name is one that OutputFiles gives to what is not whole yet (".NAME....partial"): a killed run leaves it.
bool is_unfinished_output(const std::filesystem::path& path);

/// Removes a file, or a folder with all it holds; links are removed, not followed. What cannot be removed stays. Uses
/// system calls only, no heap: it works while other threads are stopped with a lock in hand.
void remove_tree(const char* path) noexcept;

}  // namespace pet::detail
