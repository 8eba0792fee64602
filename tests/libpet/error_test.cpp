// SPDX-License-Identifier: Apache-2.0
#include "libpet/error.h"

#include <catch2/catch.hpp>
#include <vector>

namespace {

const std::vector<std::string> regions = {"cerebellum", "insula", "putamen", "thalamus"};

}  // namespace

TEST_CASE("A message about bad data says where, what was found and what was expected", "[error]") {
  CHECK(std::string(pet::bad_input("a.tsv:3", "'x'", "a number").what()) == "a.tsv:3: found 'x', expected a number");
}

TEST_CASE("The nearest name is found through case, swaps and missing letters", "[error]") {
  CHECK(pet::nearest_name("Cerebelum", regions) == "cerebellum");
  CHECK(pet::nearest_name("INSULA", regions) == "insula");
  CHECK(pet::nearest_name("talamus", regions) == "thalamus");
}

TEST_CASE("A name that is no typo of any has no nearest name", "[error]") {
  CHECK(pet::nearest_name("hippocampus", regions).empty());
  CHECK(pet::nearest_name("x", {}).empty());
}

TEST_CASE("A suggestion is the nearest name, or else the names there are", "[error]") {
  CHECK(pet::suggestion("putamem", regions) == "; did you mean 'putamen'?");
  CHECK(pet::suggestion("hippocampus", regions) == "; there are: cerebellum, insula, putamen, thalamus");
  CHECK(pet::suggestion("x", {}).empty());
}

TEST_CASE("A suggestion lists ten names at most and says how many there are", "[error]") {
  std::vector<std::string> many;
  for (char letter = 'a'; letter < 'a' + 12; ++letter) many.emplace_back(8, letter);
  const std::string text = pet::suggestion("zzzzzzzz", many);
  CHECK_THAT(text, Catch::Contains("jjjjjjjj") && !Catch::Contains("kkkkkkkk") && Catch::EndsWith("(12 in all)"));
}
