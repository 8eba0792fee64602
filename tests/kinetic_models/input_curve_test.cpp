// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/input_curve.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <numeric>

#include "kinetic_models/sampled_input.h"
#include "libpet/error.h"
#include "tests/kinetic_models/simulated_scan.h"

using namespace pet;

namespace {

// The integral of a curve over an interval by Simpson's rule in small steps.
double integral(const InputCurve& curve, double start, double end) {
  constexpr int steps = 2000;
  const double h = (end - start) / steps;
  double sum = 0.0;
  for (int i = 0; i < steps; ++i) {
    const double t = start + i * h;
    sum += h / 6.0 * (curve.value(t) + 4.0 * curve.value(t + h / 2.0) + curve.value(t + h));
  }
  return sum;
}

}  // namespace

TEST_CASE("The mean of the integral-preserving curve over every frame is the measured value", "[input_curve]") {
  const TimeActivityCurve reference = simulated::srtm_scan({}, simulated::cimbi36_frames()).reference;
  const InputCurve curve = integral_preserving_curve(reference);
  for (std::size_t i = 0; i < reference.frames.size(); ++i) {
    const Frame& frame = reference.frames[i];
    INFO("frame " << i + 1);
    CHECK(integral(curve, frame.start_min, frame.end_min) / frame.duration_min() ==
          Approx(reference.activity[i]).epsilon(1e-6).margin(1e-9));
  }
}

TEST_CASE("The integral-preserving curve is continuous, starts at zero and never turns negative", "[input_curve]") {
  const TimeActivityCurve reference = simulated::srtm_scan({}, simulated::cimbi36_frames()).reference;
  const InputCurve curve = integral_preserving_curve(reference);
  CHECK(curve.value(0.0) == 0.0);
  const double peak = *std::max_element(reference.activity.begin(), reference.activity.end());
  for (const double knot : curve.knots().subspan(1))
    CHECK(curve.value(knot - 1e-9) == Approx(curve.value(knot + 1e-9)).margin(1e-6 * peak));
  for (double t = 0.0; t < 120.0; t += 0.01) CHECK(curve.value(t) >= -1e-12 * peak);
}

TEST_CASE("A gap is bridged and the frames around it keep their means", "[input_curve]") {
  const Frames frames({{0, 2}, {2, 4}, {9, 11}, {11, 13}});
  const TimeActivityCurve tac{frames, {2.0, 6.0, 8.0, 7.0}};
  const InputCurve curve = integral_preserving_curve(tac);
  for (std::size_t i = 0; i < frames.size(); ++i)
    CHECK(integral(curve, frames[i].start_min, frames[i].end_min) == Approx(tac.activity[i] * 2.0).epsilon(1e-6));
  // Linear from (3, 6) to (10, 8): the mean over the gap from 4 to 9 is the value at 6.5.
  CHECK(integral(curve, 4.0, 9.0) == Approx(7.0 * 5.0).epsilon(1e-6));
}

TEST_CASE("A scan that starts late is taken to rise from zero at injection", "[input_curve]") {
  const Frames frames({{10, 20}, {20, 30}, {30, 40}});
  const InputCurve curve = integral_preserving_curve({frames, {6.0, 6.0, 5.0}});
  // Linear from (0, 0) to (15, 6): the mean from 0 to 10 is the value at 5.
  CHECK(integral(curve, 0.0, 10.0) == Approx(2.0 * 10.0).epsilon(1e-6));
  CHECK(integral(curve, 10.0, 20.0) == Approx(60.0).epsilon(1e-6));
}

TEST_CASE("The mid-frame curve is linear through the origin and the mid-frame values", "[input_curve]") {
  const InputCurve curve = midframe_curve({Frames({{0, 2}, {2, 6}, {6, 8}}), {3.0, 9.0, 6.0}});
  CHECK(curve.value(0.5) == Approx(1.5));
  CHECK(curve.value(1.0) == Approx(3.0));
  CHECK(curve.value(2.5) == Approx(6.0));
  CHECK(curve.value(5.5) == Approx(7.5));
  CHECK(curve.value(99.0) == Approx(6.0));
}

TEST_CASE("Knots added to a curve do not change it", "[input_curve]") {
  const TimeActivityCurve reference = simulated::srtm_scan({}, simulated::cimbi36_frames()).reference;
  const InputCurve curve = integral_preserving_curve(reference);
  const std::vector<double> times = {0.05, 0.25, 0.25, 7.3, 119.0, 125.0};
  const InputCurve refined = curve.with_knots_at(times);
  for (double t = 0.0; t < 120.0; t += 0.037)
    CHECK(refined.value(t) == Approx(curve.value(t)).epsilon(1e-12).margin(1e-12));
  CHECK(refined.knots().back() == 125.0);
  CHECK(refined.value(124.0) == Approx(curve.value(120.0)));
}

