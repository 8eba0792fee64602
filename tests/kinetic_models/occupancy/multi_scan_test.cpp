// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/occupancy/multi_scan.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

#include "kinetic_models/simulation/normal_noise.h"
#include "libpet/error.h"

using namespace pet;

namespace {

bool has_flag(const std::vector<std::string>& flags, const std::string& flag) {
  return std::find(flags.begin(), flags.end(), flag) != flags.end();
}

BindingScan scan(const std::string& subject, const std::string& name, ScanCondition condition, double logarithm) {
  return {subject + "_" + name, subject, condition, {{std::exp(logarithm)}}};
}

// Two scans without the drug of five subjects, one region: logarithms of binding.
constexpr double before[5][2] = {{0.10, 0.16}, {0.42, 0.35}, {-0.21, -0.16}, {0.27, 0.18}, {0.02, 0.10}};

std::vector<BindingScan> balanced(ScanCondition second) {
  std::vector<BindingScan> scans;
  for (int i = 0; i < 5; ++i) {
    const std::string subject = "sub-" + std::to_string(i + 1);
    scans.push_back(scan(subject, "a", ScanCondition::baseline, before[i][0]));
    scans.push_back(scan(subject, "b", second, before[i][1]));
  }
  return scans;
}

// Variances of a balanced one-way layout, which are those of restricted likelihood.
struct Anova {
  double mean = 0.0;
  double within = 0.0;
  double between = 0.0;
};

Anova anova() {
  Anova result;
  for (const auto& pair : before) result.mean += 0.5 * (pair[0] + pair[1]) / 5.0;
  double between = 0.0;
  for (const auto& pair : before) {
    result.within += 0.5 * std::pow(pair[0] - pair[1], 2) / 5.0;
    between += 2.0 * std::pow(0.5 * (pair[0] + pair[1]) - result.mean, 2) / 4.0;
  }
  result.between = 0.5 * (between - result.within);
  return result;
}

// The variance between subjects of the means of both scans.
double spread_of_means() {
  double sum = 0.0;
  for (const auto& pair : before) sum += std::pow(0.5 * (pair[0] + pair[1]) - anova().mean, 2) / 4.0;
  return sum;
}

}  // namespace

TEST_CASE("Balanced scans have the variances of an analysis of variance, and baselines drawn to their mean",
          "[multi_scan]") {
  std::vector<BindingScan> scans = balanced(ScanCondition::baseline);
  scans.push_back(scan("sub-2", "drug", ScanCondition::drug, -0.5));
  scans.push_back(scan("sub-6", "drug", ScanCondition::drug, -0.8));
  const MultiScanFit fit = fit_scans(scans, {.has_volume_errors = false});
  const Anova truth = anova();
  CHECK(fit.status == FitStatus::ok);
  CHECK(fit.of_scan == Approx(std::sqrt(truth.within)).epsilon(1e-5));
  CHECK(fit.between_subjects == Approx(std::sqrt(truth.between)).epsilon(1e-5));

  REQUIRE(fit.scans.size() == 2);
  const double of_mean = (truth.between + 0.5 * truth.within) / 5.0;
  const double drawn = 2.0 * truth.between / (2.0 * truth.between + truth.within);
  const double baseline = truth.mean + drawn * (0.5 * (0.42 + 0.35) - truth.mean);
  const ScanOccupancy& known = fit.scans[0];
  CHECK(known.name == "sub-2_drug");
  CHECK(known.occupancy.value == Approx(1.0 - std::exp(-0.5 - baseline)).epsilon(1e-6));
  CHECK(known.baseline == Approx(std::exp(baseline)).epsilon(1e-6));
  CHECK(known.drug == Approx(std::exp(-0.5)));
  const double variance = truth.within + truth.between * (1.0 - drawn) + std::pow(1.0 - drawn, 2) * of_mean;
  CHECK(known.occupancy.standard_error == Approx(std::exp(-0.5 - baseline) * std::sqrt(variance)).epsilon(1e-5));
  CHECK_FALSE(has_flag(known.occupancy.flags, "no_baseline"));

  // Without a baseline: that of the population, with the spread of the subjects.
  const ScanOccupancy& missing = fit.scans[1];
  CHECK(missing.occupancy.value == Approx(1.0 - std::exp(-0.8 - truth.mean)).epsilon(1e-6));
  const double spread = truth.within + truth.between + of_mean;
  CHECK(missing.occupancy.standard_error == Approx(std::exp(-0.8 - truth.mean) * std::sqrt(spread)).epsilon(1e-5));
  CHECK(has_flag(missing.occupancy.flags, "no_baseline"));
}

