// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace pet::detail {

/// "sub-01_ses-a_seg-gtm_tacs.tsv" as {sub: 01, ses: a, seg: gtm}. The order of entities does not matter.
std::map<std::string, std::string> entities_of(const std::filesystem::path& path);

/// Files in `folder` whose names end with `ending` ("_pet.json"), have the `sub` and `ses` of `path` (which must have
/// a sub) and contradict no other entity of it; those with the fewest entities that `path` does not have, sorted.
/// More than one: the name alone does not decide.
std::vector<std::filesystem::path> companions(const std::filesystem::path& path,
                                              const std::filesystem::path& folder,
                                              std::string_view ending);

}  // namespace pet::detail
