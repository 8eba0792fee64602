// SPDX-License-Identifier: Apache-2.0
#include <optional>
#include <string>

#include "libpet/io/detail/json.h"
#include "libpet/io/parameter_table.h"
#include "libpet/io/tsv.h"

namespace pet {
namespace {

using detail::Json;

Json column_entry(const std::string& description, const std::string& unit) {
  return {{"Description", description}, {"Units", unit.empty() ? "unknown" : unit}};
}

std::string interval_end(const char* which, std::optional<double> level) {
  const std::string interval = level ? format_number(100.0 * *level) + "% confidence interval" : "confidence interval";
  return std::string(which) + " bound of the " + interval;
}

void describe_parameters(Json& object, const ParameterTable& table, const ParameterSidecar& sidecar) {
  for (std::size_t p = 0; p < table.parameters.size(); ++p) {
    const std::string& name = table.parameters[p];
    const std::string unit = p < table.units.size() ? table.units[p] : "";
    object[name] = {{"Units", unit.empty() ? "unknown" : unit}};
    object[name + "-se"] = column_entry("Standard error in percent of the size of the estimate", "percent");
    if (table.has_intervals) {
      object[name + "-lower"] = column_entry(interval_end("Lower", sidecar.confidence_level), unit);
      object[name + "-upper"] = column_entry(interval_end("Upper", sidecar.confidence_level), unit);
    }
    object[name + "-stderr"] = column_entry("Standard error", unit);
  }
}

// Columns whose meaning is not known here are left to the reader.
void describe_extra_columns(Json& object, const ParameterTable& table, const ParameterSidecar& sidecar) {
  const bool is_known = !sidecar.activity_units.empty() && sidecar.activity_units != "unknown";
  for (const std::string& column : table.extra_columns) {
    if (column == "AICc") object[column] = column_entry("Akaike information criterion for small samples", "1");
    if (column == "RSS")
      object[column] = column_entry("Sum of squared residuals with the weights of the fit",
                                    is_known ? "(" + sidecar.activity_units + ")^2" : "");
    if (column == "dof") object[column] = column_entry("Degrees of freedom: frames less parameters", "1");
  }
}

}  // namespace

std::string parameter_sidecar_text(const ParameterTable& table,
                                   const ParameterSidecar& sidecar,
                                   const Provenance& provenance) {
  Json object;
  const auto add = [&](const char* key, const std::string& value) {
    if (!value.empty()) object[key] = value;
  };
  add("TracerName", sidecar.tracer_name);
  add("ModelName", sidecar.model_label);
  add("Description", sidecar.model_title);
  add("Citation", sidecar.citation);
  add("ReferenceRegion", sidecar.reference_region);
  add("BloodType", sidecar.blood_type);
  add("Weights", sidecar.weights);
  add("Sampling", sidecar.sampling);
  add("ActivityUnits", sidecar.activity_units);
  add("StandardErrors", sidecar.sources_of_error);
  if (sidecar.confidence_level) object["ConfidenceLevel"] = *sidecar.confidence_level;
  add("ConfidenceIntervals", sidecar.interval_kind);
  if (!sidecar.input_labels.empty()) {
    object["InputValuesLabels"] = sidecar.input_labels;
    object["InputValues"] = Json::array();
    for (const double value : sidecar.input_values) object["InputValues"].push_back(detail::number_or_null(value));
    object["InputValuesUnits"] = sidecar.input_units;
  }
  if (const Json bounds = detail::object_from(sidecar.bounds_json); !bounds.empty()) object["Bounds"] = bounds;
  if (const Json shared = detail::object_from(sidecar.shared_json); !shared.empty())
    object["SharedParameters"] = shared;
  if (const Json correlations = detail::object_from(sidecar.correlation_json); !correlations.empty())
    object["ParameterCorrelations"] = correlations;
  describe_parameters(object, table, sidecar);
  describe_extra_columns(object, table, sidecar);
  detail::add_provenance(object, provenance);
  return detail::text_of(object);
}

}  // namespace pet
