// SPDX-License-Identifier: Apache-2.0
#include "tools/workflow/configuration.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "kinetic_models/maps/parametric_maps.h"
#include "kinetic_models/registry.h"
#include "libpet/error.h"
#include "libpet/io/detail/json_node.h"
#include "libpet/io/tsv.h"
#include "tools/workflow/sections.h"

namespace pet {
namespace {

using detail::JsonNode;
using Json = nlohmann::ordered_json;

constexpr const char* built_in = "built-in configuration";

// What is done where no file says otherwise.
nlohmann::json default_json() {
  return {{"schema_version", 1},
          {"fit", {{{"model", "srtm"}, {"reference", "cerebellum"}}}},
          {"occupancy", {{{"method", "bpnd"}}}}};
}

bool takes_number_as_text(const DeclaredOption& option) {
  return option.repeats || option.value_name.find('|') != std::string::npos;
}

// One value of an option as the text that a person would type.
std::string typed_text(const DeclaredOption& option, const JsonNode& node) {
  switch (option.kind) {
    case ValueKind::number:
      return format_number(node.number());
    case ValueKind::whole_number:
      return std::to_string(node.integer(INT32_MIN, INT32_MAX));
    default:
      break;
  }
  if (node.is_number() && takes_number_as_text(option)) return format_number(node.number());
  return node.text();
}

// Files are looked for from the folder of the configuration; the column of "FILE:COLUMN" stays as it is.
std::string resolved(const DeclaredOption& option, const std::string& text, const std::filesystem::path& folder) {
  const bool has_column = option.value_name.ends_with("FILE:COLUMN") && text.find(':') != std::string::npos;
  if (option.value_name != "FILE" && !has_column) return text;
  const std::size_t end = has_column ? text.rfind(':') : text.size();
  const std::filesystem::path path = text.substr(0, end);
  return std::filesystem::absolute(path.is_absolute() ? path : folder / path).lexically_normal().string() +
         text.substr(end);
}

// Values of an option; none where the key is null, or a switch that is off.
std::vector<std::string> values_of(const DeclaredOption& option, const JsonNode& node) {
  if (node.is_null() || (option.repeats && node.is_list() && node.is_empty())) return {};
  if (option.is_switch()) return node.boolean() ? std::vector<std::string>{""} : std::vector<std::string>{};
  if (!option.repeats || !node.is_list()) return {typed_text(option, node)};
  std::vector<std::string> values;
  for (const JsonNode& item : node.items(option.value_name)) values.push_back(typed_text(option, item));
  return values;
}

// Adds the words of one option, having tried whether the command takes them.
void add_words(ConfiguredCommand& configured,
               const DeclaredOption& option,
               const JsonNode& node,
               const std::filesystem::path& folder) {
  std::string all;
  std::vector<std::string> words;
  for (const std::string& value : values_of(option, node)) {
    const std::string text = option.is_switch() ? "" : resolved(option, value, folder);
    try {
      assign_value(option, text);
    } catch (const UsageError& error) {
      throw InputError(node.where() + ": " + error.what());
    }
    all += (all.empty() ? "" : ",") + text;
    words.push_back(option.is_switch() ? "--" + option.name : "--" + option.name + "=" + text);
  }
  if (words.empty() || (!option.is_switch() && all == option.default_text)) return;
  configured.words.insert(configured.words.end(), words.begin(), words.end());
}

std::string own_text(const JsonNode& node, const char* key) {
  const auto found = node.find(key);
  return found && !found->is_null() ? found->text() : "";
}

// What a key of a section's own fills.
std::string ConfiguredCommand::*member_of(const std::string& key) {
  static const std::map<std::string, std::string ConfiguredCommand::*> members = {
      {"label", &ConfiguredCommand::label},         {"fit", &ConfiguredCommand::fit},
      {"occupancy", &ConfiguredCommand::occupancy}, {"region", &ConfiguredCommand::region},
      {"drug", &ConfiguredCommand::drug},           {"map", &ConfiguredCommand::map}};
  return members.at(key);
}

// The list of commands that a section fills.
std::vector<ConfiguredCommand> Configuration::*list_of(const std::string& section) {
  static const std::map<std::string, std::vector<ConfiguredCommand> Configuration::*> lists = {
      {"fit", &Configuration::fits},
      {"occupancy", &Configuration::occupancies},
      {"curve", &Configuration::curves},
      {"map", &Configuration::maps},
      {"occupancy_map", &Configuration::occupancy_maps}};
  return lists.at(section);
}

ConfiguredCommand command_from(const Section& section, const JsonNode& node) {
  const Command command = section.command();
  const std::vector<DeclaredOption> options = options_of(section, command);
  std::vector<std::string> keys;
  for (const Section::OwnKey& own : section.own_keys) keys.push_back(own.name);
  for (const DeclaredOption& option : options) keys.push_back(key_of(option));
  node.require_keys(keys);

  ConfiguredCommand configured;
  for (const Section::OwnKey& own : section.own_keys)
    configured.*member_of(own.name) = own_text(node, own.name.c_str());
  const std::filesystem::path folder = std::filesystem::path(node.file()).parent_path();
  for (const DeclaredOption& option : options)
    if (const auto value = node.find(key_of(option))) add_words(configured, option, *value, folder);
  return configured;
}

std::vector<ConfiguredCommand> commands_from(const Section& section, const JsonNode& root) {
  std::vector<ConfiguredCommand> commands;
  const auto node = root.find(section.key);
  if (!node || node->is_null() || (node->is_list() && node->is_empty())) return commands;
  if (!section.is_list) return {command_from(section, *node)};
  for (const JsonNode& item : node->items("objects")) commands.push_back(command_from(section, item));
  return commands;
}

std::vector<std::string> labels_from(const JsonNode& root, const char* key, std::vector<std::string> otherwise) {
  const auto node = root.find(key);
  if (!node || node->is_null()) return otherwise;
  return node->is_list() && node->is_empty() ? std::vector<std::string>() : node->texts();
}

std::string session_label(const std::string& text) {
  return text.starts_with("ses-") ? text.substr(4) : text;
}

std::vector<std::string> sessions_from(const JsonNode& root, const char* key) {
  std::vector<std::string> labels;
  for (const std::string& text : labels_from(root, key, {})) labels.push_back(session_label(text));
  return labels;
}

// A session is of the baseline or of the drug.
void require_disjoint_sessions(const Configuration& configuration, const JsonNode& root) {
  for (const std::string& session : configuration.baseline_sessions) {
    const auto& drug_sessions = configuration.drug_sessions;
    const bool is_listed = std::find(drug_sessions.begin(), drug_sessions.end(), session) != drug_sessions.end();
    const bool has_drug = std::any_of(configuration.drugs.begin(), configuration.drugs.end(),
                                      [&](const SessionDrug& drug) { return drug.session == session; });
    if (is_listed || has_drug)
      throw root.at("baseline_sessions")
          .error("'" + session + "', which is in " + (is_listed ? "drug_sessions" : "drugs") + " too",
                 "each session in one of them");
  }
}

void require_label(const JsonNode& node, const std::string& label, std::set<std::string>& seen) {
  const bool is_alphanumeric =
      std::all_of(label.begin(), label.end(), [](unsigned char c) { return std::isalnum(c) != 0; });
  if (!is_alphanumeric) throw node.error("label '" + label + "'", "letters and digits, as BIDS names have them");
  if (!seen.insert(label).second) throw node.error("label '" + label + "' twice", "a \"label\" of its own");
}

// The one of `labels` that is meant: the named one, or the only one.
std::string chosen(const JsonNode& node, const std::string& name, const std::vector<std::string>& labels) {
  if (name.empty() && labels.size() == 1) return labels.front();
  if (std::find(labels.begin(), labels.end(), name) != labels.end()) return name;
  throw node.error(name.empty() ? "none" : "'" + name + "'", "a label" + suggestion(name, labels));
}

std::vector<std::string> labels_of(const std::vector<ConfiguredCommand>& commands) {
  std::vector<std::string> labels;
  for (const ConfiguredCommand& command : commands) labels.push_back(command.label);
  return labels;
}

std::vector<JsonNode> nodes_of(const JsonNode& root, const char* key) {
  const auto node = root.find(key);
  return node && node->is_list() && !node->is_empty() ? node->items("objects") : std::vector<JsonNode>();
}

void complete_fits(Configuration& configuration, const JsonNode& root) {
  std::set<std::string> seen;
  const std::vector<JsonNode> nodes = nodes_of(root, "fit");
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    ConfiguredCommand& fit = configuration.fits[i];
    const auto models = std::count_if(fit.words.begin(), fit.words.end(),
                                      [](const std::string& word) { return word.starts_with("--model="); });
    if (models != 1) throw nodes[i].at("model").error(std::to_string(models) + " models", "one for each fit");
    try {
      if (fit.label.empty()) fit.label = find_model(fit.value("model")).label;
    } catch (const UsageError& error) {
      throw InputError(nodes[i].at("model").where() + ": " + error.what());
    }
    require_label(nodes[i], fit.label, seen);
  }
}

void complete_occupancies(Configuration& configuration, const JsonNode& root) {
  std::set<std::string> seen;
  const std::vector<JsonNode> nodes = nodes_of(root, "occupancy");
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    ConfiguredCommand& occupancy = configuration.occupancies[i];
    const std::string method = occupancy.value("method");
    if (method != "joint")
      occupancy.fit = chosen(nodes[i].find("fit").value_or(nodes[i]), occupancy.fit, labels_of(configuration.fits));
    else if (!occupancy.fit.empty())
      throw nodes[i].at("fit").error("none: method joint takes curves");
    if (occupancy.label.empty())
      occupancy.label = method == "joint"    ? "Joint"
                        : method == "lassen" ? "Lassen"
                        : method == "change" ? "Change"
                                             : occupancy.fit;
    require_label(nodes[i], occupancy.label, seen);
  }
}

