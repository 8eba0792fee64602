// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/input_curve.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <string>
#include <utility>

#include "kinetic_models/detail/measured_intervals.h"
#include "libpet/error.h"

namespace pet {
namespace {

// The curve at the edges of the intervals: the slope of the quartic through the five nearest points of the cumulative
// integral, kept so that the cumulative integral is monotone wherever its data are (Fritsch and Carlson's condition).
std::vector<double> edge_values(std::span<const double> edges,
                                std::span<const double> cumulative,
                                std::span<const double> means) {
  const std::size_t last = edges.size() - 1;
  const std::vector<detail::EdgeSlope> slopes = detail::edge_slopes(edges);
  std::vector<double> values(edges.size(), 0.0);  // nothing is there at injection
  for (std::size_t i = 1; i <= last; ++i) {
    const double before = means[i - 1];
    const double after = i < last ? means[i] : before;
    if (before * after <= 0.0) continue;
    const double slope = slopes[i - 1].of(cumulative.data());
    const double most = 3.0 * std::min(std::abs(before), std::abs(after));
    values[i] = before > 0.0 ? std::clamp(slope, 0.0, most) : std::clamp(slope, -most, 0.0);
  }
  return values;
}

// The quadratic over a step of length h with end values a and b and the given mean.
InputCurve::Quadratic quadratic(double a, double b, double mean, double h) {
  return {a, (6.0 * mean - 4.0 * a - 2.0 * b) / h, (3.0 * a + 3.0 * b - 6.0 * mean) / (h * h)};
}

InputCurve piecewise_linear(std::vector<double> knots, std::span<const double> values) {
  std::vector<InputCurve::Quadratic> pieces(knots.size() - 1);
  for (std::size_t i = 0; i < pieces.size(); ++i)
    pieces[i] = {values[i], (values[i + 1] - values[i]) / (knots[i + 1] - knots[i]), 0.0};
  return {std::move(knots), std::move(pieces)};
}

}  // namespace

Sampling sampling(std::string_view name) {
  if (name == "average") return Sampling::average;
  if (name == "midframe") return Sampling::midframe;
  throw UsageError("no sampling '" + std::string(name) + "'; there are: average, midframe");
}

std::string_view name_of(Sampling sampling) {
  return sampling == Sampling::average ? "average" : "midframe";
}

InputCurve::InputCurve(std::vector<double> knots, std::vector<Quadratic> pieces)
    : knots_(std::move(knots)), pieces_(std::move(pieces)) {
  assert(knots_.size() == pieces_.size() + 1 && !pieces_.empty());
  assert(std::is_sorted(knots_.begin(), knots_.end()));
}

double InputCurve::value(double time_min) const {
  if (time_min < knots_.front()) return 0.0;
  const auto next = std::upper_bound(knots_.begin() + 1, knots_.end() - 1, time_min);
  const auto piece = static_cast<std::size_t>(next - knots_.begin()) - 1;
  const double s = std::min(time_min, knots_.back()) - knots_[piece];
  const Quadratic& c = pieces_[piece];
  return c[0] + s * (c[1] + s * c[2]);
}

InputCurve InputCurve::with_knots_at(std::span<const double> times_min) const {
  std::vector<double> knots = knots_;
  for (const double time : times_min)
    if (time > knots_.front()) knots.push_back(time);
  std::sort(knots.begin(), knots.end());
  // Times that differ by rounding only are one knot.
  knots.erase(std::unique(knots.begin(), knots.end(), [](double a, double b) { return b - a < 1e-9; }), knots.end());

  std::vector<Quadratic> pieces;
  std::size_t source = 0;
  for (std::size_t i = 0; i + 1 < knots.size(); ++i) {
    if (knots[i] >= knots_.back() - 1e-9) {
      pieces.push_back({value(knots_.back()), 0.0, 0.0});
      continue;
    }
    while (source + 2 < knots_.size() && knots_[source + 1] <= knots[i] + 1e-9) ++source;
    const double s = knots[i] - knots_[source];
    const Quadratic& c = pieces_[source];
    pieces.push_back({c[0] + s * (c[1] + s * c[2]), c[1] + 2.0 * s * c[2], c[2]});
  }
  return {std::move(knots), std::move(pieces)};
}

InputCurve integral_preserving_curve(const TimeActivityCurve& tac) {
  if (tac.frames.size() < 3)
    throw bad_input("input curve", std::to_string(tac.frames.size()) + " frames", "at least 3");
  const std::vector<detail::MeasuredInterval> intervals = detail::measured_intervals(tac.frames);
  std::vector<double> edges = {intervals.front().start};
  std::vector<double> cumulative = {0.0};
  std::vector<double> means;
  for (const detail::MeasuredInterval& interval : intervals) {
    means.push_back(interval.mean(tac.activity.data()));
    edges.push_back(interval.end);
    cumulative.push_back(cumulative.back() + means.back() * (interval.end - interval.start));
  }
  const std::vector<double> values = edge_values(edges, cumulative, means);
  std::vector<InputCurve::Quadratic> pieces;
  for (std::size_t i = 0; i < intervals.size(); ++i)
    pieces.push_back(quadratic(values[i], values[i + 1], means[i], edges[i + 1] - edges[i]));
  return {std::move(edges), std::move(pieces)};
}

InputCurve midframe_curve(const TimeActivityCurve& tac) {
  std::vector<double> times;
  std::vector<double> values;
  if (tac.frames.front().mid_min() > 0.0) {
    times.push_back(0.0);
    values.push_back(0.0);
  }
  for (std::size_t i = 0; i < tac.frames.size(); ++i) {
    times.push_back(tac.frames[i].mid_min());
    values.push_back(tac.activity[i]);
  }
  return sampled_curve(times, values);
}

InputCurve measured_curve(const TimeActivityCurve& tac, Sampling sampling) {
  return sampling == Sampling::average ? integral_preserving_curve(tac) : midframe_curve(tac);
}

InputCurve sampled_curve(std::span<const double> time_min, std::span<const double> values) {
  if (time_min.size() < 2) throw bad_input("input curve", std::to_string(time_min.size()) + " samples", "at least 2");
  return piecewise_linear({time_min.begin(), time_min.end()}, values);
}

}  // namespace pet
