// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/blood/process_blood.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <functional>

#include "libpet/error.h"

using namespace pet;

namespace {

// Whole blood 10, 40, 20, 10, 8 kBq/mL; plasma 1.5 times that; half of it parent at 10 min.
BloodSamples by_hand() {
  BloodSamples samples;
  samples.whole_blood = {{0.5, 1.0, 2.0, 10.0, 60.0}, {10.0, 40.0, 20.0, 10.0, 8.0}};
  samples.plasma = {{0.5, 1.0, 2.0, 10.0, 60.0}, {15.0, 60.0, 30.0, 15.0, 12.0}};
  samples.parent_fraction = {{10.0, 60.0}, {0.5, 0.2}};
  return samples;
}

BloodOptions interpolated() {
  BloodOptions options;
  options.parent_fraction = "interpolation";
  return options;
}

// A row of the result, by time in minutes.
std::size_t row_at(const InputFunction& input, double time_min) {
  for (std::size_t i = 0; i < input.time_min.size(); ++i)
    if (std::abs(input.time_min[i] - time_min) < 1e-9) return i;
  FAIL("no row at " << time_min << " min");
  return 0;
}

bool has_note(const ProcessedBlood& processed, const std::string& part) {
  for (const std::string& note : processed.notes)
    if (note.find(part) != std::string::npos) return true;
  return false;
}

}  // namespace

TEST_CASE("Parent in plasma is plasma times the parent fraction, from a zero at injection to the last sample",
          "[blood]") {
  const ProcessedBlood processed = process_blood(by_hand(), interpolated(), "blood.tsv");
  const InputFunction& input = processed.input;
  CHECK(input.time_min.front() == 0.0);
  CHECK(input.time_min.back() == 60.0);
  CHECK(input.parent_plasma.front() == 0.0);
  CHECK(input.whole_blood.front() == 0.0);
  const std::size_t peak = row_at(input, 1.0);
  CHECK(input.whole_blood[peak] == Approx(40.0));
  CHECK(input.plasma[peak] == Approx(60.0));
  CHECK(input.parent_fraction[peak] == Approx(0.95));
  CHECK(input.parent_plasma[peak] == Approx(57.0));
  CHECK(input.parent_plasma[row_at(input, 60.0)] == Approx(2.4));
  CHECK(input.parent_plasma[row_at(input, 0.25)] == Approx(7.5 * 0.9875));
  CHECK_THAT(processed.after_last, Catch::Contains("nothing was extrapolated"));
  CHECK(has_note(processed, "above 10 % of the peak"));
}

TEST_CASE("While the autosampler runs plasma is whole blood times the ratio", "[blood]") {
  BloodSamples samples = by_hand();
  for (int i = 1; i <= 120; ++i) {
    samples.autosampler_whole_blood.time_min.push_back(i / 60.0);
    samples.autosampler_whole_blood.value.push_back(i <= 60 ? i : 120.0 - i);
  }
  const ProcessedBlood processed = process_blood(samples, interpolated(), "blood.tsv");
  const std::size_t row = row_at(processed.input, 0.75);
  CHECK(processed.input.whole_blood[row] == Approx(45.0));
  CHECK(processed.input.plasma[row] == Approx(67.5));
  CHECK(processed.input.plasma[row_at(processed.input, 10.0)] == Approx(15.0));
  CHECK(processed.ratio.samples.size() == 5);
}

TEST_CASE("The ratio is found by every model where it follows it", "[blood]") {
  for (const auto& [model, truth] : std::vector<std::pair<std::string, std::function<double(double)>>>{
           {"constant", [](double) { return 1.3; }},
           {"linear", [](double t) { return 1.1 + 0.004 * t; }},
           {"exponential", [](double t) { return 1.6 - 0.5 * std::exp(-0.2 * t); }}}) {
    CAPTURE(model);
    PlasmaRatio ratio;
    for (const double t : {1.0, 3.0, 6.0, 12.0, 30.0, 60.0}) {
      ratio.samples.time_min.push_back(t);
      ratio.samples.value.push_back(truth(t));
    }
    model_ratio(ratio, model, 90.0);
    for (const double t : {0.0, 8.0, 45.0, 90.0}) CHECK(ratio.curve(t) == Approx(truth(t)).epsilon(1e-6));
  }
}

TEST_CASE("Whole blood at other times than plasma is interpolated for the ratio, and said so", "[blood]") {
  const PlasmaRatio ratio = measured_ratio({{1.0, 2.0, 9.0}, {30.0, 20.0, 5.0}}, {{1.0, 3.0}, {20.0, 12.0}});
  REQUIRE(ratio.samples.size() == 2);
  CHECK(ratio.samples.value[0] == Approx(1.5));
  CHECK(ratio.samples.value[1] == Approx(1.25));
  REQUIRE(ratio.notes.size() == 2);
  CHECK_THAT(ratio.notes[0], Catch::Contains("1 plasma samples"));
}

