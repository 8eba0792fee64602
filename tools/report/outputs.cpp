// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <set>

#include "kinetic_models/registry.h"
#include "libpet/error.h"
#include "libpet/io/detail/bids_name.h"
#include "libpet/io/detail/text_file.h"
#include "libpet/io/input_function_file.h"
#include "libpet/io/sidecar.h"
#include "libpet/io/tac_table_file.h"
#include "libpet/io/units.h"
#include "tools/report/detail/outputs.h"

namespace pet::detail {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_maps = 6;

// Quantities whose maps are worth a picture.
constexpr std::array<std::string_view, 6> drawn_quantities = {"occupancy", "BPND", "VT", "DVR", "Ki", "SUVR"};

// "tacs" of "sub-01_ses-a_tacs.tsv" and of "tacs.tsv".
std::string suffix_of(const fs::path& path) {
  const std::string stem = without_extension(path).filename().string();
  return stem.substr(stem.rfind('_') + 1);  // npos + 1 is 0
}

std::vector<std::string> parts_of(const fs::path& path) {
  const std::string stem = without_extension(path).filename().string();
  std::vector<std::string> parts;
  for (std::size_t at = 0; at <= stem.size();) {
    const std::size_t end = std::min(stem.find('_', at), stem.size());
    parts.push_back(stem.substr(at, end - at));
    at = end + 1;
  }
  return parts;
}

// What tells one scan from another: entities but for those of processing, else the words of a plain name.
std::string label_of(const fs::path& path, bool with_subject) {
  static const std::set<std::string> left_out = {"trc", "seg", "desc", "model", "meas", "space", "label", "rec", "pvc"};
  std::vector<std::string> parts = parts_of(path);
  if (parts.size() > 1) parts.pop_back();  // the suffix
  std::string label;
  for (const std::string& part : parts) {
    const std::size_t dash = part.find('-');
    const std::string entity = dash == std::string::npos ? "" : part.substr(0, dash);
    if (left_out.contains(entity) || (entity == "sub" && !with_subject)) continue;
    label += (label.empty() ? "" : " ") + (entity == "ses" ? part.substr(dash + 1) : part);
  }
  return label.empty() ? parts.front() : label;
}

Json sidecar_of_output(const fs::path& file) {
  const fs::path path = without_extension(file).concat(".json");
  if (!fs::is_regular_file(path)) return Json::object();
  Json sidecar = Json::parse(read_text_file(path), nullptr, false);
  if (!sidecar.is_object()) throw bad_input(path.string(), "text that is no JSON object", "a sidecar");
  return sidecar;
}

template <typename Output>
Output opened(const fs::path& folder, const fs::path& file) {
  Output output;
  output.path = file.generic_string();
  output.sha256 = checksum(folder / file).sha256;
  output.entities = entities_of(file);
  output.sidecar = sidecar_of_output(folder / file);
  return output;
}

std::string entity(const OutputFile& file, const std::string& name) {
  const auto found = file.entities.find(name);
  return found == file.entities.end() ? "" : found->second;
}

const Model* model_of_label(const std::string& label) {
  for (const Model* model : models())
    if (model->label == label) return model;
  return nullptr;
}

std::optional<double> optional_number(const Tsv& tsv, std::size_t row, const char* column) {
  const auto c = tsv.find(column);
  if (!c) return std::nullopt;
  const std::string& cell = tsv.cell(row, *c);
  if (cell == "inf" || cell == "-inf") return cell == "inf" ? HUGE_VAL : -HUGE_VAL;
  return tsv.number(row, *c);
}

std::vector<std::string> flags_in(const std::string& cell) {
  std::vector<std::string> flags;
  if (cell.empty() || cell == "n/a") return flags;
  for (std::size_t at = 0; at <= cell.size();) {
    const std::size_t end = std::min(cell.find(';', at), cell.size());
    flags.push_back(cell.substr(at, end - at));
    at = end + 1;
  }
  return flags;
}

std::vector<CurveRow> curve_rows_of(const Tsv& tsv) {
  const auto text = [&](std::size_t row, const char* name) {
    const auto column = tsv.find(name);
    const std::string cell = column ? tsv.cell(row, *column) : "";
    return cell == "n/a" ? "" : cell;
  };
  std::vector<CurveRow> rows;
  for (std::size_t r = 0; r < tsv.rows(); ++r)
    rows.push_back({tsv.cell(r, tsv.column("parameter")), optional_number(tsv, r, "value"),
                    optional_number(tsv, r, "se"), optional_number(tsv, r, "lower"), optional_number(tsv, r, "upper"),
                    text(r, "unit"), text(r, "status"), flags_in(text(r, "flags"))});
  return rows;
}

// What a table is, by its columns: tables of a group and of a curve end as those of occupancies do.
bool is_curve(const Tsv& tsv) {
  return !tsv.header().empty() && tsv.header()[0] == "parameter" && tsv.find("value");
}

bool is_prediction(const Tsv& tsv) {
  return tsv.header().size() >= 4 && tsv.header()[0] == "x" && tsv.header()[1] == "y" && tsv.find("lower") &&
         tsv.find("upper");
}

std::vector<CurvePredictionRow> prediction_of(const Tsv& tsv) {
  std::vector<CurvePredictionRow> rows;
  for (std::size_t r = 0; r < tsv.rows(); ++r)
    rows.push_back({tsv.required_number(r, 0), optional_number(tsv, r, "y"), optional_number(tsv, r, "lower"),
                    optional_number(tsv, r, "upper"), optional_number(tsv, r, "observation_lower"),
                    optional_number(tsv, r, "observation_upper")});
  return rows;
}

// Reads the files one by one; what cannot be read becomes a problem.
class Reader {
 public:
  explicit Reader(const fs::path& folder) : folder_(folder.has_filename() ? folder : folder.parent_path()) {
    outputs_.folder = fs::absolute(folder_).lexically_normal().filename().string();
  }

