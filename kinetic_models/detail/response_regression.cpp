// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/detail/response_regression.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "kinetic_models/detail/linear.h"

namespace pet::detail {
namespace {

// Gauss-Legendre on [0, 1] with four nodes.
constexpr std::array<double, 4> node = {0.06943184420297371, 0.33000947820757187, 0.6699905217924281,
                                        0.9305681557970263};
constexpr std::array<double, 4> node_weight = {0.17392742256872693, 0.32607257743127307, 0.32607257743127307,
                                               0.17392742256872693};

double dot(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

void take_off(std::vector<double>& v, const std::vector<std::vector<double>>& orthonormal) {
  // Twice, because the columns of the first frames are nearly proportional.
  for (int pass = 0; pass < 2; ++pass)
    for (const std::vector<double>& q : orthonormal) {
      const double along = dot(q, v);
      for (std::size_t i = 0; i < v.size(); ++i) v[i] -= along * q[i];
    }
}

std::vector<double> weighted(const std::vector<double>& all, const FramesUsed& used) {
  std::vector<double> some = at_frames(all, used);
  for (std::size_t r = 0; r < some.size(); ++r) some[r] *= std::sqrt(used.weight[r]);
  return some;
}

}  // namespace

ResponseIntegral::ResponseIntegral(const TimeActivityCurve& target, Sampling sampling)
    : frames_(target.frames),
      sampling_(sampling),
      steps_(frame_steps(measured_curve(target, sampling), target.frames, sampling)) {}

std::vector<double> ResponseIntegral::operator()(double onset_min, const Response& response) const {
  std::vector<double> result(frames_.size(), 0.0);
  double integral = 0.0;
  for (const FrameStep& step : steps_) {
    const double end = step.start_min + step.length_min;
    const double start = std::min(std::max(step.start_min, onset_min), end);
    const double length = end - start;
    double gain = 0.0;
    double mean_gain = 0.0;  // of the running integral over the part after `start`
    for (std::size_t n = 0; n < node.size() && length > 0.0; ++n) {
      const double t = start + node[n] * length;
      const double into = t - step.start_min;
      const double C_T = step.c[0] + into * (step.c[1] + into * step.c[2]);
      const double share = node_weight[n] * length * C_T * response(t - onset_min);
      gain += share;
      mean_gain += (1.0 - node[n]) * share;
    }
    if (step.frame >= 0 && sampling_ == Sampling::average) {
      const auto f = static_cast<std::size_t>(step.frame);
      result[f] += (integral * step.length_min + mean_gain * length) / frames_[f].duration_min();
    }
    integral += gain;
    if (step.frame >= 0 && sampling_ == Sampling::midframe) result[static_cast<std::size_t>(step.frame)] = integral;
  }
  return result;
}

ResponseRegression::ResponseRegression(const TimeActivityCurve& target,
                                       const ReferenceRegion& reference,
                                       const FramesUsed& used)
    : integral_(target, reference.sampling()), used_(used), y_(target.activity) {
  const SampledInput own(measured_curve(target, reference.sampling()), target.frames, reference.sampling());
  columns_ = {reference.input().value(), reference.input().integral(), own.integral()};
  for (double& c : columns_[2]) c = -c;
  for (const std::vector<double>& column : columns_) {
    std::vector<double> q = weighted(column, used);
    const double size = std::sqrt(dot(q, q));
    take_off(q, orthonormal_);
    const double left = std::sqrt(dot(q, q));
    if (!(left > 1e-10 * size)) continue;
    for (double& v : q) v /= left;
    orthonormal_.push_back(std::move(q));
  }
  residual_ = weighted(y_, used);
  take_off(residual_, orthonormal_);
}

ResponseRegression::Found ResponseRegression::fit(const std::vector<double>& integral) const {
  std::vector<double> c = weighted(integral, used_);
  const double size = dot(c, c);
  take_off(c, orthonormal_);
  const double left = dot(c, c);
  if (!(left > 1e-16 * size) || orthonormal_.size() < columns_.size()) return {};
  Found found;
  const double along = dot(c, residual_);
  found.weighted_rss = dot(residual_, residual_) - along * along / left;
  found.gamma = -along / left;
  // The other coefficients, from the target less the response.
  std::vector<double> rest = at_frames(y_, used_);
  const std::vector<double> column = at_frames(integral, used_);
  for (std::size_t r = 0; r < rest.size(); ++r) rest[r] += found.gamma * column[r];
  const std::array columns = {at_frames(columns_[0], used_), at_frames(columns_[1], used_),
                              at_frames(columns_[2], used_)};
  const LinearSolution solution = weighted_least_squares(columns, rest, used_.weight);
  found.R1 = solution.coefficients[0];
  found.k2 = solution.coefficients[1];
  found.k2a = solution.coefficients[2];
  return found;
}

std::vector<double> onsets_between_frames(const Frames& frames, const FramesUsed& used) {
  constexpr std::size_t before = 5;
  constexpr std::size_t after = 3;
  constexpr double apart_min = 1.0;
  std::vector<double> onsets;
  for (std::size_t r = before; r + after <= used.index.size(); ++r) {
    const double onset = frames[used.index[r]].start_min;
    if (onsets.empty() || onset - onsets.back() > apart_min - 1e-9) onsets.push_back(onset);
  }
  return onsets;
}

}  // namespace pet::detail