void complete_curves(Configuration& configuration, const JsonNode& root) {
  std::set<std::string> seen;
  const std::vector<JsonNode> nodes = nodes_of(root, "curve");
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    ConfiguredCommand& curve = configuration.curves[i];
    const std::string x = curve.value("x");
    if (x != "dose" && x != "plasma_level")
      throw nodes[i].find("x").value_or(nodes[i]).error("'" + x + "'", "x as \"dose\" or \"plasma_level\"");
    curve.occupancy =
        chosen(nodes[i].find("occupancy").value_or(nodes[i]), curve.occupancy, labels_of(configuration.occupancies));
    const auto described =
        std::find_if(configuration.occupancies.begin(), configuration.occupancies.end(),
                     [&](const ConfiguredCommand& occupancy) { return occupancy.label == curve.occupancy; });
    if (described->value("method") == "change")
      throw nodes[i]
          .find("occupancy")
          .value_or(nodes[i])
          .error("'" + curve.occupancy + "', of method change", "an occupancy: a curve describes no change");
    if (curve.label.empty()) {
      std::string model = curve.value("model");
      if (model.empty()) model = "emax";
      std::erase(model, '-');
      model[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(model[0])));
      curve.label = model;
    }
    require_label(nodes[i], curve.label, seen);
  }
}

