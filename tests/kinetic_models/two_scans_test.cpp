// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/detail/two_scans.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <memory>

#include "kinetic_models/simulation/normal_noise.h"
#include "tests/kinetic_models/simulated_scan.h"

using namespace pet;
using detail::RegionInTwoScans;
using detail::ScanCurves;
using detail::TwoScanModel;
using detail::TwoScanProblem;

namespace {

constexpr double spacing = 0.1;
constexpr std::size_t frames_of_scan = 12;

double place(std::size_t frame) {
  return spacing * static_cast<double>(frame);
}

// A straight line over the frames: all sums of squares are parabolas, and least squares has closed forms.
void predict_line(std::span<const double> p, const ScanInput&, std::span<double> predicted, std::span<double> slopes) {
  for (std::size_t f = 0; f < predicted.size(); ++f) {
    predicted[f] = p[0] + p[1] * place(f);
    if (slopes.empty()) continue;
    slopes[2 * f] = 1.0;
    slopes[2 * f + 1] = place(f);
  }
}

const std::vector<Parameter> line_parameters = {{"level", "", 0.0, -1e3, 1e3, -1e9},
                                                {"slope", "", 0.0, -1e3, 1e3, -1e9}};

Model line() {
  Model model{};
  model.parameters = line_parameters;
  model.predict = predict_line;
  return model;
}

// Of a region: the levels of both scans are its own, the slope is common, and the drug adds `change` to it. There is no
// curve for a change of `most` and more.
TwoScanModel two_lines(const Model& model, double most = 1e9, double steepest = 1e3) {
  enum { level_b, level_d, slope, change, count };
  const Parameter any{"", "", 0.0, -1e3, 1e3, -1e9};
  return {
      .model = &model,
      .parameters = {any, any, Parameter{"", "", 0.0, -1e3, steepest, -1e9}, any},
      .own = slope,
      .least_frames = 2,
      .of_scan = [=](std::size_t scan, std::span<const double> p, std::span<double> of_scan, std::span<double> slopes) {
        of_scan[0] = p[scan == 0 ? level_b : level_d];
        of_scan[1] = p[slope] + (scan == 0 ? 0.0 : p[change]);
        if (!slopes.empty()) {
          slopes[scan == 0 ? level_b : level_d] = 1.0;
          slopes[count + slope] = 1.0;
          if (scan == 1) slopes[count + change] = 1.0;
        }
        return p[change] < most;
      }};
}

struct Lines {
  ReferenceRegion reference;
  std::vector<TimeActivityCurve> baseline;
  std::vector<TimeActivityCurve> drug;
  std::vector<std::vector<double>> weights;
};

Lines noisy_lines(std::size_t regions) {
  std::vector<Frame> bounds;
  for (std::size_t f = 0; f < frames_of_scan; ++f) bounds.push_back({place(f), place(f + 1)});
  const Frames frames(bounds);
  Lines lines{ReferenceRegion({frames, std::vector<double>(frames_of_scan, 1.0)}), {}, {}, {}};
  NormalNoise noise(4, {1});
  for (std::size_t r = 0; r < regions; ++r) {
    TimeActivityCurve b{frames, {}};
    TimeActivityCurve d{frames, {}};
    for (std::size_t f = 0; f < frames_of_scan; ++f) {
      b.activity.push_back(1.0 + 2.0 * place(f) + 0.3 * noise.next());
      d.activity.push_back(0.5 + 1.4 * place(f) + 0.3 * noise.next());
    }
    lines.baseline.push_back(b);
    lines.drug.push_back(d);
    lines.weights.emplace_back();
  }
  return lines;
}

std::vector<std::unique_ptr<RegionInTwoScans>> regions_of(const TwoScanModel& model, const Lines& lines) {
  Fit alone;  // with residuals of variance 1: sums of squares are those of the curves
  alone.weighted_rss = 1.0;
  alone.degrees_of_freedom = 1;
  const ScanCurves before{lines.reference, lines.baseline, lines.weights};
  const ScanCurves after{lines.reference, lines.drug, lines.weights};
  std::vector<std::unique_ptr<RegionInTwoScans>> regions;
  for (std::size_t r = 0; r < lines.baseline.size(); ++r)
    regions.push_back(std::make_unique<RegionInTwoScans>(model, before, after, r, alone, alone));
  return regions;
}

// Of a straight line by least squares.
double slope_of(const TimeActivityCurve& curve) {
  double mean = 0.0;
  for (std::size_t f = 0; f < frames_of_scan; ++f) mean += place(f) / frames_of_scan;
  double along = 0.0;
  double squares = 0.0;
  for (std::size_t f = 0; f < frames_of_scan; ++f) {
    along += (place(f) - mean) * curve.activity[f];
    squares += std::pow(place(f) - mean, 2);
  }
  return along / squares;
}

// Of the baselines of all but one of the regions.
double mean_slope_of_others(const Lines& lines, std::size_t region) {
  double sum = 0.0;
  for (std::size_t r = 0; r < lines.baseline.size(); ++r)
    if (r != region) sum += slope_of(lines.baseline[r]);
  return sum / static_cast<double>(lines.baseline.size() - 1);
}

constexpr double squares_about_mean = spacing * spacing * frames_of_scan * (frames_of_scan * frames_of_scan - 1) / 12.0;

}  // namespace

