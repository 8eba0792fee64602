// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/input_curve.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <string>
#include <utility>

#include "kinetic_models/detail/measured_intervals.h"
#include "kinetic_models/detail/quadratic.h"
#include "libpet/error.h"

namespace pet {
namespace {

// The curve at an edge, and how it depends on the slope of the quartic there and on the means before and after.
struct EdgeValue {
  double value = 0.0;
  double by_slope = 0.0;
  double by_before = 0.0;
  double by_after = 0.0;
};

// The slope, kept so that the cumulative integral is monotone wherever its data are (Fritsch and Carlson's condition).
EdgeValue limited(double slope, double before, double after) {
  if (before * after <= 0.0 || slope * before <= 0.0) return {};
  const bool is_least_before = std::abs(before) <= std::abs(after);
  const double most = 3.0 * (is_least_before ? before : after);
  if (!(std::abs(slope) > std::abs(most))) return {slope, 1.0, 0.0, 0.0};
  return is_least_before ? EdgeValue{most, 0.0, 3.0, 0.0} : EdgeValue{most, 0.0, 0.0, 3.0};
}

// A measured curve as its intervals see it: their edges, means and cumulative integral.
struct Cumulative {
  explicit Cumulative(const TimeActivityCurve& tac) {
    if (tac.frames.size() < 3)
      throw bad_input("input curve", std::to_string(tac.frames.size()) + " frames", "at least 3");
    intervals = detail::measured_intervals(tac.frames);
    edges.push_back(intervals.front().start);
    for (const detail::MeasuredInterval& interval : intervals) edges.push_back(interval.end);
    slopes = detail::edge_slopes(edges);
    means.resize(intervals.size());
    integral.resize(edges.size());
    set(tac.activity);
  }

  void set(std::span<const double> activity) {
    for (std::size_t i = 0; i < intervals.size(); ++i) {
      means[i] = intervals[i].mean(activity.data());
      integral[i + 1] = integral[i] + means[i] * (intervals[i].end - intervals[i].start);
    }
  }
  double slope(std::size_t edge) const { return slopes[edge - 1].of(integral.data()); }
  double before(std::size_t edge) const { return means[edge - 1]; }
  double after(std::size_t edge) const { return means[std::min(edge, means.size() - 1)]; }

  std::vector<detail::MeasuredInterval> intervals;
  std::vector<double> edges;
  std::vector<detail::EdgeSlope> slopes;  // at every edge but the first, where nothing is there
  std::vector<double> means;
  std::vector<double> integral;  // at the edges
};

std::vector<EdgeValue> edge_values(const Cumulative& curve) {
  std::vector<EdgeValue> values(1);
  for (std::size_t i = 1; i < curve.edges.size(); ++i)
    values.push_back(limited(curve.slope(i), curve.before(i), curve.after(i)));
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

// The curve with these values at the edges.
InputCurve with_means(const Cumulative& curve, std::span<const double> values) {
  std::vector<InputCurve::Quadratic> pieces;
  for (std::size_t i = 0; i < curve.intervals.size(); ++i)
    pieces.push_back(quadratic(values[i], values[i + 1], curve.means[i], curve.edges[i + 1] - curve.edges[i]));
  return {curve.edges, std::move(pieces)};
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
  return detail::value_at(pieces_[piece], s);
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
    pieces.push_back(detail::moved_on(pieces_[source], knots[i] - knots_[source]));
  }
  return {std::move(knots), std::move(pieces)};
}

InputCurve integral_preserving_curve(const TimeActivityCurve& tac) {
  const Cumulative curve(tac);
  std::vector<double> values;
  for (const EdgeValue& edge : edge_values(curve)) values.push_back(edge.value);
  return with_means(curve, values);
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

std::vector<InputCurve> measured_curve_by_activity(const TimeActivityCurve& tac, Sampling sampling) {
  std::vector<InputCurve> derivatives;
  TimeActivityCurve one{tac.frames, std::vector<double>(tac.frames.size(), 0.0)};
  const auto for_each_frame = [&](const auto& derivative) {
    for (double& activity : one.activity) {
      activity = 1.0;
      derivatives.push_back(derivative());
      activity = 0.0;
    }
  };
  if (sampling == Sampling::midframe) {
    for_each_frame([&] { return midframe_curve(one); });
    return derivatives;
  }
  const std::vector<EdgeValue> edges = edge_values(Cumulative(tac));
  Cumulative response(one);
  std::vector<double> values(edges.size());
  for_each_frame([&] {
    response.set(one.activity);
    for (std::size_t i = 1; i < edges.size(); ++i)
      values[i] = edges[i].by_slope * response.slope(i) + edges[i].by_before * response.before(i) +
                  edges[i].by_after * response.after(i);
    return with_means(response, values);
  });
  return derivatives;
}

InputCurve sampled_curve(std::span<const double> time_min, std::span<const double> values) {
  if (time_min.size() < 2) throw bad_input("input curve", std::to_string(time_min.size()) + " samples", "at least 2");
  return piecewise_linear({time_min.begin(), time_min.end()}, values);
}

}  // namespace pet
