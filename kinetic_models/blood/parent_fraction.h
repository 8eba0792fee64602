// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "kinetic_models/blood/blood_model.h"
#include "kinetic_models/blood/interpolation.h"
#include "libpet/blood/samples.h"

namespace pet {

/// The unchanged share of the tracer in plasma over time.
struct ParentFraction {
  BloodCurve curve;
  std::string model;           ///< "interpolation", "monotone", or the name of a fitted model
  std::vector<BloodFit> fits;  ///< all that were tried, in the order of parent_fraction_models()
  int chosen = -1;             ///< which of them is the curve; -1: interpolation
  std::vector<std::string> notes;
};

/// `model`: "interpolation" (straight lines), "monotone" (monotone cubic), one of parent_fraction_models(), or "auto":
/// all of these fitted, and that with the least AICc taken. In a model with fewer samples than parameters + 3 there is
/// no AICc: it is named in the notes and left out; where none has one, "monotone" is used. Samples weigh alike.
/// The fraction at time zero is 1, or, with `is_start_fitted`, a parameter f0 (interpolation: the first sample's
/// value). Throws InputError for no samples and for too few for the model asked for, UsageError for an unknown model.
ParentFraction parent_fraction(const SampleSeries& samples, std::string_view model, bool is_start_fitted = false);

/// "auto", "interpolation", "monotone" and the fitted models.
std::vector<std::string> parent_fraction_choices();

}  // namespace pet
