// SPDX-License-Identifier: Apache-2.0
#include "libpet/io/detail/json_node.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>
#include <set>

namespace pet::detail {
namespace {

std::string line_of(std::string_view text, std::size_t byte) {
  const auto end = text.begin() + static_cast<std::ptrdiff_t>(std::min(byte, text.size()));
  return std::to_string(1 + std::count(text.begin(), end, '\n'));
}

// Accepts every event of the parser and remembers a key that occurs twice in its object.
struct DuplicateKeys {
  std::vector<std::set<std::string>> open;
  std::string found;

  bool operator()(int, nlohmann::json::parse_event_t event, nlohmann::json& value) {
    using Event = nlohmann::json::parse_event_t;
    if (event == Event::object_start) open.emplace_back();
    if (event == Event::object_end) open.pop_back();
    if (event == Event::key && !open.back().insert(value.get<std::string>()).second && found.empty())
      found = value.get<std::string>();
    return true;
  }
};

std::string in_words(const nlohmann::json& value) {
  if (value.is_object()) return "an object";
  if (value.is_array()) return "an array of " + std::to_string(value.size());
  constexpr std::size_t longest = 60;
  const std::string text = value.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
  return text.size() <= longest ? text : text.substr(0, longest) + "...";
}

std::string shortest(double value) {
  return nlohmann::json(value).dump();
}

}  // namespace

nlohmann::json parse_json_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw InputNotFound(path + ": cannot be opened");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  DuplicateKeys duplicates;
  try {
    nlohmann::json value = nlohmann::json::parse(text, std::ref(duplicates));
    if (!duplicates.found.empty()) throw bad_input(path, "key \"" + duplicates.found + "\" twice", "each key once");
    return value;
  } catch (const nlohmann::json::parse_error& error) {
    throw bad_input(path + ":" + line_of(text, error.byte), "text that is not JSON", "a JSON document");
  } catch (const nlohmann::json::exception&) {
    throw bad_input(path, "a number out of range", "numbers that fit double precision");
  }
}

std::string JsonNode::where() const {
  return path_.empty() ? file_ : file_ + " at " + path_;
}

InputError JsonNode::error(std::string_view expected) const {
  return error(in_words(*value_), expected);
}

InputError JsonNode::error(std::string_view found, std::string_view expected) const {
  return bad_input(where(), found, expected);
}

void JsonNode::require_object(std::initializer_list<std::string_view> keys) const {
  require_keys(std::vector<std::string>(keys.begin(), keys.end()));
}

std::vector<std::pair<std::string, JsonNode>> JsonNode::members() const {
  std::vector<std::pair<std::string, JsonNode>> all;
  for (const auto& item : value_->items()) all.emplace_back(item.key(), at(item.key()));
  return all;
}

void JsonNode::require_keys(const std::vector<std::string>& known) const {
  if (!value_->is_object()) throw error("an object");
  for (const auto& [key, value] : value_->items())
    if (std::find(known.begin(), known.end(), key) == known.end())
      throw error("unknown key \"" + key + "\"", "known keys only" + suggestion(key, known));
}

JsonNode JsonNode::at(std::string_view key) const {
  const std::optional<JsonNode> node = find(key);
  if (!node) throw error("no key \"" + std::string(key) + "\"", "one");
  return *node;
}

std::optional<JsonNode> JsonNode::find(std::string_view key) const {
  if (!value_->is_object()) throw error("an object");
  const auto member = value_->find(key);
  if (member == value_->end()) return std::nullopt;
  return JsonNode(*member, file_, path_.empty() ? std::string(key) : path_ + "." + std::string(key));
}

std::vector<JsonNode> JsonNode::items(std::string_view expected) const {
  if (!value_->is_array() || value_->empty()) throw error("an array of " + std::string(expected));
  std::vector<JsonNode> nodes;
  for (std::size_t i = 0; i < value_->size(); ++i)
    nodes.emplace_back((*value_)[i], file_, path_ + "[" + std::to_string(i) + "]");
  return nodes;
}

double JsonNode::number() const {
  if (!value_->is_number() || !std::isfinite(value_->get<double>())) throw error("a number");
  return value_->get<double>();
}

double JsonNode::positive() const {
  if (!value_->is_number() || !(number() > 0.0)) throw error("a positive number");
  return number();
}

double JsonNode::not_negative() const {
  if (!value_->is_number() || !(number() >= 0.0)) throw error("a number that is not negative");
  return number();
}

double JsonNode::between(double least, double most) const {
  if (!value_->is_number() || !(number() >= least && number() <= most))
    throw error("a number from " + shortest(least) + " to " + shortest(most));
  return number();
}

std::int64_t JsonNode::integer(std::int64_t least, std::int64_t most) const {
  const bool is_signed = value_->is_number_integer() && !value_->is_number_unsigned();
  const bool is_small = value_->is_number_unsigned() && value_->get<std::uint64_t>() <= INT64_MAX;
  if ((!is_signed && !is_small) || value_->get<std::int64_t>() < least || value_->get<std::int64_t>() > most)
    throw error("a whole number from " + std::to_string(least) + " to " + std::to_string(most));
  return value_->get<std::int64_t>();
}

bool JsonNode::boolean() const {
  if (!value_->is_boolean()) throw error("true or false");
  return value_->get<bool>();
}

std::string JsonNode::text() const {
  if (!value_->is_string()) throw error("a string");
  const auto& string = value_->get_ref<const std::string&>();
  const auto is_control = [](unsigned char c) { return c < 0x20 || c == 0x7f; };
  if (string.empty() || std::any_of(string.begin(), string.end(), is_control))
    throw error("a string of printable characters");
  return string;
}

std::vector<std::string> JsonNode::texts() const {
  std::vector<std::string> list;
  for (const JsonNode& item : items("strings")) list.push_back(item.text());
  return list;
}

std::vector<double> JsonNode::numbers() const {
  std::vector<double> list;
  for (const JsonNode& item : items("numbers")) list.push_back(item.number());
  return list;
}

std::vector<double> JsonNode::numbers(std::size_t count) const {
  if (!value_->is_array() || value_->size() != count) throw error("an array of " + std::to_string(count) + " numbers");
  return numbers();
}

std::size_t JsonNode::one_of(std::initializer_list<std::string_view> names) const {
  const std::vector<std::string> known(names.begin(), names.end());
  if (value_->is_string())
    for (std::size_t i = 0; i < known.size(); ++i)
      if (known[i] == value_->get_ref<const std::string&>()) return i;
  std::string list;
  for (const std::string& name : known) list += (list.empty() ? "" : ", ") + name;
  throw error("one of " + list);
}

}  // namespace pet::detail
