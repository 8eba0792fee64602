// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "libpet/io/parameter_table.h"
#include "libpet/io/tsv.h"
#include "tests/kinetic_models/simulated_scan.h"
#include "tests/tools/command_fixture.h"

using namespace pet;

namespace {

// A table of a reference, an exact SRTM target (BPND 1.2), its noisy twin and an all-zero region, in Bq/mL.
std::string tacs_text() {
  const simulated::Scan scan = simulated::srtm_scan({}, simulated::cimbi36_frames());
  TsvWriter table({"frame_start", "frame_end", "cerebellum", "insula", "noisy", "empty"});
  for (std::size_t i = 0; i < scan.target.frames.size(); ++i) {
    const double target = 1000.0 * scan.target.activity[i];
    table.row({format_seconds(scan.target.frames[i].start_min), format_seconds(scan.target.frames[i].end_min),
               format_number(1000.0 * scan.reference.activity[i]), format_number(target),
               format_number(target * (1.0 + 0.02 * std::sin(9.0 * static_cast<double>(i)))), "0"});
  }
  return table.text();
}

constexpr const char* sidecar = R"({"Units": "Bq/mL", "TracerRadionuclide": "C11"})";

void write_scan(const Workplace& here) {
  here.write("sub-01_tacs.tsv", tacs_text());
  here.write("sub-01_tacs.json", sidecar);
}

}  // namespace

TEST_CASE("pet-fit finds the BPND of an exact curve, a row for every region and a sidecar", "[pet-fit]") {
  const Workplace here;
  write_scan(here);
  const CommandResult result = here.run("pet-fit sub-01_tacs.tsv --model srtm --reference cerebellum -o kinpar.tsv");
  CHECK(result.status == 1);  // the region of zeros failed
  const ParameterTable table = read_parameter_table((here.path / "kinpar.tsv").string());
  REQUIRE(table.rows.size() == 4);
  const std::size_t BPND = table.column("BPND");
  CHECK(table.rows[0].cells[BPND].value.value() == 0.0);
  CHECK(table.rows[1].cells[BPND].value.value() == Approx(1.2).epsilon(1e-4));
  CHECK(table.rows[1].status == "ok");
  CHECK(table.rows[3].status == "failed");
  CHECK(table.rows[3].flags == std::vector<std::string>{"zero_curve"});
  CHECK_FALSE(table.rows[3].cells[BPND].value);
  const std::string json = here.read("kinpar.json");
  for (const char* word :
       {"\"ModelName\": \"SRTM\"", "\"ReferenceRegion\": \"cerebellum\"", "\"Weights\": \"decay\"",
        "\"Sampling\": \"average\"", "\"SoftwareVersion\"", "\"CommandLine\"", "pet-fit sub-01_tacs.tsv"})
    CHECK_THAT(json, Catch::Contains(word));
}

TEST_CASE("pet-fit gives the same bytes with one and two threads and on a second run", "[pet-fit]") {
  const Workplace here;
  write_scan(here);
  const std::string line =
      "pet-fit sub-01_tacs.tsv --model srtm --reference cerebellum --starts 5 --ci se -o kinpar.tsv ";
  here.run(line + "-j 1");
  const std::string table = here.read("kinpar.tsv");
  const std::string json = here.read("kinpar.json");
  REQUIRE_FALSE(table.empty());
  for (const char* threads : {"-j 1", "-j 2"}) {
    here.run("rm kinpar.*; " + line + threads);
    CHECK(here.read("kinpar.tsv") == table);
    CHECK(here.read("kinpar.json") == json);
  }
}

