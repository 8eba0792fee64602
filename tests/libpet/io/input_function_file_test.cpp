// SPDX-License-Identifier: Apache-2.0
#include "libpet/io/input_function_file.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <filesystem>

#include "libpet/error.h"
#include "tests/libpet/io/temporary_folder.h"

namespace {

namespace fs = std::filesystem;
using Catch::Matchers::Contains;
using pet::InputFunction;
using pet::read_input_function;
using pet::test::TemporaryFolder;

const fs::path reference = OCCUPET_REFERENCE_DIR;
constexpr const char* two_samples = "time\tAIF\n0\t0\n30\t1500\n";

TEST_CASE("Times are in minutes and activities in kBq/mL", "[input_function_file]") {
  const TemporaryFolder folder;
  const std::string path = folder.file("x_inputfunction.tsv", two_samples);
  folder.file("x_inputfunction.json", R"({"AIF": {"Units": "Bq/mL"}})");
  const InputFunction input = read_input_function(path);
  CHECK(input.time_min == std::vector<double>{0.0, 0.5});
  CHECK(input.parent_plasma == std::vector<double>{0.0, 1.5});
  CHECK(input.whole_blood.empty());
  CHECK(input.plasma.empty());
  CHECK(input.parent_fraction.empty());
}

TEST_CASE("Strings wrapped in lists and Bq for Bq/mL are understood", "[input_function_file]") {
  const TemporaryFolder folder;
  const std::string path = folder.file("x_inputfunction.tsv", two_samples);
  folder.file("inputfunction.json", R"({"time": {"Units": ["s"]}, "AIF": {"Units": ["Bq"]}})");
  CHECK(read_input_function(path).parent_plasma[1] == 1.5);
  folder.file("inputfunction.json", R"({"AIF": {"Units": ["kBq"]}})");
  CHECK(read_input_function(path).parent_plasma[1] == 1500.0);
}

TEST_CASE("The file's own sidecar is preferred to the folder's", "[input_function_file]") {
  const TemporaryFolder folder;
  const std::string path = folder.file("x_inputfunction.tsv", two_samples);
  folder.file("inputfunction.json", R"({"AIF": {"Units": "Bq/mL"}})");
  folder.file("x_inputfunction.json", R"({"AIF": {"Units": "kBq/mL"}})");
  CHECK(read_input_function(path).parent_plasma[1] == 1500.0);
}

TEST_CASE("Without a unit the message says how to state it", "[input_function_file]") {
  const TemporaryFolder folder;
  const std::string path = folder.file("x_inputfunction.tsv", two_samples);
  CHECK_THROWS_WITH(read_input_function(path), Contains("no sidecar") && Contains(R"({"AIF": {"Units": "Bq/mL"}})"));
  folder.file("x_inputfunction.json", R"({"AIF": {"Description": "x"}})");
  CHECK_THROWS_WITH(read_input_function(path), Contains("key 'AIF/Units': found no unit"));
  folder.file("x_inputfunction.json", R"({"AIF": {"Units": "SUV"}})");
  CHECK_THROWS_WITH(read_input_function(path), Contains("found 'SUV'"));
}

TEST_CASE("Each curve has the unit of its own column", "[input_function_file]") {
  const TemporaryFolder folder;
  const std::string path =
      folder.file("x_inputfunction.tsv", "time\tAIF\twhole_blood_radioactivity\n0\t0\t0\n6\t2000\t3\n");
  folder.file("x_inputfunction.json",
              R"({"AIF": {"Units": "Bq/mL"}, "whole_blood_radioactivity": {"Units": "kBq/mL"}})");
  const InputFunction input = read_input_function(path);
  CHECK(input.parent_plasma[1] == 2.0);
  CHECK(input.whole_blood[1] == 3.0);
}

TEST_CASE("Times that do not increase, gaps in a curve and percents are refused with line and column",
          "[input_function_file]") {
  const TemporaryFolder folder;
  folder.file("inputfunction.json", R"({"Units": "Bq/mL"})");
  CHECK_THROWS_WITH(read_input_function(folder.file("a.tsv", "time\tAIF\n0\t0\n30\t1\n30\t2\n")),
                    Contains("a.tsv:4 column 'time': found 30 after 30"));
  CHECK_THROWS_WITH(read_input_function(folder.file("b.tsv", "time\tAIF\n0\t0\n30\tn/a\n")),
                    Contains("b.tsv:3 column 'AIF': found 'n/a'"));
  CHECK_THROWS_WITH(
      read_input_function(folder.file("c.tsv", "time\tAIF\tmetabolite_parent_fraction\n0\t0\t1\n30\t1\t95\n")),
      Contains("c.tsv:3 column 'metabolite_parent_fraction'"));
  CHECK_THROWS_WITH(read_input_function(folder.file("d.tsv", "time\tplasma_radioactivity\n0\t0\n30\t1\n")),
                    Contains("expected a column 'AIF'"));
  CHECK_THROWS_WITH(read_input_function(folder.file("e.tsv", "time\tAIF\n0\t0\n")), Contains("at least two samples"));
}

TEST_CASE("A written input function reads back", "[input_function_file]") {
  InputFunction input;
  input.time_min = {0.0, 0.05, 1.0 / 3.0};
  input.parent_plasma = {0.0, 12.5, 3.3};
  input.whole_blood = {0.0, 10.0, 3.0};
  input.plasma = {0.0, 12.75, 4.0};
  input.parent_fraction = {1.0, 0.98, 0.825};
  const TemporaryFolder folder;
  const std::string path = folder.file("i.tsv", pet::input_function_text(input));
  folder.file("i.json", pet::input_function_sidecar_text(input, {}));
  const InputFunction back = read_input_function(path);
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(back.time_min[i] == Approx(input.time_min[i]).margin(1e-8));  // written to 1 microsecond
    CHECK(back.parent_plasma[i] == Approx(input.parent_plasma[i]).epsilon(1e-15));
    CHECK(back.whole_blood[i] == Approx(input.whole_blood[i]).epsilon(1e-15));
    CHECK(back.plasma[i] == Approx(input.plasma[i]).epsilon(1e-15));
  }
  CHECK(back.parent_fraction == input.parent_fraction);
}

