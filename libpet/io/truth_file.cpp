// SPDX-License-Identifier: Apache-2.0
#include "libpet/io/truth_file.h"

#include <array>
#include <utility>

#include "libpet/io/detail/json.h"
#include "libpet/io/tsv.h"

namespace pet {
namespace {

using detail::Json;

struct Column {
  const char* name;
  const char* unit;
  const char* description;
};

constexpr std::array columns = {
    Column{"session", "", "label of the session"},
    Column{"index", "", "label of the region in the label map"},
    Column{"region", "", "name of the region"},
    Column{"model", "", "kinetics: 1tcm, 2tcm or srtm (one effective compartment)"},
    Column{"K1", "mL/cm3/min", "rate from plasma into tissue"},
    Column{"k2", "1/min", "K1 / VND"},
    Column{"k3", "1/min", "BPND k4; 2tcm only"},
    Column{"k4", "1/min", "2tcm only"},
    Column{"k2a", "1/min", "k2 / (1 + BPND); srtm only"},
    Column{"vB", "1", "fraction of blood"},
    Column{"VT", "mL/cm3", "total distribution volume"},
    Column{"VND", "mL/cm3", "non-displaceable distribution volume"},
    Column{"BPND", "1", "binding potential during this session"},
    Column{"R1", "1", "K1 over that of the reference region"},
    Column{"occupancy", "1", "fraction of the specific binding that the drug blocks; n/a where there is none"},
};

std::string cell(const std::optional<double>& value) {
  return value ? format_number(*value) : "n/a";
}

Json sources_json(const std::vector<Source>& sources) {
  Json list = Json::array();
  for (const Source& source : sources) {
    Json item = {{"what", source.what}};
    if (!source.citation.empty()) item["citation"] = source.citation;
    item["status"] = name_of(source.status);
    list.push_back(item);
  }
  return list;
}

Json drug_json(const DrugDose& drug) {
  Json json = {{"name", drug.name}, {"dose", drug.amount}, {"dose_unit", drug.unit}};
  if (!drug.route.empty()) json["route"] = drug.route;
  if (drug.concentration) {
    json["plasma_concentration"] = *drug.concentration;
    json["concentration_unit"] = drug.concentration_unit;
  }
  if (drug.EC50) json["EC50"] = *drug.EC50;
  if (drug.Omax) json["Omax"] = *drug.Omax;
  return json;
}

Json sessions_json(const Study& study) {
  Json list = Json::array();
  for (const StudySession& session : study.sessions) {
    Json json = {{"label", session.label},
                 {"injection", session.injection},
                 {"injected_activity_MBq", session.injected_activity_MBq},
                 {"occupancy", session.occupancy},
                 {"BPND_factor", session.BPND_factor},
                 {"K1_factor", session.K1_factor}};
    if (session.drug) json["drug"] = drug_json(*session.drug);
    list.push_back(json);
  }
  return list;
}

Json blood_json(const BloodDescription& blood) {
  Json json = {{"parent_plasma",
                {{"model", "(A1 u - A2 - A3) exp(l1 u) + A2 exp(l2 u) + A3 exp(l3 u), u = max(t - t0, 0)"},
                 {"A_kBq_per_mL", blood.parent_plasma.A},
                 {"lambda_per_min", blood.parent_plasma.lambda_per_min},
                 {"t0_min", blood.parent_plasma.t0_min}}},
               {"plasma", "parent_plasma / parent fraction"},
               {"whole_blood", "plasma / plasma_to_blood_ratio"},
               {"plasma_to_blood_ratio", blood.plasma_to_blood_ratio}};
  if (blood.parent_fraction)
    json["parent_fraction"] = {{"model", "1 - (1 - a) t^b / (c^b + t^b)"},
                               {"a", blood.parent_fraction->a},
                               {"b", blood.parent_fraction->b},
                               {"c_min", blood.parent_fraction->c_min}};
  return json;
}

Json assumed_json(const Study& study) {
  Json json = Json::object();
  for (const StudyRegion& region : study.regions)
    if (!region.assumed.empty()) json[region.name] = region.assumed;
  return json;
}

}  // namespace

std::string truth_table_text(const std::vector<RegionTruth>& truth) {
  std::vector<std::string> header;
  for (const Column& column : columns) header.emplace_back(column.name);
  TsvWriter table(header);
  for (const RegionTruth& row : truth)
    table.row({row.session, std::to_string(row.index), row.region, row.model, format_number(row.K1),
               format_number(row.k2), cell(row.k3), cell(row.k4), cell(row.k2a), format_number(row.vB),
               format_number(row.VT), format_number(row.VND), format_number(row.BPND), format_number(row.R1),
               cell(row.occupancy)});
  return table.text();
}

std::string truth_text(const Study& study, double noise_alpha, const Provenance& provenance) {
  Json json = {
      {"Description", "What is true of a simulated study: " + study.title},
      {"subject", study.subject},
      {"seed", study.seed},
      {"tracer", study.tracer.name},
      {"target", study.tracer.target},
      {"half_life_min", study.tracer.half_life_min},
      {"reference_region", study.reference_region},
      {"measurement", "C = (1 - vB) C_T + vB C_whole_blood, mean over each frame, decay-corrected to injection"},
      {"noise",
       {{"model", "sigma of a voxel = alpha sqrt(C exp(lambda t) / dt), t mid-frame, dt in min"},
        {"alpha_sqrt_kBq_min_per_mL", noise_alpha}}},
      {"blood", blood_json(study.blood)},
      {"sessions", sessions_json(study)},
      {"assumed", assumed_json(study)},
      {"sources", sources_json(study.sources)},
      {"tracer_sources", sources_json(study.tracer.sources)},
      {"notes", study.notes}};
  for (const Column& column : columns) {
    json["columns"][column.name]["Description"] = column.description;
    if (*column.unit != '\0') json["columns"][column.name]["Units"] = column.unit;
  }
  detail::add_provenance(json, provenance);
  return detail::text_of(json);
}

}  // namespace pet
