// SPDX-License-Identifier: Apache-2.0
#include "libpet/dicom/detail/functional_groups.h"

namespace pet::detail {

FunctionalGroups::FunctionalGroups(const Dataset& data, std::size_t frames)
    : data_(data),
      per_frame_(data.items(DCM_PerFrameFunctionalGroupsSequence, frames + 1)),
      shared_(data.first_item(DCM_SharedFunctionalGroupsSequence)) {
  if (per_frame_.size() != frames)
    throw bad_input(data.where(DCM_PerFrameFunctionalGroupsSequence), std::to_string(per_frame_.size()) + " items",
                    std::to_string(frames) + ", one a frame");
}

Dataset FunctionalGroups::of(std::size_t frame, const DcmTagKey& sequence) const {
  auto group = per_frame_[frame].first_item(sequence);
  if (!group && shared_) group = shared_->first_item(sequence);
  if (!group)
    throw bad_input(data_.where(sequence) + " frame " + std::to_string(frame + 1), "no functional group", "one");
  return *group;
}

}  // namespace pet::detail
