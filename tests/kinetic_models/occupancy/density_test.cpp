// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/occupancy/density.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "libpet/error.h"

using namespace pet;

namespace {

ParameterTable scan() {
  ParameterTable table;
  table.source = "base.tsv";
  table.parameters = {"BPND"};
  table.rows = {{1, "neocortex", {{0.9, 0.03, {}, {}}}, "ok", {}, {}},
                {2, "caudate", {{0.24, 0.02, {}, {}}}, "at_bound", {"low_binding"}, {}}};
  return table;
}

}  // namespace

TEST_CASE("Density is binding times the factor, with the errors of both", "[density]") {
  DensityRequest request;
  request.factor = Binding{19.4, 2.0};
  const auto rows = density_rows(scan(), request);
  REQUIRE(rows.size() == 2);
  CHECK(rows[0].density.value == Approx(17.46));
  // (19.4 x 0.03)^2 + (0.9 x 2)^2 = 0.338724 + 3.24
  CHECK(rows[0].density.standard_error == Approx(std::sqrt(3.578724)));
  CHECK(rows[0].interval.upper == Approx(17.46 + 1.959964 * std::sqrt(3.578724)).epsilon(1e-6));
  CHECK(std::isnan(rows[0].z.value));
  // A fit at a bound has no standard error that counts.
  CHECK(rows[1].density.value == Approx(4.656));
  CHECK(std::isnan(rows[1].density.standard_error));
  CHECK(rows[1].status == "at_bound");
}

TEST_CASE("A z-score is against the mean at the subject's age, by either form", "[density]") {
  DensityRequest request;
  // BPND 0.9 at 60 years against 1.38 at 24 with a fall of 6 % a decade and an sd of 0.2546: 1.38 (1 - 0.06 x 3.6) =
  // 1.08192, z = -0.7145; exponentially 1.38 x 0.94^3.6 = 1.1045, z = -0.803.
  request.norms = {{"neocortex", 1.38, 0.2546, 24.0, -0.06}};
  request.age = 60.0;
  request.form = AgeForm::linear;
  const auto linear = density_rows(scan(), request);
  CHECK(linear[0].expected == Approx(1.08192));
  CHECK(linear[0].z.value == Approx(-0.71453).epsilon(1e-4));
  CHECK(linear[0].z.standard_error == Approx(0.03 / 0.2546));
  CHECK(linear[1].flags == std::vector<std::string>{"low_binding", "no_norm"});
  request.form = AgeForm::exponential;
  CHECK(density_rows(scan(), request)[0].expected == Approx(1.38 * std::exp(3.6 * std::log(0.94))));
  request.age.reset();
  CHECK(density_rows(scan(), request)[0].z.value == Approx(-0.48 / 0.2546));
}

TEST_CASE("Norms and factors that mean nothing are refused", "[density]") {
  CHECK_THROWS_AS(density_rows(scan(), {}), UsageError);
  DensityRequest request;
  request.factor = Binding{-1.0, 0.0};
  CHECK_THROWS_AS(density_rows(scan(), request), UsageError);
  request.factor = Binding{19.4, 0.0};
  request.measure = "VT";
  CHECK_THROWS_AS(density_rows(scan(), request), InputError);
  CHECK_THROWS_WITH(expected_binding({"a", 1.0, 0.2, 20.0, -0.3}, 80.0, AgeForm::linear), Catch::Contains("age 80"));
  CHECK_THROWS_WITH(read_norms(Tsv::parse("name\tmean\tsd\na\t1\t0\n", "n.tsv")), Catch::Contains("n.tsv:2"));
  CHECK_THROWS_WITH(read_norms(Tsv::parse("name\tmean\tsd\na\t1\t0.2\na\t1\t0.3\n", "n.tsv")),
                    Catch::Contains("once more"));
  CHECK(read_norms(Tsv::parse("name\tmean\tsd\tage\tchange_per_decade\na\t1\t0.2\t30\t-0.06\n", "n.tsv"))[0].age ==
        30.0);
}
