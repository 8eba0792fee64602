// SPDX-License-Identifier: Apache-2.0
#include "libpet/io/bids_pet.h"

#include <algorithm>
#include <array>

#include "libpet/data_folder.h"
#include "libpet/error.h"
#include "libpet/io/detail/json.h"
#include "libpet/io/detail/pet_keys.h"
#include "libpet/io/detail/text_file.h"
#include "libpet/io/tracer_file.h"
#include "libpet/io/tsv.h"

namespace pet {
namespace {

using detail::Json;
using detail::PetKey;

bool is_label_character(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

void require_label(const char* entity, const std::string& label) {
  if (!std::ranges::all_of(label, is_label_character))
    throw UsageError(std::string(entity) + " '" + label + "': a BIDS label has letters and digits only");
}

void require_kind(const PetKey& key, const Json& value, const std::string& text) {
  const auto refuse = [&](const char* expected) {
    throw UsageError(std::string(key.name) + " '" + text + "': expected " + expected);
  };
  switch (key.kind) {
    case PetKey::Kind::number:
      if (!value.is_number()) refuse("a number");
      break;
    case PetKey::Kind::number_or_none:
      if (!value.is_number() && value != "n/a") refuse("a number or n/a");
      break;
    case PetKey::Kind::text:
      if (!value.is_string()) refuse("text");
      break;
    case PetKey::Kind::any:
      break;
    case PetKey::Kind::from_image:
      throw UsageError(std::string(key.name) + " follows from the image and cannot be given");
  }
}

const PetKey& find_key(const std::string& name) {
  const auto keys = detail::pet_keys();
  const auto found = std::ranges::find(keys, name, &PetKey::name);
  if (found != keys.end()) return *found;
  std::vector<std::string> names;
  for (const PetKey& key : keys)
    if (key.kind != PetKey::Kind::from_image) names.emplace_back(key.name);
  throw UsageError("no key '" + name + "' of a PET-BIDS sidecar" + suggestion(name, names));
}

// Text that is JSON as such, and for keys whose values are texts any text as text.
Json value_of(const PetKey& key, const std::string& text) {
  if (key.kind == PetKey::Kind::text) return text;
  const Json value = Json::parse(text, nullptr, false);
  return value.is_discarded() ? Json(text) : value;
}

}  // namespace

std::filesystem::path bids_pet_path(const BidsEntities& entities) {
  if (entities.subject.empty()) throw UsageError("a BIDS name needs a subject");
  if (!std::ranges::all_of(entities.run, [](char c) { return c >= '0' && c <= '9'; }))
    throw UsageError("run '" + entities.run + "': expected a whole number");
  // The order of entities is that of BIDS.
  const std::array<std::pair<const char*, const std::string*>, 7> parts = {{{"sub", &entities.subject},
                                                                            {"ses", &entities.session},
                                                                            {"task", &entities.task},
                                                                            {"trc", &entities.tracer},
                                                                            {"rec", &entities.reconstruction},
                                                                            {"run", &entities.run},
                                                                            {"desc", &entities.description}}};
  std::string name;
  for (const auto& [entity, label] : parts) {
    require_label(entity, *label);
    if (!label->empty()) name += std::string(entity) + "-" + *label + "_";
  }
  std::filesystem::path folder = "sub-" + entities.subject;
  if (!entities.session.empty()) folder /= "ses-" + entities.session;
  return folder / "pet" / (name + "pet");
}

std::string tracer_label(const std::string& tracer_name) {
  try {
    return find_tracer(tracer_name, data_folder() / "tracers").label;
  } catch (const UsageError&) {  // a tracer that has no description
  } catch (const InputNotFound&) {
  }
  std::string label;
  std::ranges::copy_if(tracer_name, std::back_inserter(label), is_label_character);
  return label;
}

std::string given_members(const std::string& members_json, const std::vector<std::string>& pairs) {
  Json members = detail::object_from(members_json);
  for (const auto& [name, value] : members.items())
    for (const PetKey& key : detail::pet_keys())
      if (key.name == name) require_kind(key, value, value.is_string() ? value.get<std::string>() : value.dump());
  for (const std::string& pair : pairs) {
    const std::size_t equals = pair.find('=');
    if (equals == 0 || equals == std::string::npos || equals + 1 == pair.size())
      throw UsageError("'" + pair + "': expected KEY=VALUE");
    const PetKey& key = find_key(pair.substr(0, equals));
    const std::string text = pair.substr(equals + 1);
    const Json value = value_of(key, text);
    require_kind(key, value, text);
    members[std::string(key.name)] = value;
  }
  return members.dump();
}

std::string read_members(const std::filesystem::path& path) {
  const std::string text = detail::read_text_file(path);
  detail::Sidecar::parse(text, path.string());  // for its messages
  return text;
}

std::string text_member(const std::string& members_json, const std::string& key) {
  const Json members = detail::object_from(members_json);
  const auto found = members.find(key);
  return found != members.end() && found->is_string() ? found->get<std::string>() : "";
}

std::string dataset_description_text(const std::string& name, const std::string& type) {
  const Json object = {{"Name", name},
                       {"BIDSVersion", "1.9.0"},
                       {"DatasetType", type},
                       {"GeneratedBy", {{{"Name", "Occupet"}, {"Version", version()}}}}};
  return detail::text_of(object);
}

}  // namespace pet
