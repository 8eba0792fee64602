// SPDX-License-Identifier: Apache-2.0
#include "libpet/io/study_file.h"

#include <catch2/catch.hpp>
#include <functional>

#include "libpet/error.h"
#include "tests/libpet/study_text.h"

namespace {

using nlohmann::json;
using pet::test::small_study;
using pet::test::written;

std::string message_of(const json& study) {
  try {
    pet::read_study(written(study));
  } catch (const pet::InputError& error) {
    return error.what();
  }
  return "read without complaint";
}

// What is wrong with a study, and a part of the message about it.
struct Mistake {
  std::string expected;
  std::function<void(json&)> spoil;
};

void check_refused(const std::vector<Mistake>& mistakes) {
  for (const Mistake& mistake : mistakes) {
    json study = small_study();
    mistake.spoil(study);
    const std::string message = message_of(study);
    INFO(message);
    CHECK(message.find(mistake.expected) != std::string::npos);
    CHECK(message.find("-study.json") != std::string::npos);
  }
}

}  // namespace

TEST_CASE("A study is read with the library's units") {
  const pet::Study study = pet::read_study(written(small_study()));
  CHECK(study.subject == "01");
  CHECK(study.tracer.half_life_min == Approx(20.0));
  CHECK(study.regions[1].kinetics.model == pet::TissueModel::two_tissue);
  CHECK(study.regions[1].kinetics.VND == 8.0);
  CHECK(study.regions[1].kinetics.k4 == 0.06);
  CHECK(study.regions[2].assumed == std::vector<std::string>{"k4", "K1"});
  CHECK(study.sessions[0].injection == "2026-01-31T23:55:00.000");
  CHECK(study.sessions[1].injection == "2026-02-02T09:00:00.500");
  CHECK(study.sessions[0].injected_activity_MBq == 400.0);
  CHECK(study.sessions[1].injected_activity_MBq == 200.0);
  CHECK(study.blood.sample_times_min == std::vector<double>{0.0, 0.5, 1.0, 10.0});
}

TEST_CASE("Occupancy follows from the concentration, EC50 and Omax") {
  const pet::Study study = pet::read_study(written(small_study()));
  CHECK(study.sessions[0].occupancy == 0.0);
  CHECK(study.sessions[1].occupancy == Approx(0.8 * 6.0 / 8.0));
}

TEST_CASE("A gap between groups of frames stays a gap") {
  const pet::Study study = pet::read_study(written(small_study()));
  REQUIRE(study.frames.size() == 10);
  CHECK(study.frames.gap_count() == 1);
  CHECK(study.frames[6].start_min == Approx(2.0));
  CHECK(study.frames.back().end_min == Approx(10.0));
}

TEST_CASE("The image is centred on the origin of the shapes") {
  const pet::Study study = pet::read_study(written(small_study()));
  const pet::Vector3 first = study.grid.position_mm(0, 0, 0);
  const pet::Vector3 last = study.grid.position_mm(9, 11, 5);
  for (int d = 0; d < 3; ++d) CHECK(first[d] == Approx(-last[d]));
  CHECK(first[0] == Approx(-18.0));
}

TEST_CASE("Keys of a study that are unknown, missing or exclude each other are named with their place") {
  check_refused({
      {"unknown key \"subjct\", expected known keys only; did you mean 'subject'?",
       [](json& s) { s["subjct"] = "01"; }},
      {" at regions[1]: found unknown key \"BPNP\"", [](json& s) { s["regions"][1]["BPNP"] = 1; }},
      {" at sessions[1].drug: found unknown key \"EC5O\"", [](json& s) { s["sessions"][1]["drug"]["EC5O"] = 1; }},
      {"no key \"seed\", expected one", [](json& s) { s.erase("seed"); }},
      {" at regions[0]: found no key \"K1\"", [](json& s) { s["regions"][0].erase("K1"); }},
      {" at noise: found \"alpha\" beside other keys", [](json& s) { s["noise"]["frame"] = 3; }},
  });
}