TEST_CASE("Placebo scans give the bias of a second scan, as paired differences do, and it is taken off",
          "[multi_scan]") {
  std::vector<BindingScan> scans = balanced(ScanCondition::placebo);
  scans.push_back(scan("sub-1", "drug", ScanCondition::drug, -0.6));
  const MultiScanFit fit = fit_scans(scans, {.has_volume_errors = false});
  double mean = 0.0;
  double squares = 0.0;
  for (const auto& pair : before) mean += (pair[1] - pair[0]) / 5.0;
  for (const auto& pair : before) squares += std::pow(pair[1] - pair[0] - mean, 2) / 4.0;
  CHECK(fit.placebo.status == FitStatus::ok);
  CHECK(fit.placebo.value == Approx(1.0 - std::exp(mean)).epsilon(1e-6));
  CHECK(fit.of_scan == Approx(std::sqrt(0.5 * squares)).epsilon(1e-5));
  CHECK(fit.placebo_degrees_of_freedom == Approx(4.0).epsilon(1e-4));
  const double half = student_factor(0.95, 4.0) * std::sqrt(squares / 5.0);
  CHECK(fit.placebo.interval.lower == Approx(1.0 - std::exp(mean + half)).epsilon(1e-4));
  CHECK(fit.placebo.interval.upper == Approx(1.0 - std::exp(mean - half)).epsilon(1e-4));

  // What sub-1 would have without the drug: the mean of second scans, and its own distance from the means drawn to
  // zero. In a balanced layout without the means of both conditions variances are those of the analysis of variance.
  double first = 0.0;
  double second = 0.0;
  for (const auto& pair : before) first += pair[0] / 5.0;
  for (const auto& pair : before) second += pair[1] / 5.0;
  const double within = 0.5 * squares;
  const double between = 0.5 * (2.0 * spread_of_means() - within);
  const double drawn = 2.0 * between / (2.0 * between + within);
  const double own = 0.5 * (before[0][0] - first + before[0][1] - second);
  CHECK(fit.between_subjects == Approx(std::sqrt(between)).epsilon(1e-5));
  CHECK(fit.scans[0].occupancy.value == Approx(1.0 - std::exp(-0.6 - second - drawn * own)).epsilon(1e-6));
}

TEST_CASE("Without baselines the drug is compared with placebo scans, whose bias it has too", "[multi_scan]") {
  std::vector<BindingScan> crossover, relabelled;
  NormalNoise noise(5, {1});
  for (int i = 0; i < 4; ++i) {
    const std::string subject = "sub-" + std::to_string(i);
    const double level = 0.2 * noise.next();
    for (const auto& [name, condition, left] :
         {std::tuple{"p", ScanCondition::placebo, 1.0}, {"d", ScanCondition::drug, 0.4}}) {
      BindingScan s{subject + name, subject, condition, {{left * std::exp(level + 0.05 * noise.next()), 0.02}}};
      crossover.push_back(s);
      if (condition == ScanCondition::placebo) s.condition = ScanCondition::baseline;
      relabelled.push_back(s);
    }
  }
  const MultiScanFit fit = fit_scans(crossover), same = fit_scans(relabelled);
  CHECK(fit.placebo.status == FitStatus::failed);
  REQUIRE(fit.scans.size() == 4);
  for (std::size_t s = 0; s < 4; ++s) {
    CHECK(fit.scans[s].occupancy.value == Approx(0.6).margin(0.15));
    CHECK(fit.scans[s].occupancy.value == same.scans[s].occupancy.value);
    CHECK(fit.scans[s].occupancy.interval.upper == same.scans[s].occupancy.interval.upper);
  }
}

