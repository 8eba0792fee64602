// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <filesystem>
#include <tuple>

#include "libpet/io/parameter_table.h"
#include "libpet/io/tac_table_file.h"
#include "tests/kinetic_models/simulated_scan.h"
#include "tests/tools/command_fixture.h"

using namespace pet;

namespace {

void write_tables(const Workplace& here) {
  here.write("base.tsv",
             "index\tname\tBPND\tBPND-se\tstatus\tflags\n1\tcerebellum\t0\tn/a\tunidentifiable\ttarget_is_reference\n"
             "2\tinsula\t1.38\t5.0724637681159424\tok\tn/a\n3\tcaudate\t0.2\t75\tok\tlow_binding\n");
  here.write("drug.tsv",
             "index\tname\tBPND\tBPND-se\tstatus\tflags\n1\tcerebellum\t0\tn/a\tunidentifiable\ttarget_is_reference\n"
             "2\tinsula\t0.5\t10\tok\tn/a\n3\tcaudate\t0.1\t50\tok\tlow_binding\n");
}

}  // namespace

TEST_CASE("pet-occupancy gives the occupancy of each region with its interval, and says where there is none",
          "[pet-occupancy]") {
  const Workplace here;
  write_tables(here);
  const CommandResult result = here.run(
      "pet-occupancy --baseline base.tsv --drug drug.tsv --drug-name psilocybin --dose '25 mg' -o occupancy.tsv");
  CHECK(result.status == 0);
  const OccupancyTable table = read_occupancy_table((here.path / "occupancy.tsv").string());
  REQUIRE(table.rows.size() == 3);
  CHECK(table.rows[0].status == "unidentifiable");
  CHECK_FALSE(table.rows[0].occupancy);
  // Standard errors .07 and .05, as in the worked example of two scans.
  CHECK(table.rows[1].occupancy.value() == Approx(0.637681159).epsilon(1e-8));
  CHECK(table.rows[1].standard_error.value() == Approx(0.0406265724).epsilon(1e-8));
  CHECK(table.rows[1].status == "ok");
  CHECK(table.rows[2].flags ==
        std::vector<std::string>{"occupancy_unbounded", "baseline_low_binding", "drug_low_binding"});
  const std::string json = here.read("occupancy.json");
  for (const char* word : {"\"Method\": \"bpnd\"", "\"ConfidenceLevel\": 0.95", "\"Drug\": \"psilocybin\"",
                           "\"Dose\": \"25 mg\"", "CommandLine", "base.tsv"})
    CHECK_THAT(json, Catch::Contains(word));
}

TEST_CASE("pet-occupancy passes on what the standard errors contain", "[pet-occupancy]") {
  const Workplace here;
  write_tables(here);
  here.write("base.json", R"({"StandardErrors": "noise of the target"})");
  here.write("drug.json", R"({"StandardErrors": "noise of the target"})");
  here.run("pet-occupancy --baseline base.tsv --drug drug.tsv -o same.tsv");
  CHECK_THAT(here.read("same.json"), Catch::Contains("\"StandardErrors\": \"noise of the target\""));
  here.write("drug.json", R"({"StandardErrors": "noise of both curves"})");
  here.run("pet-occupancy --baseline base.tsv --drug drug.tsv -o other.tsv");
  CHECK_THAT(here.read("other.json"),
             Catch::Contains("first scan: noise of the target; second scan: noise of both curves"));
  here.write("drug.json", R"({"ModelName": "SRTM"})");
  here.write("base.json", R"({"ModelName": "SRTM", "StandardErrors": "noise of the target"})");
  here.run("pet-occupancy --baseline base.tsv --drug drug.tsv -o half.tsv");
  CHECK_THAT(here.read("half.json"), Catch::Contains("second scan: not said"));
  here.write("base.json", R"({"ModelName": "SRTM"})");
  here.run("pet-occupancy --baseline base.tsv --drug drug.tsv -o none.tsv");
  CHECK_THAT(here.read("none.json"), !Catch::Contains("StandardErrors"));
}

