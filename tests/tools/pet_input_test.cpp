// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "libpet/io/input_function_file.h"
#include "tests/tools/command_fixture.h"

using namespace pet;

namespace {

constexpr const char* header = "time\tplasma_radioactivity\twhole_blood_radioactivity\tmetabolite_parent_fraction\n";
constexpr const char* samples =
    "30\t15\t10\tn/a\n60\t60\t40\t0.98\n120\t30\t20\t0.9\n300\t20\t13\t0.7\n600\t15\t10\t0.5\n1200\t13\t9\t0.35\n"
    "2400\t12\t8.5\t0.25\n3600\t12\t8\t0.2\n";

void write_blood(const Workplace& here,
                 const std::string& stem,
                 const std::string& table,
                 const std::string& unit = "kBq/mL") {
  here.write(stem + ".tsv", table);
  here.write(stem + ".json",
             R"({"PlasmaAvail": true, "MetaboliteAvail": true, "WholeBloodAvail": true, "DispersionCorrected": false,
 "time": {"Units": "s"}, "plasma_radioactivity": {"Units": ")" +
                 unit + R"("}, "whole_blood_radioactivity": {"Units": ")" + unit +
                 R"("}, "metabolite_parent_fraction": {"Units": "1"}})");
}

nlohmann::json sidecar_of(const Workplace& here, const std::string& name) {
  return nlohmann::json::parse(here.read(name));
}

}  // namespace

TEST_CASE("pet-input writes the columns of bloodstream in s and Bq/mL from a zero at injection", "[pet-input]") {
  const Workplace here;
  write_blood(here, "sub-01_recording-manual_blood", std::string(header) + samples);
  const CommandResult result = here.run(
      "pet-input sub-01_recording-manual_blood.tsv --parent-fraction interpolation --until 4200 -o "
      "sub-01_inputfunction.tsv");
  INFO(result.err);
  CHECK(result.status == 0);
  const std::string table = here.read("sub-01_inputfunction.tsv");
  CHECK(table.starts_with(
      "time\twhole_blood_radioactivity\tplasma_radioactivity\tmetabolite_parent_fraction\tAIF\n0\t0\t0\t1\t0\n"));
  CHECK_THAT(table, Catch::Contains("\n60\t40000\t60000\t0.98\t58800\n"));
  CHECK_THAT(result.err, Catch::Contains("held at their last values"));
  const auto json = sidecar_of(here, "sub-01_inputfunction.json");
  CHECK(json["AIF"]["Units"] == "Bq/mL");
  CHECK(json["ParentFraction"]["Model"] == "interpolation");
  CHECK_THAT(json["AfterLastSample"].get<std::string>(), Catch::Contains("3600 s"));
  CHECK(json["Sources"][0] == "sub-01_recording-manual_blood.tsv");
  // What it wrote is an input function that pet-fit reads.
  const InputFunction input = read_input_function((here.path / "sub-01_inputfunction.tsv").string());
  CHECK(input.time_min.back() == 70.0);
  CHECK(input.parent_plasma.back() == Approx(2.4));
  CHECK(input.whole_blood.back() == Approx(8.0));
}

TEST_CASE("pet-input names the model chosen by AICc with its parameters and the table of all", "[pet-input]") {
  const Workplace here;
  write_blood(here, "blood", std::string(header) + samples);
  CHECK(here.run("pet-input blood.tsv -o input.tsv").status == 0);
  const auto fraction = sidecar_of(here, "input.json")["ParentFraction"];
  CHECK(fraction["Comparison"].size() == 6);
  double least = 1e9;
  std::string best;
  for (const auto& row : fraction["Comparison"])
    if (row["AICc"].is_number() && row["AICc"] < least) {
      least = row["AICc"];
      best = row["Model"];
    }
  CHECK(fraction["Model"] == best);
  CHECK(fraction["AICc"] == least);
  CHECK(fraction["Parameters"].size() >= 3);
  CHECK(fraction["Parameters"]["f0"]["Value"] == 1.0);
}

TEST_CASE("pet-input joins an autosampler, corrects its dispersion and says so", "[pet-input]") {
  const Workplace here;
  write_blood(here, "sub-01_recording-manual_blood", std::string(header) + samples);
  std::string automatic = "time\twhole_blood_radioactivity\n";
  for (int t = 1; t <= 300; ++t)
    automatic += std::to_string(t) + "\t" + std::to_string(t < 60 ? t : 13 + 47 * 60 / t - 47 / 5) + "\n";
  write_blood(here, "sub-01_recording-autosampler_blood", automatic);
  const CommandResult result = here.run(
      "pet-input sub-01_recording-autosampler_blood.tsv sub-01_recording-manual_blood.tsv --dispersion 2.6 -o i.tsv");
  INFO(result.err);
  REQUIRE(result.status == 0);
  const auto json = sidecar_of(here, "i.json");
  CHECK(json["DispersionCorrected"] == true);
  CHECK(json["DispersionConstant"].get<double>() == Approx(2.6));
  CHECK(json["AutosamplerEnd"].get<double>() == Approx(300.0));
  CHECK(json["PlasmaToBloodRatio"]["Model"] == "interpolation");
  here.run(
      "pet-input sub-01_recording-autosampler_blood.tsv sub-01_recording-manual_blood.tsv --dispersion none -o n.tsv");
  CHECK(sidecar_of(here, "n.json")["DispersionCorrected"] == false);
}

