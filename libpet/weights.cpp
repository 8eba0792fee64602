// SPDX-License-Identifier: Apache-2.0
#include "libpet/weights.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <stdexcept>

#include "libpet/decay.h"
#include "libpet/error.h"

namespace pet {
namespace {

constexpr std::array schemes = {
    std::pair<std::string_view, WeightScheme>{"uniform", WeightScheme::uniform},
    std::pair<std::string_view, WeightScheme>{"duration", WeightScheme::duration},
    std::pair<std::string_view, WeightScheme>{"decay", WeightScheme::decay},
    std::pair<std::string_view, WeightScheme>{"counts", WeightScheme::counts},
};
constexpr double count_floor = 0.05;  // of the maximum of the curve

}  // namespace

WeightScheme weight_scheme(std::string_view name) {
  for (const auto& [known, scheme] : schemes)
    if (known == name) return scheme;
  throw UsageError("no weights '" + std::string(name) + "'; there are: uniform, duration, decay, counts");
}

std::string_view name_of(WeightScheme scheme) {
  return std::find_if(schemes.begin(), schemes.end(), [&](const auto& s) { return s.second == scheme; })->first;
}

std::vector<double> frame_weights(WeightScheme scheme,
                                  const Frames& frames,
                                  std::optional<double> half_life_min,
                                  std::span<const double> activity) {
  const bool decays = scheme == WeightScheme::decay || scheme == WeightScheme::counts;
  if (decays && !half_life_min)
    throw UsageError("weights '" + std::string(name_of(scheme)) +
                     "' need the half-life: state it in the sidecar (TracerRadionuclide) or as an option");
  if (scheme == WeightScheme::counts && activity.size() != frames.size())
    throw std::logic_error("weights by counts need one activity a frame");
  const double lambda = decays ? decay_constant(*half_life_min) : 0.0;
  const double floor = activity.empty() ? 0.0 : count_floor * *std::max_element(activity.begin(), activity.end());

  std::vector<double> weights(frames.size(), 1.0);
  for (std::size_t i = 0; i < frames.size(); ++i) {
    if (scheme != WeightScheme::uniform) weights[i] *= frames[i].duration_min();
    if (decays) weights[i] *= std::exp(-lambda * frames[i].mid_min());
    if (scheme == WeightScheme::counts && floor > 0.0) weights[i] /= std::max(activity[i], floor);
  }
  const double mean = std::accumulate(weights.begin(), weights.end(), 0.0) / static_cast<double>(weights.size());
  for (double& weight : weights) weight /= mean;
  return weights;
}

}  // namespace pet
