// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "libpet/io/tsv.h"
#include "tests/tools/command_fixture.h"

using namespace pet;

namespace {

// Occupancies on the curve Omax 0.766, EC50 1.97, moved by +-0.01 in turn.
std::string scans() {
  std::string text = "participant_id\tpsilocin\toccupancy\toccupancy_se\tstatus\n";
  const double concentrations[] = {0.5, 1, 2, 3, 5, 8, 11, 15, 20};
  double sign = 0.01;
  for (const double c : concentrations) {
    text += "sub-" + format_number(c) + "\t" + format_number(c) + "\t" + format_number(0.766 * c / (1.97 + c) + sign) +
            "\t0.02\tok\n";
    sign = -sign;
  }
  return text;
}

Tsv table(const Workplace& here, const std::string& name) {
  return Tsv::parse(here.read(name), name);
}

std::size_t row_of(const Tsv& tsv, const std::string& parameter) {
  for (std::size_t r = 0; r < tsv.rows(); ++r)
    if (tsv.cell(r, 0) == parameter) return r;
  FAIL("no row " << parameter);
  return 0;
}

}  // namespace

TEST_CASE("pet-curve gives EC50, Omax, targets, band and comparison with their sidecar", "[pet-curve]") {
  const Workplace here;
  here.write("scans.tsv", scans() + "sub-x\tn/a\t0.3\t0.02\tok\nsub-y\t4\t0.9\t0.02\tfailed\n");
  const CommandResult result = here.run(
      "pet-curve scans.tsv --x psilocin --x-unit ug/L --se occupancy_se --subject participant_id "
      "--model emax,hill,emax-full --target 0.6,0.9 -o c.tsv --predict band.tsv --at 0,1.97 --compare models.tsv");
  INFO(result.err);
  REQUIRE(result.status == 0);
  CHECK_THAT(result.err, Catch::Contains("scans.tsv:11: no psilocin") && Catch::Contains("scans.tsv:12: no result"));
  const Tsv curve = table(here, "c.tsv");
  CHECK(curve.header() ==
        std::vector<std::string>{"parameter", "value", "se", "lower", "upper", "unit", "status", "flags"});
  const std::size_t EC50 = row_of(curve, "EC50");
  CHECK(curve.required_number(EC50, 1) == Approx(1.97).epsilon(0.1));
  CHECK(curve.required_number(EC50, 3) < 1.97);
  CHECK(curve.required_number(EC50, 4) > 1.97);
  CHECK(curve.cell(EC50, 5) == "ug/L");
  CHECK(curve.required_number(row_of(curve, "Omax"), 1) == Approx(0.766).epsilon(0.03));
  // 0.6 of 0.766 is at 1.97 x 0.6 / 0.166 = 7.12.
  CHECK(curve.required_number(row_of(curve, "x(0.6)"), 1) == Approx(7.12).epsilon(0.1));
  const std::size_t unattainable = row_of(curve, "x(0.9)");
  CHECK(curve.cell(unattainable, 1) == "n/a");
  CHECK(curve.cell(unattainable, 4) == "inf");
  CHECK_THAT(curve.cell(unattainable, 7), Catch::Contains("target_unattainable"));
  const Tsv band = table(here, "band.tsv");
  REQUIRE(band.rows() == 2);
  CHECK(band.required_number(0, 1) == 0.0);
  CHECK(band.required_number(1, 1) == Approx(0.383).epsilon(0.03));
  CHECK(band.required_number(1, 2) < 0.383);
  CHECK(band.required_number(1, 3) > 0.383);
  const Tsv models = table(here, "models.tsv");
  CHECK(models.rows() == 3);
  double weights = 0.0;
  for (std::size_t r = 0; r < 3; ++r) weights += models.required_number(r, models.column("weight"));
  CHECK(weights == Approx(1.0));
  const auto sidecar = nlohmann::json::parse(here.read("c.json"));
  CHECK(sidecar["Model"] == "emax");
  CHECK(sidecar["Observations"] == 9);
  CHECK(sidecar["Criteria"].contains("emax-full"));
  CHECK(sidecar["Sources"][0] == "scans.tsv");
}

