// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/detail/response_regression.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

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

// A response may rise within a minute or two of its onset, whatever the frames, and changes the more slowly the later.
int parts_of(double length_min, double after_onset_min) {
  const double longest_min = std::max(0.5, 0.25 * after_onset_min);
  return std::max(1, static_cast<int>(std::ceil(length_min / longest_min)));
}

// What a part of a step adds to the integral, and the mean over the part of what it has added so far.
struct Gain {
  double total = 0.0;
  double mean = 0.0;
};

Gain gain_of(const FrameStep& step, double start_min, double length_min, double onset_min, const Response& response) {
  Gain gain;
  for (std::size_t n = 0; n < node.size(); ++n) {
    const double t = start_min + node[n] * length_min;
    const double into = t - step.start_min;
    const double C_T = step.c[0] + into * (step.c[1] + into * step.c[2]);
    const double share = node_weight[n] * length_min * C_T * response(t - onset_min);
    gain.total += share;
    gain.mean += (1.0 - node[n]) * share;
  }
  return gain;
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
    double area = integral * (start - step.start_min);  // of the running integral
    const int parts = parts_of(end - start, start - onset_min);
    const double length = (end - start) / parts;
    for (int part = 0; part < parts && length > 0.0; ++part) {
      const Gain gain = gain_of(step, start + part * length, length, onset_min, response);
      area += (integral + gain.mean) * length;
      integral += gain.total;
    }
    if (step.frame < 0) continue;
    const auto f = static_cast<std::size_t>(step.frame);
    if (sampling_ == Sampling::average)
      result[f] += area / frames_[f].duration_min();
    else
      result[f] = integral;
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

double ResponseRegression::weighted_rss_without_response() const {
  return dot(residual_, residual_);
}

void mark_no_displacement(Fit& fit) {
  constexpr std::array<std::string_view, 5> of_displacement = {"occupancy", "onset", "rise", "peak", "gamma"};
  fit.flags.push_back("no_displacement");
  if (fit.status == FitStatus::ok || fit.status == FitStatus::at_bound) fit.status = FitStatus::unidentifiable;
  for (Estimate& estimate : fit.estimates)
    if (std::ranges::find(of_displacement, estimate.symbol) != of_displacement.end())
      estimate.standard_error = not_available;
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
