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

/// Removes a file or folder although other threads may be writing into it. Gives up after about a second.
void remove_for_good(const std::filesystem::path& path) noexcept;

}  // namespace pet::detail
