// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <set>

#include "libpet/provenance.h"
#include "tools/report/detail/answer.h"

namespace pet::detail {
namespace {

constexpr const char* nomenclature =
    "Innis RB et al. J Cereb Blood Flow Metab 2007;27:1533-1539. doi:10.1038/sj.jcbfm.9600493";
constexpr const char* lassen = "Lassen NA et al. J Cereb Blood Flow Metab 1995;15:152-165";
constexpr const char* cunningham = "Cunningham VJ et al. J Cereb Blood Flow Metab 2010;30:46-50";
constexpr const char* fieller = "Fieller EC. J R Stat Soc B 1954;16:175-185";
constexpr const char* srtm = "Lammertsma AA, Hume SP. NeuroImage 1996;4:153-158. doi:10.1006/nimg.1996.0066";
constexpr const char* emax = "Holford NHG, Sheiner LB. Clin Pharmacokinet 1981;6:429-453";

// References in the order in which the text cites them.
class Text {
 public:
  std::string cite(const std::string& reference) {
    auto found = std::find(methods_.references.begin(), methods_.references.end(), reference);
    if (found == methods_.references.end()) {
      methods_.references.push_back(reference);
      found = std::prev(methods_.references.end());
    }
    return " [" + std::to_string(found - methods_.references.begin() + 1) + "]";
  }
  void add(const std::string& paragraph) { methods_.paragraphs.push_back(paragraph); }
  Methods finish() { return std::move(methods_); }

