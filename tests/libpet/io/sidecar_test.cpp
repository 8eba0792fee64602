// SPDX-License-Identifier: Apache-2.0
#include "libpet/io/sidecar.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "libpet/error.h"
#include "tests/libpet/io/temporary_folder.h"

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

using Names = std::vector<std::string>;

constexpr const char* tacs = "frame_start\tframe_end\tputamen\n0\t60\t1\n";

TEST_CASE("Inputs include the sidecars of TAC tables, those of the folder and of the image too", "[sidecar]") {
  const pet::test::TemporaryFolder folder;
  const std::string first = folder.file("sub-01_tacs.tsv", tacs);
  const std::string second = folder.file("sub-02_tacs.tsv", tacs);
  CHECK(pet::with_sidecars({first, second}) == Names{first, second});
  const std::string image = folder.file("sub-02_pet.json", "{}");
  CHECK(pet::with_sidecars({first, second}) == Names{first, second, image});
  const std::string shared = folder.file("tacs.json", "{}");
  CHECK(pet::with_sidecars({first, second}) == Names{first, shared, second, image});
  const std::string own = folder.file("sub-01_tacs.json", "{}");
  CHECK(pet::with_sidecars({first, second}) == Names{first, own, second, shared, image});
}

TEST_CASE("Inputs include the sidecar of an input function, and not one of curves", "[sidecar]") {
  const pet::test::TemporaryFolder folder;
  const std::string input = folder.file("x_inputfunction.tsv", "time\tAIF\n0\t0\n1\t1\n");
  folder.file("tacs.json", "{}");
  CHECK(pet::with_sidecars({input}) == Names{input});
  const std::string shared = folder.file("inputfunction.json", "{}");
  CHECK(pet::with_sidecars({input}) == Names{input, shared});
  const std::string own = folder.file("x_inputfunction.json", "{}");
  CHECK(pet::with_sidecars({input}) == Names{input, own});
}

TEST_CASE("Tables of parameters and images have their own sidecar only, other things none", "[sidecar]") {
  const pet::test::TemporaryFolder folder;
  const std::string table = folder.file("sub-01_kinpar.tsv", "name\tVT\nputamen\t1\n");
  const std::string image = folder.file("sub-01_pet.nii.gz", "voxels");
  for (const char* other : {"tacs.json", "inputfunction.json", "sub-01_desc-x_pet.json"}) folder.file(other, "{}");
  CHECK(pet::with_sidecars({table, image, folder.path()}) == Names{table, image, folder.path()});
  const std::string beside_table = folder.file("sub-01_kinpar.json", "{}");
  const std::string beside_image = folder.file("sub-01_pet.json", "{}");
  CHECK(pet::with_sidecars({table, image, table}) == Names{table, beside_table, image, beside_image});
  CHECK(pet::with_sidecars({"/dev/null"}) == Names{"/dev/null"});
  CHECK_THROWS_AS(pet::with_sidecars({folder.file("broken.tsv", "a\ta\n")}), pet::InputError);
}

}  // namespace
