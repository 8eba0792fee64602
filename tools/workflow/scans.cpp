// SPDX-License-Identifier: Apache-2.0
#include "tools/workflow/scans.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "libpet/error.h"
#include "libpet/io/detail/json.h"
#include "libpet/io/sidecar.h"
#include "libpet/io/tsv.h"

namespace pet {
namespace {

namespace fs = std::filesystem;
using detail::Sidecar;

constexpr std::array scan_entities = {"sub", "ses", "task", "trc", "rec", "run"};

BidsLabels entities_of_scan(const BidsFile& file) {
  BidsLabels entities;
  for (const char* const key : scan_entities)
    if (const std::string label = file.entity(key); !label.empty()) entities[key] = label;
  return entities;
}

bool has(const std::vector<std::string>& list, const std::string& text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

bool is_image(const BidsFile& file) {
  return file.extension == ".nii" || file.extension == ".nii.gz";
}

bool is_tac_table(const BidsFile& file) {
  const bool is_table = file.extension == ".tsv";
  return is_table && (file.suffix == "tacs" || (file.suffix == "timeseries" && !file.entity("seg").empty()));
}

bool is_of_scan(const BidsFile& file) {
  return (file.suffix == "pet" && (is_image(file) || file.extension == ".json")) || is_tac_table(file);
}

// The scan that a file belongs to: the one of the same entities, else the only one that they do not contradict.
Scan* scan_of(std::vector<Scan>& scans, const BidsFile& file) {
  const BidsLabels entities = entities_of_scan(file);
  std::vector<Scan*> compatible;
  for (Scan& scan : scans) {
    if (scan.entities == entities) return &scan;
    const bool has_session = scan.entities.contains("ses") == entities.contains("ses");
    if (has_session && are_compatible(scan.entities, entities)) compatible.push_back(&scan);
  }
  if (compatible.size() > 1)
    throw bad_input(file.path.string(), "a name that fits " + compatible[0]->name() + " and " + compatible[1]->name(),
                    "the entities (task, trc, rec, run) of one of them");
  return compatible.empty() ? nullptr : compatible.front();
}

Scan& scan_for(std::vector<Scan>& scans, const BidsFile& file) {
  if (Scan* found = scan_of(scans, file)) return *found;
  scans.emplace_back().entities = entities_of_scan(file);
  return scans.back();
}

void add_file(SubjectFiles& subject, const BidsFile& file, bool is_raw) {
  if (file.extension == ".tsv" && (file.suffix == "dseg" || file.suffix == "morph")) {
    subject.tables.push_back(file);
  } else if (file.suffix == "pet" && file.extension == ".json") {
    if (is_raw) scan_for(subject.scans, file).sidecar = file.path;
  } else if (file.suffix == "pet" && is_image(file)) {
    if (is_raw || file.entity("desc") == "preproc") scan_for(subject.scans, file).images.push_back(file);
  } else if (is_tac_table(file)) {
    // Curves of one region by itself (label-) are those of its whole table again.
    // Those of a model (desc-SRTMfitted) were not measured.
    if (file.entity("label").empty() && !file.entity("desc").ends_with("fitted"))
      scan_for(subject.scans, file).tacs.push_back(file);
  } else if (file.suffix == "dseg" && is_image(file)) {
    const BidsLabels of_segmentation = entities_of_scan(file);
    for (Scan& scan : subject.scans)
      if (are_compatible(scan.entities, of_segmentation)) scan.labels.push_back(file);
  } else if (file.suffix == "blood" && file.extension == ".tsv" && is_raw) {
    if (Scan* scan = scan_of(subject.scans, file)) scan->blood.push_back(file);
  } else if (file.suffix == "inputfunction" && file.extension == ".tsv") {
    if (Scan* scan = scan_of(subject.scans, file)) scan->inputs.push_back(file);
  }
}

// "25 mg", or nothing where the amount or its unit is not stated. The longer name of the unit is a known mistake.
std::string dose_of(const Sidecar& sidecar) {
  const auto value = sidecar.number("PharmaceuticalDoseAmount");
  std::optional<std::string> unit = sidecar.text("PharmaceuticalDoseUnits");
  if (!unit) unit = sidecar.text("PharmaceuticalDoseAmountUnits");
  return value && unit ? format_number(*value) + " " + *unit : "";
}

// A drug given while the scanner runs displaces the tracer: the scan is neither a baseline nor one after the drug.
void require_drug_before_scan(const Sidecar& sidecar) {
  const auto times = sidecar.numbers("PharmaceuticalDoseTime");
  if (!times || times->empty()) return;
  const double start = sidecar.number("InjectionStart").value_or(0.0);
  const auto frames = sidecar.numbers("FrameTimesStart");
  if (times->front() > start && frames && !frames->empty() && times->front() < frames->back())
    throw sidecar.error("PharmaceuticalDoseTime", format_number(times->front()) + " s, during the scan",
                        "a drug given before the injection; a displacement scan is neither a baseline nor a drug scan");
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

void read_drug(Scan& scan, const Configuration& configuration) {
  if (!scan.sidecar) return;
  const Sidecar sidecar(*scan.sidecar);
  scan.tracer = sidecar.text("TracerName").value_or("");
  scan.drug = sidecar.text("PharmaceuticalName").value_or("");
  for (const std::string& no_drug : configuration.no_drug)
    if (lower(no_drug) == lower(scan.drug)) scan.drug.clear();
  if (!scan.drug.empty()) {
    scan.dose = dose_of(sidecar);
    require_drug_before_scan(sidecar);
  }
  for (const SessionDrug& stated : configuration.drugs) {
    if (stated.session != scan.session()) continue;
    scan.drug = stated.name;
    scan.dose = stated.dose;
  }
}

// Sessions that the configuration names, and what the sidecar says of a drug, must not contradict each other.
ScanRole role_of(const Scan& scan, const Configuration& configuration) {
  const std::string session = scan.session();
  const bool is_listed = !configuration.baseline_sessions.empty() || !configuration.drug_sessions.empty();
  const bool is_baseline = has(configuration.baseline_sessions, session);
  if (is_baseline && !scan.drug.empty())
    throw bad_input(scan.sidecar->string() + " key 'PharmaceuticalName'", "'" + scan.drug + "'",
                    "no drug: baseline_sessions of the configuration has '" + session + "'");
  if (is_baseline) return ScanRole::baseline;
  if (has(configuration.drug_sessions, session)) return ScanRole::drug;
  if (!scan.drug.empty()) return configuration.drug_sessions.empty() ? ScanRole::drug : ScanRole::none;
  return is_listed && !configuration.baseline_sessions.empty() ? ScanRole::none : ScanRole::baseline;
}

std::optional<double> weight_of(const fs::path& dataset, const std::string& subject) {
  const fs::path path = dataset / "participants.tsv";
  if (!fs::is_regular_file(path)) return std::nullopt;
  const Tsv table = Tsv::read(path.string());
  const auto participant = table.find("participant_id");
  if (!participant) return std::nullopt;
  for (const char* const name : {"body_weight", "bodyweight", "weight"}) {
    const auto column = table.find(name);
    if (!column) continue;
    for (std::size_t r = 0; r < table.rows(); ++r)
      if (table.cell(r, *participant) == "sub-" + subject) return parse_number(table.cell(r, *column));
  }
  return std::nullopt;
}

// The plasma level of each session from sub-X_sessions.tsv, with the unit of its sidecar.
void read_plasma_levels(SubjectFiles& subject, const fs::path& dataset, const std::string& column) {
  if (column.empty()) return;
  const fs::path path = dataset / ("sub-" + subject.label) / ("sub-" + subject.label + "_sessions.tsv");
  if (!fs::is_regular_file(path))
    throw InputNotFound(path.string() + ": expected a table of sessions with the column '" + column +
                        "' (plasma_level)");
  const Tsv table = Tsv::read(path.string());
  const std::size_t session = table.column("session_id");
  const std::size_t level = table.column(column);
  const std::string unit = units_of_column(path.string(), column);
  for (Scan& scan : subject.scans)
    for (std::size_t r = 0; r < table.rows(); ++r)
      if (table.cell(r, session) == "ses-" + scan.session())
        if (const auto value = table.number(r, level))
          scan.plasma_level = format_number(*value) + (unit.empty() ? "" : " " + unit);
}

// The raw scans of all sessions but those that were asked for, as far as they can be read.
std::vector<Scan> scans_of_others(const std::vector<BidsFile>& files, const Configuration& configuration) {
  std::vector<Scan> scans;
  for (const BidsFile& file : files) {
    if (file.suffix != "pet" || file.extension != ".json") continue;
    Scan scan;
    scan.entities = entities_of_scan(file);
    scan.sidecar = file.path;
    try {
      read_drug(scan, configuration);
      scan.role = role_of(scan, configuration);
      scans.push_back(std::move(scan));
    } catch (const InputError&) {  // said in a run with this session
    }
  }
  return scans;
}

// Whether a file or folder lies in a folder, at any depth; a folder does not lie in itself.
bool is_below(const fs::path& file, const fs::path& folder) {
  const fs::path relative =
      fs::absolute(file).lexically_normal().lexically_relative(fs::absolute(folder).lexically_normal());
  return !relative.empty() && *relative.begin() != ".." && *relative.begin() != ".";
}

}  // namespace

std::string Scan::session() const {
  const auto found = entities.find("ses");
  return found == entities.end() ? "" : found->second;
}

std::string Scan::name() const {
  std::string text;
  for (const char* const key : scan_entities) {
    const auto found = entities.find(key);
    if (found != entities.end() && found->first != "sub")
      text += (text.empty() ? "" : " ") + found->first + "-" + found->second;
  }
  return text.empty() ? "the scan" : text;
}

SubjectFiles subject_files(const std::vector<NamedDataset>& datasets,
                           const std::string& subject,
                           const std::filesystem::path& results,
                           const std::vector<std::string>& sessions,
                           const Configuration& configuration) {
  SubjectFiles found;
  found.label = subject;
  std::vector<std::vector<BidsFile>> files;
  std::vector<BidsFile> not_asked;
  for (const NamedDataset& dataset : datasets) {
    std::vector<BidsFile>& all = files.emplace_back(bids_files(dataset.path, subject, files.empty()));
    // Results may hold the dataset, as in results/sourcedata/bids; what they hold besides is no input.
    const bool is_inside = is_below(dataset.path, results);
    std::erase_if(all, [&](const BidsFile& file) {
      const std::string session = file.entity("ses");
      if (!is_inside && is_below(file.path, results)) return true;
      const bool is_asked = sessions.empty() || session.empty() || has(sessions, session);
      if (!is_asked && files.size() == 1) not_asked.push_back(file);  // raw
      return !is_asked;
    });
  }
  // Scans first, so that what belongs to them finds them.
  for (const bool adds_scans : {true, false})
    for (std::size_t d = 0; d < files.size(); ++d)
      for (const BidsFile& file : files[d])
        if (is_of_scan(file) == adds_scans) add_file(found, file, d == 0);
  std::sort(found.scans.begin(), found.scans.end(),
            [](const Scan& a, const Scan& b) { return a.entities < b.entities; });
  for (Scan& scan : found.scans) {
    read_drug(scan, configuration);
    scan.role = role_of(scan, configuration);
  }
  found.others = scans_of_others(not_asked, configuration);
  read_plasma_levels(found, datasets.front().path, configuration.plasma_level);
  found.weight_kg = weight_of(datasets.front().path, subject);
  return found;
}

}  // namespace pet