TEST_CASE("pet-input gives the same bytes twice and replaces nothing unless asked to", "[pet-input]") {
  const Workplace here;
  write_blood(here, "blood", std::string(header) + samples);
  CHECK(here.run("pet-input blood.tsv --aif triexp -o input.tsv").status == 0);
  const std::string table = here.read("input.tsv");
  const std::string json = here.read("input.json");
  CHECK(here.run("pet-input blood.tsv --aif triexp -o input.tsv").status == 2);
  std::filesystem::remove(here.path / "input.tsv");
  std::filesystem::remove(here.path / "input.json");
  CHECK(here.run("pet-input blood.tsv --aif triexp -o input.tsv").status == 0);
  CHECK(here.read("input.tsv") == table);
  CHECK(here.read("input.json") == json);
  CHECK(here.run("pet-input blood.tsv --aif triexp -q").out == table);
}

TEST_CASE("pet-input refuses what it cannot use with one line, the right status and no output", "[pet-input]") {
  struct Case {
    const char* name;
    std::string table;
    const char* arguments;
    int status;
    const char* message;
  };
  const std::string h = header;
  const std::vector<Case> cases = {
      {"fraction of 1.2", h + "30\t15\t10\t1.2\n60\t20\t10\t0.9\n", "", 65, "blood.tsv:2"},
      {"negative fraction", h + "30\t15\t10\t0.9\n60\t20\t10\t-0.1\n", "", 65, "blood.tsv:3"},
      {"fraction in percent", h + "30\t15\t10\t99\n60\t20\t10\t90\n", "", 65, "blood.tsv:2"},
      {"empty file", "", "", 65, "blood.tsv"},
      {"no rows", h, "", 65, "blood"},
      {"two values at one time", h + "30\t15\t10\t0.9\n30\t20\t10\t0.8\n60\t12\t8\t0.7\n", "", 65, "blood.tsv:3"},
      {"times out of order", h + "60\t15\t10\t0.9\n30\t20\t10\t0.8\n", "", 65, "blood.tsv:3"},
      {"not a number", h + "30\t15\tten\t0.9\n60\t20\t10\t0.8\n", "", 65, "blood.tsv:2"},
      {"plasma without fraction", "time\tplasma_radioactivity\n30\t15\n60\t20\n", "", 65, "parent fraction"},
      {"whole blood alone", "time\twhole_blood_radioactivity\n30\t15\n60\t20\n", "", 65, "without plasma"},
      {"only zeros", h + "30\t0\t0\t0.9\n60\t0\t0\t0.8\n90\t0\t0\t0.8\n", "", 65, "blood"},
      {"too few for a model", h + "30\t15\t10\t0.9\n60\t20\t10\t0.8\n", "--parent-fraction hill", 65, "hill"},
      {"too few for three exponentials", h + "30\t15\t10\t0.9\n60\t20\t10\t0.8\n", "--aif triexp", 65, "triexp"},
      {"dispersion without autosampler", h + samples, "--dispersion 2.6", 2, "autosampler"},
      {"dispersion of -1", h + samples, "--dispersion=-1", 2, "--dispersion"},
      {"dispersion in words", h + samples, "--dispersion some", 2, "seconds or none"},
      {"end at 0", h + samples, "--until 0", 2, "--until"},
      {"delay of an hour", h + samples, "--delay 3600 --until 3600", 2, "--delay"},
      {"delay that moves the peak before injection", h + samples, "--delay=-50", 65, "before injection"},
      {"unknown model", h + samples, "--parent-fraction hil", 2, "hill"},
      {"unknown ratio", h + samples, "--ratio flat", 2, "constant"},
  };
  for (const Case& c : cases) {
    INFO(c.name);
    const Workplace here;
    write_blood(here, "blood", c.table);
    const auto before = here.files();
    const CommandResult result = here.run("pet-input blood.tsv -o out.tsv " + std::string(c.arguments));
    INFO(result.err);
    CHECK(result.status == c.status);
    CHECK(is_one_line(result.err));
    CHECK_THAT(result.err, Catch::Contains(c.message));
    CHECK(here.files() == before);
  }
  const Workplace here;
  CHECK(here.run("pet-input nowhere_blood.tsv").status == 66);
  CHECK(here.run("pet-input").status == 2);
}

TEST_CASE("pet-input says when units look wrong, and refuses units that it does not know", "[pet-input]") {
  const Workplace here;
  write_blood(here, "blood", std::string(header) + samples, "Bq/mL");
  const CommandResult result = here.run("pet-input blood.tsv -o out.tsv");
  CHECK(result.status == 0);
  CHECK_THAT(result.err, Catch::Contains("are its units kBq/mL or Bq/mL?"));
  write_blood(here, "counts", std::string(header) + samples, "counts");
  const CommandResult unknown = here.run("pet-input counts.tsv -o out2.tsv");
  CHECK(unknown.status == 65);
  CHECK(is_one_line(unknown.err));
  CHECK_FALSE(here.has("out2.tsv"));
}

TEST_CASE("An interrupted pet-input leaves nothing behind", "[pet-input]") {
  const Workplace here;
  write_blood(here, "blood", std::string(header) + samples);
  const auto before = here.files();
  // The table arrives through a pipe that nobody fills: the command waits in the middle of its work.
  const CommandResult result = here.run(
      "mkfifo slow.tsv && cp blood.json slow.json && "
      "(pet-input slow.tsv -o out.tsv & pid=$!; sleep 0.3; kill -TERM $pid; wait $pid); s=$?; rm slow.tsv slow.json; "
      "exit $s");
  CHECK(result.status == 128 + 15);
  CHECK(here.files() == before);
}