  void read(const fs::path& file) {
    try {
      read_known(file);
    } catch (const InputError& error) {
      std::string message = error.what();
      const std::string prefix = folder_.string();
      if (message.starts_with(prefix)) message = message.substr(std::min(prefix.size() + 1, message.size()));
      outputs_.problems.push_back(message);
    }
  }

  Outputs finish() {
    relate();
    return std::move(outputs_);
  }

 private:
  void read_known(const fs::path& file) {
    const std::string name = file.filename().string();
    const std::string suffix = suffix_of(file);
    if (name.ends_with(".nii.gz") || name.ends_with(".nii")) {
      if (suffix == "mimap") read_map(file);
    } else if (!name.ends_with(".tsv")) {
      return;
    } else if (suffix == "tacs") {
      read_curves(file);
    } else if (suffix == "kinpar") {
      read_parameters(file);
    } else if (suffix == "occupancy" || suffix == "change" || suffix == "curve") {
      read_comparison(file, suffix);
    } else if (suffix == "inputfunction") {
      auto blood = opened<Blood>(folder_, file);
      blood.input = read_input_function((folder_ / file).string());
      outputs_.blood.push_back(std::move(blood));
    } else {
      other_tables_.push_back(file);
    }
  }

  void read_curves(const fs::path& file) {
    auto curves = opened<FittedCurves>(folder_, file);
    const bool is_fit =
        curves.text("CommandLine").find("--fitted") != std::string::npos || entity(curves, "desc").ends_with("fitted");
    if (is_fit) {
      read_fit(std::move(curves), file);
      return;
    }
    curves.table = read_tac_table((folder_ / file).string());
    outputs_.scans.push_back(static_cast<Curves&&>(curves));
  }

  // Frames that a model does not describe are n/a, which the reader of measured curves refuses.
  void read_fit(FittedCurves&& curves, const fs::path& file) {
    const Tsv tsv = Tsv::read((folder_ / file).string());
    const std::size_t start = tsv.column("frame_start");
    const std::size_t end = tsv.column("frame_end");
    const bool is_known = in_kBq_per_mL_of(curves) != 0.0;
    const double factor = is_known ? in_kBq_per_mL_of(curves) : 1.0;
    std::vector<Frame> frames;
    for (std::size_t r = 0; r < tsv.rows(); ++r)
      frames.push_back({tsv.required_number(r, start) / 60.0, tsv.required_number(r, end) / 60.0});
    curves.table.frames = Frames(frames);
    curves.table.unit = is_known ? ActivityUnit::kBq_per_mL : ActivityUnit::unknown;
    for (std::size_t c = 0; c < tsv.header().size(); ++c) {
      if (c == start || c == end) continue;
      curves.table.regions.push_back(tsv.header()[c]);
      std::vector<double> values;
      for (std::size_t r = 0; r < tsv.rows(); ++r)
        values.push_back(tsv.number(r, c) ? *tsv.number(r, c) * factor : not_available);
      curves.table.activity.push_back(std::move(values));
    }
    outputs_.fits.push_back(std::move(curves));
  }

