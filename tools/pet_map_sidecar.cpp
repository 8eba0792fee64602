// SPDX-License-Identifier: Apache-2.0
#include "tools/pet_map_sidecar.h"

#include <nlohmann/json.hpp>

#include "libpet/io/sidecar.h"

namespace pet {
namespace {

using Json = nlohmann::ordered_json;

void describe_map(Json& object, const MapFile& file, const MapSidecar& sidecar) {
  const bool is_known = sidecar.unit == ActivityUnit::kBq_per_mL;
  if (file.symbol == "RSS") {
    object["Description"] = "sum of squared residuals with the weights of the fit, of mean 1";
    object["Units"] = is_known ? "(kBq/mL)^2" : "unknown";
  } else if (file.symbol == "AICc") {
    object["Description"] = "Akaike information criterion for small samples";
    object["Units"] = "1";
  } else if (file.symbol == "status") {
    object["Description"] = "status of the fit";
    object["Levels"] = {{"0", "not fitted"}};
    for (std::size_t i = 0; i < all_statuses.size(); ++i)
      object["Levels"][std::to_string(i + 1)] = name_of(all_statuses[i]);
  }
  for (const Quantity& quantity : sidecar.model.quantities) {
    if (quantity.symbol != file.symbol) continue;
    object["Description"] = (file.is_standard_error ? "standard error: " : "") + std::string(quantity.meaning);
    object["Units"] = quantity.unit;
  }
}

Json values_held(const MapSidecar& sidecar) {
  Json object = Json::object();
  const auto add = [&](const char* label, std::optional<double> value, const char* unit) {
    if (value) object[label] = {{"Value", *value}, {"Units", unit}};
  };
  add("k2prime", sidecar.fit.k2prime, "1/min");
  if (sidecar.k2prime) object["k2prime"]["StandardError"] = sidecar.k2prime->standard_error;
  add("vB", sidecar.model.vB != Use::no ? sidecar.fit.vB.value : std::nullopt, "1");
  add("delay", sidecar.fit.delay_min.value, "min");
  add("fP", sidecar.fit.plasma_free_fraction, "1");
  add("t_star", sidecar.fit.t_star_min, "min");
  add("t_end", sidecar.fit.t_end_min, "min");
  return object;
}

}  // namespace

std::string map_sidecar_text(const MapFile& file, const MapSidecar& sidecar) {
  const Model& model = sidecar.model;
  Json object;
  describe_map(object, file, sidecar);
  object["ModelName"] = model.label;
  if (!sidecar.tracer.empty()) object["TracerName"] = sidecar.tracer;
  object["ModelDescription"] = model.title;
  object["Citation"] = std::string(model.citation) + ". doi:" + std::string(model.doi);
  if (model.needs_plasma())
    object["BloodType"] = "arterial";
  else
    object["ReferenceRegion"] = *sidecar.options.reference;
  object["Weights"] = !model.uses_weights ? "duration" : sidecar.noise ? "residuals" : name_of(sidecar.weights);
  if (sidecar.noise)
    object["FrameNoise"] = {{"RelativeVariance", sidecar.noise->variance},
                            {"FollowsActivity", sidecar.noise->following}};
  object["Sampling"] = sidecar.options.sampling;
  if (sidecar.options.smooth_mm)
    object["Smoothing"] = {{"Kernel", "Gaussian"}, {"FWHM", *sidecar.options.smooth_mm}, {"Units", "mm"}};
  if (sidecar.options.hypr_mm)
    object["NoiseReduction"] = {{"Method", "HYPR-LR"},
                                {"Kernel", "Gaussian"},
                                {"FWHM", *sidecar.options.hypr_mm},
                                {"Units", "mm"},
                                {"Citation", "Christian et al. J Nucl Med 2010;51:1147-1154"}};
  if (sidecar.options.regularise_mm)
    object["Regularisation"] = {{"Method", "ridge towards the fit of the smoothed image"},
                                {"Kernel", "Gaussian"},
                                {"FWHM", *sidecar.options.regularise_mm},
                                {"Units", "mm"},
                                {"Citation", "Zhou et al. NeuroImage 2003;18:975-989"}};
  const Json held = values_held(sidecar);
  if (!held.empty()) object["InputValues"] = held;
  for (const Parameter& parameter : bounds_used(model, sidecar.fit))
    if (!parameter.is_held()) object["Bounds"][std::string(parameter.symbol)] = {parameter.lower, parameter.upper};
  object["StandardErrors"] = std::string("noise of the voxel's own curve, estimated from its residuals") +
                             (sidecar.noise ? ", spread over its frames as those of all voxels are" : "") +
                             (sidecar.k2prime ? ", and the standard error of k2prime" : "");
  object["Missing"] = "NaN where a fit has no estimate, 0 in voxels that were not fitted";
  return sidecar_text(object.dump(), sidecar.provenance);
}

}  // namespace pet
