// SPDX-License-Identifier: Apache-2.0
// The BIDS App, as a person or a batch system runs it.
#include <nlohmann/json.hpp>

#include "libpet/io/parameter_table.h"
#include "libpet/io/tsv.h"
#include "tests/tools/image_dataset.h"
#include "tests/validation/reference_data.h"

using namespace pet;

namespace {

using nlohmann::json;
namespace fs = std::filesystem;

const std::string scripts = std::string(OCCUPET_SOURCE_DIR) + "/tests/tools/";

void lay_out_cohort(const Workplace& here, const std::string& participants) {
  const CommandResult made = here.run(scripts + "lay_out_cohort.sh " + OCCUPET_SOURCE_DIR +
                                      "/data/studies/tutorial.json bids " + participants);
  INFO(made.err);
  REQUIRE(made.status == 0);
}

json reference_study() {
  return {{"schema_version", 1},
          {"fit", {{{"model", "srtm"}, {"reference", "cerebellum"}}}},
          {"occupancy", {{{"method", "bpnd"}}, {{"method", "joint"}, {"reference", "cerebellum"}}}}};
}

// Path and bytes of every file below a folder.
std::string content_of(const Workplace& here, const std::string& folder) {
  return here.run("cd " + folder + " && find . -type f | LC_ALL=C sort | xargs sha256sum").out;
}

// Two participants, made once; every test takes a copy.
void copy_small_cohort(const Workplace& here) {
  static const Workplace made;
  if (!made.has("bids")) lay_out_cohort(made, "01:8 02:25");
  fs::copy(made.path / "bids", here.path / "bids", fs::copy_options::recursive);
}

// When a file was written, in nanoseconds; it is written anew wherever a step runs again.
std::string time_of(const Workplace& here, const std::string& file) {
  return here.run("stat -c %y " + file).out;
}

// Whether the BIDS Validator takes a dataset; true, with a warning, where there is none.
bool valid_bids(const Workplace& here, const std::string& arguments) {
  const CommandResult validated =
      here.run(std::string(OCCUPET_SOURCE_DIR) + "/tests/bids_validator.sh " + arguments + " --ignoreWarnings 2>&1");
  if (validated.status == 77) WARN("no BIDS Validator: " << validated.out);
  if (validated.status != 0 && validated.status != 77) WARN(validated.out);
  return validated.status == 0 || validated.status == 77;
}

// Whether the app makes pages; false, with a warning, where their scripts were not installed.
bool has_report_scripts() {
  const bool has = fs::is_directory(std::string(OCCUPET_SOURCE_DIR) + "/data/report");
  if (!has) WARN("no scripts for the figures in data/report: no page was made");
  return has;
}

std::string log_of(const Workplace& here, const std::string& participant) {
  return here.read("out/logs/sub-" + participant + ".json");
}

}  // namespace

TEST_CASE(
    "occupet gives the occupancies of the small tools on the blocking study, flags the subject that must be, "
    "and its results are BIDS",
    "[occupet][validation]") {
  const std::string reference = reference_folder("ds004869_mc1");
  if (reference.empty()) return;
  const Workplace here;
  REQUIRE(here.run(scripts + "lay_out_mc1.sh " + reference + " bids").status == 0);
  const std::string fit = "--weights uniform --sampling midframe --t-star 30";
  here.write("study.json",
             json({{"schema_version", 1},
                   {"baseline_sessions", {"baseline"}},
                   {"drugs", {{{"session", "blocked"}, {"name", "celecoxib"}, {"dose", "600 mg"}}}},
                   {"fit", {{{"model", "logan"}, {"weights", "uniform"}, {"sampling", "midframe"}, {"t_star", 30}}}},
                   {"occupancy", {{{"method", "lassen"}}}}})
                 .dump());
  const CommandResult result = here.run("occupet bids out participant --config-file study.json");
  INFO(result.err);
  REQUIRE(result.status == 0);
  REQUIRE(here.run("occupet bids out group --config-file study.json").status == 0);

  const Tsv expected = Tsv::read(reference + "/expected_lassen.tsv");
  std::size_t compared = 0;
  for (std::size_t r = 0; r < expected.rows(); ++r) {
    if (expected.cell(r, 1) != "logan") continue;
    const std::string s = expected.cell(r, 0);
    CAPTURE(s);
    const std::string table =
        "out/sub-" + s + "/pet/sub-" + s + "_trc-MC1_seg-gtm_desc-celecoxib_model-Lassen_occupancy.tsv";
    for (const std::string session : {"baseline", "blocked"}) {
      const std::string scan = "sub-" + s + "_ses-" + session;
      const std::string folder = "sub-" + s + "/ses-" + session + "/pet/";
      CHECK(here.run("pet-fit --force bids/derivatives/petprep/" + folder + scan +
                     "_seg-gtm_desc-preproc_tacs.tsv --model logan " + fit +
                     " --input bids/derivatives/bloodstream/Primary_Analysis/" + folder + scan +
                     "_inputfunction.tsv -o " + session + "_kinpar.tsv")
                .status == 0);
    }
    CHECK(here.run("pet-occupancy --force --method lassen --baseline baseline_kinpar.tsv --drug blocked_kinpar.tsv -o "
                   "o.tsv")
              .status == 0);
    CHECK(here.read("o.tsv") == here.read(table));
    const OccupancyRow row = read_occupancy_table((here.path / table).string()).rows.front();
    CHECK(row.name == "lassen");
    CHECK(row.occupancy.value() == Approx(*expected.number(r, expected.column("OLS_occ"))).margin(0.005));
    CHECK((row.status == "unidentifiable") == (s == "06"));
    ++compared;
  }
  CHECK(compared == 6);
  const Tsv joined = Tsv::read((here.path / "out/desc-group_model-Lassen_occupancy.tsv").string());
  CHECK(joined.rows() == 6 * 18);
  CHECK(joined.cell(0, joined.column("drug")) == "celecoxib");
  CHECK(joined.cell(0, joined.column("dose")) == "600");

  // As it is; and with the schema of the draft of PET derivatives, which knows tables of curves.
  here.run("cp -r out drafted && rm -r drafted/work && sed -i /tacs/d drafted/.bidsignore");
  const std::string draft = reference_folder("bids_examples") + "/bep023_schema.json";
  for (const std::string& arguments : {std::string("out"), "drafted --schema file://" + draft}) {
    CAPTURE(arguments);
    CHECK(valid_bids(here, arguments));
  }
}

