// SPDX-License-Identifier: Apache-2.0
// Fits that go back into the study of the scan as a measurement report.
#include <regex>

#include "kinetic_models/registry.h"
#include "libpet/dicom/coded_concept.h"
#include "libpet/io/parameter_table.h"
#include "libpet/io/tsv.h"
#include "tests/libpet/dicom/validator.h"
#include "tests/libpet/study_text.h"
#include "tests/tools/command_fixture.h"

using namespace pet;

namespace {

// One simulated scan with its curves and its Segmentation.
const Workplace& study() {
  static const Workplace here;
  static const bool is_made = [] {
    here.write("study.json", pet::test::small_study().dump(1));
    return here.run(
                   "pet-simulate study.json -o made && mv made/ses-drug/dicom dicom && "
                   "mv made/ses-drug/*_dseg.dcm seg.dcm && pet-tac dicom --labels seg.dcm -o tacs.tsv")
               .status == 0;
  }();
  REQUIRE(is_made);
  return here;
}

CommandResult fit(const std::string& options) {
  return study().run("pet-fit tacs.tsv --reference cerebellum --force " + options);
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

// The report as DCMTK's program prints it, with all codes; empty where the program is not installed.
std::string printed(const std::string& file) {
  if (run_command("command -v dsrdump").status != 0) {
    WARN("dsrdump is not installed; the report was not printed");
    return "";
  }
  const CommandResult result = study().run("dsrdump +Pc " + file);
  REQUIRE(result.status == 0);
  return result.out;
}

// All numbers that the print gives to a quantity.
std::vector<double> numbers_of(const std::string& text, const std::string& quantity) {
  const std::regex line("NUM:\\(" + quantity + ",99OCCUPET,\"[^\"]*\"\\)=\"([^\"]+)\"");
  std::vector<double> numbers;
  for (std::sregex_iterator at(text.begin(), text.end(), line), end; at != end; ++at)
    numbers.push_back(parse_number((*at)[1].str()).value());
  return numbers;
}

}  // namespace

TEST_CASE("pet-fit --report-dicom writes what its table holds, as dsrdump prints it", "[report]") {
  const CommandResult result =
      fit("--model srtm -o k.tsv --ci se --report-dicom report.dcm --source dicom --segmentation seg.dcm");
  INFO(result.err);
  REQUIRE(result.status <= 1);
  const std::string text = printed("report.dcm");
  if (text.empty()) return;
  CHECK_THAT(text, Catch::Contains("PET Measurement Report"));
  const ParameterTable table = read_parameter_table((study().path / "k.tsv").string());
  REQUIRE(table.rows.size() == 2);
  std::size_t errors = 0, estimates = 0;
  for (const ParameterRow& row : table.rows)
    for (const ParameterCell& cell : row.cells) {
      estimates += cell.value ? 1 : 0;
      errors += cell.standard_error ? 1 : 0;
    }
  CHECK(estimates > 3);
  CHECK(count(text, "(SE,99OCCUPET,\"Standard error\")") == errors);
  CHECK(count(text, "Tracking Identifier") == 2);
  CHECK(count(text, "(SRTM,99OCCUPET") == 2);
  CHECK(count(text, "Referenced Segment") == 2);
  for (const ParameterRow& row : table.rows)
    for (std::size_t p = 0; p < table.parameters.size(); ++p) {
      INFO(row.name << " " << table.parameters[p]);
      const std::vector<double> numbers = numbers_of(text, table.parameters[p]);
      const auto holds = [&](const std::optional<double>& value) {
        return !value || std::any_of(numbers.begin(), numbers.end(),
                                     [&](double number) { return number == Approx(*value).epsilon(1e-11); });
      };
      const ParameterCell& cell = row.cells[p];
      CHECK((holds(cell.value) && holds(cell.standard_error) && holds(cell.lower) && holds(cell.upper)));
    }
}

TEST_CASE("Every quantity of every model has a unit in UCUM and a meaning of its own", "[report]") {
  for (const Model* model : models())
    for (const Quantity& quantity : model->quantities) {
      INFO(model->name << " " << quantity.symbol);
      CHECK_NOTHROW(concept_of_unit(std::string(quantity.unit)));
      const CodedConcept code = concept_of_quantity(std::string(quantity.symbol));
      CHECK(code.meaning != code.value);
      CHECK(code.value.size() <= 16);    // VR SH
      CHECK(code.meaning.size() <= 64);  // VR LO
    }
}

TEST_CASE("dciodvfy finds no error in the report of several models", "[report]") {
  if (!pet::test::is_validator_there()) {
    WARN("dciodvfy is not installed; nothing was validated");
    return;
  }
  REQUIRE(fit("--model srtm,suvr --t-star 2 -o k.tsv --report-dicom several.dcm --source dicom").status <= 1);
  const std::string output = pet::test::validator_output(study().path / "several.dcm");
  INFO(output);
  CHECK(output.find("EnhancedSR") != std::string::npos);
  CHECK(output.find("Error") == std::string::npos);
  const std::string text = printed("several.dcm");
  if (!text.empty()) CHECK(count(text, "Measurement Method") == 4);
}

TEST_CASE("The same fit gives the same report with one and two threads", "[report]") {
  const std::string line = "--model srtm -o k.tsv --report-dicom same.dcm --source dicom ";
  REQUIRE(fit(line + "-j 1").status <= 1);
  const std::string bytes = study().read("same.dcm");
  REQUIRE(fit(line + "-j 2").status <= 1);
  CHECK(study().read("same.dcm") == bytes);
  CHECK_THAT(bytes, Catch::Contains("pet-fit tacs.tsv --reference cerebellum"));  // says how it was made
}

TEST_CASE("Options of the report that do not go together are refused", "[report]") {
  const auto refused = [](const std::string& options, const std::string& message) {
    const CommandResult result = fit("--model srtm " + options);
    INFO(result.err);
    CHECK(result.status == 2);
    CHECK(is_one_line(result.err));
    CHECK_THAT(result.err, Catch::Contains(message));
  };
  refused("--report-dicom x.dcm", "needs --source");
  refused("--source dicom", "goes with --report-dicom");
  refused("--segmentation seg.dcm", "goes with --report-dicom");
  const CommandResult absent = fit("--model srtm --report-dicom x.dcm --source dicom --segmentation nowhere.dcm");
  CHECK(absent.status == 66);
  const CommandResult no_segments = fit("--model srtm --report-dicom x.dcm --source dicom --segmentation tacs.tsv");
  CHECK(no_segments.status == 65);
  CHECK_FALSE(study().has("x.dcm"));
}
