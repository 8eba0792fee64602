// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>

namespace pet::detail {

/// One key of a PET-BIDS `_pet.json` (BIDS 1.9, schema rules/sidecars/pet).
struct PetKey {
  enum class Kind {
    number,
    number_or_none,  ///< a number or "n/a"
    text,
    any,        ///< a list, or one of several kinds
    from_image  ///< what only the image can say
  };
  std::string_view name;
  Kind kind = Kind::text;
  bool is_required = false;
};

/// In the order in which a sidecar has them.
std::span<const PetKey> pet_keys();

}  // namespace pet::detail
