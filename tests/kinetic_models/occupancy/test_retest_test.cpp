// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/occupancy/test_retest.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "kinetic_models/simulation/normal_noise.h"
#include "libpet/error.h"

using namespace pet;

TEST_CASE("Many test-retest differences give half their covariance, unshrunk", "[test-retest]") {
  // Errors of a scan: 0.5 and 1.0 with correlation 0.6, so that a difference has twice their covariance.
  NormalNoise noise(3, {1});
  std::vector<std::vector<double>> differences;
  for (int i = 0; i < 200000; ++i) {
    double d[2] = {0.0, 0.0};
    for (const double sign : {1.0, -1.0}) {
      const double u = noise.next();
      const double v = noise.next();
      d[0] += sign * 0.5 * u;
      d[1] += sign * (0.6 * u + 0.8 * v);
    }
    differences.push_back({d[0] + 0.3, d[1]});  // a drift that is no noise
  }
  const RegionCovariance covariance = test_retest_covariance({"a", "b"}, differences);
  CHECK(covariance.variance(0) == Approx(0.25).epsilon(0.02));
  CHECK(covariance.variance(1) == Approx(1.0).epsilon(0.02));
  CHECK(covariance.matrix[1] == Approx(0.3).epsilon(0.02));
  const RegionCovariance turned = covariance_of(covariance, {"b", "a"});
  CHECK(turned.variance(0) == covariance.variance(1));
  CHECK_THROWS_WITH(covariance_of(covariance, {"c"}), Catch::Contains("no region 'c'"));
}

TEST_CASE("A covariance is shrunk towards a common and an own error as a separate program does it", "[test-retest]") {
  // Loops over the formulas of the paper in the coordinates of the target, in Python: weight and shrunk covariance.
  const RegionCovariance covariance = test_retest_covariance(
      {"a", "b", "c"},
      {{5, 4, -6}, {-3, -4, 5}, {2, 3, 1}, {-6, -5, 2}, {4, 3, -1}, {-1, 0, 3}, {6, 7, 2}, {-7, -8, -6}});
  CHECK(covariance.shrinkage == Approx(0.2874922086158073));
  const std::vector<double> expected = {12.242866047296223, 10.277446993637442, 0.8112720509617398,
                                        10.277446993637442, 12.853587011339819, 1.6255666696865314,
                                        0.8112720509617398, 1.6255666696865314, 9.189261227078255};
  for (std::size_t i = 0; i < expected.size(); ++i) CHECK(covariance.matrix[i] == Approx(expected[i]));
  CHECK(covariance.degrees_of_freedom == 7);
}

TEST_CASE("Errors that regions share are not made independent by few subjects", "[test-retest]") {
  // One error of 4 % for all regions and 0.5 % of each: the difference of two regions errs by 0.5 % sqrt(2).
  NormalNoise noise(5, {2});
  std::vector<std::vector<double>> differences;
  for (int i = 0; i < 12; ++i) {
    const double common = 0.04 * std::sqrt(2.0) * noise.next();
    differences.emplace_back();
    for (int r = 0; r < 12; ++r) differences.back().push_back(common + 0.005 * std::sqrt(2.0) * noise.next());
  }
  std::vector<std::string> regions;
  for (int r = 0; r < 12; ++r) regions.push_back("r" + std::to_string(r));
  const RegionCovariance covariance = test_retest_covariance(regions, differences);
  double of_difference = 0.0;
  for (std::size_t a = 0; a < 12; ++a)
    for (std::size_t b = 0; b < a; ++b)
      of_difference += (covariance.variance(a) + covariance.variance(b) - 2.0 * covariance.matrix[a * 12 + b]) / 66.0;
  CHECK(of_difference == Approx(2.0 * 0.005 * 0.005).epsilon(0.35));
}

TEST_CASE("Test-retest scans of different models make no covariance", "[test-retest]") {
  const auto table_of = [](const char* source, const char* model, double VT) {
    ParameterTable table;
    table.source = source;
    table.parameters = {"VT"};
    table.model_label = model;
    table.rows.push_back({1, "insula", {{VT, 0.02 * VT, {}, {}}}, "ok", {}, {}});
    return table;
  };
  std::vector<ParameterTable> tests = {table_of("t1.tsv", "1TCM", 10.0), table_of("t2.tsv", "1TCM", 11.0),
                                       table_of("t3.tsv", "1TCM", 12.0)};
  std::vector<ParameterTable> retests = {table_of("r1.tsv", "1TCM", 10.3), table_of("r2.tsv", "1TCM", 10.8),
                                         table_of("r3.tsv", "1TCM", 12.6)};
  const RegionCovariance covariance = test_retest_covariance(tests, retests, "VT");
  CHECK(covariance.is_relative);
  REQUIRE(covariance.of_fits.size() == 1);
  CHECK(covariance.of_fits[0] == Approx(0.0004));  // 2 % of each volume
  retests[1].model_label = "Logan";
  CHECK_THROWS_WITH(test_retest_covariance(tests, retests, "VT"),
                    Catch::Contains("r2.tsv") && Catch::Contains("model Logan") && Catch::Contains("1TCM"));
}

TEST_CASE("What repeats differ by beyond their fits is one variance for all regions", "[test-retest]") {
  RegionCovariance covariance{
      {"a", "b", "c"}, {4, 1, 9, 1, 2, 9, 9, 9, 90}, 0.0, 9, true, {1.0, 1.0, std::nan("")}, {}};
  const std::optional<ExcessVariance> excess = excess_variance(covariance);
  REQUIRE(excess);
  CHECK(excess->variance == Approx(2.0));  // (3 + 1) / 2: c does not say what its fits account for
  CHECK(excess->whole == Approx(std::sqrt((9 + 1 + 1 + 9) / 4.0)));  // 1 + 2 in both, covariance 1
  CHECK(excess->degrees_of_freedom == 9.0);
  covariance.of_fits = {4.0, 3.5, std::nan("")};
  CHECK(excess_variance(covariance)->variance == 0.0);
  covariance.of_fits.clear();
  CHECK_FALSE(excess_variance(covariance));
}