TEST_CASE("Every input function among the reference data reads", "[input_function_file][reference]") {
  if (!fs::is_directory(reference)) {
    WARN("no reference data: skipped");
    return;
  }
  int files = 0;
  for (const auto& entry : fs::recursive_directory_iterator(reference)) {
    if (!entry.path().filename().string().ends_with("_inputfunction.tsv")) continue;
    INFO(entry.path());
    ++files;
    const InputFunction input = read_input_function(entry.path().string());
    CHECK(input.parent_plasma.size() == input.time_min.size());
    CHECK(input.whole_blood.size() == input.time_min.size());
    CHECK(input.time_min.size() > 200);
  }
  CHECK(files >= 12 + 1 + 2 + 1 + 1);
}

TEST_CASE("The synthetic input function has the area that its formula gives", "[input_function_file][reference]") {
  const fs::path path = reference / "synthetic" / "synthA" / "sub-synthA_inputfunction.tsv";
  if (!fs::exists(path)) {
    WARN("no reference data: skipped");
    return;
  }
  const InputFunction input = read_input_function(path.string());
  double area = 0.0;
  for (std::size_t i = 1; i < input.time_min.size() && input.time_min[i] <= 120.0 + 1e-9; ++i)
    area += 0.5 * (input.parent_plasma[i] + input.parent_plasma[i - 1]) * (input.time_min[i] - input.time_min[i - 1]);
  CHECK(area == Approx(287.046867).epsilon(1e-5));  // kBq/mL min, closed form, in the README of the data
}

}  // namespace