TEST_CASE("pet-occupancy takes VT with a VND from a region", "[pet-occupancy]") {
  const Workplace here;
  here.write("base.tsv",
             "index\tname\tVT\tVT-se\tstatus\tflags\n1\tcerebellum\t8\t1\tok\tn/a\n2\tinsula\t20\t1\tok\tn/a\n");
  here.write("drug.tsv",
             "index\tname\tVT\tVT-se\tstatus\tflags\n1\tcerebellum\t8\t1\tok\tn/a\n2\tinsula\t12.8\t1\tok\tn/a\n");
  here.run("pet-occupancy --baseline base.tsv --drug drug.tsv --vnd region:cerebellum --regions insula -o o.tsv");
  const OccupancyTable table = read_occupancy_table((here.path / "o.tsv").string());
  CHECK(table.rows.at(0).occupancy.value() == Approx(0.6));
  CHECK(table.measure == "BPND");
}

TEST_CASE("pet-occupancy refuses what it cannot use with one line, the right status and no output", "[pet-occupancy]") {
  struct Case {
    const char* arguments;
    int status;
    const char* message;
  };
  const std::vector<Case> cases = {
      {"--baseline base.tsv --drug nowhere.tsv", 66, "nowhere.tsv"},
      {"--baseline base.tsv --drug drug.tsv --method lasen", 2, "lassen"},
      {"--baseline base.tsv --drug drug.tsv --method lassen", 65, "VT"},
      {"--baseline base.tsv --drug drug.tsv --regions insulla", 2, "did you mean 'insula'"},
      {"--baseline base.tsv --drug drug.tsv --measure k2", 2, "BPND"},
      {"--baseline base.tsv --drug drug.tsv --measure BPP", 65, "BPP"},
      {"--baseline base.tsv --drug drug.tsv --regions insula,insula", 2, "twice"},
      {"--baseline base.tsv --drug drug.tsv --level 95", 2, "between 0 and 1"},
      {"--baseline base.tsv --drug drug.tsv --regression orthogonal", 2, "lassen"},
      {"--baseline base.tsv --drug drug.tsv --method lassen --vnd region:insula", 2, "VND"},
      {"--baseline base.tsv --drug drug.tsv --method lassen --vnd -8", 2, "VND"},
      {"--baseline base.tsv --drug base.tsv", 65, "same bytes"},
      {"--drug drug.tsv", 2, "--baseline"},
      {"--baseline base.tsv --drug drug.tsv --reference cerebellum", 2, "joint"},
      {"--method joint --baseline base.tsv --drug drug.tsv", 2, "--reference"},
      {"--method joint --baseline base.tsv --drug drug.tsv --reference cerebellum", 65, "frame_start"},
      {"--method joint --baseline base.tsv --drug drug.tsv --reference cerebellum --vnd 8", 2, "joint"},
      {"--method joint --baseline base.tsv --drug drug.tsv --baseline-input base.tsv", 2, "--drug-input"},
      {"--method joint --baseline base.tsv --drug drug.tsv --reference insula --vb fit", 2, "--baseline-input"},
      {"--baseline base.tsv --drug drug.tsv --plasma-error 0.05", 2, "joint"},
      {"--baseline base.tsv --drug drug.tsv --scans list.tsv", 2, "reml"},
      {"--method reml", 2, "--scans"},
      {"--method reml --scans list.tsv --baseline base.tsv", 2, "--scans"},
      {"--method reml --scans list.tsv", 65, "list.tsv:3 column 'condition': found 'verum'"},
      {"--method reml --scans again.tsv", 65, "again.tsv:3 column 'parameters'"},
      {"--method reml --scans copies.tsv", 65, "same bytes"},
      {"--method reml --scans two.tsv", 65, "2 subjects"},
      {"--method reml --scans words.tsv", 65, "words.tsv:2 column 'dose'"},
      {"--method reml --scans two.tsv --measure VT", 2, "VT"},
      {"--drug base.tsv --drug drug.tsv", 2, "lassen"},
      {"--baseline vb.tsv --drug vd.tsv --method lassen --regression likelihood", 2, "covariance"},
      {"--baseline vb.tsv --drug vd.tsv --method lassen --regression deming", 65, "standard error"},
      {"--baseline vb.tsv --drug vd.tsv --method lassen --covariance c.tsv", 2, "likelihood"},
      {"--baseline vb.tsv --drug vd.tsv --method lassen --regression likelihood --covariance c.tsv", 65, "definite"},
      {"--baseline vb.tsv --drug vd.tsv --method lassen --regression likelihood --covariance b.tsv", 65, "region 'r3'"},
      {"--baseline base.tsv --drug drug.tsv --test base.tsv", 2, "retest"},
      {"--baseline base.tsv --drug drug.tsv --test base.tsv --retest drug.tsv", 65, "at least 3"},
      {"--baseline vb.tsv --drug vd.tsv --method lassen --regression likelihood --test zero.tsv --retest vd.tsv", 65,
       "zero.tsv: found VT 0 of region r1"},
      {"--baseline base.tsv --drug suvr.tsv", 65, "SUVR"},
      {"--baseline base.tsv --drug other.tsv", 65, "regions"},
      {"--baseline base.tsv --drug drug.tsv --drug drug.tsv", 2, "--drug"},
      {"--baseline base.tsv", 2, "--drug"},
      {"--baseline base.tsv --drug drug.tsv --vnd some", 2, "region:NAME"},
  };
  const Workplace here;
  write_tables(here);
  here.write("base.json", R"({"ModelName": "SRTM"})");
  here.write("suvr.tsv", here.read("drug.tsv"));
  here.write("suvr.json", R"({"ModelName": "SUVR"})");
  here.write("vb.tsv", "name\tVT\nr1\t10\nr2\t12\nr3\t15\n");
  here.write("zero.tsv", "name\tVT\nr1\t0\nr2\t10\nr3\t11\n");
  here.write("vd.tsv", "name\tVT\nr1\t9\nr2\t10\nr3\t11.4\n");
  here.write("c.tsv", "name\tr1\tr2\tr3\nr1\t1\t2\t0\nr2\t2\t1\t0\nr3\t0\t0\t1\n");
  here.write("b.tsv", "name\tr1\tr2\nr1\t1\t0\nr2\t0\t1\n");
  const std::string columns = "scan\tsubject\tcondition\tparameters\tdose\n";
  here.write("list.tsv", columns + "a\ts1\tbaseline\tbase.tsv\t0\nb\ts1\tverum\tdrug.tsv\t5\n");
  here.write("again.tsv", columns + "a\ts1\tbaseline\tbase.tsv\t0\nb\ts1\tdrug\tbase.tsv\t5\n");
  here.write("copies.tsv", columns + "a\ts1\tbaseline\tdrug.tsv\t0\nb\ts1\tdrug\tcopy.tsv\t5\n");
  here.write("two.tsv", columns + "a\ts1\tbaseline\tbase.tsv\t0\nb\ts2\tdrug\tdrug.tsv\t5\n");
  here.write("words.tsv", columns + "a\ts1\tbaseline\tbase.tsv\tnone\nb\ts2\tdrug\tdrug.tsv\t5\n");
  here.write("copy.tsv", here.read("drug.tsv"));
  here.write("other.tsv", "index\tname\tBPND\tBPND-se\tstatus\tflags\n1\tpons\t1\t5\tok\tn/a\n");
  const auto before = here.files();
  for (const Case& c : cases) {
    INFO(c.arguments);
    const CommandResult result = here.run(std::string("pet-occupancy ") + c.arguments + " -o out.tsv");
    INFO(result.err);
    CHECK(result.status == c.status);
    CHECK(is_one_line(result.err));
    CHECK_THAT(result.err, Catch::Contains(c.message));
    CHECK(here.files() == before);
  }
}

