// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/lp_ntpet.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <tuple>

#include "kinetic_models/detail/autodiff.h"
#include "kinetic_models/detail/linear.h"
#include "kinetic_models/detail/reference_start.h"
#include "kinetic_models/detail/response_regression.h"

namespace pet {
namespace {

constexpr std::size_t coefficient_count = 7;
constexpr double least_rise_min = 1.0;  // from onset to peak

struct Shape {
  double onset = not_available;
  double peak = not_available;
  double alpha = not_available;
};

detail::Response response_of(const Shape& shape) {
  return [rise = shape.peak - shape.onset, alpha = shape.alpha](double after) {
    const double tau = after / rise;
    return tau > 0.0 ? std::pow(tau * std::exp(1.0 - tau), alpha) : 0.0;
  };
}

struct Limits {
  double first_onset;
  double last_onset;
  double last_peak;

  bool allow(const Shape& shape) const {
    return shape.onset >= first_onset && shape.onset <= last_onset && shape.peak >= shape.onset + least_rise_min &&
           shape.peak <= last_peak;
  }
  bool holds_onset(const Shape& shape) const { return shape.onset == first_onset || shape.onset == last_onset; }
  bool holds_peak(const Shape& shape) const { return shape.peak == last_peak; }
};

double rss_of(const detail::ResponseRegression& regression, const Shape& shape) {
  return regression.fit(regression.integral(shape.onset, response_of(shape))).weighted_rss;
}

// The best response of the grid; its numbers stay missing where none can be fitted.
Shape best_of_grid(const detail::ResponseRegression& regression,
                   const std::vector<double>& onsets,
                   const Limits& limits) {
  std::vector<double> peaks = onsets;
  peaks.push_back(limits.last_peak);
  Shape best;
  double least = std::numeric_limits<double>::infinity();
  for (const double onset : onsets)
    for (const double peak : peaks)
      for (const double alpha : {0.25, 1.0, 4.0}) {
        const Shape shape{onset, peak, alpha};
        if (!limits.allow(shape)) continue;
        const double rss = rss_of(regression, shape);
        if (!(rss < least)) continue;
        best = shape;
        least = rss;
      }
  return best;
}

// From the grid to the optimum of onset and peak, by trying the eight neighbours at a distance that is halved where
// none is better.
Shape refined(const detail::ResponseRegression& regression, Shape best, const Limits& limits) {
  constexpr double finest_min = 1e-3;
  constexpr int most_moves = 200;
  double least = rss_of(regression, best);
  double distance = 2.0;
  for (int move = 0; move < most_moves && distance > finest_min; ++move) {
    Shape next = best;
    for (const double by_onset : {-distance, 0.0, distance})
      for (const double by_peak : {-distance, 0.0, distance}) {
        Shape shape = best;
        shape.onset = std::clamp(best.onset + by_onset, limits.first_onset, limits.last_onset);
        shape.peak = std::min(best.peak + by_peak, limits.last_peak);
        if (!limits.allow(shape)) continue;
        const double rss = rss_of(regression, shape);
        if (!(rss < least)) continue;
        next = shape;
        least = rss;
      }
    if (next.onset == best.onset && next.peak == best.peak) distance *= 0.5;
    best = next;
  }
  return best;
}

// d(frame i of the integral with the response) / d(activity of frame j), row-major; the curve is linear in the
// activities but for its limiter, so that a central difference is exact up to rounding.
std::vector<double> response_sensitivity(const TimeActivityCurve& target, Sampling sampling, const Shape& shape) {
  const std::size_t n = target.frames.size();
  const auto largest = *std::max_element(target.activity.begin(), target.activity.end());
  const double step = 1e-6 * std::abs(largest);
  std::vector<double> sensitivity(n * n);
  TimeActivityCurve shifted = target;
  for (std::size_t j = 0; j < n; ++j) {
    const auto integral_with = [&](double change) {
      shifted.activity[j] = target.activity[j] + change;
      return detail::ResponseIntegral(shifted, sampling)(shape.onset, response_of(shape));
    };
    const std::vector<double> above = integral_with(step);
    const std::vector<double> below = integral_with(-step);
    shifted.activity[j] = target.activity[j];
    for (std::size_t i = 0; i < n; ++i) sensitivity[i * n + j] = (above[i] - below[i]) / (2.0 * step);
  }
  return sensitivity;
}

// -gamma times the derivative of the column of the response by onset (or peak).
std::vector<double> shape_column(const detail::ResponseRegression& regression,
                                 const Shape& shape,
                                 double gamma,
                                 double Shape::*member) {
  constexpr double step_min = 0.01;
  Shape above = shape;
  Shape below = shape;
  above.*member += step_min;
  below.*member -= step_min;
  std::vector<double> column = regression.integral(above.onset, response_of(above));
  const std::vector<double> lower = regression.integral(below.onset, response_of(below));
  for (std::size_t i = 0; i < column.size(); ++i) column[i] = -gamma * (column[i] - lower[i]) / (2.0 * step_min);
  return column;
}

// The regression at the optimum, with onset and peak as two more coefficients, so that their choice is in the
// covariance; one that is at its limit has no variance.
struct Linearised {
  detail::LinearSolution solution;  // R1, k2, k2a, gamma, onset, peak, alpha
  std::vector<double> fitted;       // all frames
  bool has_shape = true;            // onset and peak are determined
};

constexpr std::size_t onset_column = 4;
constexpr std::size_t peak_column = 5;

// -d residual of the frames used / d activity of all frames, row-major.
std::vector<double> error_matrix(const TimeActivityCurve& target,
                                 const ReferenceRegion& reference,
                                 const detail::FramesUsed& used,
                                 const detail::ResponseRegression::Found& found,
                                 const Shape& shape) {
  const std::size_t n = target.frames.size();
  std::vector<double> error = detail::multilinear_error(target, reference.sampling(), used, -found.k2a);
  const std::vector<double> sensitivity = response_sensitivity(target, reference.sampling(), shape);
  for (std::size_t r = 0; r < used.index.size(); ++r)
    for (std::size_t j = 0; j < n; ++j) error[r * n + j] += found.gamma * sensitivity[used.index[r] * n + j];
  return error;
}

Linearised linearised(const detail::ResponseRegression& regression,
                      const TimeActivityCurve& target,
                      const ReferenceRegion& reference,
                      const detail::FramesUsed& used,
                      const Shape& shape,
                      const Limits& limits,
                      const FitOptions& options) {
  std::vector<std::vector<double>> all = regression.columns();
  all.push_back(regression.integral(shape.onset, response_of(shape)));
  const auto found = regression.fit(all[3]);
  for (double& c : all[3]) c = -c;
  Linearised result;
  result.fitted = detail::combination(all, std::array{found.R1, found.k2, found.k2a, found.gamma});

  std::vector<std::size_t> kept = {0, 1, 2, 3};
  std::vector<std::vector<double>> columns;
  for (const std::vector<double>& column : all) columns.push_back(detail::at_frames(column, used));
  const auto add_shape = [&](std::size_t column, double Shape::*member) {
    kept.push_back(column);
    columns.push_back(detail::at_frames(shape_column(regression, shape, found.gamma, member), used));
  };
  if (!limits.holds_onset(shape)) add_shape(onset_column, &Shape::onset);
  if (!limits.holds_peak(shape)) add_shape(peak_column, &Shape::peak);
  const std::vector<double> y = detail::at_frames(target.activity, used);
  detail::LinearSolution solution = detail::weighted_least_squares(columns, y, used.weight);
  if (!solution.is_determined) {
    // Without a response its onset and peak mean nothing; what is left is conditional on them.
    result.has_shape = false;
    columns.resize(4);
    kept.resize(4);
    solution = detail::weighted_least_squares(columns, y, used.weight);
  }
  detail::propagate_frame_noise(solution, columns, used.weight, error_matrix(target, reference, used, found, shape),
                                detail::all_frame_weights(target, options));

  result.solution.coefficients = {found.R1, found.k2, found.k2a, found.gamma, shape.onset, shape.peak, shape.alpha};
  result.solution.covariance.assign(coefficient_count * coefficient_count, not_available);
  for (std::size_t a = 0; a < kept.size(); ++a)
    for (std::size_t b = 0; b < kept.size(); ++b)
      result.solution.covariance[kept[a] * coefficient_count + kept[b]] = solution.covariance[a * kept.size() + b];
  result.solution.weighted_rss = found.weighted_rss;
  result.solution.is_determined = solution.is_determined;
  return result;
}

void add_shape_flags(Fit& fit, const Linearised& found, const Shape& shape, const Limits& limits) {
  const auto add = [&](std::string_view symbol, bool is_at_limit) {
    if (found.has_shape && !is_at_limit) return;
    if (fit.status == FitStatus::ok || !found.has_shape)
      fit.status = found.has_shape ? FitStatus::at_bound : FitStatus::unidentifiable;
    fit.flags.push_back(std::string(symbol) + (found.has_shape ? "_at_bound" : "_unidentifiable"));
  };
  add("onset", limits.holds_onset(shape));
  add("peak", limits.holds_peak(shape));
}

double aicc_without_response(const detail::ResponseRegression& regression, const detail::FramesUsed& used) {
  Fit simple;
  detail::add_goodness_of_fit(simple, regression.weighted_rss_without_response(), used.index.size(),
                              regression.columns().size());
  return simple.aicc;
}

}  // namespace

void derive_lp_ntpet(std::span<const double> coefficients,
                     const FitOptions&,
                     std::span<double> values,
                     std::span<double> gradient) {
  const auto derive = [](const auto* p, auto out) {
    const auto& [R1, k2, k2a, gamma] = std::tie(p[0], p[1], p[2], p[3]);
    out[0] = k2 / k2a - 1.0;
    out[1] = 1.0 - (k2 / (k2a + gamma) - 1.0) / out[0];
    out[2] = p[4];
    out[3] = p[5];
    out[4] = p[6];
    out[5] = gamma;
    out[6] = R1;
    out[7] = k2;
    out[8] = k2a;
    out[9] = k2 / R1;
  };
  detail::differentiate<coefficient_count>(derive, coefficients, values, gradient);
}

Fit fit_lp_ntpet(const TimeActivityCurve& target, const ReferenceRegion& reference, const FitOptions& options) {
  const auto used = detail::frames_used(target, options, lp_ntpet.least_frames, lp_ntpet.name);
  const detail::ResponseRegression regression(target, reference, used);
  const std::vector<double> onsets = detail::onsets_between_frames(target.frames, used);
  const Limits limits{onsets.front(), onsets.back(), target.frames[used.index.back()].end_min};
  Shape shape = best_of_grid(regression, onsets, limits);
  if (std::isnan(shape.onset))
    return detail::as_fit(lp_ntpet,
                          {std::vector<double>(coefficient_count, not_available),
                           std::vector<double>(coefficient_count * coefficient_count, not_available)},
                          used, options);
  shape = refined(regression, shape, limits);
  const Linearised found = linearised(regression, target, reference, used, shape, limits, options);
  Fit fit = detail::as_fit(lp_ntpet, found.solution, used, options);
  fit.fitted = detail::only_frames_used(found.fitted, used);
  add_shape_flags(fit, found, shape, limits);
  const double k2a = fit["k2a"].value;
  detail::require_physical(fit, k2a > 0.0 && k2a + fit["gamma"].value > 0.0 && fit["R1"].value > 0.0);
  if (!(fit.aicc < aicc_without_response(regression, used))) detail::mark_no_displacement(fit);
  detail::flag_low_binding(fit);
  return fit;
}

}  // namespace pet
