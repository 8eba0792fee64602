// SPDX-License-Identifier: Apache-2.0
#include "libpet/error.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

namespace {

using Names = std::vector<std::string>;

TEST_CASE("A message about bad data says where, what was found and what was expected", "[error]") {
  CHECK(std::string(pet::bad_input("a.tsv:3", "'x'", "a number").what()) == "a.tsv:3: found 'x', expected a number");
  // Found by fuzzing: the name of a column with control characters.
  CHECK(std::string(pet::bad_input("a.tsv:1", "no\tcolumn \x13\n", "one").what()) ==
        "a.tsv:1: found no?column ??, expected one");
}

TEST_CASE("A file that is not found is an input error too", "[error]") {
  CHECK_THROWS_AS(throw pet::InputNotFound("x"), pet::InputError);
}

TEST_CASE("A typo finds the name that was meant", "[error]") {
  const Names names = {"putamen", "caudate", "cerebellum"};
  CHECK(pet::nearest_name("putamne", names) == "putamen");
  CHECK(pet::nearest_name("CAUDATE", names) == "caudate");
  CHECK(pet::nearest_name("cerebelum", names) == "cerebellum");
  CHECK(pet::nearest_name("Left-Cerebelum-Cortex", Names{"Left-Cerebellum-Cortex", "Right-Cerebellum-Cortex"}) ==
        "Left-Cerebellum-Cortex");
}

TEST_CASE("A name that shares nothing with the others is no typo", "[error]") {
  CHECK(pet::nearest_name("hippocampus", Names{"pons", "vermis"}).empty());
  CHECK(pet::nearest_name("xy", Names{"K1", "k2", "R1"}).empty());
  CHECK(pet::nearest_name("q", Names{"VT"}).empty());
  CHECK(pet::nearest_name("x", {}).empty());
}

TEST_CASE("A short name with one letter wrong is a typo", "[error]") {
  CHECK(pet::nearest_name("K3", Names{"VT", "k2prime", "K1"}) == "K1");
}

TEST_CASE("Where nothing is near, the names there are get listed, ten at most", "[error]") {
  CHECK(pet::suggestion("hippocampus", Names{"pons", "vermis"}) == "; there are: pons, vermis");
  CHECK(pet::suggestion("putamne", Names{"putamen"}) == "; did you mean 'putamen'?");
  CHECK(pet::suggestion("x", {}).empty());
  Names many;
  for (int i = 10; i < 40; ++i) many.push_back("region" + std::to_string(i));
  const std::string text = pet::suggestion("q", many);
  CHECK(text.find("region19") != std::string::npos);
  CHECK(text.find("region20") == std::string::npos);
  CHECK(text.find("30 in all") != std::string::npos);
}

}  // namespace
