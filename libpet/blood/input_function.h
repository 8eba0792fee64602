// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

namespace pet {

/// Blood curves of one scan on common sample times. Columns that a file does not have are empty.
struct InputFunction {
  std::vector<double> time_min;         ///< strictly increasing, minutes after injection
  std::vector<double> parent_plasma;    ///< metabolite-corrected arterial plasma ("AIF"), kBq/mL
  std::vector<double> whole_blood;      ///< kBq/mL
  std::vector<double> plasma;           ///< total radioactivity in plasma, kBq/mL
  std::vector<double> parent_fraction;  ///< 0 to 1
};

}  // namespace pet