TEST_CASE("occupet finds occupancies that the simulation put in, and the curve of the group", "[occupet]") {
  const Workplace here;
  lay_out_cohort(here, "01:3 02:8 03:15 04:25");
  json study = reference_study();
  study["curve"] = {{{"occupancy", "Joint"}, {"x", "dose"}, {"target", {0.6}}}};
  here.write("study.json", study.dump());
  REQUIRE(here.run("occupet bids out participant --config-file study.json").status == 0);
  const CommandResult group = here.run("occupet bids out group --config-file study.json");
  INFO(group.err);
  REQUIRE(group.status == 0);
  const Tsv curve = Tsv::read((here.path / "out/desc-psilocybin_model-Emax_occupancy.tsv").string());
  // The doses occupy 0.8 DOSE / (DOSE + 5), noise apart.
  CHECK(*curve.number(0, curve.column("lower")) < 0.8);
  CHECK(*curve.number(0, curve.column("upper")) > 0.8);
  CHECK(*curve.number(1, curve.column("value")) == Approx(5.0).epsilon(0.15));
  CHECK(curve.cell(1, curve.column("unit")) == "mg");
  CHECK(here.has("out/desc-psilocybinband_model-Emax_occupancy.tsv"));
  CHECK(Tsv::read((here.path / "out/logs/participants.tsv").string()).rows() == 4);
}

TEST_CASE("occupet runs again only what its inputs, its configuration or its outputs ask for", "[occupet]") {
  const Workplace here;
  lay_out_cohort(here, "01:8 02:25");
  here.write("study.json", reference_study().dump());
  const std::string line = "occupet bids out participant --config-file study.json";
  const auto steps = [&](const std::string& participant, const CommandResult& result) {
    const std::string start = "sub-" + participant + ": done, ";
    const std::size_t at = result.err.find(start);
    INFO(result.err);
    REQUIRE(at != std::string::npos);
    return result.err.substr(at + start.size(), result.err.find(" run", at) - at - start.size());
  };
  const CommandResult first = here.run(line);
  CHECK(steps("01", first) == "6 steps");
  const std::string before = content_of(here, "out");

  // What a killed run leaves half-written, wherever it was at work; that of another participant may be in use.
  here.run(
      "touch out/sub-01/.dataset_description.json.partial out/sub-01/pet/.x.1a.partial.tsv "
      "out/work/sub-01/.x.2b.partial.json "
      "out/.sub-01.3c.partial.html out/logs/.sub-01.4d.partial.json out/logs/.sub-03.5e.partial.json bids/x");
  here.run("find bids -type f -exec touch {} +");
  const CommandResult second = here.run(line + " --n-cpus 1");
  CHECK(steps("01", second) == "0 steps");
  CHECK(here.has("out/logs/.sub-03.5e.partial.json"));
  here.run("rm out/logs/.sub-03.5e.partial.json");
  CHECK((content_of(here, "out") == before));

  here.run("rm out/sub-01/pet/*_model-Joint_occupancy.tsv");
  here.run("sed -i '$s/$/ /' out/sub-02/ses-baseline/pet/*_model-SRTM_kinpar.tsv");
  const CommandResult third = here.run(line);
  CHECK(steps("01", third) == "1 steps");
  CHECK(steps("02", third) == "1 steps");
  CHECK((content_of(here, "out") == before));

  here.run(
      "sed -i 's/\"InjectedRadioactivity\": [0-9.]*/\"InjectedRadioactivity\": 333/' "
      "bids/sub-02/ses-baseline/pet/*_pet.json");
  const CommandResult fourth = here.run(line);
  CHECK(steps("01", fourth) == "0 steps");
  CHECK(steps("02", fourth) != "0 steps");

  json fewer = reference_study();
  fewer["fit"].push_back({{"model", "mrtm2"}, {"reference", "cerebellum"}, {"k2prime", 0.05}});
  fewer["occupancy"] = {{{"method", "bpnd"}, {"fit", "SRTM"}}};
  here.write("study.json", fewer.dump());
  const CommandResult fifth = here.run(line);
  CHECK(steps("01", fifth) == "2 steps");
  CHECK(here.run("ls out/sub-01/pet/*Joint*").status != 0);
  CHECK(here.run("ls out/sub-01/ses-baseline/pet/*model-MRTM2_kinpar.tsv").status == 0);
}

