// SPDX-License-Identifier: Apache-2.0
#include "libpet/io/blood_samples_file.h"

#include <catch2/catch.hpp>
#include <string>

#include "libpet/error.h"
#include "libpet/io/input_function_file.h"
#include "tests/libpet/io/temporary_folder.h"

namespace {

using Catch::Matchers::Contains;
using pet::BloodSamples;
using pet::read_blood_samples;
using pet::test::TemporaryFolder;

constexpr const char* units =
    R"({"plasma_radioactivity": {"Units": ["Bq"]}, "whole_blood_radioactivity": {"Units": "kBq/mL"}})";

// A recording with a sidecar of the same name.
std::string recording(const TemporaryFolder& folder,
                      const std::string& name,
                      const std::string& table,
                      const std::string& sidecar = units) {
  folder.file(name + ".json", sidecar);
  return folder.file(name + ".tsv", table);
}

TEST_CASE("Every column of a BIDS recording has its own unit and its own sample times", "[blood]") {
  const TemporaryFolder folder;
  const BloodSamples blood = read_blood_samples(
      {recording(folder, "sub-1_recording-manual_blood",
                 "time\tplasma_radioactivity\twhole_blood_radioactivity\tmetabolite_parent_fraction\n"
                 "0\tn/a\t0\t1\n60\t3000\t2\tn/a\n120\t2000\tn/a\t0.5\n")});
  CHECK(blood.plasma.time_min == std::vector<double>{1.0, 2.0});
  CHECK(blood.plasma.value == std::vector<double>{3.0, 2.0});
  CHECK(blood.whole_blood.value == std::vector<double>{0.0, 2.0});
  CHECK(blood.parent_fraction.time_min == std::vector<double>{0.0, 2.0});
  CHECK(blood.autosampler_whole_blood.empty());
  CHECK(blood.notes.empty());
}

TEST_CASE("An autosampler is told by its name, else by dense whole blood alone", "[blood]") {
  const TemporaryFolder folder;
  const std::string sparse = "time\twhole_blood_radioactivity\n0\t1\n60\t2\n";
  std::string dense = "time\twhole_blood_radioactivity\n";
  for (int i = 0; i < 60; ++i) dense += std::to_string(i) + "\t1\n";
  const auto is_automatic = [&](const std::string& name, const std::string& table) {
    return !read_blood_samples({recording(folder, name, table)}).autosampler_whole_blood.empty();
  };
  CHECK(is_automatic("sub-1_recording-autosampler_blood", sparse));
  CHECK(is_automatic("sub-1_blood", dense));
  CHECK_FALSE(is_automatic("sub-1_blood", sparse));
  CHECK_FALSE(is_automatic("sub-1_recording-manual_blood", dense));
}

TEST_CASE("Times of blood count from the injection of the scan in the folder", "[blood]") {
  const TemporaryFolder folder;
  folder.file("sub-1_pet.json", R"({"InjectionStart": 30})");
  CHECK(read_blood_samples(
            {recording(folder, "sub-1_recording-manual_blood", "time\tplasma_radioactivity\n30\t0\n90\t1\n")})
            .plasma.time_min == std::vector<double>{0.0, 1.0});
}

TEST_CASE("Dispersion is taken in minutes from the autosampler", "[blood]") {
  const TemporaryFolder folder;
  const BloodSamples blood = read_blood_samples(
      {recording(folder, "sub-1_recording-autosampler_blood", "time\twhole_blood_radioactivity\n0\t-0.1\n1\t2\n",
                 R"({"whole_blood_radioactivity": {"Units": "kBq/mL"}, "DispersionConstant": 3,
                     "DispersionCorrected": true})")});
  CHECK(blood.is_dispersion_corrected);
  CHECK(blood.dispersion_constant_min == 0.05);
  CHECK(blood.autosampler_whole_blood.value.front() == -0.1);
  REQUIRE(blood.notes.size() == 1);
  CHECK_THAT(blood.notes[0], Contains("1 of 2 samples are negative and were kept"));
}

TEST_CASE("A free fraction is percent, or states its unit, or is passed over", "[blood]") {
  const TemporaryFolder folder;
  const auto read = [&](const std::string& members) {
    return read_blood_samples({recording(folder, "x_blood", "time\tplasma_radioactivity\n0\t1\n60\t2\n",
                                         R"({"Units": "kBq/mL", )" + members + "}")});
  };
  CHECK(read(R"("PlasmaFreeFraction": 5)").plasma_free_fraction == 0.05);
  CHECK(read(R"("PlasmaFreeFraction": 0.5, "PlasmaFreeFractionUnits": "percent")").plasma_free_fraction == 0.005);
  CHECK(read(R"("PlasmaFreeFraction": 0.5, "PlasmaFreeFractionUnits": "fraction")").plasma_free_fraction == 0.5);
  const BloodSamples doubtful = read(R"("PlasmaFreeFraction": 0.5)");
  CHECK_FALSE(doubtful.plasma_free_fraction);
  CHECK_THAT(doubtful.notes.at(0), Contains("passed over"));
  CHECK_THROWS_WITH(read(R"("PlasmaFreeFraction": 500)"), Contains("PlasmaFreeFraction': found 500"));
}

TEST_CASE("Blood that contradicts itself is refused with its lines", "[blood]") {
  const TemporaryFolder folder;
  const auto read = [&](const std::string& table) { return read_blood_samples({recording(folder, "x_blood", table)}); };
  CHECK_THROWS_WITH(read("time\tplasma_radioactivity\n0\t1\n60\t2\n60\t3\n"),
                    Contains("x_blood.tsv:4") && Contains("x_blood.tsv:3") && Contains("one value a time"));
  CHECK(read("time\tplasma_radioactivity\n0\t1\n60\t2\n60\t2\n").notes.size() == 1);
  CHECK(read("time\tplasma_radioactivity\n0\t1\n60\t2\n60\tn/a\n").plasma.size() == 2);
  CHECK_THROWS_WITH(read("time\tplasma_radioactivity\n60\t1\n0\t2\n"), Contains("x_blood.tsv:3") && Contains("order"));
  CHECK_THROWS_WITH(read("time\tmetabolite_parent_fraction\n0\t1\n60\t1.2\n"),
                    Contains("x_blood.tsv:3") && Contains("found 1.2") && Contains("0 to 1"));
  CHECK_THROWS_WITH(read("time\tputamen\n0\t1\n"), Contains("no column of blood"));
}

TEST_CASE("Activity without a unit is refused unless one is given, and one that contradicts the file too", "[blood]") {
  const TemporaryFolder folder;
  const std::string path = folder.file("x_blood.tsv", "time\tplasma_radioactivity\n0\t1000\n60\t2000\n");
  CHECK_THROWS_WITH(read_blood_samples({path}), Contains("no sidecar and no unit"));
  CHECK(read_blood_samples({path}, {"Bq/mL", "min"}).plasma.value[1] == 2.0);
  CHECK(read_blood_samples({path}, {"Bq/mL", "min"}).plasma.time_min[1] == 60.0);
  folder.file("x_blood.json", R"({"Units": "kBq/mL"})");
  CHECK_THROWS_WITH(read_blood_samples({path}, {"Bq/mL", ""}), Contains("as given by you"));
  CHECK_THROWS_AS(read_blood_samples({}), pet::UsageError);
}

TEST_CASE("Curves of one scan that differ by about 1000 are refused", "[blood]") {
  const TemporaryFolder folder;
  const std::string manual =
      recording(folder, "x_recording-manual_blood", "time\twhole_blood_radioactivity\n0\t10\n60\t20\n120\t15\n");
  const std::string table = "time\twhole_blood_radioactivity\n0\t10000\n60\t20000\n120\t15000\n";
  const std::string name = "x_recording-autosampler_blood";
  CHECK_THROWS_WITH(read_blood_samples({manual, recording(folder, name, table)}),
                    Contains("1000 times higher") && Contains("Bq/mL"));
  CHECK_NOTHROW(read_blood_samples({manual, recording(folder, name, table, R"({"Units": "Bq/mL"})")}));
  CHECK_THROWS_WITH(read_blood_samples({manual, manual}), Contains("a second recording of whole blood"));
}

TEST_CASE("PMOD blood has units in its titles, whatever separates its columns", "[blood]") {
  const TemporaryFolder folder;
  for (const char* text : {"sample-time[seconds]\twhole-blood[kBq/cc]\n0\t1.5\n60\t2.5\n",
                           "sample-time[seconds]          whole-blood[kBq/cc]\n0,   1.5 \n60,   2.5 \n",
                           "sample-time[minutes],whole-blood[Bq/cc]\r\n0,1500\r\n1,2500"}) {
    INFO(text);
    const BloodSamples blood = read_blood_samples({folder.file("x.bld", text)});
    CHECK(blood.whole_blood.time_min == std::vector<double>{0.0, 1.0});
    CHECK(blood.whole_blood.value == std::vector<double>{1.5, 2.5});
  }
  const BloodSamples both =
      read_blood_samples({folder.file("p.crv", "sample-time[seconds]\tplasma.1[Bq/cc]\n0\t0\n60\t3000\n"),
                          folder.file("f.bld", "sample-time[seconds]\tparent-fraction[1/1]\n0\t1\n600\t0.25\n")});
  CHECK(both.plasma.value[1] == 3.0);
  CHECK(both.parent_fraction.value[1] == 0.25);
}

TEST_CASE("PMOD blood without a unit, or with an unknown column or unit, is refused", "[blood]") {
  const TemporaryFolder folder;
  const auto read = [&](const std::string& header, const pet::BloodUnits& stated = {}) {
    return read_blood_samples({folder.file("x.bld", header + "\n0\t1\n60\t2\n")}, stated);
  };
  CHECK_THROWS_WITH(read("sample-time[seconds]\tplasma"), Contains("x.bld:1: found no unit of activity"));
  CHECK(read("sample-time[seconds]\tplasma", {"Bq/mL", ""}).plasma.value[1] == 0.002);
  CHECK_THROWS_WITH(read("sample-time\tplasma[kBq/cc]"), Contains("without a unit of time"));
  CHECK_THROWS_WITH(read("sample-time[seconds]\tplasma[SUV]"), Contains("'[SUV]'"));
  CHECK_THROWS_WITH(read("sample-time[seconds]\tliver[kBq/cc]"), Contains("a column 'liver'"));
  CHECK_THROWS_WITH(read("sample-time[seconds]\tplasma[kBq/cc]", {"Bq/mL", ""}), Contains("as given by you"));
}

TEST_CASE("An input function may be PMOD's corrected plasma, but not raw plasma beside a parent fraction", "[blood]") {
  const TemporaryFolder folder;
  const pet::InputFunction input = pet::read_input_function(folder.file(
      "x.bld", "sample-time[seconds]\tplasma-corrected[Bq/cc]\twhole-blood[kBq/cc]\n0\t0\t0\n60\t3000\t2\n"));
  CHECK(input.parent_plasma == std::vector<double>{0.0, 3.0});
  CHECK(input.whole_blood == std::vector<double>{0.0, 2.0});
  CHECK(input.time_min == std::vector<double>{0.0, 1.0});
  CHECK_THROWS_WITH(pet::read_input_function(folder.file(
                        "y.bld", "sample-time[seconds]\tplasma[kBq/cc]\tparent-fraction[1/1]\n0\t0\t1\n60\t3\t0.5\n")),
                    Contains("plasma beside a parent fraction"));
  CHECK_THROWS_WITH(
      pet::read_input_function(folder.file("z.bld", "sample-time[seconds]\twhole-blood[kBq/cc]\n0\t0\n60\t3\n")),
      Contains("no curve of plasma"));
}

}  // namespace