  static double in_kBq_per_mL_of(const OutputFile& file) { return in_kBq_per_mL(file.text("Units")).value_or(0.0); }

  void read_parameters(const fs::path& file) {
    auto parameters = opened<Parameters>(folder_, file);
    parameters.table = read_parameter_table((folder_ / file).string());
    parameters.model_label = parameters.text("ModelName");
    if (parameters.model_label.empty()) parameters.model_label = entity(parameters, "model");
    parameters.model = model_of_label(parameters.model_label);
    if (parameters.model_label.empty()) parameters.model_label = "unknown model";
    outputs_.parameters.push_back(std::move(parameters));
  }

  void read_comparison(const fs::path& file, const std::string& suffix) {
    const Tsv tsv = Tsv::read((folder_ / file).string());
    const auto entities = entities_of(file);
    const auto description = entities.find("desc");
    const bool is_observations = description != entities.end() && description->second.ends_with("observations");
    if (is_curve(tsv) || (suffix == "curve" && !is_prediction(tsv))) {
      auto curve = opened<DoseCurve>(folder_, file);
      curve.rows = curve_rows_of(tsv);
      outputs_.curves.push_back(std::move(curve));
    } else if (is_prediction(tsv) || is_observations) {
      other_tables_.push_back(file);
    } else if (tsv.find("participant_id")) {
      read_cohort(file, tsv);
      other_tables_.push_back(file);  // a curve may have been fitted to it
    } else {
      read_occupancies(file);
    }
  }

  void read_cohort(const fs::path& file, const Tsv& tsv) {
    auto cohort = opened<CohortTable>(folder_, file);
    cohort.table = read_occupancy_table((folder_ / file).string());
    cohort.method = cohort.text("Method");
    const auto cell = [&](std::size_t row, const char* name) {
      const auto column = tsv.find(name);
      const std::string text = column ? tsv.cell(row, *column) : "";
      return text == "n/a" ? "" : text;
    };
    const std::string unit_of_all = units_of_column((folder_ / file).string(), "dose");
    for (std::size_t r = 0; r < tsv.rows(); ++r) {
      cohort.participants.push_back(tsv.cell(r, tsv.column("participant_id")));
      std::string drug = cell(r, "drug");
      const std::string unit = tsv.find("dose_unit") ? cell(r, "dose_unit") : unit_of_all;
      if (!cell(r, "dose").empty())
        drug += (drug.empty() ? "" : ", ") + cell(r, "dose") + (unit.empty() ? "" : " " + unit);
      cohort.drugs.push_back(drug);
    }
    outputs_.cohorts.push_back(std::move(cohort));
  }

  void read_occupancies(const fs::path& file) {
    auto occupancies = opened<Occupancies>(folder_, file);
    occupancies.table = read_occupancy_table((folder_ / file).string());
    occupancies.method = occupancies.text("Method");
    std::vector<std::string> drug;
    for (const char* key : {"Drug", "Dose", "PlasmaLevel"})
      if (!occupancies.text(key).empty()) drug.push_back(occupancies.text(key));
    for (std::size_t i = 0; i < drug.size(); ++i)
      occupancies.drug += i == 0 ? drug[i] : (i == 1 ? " (" : ", ") + drug[i] + (i + 1 == drug.size() ? ")" : "");
    if (occupancies.drug.empty()) occupancies.drug = entity(occupancies, "desc");
    outputs_.occupancies.push_back(std::move(occupancies));
  }

  void read_map(const fs::path& file) {
    const auto entities = entities_of(file);
    const auto found = entities.find("meas");
    const std::string quantity = found == entities.end() ? "" : found->second;
    const bool is_estimate = !entities.contains("desc") || entities.at("desc") != "stderr";
    const bool is_drawn =
        is_estimate && std::find(drawn_quantities.begin(), drawn_quantities.end(), quantity) != drawn_quantities.end();
    if (!is_drawn || outputs_.maps.size() >= most_maps) {
      outputs_.maps_left_out.push_back(file.generic_string());
      return;
    }
    auto map = opened<QuantityMap>(folder_, file);
    map.quantity = quantity;
    map.map = read_volume_map(folder_ / file);
    keep_ok_voxels(map, folder_ / file);
    outputs_.maps.push_back(std::move(map));
  }

