// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <limits>
#include <vector>

#include "kinetic_models/detail/frames_used.h"
#include "kinetic_models/fit.h"
#include "kinetic_models/frame_steps.h"
#include "kinetic_models/reference_region.h"

namespace pet::detail {

/// What a drug does to the efflux, as a function of the minutes after its onset (0 before).
using Response = std::function<double(double minutes_after_onset)>;

/// The measured curve of a target, to be integrated with responses of different onset and shape.
class ResponseIntegral {
 public:
  ResponseIntegral(const TimeActivityCurve& target, Sampling sampling);

  /// int_0^t C_T h du by frame, its mean over the frame or its value at mid-frame, by Gauss-Legendre quadrature with
  /// four nodes a step. The first begins at the onset; none is longer than half a minute or a quarter of the time since
  /// the onset, whichever is longer.
  std::vector<double> operator()(double onset_min, const Response& response) const;

 private:
  Frames frames_;
  Sampling sampling_;
  std::vector<FrameStep> steps_;
};

/// The multilinear reference tissue model with an efflux that follows a response h(t):
///
///   C_T = R1 C_R + k2 int C_R dt - k2a int C_T dt - gamma int C_T h dt
///
/// Everything but the last column is projected out once, so that trying a response costs one pass over the frames.
class ResponseRegression {
 public:
  ResponseRegression(const TimeActivityCurve& target, const ReferenceRegion& reference, const FramesUsed& used);

  struct Found {
    double R1 = 0.0;
    double k2 = 0.0;
    double k2a = 0.0;
    double gamma = 0.0;
    double weighted_rss = std::numeric_limits<double>::infinity();
  };

  /// int_0^t C_T h du by frame.
  std::vector<double> integral(double onset_min, const Response& response) const {
    return integral_(onset_min, response);
  }
  /// Least squares with that column; an infinite RSS where it depends on the others.
  Found fit(const std::vector<double>& integral) const;
  /// The weighted RSS of the first three columns alone: of mrtm.
  double weighted_rss_without_response() const;
  /// The first three columns, C_R, int C_R and -int C_T, all frames.
  const std::vector<std::vector<double>>& columns() const { return columns_; }

 private:
  ResponseIntegral integral_;
  const FramesUsed& used_;
  std::vector<std::vector<double>> columns_;
  std::vector<double> y_;
  std::vector<std::vector<double>> orthonormal_;  // the weighted columns at the frames used
  std::vector<double> residual_;                  // of the weighted target, without a response
};

/// Says of a fit of a displacement that the same model without one is as good by AICc: status unidentifiable (where it
/// was ok or at_bound), flag no_displacement, and no standard error of occupancy, onset, rise, peak and gamma, which
/// say nothing then.
void mark_no_displacement(Fit& fit);

/// Onsets to be tried: the starts of the frames used, a minute apart or more, with at least five of them before and
/// three from it on.
std::vector<double> onsets_between_frames(const Frames& frames, const FramesUsed& used);

}  // namespace pet::detail
