// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/simulation/blood_curves.h"

#include <algorithm>
#include <boost/math/quadrature/gauss_kronrod.hpp>
#include <cmath>
#include <functional>
#include <list>

namespace pet {
namespace {

// 1 ms, the resolution of sample times.
constexpr double millisecond = 1.0 / 60000.0;

double whole_milliseconds(double time_min) {
  return std::round(time_min / millisecond) / 60000.0;
}

}  // namespace

ConvolvedExponentials feng_curve(const FengCurve& curve) {
  const auto& [l1, l2, l3] = curve.lambda_per_min;
  return {curve.t0_min,
          {{curve.A[0], {l1, l1}}, {curve.A[1] * (l2 - l1), {l1, l2}}, {curve.A[2] * (l3 - l1), {l1, l3}}}};
}

BloodCurves::BloodCurves(const BloodDescription& description, double scale)
    : description_(description), parent_plasma_(feng_curve(description.parent_plasma).scaled(scale)) {
  // The curve peaks within a few of its shortest time constants.
  const auto& lambda = description.parent_plasma.lambda_per_min;
  const double fastest = std::max({std::abs(lambda[0]), std::abs(lambda[1]), std::abs(lambda[2])});
  const double t0 = description.parent_plasma.t0_min;
  for (int i = 0; i <= 200; ++i) peak_ = std::max(peak_, plasma(t0 + 0.05 * i / fastest));
}

double BloodCurves::parent_fraction(double time_min) const {
  if (!description_.parent_fraction || time_min <= 0.0) return 1.0;
  const auto& [a, b, c] = *description_.parent_fraction;
  const double power = std::pow(time_min, b);
  return 1.0 - (1.0 - a) * power / (std::pow(c, b) + power);
}

double BloodCurves::plasma(double time_min) const {
  return parent_plasma_.value(time_min) / parent_fraction(time_min);
}

double BloodCurves::whole_blood(double time_min) const {
  return plasma(time_min) / description_.plasma_to_blood_ratio;
}

std::vector<double> BloodCurves::whole_blood_averages(const Frames& frames) const {
  if (!description_.parent_fraction)
    return parent_plasma_.scaled(1.0 / description_.plasma_to_blood_ratio).averages(frames);
  std::vector<double> means;
  for (const Frame& frame : frames) {
    const double start = std::max(frame.start_min, parent_plasma_.onset_min());
    double integral = 0.0;
    if (start < frame.end_min)
      integral = boost::math::quadrature::gauss_kronrod<double, 31>::integrate([&](double t) { return whole_blood(t); },
                                                                               start, frame.end_min, 12, 1e-12);
    means.push_back(integral / frame.duration_min());
  }
  return means;
}

InputFunction BloodCurves::at(const std::vector<double>& times_min) const {
  InputFunction blood;
  blood.time_min = times_min;
  for (const double t : times_min) {
    blood.parent_plasma.push_back(parent_plasma_.value(t));
    blood.parent_fraction.push_back(parent_fraction(t));
    blood.plasma.push_back(plasma(t));
    blood.whole_blood.push_back(whole_blood(t));
  }
  return blood;
}

// The largest distance of parent and total plasma from their chord, at three points within.
double BloodCurves::largest_curvature_error(double start_min, double end_min) const {
  double error = 0.0;
  for (const double part : {0.25, 0.5, 0.75}) {
    const double t = start_min + part * (end_min - start_min);
    const auto distance = [&](const auto& f) {
      return std::abs((1.0 - part) * f(start_min) + part * f(end_min) - f(t));
    };
    error = std::max({error, distance([this](double x) { return parent_plasma_.value(x); }),
                      distance([this](double x) { return plasma(x); })});
  }
  return error;
}

InputFunction BloodCurves::sampled(double end_min, double tolerance) const {
  const double onset = whole_milliseconds(parent_plasma_.onset_min());
  std::list<double> times = {0.0};
  if (onset > 0.0 && onset < end_min) times.push_back(onset);
  // A first division into fifteenths, so that no bump hides between the three points of an interval.
  const double from = times.back();
  for (int i = 1; i <= 15; ++i) times.push_back(whole_milliseconds(from + (end_min - from) * i / 15.0));
  for (auto next = std::next(times.begin()); next != times.end();) {
    const double start = *std::prev(next);
    if (*next - start > 2.0 * millisecond && largest_curvature_error(start, *next) > tolerance * peak_)
      next = times.insert(next, whole_milliseconds(0.5 * (start + *next)));
    else
      ++next;
  }
  return at({times.begin(), times.end()});
}

}  // namespace pet