TEST_CASE("occupet names every participant that it cannot do with the reason, and does the others", "[occupet]") {
  struct Trap {
    const char* participant;
    const char* make;     // run in the folder of the datasets; $raw, $petprep and $blood are those of the participant
    const char* message;  // of the table in docs/occupet.md
  };
  const std::vector<Trap> traps = {
      {"endtimes",
       R"(for f in $raw/ses-*/pet/*_pet.json; do sed -i -z 's/"FrameDuration": \[[^]]*\]/"FrameDuration": [10,20,30,40,50,60,80,100,120,140,160,180,240,300,360,420,480,540,660,780,900,1020,1140,1260,1380,1500,1800,2100,2400,2700,3000,3300,3600,3900,4200,4500,4800,5100,5400]/' $f; done)",
       "frame end times (each equals the start of the next frame)"},
      {"units",
       R"(sed -i 's/"InjectedRadioactivityUnits": "MBq"/"InjectedRadioactivityUnits": "kBq"/' $raw/ses-*/pet/*_pet.json $petprep/ses-*/pet/*_tacs.json)",
       "highest SUV of the curves: found"},
      {"nosidecar", "rm $raw/ses-psilocybin/pet/*_pet.json", "no _pet.json"},
      {"nodrug", "rm -r $raw/ses-psilocybin $petprep/ses-psilocybin $blood/ses-psilocybin", "no scan with the drug"},
      {"nocurves", "rm -r $petprep", "neither image nor table of curves"},
      {"missing", R"(sed -i '5s/\t[^\t]*$/\tn\/a/' $petprep/ses-baseline/pet/*_tacs.tsv)", "n/a"},
      {"frames", R"(sed -i '4s/^[^\t]*\t/15\t/' $petprep/ses-baseline/pet/*_tacs.tsv)", "FrameTimesStart"},
      {"json", "echo '{' > $(ls $raw/ses-baseline/pet/*_pet.json)", "that is not JSON"},
      {"twobase", R"(sed -i 's/psilocybin/placebo/' $raw/ses-psilocybin/pet/*_pet.json)", "no scan with the drug"},
      {"during", R"(sed -i '0,/{/s//{"PharmaceuticalDoseTime": 3000,/' $raw/ses-psilocybin/pet/*_pet.json)",
       "during the scan"},
      {"region", R"(sed -i '1s/cerebellum/cerebelum/' $petprep/ses-baseline/pet/*_tacs.tsv)", "cerebelum"},
  };
  const Workplace here;
  std::string participants = "good:8 crlf:15";
  for (const Trap& trap : traps) participants += " " + std::string(trap.participant) + ":8";
  lay_out_cohort(here, participants);
  // What is merely unusual is read: CRLF, quoted names, a missing final newline.
  here.run(
      R"(for f in $(find bids -path '*sub-crlf*' -name '*_tacs.tsv'); do sed -i -e '1s/cerebellum/"cerebellum"/' -e 's/$/\r/' $f; truncate -s -2 $f; done)");
  for (const Trap& trap : traps) {
    const std::string s = std::string("sub-") + trap.participant;
    CAPTURE(trap.participant);
    CHECK(here.run("raw=bids/" + s + "; petprep=bids/derivatives/petprep/" + s +
                   "; blood=bids/derivatives/bloodstream/" + s + "; " + trap.make)
              .status == 0);
  }
  here.write("study.json", reference_study().dump());
  const CommandResult result = here.run("occupet bids out participant --config-file study.json");
  CHECK(result.status == 1);
  for (const char* const done : {"good", "crlf"}) {
    CHECK(json::parse(log_of(here, done))["status"] == "ok");
    CHECK(here.run(std::string("ls out/sub-") + done + "/pet/*_model-Joint_occupancy.tsv").status == 0);
  }
  const std::string page = run_command(std::string("cat ") + OCCUPET_SOURCE_DIR + "/docs/occupet.md").out;
  for (const Trap& trap : traps) {
    CAPTURE(trap.participant, result.err);
    const json log = json::parse(log_of(here, trap.participant));
    CHECK(log["status"] == "failed");
    std::string reasons;
    for (const json& reason : log["reasons"]) reasons += reason.get<std::string>() + "\n";
    CHECK_THAT(reasons, Catch::Contains(trap.message));
    CHECK_THAT(result.err, Catch::Contains(std::string("sub-") + trap.participant + ": "));
    CHECK_THAT(page, Catch::Contains(trap.message));
    CHECK(here.run(std::string("ls out/sub-") + trap.participant + "/pet/*_occupancy.tsv").status != 0);
  }
  CHECK_THAT(result.err, Catch::Contains("11 of 13 participants failed"));

  const CommandResult group = here.run("occupet bids out group --config-file study.json");
  CHECK(group.status == 0);
  CHECK_THAT(group.err, Catch::Contains("sub-nodrug: no scan with the drug"));
  const Tsv joined = Tsv::read((here.path / "out/desc-group_model-Joint_occupancy.tsv").string());
  CHECK(joined.cell(0, 0) == "sub-crlf");
  CHECK(joined.cell(joined.rows() - 1, 0) == "sub-good");

  const CommandResult stopped =
      here.run("occupet bids stopped participant --config-file study.json --stop-on-first-crash");
  CHECK(stopped.status == 1);
  CHECK_FALSE(here.has("stopped/logs/sub-units.json"));
}

TEST_CASE("occupet refuses a configuration that means nothing with one line that names the key", "[occupet]") {
  const Workplace here;
  lay_out_cohort(here, "01:8");
  struct Case {
    const char* text;
    const char* message;
  };
  const std::vector<Case> cases = {
      {R"({"schema_version": 1, "fits": []})", "unknown key \"fits\", expected known keys only; did you mean 'fit'?"},
      {R"({"schema_version": 2})", "at schema_version: found 2"},
      {R"({"fit": []})", "schema_version"},
      {R"({"schema_version": 1, "fit": [{"model": "srtm", "refrence": "cerebellum"}]})",
       "at fit[0]: found unknown key \"refrence\", expected known keys only; did you mean 'reference'?"},
      {R"({"schema_version": 1, "fit": [{"model": "srtmm", "reference": "cerebellum"}]})", "did you mean 'srtm'"},
      {R"({"schema_version": 1, "fit": [{"model": "srtm", "starts": "3"}]})",
       "at fit[0].starts: found \"3\", expected a whole number"},
      {R"({"schema_version": 1, "fit": [{"model": "srtm", "starts": 2.5}]})", "at fit[0].starts"},
      {R"({"schema_version": 1, "fit": [{"model": "srtm", "reference_noise": 1}]})",
       "at fit[0].reference_noise: found 1, expected true or false"},
      {R"({"schema_version": 1, "fit": [{"model": "srtm", "reference": 5}]})", "at fit[0].reference"},
      {R"({"schema_version": 1, "fit": [{"model": "srtm", "loss": "hubert"}]})", "did you mean 'huber'"},
      {R"({"schema_version": 1, "fit": [{"model": "srtm"}, {"model": "srtm"}]})", "label 'SRTM' twice"},
      {R"({"schema_version": 1, "fit": [{"model": ["srtm", "mrtm"]}]})", "2 models"},
      {R"({"schema_version": 1, "fit": [{"model": "srtm", "label": "a-b"}]})", "letters and digits"},
      {R"({"schema_version": 1, "fit": [{"model": "srtm"}], "occupancy": [{"method": "bpnd", "fit": "STRM"}]})",
       "did you mean 'SRTM'"},
      {R"({"schema_version": 1, "fit": [{"model": "srtm"}], "occupancy": [{"method": "lasen"}]})",
       "did you mean 'lassen'"},
      {R"({"schema_version": 1, "map": [{"model": "spectral"}]})",
       "at map[0].model: found spectral, expected one of: "},
      {R"({"schema_version": 1, "map": [{"model": "srtm"}, {"model": "srtm"}]})", "at map[1].model: found srtm twice"},
      {R"({"schema_version": 1, "map": [{"model": "srtm", "labels": "x.nii"}]})", "unknown key \"labels\""},
      {R"({"schema_version": 1, "map": [{"model": "srtm"}], "occupancy_map": [{"map": "SRMT"}]})",
       "did you mean 'SRTM'"},
      {R"({"schema_version": 1, "map": [{"model": "srtm"}], "occupancy_map": [{"method": "lassen", "noise_fwhm": 4}]})",
       "without maps of VT"},
      {R"({"schema_version": 1, "map": [{"model": "srtm", "maps": ["R1"]}], "occupancy_map": [{"map": "SRTM"}]})",
       "at occupancy_map[0].map: found 'SRTM' without maps of BPND"},
      {R"({"schema_version": 1, "map": [{"model": "logan"}], "occupancy_map": [{"method": "lassen"}]})", "noise_fwhm"},
      {R"({"schema_version": 1, "map": [{"model": "srtm"}], "occupancy_map": [{"method": "emax"}]})",
       "at occupancy_map[0].method: found emax, expected ratio or lassen"},
      {R"({"schema_version": 1, "map": [{"model": "srtm"}], "occupancy_map": [{"map": "SRTM"}, {"method": "ratio"}]})",
       "method ratio twice"},
      {R"({"schema_version": 1, "suv_range": [5, 1]})", "at suv_range"},
      {R"({"schema_version": 1, "drugs": [{"session": "a", "name": "b", "dose": "25mg"}]})", "at drugs[0].dose"},
      {R"({"schema_version": 1, "fit": [{"model": "srtm"}], "fit": []})", "twice"},
      {"{", "not JSON"},
  };
  for (const Case& one : cases) {
    CAPTURE(one.text);
    here.write("study.json", one.text);
    const CommandResult result = here.run("occupet bids out participant --config-file study.json");
    CHECK(result.status == 65);
    CHECK(is_one_line(result.err));
    CHECK_THAT(result.err, Catch::Contains("study.json"));
    CHECK_THAT(result.err, Catch::Contains(one.message));
    CHECK_FALSE(here.has("out"));
  }
}

