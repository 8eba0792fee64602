// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/graphical_points.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "kinetic_models/registry.h"
#include "libpet/error.h"

using namespace pet;

namespace {

TimeActivityCurve reference_curve() {
  std::vector<Frame> frames;
  TimeActivityCurve curve;
  for (int i = 0; i < 12; ++i) {
    frames.push_back({5.0 * i, 5.0 * (i + 1)});
    curve.activity.push_back(10.0 * std::exp(-0.1 * i) + 1.0);
  }
  curve.frames = Frames(frames);
  return curve;
}

TimeActivityCurve scaled(TimeActivityCurve curve, double factor) {
  for (double& activity : curve.activity) activity *= factor;
  return curve;
}

}  // namespace

TEST_CASE("A curve that is a multiple of the reference lies on a straight Logan plot of that slope") {
  // C_T = a C_R makes int C_T / C_T = a (int C_R + C_R / k2') / C_T - 1 / k2'.
  const ReferenceRegion reference(reference_curve());
  const GraphicalPoints points =
      graphical_points(find_model("logan-ref"), scaled(reference_curve(), 2.5), reference, 0.05);
  REQUIRE(points.x.size() == 12);
  for (std::size_t f = 0; f < points.x.size(); ++f)
    CHECK(points.y[f] == Approx(2.5 * points.x[f] - 1.0 / 0.05).epsilon(1e-9));
  CHECK(points.slope == "DVR");
}

TEST_CASE("Without k2prime the Logan plot has no term for the efflux") {
  const ReferenceRegion reference(reference_curve());
  const GraphicalPoints points = graphical_points(find_model("logan-ref"), scaled(reference_curve(), 2.0), reference);
  for (std::size_t f = 0; f < points.x.size(); ++f) CHECK(points.y[f] == Approx(2.0 * points.x[f]).epsilon(1e-9));
}

TEST_CASE("The Patlak plot of a multiple of the reference is level") {
  const ReferenceRegion reference(reference_curve());
  const GraphicalPoints points = graphical_points(find_model("patlak-ref"), scaled(reference_curve(), 3.0), reference);
  for (const double y : points.y) CHECK(y == Approx(3.0).epsilon(1e-9));
}

TEST_CASE("The Logan plot with plasma has the integrals of straight lines in it") {
  // C_p = 8 from time zero on (two samples), C_T at mid-frame = 4: x = 8 T / 4, at mid-frame.
  InputFunction input;
  input.time_min = {0.0, 60.0};
  input.parent_plasma = {8.0, 8.0};
  TimeActivityCurve target = reference_curve();
  for (double& activity : target.activity) activity = 4.0;
  const Plasma plasma(input, target.frames, Sampling::midframe);
  const GraphicalPoints points = graphical_points(find_model("logan"), target, plasma);
  for (std::size_t f = 0; f < points.x.size(); ++f)
    CHECK(points.x[f] == Approx(8.0 * target.frames[f].mid_min() / 4.0).epsilon(1e-9));
}

TEST_CASE("A frame without activity has no point in a Logan plot") {
  TimeActivityCurve target = reference_curve();
  target.activity[3] = 0.0;
  const ReferenceRegion reference(reference_curve());
  CHECK(std::isnan(graphical_points(find_model("logan-ref"), target, reference).x[3]));
}

TEST_CASE("Models without a line have no plot") {
  const ReferenceRegion reference(reference_curve());
  CHECK_FALSE(has_graphical_points(find_model("srtm")));
  CHECK_THROWS_AS(graphical_points(find_model("srtm"), reference_curve(), reference), UsageError);
}

TEST_CASE("Lines end where their points end") {
  const std::vector<double> x = {4.0, std::numeric_limits<double>::quiet_NaN(), 2.0, 6.0};
  const LineEnds line = line_over(x, 0.5, 1.0).value();
  CHECK(line.x == std::array{2.0, 6.0});
  CHECK(line.y == std::array{2.0, 4.0});
  CHECK(line_over(x, 0.5, 1.0, true).value().x[0] == 0.0);
  CHECK_FALSE(line_over({}, 1.0, 0.0));
  // Half of the receptors occupied, VND 2: the line is zero at 2 and (6 - 2) / 2 at 6.
  const LineEnds lassen = lassen_line(std::vector{3.0, 6.0}, 0.5, 2.0).value();
  CHECK(lassen.x == std::array{2.0, 6.0});
  CHECK(lassen.y == std::array{0.0, 2.0});
}

TEST_CASE("Residuals are measured less fitted") {
  const std::vector<double> left = residuals(std::vector{3.0, 1.0}, std::vector{1.0, std::nan("")});
  CHECK(left[0] == 2.0);
  CHECK(std::isnan(left[1]));
}
