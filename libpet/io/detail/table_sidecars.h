// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string_view>
#include <vector>

#include "libpet/io/detail/json.h"

namespace pet::detail {

/// What the files beside a TAC table say: its own sidecar first, then that of the image.
struct TacSurroundings {
  std::vector<Sidecar> sidecars;
  bool has_own = false;

  template <typename Value>
  std::optional<Value> first(std::string_view key, std::optional<Value> (Sidecar::*get)(std::string_view) const) const {
    for (const Sidecar& sidecar : sidecars)
      if (sidecar.has(key)) return (sidecar.*get)(key);
    return std::nullopt;
  }
};

/// FILE.json, else tacs.json in the folder; then the `_pet.json` in the folder that fits the name, where the names
/// leave no doubt or those in doubt say the same; `image_sidecar`, unless empty, takes its place. Throws InputError for
/// one of them that is not JSON.
TacSurroundings tac_surroundings(const std::filesystem::path& path, const std::filesystem::path& image_sidecar = {});

/// FILE.json beside an image or table; whether it exists is not asked.
std::filesystem::path own_sidecar(const std::filesystem::path& path);
/// FILE.json, else `shared` in the folder, else nothing.
std::optional<Sidecar> table_sidecar(const std::filesystem::path& path, const char* shared);

}  // namespace pet::detail