TEST_CASE("Fewer than three frames make no input curve", "[input_curve]") {
  CHECK_THROWS_AS(integral_preserving_curve({Frames({{0, 2}, {2, 6}}), {3.0, 9.0}}), InputError);
}

TEST_CASE("Convolution, its frame averages and the running integral agree with a Runge-Kutta solution",
          "[sampled_input]") {
  // The plasma curve as dense straight lines; the tissue equation dC/dt = C_p - theta C in small steps on the same
  // lines.
  std::vector<double> time;
  std::vector<double> value;
  for (double t = 0.0; t < 120.5; t += t < 5.0 ? 0.01 : 0.25) {
    time.push_back(t);
    value.push_back(simulated::plasma(t));
  }
  const InputCurve curve = sampled_curve(time, value);
  const Frames frames = simulated::cimbi36_frames();
  const auto lines = [&](double t) {
    const auto next = std::upper_bound(time.begin() + 1, time.end() - 1, t);
    const auto i = static_cast<std::size_t>(next - time.begin());
    return value[i - 1] + (value[i] - value[i - 1]) * (t - time[i - 1]) / (time[i] - time[i - 1]);
  };
  for (const double theta : {0.0, 1e-7, 0.02, 0.4}) {
    const SampledInput average(curve, frames, Sampling::average);
    const SampledInput midframe(curve, frames, Sampling::midframe);
    std::vector<double> means(frames.size());
    std::vector<double> values(frames.size());
    average.convolve<double>(theta, means);
    midframe.convolve<double>(theta, values);
    double c = 0.0;
    double area = 0.0;
    double t = 0.0;
    constexpr double h = 1.0 / 1200.0;
    for (std::size_t f = 0; f < frames.size(); ++f) {
      const double area_before = area;
      double at_middle = 0.0;
      const auto steps = static_cast<int>(std::lround(frames[f].duration_min() / h));
      for (int i = 0; i < steps; ++i) {
        if (2 * i == steps) at_middle = c;
        // The input is linear within a step but at its knots, which coincide with steps.
        const double p0 = lines(t), p1 = lines(t + h / 2), p2 = lines(t + h - 1e-12);
        const double k1 = p0 - theta * c;
        const double k2 = p1 - theta * (c + h / 2 * k1);
        const double k3 = p1 - theta * (c + h / 2 * k2);
        const double k4 = p2 - theta * (c + h * k3);
        const double next = c + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4);
        // Area of a cubic Hermite piece.
        area += h / 2 * (c + next) + h * h / 12 * (k1 - (p2 - theta * next));
        c = next;
        t += h;
      }
      INFO("theta " << theta << " frame " << f + 1);
      CHECK(means[f] == Approx((area - area_before) / frames[f].duration_min()).epsilon(1e-9).margin(1e-9));
      if (steps % 2 == 0) CHECK(values[f] == Approx(at_middle).epsilon(1e-9).margin(1e-9));
    }
    if (theta == 0.0) {
      for (std::size_t f = 0; f < frames.size(); ++f) CHECK(average.integral()[f] == means[f]);
    }
  }
}

// The curve is homogeneous of degree one in the activities: by Euler's theorem it is the sum of activity x derivative.
TEST_CASE("A measured curve is the sum of its derivatives times the activities", "[input_curve]") {
  const TimeActivityCurve target{
      Frames({{0.5, 1}, {1, 2}, {2, 3}, {3, 5}, {5, 8}, {12, 15}, {15, 20}, {20, 30}, {30, 31}, {31, 45}}),
      {0.3, 40.0, 3.1, 8.0, 8.0, 0.0, 1.0, -0.5, -6.0, -2.0}};
  for (const Sampling sampling : {Sampling::average, Sampling::midframe}) {
    const InputCurve curve = measured_curve(target, sampling);
    const std::vector<InputCurve> derivatives = measured_curve_by_activity(target, sampling);
    REQUIRE(derivatives.size() == target.frames.size());
    for (double t = 0.05; t < 46.0; t += 0.1) {
      double sum = 0.0;
      for (std::size_t j = 0; j < derivatives.size(); ++j) sum += target.activity[j] * derivatives[j].value(t);
      INFO(name_of(sampling) << " at " << t);
      CHECK(sum == Approx(curve.value(t)).epsilon(1e-12).margin(1e-11));
    }
  }
}

TEST_CASE("What is not a number stays so at the edges around it", "[input_curve]") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const InputCurve curve = integral_preserving_curve({Frames({{0, 1}, {1, 2}, {2, 3}, {3, 4}}), {1.0, 2.0, nan, 3.0}});
  CHECK(std::isnan(curve.value(1.5)));
  CHECK(std::isnan(curve.value(2.5)));
  CHECK(std::isnan(curve.value(3.5)));
}
