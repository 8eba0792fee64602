// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <boost/program_options.hpp>
#include <map>

#include "libpet/error.h"
#include "tools/tool_declaration.h"

namespace pet {
namespace {

namespace po = boost::program_options;

std::vector<const DeclaredOption*> all_options(const CommandDeclaration& command) {
  std::vector<const DeclaredOption*> all;
  for (const DeclaredOption& option : command.options) all.push_back(&option);
  for (const DeclaredOption& option : command.common_options) all.push_back(&option);
  return all;
}

po::options_description described(const std::vector<const DeclaredOption*>& options) {
  po::options_description description;
  for (const DeclaredOption* option : options) {
    std::string names = option->name;
    if (option->letter != 0) names.append(",").append(1, option->letter);
    std::vector<std::string> all = option->spellings;
    all.push_back(names);
    for (const std::string& name : all) {
      if (option->is_switch())
        description.add_options()(name.c_str(), "");
      else if (option->takes_words)
        description.add_options()(name.c_str(), po::value<std::vector<std::string>>()->multitoken(), "");
      else
        description.add_options()(name.c_str(), po::value<std::vector<std::string>>(), "");
    }
  }
  return description;
}

// "--refrence=x" and "-refrence" are typos of "--reference"; "-x" is a typo of nothing.
std::string unknown_option_message(const CommandDeclaration& command, const std::string& word) {
  const std::string typed = word.substr(0, word.find('='));
  const std::string message = "unknown option '" + typed + "'";
  if (typed.size() <= 2) return message + "; see " + command.name + " --help";
  std::vector<std::string> names;
  for (const DeclaredOption* option : all_options(command)) names.push_back("--" + option->name);
  const std::string wanted = typed.starts_with("--") ? typed : "-" + typed;
  std::vector<std::string> completions;
  std::copy_if(names.begin(), names.end(), std::back_inserter(completions),
               [&](const std::string& name) { return name.starts_with(wanted); });
  if (completions.size() == 1) return message + "; did you mean '" + completions.front() + "'?";
  return message + suggestion(wanted, names);
}

// Boost names only the first letter of a bundle ("-r" of "-refrence"): the word it stands in says more.
std::string word_of(const std::string& option_name, const std::vector<std::string>& words) {
  for (const std::string& word : words)
    if (word == option_name || word.starts_with(option_name + "=")) return option_name;
  for (const std::string& word : words)
    if (word.starts_with(option_name)) return word;
  return option_name;
}

std::vector<po::option> split_words(const CommandDeclaration& command, const std::vector<std::string>& words) {
  const po::options_description description = described(all_options(command));
  try {
    return po::command_line_parser(words)
        .options(description)
        .style(po::command_line_style::unix_style & ~po::command_line_style::allow_guessing)
        .run()
        .options;
  } catch (const po::unknown_option& error) {
    throw UsageError(unknown_option_message(command, word_of(error.get_option_name(), words)));
  } catch (const po::error& error) {
    throw UsageError(error.what());
  }
}

std::vector<std::string> split_at_commas(const std::string& text) {
  std::vector<std::string> parts;
  std::size_t start = 0;
  while (start <= text.size()) {
    const std::size_t end = std::min(text.find(',', start), text.size());
    parts.push_back(text.substr(start, end - start));
    start = end + 1;
  }
  return parts;
}

void require_choice(const std::string& what, const std::string& text, const std::vector<std::string>& choices) {
  if (!choices.empty() && std::find(choices.begin(), choices.end(), text) == choices.end())
    throw UsageError(what + ": unknown '" + text + "'" + suggestion(text, choices));
}

void assign_option(const DeclaredOption& option, const po::option& given) {
  if (option.takes_words) {
    for (const std::string& word : given.value) assign_value(option, word);
    return;
  }
  const std::string text = given.value.empty() ? "" : given.value.front();
  if (!option.is_comma_list()) return assign_value(option, text);
  for (const std::string& part : split_at_commas(text)) assign_value(option, part);
}

void assign_positionals(const CommandDeclaration& command, const std::vector<std::string>& values) {
  std::size_t next = 0;
  for (const DeclaredArgument& argument : command.arguments) {
    if (next == values.size()) throw UsageError("missing argument " + argument.name + ": " + argument.help);
    require_choice(argument.name, values[next], argument.choices);
    argument.assign(values[next++]);
    while (argument.takes_all && next < values.size()) argument.assign(values[next++]);
  }
  if (next < values.size()) throw UsageError("unexpected argument '" + values[next] + "'; usage: " + synopsis(command));
}

bool has_name(const DeclaredOption& option, const std::string& name) {
  const auto& spellings = option.spellings;
  return option.name == name || std::find(spellings.begin(), spellings.end(), name) != spellings.end();
}

}  // namespace

void assign_value(const DeclaredOption& option, const std::string& text) {
  if (text.empty() && !option.is_switch())
    throw UsageError("--" + option.name + ": found nothing, expected " + option.value_name);
  require_choice("--" + option.name, text, option.choices);
  option.assign(text);
}

void parse_command_line(const CommandDeclaration& command, const std::vector<std::string>& words) {
  const auto options = all_options(command);
  std::vector<std::string> positionals;
  std::map<std::string, int> times_given;
  bool is_complete = false;
  for (const po::option& given : split_words(command, words)) {
    if (given.string_key.empty()) {
      positionals.insert(positionals.end(), given.value.begin(), given.value.end());
      continue;
    }
    const auto found = std::find_if(options.begin(), options.end(),
                                    [&](const DeclaredOption* option) { return has_name(*option, given.string_key); });
    if (++times_given[(*found)->name] > 1 && !(*found)->repeats && !(*found)->is_switch())
      throw UsageError("--" + given.string_key + " is given more than once");
    assign_option(**found, given);
    is_complete = is_complete || (*found)->stands_alone;
  }
  if (is_complete) return;
  assign_positionals(command, positionals);
  for (const DeclaredOption* option : options)
    if (option->required && times_given[option->name] == 0)
      throw UsageError("missing option --" + option->name + " " + option->value_name + ": " + option->help);
}

}  // namespace pet
