// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "kinetic_models/occupancy/joint.h"
#include "libpet/io/parameter_table.h"
#include "libpet/tac_table.h"
#include "libpet/weights.h"

namespace pet {

struct JointRequest {
  std::string reference;                  ///< region without the target receptor
  std::vector<std::string> regions;       ///< empty: all that both tables have, without the reference
  std::optional<WeightScheme> weights{};  ///< empty: the default of each table
  Sampling sampling = Sampling::average;
  double level = 0.95;
  unsigned threads = 0;
};

struct JointResult {
  OccupancyTable table;
  JointOccupancy joint;  ///< of all regions
  std::vector<std::string> regions;
  WeightScheme weights_baseline = WeightScheme::duration;
  WeightScheme weights_drug = WeightScheme::duration;
  std::vector<std::string> warnings;
  std::size_t failed = 0;  ///< rows with status failed
};

/// The occupancy of all regions by one joint fit of the curves of two scans (first row, index 0, named "joint", mean
/// BPND of the regions), then that of each region by itself in the same way. Extra columns R1_baseline and R1_drug:
/// what the drug did to flow. Regions that one table lacks are left out with a warning. A reference curve with too few
/// frames to estimate its noise leaves that out of the intervals (flag reference_noise_left_out). Throws UsageError for
/// unknown or repeated regions and the reference among them, InputError where no region is left or can be fitted.
JointResult joint_occupancy(const TacTable& baseline, const TacTable& drug, const JointRequest& request);

}  // namespace pet