TEST_CASE("occupet refuses blood and curves whose units differ by 1000, and a model without its blood", "[occupet]") {
  const Workplace here;
  lay_out_cohort(here, "units:8 none:8");
  here.run("sed -i 's|Bq/mL|kBq/mL|' bids/derivatives/bloodstream/sub-units/ses-baseline/pet/*_inputfunction.json");
  here.run("rm bids/derivatives/bloodstream/sub-none/ses-*/pet/*_inputfunction.* bids/sub-none/ses-*/pet/*_blood.*");
  here.write(
      "study.json",
      R"({"schema_version": 1, "fit": [{"model": "logan", "t_star": 30}], "occupancy": [{"method": "lassen"}]})");
  const CommandResult result = here.run("occupet bids out participant --config-file study.json");
  CHECK(result.status == 1);
  const std::string page = run_command(std::string("cat ") + OCCUPET_SOURCE_DIR + "/docs/occupet.md").out;
  for (const char* const message :
       {"highest value of the curves over that of plasma: found", "no blood, expected an _inputfunction.tsv"}) {
    CHECK_THAT(result.err, Catch::Contains(message));
    CHECK_THAT(page, Catch::Contains(message));
  }
  CHECK(here.run("ls out/sub-units/ses-psilocybin/pet/*_model-Logan_kinpar.tsv").status == 0);
  CHECK(here.run("ls out/sub-units/ses-baseline/pet/*_model-Logan_kinpar.tsv").status != 0);
}

TEST_CASE("occupet prints a configuration with every default that means the same", "[occupet]") {
  const Workplace here;
  const CommandResult plain = here.run("occupet --print-config");
  CHECK(plain.status == 0);
  here.write("study.json", plain.out);
  const CommandResult again = here.run("occupet --print-config --config-file study.json");
  CHECK(again.out == plain.out);
  const json config = json::parse(plain.out);
  CHECK(config["fit"][0]["sampling"] == "average");
  CHECK(config["fit"][0]["t_star"].is_null());
  CHECK(config["occupancy"][0]["level"] == 0.95);
  CHECK(config["suv_range"] == json({0.1, 50.0}));
}

TEST_CASE("data/schemas holds the schema of configurations that occupet prints", "[occupet]") {
  const Workplace here;
  const std::string file = std::string(OCCUPET_SOURCE_DIR) + "/data/schemas/occupet_configuration.schema.json";
  CHECK(here.run("occupet --print-schema | cmp - " + file).status == 0);
}

TEST_CASE("occupet takes the arguments of BIDS Apps in both spellings", "[occupet]") {
  const Workplace here;
  lay_out_cohort(here, "01:8 02:15 03:25");
  here.write("study.json", reference_study().dump());
  CHECK(
      here.run("occupet bids out participant --participant_label sub-01 03 --n_cpus 1 --config-file study.json -w work")
          .status == 0);
  CHECK(here.has("out/logs/sub-01.json"));
  CHECK_FALSE(here.has("out/logs/sub-02.json"));
  CHECK(here.has("out/logs/sub-03.json"));
  CHECK_FALSE(here.has("out/work"));
  CHECK(here.has("work/sub-01"));
  CHECK(
      here.run("occupet bids only participant --participant-label 02 --session-label baseline --config-file study.json")
          .status == 1);
  CHECK_FALSE(here.has("only/sub-02/ses-psilocybin"));
  CHECK(here.run("occupet bids named participant -d petprep=bids/derivatives/petprep --participant-label 02 "
                 "--config-file study.json")
            .status == 0);

  struct Case {
    const char* arguments;
    int status;
    const char* message;
  };
  const std::vector<Case> cases = {
      {"bids out participants", 2, "did you mean 'participant'"},
      {"bids out participant --participant-label 04", 2, "no '04'"},
      {"bids out", 2, "missing argument LEVEL"},
      {"nowhere out participant", 66, "nowhere"},
      {"bids bids participant", 2, "a folder of their own"},
      {"bids out participant --derivatives nowhere", 66, "nowhere"},
      {"bids out participant --config-file nowhere.json", 66, "nowhere.json"},
      {"bids out participant --output x", 2, "--output"},
      {"bids/derivatives out participant", 66, "--skip-bids-validation"},
  };
  for (const Case& one : cases) {
    CAPTURE(one.arguments);
    const CommandResult result = here.run(std::string("occupet ") + one.arguments);
    CHECK(result.status == one.status);
    CHECK(is_one_line(result.err));
    CHECK_THAT(result.err, Catch::Contains(one.message));
  }
}

