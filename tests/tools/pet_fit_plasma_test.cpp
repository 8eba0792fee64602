// SPDX-License-Identifier: Apache-2.0
// pet-fit with blood, shared parameters, intervals and several models.
#include <cmath>

#include "libpet/io/parameter_table.h"
#include "libpet/io/tsv.h"
#include "tests/kinetic_models/simulated_scan.h"
#include "tests/tools/command_fixture.h"

using namespace pet;

namespace {

// Three two-tissue regions with VND 8, one of noise alone, and a reference of one tissue compartment; whole blood is
// the plasma, seen 6 s later than sampled, vB 5 %.
void write_scan(const Workplace& here) {
  const Frames frames = simulated::cimbi36_frames();
  std::vector<std::string> header = {"frame_start", "frame_end", "reference", "low", "middle", "high", "noise"};
  std::vector<std::vector<double>> curves;
  for (const double BPND : {0.0, 0.4, 1.0, 1.8}) {
    const double K1 = 0.3 + 0.03 * BPND;
    curves.push_back(
        simulated::two_tissue_target(
            {.K1 = K1, .k2 = K1 / 8.0, .k3 = 0.06 * BPND, .k4 = 0.06, .vB = 0.05, .delay_min = 0.1}, frames)
            .activity);
  }
  curves.emplace_back();
  for (std::size_t i = 0; i < frames.size(); ++i)
    curves.back().push_back(2.0 * std::sin(37.0 * static_cast<double>(i)));
  TsvWriter table(header);
  for (std::size_t i = 0; i < frames.size(); ++i) {
    std::vector<std::string> row = {format_seconds(frames[i].start_min), format_seconds(frames[i].end_min)};
    for (const auto& curve : curves) row.push_back(format_number(1000.0 * curve[i]));
    table.row(row);
  }
  here.write("sub-01_tacs.tsv", table.text());
  here.write("sub-01_tacs.json", R"({"Units": "Bq/mL", "TracerRadionuclide": "C11"})");
  TsvWriter blood({"time", "whole_blood_radioactivity", "AIF"});
  TsvWriter parent_only({"time", "AIF"});
  for (int i = 0; i <= 3000; ++i) {
    const double t = i <= 2000 ? 0.003 * i : 6.0 + 0.114 * (i - 2000);
    const std::string value = format_number(1000.0 * simulated::plasma(t));
    blood.row({format_seconds(t), value, value});
    parent_only.row({format_seconds(t), value});
  }
  here.write("in.tsv", blood.text());
  here.write("in.json", R"({"Units": "Bq/mL"})");
  here.write("parent.tsv", parent_only.text());
  here.write("parent.json", R"({"Units": "Bq/mL"})");
}

double value(const ParameterTable& table, std::size_t row, const char* parameter) {
  return table.rows.at(row).cells[table.column(parameter)].value.value();
}

}  // namespace

TEST_CASE("pet-fit recovers VT, blood volume and delay, with profile intervals and correlations", "[pet-fit]") {
  const Workplace here;
  write_scan(here);
  const CommandResult result = here.run(
      "pet-fit sub-01_tacs.tsv --model 2tcm --input in.tsv --delay fit --ci profile --regions middle,high -o k.tsv");
  INFO(result.err);
  CHECK(result.status == 0);
  const ParameterTable table = read_parameter_table((here.path / "k.tsv").string());
  CHECK(value(table, 0, "VT") == Approx(16.0).epsilon(1e-3));
  CHECK(value(table, 1, "VT") == Approx(22.4).epsilon(1e-3));
  CHECK(value(table, 1, "vB") == Approx(0.05).epsilon(0.02));
  CHECK(value(table, 1, "delay") == Approx(0.1).margin(0.01));
  CHECK(table.has_intervals);
  CHECK(table.rows[0].cells[table.column("VT")].lower.value() < value(table, 0, "VT"));
  CHECK_FALSE(table.find("BPF"));  // no fP was given
  CHECK_THAT(here.read("k.json"), Catch::Contains("\"ConfidenceIntervals\": \"profile\"") &&
                                      Catch::Contains("ParameterCorrelations") && Catch::Contains("K1,k2"));
}