TEST_CASE("pet-fit writes one file a model where several are asked for", "[pet-fit]") {
  const Workplace here;
  write_scan(here);
  const CommandResult result = here.run(
      "pet-fit sub-01_tacs.tsv --model mrtm2,srtm2 --reference cerebellum --k2prime region:insula --regions insula -o "
      "sub-01_kinpar.tsv");
  CHECK(result.status == 0);
  for (const char* name :
       {"sub-01_model-MRTM2_kinpar.tsv", "sub-01_model-MRTM2_kinpar.json", "sub-01_model-SRTM2_kinpar.tsv"})
    CHECK(here.has(name));
  const ParameterTable table = read_parameter_table((here.path / "sub-01_model-MRTM2_kinpar.tsv").string());
  CHECK(table.rows.at(0).cells[table.column("BPND")].value.value() == Approx(1.2).epsilon(1e-4));
  const std::string json = here.read("sub-01_model-MRTM2_kinpar.json");
  CHECK_THAT(json, Catch::Contains("k2prime_se") && Catch::Contains("and the standard error of k2prime"));
}

TEST_CASE("pet-fit writes the fitted curves as a table that reads back", "[pet-fit]") {
  const Workplace here;
  write_scan(here);
  here.run("pet-fit sub-01_tacs.tsv --model srtm --reference cerebellum --regions insula -o k.tsv --fitted fitted.tsv");
  const Tsv fitted = Tsv::read((here.path / "fitted.tsv").string());
  const Tsv data = Tsv::read((here.path / "sub-01_tacs.tsv").string());
  REQUIRE(fitted.rows() == data.rows());
  for (std::size_t r = 0; r < fitted.rows(); ++r)
    CHECK(*fitted.number(r, fitted.column("insula")) ==
          Approx(*data.number(r, data.column("insula"))).epsilon(1e-3).margin(1e-3));
}

TEST_CASE("pet-fit --ci se brackets the estimate by Student's t", "[pet-fit]") {
  const Workplace here;
  write_scan(here);
  here.run("pet-fit sub-01_tacs.tsv --model srtm --reference cerebellum --regions noisy --ci se --level 0.9 -o k.tsv");
  const ParameterTable table = read_parameter_table((here.path / "k.tsv").string());
  const ParameterCell& cell = table.rows.at(0).cells[table.column("BPND")];
  // Student's t for 90 % and 45 - 3 degrees of freedom: 1.681952.
  CHECK(cell.upper.value() - cell.value.value() == Approx(1.681952 * cell.standard_error.value()).epsilon(1e-5));
  CHECK(cell.value.value() - cell.lower.value() == Approx(1.681952 * cell.standard_error.value()).epsilon(1e-5));
  CHECK_THAT(here.read("k.json"), Catch::Contains("\"ConfidenceLevel\": 0.9") && Catch::Contains("BPND-lower"));
}

