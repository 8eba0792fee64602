// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <iostream>

#include "tools/tool.h"
#include "tools/tool_invocation.h"

namespace pet {
namespace {

constexpr std::array levels = {"error", "warning", "info", "debug"};

auto rank(const std::string& level) {
  return std::find(levels.begin(), levels.end(), level) - levels.begin();
}

std::string quoted(const std::string& word) {
  constexpr std::string_view plain = "-_./,:=+@%^";
  const auto is_plain = [&](unsigned char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           plain.find(static_cast<char>(c)) != std::string_view::npos;
  };
  if (!word.empty() && std::all_of(word.begin(), word.end(), is_plain)) return word;
  std::string text = "'";
  for (const char c : word) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return text + "'";
}

}  // namespace

bool Common::shows(const std::string& level) const {
  return rank(level) <= (quiet ? 0 : rank(log_level));
}

Invocation& invocation() {
  static Invocation current;
  return current;
}

std::string command_line(const Invocation& invocation) {
  std::string text = invocation.name;
  for (std::size_t i = 0; i < invocation.words.size(); ++i) {
    const std::string& word = invocation.words[i];
    if (word == "-j" || word == "--threads") {
      ++i;
      continue;
    }
    const bool is_joined = word.starts_with("--threads=") || (word.starts_with("-j") && word.size() > 2);
    if (!is_joined) text += " " + quoted(word);
  }
  return text;
}

void print_message(const std::string& message) {
  std::string line = invocation().name + ": " + message;
  std::replace(line.begin(), line.end(), '\n', ' ');
  std::replace_if(
      line.begin(), line.end(), [](unsigned char c) { return c < 0x20 || c == 0x7F; }, '?');
  line += '\n';
  std::cerr << line << std::flush;
}

void say(const Common& common, const std::string& message) {
  if (common.listener) return common.listener("info", message);
  if (common.shows("info")) print_message(message);
}

void warn(const Common& common, const std::string& message) {
  if (common.listener) return common.listener("warning", message);
  if (common.shows("warning")) print_message("warning: " + message);
}

Provenance provenance_of(const std::vector<std::string>& inputs, unsigned threads) {
  Provenance provenance;
  provenance.command_line = command_line(invocation());
  for (const std::string& input : inputs) provenance.inputs.push_back(checksum(input, threads));
  return provenance;
}

Provenance provenance_of(const Common& common, const std::vector<std::string>& inputs) {
  return common.describe_inputs ? common.describe_inputs(inputs) : provenance_of(inputs, common.threads);
}

}  // namespace pet
