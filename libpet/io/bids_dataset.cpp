// SPDX-License-Identifier: Apache-2.0
#include "libpet/io/bids_dataset.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

#include "libpet/error.h"
#include "libpet/files_below.h"
#include "libpet/io/detail/bids_name.h"
#include "libpet/io/detail/json.h"
#include "libpet/io/detail/text_file.h"

namespace pet {
namespace {

namespace fs = std::filesystem;

constexpr std::array entity_order = {"sub", "ses",   "sample", "task", "acq",   "ce",    "trc",       "rec",   "dir",
                                     "run", "mod",   "echo",   "hemi", "space", "split", "recording", "chunk", "atlas",
                                     "seg", "scale", "res",    "den",  "label", "pvc",   "desc",      "model", "meas"};

bool is_label(const std::string& text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isalnum(c) != 0; });
}

std::vector<fs::path> folders_in(const fs::path& folder) {
  std::vector<fs::path> folders;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error))
    if (entry.is_directory(error) && !entry.path().filename().native().starts_with('.')) folders.push_back(entry);
  std::sort(folders.begin(), folders.end());
  return folders;
}

bool is_subject(const fs::path& folder) {
  return folder.filename().native().starts_with("sub-");
}

// The folders in a dataset that may hold subjects and are no datasets of their own.
std::vector<fs::path> analyses_in(const fs::path& dataset) {
  std::vector<fs::path> analyses;
  for (const fs::path& folder : folders_in(dataset)) {
    const std::string name = folder.filename();
    const bool is_other = name == "derivatives" || name == "sourcedata" || name == "work" || name == "logs";
    if (!is_subject(folder) && !is_other) analyses.push_back(folder);
  }
  return analyses;
}

void add_files(std::vector<BidsFile>& files, const fs::path& folder) {
  for (const fs::path& path : files_below(folder))
    if (!path.filename().native().starts_with('.')) files.push_back(bids_file(path));
}

}  // namespace

std::string bids_label(const std::string& text) {
  std::string label;
  for (const unsigned char c : text)
    if (std::isalnum(c) != 0) label += static_cast<char>(std::tolower(c));
  return label;
}

std::string BidsFile::entity(const std::string& key) const {
  const auto found = entities.find(key);
  return found == entities.end() ? "" : found->second;
}

BidsFile bids_file(const fs::path& path) {
  BidsFile file{path, detail::entities_of(path), {}, {}};
  const std::string name = path.filename();
  const std::size_t last = name.rfind('_');
  const std::size_t begin = last == std::string::npos ? 0 : last + 1;
  const std::size_t dot = std::min(name.find('.', begin), name.size());
  file.suffix = name.substr(begin, dot - begin);
  file.extension = name.substr(dot);
  return file;
}

bool are_compatible(const BidsLabels& one, const BidsLabels& other) {
  return std::all_of(one.begin(), one.end(), [&](const auto& entity) {
    const auto match = other.find(entity.first);
    return match == other.end() || match->second == entity.second;
  });
}

std::string bids_file_name(const BidsLabels& entities, const std::string& suffix, const std::string& extension) {
  std::string name;
  std::size_t known = 0;
  for (const char* const key : entity_order) {
    const auto found = entities.find(key);
    if (found == entities.end()) continue;
    ++known;
    if (found->second.empty()) continue;
    if (!is_label(found->second))
      throw UsageError("BIDS entity " + std::string(key) + "-" + found->second + ": expected letters and digits");
    name += std::string(key) + "-" + found->second + "_";
  }
  if (known != entities.size()) throw UsageError("an entity that BIDS names do not have");
  return name + suffix + extension;
}

std::vector<std::string> bids_subjects(const fs::path& dataset) {
  std::vector<std::string> subjects;
  for (const fs::path& folder : folders_in(dataset))
    if (is_subject(folder)) subjects.push_back(folder.filename().string().substr(std::string_view("sub-").size()));
  return subjects;
}

std::vector<BidsFile> bids_files(const fs::path& dataset, const std::string& subject, bool is_raw) {
  std::vector<BidsFile> files;
  std::error_code error;
  const fs::path folder = dataset / ("sub-" + subject);
  if (fs::is_directory(folder, error)) {
    add_files(files, folder);  // without a look at the others, of which there may be a million
    return files;
  }
  if (is_raw) return files;
  for (const fs::path& analysis : analyses_in(dataset))
    if (const fs::path inside = analysis / ("sub-" + subject); fs::is_directory(inside, error))
      add_files(files, inside);
  return files;
}

std::string derivative_description_text(const std::string& name,
                                        const std::vector<std::pair<std::string, std::string>>& links) {
  detail::Json object = {{"Name", name},
                         {"BIDSVersion", "1.9.0"},
                         {"DatasetType", "derivative"},
                         {"GeneratedBy", {{{"Name", "Occupet"}, {"Version", version()}}}}};
  detail::Json described = detail::Json::object();
  for (const auto& [link, path] : links) described[link] = path;
  if (!links.empty()) object["DatasetLinks"] = described;
  return detail::text_of(object);
}

bool is_generated_by(const fs::path& dataset, const std::string& software) {
  const fs::path path = dataset / "dataset_description.json";
  if (!fs::is_regular_file(path)) return false;
  const detail::Json description = detail::Json::parse(detail::read_text_file(path), nullptr, false);
  if (!description.is_object()) return false;
  const detail::Json generators = description.value("GeneratedBy", detail::Json::array());
  return generators.is_array() && std::any_of(generators.begin(), generators.end(), [&](const detail::Json& one) {
           return one.is_object() && one.value("Name", detail::Json()) == software;
         });
}

std::string bidsignore_text() {
  return "*_tacs.*\n*_morph.*\n*_inputfunction.*\n*_kinpar.*\n*_mimap.*\n*_occupancy.*\n*_change.*\nfigures/\nlogs/"
         "\nwork/"
         "\n*.html\n";
}

}  // namespace pet