TEST_CASE("occupet makes curves of images and input functions of blood where nobody else did", "[occupet]") {
  const Workplace here;
  lay_out_images(here);
  here.write("config.json", json({{"schema_version", 1},
                                  {"drugs", {{{"session", "drug"}, {"name", "d"}, {"dose", "5 mg"}}}},
                                  {"fit", {{{"model", "srtm"}, {"reference", "cerebellum"}}, {{"model", "1tcm"}}}},
                                  {"occupancy", {{{"method", "bpnd"}, {"fit", "SRTM"}}}}})
                                .dump());
  const CommandResult result = here.run("occupet bids out participant --config-file config.json");
  INFO(result.err);
  REQUIRE(result.status == 0);
  const std::string stem = "out/sub-01/ses-drug/pet/sub-01_ses-drug_trc-11CX_";
  REQUIRE(here.run("pet-tac made/ses-drug/dicom --labels made/ses-drug/sub-01_ses-drug_trc-X_seg-phantom_dseg.nii.gz "
                   "--table "
                   "made/ses-drug/sub-01_ses-drug_trc-X_seg-phantom_dseg.tsv -o tacs.tsv")
              .status == 0);
  const Tsv from_dicom = Tsv::read((here.path / "tacs.tsv").string());
  const Tsv from_bids = Tsv::read((here.path / (stem + "seg-phantom_tacs.tsv")).string());
  REQUIRE(from_bids.header() == from_dicom.header());
  for (std::size_t r = 0; r < from_bids.rows(); ++r)
    for (std::size_t c = 0; c < from_bids.header().size(); ++c)
      CHECK(*from_bids.number(r, c) == Approx(*from_dicom.number(r, c)).epsilon(1e-5).margin(1e-3));
  CHECK(here.has(stem + "inputfunction.tsv"));
  CHECK(here.has(stem + "seg-phantom_model-1TCM_kinpar.tsv"));
}

TEST_CASE("occupet maps images and their occupancy as the small tools do, and again only what changed", "[occupet]") {
  const Workplace here;
  lay_out_images(here);
  json configuration = {{"schema_version", 1},
                        {"drugs", {{{"session", "drug"}, {"name", "d"}, {"dose", "5 mg"}}}},
                        {"fit", json::array()},
                        {"map",
                         {{{"model", "srtm2"}, {"reference", "cerebellum"}, {"k2prime", 0.05}},
                          {{"model", "logan"}, {"t_star", 4}, {"maps", {"VT"}}}}},
                        {"occupancy_map", {{{"map", "SRTM2"}}}}};
  here.write("study.json", configuration.dump());
  const std::string line = "occupet bids out participant --config-file study.json";
  const CommandResult result = here.run(line);
  INFO(result.err);
  REQUIRE(result.status == 0);
  // A scan: curves, input function, two models; then the occupancy.
  CHECK_THAT(result.err, Catch::Contains("sub-01: done, 9 steps run"));

  const auto session = [](const std::string& name) {
    return "sub-01/ses-" + name + "/pet/sub-01_ses-" + name + "_trc-11CX_";
  };
  for (const std::string name : {"baseline", "drug"}) {
    const std::string raw = "bids/" + session(name);
    REQUIRE(here.run("pet-map " + raw + "pet.nii.gz --model srtm2 --reference-tacs out/" + session(name) +
                     "seg-phantom_tacs.tsv --reference cerebellum --k2prime 0.05 --mask " + raw +
                     "seg-phantom_dseg.nii.gz -o " + name)
                .status == 0);
    for (const std::string map :
         {"meas-BPND_mimap.nii.gz", "meas-BPND_desc-stderr_mimap.nii.gz", "meas-status_mimap.nii.gz"})
      CHECK((here.read(name + "_model-SRTM2_" + map) ==
             here.read("out/" + session(name) + "seg-phantom_model-SRTM2_" + map)));
    CHECK(here.has("out/" + session(name) + "seg-phantom_model-Logan_meas-VT_mimap.nii.gz"));
    CHECK_FALSE(here.has("out/" + session(name) + "seg-phantom_model-Logan_meas-RSS_mimap.nii.gz"));
  }
  REQUIRE(here.run("pet-occupancy-map --baseline baseline_model-SRTM2_meas-BPND_mimap.nii.gz --drug "
                   "drug_model-SRTM2_meas-BPND_mimap.nii.gz -o by-hand")
              .status == 0);
  const std::string stem = "out/" + session("drug") + "seg-phantom_model-Ratio_meas-occupancy_mimap";
  CHECK((here.read("by-hand_model-Ratio_meas-occupancy_mimap.nii.gz") == here.read(stem + ".nii.gz")));
  const json sidecar = json::parse(here.read(stem + ".json"));
  CHECK(sidecar["Drug"] == "d");
  CHECK(sidecar["Sources"][0] == "bids::" + session("baseline") + "seg-phantom_model-SRTM2_meas-BPND_mimap.nii.gz");
  CHECK_THAT(sidecar["CommandLine"].get<std::string>(), Catch::StartsWith("pet-occupancy-map --baseline="));
  if (has_report_scripts()) CHECK_THAT(here.read("out/sub-01.html"), Catch::Contains("id=\"maps\""));
  CHECK(valid_bids(here, "out"));

  const std::string before = content_of(here, "out");
  CHECK_THAT(here.run(line).err, Catch::Contains("sub-01: done, 0 steps run"));
  here.run("rm " + stem + ".nii.gz out/" + session("drug") + "seg-phantom_model-SRTM2_meas-R1_mimap.json");
  CHECK_THAT(here.run(line).err, Catch::Contains("sub-01: done, 2 steps run"));
  CHECK((content_of(here, "out") == before));

  configuration.erase("occupancy_map");
  configuration["map"].erase(0);
  here.write("study.json", configuration.dump());
  CHECK_THAT(here.run(line).err, Catch::Contains("sub-01: done, 0 steps run"));
  CHECK(here.run("ls out/sub-01/ses-*/pet/*SRTM2* out/sub-01/ses-*/pet/*Ratio*").out.empty());
  CHECK(here.has("out/" + session("drug") + "seg-phantom_model-Logan_meas-VT_mimap.nii.gz"));
}