TEST_CASE("Scans of several regions share occupancy, and regions count as their fits know them", "[multi_scan]") {
  // Three regions of which the last is known a hundred times less well and wrong.
  std::vector<BindingScan> scans;
  NormalNoise noise(3, {1});
  for (int i = 0; i < 6; ++i) {
    const std::string subject = "sub-" + std::to_string(i);
    const double level = 0.2 * noise.next();
    for (const auto& [name, condition, left] : {std::tuple{"a", ScanCondition::baseline, 1.0},
                                                {"b", ScanCondition::baseline, 1.0},
                                                {"d", ScanCondition::drug, 0.4}}) {
      BindingScan s{subject + name, subject, condition, {}};
      for (const double binding : {1.5, 1.0, 0.5}) {
        const bool is_last = binding == 0.5;
        const double value = left * binding * std::exp(level + 0.01 * noise.next());
        s.regions.push_back({is_last && left < 1.0 ? 3.0 * value : value, is_last ? 1.0 * value : 0.01 * value});
      }
      scans.push_back(s);
    }
  }
  const MultiScanFit fit = fit_scans(scans);
  for (const ScanOccupancy& found : fit.scans) {
    CHECK(found.occupancy.value == Approx(0.6).margin(0.03));
    CHECK(found.regions == 3);
  }
}

// Two baselines and a drug scan of six subjects: regions of 1.5, 1, 0.7 and 0.35; errors of 1 + binding of 2 % in a
// scan and 1 % in each region.
std::vector<BindingScan> dosed(double occupancy,
                               std::uint64_t seed,
                               const std::vector<double>& bindings = {1.5, 1.0, 0.7, 0.35}) {
  std::vector<BindingScan> scans;
  NormalNoise noise(seed, {1});
  for (int i = 0; i < 6; ++i) {
    const std::string subject = "sub-" + std::to_string(i);
    const double level = 0.15 * noise.next();
    for (const auto& [name, condition, left] : {std::tuple{"a", ScanCondition::baseline, 1.0},
                                                {"b", ScanCondition::baseline, 1.0},
                                                {"d", ScanCondition::drug, 1.0 - occupancy}}) {
      BindingScan s{subject + name, subject, condition, {}};
      const double of_scan = 0.02 * noise.next();
      for (const double binding : bindings) {
        const double error = of_scan + 0.01 * noise.next();
        s.regions.push_back({(1.0 + left * binding * std::exp(level)) * std::exp(error) - 1.0, 0.002});
      }
      scans.push_back(s);
    }
  }
  return scans;
}

TEST_CASE("A region in which all but nothing is left moves the occupancy of its scan no more than its error allows",
          "[multi_scan]") {
  constexpr double occupancy = 0.85;
  for (std::size_t region = 0; region < 4; ++region) {
    const auto first = [&](double left_there) {
      std::vector<BindingScan> scans = dosed(occupancy, 6);
      scans[2].regions[region].value = left_there;
      const MultiScanFit fit = fit_scans(scans);
      REQUIRE(fit.status == FitStatus::ok);
      for (std::size_t s = 1; s < fit.scans.size(); ++s)
        CHECK(fit.scans[s].occupancy.value == Approx(occupancy).margin(0.06));
      return fit.scans.front().occupancy.value;
    };
    CAPTURE(region);
    const double little = first(1e-3);
    // The strongest region has most to say: alone it would put the occupancy at one, to within 0.02 / 1.5 of it.
    if (region > 0)
      CHECK(little == Approx(occupancy).margin(0.06));
    else
      CHECK(std::abs(little - 1.0) < 3.0 * 0.02 / 1.5);
    CHECK(first(1e-12) == Approx(little).margin(0.002));
    // Zero is no wall.
    CHECK(std::abs(first(-0.03) - first(0.0)) > 3.0 * std::abs(little - first(0.0)));
  }
}

TEST_CASE("Occupancies near and of one are found as well as others, in every study", "[multi_scan][lengthy]") {
  for (const double occupancy : {0.97, 0.99, 1.0}) {
    int held = 0;
    double sum = 0.0;
    constexpr int studies = 40;
    for (int s = 0; s < studies; ++s) {
      CAPTURE(occupancy, s);
      const MultiScanFit fit = fit_scans(dosed(occupancy, static_cast<std::uint64_t>(s)));
      CHECK(fit.status == FitStatus::ok);
      REQUIRE(fit.scans.size() == 6);
      for (const ScanOccupancy& scan : fit.scans) {
        const Occupancy& found = scan.occupancy;
        sum += found.value - occupancy;
        if (found.interval.lower <= occupancy && occupancy <= found.interval.upper) ++held;
        CHECK(found.interval.upper - found.interval.lower < 0.12);
        CHECK(found.standard_error < 0.03);
        CHECK(has_flag(found.flags, "occupancy_above_one") == (found.value > 1.0));
      }
    }
    CHECK(std::abs(sum / (6.0 * studies)) < 0.004);  // four errors of the mean
    CHECK(held >= 0.91 * 6 * studies);
    CHECK(held <= 0.985 * 6 * studies);
  }
}

