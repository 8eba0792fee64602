// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "libpet/dicom/detail/dataset.h"

namespace pet::detail {

/// The functional groups of the frames of one file (DICOM PS3.3 C.7.6.16): what each frame has of its own, and what all
/// of them share.
class FunctionalGroups {
 public:
  /// Throws InputError where there is not one item for each of `frames` frames. `data` must outlive the object.
  FunctionalGroups(const Dataset& data, std::size_t frames);

  const Dataset& own(std::size_t frame) const { return per_frame_[frame]; }
  const std::optional<Dataset>& shared() const { return shared_; }
  /// The group of that sequence: the frame's own, else the shared one. Throws InputError where there is neither.
  Dataset of(std::size_t frame, const DcmTagKey& sequence) const;

 private:
  const Dataset& data_;
  std::vector<Dataset> per_frame_;
  std::optional<Dataset> shared_;
};

}  // namespace pet::detail