// Names of maps have the label of the model and no other.
void complete_maps(Configuration& configuration, const JsonNode& root) {
  std::set<std::string> seen;
  const std::vector<JsonNode> nodes = nodes_of(root, "map");
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    ConfiguredCommand& map = configuration.maps[i];
    const JsonNode model = nodes[i].at("model");
    try {
      const Model& found = find_model(map.value("model"));
      if (!is_mappable(found)) throw model.error(map.value("model"), "one of: " + mappable_model_names());
      map.label = found.label;
    } catch (const UsageError& error) {
      throw InputError(model.where() + ": " + error.what());
    }
    if (!seen.insert(map.label).second) throw model.error(map.value("model") + " twice", "each model once");
  }
}

bool has_quantity(const ConfiguredCommand& map, const std::string& symbol) {
  const auto& quantities = find_model(map.value("model")).quantities;
  const bool is_of_model = std::any_of(quantities.begin(), quantities.end(),
                                       [&](const Quantity& quantity) { return quantity.symbol == symbol; });
  const std::string start = "--maps=";
  bool is_all = true;
  for (const std::string& word : map.words) {
    if (word == start + symbol) return is_of_model;
    if (word.starts_with(start)) is_all = false;
  }
  return is_of_model && is_all;
}

void complete_occupancy_maps(Configuration& configuration, const JsonNode& root) {
  std::set<std::string> seen;
  const std::vector<JsonNode> nodes = nodes_of(root, "occupancy_map");
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    ConfiguredCommand& occupancy = configuration.occupancy_maps[i];
    const JsonNode named = nodes[i].find("map").value_or(nodes[i]);
    std::string method = occupancy.value("method");
    if (method.empty()) method = "ratio";
    if (method == "emax")
      throw nodes[i].at("method").error("emax", "ratio or lassen: two scans of a participant are compared");
    if (!seen.insert(method).second) throw nodes[i].error("method " + method + " twice", "each method once");
    occupancy.map = chosen(named, occupancy.map, labels_of(configuration.maps));
    occupancy.label = method == "lassen" ? "Lassen" : "Ratio";
    const auto compared = std::find_if(configuration.maps.begin(), configuration.maps.end(),
                                       [&](const ConfiguredCommand& map) { return map.label == occupancy.map; });
    const std::string measure = method == "lassen" ? "VT" : "BPND";
    if (!has_quantity(*compared, measure))
      throw named.error("'" + occupancy.map + "' without maps of " + measure,
                        "maps of " + measure + " for method " + method);
    if (method == "lassen" && occupancy.value("noise-fwhm").empty())
      throw nodes[i].error("no noise_fwhm", "the smoothness of the maps' noise in mm, for method lassen");
  }
}

