// SPDX-License-Identifier: Apache-2.0
#include "libpet/io/density_table.h"

#include <set>

#include "libpet/error.h"
#include "libpet/io/detail/json.h"
#include "libpet/io/detail/table_cells.h"

namespace pet {

std::vector<RegionVolume> region_volumes(const Tsv& table) {
  const std::size_t name = table.column("name");
  const std::size_t volume = table.column(table.find("volume_mm3") ? "volume_mm3" : "volume-mm3");
  std::vector<RegionVolume> volumes;
  std::set<std::string> seen;
  for (std::size_t row = 0; row < table.rows(); ++row) {
    const auto value = table.number(row, volume);
    if (!value || *value == 0.0) continue;
    if (!(*value > 0.0)) throw bad_input(table.where(row, volume), format_number(*value), "a volume above zero");
    if (!seen.insert(table.cell(row, name)).second)
      throw bad_input(table.where(row), "region '" + table.cell(row, name) + "' again", "one row a region");
    volumes.push_back({table.cell(row, name), *value});
  }
  return volumes;
}

std::string density_table_text(const DensityTable& table) {
  using detail::finite_cell;
  TsvWriter writer({"index", "name", "kind", table.measure, table.measure + "_se", "expected", "z", "z_se", "Bmax",
                    "Bmax_se", "Bmax_lower", "Bmax_upper", "covered", "status", "flags"});
  for (const DensityRow& row : table.rows)
    writer.row({std::to_string(row.index), row.name, row.kind, finite_cell(row.binding),
                finite_cell(row.standard_error), finite_cell(row.expected), finite_cell(row.z), finite_cell(row.z_se),
                finite_cell(row.bmax), finite_cell(row.bmax_se), finite_cell(row.bmax_lower),
                finite_cell(row.bmax_upper), finite_cell(row.covered), row.status, detail::joined_flags(row.flags)});
  return writer.text();
}

std::string density_sidecar_text(const DensityTable& table,
                                 const std::string& members_json,
                                 const Provenance& provenance) {
  detail::Json object = detail::object_from(members_json);
  const std::string unit = table.unit.empty() ? "unknown" : table.unit;
  const auto describe = [&](const std::string& column, const char* description, const std::string& of_column) {
    object[column] = {{"Description", description}, {"Units", of_column}};
  };
  describe(table.measure, "Binding of the region, or mean of the group or network", unit);
  describe(table.measure + "_se", "Standard error of the binding", unit);
  describe("expected", "Mean of the norm at the age of the person", unit);
  describe("z", "(binding - expected) / standard deviation between people", "1");
  describe("z_se", "Standard error of z: errors of the binding and of the expected mean", "1");
  describe("Bmax", "Density of receptors: factor x binding", "pmol/mL");
  describe("Bmax_se", "Standard error of the density: errors of the binding and of the factor", "pmol/mL");
  describe("Bmax_lower", "Lower bound of the interval", "pmol/mL");
  describe("Bmax_upper", "Upper bound of the interval", "pmol/mL");
  describe("covered", "Share of the network that was measured", "1");
  detail::add_provenance(object, provenance);
  return detail::text_of(object);
}

}  // namespace pet
