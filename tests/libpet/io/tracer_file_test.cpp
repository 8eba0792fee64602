// SPDX-License-Identifier: Apache-2.0
#include "libpet/io/tracer_file.h"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <set>

#include "libpet/data_folder.h"
#include "libpet/decay.h"
#include "libpet/error.h"

namespace {

const std::filesystem::path folder = std::filesystem::path(OCCUPET_SOURCE_DIR) / "data" / "tracers";

}  // namespace

TEST_CASE("Every tracer that comes with the library is complete and has the half-life of its radionuclide") {
  const std::vector<pet::Tracer> tracers = pet::read_tracers(folder);
  CHECK(tracers.size() >= 8);
  std::set<std::string> labels;
  for (const pet::Tracer& tracer : tracers) {
    INFO(tracer.name);
    CHECK(tracer.half_life_min == Approx(pet::half_life_of(tracer.radionuclide).value()).epsilon(1e-9));
    CHECK(labels.insert(tracer.label).second);
    CHECK(!tracer.sources.empty());
    CHECK(!tracer.reference_region.empty());
  }
}

TEST_CASE("A tracer is found by file name, label, name and alias, whatever the case and hyphens") {
  for (const std::string name : {"cimbi36", "CIMBI36", "Cimbi-36", "[11C]Cimbi-36", "11c cimbi36"})
    CHECK(pet::find_tracer(name, folder).label == "CIMBI36");
}

TEST_CASE("A mistyped tracer is an error that names the nearest one") {
  CHECK_THROWS_WITH(pet::find_tracer("altanserine", folder), Catch::Contains("did you mean 'altanserin'?"));
  CHECK_THROWS_AS(pet::find_tracer("", folder), pet::UsageError);
  CHECK_THROWS_AS(pet::find_tracer("cimbi36", folder / "none"), pet::InputNotFound);
}

TEST_CASE("SV2A and 5-HT1B tracers measure a change, and so does every tracer that says so for a drug") {
  CHECK(pet::find_tracer("ucbj", folder).endpoint == pet::Tracer::Endpoint::change);
  CHECK(pet::find_tracer("az10419369", folder).endpoint == pet::Tracer::Endpoint::change);
  const pet::Tracer dasb = pet::find_tracer("dasb", folder);
  CHECK(dasb.endpoint_for("Ketamine") == pet::Tracer::Endpoint::change);
  CHECK(dasb.endpoint_for("citalopram") == pet::Tracer::Endpoint::occupancy);
}

TEST_CASE("The data folder can be chosen, and a choice without tracers is an error") {
  CHECK(std::filesystem::exists(pet::data_folder() / "tracers" / "cimbi36.json"));
  setenv("OCCUPET_DATA_DIR", "/nonexistent", 1);
  CHECK_THROWS_AS(pet::data_folder(), pet::InputNotFound);
  unsetenv("OCCUPET_DATA_DIR");
}