// ---- the configuration as text

Json drugs_json(const Configuration& configuration) {
  Json list = Json::array();
  for (const SessionDrug& drug : configuration.drugs)
    list.push_back({{"session", drug.session},
                    {"name", drug.name},
                    {"dose", drug.dose.empty() ? Json(nullptr) : Json(drug.dose)}});
  return list;
}

Json default_of(const DeclaredOption& option) {
  if (option.is_switch()) return false;
  if (option.default_text.empty()) return nullptr;
  if (option.kind == ValueKind::text) return option.default_text;
  const double value = *parse_number(option.default_text);
  if (option.kind == ValueKind::whole_number) return static_cast<std::int64_t>(value);
  return value;
}

Json json_of(const Section& section, const ConfiguredCommand& configured, const nlohmann::json& given) {
  Json object = Json::object();
  for (const Section::OwnKey& own : section.own_keys) {
    const std::string& value = configured.*member_of(own.name);
    object[own.name] = value.empty() ? Json(nullptr) : Json(value);
  }
  const Command command = section.command();
  for (const DeclaredOption& option : options_of(section, command)) {
    const auto found = given.find(key_of(option));
    object[key_of(option)] = found != given.end() && !found->is_null() ? Json(*found) : default_of(option);
  }
  return object;
}

std::string text_of(const Configuration& configuration, const nlohmann::json& given) {
  Json object = {
      {"schema_version", 1},
      {"baseline_sessions", configuration.baseline_sessions},
      {"drug_sessions", configuration.drug_sessions},
      {"drugs", drugs_json(configuration)},
      {"no_drug", configuration.no_drug},
      {"plasma_level", configuration.plasma_level.empty() ? Json(nullptr) : Json(configuration.plasma_level)},
      {"segmentation", configuration.segmentation.empty() ? Json(nullptr) : Json(configuration.segmentation)},
      {"pvc", configuration.pvc.empty() ? Json(nullptr) : Json(configuration.pvc)},
      {"suv_range", {configuration.least_suv, configuration.most_suv}},
      {"report", configuration.has_reports}};
  for (const Section& section : configuration_sections()) {
    const auto found = given.find(section.key);
    const nlohmann::json members = found == given.end() || found->is_null() ? nlohmann::json::object() : *found;
    if (!section.is_list) {
      object[section.key] = json_of(section, section.key == "tac" ? configuration.tac : configuration.input, members);
      continue;
    }
    object[section.key] = Json::array();
    const std::vector<ConfiguredCommand>& commands = configuration.*list_of(section.key);
    for (std::size_t i = 0; i < commands.size(); ++i)
      object[section.key].push_back(json_of(section, commands[i], members.at(i)));
  }
  return object.dump(2) + "\n";
}