  // Voxels whose fit has a status other than ok have no place in a picture; the map of statuses has 1 for ok.
  static void keep_ok_voxels(QuantityMap& map, const fs::path& file) {
    std::string name = file.filename().string();
    const std::string measure = "meas-" + map.quantity;
    name.replace(name.find(measure), measure.size(), "meas-status");
    const fs::path statuses = file.parent_path() / name;
    if (!fs::is_regular_file(statuses)) return;
    const VolumeMap status = read_volume_map(statuses);
    if (!same_grid(status.grid, map.map.grid) || status.voxels.size() != map.map.voxels.size()) return;
    map.shows_ok_only = true;
    for (std::size_t v = 0; v < status.voxels.size(); ++v)
      if (status.voxels[v] != 1.0F) map.map.voxels[v] = std::numeric_limits<float>::quiet_NaN();
  }

  void relate() {
    label_all();
    const auto rank = [](const QuantityMap& map) {
      return std::find(drawn_quantities.begin(), drawn_quantities.end(), map.quantity) - drawn_quantities.begin();
    };
    std::stable_sort(outputs_.maps.begin(), outputs_.maps.end(),
                     [&](const QuantityMap& a, const QuantityMap& b) { return rank(a) < rank(b); });
    for (Parameters& parameters : outputs_.parameters) {
      parameters.measured = source_among(parameters, outputs_.scans);
      parameters.blood = source_among(parameters, outputs_.blood);
      if (parameters.measured) parameters.label = outputs_.scans[*parameters.measured].label;
    }
    for (FittedCurves& fit : outputs_.fits) {
      fit.measured = source_among(fit, outputs_.scans);
      if (fit.measured) fit.label = outputs_.scans[*fit.measured].label;
      fit.model = model_of_fit(fit);
    }
    for (DoseCurve& curve : outputs_.curves) relate_curve(curve);
    find_stale();
  }

  void label_all() {
    std::set<std::string> subjects;
    for (const OutputFile* file : outputs_.files()) subjects.insert(entity(*file, "sub"));
    subjects.erase("");
    const bool with_subject = subjects.size() > 1;
    const auto label = [&](auto& group) {
      for (auto& file : group) file.label = label_of(file.path, with_subject);
    };
    label(outputs_.scans);
    label(outputs_.fits);
    label(outputs_.parameters);
    label(outputs_.occupancies);
    label(outputs_.cohorts);
    label(outputs_.curves);
    label(outputs_.blood);
    label(outputs_.maps);
    outputs_.has_many_subjects = with_subject;
    // Where two scans have one label, what describes them tells them apart, and at last their path.
    tell_apart([](const Curves& scan) {
      const std::string description = entity(scan, "desc");
      return description.empty() ? scan.label : scan.label + " " + description;
    });
    tell_apart([](const Curves& scan) { return without_extension(scan.path).generic_string(); });
  }

  template <typename Name>
  void tell_apart(const Name& name) {
    std::map<std::string, int> count;
    for (const Curves& scan : outputs_.scans) ++count[scan.label];
    for (Curves& scan : outputs_.scans)
      if (count[scan.label] > 1) scan.label = name(scan);
  }

  template <typename Group>
  static std::optional<std::size_t> source_among(const OutputFile& file, const Group& group) {
    for (std::size_t i = 0; i < group.size(); ++i)
      if (file.was_made_of(group[i].sha256)) return i;
    return std::nullopt;
  }

  // The model of the parameters that the same command wrote, else what the name says.
  std::string model_of_fit(const FittedCurves& fit) const {
    for (const Parameters& parameters : outputs_.parameters)
      if (!fit.text("CommandLine").empty() && parameters.text("CommandLine") == fit.text("CommandLine"))
        return parameters.model_label;
    const std::string described = entity(fit, "desc");
    return described.ends_with("fitted") ? described.substr(0, described.size() - 6) : "model";
  }

  void relate_curve(DoseCurve& curve) {
    for (const fs::path& file : other_tables_) {
      try {
        if (curve.was_made_of(checksum(folder_ / file).sha256)) {
          curve.observations = Tsv::read((folder_ / file).string());
          continue;
        }
        const bool is_named = curve.text("CommandLine").find(file.filename().string()) != std::string::npos;
        if (!is_named && outputs_.curves.size() > 1) continue;
        const Tsv tsv = Tsv::read((folder_ / file).string());
        if (is_prediction(tsv)) curve.prediction = prediction_of(tsv);
      } catch (const InputError&) {  // a table that is none of ours
      }
    }
  }

