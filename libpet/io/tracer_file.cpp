// SPDX-License-Identifier: Apache-2.0
#include "libpet/io/tracer_file.h"

#include <algorithm>
#include <array>

#include "libpet/error.h"
#include "libpet/io/detail/tracer_json.h"

namespace pet {
namespace detail {
namespace {

constexpr std::array statuses = {Source::Status::found, Source::Status::unverified, Source::Status::assumed,
                                 Source::Status::computed};

bool is_ascii_alphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

}  // namespace

std::string label_from(const JsonNode& node) {
  const std::string text = node.text();
  if (!std::all_of(text.begin(), text.end(), is_ascii_alphanumeric)) throw node.error("letters and digits only");
  return text;
}

std::vector<Source> sources_from(const JsonNode& node) {
  std::vector<Source> sources;
  for (const JsonNode& item : node.items("sources")) {
    item.require_object({"what", "citation", "status"});
    const std::size_t status = item.at("status").one_of({"found", "unverified", "assumed", "computed"});
    const auto citation = item.find("citation");
    if (!citation && statuses[status] != Source::Status::assumed) throw item.error("no key \"citation\"", "one");
    sources.push_back({item.at("what").text(), citation ? citation->text() : "", statuses[status]});
  }
  return sources;
}

std::vector<std::string> notes_from(const JsonNode& node) {
  return node.is_text() ? std::vector{node.text()} : node.texts();
}

Tracer tracer_from(const JsonNode& node) {
  node.require_object({"schema_version", "name", "label", "aliases", "radionuclide", "half_life_s", "target",
                       "also_binds", "action", "endpoint", "change_only_drugs", "models", "reference_region",
                       "scan_min", "sources", "notes"});
  node.at("schema_version").integer(1, 1);
  Tracer tracer;
  tracer.name = node.at("name").text();
  tracer.label = label_from(node.at("label"));
  if (const auto aliases = node.find("aliases")) tracer.aliases = aliases->texts();
  tracer.radionuclide = label_from(node.at("radionuclide"));
  tracer.half_life_min = node.at("half_life_s").between(1.0, 1e9) / 60.0;
  tracer.target = node.at("target").text();
  if (const auto others = node.find("also_binds")) tracer.also_binds = others->texts();
  tracer.action = node.at("action").text();
  tracer.endpoint =
      node.at("endpoint").one_of({"occupancy", "change"}) == 0 ? Tracer::Endpoint::occupancy : Tracer::Endpoint::change;
  if (const auto drugs = node.find("change_only_drugs")) tracer.change_only_drugs = drugs->texts();
  tracer.models = node.at("models").texts();
  if (const auto reference = node.find("reference_region")) tracer.reference_region = reference->text();
  tracer.scan_min = node.at("scan_min").positive();
  if (const auto sources = node.find("sources")) tracer.sources = sources_from(*sources);
  if (const auto notes = node.find("notes")) tracer.notes = notes_from(*notes);
  return tracer;
}

}  // namespace detail

namespace {

// "[11C]Cimbi-36" and "11c cimbi36" are the same name.
std::string folded(const std::string& name) {
  std::string text;
  for (const char c : name)
    if (detail::is_ascii_alphanumeric(c)) text += (c >= 'A' && c <= 'Z') ? static_cast<char>(c - 'A' + 'a') : c;
  return text;
}

std::vector<std::filesystem::path> tracer_files(const std::filesystem::path& folder) {
  if (!std::filesystem::is_directory(folder)) throw InputNotFound(folder.string() + ": no such folder");
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    if (entry.path().extension() == ".json") files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

Tracer read_tracer(const std::string& path) {
  const nlohmann::json json = detail::parse_json_file(path);
  return detail::tracer_from(detail::JsonNode(json, path));
}

std::vector<Tracer> read_tracers(const std::filesystem::path& folder) {
  std::vector<Tracer> tracers;
  for (const auto& file : tracer_files(folder)) tracers.push_back(read_tracer(file.string()));
  return tracers;
}

std::optional<Tracer> described_tracer(const std::string& name, const std::filesystem::path& folder) {
  for (const auto& file : tracer_files(folder)) {
    Tracer tracer = read_tracer(file.string());
    std::vector<std::string> names = {file.stem().string(), tracer.name, tracer.label};
    names.insert(names.end(), tracer.aliases.begin(), tracer.aliases.end());
    for (const std::string& candidate : names)
      if (folded(candidate) == folded(name)) return tracer;
  }
  return std::nullopt;
}

Tracer find_tracer(const std::string& name, const std::filesystem::path& folder) {
  std::optional<Tracer> found = described_tracer(name, folder);
  if (found) return *std::move(found);
  std::vector<std::string> known;
  for (const auto& file : tracer_files(folder)) known.push_back(file.stem().string());
  throw UsageError("no tracer '" + name + "'" + suggestion(folded(name), known));
}

}  // namespace pet