std::vector<std::string> top_keys() {
  std::vector<std::string> keys = {"schema_version", "baseline_sessions", "drug_sessions", "drugs",     "no_drug",
                                   "plasma_level",   "segmentation",      "pvc",           "suv_range", "report"};
  for (const Section& section : configuration_sections()) keys.push_back(section.key);
  return keys;
}

void read_drugs(Configuration& configuration, const JsonNode& root) {
  const auto node = root.find("drugs");
  if (!node || node->is_null() || (node->is_list() && node->is_empty())) return;
  for (const JsonNode& item : node->items("objects")) {
    item.require_object({"session", "name", "dose"});
    configuration.drugs.push_back(
        {session_label(item.at("session").text()), item.at("name").text(), own_text(item, "dose")});
    if (!item.has("dose") || item.at("dose").is_null()) continue;
    const std::string& dose = configuration.drugs.back().dose;
    const std::size_t blank = dose.find(' ');
    if (!parse_number(dose.substr(0, blank)) || blank == std::string::npos)
      throw item.at("dose").error("a number and its unit, such as \"25 mg\"");
  }
}

void read_suv_range(Configuration& configuration, const JsonNode& root) {
  const auto node = root.find("suv_range");
  if (!node || node->is_null()) return;
  const std::vector<double> range = node->numbers(2);
  if (!(range[0] >= 0.0 && range[1] > range[0])) throw node->error("the least and the most, in g/mL");
  configuration.least_suv = range[0];
  configuration.most_suv = range[1];
}

// ---- the schema

Json schema_of(const DeclaredOption& option) {
  Json type;
  const Json text = takes_number_as_text(option) ? Json{"string", "number"} : Json("string");
  switch (option.kind) {
    case ValueKind::nothing:
      type["type"] = {"boolean", "null"};
      break;
    case ValueKind::number:
      type["type"] = {"number", "null"};
      break;
    case ValueKind::whole_number:
      type["type"] = {"integer", "null"};
      break;
    case ValueKind::text:
      if (option.repeats)
        type["type"] = {"string", "number", "array", "null"};
      else if (text.is_array())
        type["type"] = {"string", "number", "null"};
      else
        type["type"] = {"string", "null"};
  }
  if (option.repeats) type["items"] = {{"type", text}};
  if (!option.choices.empty() && !option.repeats) {
    type["enum"] = option.choices;
    type["enum"].push_back(nullptr);
  }
  type["description"] = option.value_name.empty() ? option.help : option.value_name + ": " + option.help;
  type["default"] = default_of(option);
  return type;
}

