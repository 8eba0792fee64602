// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cassert>
#include <cctype>
#include <charconv>
#include <cmath>
#include <stdexcept>

#include "libpet/error.h"
#include "tools/tool.h"
#include "tools/tool_declaration.h"

namespace pet {
namespace {

template <typename Number>
Number parse_strictly(const std::string& option, const std::string& text, const char* expected) {
  Number value{};
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || rest != end || !std::isfinite(static_cast<double>(value)))
    throw UsageError("--" + option + ": found '" + text + "', expected " + expected);
  return value;
}

std::string shortest(double value) {
  std::array<char, 32> digits{};
  return {digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr};
}

std::string joined(const std::vector<std::string>& values) {
  std::string text;
  for (const std::string& value : values) text += (text.empty() ? "" : ",") + value;
  return text;
}

std::string shown_argument(std::string name) {
  std::replace(name.begin(), name.end(), '-', '_');
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return name;
}

DeclaredOption declared(std::string name, std::string value_name, std::string help, std::string default_text) {
  DeclaredOption option;
  option.name = std::move(name);
  option.value_name = std::move(value_name);
  option.help = std::move(help);
  option.default_text = std::move(default_text);
  return option;
}

// The first value given replaces the default, the others are added to it.
auto assign_to_list(std::vector<std::string>& values) {
  return [&values, is_first = true](const std::string& text) mutable {
    if (is_first) values.clear();
    is_first = false;
    values.push_back(text);
  };
}

DeclaredOption& declared_option(CommandDeclaration& command, const std::string& name) {
  for (auto* options : {&command.options, &command.common_options})
    for (DeclaredOption& option : *options)
      if (option.name == name) return option;
  throw std::logic_error("no option --" + name);
}

std::vector<DeclaredOption> common_options(Common& common) {
  std::vector<DeclaredOption> options;
  const auto add = [&](DeclaredOption option, char letter, std::function<void(const std::string&)> assign) {
    option.letter = letter;
    option.assign = std::move(assign);
    options.push_back(std::move(option));
  };
  add(declared("output", "FILE", "where the result goes", "stdout"), 'o',
      [&common](const std::string& text) { common.output = text; });
  add(declared("force", "", "replace outputs that exist", ""), 0,
      [&common](const std::string&) { common.force = true; });
  add(declared("threads", "N", "threads to use; 0: as many as there are; no result depends on it", "0"), 'j',
      [&common](const std::string& text) {
        common.threads = parse_strictly<unsigned>("threads", text, "a whole number");
      });
  add(declared("quiet", "", "print errors only", ""), 'q', [&common](const std::string&) { common.quiet = true; });
  add(declared("log-level", "LEVEL", "what to print on stderr", "info"), 0,
      [&common](const std::string& text) { common.log_level = text; });
  options.back().choices = {"error", "warning", "info", "debug"};
  add(declared("help", "", "print this help", ""), 'h', [](const std::string&) {});
  add(declared("version", "", "print the version", ""), 0, [](const std::string&) {});
  return options;
}

}  // namespace

Tool::Tool(std::string name, std::string summary) : declaration_(std::make_unique<Declaration>()) {
  declaration_->name = std::move(name);
  declaration_->summary = std::move(summary);
  declaration_->common_options = common_options(declaration_->common);
}

Tool::~Tool() = default;
Tool::Tool(Tool&& other) noexcept = default;

Tool& Tool::description(std::string paragraph) {
  declaration_->paragraphs.push_back(std::move(paragraph));
  return *this;
}

Tool& Tool::example(std::string command, std::string what) {
  declaration_->examples.push_back({std::move(command), std::move(what)});
  return *this;
}

Tool& Tool::citation(std::string text) {
  declaration_->citations.push_back(std::move(text));
  return *this;
}

Tool& Tool::argument(std::string name, std::string& value, std::string help) {
  declaration_->arguments.push_back(
      {shown_argument(std::move(name)), std::move(help), false, [&value](const std::string& text) { value = text; }});
  return *this;
}

Tool& Tool::argument(std::string name, std::vector<std::string>& values, std::string help) {
  declaration_->arguments.push_back({shown_argument(std::move(name)), std::move(help), true, assign_to_list(values)});
  return *this;
}

Tool& Tool::option(std::string name, std::string& value, std::string value_name, std::string help) {
  DeclaredOption option = declared(std::move(name), std::move(value_name), std::move(help), value);
  option.assign = [&value](const std::string& text) { value = text; };
  declaration_->options.push_back(std::move(option));
  return *this;
}