TEST_CASE("pet-occupancy finds an exact plot by likelihood, with a covariance or from test-retest scans",
          "[pet-occupancy]") {
  const Workplace here;
  here.write("b.tsv", "name\tVT\nr1\t10\nr2\t12\nr3\t16\nr4\t20\n");
  here.write("d.tsv", "name\tVT\nr1\t8.8\nr2\t9.6\nr3\t11.2\nr4\t12.8\n");  // occupancy 0.6, VND 8
  here.write("c.tsv", "name\tr1\tr2\tr3\tr4\nr1\t1\t.5\t0\t0\nr2\t.5\t2\t0\t0\nr3\t0\t0\t1\t0\nr4\t0\t0\t0\t3\n");
  const std::vector<std::vector<const char*>> scans = {
      {"10", "12.1", "16", "20.3"},     {"10.2", "12", "16.1", "20"},    {"9.7", "11.6", "16.3", "21"},
      {"10.1", "12.4", "15.7", "20.1"}, {"9.9", "12.2", "16.2", "19.5"}, {"10.3", "11.9", "15.5", "20.6"}};
  for (std::size_t s = 0; s < scans.size(); ++s) {
    std::string text = "name\tVT\n";
    for (std::size_t r = 0; r < 4; ++r) text += "r" + std::to_string(r + 1) + "\t" + scans[s][r] + "\n";
    here.write("s" + std::to_string(s) + ".tsv", text);
  }
  for (const char* errors :
       {"--covariance c.tsv",
        "--test s0.tsv --retest s1.tsv --test s2.tsv --retest s3.tsv --test s4.tsv --retest s5.tsv"}) {
    INFO(errors);
    const CommandResult result =
        here.run(std::string("pet-occupancy --baseline b.tsv --drug d.tsv --method lassen --regression likelihood ") +
                 errors + " --force -o o.tsv");
    INFO(result.err);
    REQUIRE(result.status == 0);
    const OccupancyTable table = read_occupancy_table((here.path / "o.tsv").string());
    CHECK(table.rows.at(0).occupancy.value() == Approx(0.6).margin(1e-8));
    CHECK(table.rows.at(0).extra.at(0).value() == Approx(8.0).margin(1e-6));
  }
  CHECK_THAT(here.read("o.json"), Catch::Contains("CovarianceShrinkage"));
  CHECK_THAT(here.read("o.json"), Catch::Contains("s5.tsv"));
}

