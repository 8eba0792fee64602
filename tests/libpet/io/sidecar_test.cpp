// SPDX-License-Identifier: Apache-2.0
#include "libpet/io/sidecar.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace {

using nlohmann::ordered_json;

TEST_CASE("A sidecar keeps the members it is given, their order and every digit", "[sidecar]") {
  const ordered_json members = {{"Zeta", 1.0 / 3.0}, {"Alpha", 0.1}, {"List", {1e-300, 123456789.123456789}}};
  const ordered_json back = ordered_json::parse(pet::sidecar_text(members.dump(), {}));
  auto member = back.begin();
  CHECK((member++).key() == "Zeta");
  CHECK((member++).key() == "Alpha");
  CHECK(back["Zeta"].get<double>() == 1.0 / 3.0);
  CHECK(back["Alpha"].get<double>() == 0.1);
  CHECK(back["List"] == members["List"]);
}

TEST_CASE("A sidecar says who made the file, how and from what", "[sidecar]") {
  const pet::Provenance provenance{.command_line = "pet-fit a.tsv -o \"b c.tsv\"",
                                   .inputs = {{"a.tsv", std::string(64, '1')}, {"b.tsv", std::string(64, '2')}}};
  const ordered_json back = ordered_json::parse(pet::sidecar_text("{}", provenance));
  CHECK(back["SoftwareName"] == "Occupet");
  CHECK(back["SoftwareVersion"] == pet::version());
  CHECK(back["CommandLine"] == provenance.command_line);
  CHECK(back["Sources"] == ordered_json({"a.tsv", "b.tsv"}));
  CHECK(back["SourcesSHA256"][1] == std::string(64, '2'));
}

TEST_CASE("A sidecar of nothing but software ends with a line break and has no empty members", "[sidecar]") {
  const std::string text = pet::sidecar_text("{}", {});
  CHECK(text.back() == '\n');
  CHECK(ordered_json::parse(text).size() == 2);
}

TEST_CASE("Bytes that are not UTF-8 do not make a sidecar unreadable", "[sidecar]") {
  pet::Provenance provenance;
  provenance.command_line = "pet-fit caf\xE9.tsv";
  CHECK_NOTHROW(ordered_json::parse(pet::sidecar_text("{}", provenance)));
}

TEST_CASE("What is no object cannot become a sidecar", "[sidecar]") {
  CHECK_THROWS_AS(pet::sidecar_text("[]", {}), std::invalid_argument);
  CHECK_THROWS_AS(pet::sidecar_text("{", {}), std::invalid_argument);
}

}  // namespace
