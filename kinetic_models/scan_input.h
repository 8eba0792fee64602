// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <variant>

#include "kinetic_models/plasma.h"
#include "kinetic_models/reference_region.h"

namespace pet {

/// What drives the tissue curves of one scan: the curve of a reference region, or blood. A view; what it was made of
/// must outlive it.
class ScanInput {
 public:
  ScanInput(const ReferenceRegion& reference) : input_(&reference) {}
  ScanInput(const Plasma& plasma) : input_(&plasma) {}

  bool is_plasma() const { return std::holds_alternative<const Plasma*>(input_); }
  const ReferenceRegion& reference() const { return *std::get<const ReferenceRegion*>(input_); }
  const Plasma& plasma() const { return *std::get<const Plasma*>(input_); }
  const Frames& frames() const { return is_plasma() ? plasma().frames() : reference().tac().frames; }
  Sampling sampling() const { return is_plasma() ? plasma().sampling() : reference().sampling(); }

 private:
  std::variant<const ReferenceRegion*, const Plasma*> input_;
};

}  // namespace pet