TEST_CASE("pet-fit refuses what it cannot use with one line, the right status and no output", "[pet-fit]") {
  struct Case {
    const char* what;
    const char* arguments;
    int status;
    const char* message;
  };
  const std::vector<Case> cases = {
      {"unknown region", "sub-01_tacs.tsv --model srtm --reference cerebelum", 2, "did you mean 'cerebellum'"},
      {"unknown model", "sub-01_tacs.tsv --model srmt --reference cerebellum", 2, "did you mean 'srtm'"},
      {"unknown weights", "sub-01_tacs.tsv --model srtm --reference cerebellum --weights heavy", 2,
       "uniform, duration, decay, counts"},
      {"no reference", "sub-01_tacs.tsv --model srtm", 2, "needs --reference"},
      {"no input function", "sub-01_tacs.tsv --model logan --t-star 30", 2, "needs --input"},
      {"no k2prime", "sub-01_tacs.tsv --model mrtm2 --reference cerebellum", 2, "needs k2prime"},
      {"no t*", "sub-01_tacs.tsv --model logan-ref --reference cerebellum", 2, "needs t*"},
      {"fewer frames than parameters", "sub-01_tacs.tsv --model logan-ref --reference cerebellum --t-star 118", 65,
       "at least 3"},
      {"missing file", "nowhere_tacs.tsv --model srtm --reference cerebellum", 66, "nowhere_tacs.tsv"},
      {"not a number", "letters_tacs.tsv --model srtm --reference a", 65, "letters_tacs.tsv:3"},
      {"NaN", "nan_tacs.tsv --model srtm --reference a", 65, "nan_tacs.tsv:2"},
      {"unequal columns", "ragged_tacs.tsv --model srtm --reference a", 65, "ragged_tacs.tsv:3"},
      {"negative duration", "backwards_tacs.tsv --model srtm --reference a", 65, "backwards_tacs.tsv"},
      {"overlapping frames", "overlap_tacs.tsv --model srtm --reference a", 65, "overlap"},
      {"too few frames", "short_tacs.tsv --model srtm --reference a", 65, "frames"},
      {"bad bounds", "sub-01_tacs.tsv --model srtm --reference cerebellum --bounds k2=1:0:2", 2, "LOWER:START:UPPER"},
      {"region twice", "sub-01_tacs.tsv --model srtm --reference cerebellum --regions insula,insula", 2, "twice"},
      {"k2prime of a fit that failed", "sub-01_tacs.tsv --model mrtm2 --reference cerebellum --k2prime region:empty",
       65, "status failed"},
      {"option that no model takes", "sub-01_tacs.tsv --model srtm --reference cerebellum --t-star 30", 2, "--t-star"},
      {"bad level without an interval", "sub-01_tacs.tsv --model srtm --reference cerebellum --level 95", 2,
       "between 0 and 1"},
      {"bad level", "sub-01_tacs.tsv --model srtm --reference cerebellum --ci se --level 95", 2, "between 0 and 1"},
      {"unknown option", "sub-01_tacs.tsv --modle srtm", 2, "--model"},
  };
  const Workplace here;
  write_scan(here);
  here.write("letters_tacs.tsv", "frame_start\tframe_end\ta\tb\n0\t10\t1\t2\n10\t20\tx\t2\n20\t30\t1\t2\n");
  here.write("nan_tacs.tsv", "frame_start\tframe_end\ta\tb\n0\t10\tnan\t2\n10\t20\t1\t2\n20\t30\t1\t2\n");
  here.write("ragged_tacs.tsv", "frame_start\tframe_end\ta\tb\n0\t10\t1\t2\n10\t20\t1\n20\t30\t1\t2\n");
  here.write("backwards_tacs.tsv", "frame_start\tframe_end\ta\tb\n0\t10\t1\t2\n20\t10\t1\t2\n20\t30\t1\t2\n");
  here.write("overlap_tacs.tsv", "frame_start\tframe_end\ta\tb\n0\t10\t1\t2\n5\t20\t1\t2\n20\t30\t1\t2\n");
  here.write("short_tacs.tsv", "frame_start\tframe_end\ta\tb\n0\t10\t1\t2\n10\t20\t1\t2\n20\t30\t1\t3\n");
  const std::vector<std::string> before = here.files();
  for (const Case& c : cases) {
    INFO(c.what);
    const CommandResult result = here.run(std::string("pet-fit ") + c.arguments + " -o out_kinpar.tsv");
    INFO(result.err);
    CHECK(result.status == c.status);
    CHECK(is_one_line(result.err));
    CHECK_THAT(result.err, Catch::StartsWith("pet-fit: "));
    CHECK_THAT(result.err, Catch::Contains(c.message));
    CHECK(here.files() == before);
  }
}

TEST_CASE("pet-fit gives each of several models the options that it takes", "[pet-fit]") {
  const Workplace here;
  write_scan(here);
  const CommandResult result = here.run(
      "pet-fit sub-01_tacs.tsv --model srtm,suvr,mrtm2 --reference cerebellum --t-star 60 --k2prime region:insula "
      "--regions insula -o kinpar.tsv");
  INFO(result.err);
  CHECK(result.status == 0);
  CHECK(here.has("model-SRTM_kinpar.tsv"));
  CHECK_THAT(here.read("model-SUVR_kinpar.json"), Catch::Contains("t_star"));
  CHECK_THAT(here.read("model-SRTM_kinpar.json"), !Catch::Contains("t_star"));
}