TEST_CASE("pet-fit estimates a delay once for the scan and names it", "[pet-fit]") {
  const Workplace here;
  write_scan(here);
  here.run(
      "pet-fit sub-01_tacs.tsv --model 2tcm --input in.tsv --delay scan --fp 0.1 --regions low,middle,high -o k.tsv");
  const ParameterTable table = read_parameter_table((here.path / "k.tsv").string());
  CHECK(value(table, 0, "delay") == value(table, 2, "delay"));
  CHECK(value(table, 0, "delay") == Approx(0.1).margin(0.02));
  CHECK(value(table, 1, "BPF") == Approx(10.0 * value(table, 1, "BPP")));
  CHECK_THAT(here.read("k.json"), Catch::Contains("delay_se") && Catch::Contains("fP"));
}

TEST_CASE("pet-fit shares a VND over regions and writes it with its profile interval", "[pet-fit]") {
  const Workplace here;
  write_scan(here);
  for (const char* model : {"sime", "2tcm-vnd --share VND"}) {
    INFO(model);
    const CommandResult result = here.run(std::string("pet-fit sub-01_tacs.tsv --input in.tsv --delay 6 --model ") +
                                          model + " --regions low,middle,high -o k.tsv --force");
    INFO(result.err);
    CHECK(result.status == 0);
    const ParameterTable table = read_parameter_table((here.path / "k.tsv").string());
    CHECK(value(table, 0, "VND") == Approx(8.0).epsilon(2e-3));
    CHECK(value(table, 2, "BPND") == Approx(1.8).epsilon(5e-3));
    CHECK_THAT(here.read("k.json"), Catch::Contains("SharedParameters") && Catch::Contains("ProfileInterval"));
  }
}

TEST_CASE("pet-fit with shared parameters gives the same bytes with any number of threads", "[pet-fit]") {
  const Workplace here;
  write_scan(here);
  const std::string line =
      "pet-fit sub-01_tacs.tsv --model sime --input in.tsv --delay 6 --regions low,middle,high -o k.tsv --force -j ";
  here.run(line + "1");
  const std::string table = here.read("k.tsv");
  const std::string json = here.read("k.json");
  REQUIRE_FALSE(table.empty());
  for (const char* threads : {"4", "2", "4", "1"}) {
    here.run(line + threads);
    CHECK(here.read("k.tsv") == table);
    CHECK(here.read("k.json") == json);
  }
}

TEST_CASE("pet-fit --compare gives the two-tissue model the weight where there are two tissues", "[pet-fit]") {
  const Workplace here;
  write_scan(here);
  const CommandResult result = here.run(
      "pet-fit sub-01_tacs.tsv --model 1tcm,2tcm --input in.tsv --delay 6 --regions high --compare c.tsv -o k.tsv");
  INFO(result.err);
  CHECK(result.status == 0);
  const Tsv table = Tsv::read((here.path / "c.tsv").string());
  REQUIRE(table.rows() == 3);
  CHECK(table.cell(2, table.column("model")) == "average");
  CHECK(*table.number(1, table.column("weight")) == Approx(1.0));
  CHECK(*table.number(2, table.column("VT")) == Approx(22.4).epsilon(1e-3));
  CHECK(here.run("pet-fit sub-01_tacs.tsv --model 2tcm,logan --t-star 30 --input in.tsv --compare d.tsv -o l.tsv")
            .status == 2);
  CHECK_FALSE(here.has("d.tsv"));
}

TEST_CASE("pet-fit --t-star auto chooses one t* and writes the results over t*", "[pet-fit]") {
  const Workplace here;
  write_scan(here);
  const CommandResult result = here.run(
      "pet-fit sub-01_tacs.tsv --model logan --input in.tsv --delay 6 --vb 0.05 --t-star auto --t-star-error 0.02 "
      "--t-star-table t.tsv --ci se --regions middle,high -o k.tsv");
  INFO(result.err);
  CHECK(result.status == 0);
  const Tsv table = Tsv::read((here.path / "t.tsv").string());
  int chosen = 0;
  for (std::size_t r = 0; r < table.rows(); ++r) chosen += table.cell(r, table.column("chosen")) == "1" ? 1 : 0;
  CHECK(chosen == 2);
  CHECK_THAT(here.read("k.json"), Catch::Contains("t_star") && Catch::Contains("t_star_largest_error"));
}

