// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "kinetic_models/simulation/convolved_exponentials.h"
#include "libpet/blood/input_function.h"
#include "libpet/study.h"

namespace pet {

/// The blood of a simulated scan as functions of time in minutes; values in kBq/mL, decay-corrected to injection.
/// Parent plasma is what enters the tissue; total plasma = parent / parent fraction; whole blood = total plasma /
/// plasma-to-blood ratio.
class BloodCurves {
 public:
  /// `scale` multiplies all concentrations (an injected activity other than the described one).
  explicit BloodCurves(const BloodDescription& description, double scale = 1.0);

  const ConvolvedExponentials& parent_plasma() const { return parent_plasma_; }
  double parent_fraction(double time_min) const;
  double plasma(double time_min) const;
  double whole_blood(double time_min) const;
  /// Frame averages: closed form without a parent fraction, else Gauss-Kronrod quadrature to 1e-12.
  std::vector<double> whole_blood_averages(const Frames& frames) const;

  /// All curves at the given times.
  InputFunction at(const std::vector<double>& times_min) const;
  /// All curves from injection to `end_min`, at times (whole milliseconds) so close that linear interpolation of
  /// every concentration is within `tolerance` of its peak.
  InputFunction sampled(double end_min, double tolerance = 2e-5) const;

 private:
  double largest_curvature_error(double start_min, double end_min) const;

  BloodDescription description_;
  ConvolvedExponentials parent_plasma_;
  double peak_ = 0.0;  ///< of the parent, from a search over the first minutes
};

/// The Feng curve as convolved exponentials: A1 [l1 l1] + A2 (l2 - l1) [l1 l2] + A3 (l3 - l1) [l1 l3].
ConvolvedExponentials feng_curve(const FengCurve& curve);

}  // namespace pet