TEST_CASE("occupet takes a dataset that lies in the folder of the results", "[occupet]") {
  const Workplace here;
  copy_small_cohort(here);
  here.write("study.json", reference_study().dump());
  REQUIRE(here.run("mkdir -p out/sourcedata && mv bids out/sourcedata/ && cd out && "
                   "occupet sourcedata/bids . participant --config-file ../study.json -w ../work")
              .status == 0);
  CHECK(here.run("ls out/sub-0?/pet/*_model-Joint_occupancy.tsv | wc -l").out == "2\n");
  CHECK_THAT(here.run("cd out && occupet sourcedata/bids . participant --config-file ../study.json -w ../work").err,
             Catch::Contains("sub-02: done, 0 steps run"));
}

TEST_CASE("occupet makes no maps of curves, and maps all voxels where there is no segmentation", "[occupet]") {
  const Workplace here;
  copy_small_cohort(here);
  json configuration = reference_study();
  configuration["map"] = {{{"model", "mrtm"}, {"reference", "cerebellum"}, {"maps", {"BPND"}}}};
  here.write("study.json", configuration.dump());
  const CommandResult curves = here.run("occupet bids out participant --config-file study.json --participant-label 01");
  CHECK(curves.status == 0);
  CHECK_THAT(curves.err, Catch::Contains("sub-01: ses-baseline trc-CIMBI36: no image, so no maps are made"));
  CHECK(here.run("ls out/sub-01/ses-*/pet/*mimap*").out.empty());

  const Workplace images;
  lay_out_images(images);
  configuration["drugs"] = {{{"session", "drug"}, {"name", "d"}, {"dose", "5 mg"}}};
  images.write("study.json", configuration.dump());
  // Curves that another program made, and the image alone.
  REQUIRE(images.run("occupet bids first participant --config-file study.json").status == 0);
  REQUIRE(images
              .run("mkdir bids/derivatives && cp -r first bids/derivatives/petprep && rm bids/sub-01/ses-*/pet/*dseg* "
                   "bids/derivatives/petprep/dataset_description.json")
              .status == 0);
  const CommandResult all = images.run("occupet bids out participant --config-file study.json");
  INFO(all.err);
  CHECK(all.status == 0);
  CHECK_THAT(all.err,
             Catch::Contains("no segmentation on the grid of") && Catch::Contains("so all its voxels are mapped"));
  CHECK(images.run("ls out/sub-01/ses-*/pet/*_meas-BPND_mimap.nii.gz | wc -l").out == "2\n");
}

TEST_CASE("occupet names what is wrong with published example datasets", "[occupet][validation]") {
  const std::string reference = reference_folder("bids_examples");
  if (reference.empty()) return;
  struct Example {
    const char* name;
    const char* message;
  };
  const Workplace here;
  for (const Example& example :
       {Example{"pet001", "found frame end times"}, Example{"pet002", "neither image nor table of curves"},
        Example{"pet003", "found frame end times"}, Example{"pet004", "3642 s, during the scan"},
        Example{"pet006", "no scan with the drug"}}) {
    CAPTURE(example.name);
    const CommandResult result =
        here.run("occupet " + reference + "/" + example.name + " " + example.name + " participant");
    CHECK(result.status == 1);
    CHECK_THAT(result.err, Catch::Contains(example.message));
  }
}

TEST_CASE("occupet merges the regions of PETPrep by the groups that come with it", "[occupet][validation]") {
  const std::string reference = reference_folder("bids_examples");
  if (reference.empty()) return;
  const Workplace here;
  const std::string petprep = reference + "/bep023-petprep/derivatives/petprep";
  // The dataset holds no raw data; the sidecars of the preprocessed images say the same.
  for (const std::string session : {"baseline", "blocked"}) {
    const std::string scan = "sub-PSBB01_ses-" + session;
    const std::string folder = "sub-PSBB01/ses-" + session + "/pet/";
    REQUIRE(here.run("mkdir -p bids/" + folder + " && cp " + petprep + "/" + folder + scan +
                     "_space-T1w_desc-preproc_pet.json bids/" + folder + scan + "_pet.json")
                .status == 0);
  }
  here.write("study.json",
             json({{"schema_version", 1},
                   {"baseline_sessions", {"baseline"}},
                   {"drugs", {{{"session", "blocked"}, {"name", "blocker"}}}},
                   {"tac", {{"groups", std::string(OCCUPET_SOURCE_DIR) + "/data/regions/petprep_gtm.tsv"}}},
                   {"fit", {{{"model", "srtm"}, {"reference", "cerebellum_cortex"}}}},
                   {"occupancy", {{{"method", "bpnd"}}}}})
                 .dump());
  const CommandResult result = here.run("occupet bids out participant --skip-bids-validation -d petprep=" + petprep +
                                        " --config-file study.json");
  INFO(result.err);
  CHECK(result.status == 0);
}

