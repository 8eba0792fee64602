// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/blood/sample_times.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

namespace pet {
namespace {

// In units of 20 ms; each is a multiple of the next.
constexpr std::array<std::int64_t, 8> steps = {3000, 1000, 500, 250, 50, 10, 5, 1};
constexpr double units_per_min = 3000.0;

class Division {
 public:
  Division(std::span<const BloodCurve> curves, std::span<const double> knots, double end_min, double tolerance)
      : curves_(curves), knots_(knots), end_min_(end_min) {
    for (const BloodCurve& curve : curves) {
      double peak = 0.0;
      for (const double knot : knots) peak = std::max(peak, std::abs(curve(knot)));
      for (double t = 0.0; t <= end_min; t += 1.0 / 60.0) peak = std::max(peak, std::abs(curve(t)));
      tolerated_.push_back(0.8 * tolerance * peak);  // the largest distance may lie between two test points
    }
  }

  std::vector<double> times() {
    times_ = {0.0};
    for (std::int64_t start = 0; minutes(start) < end_min_; start += steps[0]) divide(start, 0);
    if (end_min_ - times_.back() > 1e-9) times_.push_back(end_min_);
    return std::move(times_);
  }

 private:
  static double minutes(std::int64_t units) { return static_cast<double>(units) / units_per_min; }

  void divide(std::int64_t start, std::size_t level) {
    const double from = minutes(start);
    const double to = minutes(start + steps[level]);
    const bool is_last = level + 1 == steps.size();
    if (from >= end_min_) return;
    if (to <= end_min_ + 1e-9 && (is_last || is_straight(from, to))) {
      times_.push_back(std::min(to, end_min_));
      return;
    }
    if (is_last) return;
    for (std::int64_t s = start; s < start + steps[level]; s += steps[level + 1]) divide(s, level + 1);
  }

  bool is_straight(double from, double to) const {
    constexpr int inner = 8;
    std::vector<double> at;
    for (int i = 1; i < inner; ++i) at.push_back(from + (to - from) * i / inner);
    const auto first = std::upper_bound(knots_.begin(), knots_.end(), from + 1e-9);
    for (auto knot = first; knot != knots_.end() && *knot < to - 1e-9; ++knot) at.push_back(*knot);
    for (std::size_t c = 0; c < curves_.size(); ++c) {
      const double left = curves_[c](from);
      const double slope = (curves_[c](to) - left) / (to - from);
      for (const double t : at)
        if (std::abs(curves_[c](t) - left - slope * (t - from)) > tolerated_[c]) return false;
    }
    return true;
  }

  std::span<const BloodCurve> curves_;
  std::span<const double> knots_;
  double end_min_;
  std::vector<double> tolerated_;
  std::vector<double> times_;
};

}  // namespace

std::vector<double> sample_times(std::span<const BloodCurve> curves,
                                 std::span<const double> knots,
                                 double end_min,
                                 double tolerance) {
  return Division(curves, knots, end_min, tolerance).times();
}

}  // namespace pet
