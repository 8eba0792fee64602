// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/density/weighted_mean.h"

#include <cmath>
#include <cstddef>

namespace pet {

double sd_of_sum(std::span<const double> weights, std::span<const double> sd, double correlation) {
  double squares = 0.0;
  double sum = 0.0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    squares += std::pow(weights[i] * sd[i], 2);
    sum += weights[i] * sd[i];
  }
  return std::sqrt((1.0 - correlation) * squares + correlation * sum * sum);
}

}  // namespace pet