TEST_CASE("occupet makes pages that say what the results say, and only anew where these change", "[occupet]") {
  if (!has_report_scripts()) return;
  const Workplace here;
  lay_out_cohort(here, "01:3 02:8 03:25");
  json study = reference_study();
  study["curve"] = {{{"occupancy", "Joint"}, {"x", "dose"}, {"omax", 0.8}}};
  here.write("study.json", study.dump());
  const auto run = [&](const std::string& level, const std::string& with = "") {
    return here.run(with + "occupet bids out " + level + " --config-file study.json");
  };
  REQUIRE(run("participant").status == 0);
  REQUIRE(run("group").status == 0);
  const std::string page = here.read("out/sub-01.html");
  CHECK_THAT(page, Catch::Contains("Psilocybin (3 mg) occupied"));
  const std::string group = here.read("out/group.html");
  CHECK_THAT(group, Catch::Contains("EC50 is "));
  CHECK_THAT(group, Catch::Contains("mg of dose"));
  CHECK_THAT(group, Catch::Contains("The curve and its band"));
  CHECK_THAT(group, Catch::Contains("Occupancy by participant"));
  CHECK_THAT(group, !Catch::Contains(" occupied "));
  CHECK_THAT(group, !Catch::Contains("Not read"));

  const std::string first = time_of(here, "out/sub-01.html");
  const std::string second = time_of(here, "out/sub-02.html");
  const std::string of_group = time_of(here, "out/group.html");
  here.run(
      "sed -i 's/\"InjectedRadioactivity\": [0-9.]*/\"InjectedRadioactivity\": 333/' "
      "bids/sub-02/ses-baseline/pet/*_pet.json");
  REQUIRE(run("participant").status == 0);
  CHECK(time_of(here, "out/sub-01.html") == first);
  CHECK(time_of(here, "out/sub-02.html") != second);
  REQUIRE(run("group").status == 0);
  CHECK(time_of(here, "out/group.html") == of_group);  // the dose of the tracer changes no occupancy

  here.run("rm -r bids/derivatives/petprep/sub-02");
  CHECK(run("participant").status == 1);
  CHECK(here.has("out/sub-01.html"));
  CHECK_FALSE(here.has("out/sub-02.html"));
  CHECK_FALSE(here.has("out/work/sub-02/sub-02_report.json"));
}