TEST_CASE("pet-occupancy takes two drug scans without a baseline, and says so in every row", "[pet-occupancy]") {
  const Workplace here;
  here.write("one.tsv", "name\tVT\nr1\t9.2\nr2\t10.4\nr3\t12.8\n");  // VND 8; 40 % and 70 % of 2, 4, 8
  here.write("two.tsv", "name\tVT\nr1\t8.6\nr2\t9.2\nr3\t10.4\n");
  const CommandResult result = here.run("pet-occupancy --drug one.tsv --drug two.tsv --method lassen -o o.tsv");
  INFO(result.err);
  REQUIRE(result.status == 0);
  const OccupancyTable table = read_occupancy_table((here.path / "o.tsv").string());
  CHECK(table.rows.at(0).occupancy.value() == Approx(0.5));
  for (const OccupancyRow& row : table.rows) CHECK(std::count(row.flags.begin(), row.flags.end(), "no_baseline") == 1);
}

namespace {

// Curves that the simplified reference tissue model describes exactly, by an independent integration.
std::string srtm_curves(double left, double flow) {
  TacTable table;
  table.frames = simulated::cimbi36_frames();
  const auto add = [&](const char* region, const std::vector<double>& activity) {
    table.regions.push_back(region);
    table.activity.push_back(activity);
  };
  add("cerebellum", simulated::srtm_scan({}, table.frames).reference.activity);
  for (const auto& [region, R1, BPND] :
       {std::tuple{"insula", 1.05, 1.4}, {"parietal", 0.9, 0.8}, {"temporal", 1.2, 1.9}})
    add(region, simulated::srtm_scan({.R1 = flow * R1, .BPND = left * BPND}, table.frames).target.activity);
  return tac_table_text(table);
}

}  // namespace

