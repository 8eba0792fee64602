// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "libpet/io/detail/study_parts.h"
#include "libpet/io/detail/tracer_json.h"

namespace pet::detail {
namespace {

constexpr std::array models = {TissueModel::one_tissue, TissueModel::two_tissue, TissueModel::srtm};

// A key of the region, or of the defaults of all regions.
std::optional<JsonNode> setting(const JsonNode& region, const std::optional<JsonNode>& defaults, std::string_view key) {
  if (const auto own = region.find(key)) return own;
  return defaults ? defaults->find(key) : std::nullopt;
}

JsonNode required(const JsonNode& region, const std::optional<JsonNode>& defaults, std::string_view key) {
  const auto value = setting(region, defaults, key);
  return value ? *value : region.at(key);
}

Kinetics kinetics_from(const JsonNode& node, const std::optional<JsonNode>& defaults) {
  Kinetics kinetics;
  kinetics.model = models[required(node, defaults, "model").one_of({"1tcm", "2tcm", "srtm"})];
  kinetics.K1 = required(node, defaults, "K1").between(1e-6, 100.0);
  kinetics.VND = required(node, defaults, "VND").between(1e-3, 1e4);
  if (kinetics.model != TissueModel::one_tissue)
    kinetics.BPND = required(node, defaults, "BPND").between(0.0, 1e4);
  else if (const auto binding = node.find("BPND"); binding && binding->number() != 0.0)
    throw binding->error("0, for the model 1tcm has no specific binding");
  if (kinetics.model == TissueModel::two_tissue)
    kinetics.k4 = required(node, defaults, "k4").between(1e-6, 100.0);
  else if (const auto k4 = node.find("k4"))
    throw k4->error("no k4 with this model (2tcm has one)");
  if (const auto blood = setting(node, defaults, "vB")) kinetics.vB = blood->between(0.0, 0.99);
  if (const auto displaceable = node.find("displaceable")) kinetics.is_displaceable = displaceable->boolean();
  return kinetics;
}

// Names become column names and parts of file names.
std::string name_from(const JsonNode& node) {
  const std::string name = node.text();
  const auto is_allowed = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-';
  };
  if (!std::all_of(name.begin(), name.end(), is_allowed) || name == "frame_start" || name == "frame_end")
    throw node.error("a name of letters, digits, _ and -");
  return name;
}

StudyRegion region_from(const JsonNode& node, const std::optional<JsonNode>& defaults) {
  node.require_object(
      {"name", "label", "model", "K1", "VND", "BPND", "k4", "vB", "displaceable", "ellipsoids", "assumed", "notes"});
  StudyRegion region;
  region.name = name_from(node.at("name"));
  region.label = static_cast<std::int32_t>(node.at("label").integer(0, 32767));
  region.kinetics = kinetics_from(node, defaults);
  if (const auto shapes = node.find("ellipsoids")) region.ellipsoids = ellipsoids_from(*shapes);
  for (const auto& level : {defaults, std::optional(node)})
    if (const auto assumed = level ? level->find("assumed") : std::nullopt)
      for (const std::string& key : assumed->texts())
        if (std::find(region.assumed.begin(), region.assumed.end(), key) == region.assumed.end())
          region.assumed.push_back(key);
  return region;
}

void read_dose(const JsonNode& node, DrugDose& drug) {
  drug.name = node.at("name").text();
  drug.amount = node.at("dose").not_negative();
  drug.unit = node.at("dose_unit").text();
  if (const auto route = node.find("route")) drug.route = route->text();
  if (const auto concentration = node.find("plasma_concentration")) {
    drug.concentration = concentration->not_negative();
    drug.concentration_unit = node.at("concentration_unit").text();
  }
}

// Omax C / (EC50 + C), where the description gives those instead of the occupancy itself.
double occupancy_from(const JsonNode& node, DrugDose& drug) {
  drug.EC50 = node.at("EC50").positive();
  drug.Omax = node.at("Omax").between(0.0, 1.0);
  if (!drug.concentration) throw node.error("\"EC50\" without \"plasma_concentration\"", "both");
  return *drug.Omax * *drug.concentration / (*drug.EC50 + *drug.concentration);
}

}  // namespace

std::vector<StudyRegion> regions_from(const JsonNode& node, const std::optional<JsonNode>& defaults) {
  if (defaults) defaults->require_object({"model", "K1", "VND", "BPND", "k4", "vB", "assumed", "notes"});
  std::vector<StudyRegion> regions;
  for (const JsonNode& item : node.items("regions")) {
    StudyRegion region = region_from(item, defaults);
    for (const StudyRegion& other : regions) {
      if (other.name == region.name) throw item.at("name").error("a name no other region has");
      if (region.label != 0 && other.label == region.label)
        throw item.at("label").error("a label no other region has (only 0 may occur more than once)");
    }
    regions.push_back(std::move(region));
  }
  return regions;
}

StudySession session_from(const JsonNode& node, const Study& study) {
  node.require_object(
      {"label", "injection", "drug", "occupancy", "BPND_factor", "K1_factor", "injected_activity_MBq", "notes"});
  StudySession session;
  session.label = label_from(node.at("label"));
  session.injection = date_time_from(node.at("injection"));
  session.injected_activity_MBq = study.injected_activity_MBq;
  if (const auto activity = node.find("injected_activity_MBq"))
    session.injected_activity_MBq = activity->between(1e-6, 1e6);
  if (const auto flow = node.find("K1_factor")) session.K1_factor = flow->between(0.01, 100.0);
  if (const auto density = node.find("BPND_factor")) session.BPND_factor = density->between(0.0, 100.0);
  const auto drug = node.find("drug");
  const auto occupancy = node.find("occupancy");
  if (drug) {
    drug->require_object(
        {"name", "dose", "dose_unit", "route", "plasma_concentration", "concentration_unit", "EC50", "Omax", "notes"});
    session.drug.emplace();
    read_dose(*drug, *session.drug);
    if (drug->has("EC50") || drug->has("Omax")) {
      if (occupancy) throw occupancy->error("either occupancy, or EC50 and Omax of the drug");
      session.occupancy = occupancy_from(*drug, *session.drug);
    }
  }
  if (occupancy) session.occupancy = occupancy->between(0.0, 1.0);
  const Tracer::Endpoint endpoint =
      session.drug ? study.tracer.endpoint_for(session.drug->name) : study.tracer.endpoint;
  if (session.occupancy > 0.0 && endpoint == Tracer::Endpoint::change)
    throw node.error("an occupancy with " + study.tracer.name, "BPND_factor: a change of binding is what it measures");
  return session;
}

}  // namespace pet::detail