TEST_CASE("occupet names the file of a scan the same, whichever sessions it is asked for", "[occupet]") {
  const Workplace here;
  copy_small_cohort(here);
  // A second scan after the same drug.
  REQUIRE(here.run(R"(for d in bids bids/derivatives/petprep bids/derivatives/bloodstream; do
    cp -r $d/sub-01/ses-psilocybin $d/sub-01/ses-later
    for f in $d/sub-01/ses-later/pet/*; do mv $f $(echo $f | sed 's/_ses-psilocybin/_ses-later/'); done; done)")
              .status == 0);
  here.write("study.json", reference_study().dump());
  const std::string line = "occupet bids out participant --participant-label 01 --config-file study.json";
  const CommandResult first = here.run(line);
  INFO(first.err);
  REQUIRE(first.status == 0);
  const auto tables = [&] { return here.run("find out -name '*_occupancy.tsv' | sort | xargs sha256sum").out; };
  const std::string before = tables();
  CHECK_THAT(before, Catch::Contains("_ses-later_"));
  REQUIRE(here.run(line + " --session-label baseline psilocybin").status == 0);
  CHECK(tables() == before);
}

TEST_CASE("occupet looks for weights from the folder of the configuration, and sees when they change", "[occupet]") {
  const Workplace here;
  copy_small_cohort(here);
  fs::create_directories(here.path / "conf");
  json study = reference_study();
  study["fit"][0]["weights"] = "w.tsv:w";
  study["occupancy"] = {{{"method", "bpnd"}}};
  here.write("conf/study.json", study.dump());
  const std::size_t frames = Tsv::read(here.run("printf %s bids/derivatives/petprep/sub-01/ses-baseline/pet/*_tacs.tsv")
                                           .out.insert(0, here.path.string() + "/"))
                                 .rows();
  const auto write_weights = [&](const std::string& last) {
    std::string text = "w\n";
    for (std::size_t f = 0; f + 1 < frames; ++f) text += "1\n";
    here.write("conf/w.tsv", text + last + "\n");
  };
  const std::string line = "occupet bids out participant --participant-label 01 --config-file conf/study.json";
  write_weights("1");
  const CommandResult first = here.run(line);
  INFO(first.err);
  REQUIRE(first.status == 0);
  CHECK_THAT(here.run(line).err, Catch::Contains(" 0 steps run"));
  CHECK_THAT(here.run("cat out/sub-01/ses-baseline/pet/*_model-SRTM_kinpar.json").out, Catch::Contains("w.tsv"));
  write_weights("0");
  CHECK_THAT(here.run(line).err, Catch::Contains(" 3 steps run"));  // two fits and their comparison
}

TEST_CASE("occupet keeps what it must not mix apart: units, its own results, file systems", "[occupet]") {
  const Workplace here;
  copy_small_cohort(here);
  here.write("study.json", reference_study().dump());

  SECTION("its own earlier results are no curves of PETPrep, unless they are named") {
    REQUIRE(here.run("occupet bids bids/derivatives/first participant --config-file study.json").status == 0);
    CHECK(here.run("occupet bids bids/derivatives/second participant --config-file study.json").status == 0);
    const CommandResult named = here.run(
        "occupet bids third participant --config-file study.json -d bids/derivatives/petprep bids/derivatives/first");
    CHECK(named.status == 1);
    CHECK_THAT(named.err, Catch::Contains("bids/derivatives/first/sub-01/"));
    CHECK_THAT(named.err, !Catch::Contains("fitted"));
    CHECK(here.run("occupet bids fourth participant --config-file study.json -d bids/derivatives/first").status == 0);
  }
  SECTION("two drugs in two units are joined, and described by a curve one at a time") {
    here.run(
        "sed -i 's/\"psilocybin\"/\"lsd\"/; s/\"PharmaceuticalDoseUnits\": \"mg\"/\"PharmaceuticalDoseUnits\": "
        "\"ug\"/' bids/sub-02/ses-psilocybin/pet/*_pet.json");
    REQUIRE(here.run("occupet bids out participant --config-file study.json").status == 0);
    CHECK(here.run("occupet bids out group --config-file study.json").status == 0);
    const Tsv joined = Tsv::read((here.path / "out/desc-group_model-Joint_occupancy.tsv").string());
    CHECK(joined.cell(0, joined.column("dose_unit")) == "mg");
    CHECK(joined.cell(joined.rows() - 1, joined.column("dose_unit")) == "ug");
    json study = reference_study();
    study["curve"] = {{{"occupancy", "Joint"}, {"x", "dose"}, {"omax", 0.8}}};
    here.write("study.json", study.dump());
    const CommandResult mixed = here.run("occupet bids out group --config-file study.json");
    CHECK(mixed.status == 1);
    CHECK_THAT(mixed.err, Catch::Contains("dose: found the units mg and ug, expected one"));
    CHECK(here.has("out/desc-group_model-SRTM_occupancy.tsv"));
    CHECK(here.has("out/desc-group_model-Joint_occupancy.tsv"));
  }
  SECTION("a work folder on another file system") {
    if (here.run("[ \"$(stat -c %d /dev/shm)\" != \"$(stat -c %d .)\" ]").status != 0) {
      WARN("/dev/shm is no other file system: not tested");
      return;
    }
    const std::string work = "/dev/shm/" + here.path.filename().string();
    for (const std::string level : {"participant", "group"}) {
      const CommandResult result = here.run("occupet bids out " + level + " --config-file study.json -w " + work);
      INFO(result.err);
      CHECK(result.status == 0);
    }
    CHECK_FALSE(here.has("out/work"));
    CHECK(here.run("find out -name '.*partial*'").out == "");
    fs::remove_all(work);
  }
  SECTION("places where no results can be") {
    here.write("file", "");
    for (const std::string place : {"file", "file/out"}) {
      const CommandResult result = here.run("occupet bids " + place + " participant");
      CHECK(result.status == 2);
      CHECK(is_one_line(result.err));
      CHECK_THAT(result.err, Catch::Contains("file: is a file, expected a folder"));
    }
    CHECK(here.run("occupet bids out participant -w file/work").status == 2);
    const CommandResult refused = here.run("occupet bids /proc/out participant");
    CHECK(refused.status == 70);
    CHECK(is_one_line(refused.err));
    CHECK_THAT(refused.err, Catch::Contains("/proc/out: the folder cannot be made"));
    CHECK_THAT(refused.err, !Catch::Contains("internal error"));
  }
}

TEST_CASE("occupet tells the change of a tracer that has no occupancy, and calls it that", "[occupet]") {
  const Workplace here;
  copy_small_cohort(here);
  here.run(R"(sed -i 's/"TracerName": "[^"]*"/"TracerName": "UCB-J"/' $(find bids -name '*.json'))");
  json study = reference_study();
  study["occupancy"] = {{{"method", "bpnd"}}, {{"method", "change"}}};
  here.write("study.json", study.dump());
  const CommandResult result = here.run("occupet bids out participant --config-file study.json");
  INFO(result.err);
  CHECK(result.status == 0);
  CHECK_THAT(result.err, Catch::Contains("not occupancy; no occupancy is written"));
  CHECK(here.run("ls out/sub-01/pet/*_occupancy.tsv").status != 0);
  const CommandResult table = here.run("cat out/sub-01/pet/*_desc-psilocybin_model-Change_change.tsv");
  CHECK_THAT(table.out, Catch::Contains("change_lower"));
  here.run("occupet bids out group --config-file study.json");
  CHECK(here.has("out/desc-group_model-Change_change.tsv"));
  CHECK_THAT(here.read("out/desc-group_model-Change_change.json"), Catch::Contains("Change of all participants"));
  CHECK(here.run("ls out/*_occupancy.tsv").status != 0);

  // Scans of the other participant twice without a drug would be test and retest; here they only must be read.
  const std::string folder = (here.path / "out/sub-02").string();
  study["occupancy"] = {{{"method", "change"}, {"test", json::array()}, {"retest", json::array()}}};
  for (const char* const session : {"baseline", "psilocybin"})
    study["occupancy"][0][session == std::string("baseline") ? "test" : "retest"].push_back(
        here.run("printf %s " + folder + "/ses-" + session + "/pet/*_model-SRTM_kinpar.tsv").out);
  here.write("study.json", study.dump());
  const CommandResult with_retest =
      here.run("occupet bids out participant --participant-label 01 --config-file study.json");
  // One pair is too few, which pet-occupancy says: the options came through.
  CHECK(with_retest.status == 1);
  CHECK_THAT(with_retest.err, Catch::Contains("test"));

  study["occupancy"] = {{{"method", "change"}}};
  study["curve"] = {{{"x", "dose"}}};
  here.write("study.json", study.dump());
  const CommandResult curve = here.run("occupet bids out group --config-file study.json");
  CHECK(curve.status == 65);
  CHECK_THAT(curve.err, Catch::Contains("a curve describes no change"));
}

TEST_CASE("occupet takes sessions with and without ses-, and says what is wrong with them", "[occupet]") {
  const Workplace here;
  copy_small_cohort(here);
  json study = reference_study();
  study["baseline_sessions"] = {"ses-baseline"};
  study["drug_sessions"] = {"ses-psilocybin", "psilocibin"};
  here.write("study.json", study.dump());
  const CommandResult result = here.run("occupet bids out participant --participant-label 01 --config-file study.json");
  INFO(result.err);
  CHECK(result.status == 0);
  CHECK_THAT(result.err, Catch::Contains("warning: session 'psilocibin': no participant of bids has it"));
  CHECK_THAT(result.err, !Catch::Contains("session 'baseline'"));
  for (const char* const both :
       {R"("drug_sessions": ["ses-baseline"])", R"("drugs": [{"session": "baseline", "name": "d"}])"}) {
    here.write("study.json", std::string(R"({"schema_version": 1, "baseline_sessions": ["baseline"], )") + both + "}");
    const CommandResult refused = here.run("occupet bids out participant --config-file study.json");
    CHECK(refused.status == 65);
    CHECK(is_one_line(refused.err));
    CHECK_THAT(refused.err, Catch::Contains("'baseline', which is in drug"));
  }
}

TEST_CASE("The script for Slurm refuses a choice of participants before it submits anything", "[occupet]") {
  const Workplace here;
  for (const std::string words : {"--participant-label 01", "--participant_label=01"}) {
    const CommandResult result = here.run("bash " + std::string(OCCUPET_SOURCE_DIR) +
                                          "/data/workflow/slurm/participants.sbatch bids out " + words);
    CHECK(result.status == 2);
    CHECK(is_one_line(result.err));
    CHECK_THAT(result.err, Catch::Contains("participant"));
  }
}