TEST_CASE("pet-curve takes units from the sidecar, percent, and says where it does not know them", "[pet-curve]") {
  const Workplace here;
  here.write("p.tsv", "dose\tocc\n3\t20.1\n6\t33\n12\t50.3\n25\t66\n30\t71\n");
  const CommandResult unknown = here.run("pet-curve p.tsv --x dose --y occ --y-unit percent");
  CHECK(unknown.status == 0);
  CHECK_THAT(unknown.err, Catch::Contains("the unit of 'dose' is not known"));
  CHECK_THAT(unknown.out, Catch::Contains("unknown_unit"));
  here.write("p.json", R"({"dose": {"Units": "mg"}, "occ": {"Units": "percent"}})");
  const CommandResult known = here.run("pet-curve p.tsv --x dose --y occ");
  CHECK(known.status == 0);
  CHECK_THAT(known.out, Catch::Contains("\tmg\t") && !Catch::Contains("unknown_unit"));
  CHECK(here.run("pet-curve p.tsv --x dose --y occ --x-unit ug/L").status == 65);
}

TEST_CASE("pet-curve refuses what makes no curve with one line, the right status and no output", "[pet-curve]") {
  struct Case {
    const char* arguments;
    int status;
    const char* message;
  };
  const std::vector<Case> cases = {
      {"nowhere.tsv --x psilocin", 66, "nowhere.tsv"},
      {"scans.tsv --x psilocine", 65, "psilocin"},
      {"scans.tsv --x psilocin --model emaks", 2, "emax"},
      {"scans.tsv --x psilocin --at 3", 2, "--predict"},
      {"scans.tsv --x psilocin --target high", 2, "a number"},
      {"scans.tsv --x psilocin --level 95", 2, "level"},
      {"scans.tsv --x psilocin --y-unit mg", 2, "percent"},
      {"scans.tsv --x psilocin --endpoint binding", 65, "without a subject"},
      {"scans.tsv --x psilocin --random EC50", 2, "--subject"},
      {"scans.tsv --x psilocin --random EC51 --subject participant_id", 2, "EC50, Omax"},
      {"scans.tsv --x psilocin --random EC50 --subject participant_id --target 0.5", 2, "--target"},
      {"twosubjects.tsv --x c --random EC50 --subject id", 65, "2 subjects"},
      {"negative.tsv --x c", 65, "negative.tsv:3 column 'c': found -2"},
      {"percent.tsv --x c", 65, "percent.tsv:2 column 'occupancy': found 20"},
      {"two.tsv --x c", 65, "2 different doses"},
      {"equal.tsv --x c", 65, "same value"},
      {"twice.tsv --x c --subject id", 65, "the scan of twice.tsv:2 once more"},
      {"error.tsv --x c --se se", 65, "error.tsv:3 column 'se': found 0"},
  };
  const Workplace here;
  here.write("scans.tsv", scans());
  here.write("negative.tsv", "c\toccupancy\n1\t.2\n-2\t.3\n3\t.4\n4\t.5\n");
  here.write("percent.tsv", "c\toccupancy\n1\t20\n2\t30\n3\t40\n4\t50\n");
  here.write("two.tsv", "c\toccupancy\n1\t.2\n2\t.3\n1\t.4\n2\t.5\n");
  here.write("equal.tsv", "c\toccupancy\n1\t.2\n2\t.2\n3\t.2\n4\t.2\n");
  here.write("twice.tsv", "id\tc\toccupancy\na\t1\t.2\na\t2\t.3\na\t1\t.2\nb\t4\t.5\n");
  here.write("twosubjects.tsv", "id\tc\toccupancy\na\t1\t.2\na\t2\t.3\nb\t3\t.4\nb\t4\t.5\n");
  here.write("error.tsv", "c\toccupancy\tse\n1\t.2\t.1\n2\t.3\t0\n3\t.4\t.1\n4\t.5\t.1\n");
  const auto before = here.files();
  for (const Case& c : cases) {
    INFO(c.arguments);
    const CommandResult result = here.run(std::string("pet-curve ") + c.arguments + " --x-unit ug/L -o out.tsv");
    INFO(result.err);
    CHECK(result.status == c.status);
    CHECK(is_one_line(result.err));
    CHECK_THAT(result.err, Catch::Contains(c.message));
    CHECK(here.files() == before);
  }
}

TEST_CASE("pet-curve fits binding with a baseline that was not scanned", "[pet-curve]") {
  const Workplace here;
  std::string text = "id\tc\tBPND\n";
  for (const auto& [id, BP0] : {std::pair{"a", 1.2}, {"b", 1.6}})
    for (const double c : {0.0, 1.0, 4.0, 12.0})
      if (c > 0.0 || std::string(id) == "a")
        text +=
            std::string(id) + "\t" + format_number(c) + "\t" + format_number(BP0 * (1.0 - 0.75 * c / (2.0 + c))) + "\n";
  here.write("b.tsv", text);
  const CommandResult result =
      here.run("pet-curve b.tsv --x c --x-unit ug/L --y BPND --endpoint binding --subject id -o c.tsv");
  INFO(result.err);
  REQUIRE(result.status == 0);
  const Tsv curve = table(here, "c.tsv");
  CHECK(curve.required_number(row_of(curve, "EC50"), 1) == Approx(2.0).epsilon(1e-5));
  CHECK(curve.required_number(row_of(curve, "BP0[b]"), 1) == Approx(1.6).epsilon(1e-5));
}