Tool& Tool::option(std::string name, std::vector<std::string>& values, std::string value_name, std::string help) {
  DeclaredOption option = declared(std::move(name), std::move(value_name), std::move(help), joined(values));
  option.repeats = true;
  option.assign = assign_to_list(values);
  declaration_->options.push_back(std::move(option));
  return *this;
}

Tool& Tool::option(std::string name, std::optional<double>& value, std::string value_name, std::string help) {
  DeclaredOption option =
      declared(std::move(name), std::move(value_name), std::move(help), value ? shortest(*value) : "");
  option.kind = ValueKind::number;
  option.assign = [&value, name = option.name](const std::string& text) {
    value = parse_strictly<double>(name, text, "a number");
  };
  declaration_->options.push_back(std::move(option));
  return *this;
}

Tool& Tool::option(std::string name, std::optional<std::string>& value, std::string value_name, std::string help) {
  DeclaredOption option = declared(std::move(name), std::move(value_name), std::move(help), value.value_or(""));
  option.assign = [&value](const std::string& text) { value = text; };
  declaration_->options.push_back(std::move(option));
  return *this;
}

Tool& Tool::option(std::string name, double& value, std::string value_name, std::string help) {
  DeclaredOption option = declared(std::move(name), std::move(value_name), std::move(help), shortest(value));
  option.kind = ValueKind::number;
  option.assign = [&value, name = option.name](const std::string& text) {
    value = parse_strictly<double>(name, text, "a number");
  };
  declaration_->options.push_back(std::move(option));
  return *this;
}

Tool& Tool::option(std::string name, int& value, std::string value_name, std::string help) {
  DeclaredOption option = declared(std::move(name), std::move(value_name), std::move(help), std::to_string(value));
  option.kind = ValueKind::whole_number;
  option.assign = [&value, name = option.name](const std::string& text) {
    value = parse_strictly<int>(name, text, "a whole number");
  };
  declaration_->options.push_back(std::move(option));
  return *this;
}

Tool& Tool::option(std::string name, bool& value, std::string help) {
  DeclaredOption option = declared(std::move(name), "", std::move(help), "");
  option.kind = ValueKind::nothing;
  option.assign = [&value](const std::string&) { value = true; };
  declaration_->options.push_back(std::move(option));
  return *this;
}

Tool& Tool::required(std::string name, std::string& value, std::string value_name, std::string help) {
  option(std::move(name), value, std::move(value_name), std::move(help));
  declaration_->options.back().required = true;
  return *this;
}

Tool& Tool::required(std::string name, std::vector<std::string>& values, std::string value_name, std::string help) {
  option(std::move(name), values, std::move(value_name), std::move(help));
  declaration_->options.back().required = true;
  return *this;
}

Tool& Tool::choices(const std::string& option, std::vector<std::string> values) {
  declared_option(*declaration_, option).choices = std::move(values);
  return *this;
}

Tool& Tool::argument_choices(const std::string& argument, std::vector<std::string> values) {
  auto& arguments = declaration_->arguments;
  const auto found = std::find_if(arguments.begin(), arguments.end(), [&](const DeclaredArgument& declared) {
    return declared.name == shown_argument(argument);
  });
  assert(found != arguments.end());
  found->choices = std::move(values);
  return *this;
}

Tool& Tool::letter(const std::string& option, char letter) {
  declared_option(*declaration_, option).letter = letter;
  return *this;
}

Tool& Tool::alias(const std::string& option, std::vector<std::string> spellings) {
  declared_option(*declaration_, option).spellings = std::move(spellings);
  return *this;
}

Tool& Tool::takes_words(const std::string& option) {
  declared_option(*declaration_, option).takes_words = true;
  return *this;
}

Tool& Tool::stands_alone(const std::string& option) {
  declared_option(*declaration_, option).stands_alone = true;
  return *this;
}

Tool& Tool::without(const std::string& common_option) {
  std::erase_if(declaration_->common_options,
                [&](const DeclaredOption& declared) { return declared.name == common_option; });
  return *this;
}

Tool& Tool::output(std::string value_name, std::string help) {
  DeclaredOption& output = declaration_->common_options.front();
  output.value_name = std::move(value_name);
  output.help = std::move(help);
  output.default_text.clear();
  return *this;
}

Tool& Tool::required_output(std::string value_name, std::string help) {
  output(std::move(value_name), std::move(help));
  declaration_->common_options.front().required = true;
  return *this;
}

}  // namespace pet
