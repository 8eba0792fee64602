// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/detail/frames_used.h"

#include <numeric>
#include <string>

#include "libpet/error.h"

namespace pet::detail {

FramesUsed frames_used(const TimeActivityCurve& target,
                       const FitOptions& options,
                       std::size_t at_least,
                       std::string_view model) {
  const Frames& frames = target.frames;
  if (!options.weights.empty() && options.weights.size() != frames.size())
    throw UsageError(std::to_string(options.weights.size()) + " weights for " + std::to_string(frames.size()) +
                     " frames");
  FramesUsed used;
  used.frames = frames.size();
  constexpr double rounding_min = 1e-9;
  for (std::size_t i = 0; i < frames.size(); ++i) {
    const double mid = frames[i].mid_min();
    const double weight = options.weights.empty() ? 1.0 : options.weights[i];
    if (options.t_star_min && mid < *options.t_star_min - rounding_min) continue;
    if (options.t_end_min && mid > *options.t_end_min + rounding_min) continue;
    if (!(weight > 0.0)) continue;
    used.index.push_back(i);
    used.weight.push_back(weight);
  }
  if (used.index.size() < at_least)
    throw bad_input("model " + std::string(model),
                    std::to_string(used.index.size()) + " of " + std::to_string(frames.size()) +
                        " frames to fit (t*, t-end and positive weights considered)",
                    "at least " + std::to_string(at_least));
  const double mean =
      std::accumulate(used.weight.begin(), used.weight.end(), 0.0) / static_cast<double>(used.weight.size());
  for (double& weight : used.weight) weight /= mean;
  return used;
}

}  // namespace pet::detail