TEST_CASE("pet-occupancy --method joint finds the occupancy from the curves, and what the drug did to flow",
          "[pet-occupancy]") {
  const Workplace here;
  here.write("b.tsv", srtm_curves(1.0, 1.0));
  here.write("d.tsv", srtm_curves(0.4, 0.9));
  const std::string scans = "--method joint --baseline b.tsv --drug d.tsv --reference cerebellum";
  const CommandResult result = here.run("pet-occupancy " + scans + " -o o.tsv");
  INFO(result.err);
  REQUIRE(result.status == 0);
  const OccupancyTable table = read_occupancy_table((here.path / "o.tsv").string());
  REQUIRE(table.rows.size() == 4);
  CHECK(table.rows[0].name == "joint");
  for (const OccupancyRow& row : table.rows) {
    CHECK(row.occupancy.value() == Approx(0.6).margin(1e-3));
    CHECK(row.status == "ok");
    CHECK(row.extra.at(1).value() / row.extra.at(0).value() == Approx(0.9).epsilon(1e-3));
  }
  CHECK(table.extra_columns == std::vector<std::string>{"R1_baseline", "R1_drug"});
  CHECK_THAT(here.read("o.json"), Catch::Contains("\"ModelName\": \"SRTM\""));
  CHECK(here.run("pet-occupancy " + scans + " --regions insula,insula").status == 2);
  CHECK(here.run("pet-occupancy " + scans + " --regions cerebellum").status == 2);
  CHECK(here.run("pet-occupancy " + scans + " -j 1").out == here.run("pet-occupancy " + scans + " -j 2").out);
}

namespace {

// Curves of two tissue compartments with VND 8 by an independent integration.
std::string two_tissue_curves(double left, double flow) {
  TacTable table;
  table.frames = simulated::cimbi36_frames();
  for (const auto& [region, K1, BPND] : {std::tuple{"insula", 0.34, 1.44}, {"parietal", 0.3, 0.9}}) {
    table.regions.push_back(region);
    table.activity.push_back(
        simulated::two_tissue_target({.K1 = flow * K1, .k2 = flow * K1 / 8.0, .k3 = left * BPND * 0.06, .k4 = 0.06},
                                     table.frames)
            .activity);
  }
  return tac_table_text(table);
}

// The samples in seconds and kBq/mL; the last column makes two files differ.
std::string plasma_samples(const char* note) {
  std::string text = "time\tplasma_radioactivity\tmetabolite_parent_fraction\tAIF\tnote\n";
  for (int i = 0; i <= 1300; ++i) {
    const double t = i <= 500 ? 0.01 * i : i <= 1000 ? 5.0 + 0.05 * (i - 500) : 30.0 + 0.3 * (i - 1000);
    const std::string level = std::to_string(simulated::plasma(t));
    text += std::to_string(60.0 * t) + "\t" + level + "\t1\t" + level + "\t" + note + "\n";
  }
  return text;
}

}  // namespace

