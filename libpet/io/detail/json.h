// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libpet/error.h"
#include "libpet/provenance.h"

namespace pet::detail {

using Json = nlohmann::ordered_json;

/// A JSON sidecar whose members are taken by name. Keys with a slash reach into objects ("AIF/Units"). A list of one
/// value stands for the value; null and "n/a" stand for nothing. Errors name file and key.
class Sidecar {
 public:
  Sidecar() = default;
  /// Throws InputNotFound, or InputError with file and line for what is not a JSON object.
  explicit Sidecar(const std::filesystem::path& path);
  static Sidecar parse(std::string_view text, std::string source);

  const std::string& source() const { return source_; }
  bool has(std::string_view key) const { return find(key) != nullptr; }
  bool is_object(std::string_view key) const;
  std::optional<std::string> text(std::string_view key) const;
  std::optional<double> number(std::string_view key) const;
  std::optional<bool> boolean(std::string_view key) const;
  /// One number counts as a list of one.
  std::optional<std::vector<double>> numbers(std::string_view key) const;
  InputError error(std::string_view key, std::string_view found, std::string_view expected) const;

 private:
  const Json* find(std::string_view key) const;
  std::string source_;
  Json members_ = Json::object();
};

/// The sidecar at `path`, or nothing if there is no such file.
std::optional<Sidecar> sidecar_if_present(const std::filesystem::path& path);

/// An object from the text of one. Throws std::invalid_argument for anything else: such text comes from our own code.
Json object_from(const std::string& text);
/// SoftwareName, SoftwareVersion, CommandLine, Sources and their checksums.
void add_provenance(Json& object, const Provenance& provenance);
/// Indented by two, with a final newline; bytes that are not UTF-8 become U+FFFD.
std::string text_of(const Json& object);
/// A finite number, else null.
Json number_or_null(double value);

}  // namespace pet::detail
