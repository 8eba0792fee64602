// SPDX-License-Identifier: Apache-2.0
// docs/models has a page for every model of the registry, which says what the record says.
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>

#include "kinetic_models/registry.h"
#include "libpet/io/tsv.h"

using namespace pet;

namespace {

const std::filesystem::path folder = std::filesystem::path(OCCUPET_SOURCE_DIR) / "docs" / "models";

std::string page_of(std::string_view name) {
  std::ifstream file(folder / (std::string(name) + ".md"));
  return {std::istreambuf_iterator<char>(file), {}};
}

/// The cells of the table rows that begin with "| `symbol` |", without blanks around them.
std::vector<std::vector<std::string>> rows_of(const std::string& page, std::string_view symbol) {
  std::vector<std::vector<std::string>> rows;
  std::istringstream lines(page);
  const std::string start = "| `" + std::string(symbol) + "` |";
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with(start)) continue;
    std::vector<std::string> cells;
    std::istringstream parts(line.substr(2));
    for (std::string cell; std::getline(parts, cell, '|');) {
      const std::size_t first = cell.find_first_not_of(' ');
      cells.push_back(first == std::string::npos ? "" : cell.substr(first, cell.find_last_not_of(' ') - first + 1));
    }
    rows.push_back(cells);
  }
  return rows;
}

bool has(const std::string& page, std::string_view text) {
  return page.find(text) != std::string::npos;
}

}  // namespace

TEST_CASE("Every model has a page with its name, label, citation and DOI, and is in the index") {
  const std::string index = page_of("index");
  for (const Model* model : models()) {
    INFO(model->name);
    const std::string page = page_of(model->name);
    CHECK(page.starts_with("# " + std::string(model->label) + ":"));
    CHECK(has(page, "`pet-fit --model " + std::string(model->name)));
    CHECK(has(page, "label `" + std::string(model->label) + "`"));
    CHECK(has(page, std::string(model->citation) + ". doi:" + std::string(model->doi)));
    const std::string link = "| [`" + std::string(model->name) + "`](" + std::string(model->name) + ".md) | ";
    CHECK(has(index, link + std::string(model->label) + " |"));
  }
}

TEST_CASE("The page of a model lists what it reports, with the unit") {
  for (const Model* model : models()) {
    const std::string page = page_of(model->name);
    for (const Quantity& quantity : model->quantities) {
      INFO(model->name << " " << quantity.symbol);
      const auto rows = rows_of(page, quantity.symbol);
      REQUIRE_FALSE(rows.empty());
      CHECK(rows.back().at(1) == quantity.unit);
    }
  }
}

TEST_CASE("The page of a nonlinear model lists the start and the bounds of every parameter") {
  for (const Model* model : models()) {
    const std::string page = page_of(model->name);
    CHECK(has(page, "\n## Parameters\n") == !model->parameters.empty());
    for (const Parameter& parameter : model->parameters) {
      INFO(model->name << " " << parameter.symbol);
      const auto rows = rows_of(page, parameter.symbol);
      REQUIRE_FALSE(rows.empty());
      REQUIRE(rows.front().size() >= 5);
      CHECK(rows.front()[1] == parameter.unit);
      CHECK(parse_number(rows.front()[2]) == parameter.initial);
      CHECK(parse_number(rows.front()[3]) == parameter.lower);
      CHECK(parse_number(rows.front()[4]) == parameter.upper);
    }
  }
}

TEST_CASE(
    "Every page says what a model assumes, how it fails, what it was checked against and what its errors contain") {
  for (const Model* model : models()) {
    INFO(model->name);
    const std::string page = page_of(model->name);
    for (const char* section : {"Assumptions", "Quantities", "How it fails", "Checked against", "Standard errors"})
      CHECK(has(page, "\n## " + std::string(section) + "\n"));
  }
}

TEST_CASE("No page describes a model that is not there") {
  // Beside the registry: what is fitted to more than one scan, or made of the parameters of one.
  std::set<std::string> expected = {"index.md",  "lassen.md",      "joint.md",     "emax.md",
                                    "design.md", "time-course.md", "many-scans.md"};
  for (const Model* model : models()) expected.insert(std::string(model->name) + ".md");
  std::set<std::string> found;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) found.insert(entry.path().filename());
  CHECK(found == expected);
}
