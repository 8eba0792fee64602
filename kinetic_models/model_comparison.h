// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "kinetic_models/fit_table.h"

namespace pet {

/// One model in the comparison of a region, or (last, `model` "average") their average.
struct ComparedModel {
  std::string region;
  std::string model;
  double aicc = not_available;
  double difference = not_available;  ///< from the smallest AICc of the region
  double weight = not_available;      ///< Akaike weight
  double value = not_available;       ///< of the quantity compared
  double standard_error = not_available;
};

/// Models fitted to the same frames with the same weights, region by region, by AICc and Akaike weight
/// w_i = exp(-d_i / 2) / sum exp(-d_j / 2), and the average of `quantity` with these weights; its standard error is
/// sum w_i sqrt(se_i^2 + (x_i - average)^2), which contains the choice of the model (Burnham KP, Anderson DR. Model
/// Selection and Multimodel Inference, 2nd ed. Springer 2002, section 4.3; Buckland ST et al. Biometrics
/// 1997;53:603-618). Only models that predict the curve itself can be compared: linear methods have other residuals.
/// Throws UsageError for fewer than two such models or a quantity that one of them lacks.
std::vector<ComparedModel> compare_models(const std::vector<TableFit>& fits,
                                          const TacTable& table,
                                          const std::string& quantity);

/// The first quantity that all models report: "VT", "BPND".
std::string common_quantity(const std::vector<const Model*>& models);

}  // namespace pet
