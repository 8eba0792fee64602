// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/occupancy/test_retest.h"

#include <catch2/catch.hpp>

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

TEST_CASE("Three subjects and two regions give the shrunk covariance that a hand computation gives", "[test-retest]") {
  // Centred: (1, 0), (0, 1), (-1, -1). Sample (over 3): [2/3, 1/3; 1/3, 2/3]; target 2/3 I; distance 2/9.
  // Noise: outer products [1,0;0,0], [0,0;0,1], [1,1;1,1] less sample, squared: 7/9, 7/9, 10/9; sum 24/9 over 9 = 8/27.
  // 8/27 over 2/9 is above 1: all target. Of one scan: half, times 3/2: 0.5 x 1.5 x 2/3 = 0.5.
  const RegionCovariance covariance = test_retest_covariance({"a", "b"}, {{2, 0}, {1, 1}, {0, -1}});
  CHECK(covariance.shrinkage == 1.0);
  CHECK(covariance.variance(0) == Approx(0.5));
  CHECK(covariance.variance(1) == Approx(0.5));
  CHECK(covariance.matrix[1] == Approx(0.0).margin(1e-15));
  CHECK(covariance.degrees_of_freedom == 2);
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