TEST_CASE("One odd reading costs no other scan its occupancy", "[multi_scan][lengthy]") {
  constexpr double occupancy = 0.9;
  for (const auto& [scan, region, value] :
       {std::tuple{0U, 1U, -0.3}, {0U, 3U, -0.1}, {2U, 1U, -0.9}, {2U, 0U, -0.6}, {2U, 3U, 2.0}})
    for (std::uint64_t seed = 0; seed < 5; ++seed) {
      CAPTURE(scan, region, value, seed);
      std::vector<BindingScan> scans = dosed(occupancy, seed);
      scans[scan].regions[region].value = value;
      const MultiScanFit fit = fit_scans(scans);
      CHECK(fit.status == FitStatus::ok);
      for (std::size_t s = 1; s < fit.scans.size(); ++s)
        CHECK(fit.scans[s].occupancy.value == Approx(occupancy).margin(0.1));
    }
}

TEST_CASE("A scan without the strongest region has the occupancy of what it has", "[multi_scan]") {
  int held = 0;
  constexpr int studies = 40;
  for (int seed = 0; seed < studies; ++seed) {
    CAPTURE(seed);
    std::vector<BindingScan> scans = dosed(1.0, static_cast<std::uint64_t>(seed), {20.0, 0.15});
    scans[2].regions[0] = {};
    const MultiScanFit fit = fit_scans(scans);
    CHECK(fit.status == FitStatus::ok);
    const Interval interval = fit.scans.front().occupancy.interval;
    if (interval.lower <= 1.0 && 1.0 <= interval.upper) ++held;
    CHECK(interval.upper - interval.lower > 0.3);  // an error of 0.022 of 1.15 without the drug
    CHECK(fit.scans[1].occupancy.value == Approx(1.0).margin(0.01));
  }
  CHECK(held >= 34);  // of 38 expected, three standard deviations less
}

TEST_CASE("A region without any binding costs no scan its occupancy, and is left out where it does not settle",
          "[multi_scan]") {
  int vanished = 0;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    CAPTURE(seed);
    std::vector<BindingScan> scans = dosed(0.6, seed, {1.5, 1.0, 1e-9});
    const MultiScanFit fit = fit_scans(scans);
    CHECK(fit.status == FitStatus::ok);
    // Four errors of one region: hypot(0.022 1.6 / 1.5, 0.022 2.5 / 1.5 0.4 / sqrt(2)).
    for (const ScanOccupancy& scan : fit.scans) CHECK(scan.occupancy.value == Approx(0.6).margin(0.1));
    double sum = 0.0;  // of log volumes without the drug
    for (const BindingScan& scan : scans)
      if (scan.condition != ScanCondition::drug) sum += std::log1p(scan.regions[2].value);
    if (sum <= 0.0) CHECK(fit.left_out == std::vector<std::size_t>{2});
    if (sum <= 0.0 || fit.left_out.empty()) continue;
    ++vanished;
    CHECK(fit.left_out == std::vector<std::size_t>{2});
    for (BindingScan& scan : scans) scan.regions.pop_back();
    const MultiScanFit without = fit_scans(scans);
    for (std::size_t s = 0; s < fit.scans.size(); ++s)
      CHECK(fit.scans[s].occupancy.value == without.scans[s].occupancy.value);
  }
  CHECK(vanished > 0);
}

TEST_CASE("Where one subject alone has a scan without the drug, others have no occupancy", "[multi_scan]") {
  std::vector<BindingScan> scans = dosed(0.6, 4);
  std::erase_if(
      scans, [](const BindingScan& scan) { return scan.condition != ScanCondition::drug && scan.subject != "sub-2"; });
  const MultiScanFit fit = fit_scans(scans);
  CHECK(fit.status == FitStatus::ok);
  for (const ScanOccupancy& scan : fit.scans) {
    const bool is_known = scan.subject == "sub-2";
    CHECK(scan.occupancy.status == (is_known ? FitStatus::ok : FitStatus::unidentifiable));
    CHECK(has_flag(scan.occupancy.flags, "no_baseline") != is_known);
    CHECK(std::isnan(scan.baseline) != is_known);
    if (is_known)
      CHECK(scan.occupancy.value == Approx(0.6).margin(0.07));
    else
      CHECK(std::isnan(scan.occupancy.value));
  }
}