TEST_CASE("pet-occupancy --method joint takes plasma, and finds VND and what the drug did to K1", "[pet-occupancy]") {
  const Workplace here;
  here.write("b.tsv", two_tissue_curves(1.0, 1.0));
  here.write("d.tsv", two_tissue_curves(0.4, 0.9));
  for (const char* scan : {"b", "d"}) {
    here.write(std::string(scan) + "_inputfunction.tsv", plasma_samples(scan));
    here.write(std::string(scan) + "_inputfunction.json",
               R"({"time": {"Units": "s"}, "plasma_radioactivity": {"Units": "kBq/mL"}, "AIF": {"Units": "kBq/mL"}})");
  }
  const std::string scans =
      "--method joint --baseline b.tsv --drug d.tsv --baseline-input b_inputfunction.tsv --drug-input "
      "d_inputfunction.tsv";
  const CommandResult result = here.run("pet-occupancy " + scans + " --plasma-error 0.02 -o o.tsv");
  INFO(result.err);
  REQUIRE(result.status == 0);
  const OccupancyTable table = read_occupancy_table((here.path / "o.tsv").string());
  REQUIRE(table.rows.size() == 3);
  CHECK(table.rows[0].name == "joint");
  CHECK(table.rows[0].occupancy.value() == Approx(0.6).margin(2e-3));
  CHECK(table.rows[0].extra.at(0).value() == Approx(8.0).epsilon(5e-3));
  CHECK(table.rows[1].extra.at(5).value() / table.rows[1].extra.at(4).value() == Approx(0.9).epsilon(2e-3));
  CHECK(table.extra_columns ==
        std::vector<std::string>{"VND", "VND_se", "VND_lower", "VND_upper", "K1_baseline", "K1_drug"});
  CHECK_THAT(here.read("o.json"), Catch::Contains("\"ModelName\": \"2TCM\"") && Catch::Contains("PlasmaError"));
}

TEST_CASE("pet-occupancy --method reml gives every drug scan of a study an occupancy less the bias of placebo",
          "[pet-occupancy]") {
  const Workplace here;
  std::string list = "scan\tsubject\tcondition\tparameters\tpsilocin\n";
  // Four subjects; a second scan reads 5 % less, and the drug takes half of what is left.
  const double jitter[4][3] = {{1.01, 0.99, 1.0}, {0.99, 1.0, 1.01}, {1.0, 1.01, 0.99}, {1.01, 1.0, 0.99}};
  const char* const conditions[3] = {"baseline", "placebo", "drug"};
  const double left[3] = {1.0, 0.95, 0.475};
  for (int i = 0; i < 4; ++i) {
    for (int k = 0; k < 3; ++k) {
      if (i == 3 && k == 0) continue;  // a baseline is missing
      const std::string name = "s" + std::to_string(i) + "_" + conditions[k];
      std::string rows = "index\tname\tBPND\tBPND-stderr\tstatus\tflags\n";
      for (const auto& [index, region, BPND] : {std::tuple{1, "insula", 1.4}, {2, "parietal", 0.9}})
        rows += std::to_string(index) + "\t" + region + "\t" +
                std::to_string(left[k] * BPND * (1.0 + 0.05 * i) * jitter[i][k]) + "\t0.01\tok\tn/a\n";
      rows += "3\tpons\t" + std::string(k == 0 ? "-0.03" : "0.01") + "\t0.02\tok\tn/a\n";
      here.write(name + ".tsv", rows);
      list += name + "\ts" + std::to_string(i) + "\t" + conditions[k] + "\t" + name + ".tsv\t" +
              (k == 2 ? std::to_string(3 + i) : "n/a") + "\n";
    }
  }
  here.write("scans.tsv", list);
  const CommandResult result = here.run("pet-occupancy --method reml --scans scans.tsv -o o.tsv");
  INFO(result.err);
  REQUIRE(result.status == 0);
  const OccupancyTable table = read_occupancy_table((here.path / "o.tsv").string());
  REQUIRE(table.rows.size() == 5);
  CHECK(table.rows[0].name == "placebo");
  CHECK(table.rows[0].occupancy.value() == Approx(0.05).margin(0.02));
  CHECK(table.has_subjects);
  CHECK(table.extra_columns == std::vector<std::string>{"psilocin"});
  for (std::size_t r = 1; r < 5; ++r) {
    CHECK(table.rows[r].occupancy.value() == Approx(0.5).margin(0.03));
    CHECK(table.rows[r].lower.value() < 0.5);
    CHECK(table.rows[r].upper.value() > 0.5);
    CHECK(table.rows[r].extra.at(0).value() == Approx(2.0 + static_cast<double>(r)));
  }
  CHECK(table.rows[4].subject == "s3");
  CHECK_THAT(here.read("o.json"), Catch::Contains("StandardDeviationOfScan") && Catch::Contains("s3_drug.tsv"));
  CHECK_THAT(result.err, Catch::Contains("region 'pons' is left out"));
  CHECK_THAT(here.read("o.json"), !Catch::Contains("pons"));
}