TEST_CASE("pet-fit prints nothing of the optimiser's own", "[pet-fit]") {
  const Workplace here;
  write_scan(here);
  const CommandResult result = here.run(
      "pet-fit -q sub-01_tacs.tsv --model srtm --reference cerebellum --starts 50 --bounds BPND=-0.999999:1:20 "
      "--regions insula,noisy -o k.tsv");
  CHECK(result.err.empty());
}

TEST_CASE("pet-fit overwrites with --force only", "[pet-fit]") {
  const Workplace here;
  write_scan(here);
  here.write("kinpar.tsv", "precious");
  const std::string line = "pet-fit sub-01_tacs.tsv --model mrtm --reference cerebellum --regions insula -o kinpar.tsv";
  CHECK(here.run(line).status == 2);
  CHECK(here.read("kinpar.tsv") == "precious");
  CHECK_FALSE(here.has("kinpar.json"));
  CHECK(here.run(line + " --force").status == 0);
  CHECK(here.read("kinpar.tsv") != "precious");
}

TEST_CASE("pet-fit on a full disk says so and leaves nothing", "[pet-fit]") {
  const Workplace here;
  write_scan(here);
  const auto before = here.files();
  // The limit holds for the command alone: what it says goes through a pipe.
  const CommandResult result = here.run(
      "{ (ulimit -f 0; pet-fit sub-01_tacs.tsv --model mrtm --reference cerebellum -o kinpar.tsv); echo $?; } 2>&1 | "
      "cat");
  INFO(result.out);
  CHECK(result.out.ends_with("\n70\n"));
  CHECK(is_one_line(result.out.substr(0, result.out.size() - 3)));
  CHECK_THAT(result.out, Catch::Contains("kinpar"));
  CHECK(here.files() == before);
  CHECK(here.run("pet-fit sub-01_tacs.tsv --model mrtm --reference cerebellum > /dev/full").status == 70);
}

TEST_CASE("pet-fit reports the occupancy of a drug that was given within the scan", "[pet-fit]") {
  const Workplace here;
  const Frames frames = simulated::cimbi36_frames();
  const simulated::SrtmTruth truth;
  const simulated::Scan scan = simulated::srtm_scan(truth, frames);
  // A drug at 60 min that takes away 60 % of the binding.
  const TimeActivityCurve target = simulated::displaced_target(
      truth.R1 * truth.K1_reference,
      [&](double t) {
        const double occupancy = t > 60.0 ? 0.6 * (1.0 - std::exp(-0.2 * (t - 60.0))) : 0.0;
        return truth.k2() / (1.0 + truth.BPND * (1.0 - occupancy));
      },
      frames);
  TsvWriter table({"frame_start", "frame_end", "cerebellum", "insula"});
  for (std::size_t i = 0; i < frames.size(); ++i)
    table.row({format_seconds(frames[i].start_min), format_seconds(frames[i].end_min),
               format_number(1000.0 * scan.reference.activity[i]), format_number(1000.0 * target.activity[i])});
  here.write("t_tacs.tsv", table.text());
  here.write("t_tacs.json", sidecar);
  const CommandResult result = here.run(
      "pet-fit t_tacs.tsv --model displacement --reference cerebellum --regions insula --bounds onset=50:60:70 "
      "--ci profile -o k.tsv && pet-fit t_tacs.tsv --model lp-ntpet --reference cerebellum --regions insula -o l.tsv");
  INFO(result.err);
  REQUIRE(result.status == 0);
  const ParameterTable displaced = read_parameter_table((here.path / "k.tsv").string());
  const ParameterCell& occupancy = displaced.rows.at(0).cells.at(displaced.column("occupancy"));
  CHECK(*occupancy.value == Approx(0.6).margin(0.02));
  CHECK(occupancy.lower < occupancy.value);
  CHECK(displaced.rows.at(0).cells.at(displaced.column("onset")).value.value() == Approx(60.0).margin(0.5));
  const ParameterTable transient = read_parameter_table((here.path / "l.tsv").string());
  CHECK(transient.column("occupancy") > 0);
}