// Five subjects who do not differ: two groups of one variance. A binding B has the error of its volume times (1 + B) /
// B.
TEST_CASE("The bias of placebo scans and its error are those of two groups of log volumes", "[multi_scan]") {
  constexpr double binding = 0.5;
  constexpr double bias = -0.05;
  const double errors[5][2] = {{0.004, -0.002}, {-0.003, 0.001}, {0.002, 0.003}, {-0.001, -0.004}, {-0.002, 0.002}};
  std::vector<BindingScan> scans;
  double squares = 0.0;  // both groups have a mean error of zero
  for (int i = 0; i < 5; ++i) {
    const std::string subject = "sub-" + std::to_string(i);
    const double first = (1.0 + binding) * std::exp(errors[i][0]) - 1.0;
    const double second = (1.0 + binding * std::exp(bias)) * std::exp(errors[i][1]) - 1.0;
    scans.push_back({subject + "a", subject, ScanCondition::baseline, {{first}}});
    scans.push_back({subject + "b", subject, ScanCondition::placebo, {{second}}});
    squares += errors[i][0] * errors[i][0] + errors[i][1] * errors[i][1];
  }
  scans.push_back({"drug", "sub-0", ScanCondition::drug, {{0.2}}});
  const MultiScanFit fit = fit_scans(scans);
  REQUIRE(fit.placebo.status == FitStatus::ok);
  CHECK(fit.between_subjects < 1e-6);
  CHECK(fit.of_scan == Approx(std::sqrt(squares / 8.0)).epsilon(1e-3));
  CHECK(fit.placebo.value == Approx(1.0 - std::exp(bias)).margin(1e-4));
  const auto relative = [](double of) { return (1.0 + of) / of; };
  const double of_bias =
      std::sqrt(squares / 8.0 / 5.0) * std::hypot(relative(binding), relative(binding * std::exp(bias)));
  CHECK(fit.placebo.standard_error == Approx(std::exp(bias) * of_bias).epsilon(1e-3));
}

TEST_CASE("Occupancies and standard errors do not depend on the binding of the strongest region", "[multi_scan]") {
  // A region of its own scale, that no scan knows anything about: it changes the strongest and nothing else.
  std::vector<BindingScan> scans = dosed(0.6, 2);
  const MultiScanFit without = fit_scans(scans);
  for (BindingScan& s : scans) s.regions.push_back({6.0, 1e6});
  const MultiScanFit with = fit_scans(scans);
  REQUIRE(with.scans.size() == without.scans.size());
  for (std::size_t s = 0; s < with.scans.size(); ++s) {
    CHECK(with.scans[s].occupancy.value == Approx(without.scans[s].occupancy.value).epsilon(1e-5));
    CHECK(with.scans[s].occupancy.standard_error == Approx(without.scans[s].occupancy.standard_error).epsilon(1e-4));
  }
}

TEST_CASE("A region without binding before the drug is left out, and others keep theirs", "[multi_scan]") {
  std::vector<BindingScan> scans = dosed(0.6, 3);
  const MultiScanFit without = fit_scans(scans);
  CHECK(without.left_out.empty());
  for (std::size_t s = 0; s < scans.size(); ++s)
    scans[s].regions.insert(scans[s].regions.begin() + 1, Binding{s % 2 == 0 ? -0.03 : 0.02, 0.01});
  const MultiScanFit with = fit_scans(scans);
  CHECK(with.left_out == std::vector<std::size_t>{1});
  CHECK(with.scans.front().regions == 4);
  CHECK(with.scans.front().occupancy.value == without.scans.front().occupancy.value);
  for (BindingScan& s : scans) s.regions = {{-0.1, 0.01}};
  CHECK_THROWS_WITH(fit_scans(scans), Catch::Matchers::Contains("no region of positive mean binding"));
}

// The likelihood grows without end as the variance of scans goes to zero, until rounding lets no step gain.
TEST_CASE(
    "Scans that repeat exactly without any standard error have no largest likelihood, and are not called converged",
    "[multi_scan]") {
  std::vector<BindingScan> scans;
  for (int i = 0; i < 5; ++i) {
    const std::string subject = "sub-" + std::to_string(i + 1);
    for (const char* name : {"a", "b"}) scans.push_back(scan(subject, name, ScanCondition::baseline, before[i][0]));
  }
  scans.push_back(scan("sub-1", "drug", ScanCondition::drug, -0.5));
  const MultiScanFit fit = fit_scans(scans, {.has_volume_errors = false});
  CHECK(fit.status == FitStatus::not_converged);
  CHECK(fit.scans.front().occupancy.status == FitStatus::not_converged);
  for (BindingScan& s : scans)
    if (s.name.ends_with("_b")) s.condition = ScanCondition::placebo;
  CHECK(fit_scans(scans, {.has_volume_errors = false}).placebo.status == FitStatus::not_converged);
}

