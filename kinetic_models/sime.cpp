// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/sime.h"

#include <algorithm>

#include "kinetic_models/detail/least_squares.h"
#include "kinetic_models/detail/plasma_start.h"

namespace pet {

Fit fit_sime(const TimeActivityCurve& target, const Plasma& plasma, const FitOptions& options) {
  std::vector<std::vector<double>> starts;
  for (const detail::Response& r : detail::two_rate_responses(sime, target, plasma, options))
    starts.push_back({r.K1(), std::max(r.k3() / r.k4(), 0.05), r.k4(), r.K1() / r.k2(), r.vB, r.delay_min});
  return detail::fit_nonlinear(sime, target, plasma, options, starts);
}

}  // namespace pet