TEST_CASE("Regions that are measured well decide what is beyond their fits, by their variances before shrinkage",
          "[test-retest]") {
  const std::vector<double> fits = {0.1, 1.0, 10.0};
  const std::vector<double> sample = {0.4, 1.1, 14.0};
  const RegionCovariance covariance{{"a", "b", "c"}, {5, 0, 0, 0, 5, 0, 0, 0, 5}, 0.0, 9, true, fits, sample};
  const ExcessVariance excess = *excess_variance(covariance);
  // Where the likelihood of the excess is largest, with independent variances.
  double score = 0.0;
  double size = 0.0;
  double information = 0.0;
  for (std::size_t r = 0; r < 3; ++r) {
    const double expected = fits[r] + excess.variance;
    score += (sample[r] - expected) / (expected * expected);
    size += std::abs(sample[r] - expected) / (expected * expected);
    information += 1.0 / (expected * expected);
  }
  CHECK(std::abs(score) < 1e-6 * size);
  CHECK(excess.variance > 0.2);
  CHECK(excess.variance < 0.4);  // the mean of all three would be 1.47
  CHECK(excess.whole == Approx(1.0 / std::sqrt(information)));
}

TEST_CASE("One bad fit decides neither for its region nor for others what fits account for", "[test-retest]") {
  const std::vector<std::string> regions = {"insula", "caudate", "putamen"};
  std::vector<ParameterTable> tests(5);
  std::vector<ParameterTable> retests(5);
  for (std::size_t s = 0; s < 5; ++s)
    for (ParameterTable* table : {&tests[s], &retests[s]}) {
      const bool is_test = table == &tests[s];
      table->source = "scan.tsv";
      table->parameters = {"BPND"};
      for (std::size_t r = 0; r < 3; ++r) {
        const double BPND =
            1.0 + 0.1 * static_cast<double>(s) + (is_test ? 0.01 * static_cast<double>((s + r) % 3) : 0.0);
        table->rows.push_back({static_cast<int>(r), regions[r], {{BPND, 0.02 * (1.0 + BPND), {}, {}}}, "ok", {}, {}});
      }
    }
  tests[0].rows[0].cells[0].standard_error = 40.0;
  tests[1].rows[1].status = "at_bound";
  tests[1].rows[1].cells[0].standard_error.reset();
  for (ParameterTable& table : tests) table.rows[2].cells[0].standard_error.reset();
  retests[0].rows[2].cells[0].standard_error.reset();
  const RegionCovariance covariance = test_retest_covariance(tests, retests, "BPND");
  REQUIRE(covariance.of_fits.size() == 3);
  CHECK(covariance.of_fits[0] == Approx(0.0004));  // 2 % of 1 + BPND in nine of ten
  CHECK(covariance.of_fits[1] == Approx(0.0004));
  CHECK(std::isnan(covariance.of_fits[2]));  // four of ten have one
  CHECK(std::isnan(covariance_of(covariance, {"putamen"}).of_fits[0]));
}

TEST_CASE("Errors in proportion are those of the volumes of each scan", "[test-retest]") {
  RegionCovariance covariance{{"a", "b"}, {0.01, 0.005, 0.005, 0.04}};  // two points lie on their line
  const std::vector<double> baseline = {10.0, 20.0};
  const std::vector<double> drug = {9.0, 12.0};
  covariance.is_relative = true;
  const VolumeErrors relative = errors_in_proportion(covariance, baseline, drug);
  CHECK(relative.baseline[0] == Approx(1.0));
  CHECK(relative.baseline[1] == Approx(0.005 * 10.0 * 20.0));
  CHECK(relative.drug[3] == Approx(0.04 * 144.0));
  CHECK(relative.is_size_known);
  covariance.is_relative = false;
  const VolumeErrors absolute = errors_in_proportion(covariance, baseline, drug);
  CHECK(absolute.baseline == covariance.matrix);
  CHECK(absolute.drug[1] == Approx(0.005 * 0.9 * 0.6));
}

TEST_CASE("Test-retest data that say nothing are refused", "[test-retest]") {
  CHECK_THROWS_AS(test_retest_covariance({"a"}, {{1}, {2}}), InputError);
  CHECK_THROWS_AS(test_retest_covariance({"a"}, {{1}, {1}, {1}}), InputError);
  CHECK_THROWS_AS(test_retest_covariance({"a", "b"}, {{1, 1}, {2, 2}, {4, 4}}), InputError);
}

TEST_CASE("A covariance table must be square, symmetric and have variances", "[test-retest]") {
  const RegionCovariance good = region_covariance(Tsv::parse("name\ta\tb\na\t2\t1\nb\t1\t3\n", "c.tsv"));
  CHECK(good.regions == std::vector<std::string>{"a", "b"});
  CHECK(good.matrix == std::vector<double>{2, 1, 1, 3});
  CHECK_THROWS_WITH(region_covariance(Tsv::parse("name\ta\tb\na\t2\t1\nb\t0.5\t3\n", "c.tsv")),
                    Catch::Contains("c.tsv:2") && Catch::Contains("mirrored"));
  CHECK_THROWS_WITH(region_covariance(Tsv::parse("name\ta\tb\na\t0\t0\nb\t0\t3\n", "c.tsv")),
                    Catch::Contains("variance"));
  CHECK_THROWS_AS(region_covariance(Tsv::parse("name\ta\na\t1\nb\t1\n", "c.tsv")), InputError);
}