TEST_CASE("Without two scans free of the drug in one subject the error of a scan is left out, and said to be",
          "[multi_scan]") {
  std::vector<BindingScan> scans;
  for (int i = 0; i < 4; ++i) {
    const std::string subject = "sub-" + std::to_string(i);
    scans.push_back(scan(subject, "a", ScanCondition::baseline, before[i][0]));
    scans.push_back(scan(subject, "d", ScanCondition::drug, before[i][1] - 0.5));
  }
  // Without standard errors nothing says how large an error is.
  CHECK(fit_scans(scans).status == FitStatus::failed);
  for (BindingScan& s : scans) s.regions.front().standard_error = 0.05;
  const MultiScanFit fit = fit_scans(scans);
  CHECK(fit.status == FitStatus::ok);
  CHECK(has_flag(fit.flags, "scan_error_left_out"));
  CHECK(has_flag(fit.scans[0].occupancy.flags, "scan_error_left_out"));
  CHECK(fit.placebo.status == FitStatus::failed);
}

TEST_CASE("A drug scan without a binding that has a logarithm has no occupancy, and others keep theirs",
          "[multi_scan]") {
  std::vector<BindingScan> scans = balanced(ScanCondition::baseline);
  scans.push_back({"sub-1_full", "sub-1", ScanCondition::drug, {{-0.02, 0.01}}});
  scans.push_back(scan("sub-2", "drug", ScanCondition::drug, -0.5));
  const MultiScanFit of_volumes = fit_scans(scans);
  CHECK(of_volumes.scans[0].occupancy.value == Approx(1.02).margin(0.02));
  CHECK(has_flag(of_volumes.scans[0].occupancy.flags, "occupancy_above_one"));
  scans[scans.size() - 2].regions = {{-1.0, 0.01}};
  CHECK(fit_scans(scans).scans[0].occupancy.status == FitStatus::unidentifiable);
  const MultiScanFit fit = fit_scans(scans, {.has_volume_errors = false});
  REQUIRE(fit.scans.size() == 2);
  CHECK(fit.scans[0].occupancy.status == FitStatus::unidentifiable);
  CHECK(has_flag(fit.scans[0].occupancy.flags, "no_positive_binding"));
  CHECK(std::isnan(fit.scans[0].occupancy.value));
  CHECK(fit.scans[1].occupancy.status == FitStatus::ok);
}

TEST_CASE("Scans that make no study are refused", "[multi_scan]") {
  const auto refused = [](std::vector<BindingScan> scans, const char* why) {
    CHECK_THROWS_WITH(fit_scans(scans), Catch::Matchers::Contains(why));
  };
  refused(balanced(ScanCondition::baseline), "none with the drug");
  std::vector<BindingScan> two = balanced(ScanCondition::baseline);
  two.resize(4);
  two.push_back(scan("sub-1", "drug", ScanCondition::drug, -0.5));
  refused(two, "2 subjects");
  std::vector<BindingScan> twice = balanced(ScanCondition::baseline);
  twice.push_back(scan("sub-1", "a", ScanCondition::drug, -0.5));
  refused(twice, "twice");
  std::vector<BindingScan> uneven = balanced(ScanCondition::baseline);
  uneven.push_back({"drug", "sub-1", ScanCondition::drug, {{0.5}, {0.4}}});
  refused(uneven, "2 regions");
  std::vector<BindingScan> treated;
  for (int i = 0; i < 3; ++i) treated.push_back(scan("sub-" + std::to_string(i), "d", ScanCondition::drug, -0.5));
  refused(treated, "all with the drug");
  std::vector<BindingScan> scans = balanced(ScanCondition::baseline);
  scans.push_back(scan("sub-1", "drug", ScanCondition::drug, -0.5));
  CHECK_THROWS_AS(fit_scans(scans, {.level = 1.5}), UsageError);
  CHECK_THROWS_AS(scan_condition("verum"), UsageError);
}