TEST_CASE("pet-curve --random gives how much subjects differ and the EC50 of each", "[pet-curve]") {
  const Workplace here;
  std::string text = "id\tc\toccupancy\n";
  const double own[] = {1.0, 1.5, 2.0, 2.6, 4.0};
  double sign = 0.004;
  for (int s = 0; s < 5; ++s)
    for (const double c : {0.7, 2.0, 5.0, 14.0}) {
      text += "s" + std::to_string(s) + "\t" + format_number(c) + "\t" + format_number(0.75 * c / (own[s] + c) + sign) +
              "\n";
      sign = -sign;
    }
  here.write("o.tsv", text);
  const CommandResult result = here.run("pet-curve o.tsv --x c --x-unit ug/L --subject id --random EC50 -o c.tsv");
  INFO(result.err);
  REQUIRE(result.status == 0);
  const Tsv curve = table(here, "c.tsv");
  // The standard deviation of the five logarithms about their mean is 0.47.
  CHECK(curve.required_number(row_of(curve, "omega_EC50"), 1) == Approx(0.47).epsilon(0.1));
  CHECK(curve.required_number(row_of(curve, "Omax"), 1) == Approx(0.75).epsilon(0.03));
  for (int s = 0; s < 5; ++s)
    CHECK(curve.required_number(row_of(curve, "EC50[s" + std::to_string(s) + "]"), 1) == Approx(own[s]).epsilon(0.1));
  CHECK_THAT(here.read("c.json"), Catch::Contains("FOCE"));
}

namespace {

// Ten scans of two subjects, regions with Omax of 0.8 and 0.6 and one EC50 of 2, with errors of whole scans.
std::string regions() {
  std::string text = "id\tses\tregion\tc\toccupancy\n";
  double sign = 0.02;
  int scan = 0;
  for (const double c : {0.5, 1.0, 2.0, 4.0, 12.0})
    for (const char* id : {"a", "b"}) {
      for (const auto& [region, plateau] : {std::pair{"cortex", 0.8}, {"striatum", 0.6}})
        text += std::string(id) + "\t" + std::to_string(scan) + "\t" + region + "\t" + format_number(c) + "\t" +
                format_number(plateau * c / (2.0 + c) + sign + (plateau - 0.7) * 0.1 * sign) + "\n";
      sign = -sign;
      ++scan;
    }
  return text;
}

}  // namespace

TEST_CASE("pet-curve --region-column gives one EC50 for all regions and an Omax of each", "[pet-curve]") {
  const Workplace here;
  here.write("r.tsv", regions());
  const CommandResult result =
      here.run("pet-curve r.tsv --x c --x-unit ug/L --subject id --session ses --region-column region -o c.tsv");
  INFO(result.err);
  REQUIRE(result.status == 0);
  const Tsv curve = table(here, "c.tsv");
  const std::size_t EC50 = row_of(curve, "EC50");
  CHECK(curve.required_number(EC50, 1) == Approx(2.0).epsilon(0.1));
  CHECK(curve.required_number(EC50, 3) < 2.0);
  CHECK(curve.required_number(EC50, 4) > 2.0);
  CHECK(curve.cell(EC50, 5) == "ug/L");
  CHECK(curve.required_number(row_of(curve, "Omax[cortex]"), 1) == Approx(0.8).epsilon(0.05));
  CHECK(curve.required_number(row_of(curve, "Omax[striatum]"), 1) == Approx(0.6).epsilon(0.05));
  CHECK(curve.required_number(row_of(curve, "tau"), 1) == Approx(0.02).epsilon(0.2));
  CHECK(curve.cell(row_of(curve, "tau"), 5) == "1");
  CHECK(curve.rows() == 7);
  const auto sidecar = nlohmann::json::parse(here.read("c.json"));
  CHECK(sidecar["Regions"].size() == 2);
  CHECK(sidecar["Scans"] == 10);
  CHECK(sidecar["Observations"] == 20);
  // The error of scans rules, so that these are about scans less the parameters that it is judged by.
  CHECK(sidecar["DegreesOfFreedomOfEC50"] > 5.0);
  CHECK(sidecar["DegreesOfFreedomOfEC50"] < 19.0);
  CHECK(sidecar["OwnEC50OfEachRegion"]["p"] > 0.01);
}

