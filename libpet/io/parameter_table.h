// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libpet/provenance.h"

namespace pet {

/// One parameter of one region: estimate, standard error in the unit of the estimate, interval. Missing: nothing.
struct ParameterCell {
  std::optional<double> value;
  std::optional<double> standard_error;
  std::optional<double> lower;
  std::optional<double> upper;
};

struct ParameterRow {
  int index = 0;
  std::string name;
  std::vector<ParameterCell> cells;  ///< one a parameter of the table
  std::string status;                ///< ok at_bound not_converged unidentifiable failed; empty: the file has none
  std::vector<std::string> flags;
  std::vector<std::optional<double>> extra;  ///< one an extra column of the table
};

/// The regional parameters of one model (BEP023 `_kinpar.tsv`): `index name`, per parameter `P` and `P-se` (percent
/// of the size of the estimate), with intervals `P-lower P-upper`, then `status flags`, then per parameter `P-stderr`:
/// the standard error in the parameter's unit, as in ParameterCell. The percentage of an estimate of zero says nothing
/// ("inf", or "0" where the error is zero too), `P-stderr` always does; a reader prefers it and falls back to the
/// percentage. Columns after these are `extra_columns`.
struct ParameterTable {
  std::string source;                   ///< file, for messages
  std::vector<std::string> parameters;  ///< symbols
  std::vector<std::string> units;       ///< of the parameters; may be empty after reading without sidecar
  std::vector<ParameterRow> rows;
  bool has_intervals = false;
  std::vector<std::string> extra_columns;  ///< numbers of the whole fit (AICc, ...), after all others
  std::string model_label;                 ///< ModelName of the sidecar; empty where it has none, as for the next two
  std::string reference_region;            ///< ReferenceRegion
  std::string sampling;                    ///< Sampling
  std::string tracer_name{};               ///< TracerName
  std::string sources_of_error{};          ///< StandardErrors: what they contain

  std::optional<std::size_t> find(std::string_view parameter) const;
  /// Throws InputError naming the nearest parameter.
  std::size_t column(std::string_view parameter) const;
};

/// Reads our own tables and those of others: `name` is required, `index` (else the row counted from 1), `status`,
/// `flags` and errors are not. Units come from the sidecar (same name, .json), which may also say that `P-se` is a
/// fraction (Units "1") instead of percent. Throws InputError with file, line and column, also for a region that is
/// there twice.
ParameterTable read_parameter_table(const std::string& path);
/// Numbers that are not finite are written as n/a, except bounds of intervals, which may be infinite.
std::string parameter_table_text(const ParameterTable& table);

/// What the sidecar says besides units and provenance; members that are empty are left out.
struct ParameterSidecar {
  std::string model_label;  ///< "SRTM"
  std::string model_title;
  std::string citation;
  std::string reference_region;
  std::string blood_type;  ///< "arterial" where a plasma input was used
  std::string weights;
  std::string sampling;
  std::string sources_of_error;           ///< what the standard errors contain
  std::vector<std::string> input_labels;  ///< fixed values: k2prime, t_star, ...
  std::vector<double> input_values;
  std::vector<std::string> input_units;
  std::string bounds_json = "{}";          ///< {"k2": [lower, start, upper], ...}
  std::string shared_json = "{}";          ///< {"k2prime": {"Value": ..., ...}}: parameters common to all regions
  std::string correlation_json = "{}";     ///< {"insula": {"K1,k2": 0.9}}: correlations of parameters by region
  std::optional<double> confidence_level;  ///< of the intervals, as a fraction
  std::string interval_kind;               ///< how they were made
  std::string activity_units;              ///< of the curves that were fitted
  std::string tracer_name{};               ///< "[11C]Cimbi-36"; empty: not known
};
/// JSON with these members, then description and unit of every column after `name` that holds numbers, then the
/// provenance.
std::string parameter_sidecar_text(const ParameterTable& table,
                                   const ParameterSidecar& sidecar,
                                   const Provenance& provenance);

/// Occupancy (`_occupancy.tsv`) or change: one row a region, or one for a whole plot. Fractions, not percent.
struct OccupancyRow {
  int index = 0;
  std::string name;
  std::optional<double> baseline;
  std::optional<double> drug;
  std::optional<double> occupancy;
  std::optional<double> standard_error;
  std::optional<double> lower;  ///< -inf or inf where the interval has no bound on that side
  std::optional<double> upper;
  std::string status;
  std::vector<std::string> flags;
  std::vector<std::optional<double>> extra;  ///< one an extra column of the table
  std::string subject{};                     ///< where the table has several; empty: n/a
};

struct OccupancyTable {
  std::string source;            ///< file, for messages
  std::string measure = "BPND";  ///< names the columns <measure>_baseline and <measure>_drug
  std::vector<OccupancyRow> rows;
  std::vector<std::string> extra_columns;  ///< after `flags`
  /// What the rows hold and the columns are named after: "occupancy", or "change" of a measure (drug / baseline - 1).
  std::string quantity = "occupancy";
  bool has_subjects = false;  ///< a column `subject` after `flags`
};

/// The header of the table.
std::vector<std::string> occupancy_columns(const OccupancyTable& table);
/// Reads what occupancy_table_text writes. Throws InputError with file, line and column.
OccupancyTable read_occupancy_table(const std::string& path);
/// `index name <measure>_baseline <measure>_drug occupancy occupancy_se occupancy_lower occupancy_upper status flags`
/// (`change change_se ...` where that is the quantity), then the extra columns; flags joined by ';', n/a for what is
/// missing. Tables of several subjects have a column `subject` after `flags`.
std::string occupancy_table_text(const OccupancyTable& table);
/// `members_json`: an object (VND, method, drug, ...) that the sidecar takes over as it is.
std::string occupancy_sidecar_text(const OccupancyTable& table,
                                   const std::string& members_json,
                                   const Provenance& provenance);

}  // namespace pet
