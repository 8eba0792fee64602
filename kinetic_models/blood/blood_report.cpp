// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/blood/blood_report.h"

#include <cmath>
#include <nlohmann/json.hpp>

namespace pet {
namespace {

using Json = nlohmann::ordered_json;

Json number(double value) {
  return std::isfinite(value) ? Json(value) : Json(nullptr);
}

Json description_of(const BloodFit& fit) {
  Json json = {{"Model", fit.model->name}, {"Title", fit.model->title}, {"Equation", fit.model->equation}};
  if (!fit.model->citation.empty()) json["Citation"] = fit.model->citation;
  json["Status"] = name_of(fit.status);
  json["Samples"] = fit.samples;
  for (const Estimate& estimate : fit.estimates)
    json["Parameters"][std::string(estimate.symbol)] = {{"Value", number(estimate.value)},
                                                        {"StandardError", number(estimate.standard_error)},
                                                        {"Units", estimate.unit}};
  json["WeightedRSS"] = number(fit.weighted_rss);
  json["AICc"] = number(fit.aicc);
  return json;
}

Json comparison_of(const std::vector<BloodFit>& fits) {
  Json table = Json::array();
  for (const BloodFit& fit : fits)
    table.push_back({{"Model", fit.model->name},
                     {"AICc", number(fit.aicc)},
                     {"AkaikeWeight", number(fit.akaike_weight)},
                     {"Status", name_of(fit.status)}});
  return table;
}

Json fraction_of(const ParentFraction& fraction) {
  Json json = {{"Model", fraction.model}};
  if (fraction.chosen >= 0) {
    json = description_of(fraction.fits[static_cast<std::size_t>(fraction.chosen)]);
    json["Weights"] = "uniform";
  }
  if (fraction.fits.size() > 1) json["Comparison"] = comparison_of(fraction.fits);
  return json;
}

Json ratio_of(const PlasmaRatio& ratio) {
  Json json = ratio.fits.empty() ? Json{{"Model", ratio.model}} : description_of(ratio.fits.front());
  json["Samples"] = ratio.samples.size();
  return json;
}

Json input_of(const ProcessedBlood& processed) {
  if (!processed.arterial) return {{"Model", "interpolation"}};
  Json json = description_of(processed.arterial->fit);
  json["Weights"] = "time that the sample stands for / max(C, 1 % of the peak)";
  json["Peak"] = 1000.0 * processed.arterial->peak;
  json["PeakUnits"] = "Bq/mL";
  json["PeakTime"] = 60.0 * processed.arterial->peak_min;
  json["PeakTimeUnits"] = "s";
  return json;
}

}  // namespace

std::string blood_report_json(const ProcessedBlood& processed, const BloodOptions& options) {
  Json json;
  if (processed.parent_fraction.curve) json["ParentFraction"] = fraction_of(processed.parent_fraction);
  if (processed.ratio.curve) json["PlasmaToBloodRatio"] = ratio_of(processed.ratio);
  json["InputFunction"] = input_of(processed);
  const WholeBlood& whole = processed.whole_blood;
  json["DispersionCorrected"] = whole.dispersion_min.has_value();
  if (whole.dispersion_min) {
    json["DispersionConstant"] = 60.0 * *whole.dispersion_min;
    json["DispersionConstantUnits"] = "s";
  }
  if (whole.autosampler_end_min) {
    json["AutosamplerEnd"] = 60.0 * *whole.autosampler_end_min;
    json["AutosamplerEndUnits"] = "s";
  }
  json["Delay"] = 60.0 * options.delay_min;
  json["DelayUnits"] = "s";
  json["AfterLastSample"] = processed.after_last;
  json["Notes"] = processed.notes;
  return json.dump();
}

}  // namespace pet