TEST_CASE("pet-curve --region-column refuses a region twice, names that are missing, and what it cannot do",
          "[pet-curve]") {
  const Workplace here;
  here.write("r.tsv", regions());
  here.write("twice.tsv", regions() + "a\t0\tcortex\t0.5\t0.3\n");
  here.write("nameless.tsv", regions() + "a\t11\tn/a\t0.5\t0.3\n");
  const auto check = [&](const std::string& arguments, int status, const char* message) {
    const CommandResult result = here.run("pet-curve " + arguments + " --x c --x-unit ug/L -o o.tsv");
    INFO(result.err);
    CHECK(result.status == status);
    CHECK(is_one_line(result.err));
    CHECK_THAT(result.err, Catch::Contains(message));
    CHECK_FALSE(std::filesystem::exists(here.path / "o.tsv"));
  };
  const std::string all = " --subject id --session ses --region-column region";
  check("twice.tsv" + all, 65, "twice.tsv:22: found region 'cortex' of the scan of twice.tsv:2 once more");
  check("nameless.tsv" + all, 65, "nameless.tsv:22 column 'region': found no region");
  check("r.tsv --region-column region", 2, "--subject");
  check("r.tsv --target 0.5" + all, 2, "--target");
  check("r.tsv --random EC50" + all, 2, "--random");
  check("r.tsv --model emax,hill" + all, 2, "one --model");
  check("r.tsv --model two-site" + all, 2, "one site");
  check("r.tsv --subject id --session ses --region-column id", 65, "region 'a' of the scan");
}

TEST_CASE("pet-curve --plasma finds how occupancy follows a level of drug over hours", "[pet-curve]") {
  const Workplace here;
  // A level of 10 ug/L from time zero on; kon 0.088 and koff 0.221 per hour: O = 0.799274 (1 - exp(-1.101 t)).
  here.write("plasma.tsv", "time\tconcentration\n0\t10\n30\t10\n");
  here.write("plasma.json", "{\"concentration\": {\"Units\": \"ug/L\"}}");
  std::string text = "hour\toccupancy\n";
  double sign = 1e-4;
  for (const double t : {0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 24.0}) {
    text += format_number(t) + "\t" + format_number(0.88 / 1.101 * (1.0 - std::exp(-1.101 * t)) + sign) + "\n";
    sign = -sign;
  }
  here.write("scans.tsv", text);
  const CommandResult result = here.run(
      "pet-curve scans.tsv --x hour --x-unit h --plasma plasma.tsv --omax 1 --compare models.tsv --predict band.tsv "
      "--at 1,4,24 -o curve.tsv");
  INFO(result.err);
  REQUIRE(result.status == 0);
  const Tsv curve = table(here, "curve.tsv");
  CHECK(curve.required_number(row_of(curve, "koff"), 1) == Approx(0.221).epsilon(0.01));
  CHECK(curve.required_number(row_of(curve, "kon"), 1) == Approx(0.088).epsilon(0.01));
  CHECK(curve.cell(row_of(curve, "KD"), curve.column("unit")) == "ug/L");
  CHECK(curve.cell(row_of(curve, "kon"), curve.column("unit")) == "1/(h ug/L)");
  const Tsv band = table(here, "band.tsv");
  CHECK(band.required_number(0, 1) == Approx(0.533484).margin(1e-3));
  CHECK(band.required_number(2, 1) == Approx(0.799274).margin(1e-3));
  CHECK(table(here, "models.tsv").rows() == 3);
  CHECK_THAT(here.read("curve.json"), Catch::Contains("\"Model\": \"binding\"") && Catch::Contains("plasma.tsv"));
}

TEST_CASE("pet-curve --plasma refuses times in no unit, plasma out of order and models of another kind",
          "[pet-curve]") {
  const Workplace here;
  here.write("scans.tsv", "t\toccupancy\n1\t0.3\n2\t0.5\n4\t0.6\n8\t0.4\n");
  here.write("plasma.tsv", "time\tconcentration\n0\t0\n1\t10\n0.5\t8\n");
  const auto check = [&](const std::string& arguments, int status, const char* message) {
    const CommandResult result = here.run("pet-curve scans.tsv --x t --plasma plasma.tsv -o o.tsv " + arguments);
    CHECK(result.status == status);
    CHECK_THAT(result.err, Catch::Contains(message));
    CHECK_FALSE(std::filesystem::exists(here.path / "o.tsv"));
  };
  check("", 2, "--x-unit h");
  check("--x-unit h", 65, "plasma.tsv:4");
  check("--x-unit h --model emax", 2, "no model 'emax' of a time course");
  check("--x-unit h --target 0.5", 2, "--plasma takes no");
}