TEST_CASE("What the other regions say of a common parameter leaves out the region itself and the drug's effect on them",
          "[joint]") {
  const Model model = line();
  const TwoScanModel both = two_lines(model);
  const Lines lines = noisy_lines(3);
  TwoScanProblem problem(both, regions_of(both, lines));
  problem.minimise(1, -0.5, 0.1);
  for (const auto& region : problem.regions()) {
    // With a change of their own the drug scans of the others say nothing of the slope: it is that of the baselines.
    const double slope = mean_slope_of_others(lines, region->index());
    const detail::CommonKnowledge others = problem.without(*region, 1);
    CHECK(others.centre[0] == Approx(slope).epsilon(1e-6));
    CHECK(others.precision(0, 0) == Approx(2.0 * squares_about_mean).epsilon(1e-9));
    CHECK(others.precision(1, 1) == 0.0);
    CHECK(others.observations == 1);
  }
}

TEST_CASE("What the others say of a common parameter at its bound is where it would be without it", "[joint]") {
  const Model model = line();
  const Lines lines = noisy_lines(3);
  const TwoScanModel both = two_lines(model, 1e9, 1.0);  // slopes are about 2
  TwoScanProblem problem(both, regions_of(both, lines));
  problem.minimise(1, 0.5, 0.1);
  REQUIRE(problem.at()[0] == 1.0);
  for (const auto& region : problem.regions()) {
    const double slope = mean_slope_of_others(lines, region->index());
    const detail::CommonKnowledge others = problem.without(*region, 1);
    CHECK(others.centre[0] == Approx(slope).epsilon(1e-6));
    CHECK(others.precision(0, 0) == Approx(2.0 * squares_about_mean).epsilon(1e-9));
  }
}

TEST_CASE("One region alone has no others that say anything", "[joint]") {
  const Model model = line();
  const TwoScanModel both = two_lines(model);
  const Lines lines = noisy_lines(1);
  TwoScanProblem problem(both, regions_of(both, lines));
  problem.minimise(1, -0.5, 0.1);
  const detail::CommonKnowledge others = problem.without(*problem.regions().front(), 1);
  CHECK(others.precision.isZero(0.0));
  CHECK(others.observations == 0);
}

TEST_CASE("A profile that ends where there is no curve has no end there, instead of an infinite one", "[joint]") {
  const Model model = line();
  const Lines lines = noisy_lines(2);
  const double change = 0.5 * (slope_of(lines.drug[0]) + slope_of(lines.drug[1]) - slope_of(lines.baseline[0]) -
                               slope_of(lines.baseline[1]));
  const TwoScanModel both = two_lines(model, change + 0.1);
  TwoScanProblem problem(both, regions_of(both, lines));
  const double least = problem.minimise(1, change - 0.1, 0.1);
  // The sum of squares over the change, the slope free, has the curvature of both scans' squares in half.
  const double rise = 0.5 * 2.0 * squares_about_mean * 0.04;  // reached 0.2 from the optimum
  const Interval interval = problem.profile(1, 0.05, least + rise);
  CHECK(interval.lower == Approx(change - 0.2).epsilon(1e-3));
  CHECK(std::isnan(interval.upper));
  CHECK_FALSE(interval.is_followed());
  CHECK_FALSE(interval.is_bounded());
  // An end before the last curve is found, also where the search steps over both.
  const double sooner = 0.5 * 2.0 * squares_about_mean * 0.09 * 0.09;
  for (const double step : {0.03, 0.095, 0.3, 3.0}) {
    const Interval before = problem.profile(1, step, least + sooner);
    CHECK(before.lower == Approx(change - 0.09).epsilon(1e-3));
    CHECK(before.upper == Approx(change + 0.09).epsilon(1e-3));
  }
}
