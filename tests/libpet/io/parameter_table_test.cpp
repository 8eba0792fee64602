// SPDX-License-Identifier: Apache-2.0
#include "libpet/io/parameter_table.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "libpet/error.h"
#include "libpet/io/tsv.h"
#include "tests/libpet/io/temporary_folder.h"

namespace {

using Catch::Matchers::Contains;
using Json = nlohmann::json;
using pet::ParameterTable;
using pet::read_parameter_table;
using pet::test::TemporaryFolder;

ParameterTable example() {
  ParameterTable table;
  table.parameters = {"R1", "BPND"};
  table.units = {"1", "1"};
  table.has_intervals = true;
  const double inf = std::numeric_limits<double>::infinity();
  table.rows.push_back({1, "putamen", {{1.25, 0.05, 1.1, 1.4}, {-0.5, 0.25, -inf, 0.1}}, "ok", {}, {}});
  table.rows.push_back({7, "cerebellum", {{1.0, 0.0, 1.0, 1.0}, {0.0, 0.02, -0.04, 0.04}}, "at_bound", {"a", "b"}, {}});
  table.rows.push_back({9, "absent", {{}, {}}, "failed", {"zero_curve"}, {}});
  return table;
}

TEST_CASE("Standard errors are written in percent of the size of the estimate", "[parameter_table]") {
  const pet::Tsv text = pet::Tsv::parse(pet::parameter_table_text(example()), "t");
  CHECK(text.header() == std::vector<std::string>{"index", "name", "R1", "R1-se", "R1-lower", "R1-upper", "BPND",
                                                  "BPND-se", "BPND-lower", "BPND-upper", "status", "flags", "R1-stderr",
                                                  "BPND-stderr"});
  CHECK(*text.number(0, text.column("R1-se")) == Approx(4.0).epsilon(1e-14));
  CHECK(*text.number(0, text.column("BPND-se")) == Approx(50.0).epsilon(1e-14));  // positive for a negative estimate
  CHECK(text.cell(1, text.column("R1-se")) == "0");
  CHECK(text.cell(1, text.column("BPND-se")) == "inf");
  CHECK(text.cell(1, text.column("BPND-stderr")) == "0.02");
  CHECK(text.cell(2, text.column("BPND")) == "n/a");
  CHECK(text.cell(0, text.column("flags")) == "n/a");
  CHECK(text.cell(1, text.column("flags")) == "a;b");
}

TEST_CASE("A written table reads back without loss, also where the estimate is zero", "[parameter_table]") {
  ParameterTable table = example();
  table.extra_columns = {"AICc"};
  table.rows[0].extra = {-12.5};
  table.rows[1].extra = {std::nullopt};
  table.rows[2].extra = {3.0};
  const TemporaryFolder folder;
  const std::string path = folder.file("x_kinpar.tsv", pet::parameter_table_text(table));
  folder.file("x_kinpar.json", pet::parameter_sidecar_text(table, pet::ParameterSidecar(), {}));
  const ParameterTable back = read_parameter_table(path);
  CHECK(back.source == path);
  CHECK(back.parameters == table.parameters);
  CHECK(back.units == table.units);
  CHECK(back.has_intervals);
  CHECK(back.extra_columns == table.extra_columns);
  REQUIRE(back.rows.size() == table.rows.size());
  for (std::size_t r = 0; r < table.rows.size(); ++r) {
    CHECK(back.rows[r].index == table.rows[r].index);
    CHECK(back.rows[r].name == table.rows[r].name);
    CHECK(back.rows[r].status == table.rows[r].status);
    CHECK(back.rows[r].flags == table.rows[r].flags);
    CHECK(back.rows[r].extra == table.rows[r].extra);
    for (std::size_t p = 0; p < 2; ++p) {
      CHECK(back.rows[r].cells[p].value == table.rows[r].cells[p].value);
      CHECK(back.rows[r].cells[p].standard_error == table.rows[r].cells[p].standard_error);
      CHECK(back.rows[r].cells[p].lower == table.rows[r].cells[p].lower);
      CHECK(back.rows[r].cells[p].upper == table.rows[r].cells[p].upper);
    }
  }
}

TEST_CASE("A table of another program reads: percent, or fractions where its sidecar says so", "[parameter_table]") {
  const TemporaryFolder folder;
  const std::string path =
      folder.file("y_kinpar.tsv", "name\tVT\tVT-se\tK1\nputamen\t-20\t5\t0.1\ncaudate\t0\tinf\tn/a\n");
  ParameterTable table = read_parameter_table(path);
  CHECK(table.parameters == std::vector<std::string>{"VT", "K1"});
  CHECK(table.units.empty());
  CHECK_FALSE(table.has_intervals);
  CHECK(table.rows[1].index == 2);
  CHECK(table.rows[0].status.empty());
  CHECK(table.rows[0].cells[0].standard_error == 1.0);
  CHECK_FALSE(table.rows[1].cells[0].standard_error);
  CHECK_FALSE(table.rows[0].cells[1].standard_error);
  CHECK_FALSE(table.rows[1].cells[1].value);
  folder.file("y_kinpar.json", R"({"VT": {"Units": "mL/cm3"}, "VT-se": {"Units": "1"}})");
  table = read_parameter_table(path);
  CHECK(table.units == std::vector<std::string>{"mL/cm3", ""});
  CHECK(table.rows[0].cells[0].standard_error == 100.0);
}

TEST_CASE("The model, its reference region and its sampling come from the sidecar", "[parameter_table]") {
  const TemporaryFolder folder;
  const std::string path = folder.file("z_kinpar.tsv", "name\tBPND\nputamen\t2\n");
  ParameterTable table = read_parameter_table(path);
  CHECK(table.model_label.empty());
  CHECK(table.reference_region.empty());
  CHECK(table.sampling.empty());
  folder.file("z_kinpar.json", R"({"ModelName": "SRTM", "ReferenceRegion": "cerebellum", "Sampling": "mid-frame"})");
  table = read_parameter_table(path);
  CHECK(table.model_label == "SRTM");
  CHECK(table.reference_region == "cerebellum");
  CHECK(table.sampling == "mid-frame");
}

TEST_CASE("A region that is in a table twice is refused with both lines", "[parameter_table]") {
  const TemporaryFolder folder;
  const std::string path = folder.file("t.tsv", "name\tVT\nputamen\t1\ncaudate\t2\nputamen\t3\n");
  CHECK_THROWS_AS(read_parameter_table(path), pet::InputError);
  CHECK_THROWS_WITH(read_parameter_table(path), Contains("t.tsv:4: found the region 'putamen' of line 2 again"));
}

TEST_CASE("A status that a table leaves open stays empty", "[parameter_table]") {
  const TemporaryFolder folder;
  const ParameterTable table =
      read_parameter_table(folder.file("s.tsv", "name\tVT\tstatus\tflags\na\t1\tn/a\tn/a\nb\t2\t\t\nc\t3\tok\tx\n"));
  CHECK(table.rows[0].status.empty());
  CHECK(table.rows[1].status.empty());
  CHECK(table.rows[1].flags.empty());
  CHECK(table.rows[2].status == "ok");
}

TEST_CASE("A parameter that is not there is refused with the nearest one", "[parameter_table]") {
  ParameterTable table = example();
  table.source = "x_kinpar.tsv";
  CHECK(table.column("BPND") == 1);
  CHECK_FALSE(table.find("VT"));
  CHECK_THROWS_AS(table.column("BPnd2"), pet::InputError);
  CHECK_THROWS_WITH(table.column("BPND2"), Contains("x_kinpar.tsv") && Contains("did you mean 'BPND'"));
}

TEST_CASE("Cells that are no numbers are refused with line and column", "[parameter_table]") {
  const TemporaryFolder folder;
  CHECK_THROWS_WITH(read_parameter_table(folder.file("a.tsv", "index\tname\tVT\n1\tx\tabc\n")),
                    Contains("a.tsv:2 column 'VT': found 'abc'"));
  CHECK_THROWS_WITH(read_parameter_table(folder.file("b.tsv", "index\tname\tVT\n1.5\tx\t1\n")),
                    Contains("b.tsv:2 column 'index'"));
  CHECK_THROWS_WITH(read_parameter_table(folder.file("c.tsv", "region\tVT\nx\t1\n")), Contains("a column 'name'"));
  CHECK_THROWS_WITH(read_parameter_table(folder.file("d.tsv", "index\tname\n1\tx\n")),
                    Contains("no column of a parameter"));
}

TEST_CASE("The sidecar states model, fixed values, bounds and the unit of every column", "[parameter_table]") {
  pet::ParameterSidecar sidecar;
  sidecar.model_label = "MRTM2";
  sidecar.reference_region = "cerebellum";
  sidecar.input_labels = {"k2prime"};
  sidecar.input_values = {0.1035791};
  sidecar.input_units = {"1/min"};
  sidecar.bounds_json = R"({"k2": [0.001, 0.1, 1]})";
  const std::string text = pet::parameter_sidecar_text(example(), sidecar, {});
  for (const char* part : {"\"ModelName\": \"MRTM2\"", "\"ReferenceRegion\": \"cerebellum\"", "0.1035791", "\"k2\"",
                           "\"BPND-se\"", "\"percent\"", "\"SoftwareVersion\""})
    CHECK_THAT(text, Contains(part));
  CHECK_THAT(text, !Contains("BloodType"));
}

TEST_CASE("The sidecar states level and unit of the intervals", "[parameter_table]") {
  pet::ParameterSidecar sidecar;
  ParameterTable table = example();
  table.units = {"1", "mL/cm3"};
  CHECK_THAT(pet::parameter_sidecar_text(table, sidecar, {}), !Contains("ConfidenceLevel"));
  sidecar.confidence_level = 0.95;
  Json object = Json::parse(pet::parameter_sidecar_text(table, sidecar, {}));
  CHECK(object["ConfidenceLevel"] == 0.95);
  CHECK(object["R1-lower"]["Units"] == "1");
  CHECK(object["BPND-lower"]["Description"] == "Lower bound of the 95% confidence interval");
  CHECK(object["BPND-upper"]["Description"] == "Upper bound of the 95% confidence interval");
  CHECK(object["BPND-upper"]["Units"] == "mL/cm3");
  table.has_intervals = false;
  object = Json::parse(pet::parameter_sidecar_text(table, sidecar, {}));
  CHECK_FALSE(object.contains("BPND-lower"));
}

TEST_CASE("The sidecar states the unit of the curves and of what depends on it", "[parameter_table]") {
  pet::ParameterSidecar sidecar;
  ParameterTable table = example();
  table.extra_columns = {"AICc", "RSS", "dof", "other"};
  Json object = Json::parse(pet::parameter_sidecar_text(table, sidecar, {}));
  CHECK_FALSE(object.contains("ActivityUnits"));
  CHECK(object["RSS"]["Units"] == "unknown");
  sidecar.activity_units = "kBq/mL";
  object = Json::parse(pet::parameter_sidecar_text(table, sidecar, {}));
  CHECK(object["ActivityUnits"] == "kBq/mL");
  CHECK(object["AICc"]["Units"] == "1");
  CHECK(object["RSS"]["Units"] == "(kBq/mL)^2");
  CHECK(object["dof"]["Units"] == "1");
  for (const char* column : {"AICc", "RSS", "dof"}) CHECK(object[column].contains("Description"));
  CHECK_FALSE(object.contains("other"));
}

TEST_CASE("A row of another width than its table is not written", "[parameter_table]") {
  ParameterTable table = example();
  table.rows[0].cells.pop_back();
  CHECK_THROWS_AS(pet::parameter_table_text(table), std::logic_error);
}

}  // namespace