TEST_CASE("After the last sample plasma is held or follows an exponential, as asked", "[blood]") {
  BloodSamples samples = by_hand();
  samples.plasma = {{1.0, 2.0, 10.0, 30.0, 50.0, 60.0}, {60.0, 0, 0, 0, 0, 0}};
  for (std::size_t i = 1; i < 6; ++i) samples.plasma.value[i] = 30.0 * std::exp(-0.02 * samples.plasma.time_min[i]);
  BloodOptions options = interpolated();
  options.until_min = 90.0;
  const ProcessedBlood held = process_blood(samples, options, "blood.tsv");
  CHECK(held.input.time_min.back() == 90.0);
  CHECK(held.input.plasma.back() == Approx(samples.plasma.value.back()));
  CHECK_THAT(held.after_last, Catch::Contains("3600 s"));
  CHECK_THAT(held.after_last, Catch::Contains("held at their last values"));
  options.after_last = AfterLast::exponential;
  const ProcessedBlood falling = process_blood(samples, options, "blood.tsv");
  CHECK(falling.input.plasma.back() == Approx(30.0 * std::exp(-0.02 * 90.0)));
  options.until_min = 30.0;
  const ProcessedBlood cut = process_blood(samples, options, "blood.tsv");
  CHECK(cut.input.time_min.back() == 30.0);
  CHECK_THAT(cut.after_last, Catch::Contains("cut at 1800 s"));
}

TEST_CASE("A delay moves every curve, and never radioactivity before injection", "[blood]") {
  BloodOptions options = interpolated();
  options.delay_min = 0.1;
  const InputFunction later = process_blood(by_hand(), options, "blood.tsv").input;
  CHECK(later.time_min.front() == 0.0);
  CHECK(later.parent_plasma[row_at(later, 1.1)] == Approx(57.0));
  CHECK(later.parent_plasma[row_at(later, 0.1)] == 0.0);
  CHECK(later.time_min.back() == Approx(60.1));
  options.delay_min = -0.4;
  CHECK_THROWS_WITH(process_blood(by_hand(), options, "blood.tsv"), Catch::Contains("before injection"));
}

TEST_CASE("Negative plasma is set to zero and units that are not plausible are pointed at", "[blood]") {
  BloodSamples samples = by_hand();
  samples.plasma.value[0] = -0.2;
  CHECK(has_note(process_blood(samples, interpolated(), "blood.tsv"), "1 samples of plasma below zero"));
  for (double& value : samples.plasma.value) value *= 1000.0;
  CHECK(has_note(process_blood(samples, interpolated(), "blood.tsv"), "kBq/mL or Bq/mL?"));
}

TEST_CASE("Samples that cannot give an input function are refused by name", "[blood]") {
  BloodSamples samples = by_hand();
  samples.parent_fraction = {};
  CHECK_THROWS_WITH(process_blood(samples, {}, "blood.tsv"), Catch::Contains("blood.tsv: found plasma without"));
  BloodOptions all_parent;
  all_parent.parent_fraction = "none";
  const ProcessedBlood processed = process_blood(samples, all_parent, "blood.tsv");
  CHECK(processed.input.parent_plasma == processed.input.plasma);
  CHECK(has_note(processed, "taken as parent"));

  samples = by_hand();
  samples.plasma = {};
  CHECK_THROWS_WITH(process_blood(samples, {}, "blood.tsv"), Catch::Contains("whole blood without plasma"));
  samples.plasma_to_blood_ratio = {{1.0, 60.0}, {1.5, 1.5}};
  const InputFunction from_ratio = process_blood(samples, interpolated(), "blood.tsv").input;
  CHECK(from_ratio.plasma[row_at(from_ratio, 1.0)] == Approx(60.0));
  CHECK_THROWS_AS(process_blood({}, {}, "blood.tsv"), InputError);

  BloodOptions dispersion;
  dispersion.dispersion_min = 0.05;
  CHECK_THROWS_AS(process_blood(by_hand(), dispersion, "blood.tsv"), UsageError);
}

TEST_CASE("Plasma that is corrected for metabolites already is the input function", "[blood]") {
  BloodSamples samples = by_hand();
  samples.parent_plasma = samples.plasma;
  samples.plasma = {};
  samples.parent_fraction = {};
  const InputFunction input = process_blood(samples, {}, "blood.tsv").input;
  CHECK(input.plasma.empty());
  CHECK(input.parent_fraction.empty());
  CHECK(input.parent_plasma[row_at(input, 1.0)] == Approx(60.0));
}
