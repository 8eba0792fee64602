// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <limits>
#include <stdexcept>

#include "libpet/error.h"
#include "libpet/io/parameter_table.h"
#include "tests/libpet/io/temporary_folder.h"

namespace {

using Catch::Matchers::Contains;
using pet::OccupancyTable;
using pet::test::TemporaryFolder;

OccupancyTable example() {
  const double inf = std::numeric_limits<double>::infinity();
  OccupancyTable table;
  table.measure = "VT";
  table.extra_columns = {"VND"};
  table.rows.push_back({3, "thalamus", 19.5, 12.25, 0.6, 0.05, 0.5, 0.7, "ok", {}, {8.0}});
  table.rows.push_back(
      {4, "pons", std::nullopt, 1.0, std::nullopt, std::nullopt, -inf, inf, "failed", {"x", "y"}, {{}}});
  return table;
}

TEST_CASE("The columns of an occupancy table are those that scripts rely on", "[occupancy_table]") {
  CHECK(pet::occupancy_table_text(example()) ==
        "index\tname\tVT_baseline\tVT_drug\toccupancy\toccupancy_se\toccupancy_lower\toccupancy_"
        "upper\tstatus\tflags\tVND\n"
        "3\tthalamus\t19.5\t12.25\t0.6\t0.05\t0.5\t0.7\tok\tn/a\t8\n"
        "4\tpons\tn/a\t1\tn/a\tn/a\t-inf\tinf\tfailed\tx;y\tn/a\n");
}

TEST_CASE("A written occupancy table reads back", "[occupancy_table]") {
  const TemporaryFolder folder;
  const OccupancyTable table = example();
  const OccupancyTable back = pet::read_occupancy_table(folder.file("o.tsv", pet::occupancy_table_text(table)));
  CHECK(back.measure == "VT");
  CHECK(back.extra_columns == table.extra_columns);
  REQUIRE(back.rows.size() == 2);
  for (std::size_t r = 0; r < 2; ++r) {
    CHECK(back.rows[r].index == table.rows[r].index);
    CHECK(back.rows[r].name == table.rows[r].name);
    CHECK(back.rows[r].baseline == table.rows[r].baseline);
    CHECK(back.rows[r].drug == table.rows[r].drug);
    CHECK(back.rows[r].occupancy == table.rows[r].occupancy);
    CHECK(back.rows[r].standard_error == table.rows[r].standard_error);
    CHECK(back.rows[r].lower == table.rows[r].lower);
    CHECK(back.rows[r].upper == table.rows[r].upper);
    CHECK(back.rows[r].status == table.rows[r].status);
    CHECK(back.rows[r].flags == table.rows[r].flags);
    CHECK(back.rows[r].extra == table.rows[r].extra);
  }
}

TEST_CASE("An occupancy table of several subjects names them after the flags", "[occupancy_table]") {
  const TemporaryFolder folder;
  OccupancyTable table = example();
  table.has_subjects = true;
  table.rows[0].subject = "sub-01";
  const std::string text = pet::occupancy_table_text(table);
  CHECK_THAT(text, Contains("flags\tsubject\tVND\n"));
  CHECK_THAT(text, Contains("n/a\tsub-01\t8\n"));
  CHECK_THAT(text, Contains("x;y\tn/a\tn/a\n"));
  const OccupancyTable back = pet::read_occupancy_table(folder.file("o.tsv", text));
  CHECK(back.extra_columns == table.extra_columns);
  CHECK(back.rows[0].subject == "sub-01");
  CHECK(back.rows[1].subject.empty());
  CHECK(back.rows[0].extra == table.rows[0].extra);
}

TEST_CASE("A table without a baseline is no occupancy table", "[occupancy_table]") {
  const TemporaryFolder folder;
  CHECK_THROWS_AS(pet::read_occupancy_table(folder.file("o.tsv", "index\tname\toccupancy\n1\tx\t0.5\n")),
                  pet::InputError);
}

TEST_CASE("A row without its extra values is not written", "[occupancy_table]") {
  OccupancyTable table = example();
  table.rows[0].extra.clear();
  CHECK_THROWS_AS(pet::occupancy_table_text(table), std::logic_error);
}

TEST_CASE("The sidecar of an occupancy takes over the members it is given", "[occupancy_table]") {
  const std::string text = pet::occupancy_sidecar_text(example(), R"({"VND": 8.25, "Method": "Lassen"})", {});
  CHECK_THAT(text,
             Contains("\"VND\": 8.25") && Contains("Lassen") && Contains("\"VT_baseline\"") && Contains("mL/cm3"));
  CHECK_THROWS_AS(pet::occupancy_sidecar_text(example(), "[1]", {}), std::invalid_argument);
}

}  // namespace
