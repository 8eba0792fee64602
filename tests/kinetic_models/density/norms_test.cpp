// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/density/norms.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "kinetic_models/density/weighted_mean.h"
#include "libpet/error.h"

using namespace pet;

TEST_CASE("A norm that falls by 6 % a decade gives the worked z score", "[density]") {
  // Worked example: mean 1.38 at 24 years, -6 % a decade, linear; at 60 years 1.38 (1 - 0.06 x 3.6).
  const Norm norm{.name = "neocortex", .mean = 1.38, .sd = 0.2546338, .age = 24.0, .change_per_decade = -0.06};
  const ExpectedBinding expected = expected_binding(norm, 60.0, AgeForm::linear);
  CHECK(expected.mean == Approx(1.08192).epsilon(1e-9));
  CHECK(expected.mean_se == 0.0);
  CHECK(z_score(0.9, 0.0, expected).z == Approx(-0.71).margin(0.005));
}

TEST_CASE("The exponential form takes the same fraction off in every decade", "[density]") {
  const Norm norm{.name = "insula",
                  .mean = 2.0,
                  .sd = 0.5,
                  .subjects = 25.0,
                  .age = 30.0,
                  .change_per_decade = -0.1,
                  .change_se = 0.02,
                  .youngest = 20.0,
                  .oldest = 60.0};
  const ExpectedBinding at_50 = expected_binding(norm, 50.0, AgeForm::exponential);
  CHECK(at_50.mean == Approx(1.62));
  CHECK(at_50.sd == 0.5);
  // sd / sqrt(25), and the derivative 2 x 2 x 0.9 of the mean by the change.
  CHECK(at_50.mean_se == Approx(std::hypot(0.1, 3.6 * 0.02)));
  CHECK_FALSE(at_50.is_outside);
  CHECK(expected_binding(norm, 70.0, AgeForm::exponential).is_outside);
  CHECK(expected_binding(norm, 19.0, AgeForm::exponential).is_outside);
  CHECK(expected_binding(norm, 30.0, AgeForm::exponential).mean == 2.0);
  CHECK_THROWS_WITH(expected_binding(norm, std::nullopt, AgeForm::linear), Catch::Contains("an age is needed"));
  CHECK_THROWS_WITH(expected_binding(norm, 131.0, AgeForm::linear), Catch::Contains("has come to zero"));
}

TEST_CASE("The mean of 18 regions varies less between people than one region", "[density]") {
  // [11C]Cimbi-36: sd 0.2546338 in each region, correlation 0.6382445: sd sqrt((1 + 17 rho) / 18) = 0.2066.
  const std::vector<ExpectedBinding> regions(18, {.mean = 1.0274, .sd = 0.2546338});
  const std::vector<double> weights(18, 1.0 / 18.0);
  const ExpectedBinding mean = expected_mean(regions, weights, 0.6382445);
  CHECK(mean.mean == Approx(1.0274));
  CHECK(mean.sd == Approx(0.2066).margin(5e-5));
}

TEST_CASE("Errors that are the same everywhere do not average out, others do", "[density]") {
  const std::vector<double> weights = {0.25, 0.75};
  const std::vector<double> sd = {0.4, 0.2};
  CHECK(sd_of_sum(weights, sd, 1.0) == Approx(0.25));
  CHECK(sd_of_sum(weights, sd, 0.0) == Approx(std::sqrt(0.01 + 0.0225)));
}

TEST_CASE("Norms are refused with file and line", "[density]") {
  const auto read = [](const std::string& rows) { return norms(Tsv::parse(rows, "norms.tsv")); };
  CHECK(read("name\tmean\tsd\ninsula\t1.5\t0.25\n").front().subjects == std::nullopt);
  CHECK_THROWS_WITH(read("name\tmean\tsd\ninsula\t0\t0.25\n"), Catch::StartsWith("norms.tsv:2 column 'mean'"));
  CHECK_THROWS_WITH(read("name\tmean\tsd\ninsula\t1\t-1\n"), Catch::StartsWith("norms.tsv:2 column 'sd'"));
  CHECK_THROWS_WITH(read("name\tmean\tsd\tn\na\t1\t1\t1\n"), Catch::Contains("at least 2 people"));
  CHECK_THROWS_WITH(read("name\tmean\tsd\na\t1\t1\na\t1\t1\n"), Catch::StartsWith("norms.tsv:3"));
  CHECK_THROWS_WITH(read("name\tmean\tsd\tchange_per_decade\na\t1\t1\t-0.06\n"), Catch::Contains("no age"));
  CHECK_THROWS_WITH(read("name\tmean\tsd\tage\tchange_per_decade\na\t1\t1\t30\t-6\n"),
                    Catch::Contains("-0.06 for a loss of 6 %"));
}
