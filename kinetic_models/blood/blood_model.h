// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "kinetic_models/model.h"
#include "libpet/blood/samples.h"

namespace pet {

/// A curve of blood as a function of time in minutes, with the row-major Jacobian (times x parameters) unless that span
/// is empty.
using BloodFunction = void (*)(std::span<const double> parameters,
                               std::span<const double> time_min,
                               std::span<double> values,
                               std::span<double> jacobian);

/// Everything that is known of a model of parent fraction, plasma-to-blood ratio or input function.
struct BloodModel {
  std::string_view name;
  std::string_view title;
  std::string_view equation;
  std::string_view citation;
  std::span<const Parameter> parameters;
  BloodFunction evaluate;
};

/// A model fitted to samples.
struct BloodFit {
  const BloodModel* model = nullptr;
  FitStatus status = FitStatus::failed;
  std::vector<double> parameters;   ///< empty where the fit failed
  std::vector<Estimate> estimates;  ///< one a parameter; a parameter that was held has no standard error
  std::size_t samples = 0;
  double weighted_rss = not_available;
  double aicc = not_available;           ///< NaN where there are fewer samples than parameters + 3
  double akaike_weight = not_available;  ///< among the models compared; NaN where it was not

  bool is_found() const { return !parameters.empty(); }
  /// The curve at a time. Only where is_found().
  double value(double time_min) const;
};

/// Fits a model to samples with one weight (inverse variance) each; `held` gives the parameters that are held, NaN
/// those that are fitted (empty: as the model says). Twenty seeded starts besides the model's own. With fewer samples
/// than parameters the fit has failed.
BloodFit fit_blood_model(const BloodModel& model,
                         const SampleSeries& samples,
                         std::vector<double> weights,
                         std::span<const double> held = {});

/// Akaike weights exp(-dAICc / 2) / sum over the fits that have an AICc, and the index of the best, or -1 if none has.
int add_akaike_weights(std::vector<BloodFit>& fits);

}  // namespace pet