TEST_CASE("pet-occupancy --method change gives the change of VT and how small a one can be told", "[pet-occupancy]") {
  const Workplace here;
  const auto write = [&](const std::string& name, double hippocampus, double insula) {
    here.write(name, "index\tname\tVT\tVT-se\tstatus\tflags\n1\thippocampus\t" + std::to_string(hippocampus) +
                         "\t2\tok\tn/a\n2\tinsula\t" + std::to_string(insula) + "\t2\tok\tn/a\n");
  };
  write("before.tsv", 20.0, 16.0);
  write("after.tsv", 26.0, 16.4);
  std::string scans;
  // Three subjects whose log VT differs by +6, 0 and -6 % and, in the insula, by +3, +1 and -4 %.
  const double differences[3][2] = {{0.06, 0.03}, {0.0, 0.01}, {-0.06, -0.04}};
  for (int s = 0; s < 3; ++s) {
    const std::string number = std::to_string(s);
    const double size = 1.0 + 0.1 * s;
    write("t" + number + ".tsv", 20.0 * size * std::exp(differences[s][0]), 16.0 * size * std::exp(differences[s][1]));
    write("r" + number + ".tsv", 20.0 * size, 16.0 * size);
    scans += " --test t" + number + ".tsv --retest r" + number + ".tsv";
  }
  const CommandResult result = here.run(
      "pet-occupancy --method change --measure VT --baseline before.tsv --drug after.tsv --tracer UCB-J -o o.tsv" +
      scans);
  INFO(result.err);
  REQUIRE(result.status == 0);
  const OccupancyTable table = read_occupancy_table((here.path / "o.tsv").string());
  CHECK(table.quantity == "change");
  CHECK(table.rows.at(0).occupancy.value() == Approx(0.3));
  CHECK(table.rows.at(0).flags.empty());
  CHECK(table.rows.at(1).flags == std::vector<std::string>{"below_detectable_change"});
  CHECK(table.extra_columns == std::vector<std::string>{"MDC"});
  const std::string text = here.read("o.tsv") + here.read("o.json");
  CHECK_THAT(text, Catch::Contains("\"Method\": \"change\"") && Catch::Contains("\"MDC\""));
  CHECK_THAT(here.read("o.tsv"), !Catch::Contains("occupancy"));
}

TEST_CASE("pet-occupancy speaks of no occupancy where the tracer or the drug has none", "[pet-occupancy]") {
  const Workplace here;
  write_tables(here);
  for (const char* who : {"--tracer ucbj", "--tracer '[11C]AZ10419369'"}) {
    const CommandResult result =
        here.run(std::string("pet-occupancy --baseline base.tsv --drug drug.tsv -o o.tsv ") + who);
    CHECK(result.status == 2);
    CHECK_THAT(result.err, Catch::Contains("method change"));
    CHECK_FALSE(std::filesystem::exists(here.path / "o.tsv"));
  }
  here.write("base.json", "{\"TracerName\": \"[11C]UCB-J\"}");
  CHECK(here.run("pet-occupancy --baseline base.tsv --drug drug.tsv").status == 2);
  CHECK(here.run("pet-occupancy --method change --baseline base.tsv --drug drug.tsv").status == 0);
  here.write("base.json", "{\"TracerName\": \"[11C]Cimbi-36\"}");
  CHECK(here.run("pet-occupancy --baseline base.tsv --drug drug.tsv").status == 0);
  CHECK(here.run("pet-occupancy --baseline base.tsv --drug drug.tsv --tracer nonsense").status == 2);
}