TEST_CASE("A region that is all noise is a flagged row, not a number to trust", "[pet-fit]") {
  const Workplace here;
  write_scan(here);
  for (const char* model : {"2tcm --input in.tsv --ci profile", "logan --t-star 30 --input in.tsv",
                            "srtm --reference reference --ci profile"}) {
    INFO(model);
    here.run(std::string("pet-fit sub-01_tacs.tsv --regions noise --model ") + model + " -o k.tsv --force");
    const ParameterTable table = read_parameter_table((here.path / "k.tsv").string());
    CHECK((table.rows.at(0).status != "ok" || !table.rows.at(0).flags.empty()));
  }
}

TEST_CASE("pet-fit writes fitted curves as PMOD where the name says so", "[pet-fit]") {
  const Workplace here;
  write_scan(here);
  here.run("pet-fit sub-01_tacs.tsv --model 2tcm --input in.tsv --regions high --fitted f.tac -o k.tsv");
  CHECK_THAT(here.read("f.tac"), Catch::StartsWith("start[seconds]\tend[kBq/cc]\thigh\n"));
  CHECK(here.run("pet-fit f.tac --model srtm --reference high -o l.tsv").status != 65);
}

TEST_CASE("pet-fit takes weights from a column of a file, and refuses those that are none", "[pet-fit]") {
  const Workplace here;
  write_scan(here);
  TsvWriter weights({"frame", "weight", "none", "negative"});
  const Frames frames = simulated::cimbi36_frames();
  for (std::size_t i = 0; i < frames.size(); ++i)
    weights.row({std::to_string(i + 1), format_number(frames[i].duration_min()), "0", i == 3 ? "-1" : "1"});
  here.write("w.tsv", weights.text());
  const std::string line =
      "pet-fit sub-01_tacs.tsv --model srtm --reference reference --regions high -o k.tsv --force --weights ";
  here.run(line + "duration");
  const std::string by_scheme = here.read("k.tsv");
  CHECK(here.run(line + "w.tsv:weight").status == 0);
  const ParameterTable table = read_parameter_table((here.path / "k.tsv").string());
  here.write("s.tsv", by_scheme);
  CHECK(value(table, 0, "BPND") ==
        Approx(value(read_parameter_table((here.path / "s.tsv").string()), 0, "BPND")).epsilon(1e-9));
  CHECK_THAT(here.read("k.json"), Catch::Contains("column 'weight' of w.tsv"));
  for (const auto& [weights_option, message] : {std::pair{"w.tsv:none", "no weight above zero"},
                                                {"w.tsv:negative", "w.tsv:5"},
                                                {"sub-01_tacs.tsv:nothing", "nothing"}}) {
    const CommandResult result = here.run(line + weights_option);
    CHECK(result.status == 65);
    CHECK(is_one_line(result.err));
    CHECK_THAT(result.err, Catch::Contains(message));
  }
}

TEST_CASE("pet-fit --share reference fits all regions with one true reference curve, whatever the threads",
          "[pet-fit]") {
  const Workplace here;
  write_scan(here);
  const std::string command =
      "pet-fit sub-01_tacs.tsv --regions reference,low,middle,high --model srtm --reference reference "
      "--reference-noise --ci se";
  REQUIRE(here.run(command + " -o alone.tsv").status == 0);
  const CommandResult result = here.run(command + " --share reference -j 1 -o shared.tsv");
  INFO(result.err);
  REQUIRE(result.status == 0);
  REQUIRE(here.run(command + " --share reference -j 2 -o again.tsv").status == 0);
  CHECK(here.read("shared.tsv") == here.read("again.tsv"));
  const Tsv alone = Tsv::parse(here.read("alone.tsv"), "alone.tsv");
  const Tsv shared = Tsv::parse(here.read("shared.tsv"), "shared.tsv");
  const std::size_t BPND = shared.column("BPND");
  CHECK(shared.required_number(0, BPND) == 0.0);
  for (std::size_t r = 1; r < 4; ++r)
    CHECK(shared.required_number(r, BPND) == Approx(alone.required_number(r, BPND)).epsilon(0.05));
  CHECK(here.read("shared.tsv") != here.read("alone.tsv"));
  CHECK_THAT(here.read("shared.json"), Catch::Contains("true curve being common to all regions"));
  CHECK_THAT(here.read("shared.json"), Catch::Contains("likelihood of all curves"));
}