 private:
  Methods methods_;
};

std::string list_of(const std::set<std::string>& texts) {
  return joined({texts.begin(), texts.end()}, ", ");
}

// Only what the sidecars say: curves without that word may be anything.
std::string decay_of(const Outputs& outputs) {
  const auto says_so = [](const Curves& scan) { return scan.sidecar.value("ImageDecayCorrected", Json()) == true; };
  const auto said = std::count_if(outputs.scans.begin(), outputs.scans.end(), says_so);
  if (said == 0) return " Their files do not say whether activities are corrected for decay.";
  if (static_cast<std::size_t>(said) == outputs.scans.size())
    return " Activities are corrected for decay to injection, which is time zero.";
  return " Activities of " + std::to_string(said) +
         " of them are corrected for decay to injection, which is time zero; the files of the others do not say so.";
}

// "95 % intervals", or "intervals" where the sidecar has no level.
std::string intervals_of(const OutputFile& file) {
  const auto level = file.sidecar.find("ConfidenceLevel");
  const bool is_known = level != file.sidecar.end() && level->is_number();
  return (is_known ? brief(100.0 * level->get<double>()) + " % " : std::string()) + "intervals";
}

void describe_scans(const Outputs& outputs, Text& text) {
  if (outputs.scans.empty()) return;
  std::set<std::string> tracers;
  std::set<std::string> regions;
  for (const Curves& scan : outputs.scans) {
    if (!scan.table.tracer.name.empty()) tracers.insert(scan.table.tracer.name);
    regions.insert(scan.table.regions.begin(), scan.table.regions.end());
  }
  const std::size_t count = outputs.scans.size();
  text.add("Time-activity curves of " + std::to_string(regions.size()) + " regions were taken from " +
           std::to_string(count) + (count == 1 ? " dynamic scan" : " dynamic scans") +
           (tracers.empty() ? "" : " with " + list_of(tracers)) + "." + decay_of(outputs));
}

// What a fit used, so that fits of several scans with the same settings are one sentence.
std::string settings_of(const Parameters& parameters) {
  std::string settings;
  if (!parameters.table.reference_region.empty())
    settings += "with " + parameters.table.reference_region + " as the reference region";
  else if (parameters.model != nullptr && parameters.model->needs_plasma())
    settings += "with the metabolite-corrected arterial plasma as the input";
  if (const auto t_star = parameters.held("t_star")) settings += ", from t* = " + brief(*t_star) + " min on";
  if (const auto k2prime = parameters.held("k2prime")) settings += ", k2prime held at " + brief(*k2prime) + " /min";
  if (const auto vB = parameters.held("vB")) settings += ", blood fraction held at " + brief(*vB);
  const std::string weights = parameters.text("Weights");
  if (!weights.empty()) settings += ", frame weights '" + weights + "'";
  if (!parameters.table.sampling.empty())
    settings += parameters.table.sampling == "midframe" ? ", values at mid-frame" : ", averages over the frames";
  return settings;
}

void describe_fits(const Outputs& outputs, Text& text) {
  std::vector<std::pair<const Parameters*, std::set<std::string>>> groups;
  for (const Parameters& parameters : outputs.parameters) {
    const auto found = std::find_if(groups.begin(), groups.end(), [&](const auto& group) {
      return group.first->model_label == parameters.model_label && settings_of(*group.first) == settings_of(parameters);
    });
    if (found == groups.end())
      groups.push_back({&parameters, {parameters.label}});
    else
      found->second.insert(parameters.label);
  }
  for (const auto& [parameters, scans] : groups) {
    const Model* model = parameters->model;
    std::string sentence = "The curve of every region (" + list_of(scans) + ") was fitted by the model ";
    sentence += model == nullptr ? parameters->model_label
                                 : "\"" + std::string(model->title) + "\" (" + std::string(model->label) + ")";
    if (model != nullptr) sentence += text.cite(std::string(model->citation) + ". doi:" + std::string(model->doi));
    const std::string settings = settings_of(*parameters);
    if (!settings.empty()) sentence += (settings.starts_with(",") ? "" : " ") + settings;
    sentence += ".";
    const std::string errors = parameters->text("StandardErrors");
    if (!errors.empty()) sentence += " Standard errors contain " + errors + ".";
    if (model != nullptr) sentence += " Limits: " + std::string(model->limits);
    text.add(sentence);
  }
  if (!groups.empty())
    text.add("Names of parameters follow the consensus nomenclature" + text.cite(nomenclature) + ".");
}

void describe_occupancy(const Occupancies& occupancies, std::set<std::string>& said, Text& text) {
  const OccupancyRow* whole = occupancies.whole();
  const std::string kind = whole != nullptr ? whole->name : occupancies.method;
  const std::string intervals = intervals_of(occupancies);
  if (!said.insert(kind + occupancies.text("Regression") + occupancies.quantity() + occupancies.table.measure +
                   occupancies.of_what() + intervals)
           .second)
    return;
  if (kind == "lassen") {
    const std::string regression = occupancies.text("Regression");
    text.add("Occupancy and the non-displaceable volume VND were taken from an occupancy plot of all regions" +
             text.cite(lassen) + text.cite(cunningham) +
             (regression.empty() ? "" : " by " + regression + " regression") +
             "; regional occupancies use that VND. Tables hold " + intervals + ".");
  } else if (kind == "joint") {
    text.add(
        "One occupancy was fitted to the curves of both scans and all regions together by the simplified reference "
        "tissue model" +
        text.cite(srtm) + "; regional occupancies come from the same fit to each region. Tables hold " + intervals +
        ".");
  } else {
    const std::string& measure = occupancies.table.measure;
    const std::string by =
        occupancies.text("Interval") == "Fieller" ? " by Fieller's theorem" + text.cite(fieller) : "";
    const bool has_two_drug_scans = occupancies.of_what() != "of its target";
    const std::string definition =
        occupancies.is_change() ? "Regional change is " + measure + " after the drug / " + measure + " at baseline - 1"
        : has_two_drug_scans    ? "Regional occupancy, " + occupancies.of_what() + ", is 1 - " + measure +
                                   " of the second scan / " + measure + " of the first"
                             : "Regional occupancy is 1 - " + measure + " after the drug / " + measure + " at baseline";
    text.add(definition + ", with " + intervals + by + ".");
  }
}

// How occupancies were found stands in the tables of the participants, not in the one that joins them.
void describe_cohort(const CohortTable& cohort, Text& text) {
  const std::set<std::string> participants(cohort.participants.begin(), cohort.participants.end());
  text.add(capitalised(cohort.quantity()) + " of " + std::to_string(participants.size()) + " participants (" +
           cohort.label + ") is joined from their tables, whose pages say how it was found.");
}

void describe_curves(const Outputs& outputs, Text& text) {
  for (const DoseCurve& curve : outputs.curves) {
    const std::string model = curve.text("Model");
    const std::string x = curve.text("X").empty() ? "concentration" : curve.text("X");
    std::string sentence = "Occupancy was described as a function of " + x + " by the model '" +
                           (model.empty() ? "emax" : model) + "'" + text.cite(emax);
    if (curve.text("Endpoint") == "binding") sentence += ", fitted to binding with a baseline for every subject";
    if (!curve.text("Observations").empty()) sentence += ", from " + curve.text("Observations") + " observations";
    if (!curve.text("Interval").empty()) sentence += "; " + intervals_of(curve) + ": " + curve.text("Interval");
    text.add(sentence + ".");
  }
}

}  // namespace

Methods methods_of(const Outputs& outputs, const std::vector<std::string>& figure_software) {
  Text text;
  describe_scans(outputs, text);
  describe_fits(outputs, text);
  std::set<std::string> said;
  for (const Occupancies& occupancies : outputs.occupancies) describe_occupancy(occupancies, said, text);
  for (const CohortTable& cohort : outputs.cohorts) describe_cohort(cohort, text);
  describe_curves(outputs, text);
  std::set<std::string> versions;
  for (const OutputFile* file : outputs.files())
    if (!file->text("SoftwareVersion").empty())
      versions.insert(file->text("SoftwareName") + " " + file->text("SoftwareVersion"));
  text.add(
      "Results were computed with " + (versions.empty() ? "software that their files do not name" : list_of(versions)) +
      "; this page was made with Occupet " + version() + ", its figures with " + joined(figure_software, ", ") + ".");
  return text.finish();
}

}  // namespace pet::detail
