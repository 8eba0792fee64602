// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <utility>

#include "libpet/io/detail/json.h"
#include "libpet/io/detail/text_file.h"
#include "libpet/io/sidecar.h"

namespace pet {
namespace detail {
namespace {

bool is_missing(const Json& value) {
  return value.is_null() || (value.is_string() && (value == "n/a" || value == "N/A"));
}

// Short, and without the content of text: it might name a person.
std::string kind_of(const Json& value) {
  return value.is_number() || value.is_boolean() ? value.dump() : std::string("a JSON ") + value.type_name();
}

}  // namespace

Sidecar::Sidecar(const std::filesystem::path& path) : Sidecar(parse(read_text_file(path), path.string())) {}

Sidecar Sidecar::parse(std::string_view text, std::string source) {
  Sidecar sidecar;
  sidecar.source_ = std::move(source);
  try {
    sidecar.members_ = Json::parse(text);
  } catch (const Json::parse_error& error) {
    const std::size_t end = std::min(error.byte, text.size());
    const auto line = 1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(end), '\n');
    throw bad_input(sidecar.source_ + ":" + std::to_string(line), "text that is not JSON", "a JSON object");
  } catch (const Json::exception&) {
    throw bad_input(sidecar.source_, "a number beyond the range of double precision", "a JSON object");
  }
  if (!sidecar.members_.is_object()) throw bad_input(sidecar.source_, kind_of(sidecar.members_), "a JSON object");
  return sidecar;
}

const Json* Sidecar::find(std::string_view key) const {
  const Json* value = &members_;
  while (true) {
    const std::size_t slash = std::min(key.find('/'), key.size());
    if (!value->is_object()) return nullptr;
    const auto member = value->find(std::string(key.substr(0, slash)));
    if (member == value->end()) return nullptr;
    value = &*member;
    if (slash == key.size()) break;
    key.remove_prefix(slash + 1);
  }
  if (value->is_array() && value->size() == 1) value = &value->front();
  return is_missing(*value) ? nullptr : value;
}

bool Sidecar::is_object(std::string_view key) const {
  const Json* const value = find(key);
  return value != nullptr && value->is_object();
}

std::optional<std::string> Sidecar::text(std::string_view key) const {
  const Json* const value = find(key);
  if (value == nullptr) return std::nullopt;
  if (!value->is_string()) throw error(key, kind_of(*value), "text");
  return value->get<std::string>();
}

std::optional<double> Sidecar::number(std::string_view key) const {
  const Json* const value = find(key);
  if (value == nullptr) return std::nullopt;
  if (!value->is_number()) throw error(key, kind_of(*value), "a number");
  return value->get<double>();
}

std::optional<bool> Sidecar::boolean(std::string_view key) const {
  const Json* const value = find(key);
  if (value == nullptr) return std::nullopt;
  if (!value->is_boolean()) throw error(key, kind_of(*value), "true or false");
  return value->get<bool>();
}

std::optional<std::vector<double>> Sidecar::numbers(std::string_view key) const {
  const Json* const value = find(key);
  if (value == nullptr) return std::nullopt;
  std::vector<double> list;
  for (const Json& item : value->is_array() ? *value : Json::array({*value})) {
    if (!item.is_number()) throw error(key, kind_of(item), "a list of numbers");
    list.push_back(item.get<double>());
  }
  return list;
}

InputError Sidecar::error(std::string_view key, std::string_view found, std::string_view expected) const {
  return bad_input(source_ + " key '" + std::string(key) + "'", found, expected);
}

std::optional<Sidecar> sidecar_if_present(const std::filesystem::path& path) {
  if (!std::filesystem::is_regular_file(path)) return std::nullopt;
  return Sidecar(path);
}

Json object_from(const std::string& text) {
  Json object = Json::parse(text, nullptr, false);
  if (!object.is_object()) throw std::invalid_argument("not a JSON object: " + text);
  return object;
}

void add_provenance(Json& object, const Provenance& provenance) {
  object["SoftwareName"] = provenance.software;
  object["SoftwareVersion"] = provenance.software_version;
  if (!provenance.command_line.empty()) object["CommandLine"] = provenance.command_line;
  if (provenance.inputs.empty()) return;
  object["Sources"] = Json::array();
  object["SourcesSHA256"] = Json::array();
  for (const InputChecksum& input : provenance.inputs) {
    object["Sources"].push_back(input.path);
    object["SourcesSHA256"].push_back(input.sha256);
  }
}

std::string text_of(const Json& object) {
  return object.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Json number_or_null(double value) {
  return std::isfinite(value) ? Json(value) : Json(nullptr);
}

}  // namespace detail

std::string sidecar_text(const std::string& members_json, const Provenance& provenance) {
  detail::Json object = detail::object_from(members_json);
  detail::add_provenance(object, provenance);
  return detail::text_of(object);
}

}  // namespace pet