TEST_CASE("Values of a study that cannot be are named with their place and what was expected") {
  check_refused({
      {" at seed: found \"x\", expected a whole number", [](json& s) { s["seed"] = "x"; }},
      {" at seed: found 1.5, expected a whole number", [](json& s) { s["seed"] = 1.5; }},
      {" at schema_version: found 2", [](json& s) { s["schema_version"] = 2; }},
      {" at subject: found \"a_b\", expected letters and digits only", [](json& s) { s["subject"] = "a_b"; }},
      {" at reference_region: no region 'cerebelum'; did you mean 'cerebellum'?",
       [](json& s) { s["reference_region"] = "cerebelum"; }},
      {" at reference_region: found \"rest\"", [](json& s) { s["reference_region"] = "rest"; }},
      {" at tracer: no tracer 'cimbi63'; did you mean 'cimbi36'?", [](json& s) { s["tracer"] = "cimbi63"; }},
      {" at regions[1].K1: found 0, expected a number from 1e-06 to 100.0", [](json& s) { s["regions"][1]["K1"] = 0; }},
      {" at regions[2].label: found 2", [](json& s) { s["regions"][2]["label"] = 2; }},
      {" at regions[2].name: found \"cortex\"", [](json& s) { s["regions"][2]["name"] = "cortex"; }},
      {" at regions[1].name: found \"a b\"", [](json& s) { s["regions"][1]["name"] = "a b"; }},
      {" at regions[0].BPND: found 1", [](json& s) { s["regions"][0]["BPND"] = 1; }},
      {" at kinetics.model: found \"3tcm\", expected one of 1tcm, 2tcm, srtm",
       [](json& s) { s["kinetics"]["model"] = "3tcm"; }},
      {"region 'cortex' without ellipsoids", [](json& s) { s["regions"][1].erase("ellipsoids"); }},
      {" at input_function.feng.lambda_per_min",
       [](json& s) {
         s["input_function"]["feng"]["lambda_per_min"] = {-0.1, -5, -1};
       }},
      {" at regions[1].VND: found 1e+308", [](json& s) { s["regions"][1]["VND"] = 1e308; }},
  });
}

TEST_CASE("Sessions and frames of a study that cannot be are named with their place and what was expected") {
  check_refused({
      {" at framing.frames[0][1]: found -10", [](json& s) { s["framing"]["frames"][0][1] = -10; }},
      {" at framing.frames[0][1]: found 0.0001", [](json& s) { s["framing"]["frames"][0][1] = 0.0001; }},
      {" at input_function.sample_times_s",
       [](json& s) {
         s["input_function"]["sample_times_s"] = {0, 5, 5};
       }},
      {" at sessions[1].occupancy: found 0.5", [](json& s) { s["sessions"][1]["occupancy"] = 0.5; }},
      {" at sessions[1].label: found \"baseline\"", [](json& s) { s["sessions"][1]["label"] = "baseline"; }},
      {" at sessions[0].injection: found \"2026-02-30T10:00:00\"",
       [](json& s) { s["sessions"][0]["injection"] = "2026-02-30T10:00:00"; }},
      {" at sessions[0].injection: found \"2026-01-31 10:00:00\"",
       [](json& s) { s["sessions"][0]["injection"] = "2026-01-31 10:00:00"; }},
      {" at framing: found a scan that ends more than 50 half-lives",
       [](json& s) {
         s["framing"]["frames"] = {{10, 7200}};
       }},
      {"70000 slices in all frames",
       [](json& s) {
         s["framing"]["frames"] = {{10000, 1}};
         s["image"]["matrix"] = {4, 4, 7};
       }},
      {" at sessions[1]: found an occupancy with [11C]X", [](json& s) { s["tracer"]["endpoint"] = "change"; }},
      {" at sessions[1]: found an occupancy with [11C]X", [](json& s) { s["tracer"]["change_only_drugs"] = {"D"}; }},
  });
}

TEST_CASE("Text that is not JSON is an error with its line, a key that occurs twice an error with its name") {
  const std::string path = written(json::object(), "broken");
  std::ofstream(path) << "{\n \"seed\": 1,\n \"seed\" 2}";
  CHECK_THROWS_WITH(pet::read_study(path), Catch::Contains("-broken.json:3: found text that is not JSON"));
  std::ofstream(path) << "{\n \"seed\": 1,\n \"seed\": 2}";
  CHECK_THROWS_WITH(pet::read_study(path), Catch::Contains("found key \"seed\" twice"));
  std::ofstream(path) << "{\"seed\": 1e999}";
  CHECK_THROWS_AS(pet::read_study(path), pet::InputError);
  CHECK_THROWS_AS(pet::read_study("/nonexistent/study.json"), pet::InputNotFound);
}

TEST_CASE("The studies that come with the library are read and say what is assumed") {
  for (const std::string name : {"psilocybin", "psilocybin_two_tissue"}) {
    const pet::Study study = pet::read_study(std::string(OCCUPET_SOURCE_DIR) + "/data/studies/" + name + ".json");
    CHECK(study.frames.size() == 45);
    CHECK(study.frames.back().end_min == Approx(120.0));
    CHECK(study.sessions.size() == 2);
    // 0.766 * 17 / (1.97 + 17)
    CHECK(study.sessions[1].occupancy == Approx(0.686452).epsilon(1e-6));
    for (const pet::StudyRegion& region : study.regions) CHECK(region.assumed.size() >= 3);
    int unverified = 0;
    for (const pet::Source& source : study.sources) unverified += source.status == pet::Source::Status::unverified;
    CHECK(unverified == 1);
  }
}
