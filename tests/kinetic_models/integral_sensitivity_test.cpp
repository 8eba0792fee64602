// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/detail/integral_sensitivity.h"

#include <catch2/catch.hpp>

#include "kinetic_models/sampled_input.h"
#include "tests/kinetic_models/simulated_scan.h"

using namespace pet;

namespace {

// A peak, a plateau and frames below zero, so that the limiter acts in every way; a late start and a gap.
TimeActivityCurve awkward() {
  return {Frames({{0.5, 1}, {1, 2}, {2, 3}, {3, 5}, {5, 8}, {12, 15}, {15, 20}, {20, 30}, {30, 31}, {31, 45}}),
          {0.3, 40.0, 3.1, 8.0, 8.0, 7.0, 1.0, -0.5, -6.0, 2.0}};
}

struct Differences {
  std::vector<double> once;
  std::vector<double> twice;
};

// Central differences of what SampledInput integrates.
Differences differences(const TimeActivityCurve& target, Sampling sampling) {
  const std::size_t n = target.frames.size();
  Differences result{std::vector<double>(n * n), std::vector<double>(n * n)};
  constexpr double step = 1e-4;
  for (std::size_t j = 0; j < n; ++j) {
    TimeActivityCurve above = target;
    TimeActivityCurve below = target;
    above.activity[j] += step;
    below.activity[j] -= step;
    const SampledInput more(measured_curve(above, sampling), target.frames, sampling);
    const SampledInput less(measured_curve(below, sampling), target.frames, sampling);
    const std::vector<double> twice_more = more.double_integral();
    const std::vector<double> twice_less = less.double_integral();
    for (std::size_t i = 0; i < n; ++i) {
      result.once[i * n + j] = (more.integral()[i] - less.integral()[i]) / (2.0 * step);
      result.twice[i * n + j] = (twice_more[i] - twice_less[i]) / (2.0 * step);
    }
  }
  return result;
}

}  // namespace

TEST_CASE("The sensitivity of the integrals equals their differences", "[integral_sensitivity]") {
  TimeActivityCurve simulated = simulated::srtm_scan({}, simulated::cimbi36_frames()).target;
  for (double& activity : simulated.activity) activity += 0.1;  // at zero the limiter has two sides
  for (const TimeActivityCurve& target : {awkward(), simulated})
    for (const Sampling sampling : {Sampling::average, Sampling::midframe}) {
      const detail::IntegralSensitivity sensitivity = detail::integral_sensitivity(target, sampling, true);
      const Differences expected = differences(target, sampling);
      REQUIRE(sensitivity.once.size() == expected.once.size());
      REQUIRE(sensitivity.twice.size() == expected.twice.size());
      for (std::size_t i = 0; i < expected.once.size(); ++i) {
        INFO(name_of(sampling) << ", row and column " << i / target.frames.size() << ", " << i % target.frames.size());
        CHECK(sensitivity.once[i] == Approx(expected.once[i]).epsilon(1e-6).margin(1e-6));
        CHECK(sensitivity.twice[i] == Approx(expected.twice[i]).epsilon(1e-6).margin(1e-5));
      }
    }
}

TEST_CASE("The sensitivity to integrating twice is computed on request only", "[integral_sensitivity]") {
  const detail::IntegralSensitivity sensitivity = detail::integral_sensitivity(awkward(), Sampling::average);
  CHECK(sensitivity.once == detail::integral_sensitivity(awkward(), Sampling::average, true).once);
  CHECK(sensitivity.twice.empty());
}

// Both edges of a frame between frames of zero are zero, whatever its activity: with a mean of one the curve over it is
// 6 s (1 - s), and the mean of its running integral is half the frame.
TEST_CASE("A frame of zero between others counts for itself alone", "[integral_sensitivity]") {
  const TimeActivityCurve target{Frames({{0, 2}, {2, 4}, {4, 6}, {6, 10}, {10, 20}}), {0.0, 0.0, 0.0, 5.0, 4.0}};
  const detail::IntegralSensitivity sensitivity = detail::integral_sensitivity(target, Sampling::average);
  CHECK(sensitivity.once[1 * 5 + 1] == Approx(1.0).epsilon(1e-12));
  CHECK(sensitivity.once[0 * 5 + 1] == Approx(0.0).margin(1e-12));
  for (const std::size_t later : {2U, 3U, 4U}) CHECK(sensitivity.once[later * 5 + 1] == Approx(2.0).epsilon(1e-12));
}
