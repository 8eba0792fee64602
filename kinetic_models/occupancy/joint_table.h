// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "kinetic_models/occupancy/joint.h"
#include "kinetic_models/occupancy/joint_two_tissue.h"
#include "libpet/blood/input_function.h"
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

/// What drives the curves of two scans with plasma.
struct JointPlasmaRequest {
  const InputFunction& baseline;
  const InputFunction& drug;
  std::vector<std::string> regions{};     ///< empty: all that both tables have
  std::optional<WeightScheme> weights{};  ///< empty: the default of each table
  Choice vB{};                            ///< as JointPlasmaOptions has it
  Choice delay_min{};  ///< of both scans; fitted: estimated once for each scan (estimate_delay); neither: none
  double plasma_error = 0.0;
  double level = 0.95;
  unsigned threads = 0;
};

struct JointPlasmaResult {
  OccupancyTable table;
  JointPlasmaOccupancy joint;  ///< of all regions
  std::vector<std::string> regions;
  WeightScheme weights_baseline = WeightScheme::duration;
  WeightScheme weights_drug = WeightScheme::duration;
  double delay_baseline_min = 0.0;
  double delay_drug_min = 0.0;
  std::vector<std::string> warnings;
  std::size_t failed = 0;  ///< rows with status failed
};

/// The same by the two-tissue model with plasma: one occupancy and one VND of all regions (fit_joint_two_tissue). Extra
/// columns VND with standard error and interval (first row) and K1_baseline, K1_drug. Throws what that throws, and
/// estimate_delay.
JointPlasmaResult joint_occupancy(const TacTable& baseline, const TacTable& drug, const JointPlasmaRequest& request);

}  // namespace pet