TEST_CASE("pet-fit refuses options of blood, sharing and intervals that make no sense", "[pet-fit]") {
  struct Case {
    const char* arguments;
    int status;
    const char* message;
  };
  const std::vector<Case> cases = {
      {"--model 2tcm --input in.tsv --vb lots", 2, "--vb 'lots'"},
      {"--model 2tcm --input in.tsv --vb 1.5", 2, "from 0 to below 1"},
      {"--model 2tcm --input parent.tsv --vb fit", 65, "no whole blood"},
      {"--model 2tcm-vnd --input in.tsv", 2, "needs VND"},
      {"--model 2tcm-vnd --input in.tsv --vnd -1", 2, "must be positive"},
      {"--model 2tcm --input in.tsv --vnd 3", 2, "--vnd"},
      {"--model logan --t-star 30 --input in.tsv --delay fit", 2, "can be given, not fitted"},
      {"--model 2tcm --input in.tsv --share k5", 2, "no parameter 'k5' to share"},
      {"--model logan --t-star 30 --input in.tsv --share vB", 2, "--share"},
      {"--model sime --input in.tsv --ci profile", 2, "--ci se"},
      {"--model 1tcm --input in.tsv --vb 0 --share K1,k2", 2, "shares all its fitted parameters"},
      {"--model 2tcm --input parent.tsv --share vB", 65, "no whole blood"},
      {"--model 2tcm --input in.tsv --share vB --vb 0.3", 2, "given and shared"},
      {"--model 2tcm --input in.tsv --share delay --delay scan", 2, "given and shared"},
      {"--model 2tcm-vnd --input in.tsv --share VND --vnd 2", 2, "given and shared"},
      {"--model srtm2 --reference reference --k2prime shared --loss huber", 2, "no robust loss"},
      {"--model srtm --reference reference --loss huber --ci profile", 2, "robust loss"},
      {"--model srtm2 --reference reference --k2prime shared --ci se --reference-noise", 2, "do not carry the noise"},
      {"--model srtm,srtm2 --reference reference --k2prime shared --compare c.tsv", 2, "no AICc of one region"},
      {"--model sime,2tcm --input in.tsv --compare c.tsv", 2, "cannot be compared"},
      {"--model 2tcm --input in.tsv --ci maybe", 2, "se, profile, bootstrap"},
      {"--model 2tcm --input in.tsv --ci bootstrap --bootstrap 5", 2, "at least 100"},
      {"--model 2tcm --input in.tsv --fp 2", 2, "--fp"},
      {"--model mrtm --reference reference --reference-noise --ci profile", 2, "--ci bootstrap"},
      {"--model srtm,frtm --reference reference --reference-noise --compare c.tsv", 2, "--compare is of ordinary fits"},
      {"--model srtm --reference reference --reference-noise --loss huber", 2, "robust loss"},
      {"--model srtm --reference reference --share reference", 2, "--share reference goes with --reference-noise"},
      {"--model srtm2 --reference reference --reference-noise --share reference,k2prime", 2, "no other shared"},
      {"--model srtm --reference reference --reference-noise --share reference --ci bootstrap", 2, "bootstrap"},
      {"--model mrtm --reference reference --reference-noise --share reference", 2, "--share reference"},
      {"--model 2tcm --input in.tsv --reference-noise --ci bootstrap", 2, "--reference-noise"},
      {"--model logan --input in.tsv --t-star soon", 2, "minutes or auto"},
      {"--model logan --input in.tsv --t-star 30 --t-star-table t.tsv", 2, "goes with --t-star auto"},
      {"--model srtm2 --reference reference --k2prime 0", 2, "must be positive"},
      {"--model srtm-v --reference reference", 2, "--input"},
  };
  const Workplace here;
  write_scan(here);
  const std::vector<std::string> before = here.files();
  for (const Case& c : cases) {
    INFO(c.arguments);
    const CommandResult result =
        here.run(std::string("pet-fit sub-01_tacs.tsv --regions middle,high ") + c.arguments + " -o out.tsv");
    INFO(result.err);
    CHECK(result.status == c.status);
    CHECK(is_one_line(result.err));
    CHECK_THAT(result.err, Catch::Contains(c.message));
    CHECK(here.files() == before);
  }
}
