// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "libpet/error.h"

namespace pet::detail {

/// Parses a JSON file strictly. Throws InputNotFound, or InputError with file and line for text that is not JSON and
/// for keys that occur twice in one object.
nlohmann::json parse_json_file(const std::string& path);

/// A value of a JSON file that knows where it is. What does not fit throws InputError "FILE at sessions[1].drug.dose:
/// found
/// ..., expected ...".
class JsonNode {
 public:
  JsonNode(const nlohmann::json& value, std::string file, std::string path = "")
      : value_(&value), file_(std::move(file)), path_(std::move(path)) {}

  const std::string& file() const { return file_; }
  std::string where() const;
  InputError error(std::string_view expected) const;
  InputError error(std::string_view found, std::string_view expected) const;

  /// The value must be an object with no other keys than these; the message names the nearest one.
  void require_object(std::initializer_list<std::string_view> keys) const;
  /// The same with a list made at run time.
  void require_keys(const std::vector<std::string>& keys) const;
  /// Keys of an object with their values, in the order of the keys.
  std::vector<std::pair<std::string, JsonNode>> members() const;
  bool has(std::string_view key) const { return value_->is_object() && value_->contains(key); }
  bool is_object() const { return value_->is_object(); }
  bool is_text() const { return value_->is_string(); }
  bool is_number() const { return value_->is_number(); }
  bool is_list() const { return value_->is_array(); }
  bool is_null() const { return value_->is_null(); }
  bool is_empty() const { return value_->empty(); }
  JsonNode at(std::string_view key) const;
  std::optional<JsonNode> find(std::string_view key) const;
  /// Elements of an array; `expected` describes them for the message.
  std::vector<JsonNode> items(std::string_view expected) const;

  double number() const;
  double positive() const;
  double not_negative() const;
  double between(double least, double most) const;
  std::int64_t integer(std::int64_t least, std::int64_t most) const;
  bool boolean() const;
  /// A string that is not empty and has no control characters.
  std::string text() const;
  std::vector<std::string> texts() const;
  std::vector<double> numbers() const;
  std::vector<double> numbers(std::size_t count) const;
  /// The string must be one of `names`; returns its position.
  std::size_t one_of(std::initializer_list<std::string_view> names) const;

 private:
  const nlohmann::json* value_;
  std::string file_;
  std::string path_;
};

}  // namespace pet::detail
