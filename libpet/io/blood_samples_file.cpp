// SPDX-License-Identifier: Apache-2.0
#include "libpet/io/blood_samples_file.h"

#include <array>
#include <vector>

#include "libpet/io/detail/json.h"
#include "libpet/io/tsv.h"

namespace pet {
namespace {

struct Column {
  const char* name;
  const char* description;
  const char* unit;
  std::vector<double> InputFunction::*values;
  double in_file;  ///< what a value of the library is multiplied by
};

constexpr std::array columns = {
    Column{"plasma_radioactivity", "Radioactivity in plasma, decay-corrected to injection", "Bq/mL",
           &InputFunction::plasma, 1000.0},
    Column{"whole_blood_radioactivity", "Radioactivity in whole blood, decay-corrected to injection", "Bq/mL",
           &InputFunction::whole_blood, 1000.0},
    Column{"metabolite_parent_fraction", "Fraction of the radioactivity in plasma that is unchanged tracer", "1",
           &InputFunction::parent_fraction, 1.0},
};

}  // namespace

std::string blood_samples_text(const InputFunction& samples) {
  std::vector<std::string> header = {"time"};
  for (const Column& column : columns)
    if (!(samples.*column.values).empty()) header.emplace_back(column.name);
  TsvWriter table(header);
  for (std::size_t i = 0; i < samples.time_min.size(); ++i) {
    std::vector<std::string> cells = {format_seconds(samples.time_min[i])};
    for (const Column& column : columns)
      if (!(samples.*column.values).empty())
        cells.push_back(format_number((samples.*column.values)[i] * column.in_file));
    table.row(cells);
  }
  return table.text();
}

std::string blood_samples_sidecar_text(const InputFunction& samples,
                                       const std::string& method,
                                       const Provenance& provenance) {
  const bool has_metabolites = !samples.parent_fraction.empty();
  detail::Json json = {{"PlasmaAvail", !samples.plasma.empty()},
                       {"WholeBloodAvail", !samples.whole_blood.empty()},
                       {"MetaboliteAvail", has_metabolites},
                       {"DispersionCorrected", false}};
  if (has_metabolites) {
    json["MetaboliteMethod"] = method;
    json["MetaboliteRecoveryCorrectionApplied"] = false;
  }
  json["time"] = {{"Description", "Time after injection of the tracer"}, {"Units", "s"}};
  for (const Column& column : columns)
    if (!(samples.*column.values).empty())
      json[column.name] = {{"Description", column.description}, {"Units", column.unit}};
  detail::add_provenance(json, provenance);
  return detail::text_of(json);
}

}  // namespace pet
