// SPDX-License-Identifier: Apache-2.0
#include "libpet/io/network_table.h"

#include <cstddef>
#include <set>
#include <utility>

#include "libpet/error.h"

namespace pet {
namespace {

constexpr double rounding = 1e-2;  // of fractions with three decimals, over a row

double size_of(const Tsv& table, std::size_t row) {
  const std::size_t column = table.column("n_vertices");
  const double size = table.required_number(row, column);
  if (!(size > 0.0)) throw bad_input(table.where(row, column), format_number(size), "a number above zero");
  return size;
}

std::vector<double> fractions_of(const Tsv& table, std::size_t row, const std::vector<std::size_t>& columns) {
  std::vector<double> fractions;
  double sum = 0.0;
  for (const std::size_t column : columns) {
    const double fraction = table.required_number(row, column);
    if (!(fraction >= 0.0 && fraction <= 1.0))
      throw bad_input(table.where(row, column), format_number(fraction), "a fraction from 0 to 1");
    sum += fraction;
    fractions.push_back(fraction);
  }
  if (sum > 1.0 + rounding)
    throw bad_input(table.where(row), "fractions of sum " + format_number(sum), "a sum of at most 1");
  return fractions;
}

std::string hemisphere_of(const Tsv& table, std::size_t row) {
  const auto column = table.find("hemi");
  if (!column) return {};
  const std::string& hemisphere = table.cell(row, *column);
  if (hemisphere != "L" && hemisphere != "R")
    throw bad_input(table.where(row, *column), "'" + hemisphere + "'", "L or R");
  return hemisphere;
}

}  // namespace

NetworkMap network_map(const Tsv& table) {
  const std::size_t region = table.column("region");
  NetworkMap map{.source = table.source(), .networks = {}, .parcels = {}};
  std::vector<std::size_t> columns;
  static const std::set<std::string> no_networks = {"region", "hemi", "n_vertices", "none", "majority"};
  for (std::size_t c = 0; c < table.header().size(); ++c)
    if (!no_networks.contains(table.header()[c])) {
      map.networks.push_back(table.header()[c]);
      columns.push_back(c);
    }
  if (columns.empty()) throw bad_input(table.source(), "no column of a network", "one column a network");
  std::set<std::pair<std::string, std::string>> seen;
  for (std::size_t row = 0; row < table.rows(); ++row) {
    Parcel parcel{.region = table.cell(row, region),
                  .hemisphere = hemisphere_of(table, row),
                  .size = size_of(table, row),
                  .fraction = fractions_of(table, row, columns)};
    if (!seen.emplace(parcel.region, parcel.hemisphere).second)
      throw bad_input(table.where(row), "parcel '" + parcel.region + "' again", "one row a parcel");
    map.parcels.push_back(std::move(parcel));
  }
  return map;
}

}  // namespace pet
