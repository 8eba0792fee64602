// SPDX-License-Identifier: Apache-2.0
#include "libpet/io/norms_table.h"

#include <set>
#include <string_view>

#include "libpet/error.h"
#include "libpet/io/detail/table_cells.h"

namespace pet {
namespace {

std::optional<double> optional_number(const Tsv& table, std::size_t row, std::string_view column) {
  const auto found = table.find(column);
  return found ? table.number(row, *found) : std::nullopt;
}

double positive(const Tsv& table, std::size_t row, std::string_view column) {
  const std::size_t c = table.column(column);
  const double value = table.required_number(row, c);
  if (!(value > 0.0)) throw bad_input(table.where(row, c), format_number(value), "a number above zero");
  return value;
}

Norm norm_of_row(const Tsv& table, std::size_t row) {
  Norm norm{.name = table.cell(row, table.column("name")),
            .mean = positive(table, row, "mean"),
            .sd = positive(table, row, "sd")};
  norm.subjects = optional_number(table, row, "n");
  norm.age = optional_number(table, row, "age");
  norm.change_per_decade = optional_number(table, row, "change_per_decade").value_or(0.0);
  norm.change_se = optional_number(table, row, "change_per_decade_se").value_or(0.0);
  norm.youngest = optional_number(table, row, "youngest");
  norm.oldest = optional_number(table, row, "oldest");
  norm.source = detail::text_cell(table, row, table.find("source"));
  if (norm.subjects && *norm.subjects < 2.0)
    throw bad_input(table.where(row) + " column 'n'", format_number(*norm.subjects), "at least 2 people");
  if (norm.change_per_decade <= -1.0)
    throw bad_input(table.where(row) + " column 'change_per_decade'", format_number(norm.change_per_decade),
                    "a fraction above -1 (-0.06 for a loss of 6 %)");
  if (norm.change_se < 0.0)
    throw bad_input(table.where(row) + " column 'change_per_decade_se'", format_number(norm.change_se),
                    "a number that is not negative");
  if ((norm.change_per_decade != 0.0 || norm.change_se != 0.0) && !norm.age)
    throw bad_input(table.where(row), "a change with age, but no age", "column 'age', to which the mean belongs");
  return norm;
}

}  // namespace

std::vector<Norm> norms(const Tsv& table) {
  std::vector<Norm> result;
  std::set<std::string> seen;
  for (std::size_t row = 0; row < table.rows(); ++row) {
    result.push_back(norm_of_row(table, row));
    if (!seen.insert(result.back().name).second)
      throw bad_input(table.where(row), "region '" + result.back().name + "' again", "one row a region");
  }
  return result;
}

}  // namespace pet
