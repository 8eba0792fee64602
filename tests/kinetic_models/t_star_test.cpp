// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <catch2/catch.hpp>
#include <cmath>

#include "kinetic_models/registry.h"
#include "kinetic_models/t_star.h"
#include "libpet/error.h"
#include "tests/kinetic_models/simulated_integrals.h"

using namespace pet;

namespace {

Frames frames() {
  return simulated::cimbi36_frames();
}

const simulated::IntegratedScan& scan() {
  static const simulated::IntegratedScan scan = simulated::integrated_scan({}, frames());
  return scan;
}

const ReferenceRegion& reference() {
  static const ReferenceRegion reference({frames(), scan().reference.value});
  return reference;
}

// A curve that is exactly on Patlak's line from `start` on and `excess` above it before.
TimeActivityCurve bent(double start_min, double excess) {
  const SampledInput& input = reference().input();
  TimeActivityCurve target{frames(), {}};
  for (std::size_t i = 0; i < frames().size(); ++i) {
    const double line = 0.02 * input.integral()[i] + 0.7 * input.value()[i];
    target.activity.push_back(line * (frames()[i].mid_min() < start_min ? 1.0 + excess : 1.0));
  }
  return target;
}

}  // namespace

TEST_CASE("The chosen t* is the first frame from which on a plot is straight", "[t_star]") {
  const auto candidates = t_star_scan(find_model("patlak-ref"), bent(42.0, 0.3), reference(), {}, {.most_error = 0.01});
  const auto t_star = common_t_star(std::array{candidates});
  REQUIRE(t_star);
  CHECK(*t_star == Approx(42.5));  // the frame from 40 to 45 min
  for (const TStarCandidate& c : candidates) {
    CHECK(c.is_admissible == (c.t_star_min > 42.0));
    CHECK(c.frames >= 3);
    if (c.is_admissible) CHECK(c.value == Approx(0.02).epsilon(1e-9));
  }
  CHECK(candidates.back().frames == 3);
}

TEST_CASE("The largest error is that of the points of the plot", "[t_star]") {
  // Logan's plot of a two-tissue curve, by hand: int C_T / C_T against its line.
  const Model& model = find_model("logan-ref");
  const TimeActivityCurve target{frames(), scan().target.value};
  const auto candidates = t_star_scan(model, target, reference(), {});
  for (const TStarCandidate& c : candidates) {
    if (c.t_star_min < 5.0) continue;
    FitOptions options;
    options.t_star_min = c.t_star_min;
    const Fit line = fit(model, target, reference(), options);
    double largest = 0.0;
    for (std::size_t i = 0; i < frames().size(); ++i) {
      if (frames()[i].mid_min() < c.t_star_min) continue;
      const double on_line =
          line["DVR"].value * scan().reference.once[i] / target.activity[i] + line["intercept"].value;
      largest = std::max(largest, std::abs(scan().target.once[i] / target.activity[i] / on_line - 1.0));
    }
    INFO("t* " << c.t_star_min);
    // Early lines pass near zero, which magnifies the small difference between the integrals.
    CHECK(c.largest_error == Approx(largest).epsilon(1e-3).margin(2e-4));
  }
}

TEST_CASE("A lower limit never gives an earlier t*", "[t_star]") {
  const TimeActivityCurve target{frames(), scan().target.value};
  double last = 0.0;
  for (const double limit : {0.2, 0.1, 0.05, 0.02, 0.01}) {
    const auto t_star =
        common_t_star(std::array{t_star_scan(find_model("logan-ref"), target, reference(), {}, {.most_error = limit})});
    REQUIRE(t_star);
    CHECK(*t_star >= last);
    last = *t_star;
  }
  CHECK(last > 5.0);
}

TEST_CASE("A table has one t*, that of its slowest region; a region that is never straight has no say", "[t_star]") {
  const Model& model = find_model("patlak-ref");
  const TStarOptions strict{.most_error = 0.01};
  TimeActivityCurve noise = bent(0.0, 0.0);
  for (std::size_t i = 0; i < noise.activity.size(); i += 2) noise.activity[i] *= 3.0;
  const std::vector regions = {t_star_scan(model, bent(20.0, 0.3), reference(), {}, strict),
                               t_star_scan(model, bent(60.0, 0.3), reference(), {}, strict),
                               t_star_scan(model, noise, reference(), {}, strict)};
  CHECK(never_straight(regions[2]));
  CHECK_FALSE(never_straight(regions[0]));
  CHECK(common_t_star(regions).value() == Approx(62.5));
  CHECK_FALSE(common_t_star(std::array{regions[2]}));
}

TEST_CASE("The interval holds the values of all admissible t* that use half of the frames", "[t_star]") {
  const std::vector<TStarCandidate> candidates = {
      {.t_star_min = 10.0, .value = 1.0, .frames = 8, .is_admissible = false},
      {.t_star_min = 20.0, .value = 2.0, .frames = 6, .is_admissible = true},
      {.t_star_min = 30.0, .value = 2.5, .frames = 4, .is_admissible = true},
      {.t_star_min = 40.0, .value = 0.5, .frames = 3, .is_admissible = false},
      {.t_star_min = 50.0, .value = 9.0, .frames = 2, .is_admissible = true},
  };
  const TStarInterval interval = interval_over_t_star(candidates, 20.0, 0.1);
  CHECK(interval.lower == Approx(1.9));
  CHECK(interval.upper == Approx(2.6));
  CHECK(std::isnan(interval_over_t_star(candidates, 25.0, 0.1).lower));
}

TEST_CASE("No t* can be chosen for a model without a line, a limit of nothing, or a scan too short", "[t_star]") {
  const TimeActivityCurve target{frames(), scan().target.value};
  CHECK_THROWS_AS(t_star_scan(find_model("suvr"), target, reference(), {}), UsageError);
  CHECK_THROWS_AS(t_star_scan(find_model("srtm"), target, reference(), {}), UsageError);
  CHECK_THROWS_AS(t_star_scan(find_model("mrtm0"), target, reference(), {}, {.most_error = 0.0}), UsageError);
  FitOptions options;
  options.t_end_min = 0.3;
  CHECK_THROWS_AS(t_star_scan(find_model("mrtm0"), target, reference(), options), InputError);
}