  // A result whose sidecar names a file of the folder with another checksum.
  void find_stale() {
    std::map<std::string, std::vector<const OutputFile*>> by_name;
    const std::vector<const OutputFile*> files = outputs_.files();
    for (const OutputFile* file : files) by_name[fs::path(file->path).filename().string()].push_back(file);
    for (const OutputFile* file : files) {
      const Json& sums = file->sidecar.value("SourcesSHA256", Json());
      if (!sums.is_object() && !sums.is_array()) continue;
      const Json& sources = file->sidecar.value("Sources", Json());
      for (std::size_t i = 0; sources.is_array() && i < sources.size(); ++i) {
        if (!sources[i].is_string()) continue;
        const auto found = by_name.find(fs::path(sources[i].get<std::string>()).filename().string());
        if (found == by_name.end() || found->second.size() != 1 || found->second.front() == file) continue;
        if (!file->was_made_of(found->second.front()->sha256))
          outputs_.stale.push_back(file->path + " was made of another content of " + found->second.front()->path +
                                   " than the one in this folder");
      }
    }
  }

  fs::path folder_;
  Outputs outputs_;
  std::vector<fs::path> other_tables_;
};

}  // namespace

std::string OutputFile::text(const char* key) const {
  const auto found = sidecar.find(key);
  if (found == sidecar.end()) return "";
  if (found->is_string()) return found->get<std::string>();
  if (found->is_number()) return format_number(found->get<double>());
  if (found->is_array() && found->size() == 1 && found->front().is_string()) return found->front().get<std::string>();
  return "";
}

bool OutputFile::was_made_of(const std::string& other_sha256) const {
  const auto found = sidecar.find("SourcesSHA256");
  if (found == sidecar.end()) return false;
  return std::any_of(found->begin(), found->end(),
                     [&](const Json& sum) { return sum.is_string() && sum.get<std::string>() == other_sha256; });
}

std::optional<double> Parameters::held(const std::string& name) const {
  const auto labels = sidecar.find("InputValuesLabels");
  const auto values = sidecar.find("InputValues");
  if (labels == sidecar.end() || values == sidecar.end() || !labels->is_array() || !values->is_array())
    return std::nullopt;
  for (std::size_t i = 0; i < std::min(labels->size(), values->size()); ++i)
    if ((*labels)[i] == name && (*values)[i].is_number()) return (*values)[i].get<double>();
  return std::nullopt;
}

const OccupancyRow* Occupancies::whole() const {
  const bool has_whole = !table.rows.empty() && table.rows.front().index == 0;
  return has_whole ? &table.rows.front() : nullptr;
}

bool Occupancies::is_change() const {
  return table.quantity == "change";
}

std::string Occupancies::of_what() const {
  const std::string stated = text("Occupancy");
  return stated.empty() ? "of its target" : stated;
}

std::string Occupancies::quantity() const {
  return is_change() ? "change of " + table.measure : "occupancy";
}

const CurveRow* DoseCurve::find(std::string_view parameter) const {
  const auto found =
      std::find_if(rows.begin(), rows.end(), [&](const CurveRow& row) { return row.parameter == parameter; });
  return found == rows.end() ? nullptr : &*found;
}

bool Outputs::is_empty() const {
  return files().empty();
}

std::vector<std::string> Outputs::participants() const {
  std::set<std::string> all;
  for (const CohortTable& cohort : cohorts) all.insert(cohort.participants.begin(), cohort.participants.end());
  return {all.begin(), all.end()};
}

std::vector<std::string> Outputs::drugs() const {
  std::set<std::string> all;
  for (const Occupancies& table : occupancies) all.insert(table.drug);
  for (const CohortTable& cohort : cohorts) all.insert(cohort.drugs.begin(), cohort.drugs.end());
  all.erase("");
  return {all.begin(), all.end()};
}

std::vector<const OutputFile*> Outputs::files() const {
  std::vector<const OutputFile*> all;
  const auto add = [&](const auto& group) {
    for (const auto& file : group) all.push_back(&file);
  };
  add(scans);
  add(fits);
  add(blood);
  add(parameters);
  add(occupancies);
  add(cohorts);
  add(curves);
  add(maps);
  return all;
}

Outputs read_outputs(const fs::path& folder, const std::vector<fs::path>& files) {
  Reader reader(folder);
  for (const fs::path& file : files) reader.read(file);
  Outputs outputs = reader.finish();
  if (outputs.is_empty() && outputs.problems.empty())
    throw bad_input(
        folder.string(), "no output of Occupet",
        "files that end in _tacs.tsv, _kinpar.tsv, _occupancy.tsv, _change.tsv, _curve.tsv, _inputfunction.tsv or "
        "_mimap.nii.gz");
  return outputs;
}

}  // namespace pet::detail