Json schema_of(const Section& section) {
  Json properties = Json::object();
  for (const Section::OwnKey& own : section.own_keys)
    properties[own.name] = {{"type", {"string", "null"}}, {"description", own.help}};
  const Command command = section.command();
  Json object = {{"type", "object"}, {"additionalProperties", false}};
  Json required = Json::array();
  for (const DeclaredOption& option : options_of(section, command)) {
    properties[key_of(option)] = schema_of(option);
    if (option.required) required.push_back(key_of(option));
  }
  object["properties"] = properties;
  if (!required.empty()) object["required"] = required;
  if (!section.is_list) return object;
  return {{"type", "array"}, {"items", object}};
}

}  // namespace

std::string ConfiguredCommand::value(const std::string& option) const {
  const std::string start = "--" + option + "=";
  for (const std::string& word : words)
    if (word.starts_with(start)) return word.substr(start.size());
  return "";
}

Configuration read_configuration(const std::string& path) {
  const nlohmann::json json = path.empty() ? default_json() : detail::parse_json_file(path);
  const JsonNode root(json, path.empty() ? built_in : path);
  root.require_keys(top_keys());
  root.at("schema_version").integer(1, 1);
  Configuration configuration;
  configuration.baseline_sessions = sessions_from(root, "baseline_sessions");
  configuration.drug_sessions = sessions_from(root, "drug_sessions");
  configuration.no_drug = labels_from(root, "no_drug", configuration.no_drug);
  configuration.plasma_level = own_text(root, "plasma_level");
  configuration.segmentation = own_text(root, "segmentation");
  configuration.pvc = own_text(root, "pvc");
  read_drugs(configuration, root);
  require_disjoint_sessions(configuration, root);
  read_suv_range(configuration, root);
  if (const auto node = root.find("report"); node && !node->is_null()) configuration.has_reports = node->boolean();
  for (const Section& section : configuration_sections()) {
    std::vector<ConfiguredCommand> commands = commands_from(section, root);
    if (section.is_list)
      configuration.*list_of(section.key) = std::move(commands);
    else if (!commands.empty())
      (section.key == "tac" ? configuration.tac : configuration.input) = commands.front();
  }
  complete_fits(configuration, root);
  complete_occupancies(configuration, root);
  complete_curves(configuration, root);
  complete_maps(configuration, root);
  complete_occupancy_maps(configuration, root);
  configuration.text = text_of(configuration, json);
  return configuration;
}

std::string configuration_schema_text() {
  const Json labels = {{"type", {"array", "null"}}, {"items", {{"type", "string"}}}};
  const Json text = {{"type", {"string", "null"}}};
  Json properties = {{"schema_version", {{"const", 1}}},
                     {"baseline_sessions", labels},
                     {"drug_sessions", labels},
                     {"drugs",
                      {{"type", {"array", "null"}},
                       {"items",
                        {{"type", "object"},
                         {"additionalProperties", false},
                         {"required", {"session", "name"}},
                         {"properties",
                          {{"session", {{"type", "string"}}},
                           {"name", {{"type", "string"}}},
                           {"dose", {{"type", {"string", "null"}}, {"pattern", "^[0-9.eE+-]+ .+$"}}}}}}}}},
                     {"no_drug", labels},
                     {"plasma_level", text},
                     {"segmentation", text},
                     {"pvc", text},
                     {"suv_range",
                      {{"type", {"array", "null"}},
                       {"items", {{"type", "number"}}},
                       {"minItems", 2},
                       {"maxItems", 2},
                       {"default", {0.1, 50.0}}}},
                     {"report", {{"type", {"boolean", "null"}}, {"default", true}}}};
  for (const Section& section : configuration_sections()) properties[section.key] = schema_of(section);
  const Json schema = {{"$schema", "https://json-schema.org/draft/2020-12/schema"},
                       {"title", "Configuration of occupet"},
                       {"type", "object"},
                       {"additionalProperties", false},
                       {"required", {"schema_version"}},
                       {"properties", properties}};
  return schema.dump(2) + "\n";
}

}  // namespace pet
