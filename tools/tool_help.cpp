// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cctype>
#include <sstream>

#include "tools/tool_declaration.h"

namespace pet {
namespace {

constexpr std::size_t page_width = 80;
constexpr std::size_t help_column = 28;

// Columns that UTF-8 text takes on a terminal: bytes that do not continue a character.
std::size_t width(const std::string& text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](unsigned char byte) { return (byte & 0xC0) != 0x80; }));
}

// The words of `text` from `column` on, each further line indented by `indent`.
std::string wrapped(const std::string& text, std::size_t column, std::size_t indent) {
  std::istringstream words(text);
  std::string lines;
  bool starts_line = true;
  for (std::string word, value; words >> word;) {
    if (word == "[default:" && words >> value) word += " " + value;
    if (!starts_line && column + 1 + width(word) > page_width) {
      lines.append("\n").append(indent, ' ');
      column = indent;
      starts_line = true;
    }
    if (!starts_line) {
      lines += ' ';
      ++column;
    }
    lines += word;
    column += width(word);
    starts_line = false;
  }
  return lines + "\n";
}

std::string entry(const std::string& label, const std::string& help, std::size_t column = help_column) {
  std::string text = "  " + label;
  if (width(text) + 2 > column)
    text.append("\n").append(column, ' ');
  else
    text.append(column - width(text), ' ');
  return text + wrapped(help, column, column);
}

std::string option_section(const std::string& title, const std::vector<DeclaredOption>& options) {
  if (options.empty()) return "";
  std::string text = "\n" + title + ":\n";
  for (const DeclaredOption& option : options) {
    const std::string gap = option.letter == 0 ? "    " : "";
    text += entry(gap + option_label(option), option_description(option));
  }
  return text;
}

std::string example_section(const std::vector<DeclaredExample>& examples) {
  if (examples.empty()) return "";
  std::string text = "\nExamples:\n";
  for (const DeclaredExample& example : examples) {
    if (!example.what.empty()) text += "  " + wrapped("# " + example.what, 2, 4);
    text += "  " + example.command + "\n";
  }
  return text;
}

// " (a, b, c)", or nothing.
std::string listed(const std::vector<std::string>& choices) {
  std::string text;
  for (const std::string& choice : choices) text += (text.empty() ? " (" : ", ") + choice;
  return text.empty() ? text : text + ")";
}

}  // namespace

std::string sentence(std::string text) {
  if (text.empty()) return text;
  text[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(text[0])));
  return text.ends_with('.') ? text : text + ".";
}

std::string synopsis(const CommandDeclaration& command) {
  std::string text = command.name + " [OPTIONS]";
  for (const DeclaredArgument& argument : command.arguments)
    text += " " + argument.name + (argument.takes_all ? "..." : "");
  return text;
}

std::string option_label(const DeclaredOption& option) {
  std::string label = option.letter == 0 ? "" : std::string("-") + option.letter + ", ";
  label += "--" + option.name;
  if (!option.is_switch()) label += " " + option.value_name;
  return label;
}

std::string argument_description(const DeclaredArgument& argument) {
  return argument.help + listed(argument.choices);
}

std::string option_description(const DeclaredOption& option) {
  std::string text = option.help + listed(option.choices);
  if (!option.spellings.empty()) {
    text += " [also";
    for (std::size_t i = 0; i < option.spellings.size(); ++i)
      text.append(i == 0 ? " --" : ", --").append(option.spellings[i]);
    text += "]";
  }
  if (option.takes_words)
    text += " [several words]";
  else if (option.repeats)
    text += option.is_comma_list() ? " [list or repeat]" : " [may be repeated]";
  if (option.required) text += " [required]";
  if (!option.default_text.empty()) text += " [default: " + option.default_text + "]";
  return text;
}

const std::vector<ExitStatus>& exit_statuses() {
  static const std::vector<ExitStatus> statuses = {
      {0, "done"},
      {1, "some fits or participants failed; the results are written"},
      {2, "the command line makes no sense"},
      {65, "an input cannot be used; the message names file, line or tag"},
      {66, "an input was not found"},
      {70, "an output could not be written, or an internal error"},
  };
  return statuses;
}

std::string help_text(const CommandDeclaration& command) {
  std::string text = "Usage: " + synopsis(command) + "\n\n" + wrapped(sentence(command.summary), 0, 0);
  for (const std::string& paragraph : command.paragraphs) text += "\n" + wrapped(paragraph, 0, 0);
  if (!command.arguments.empty()) text += "\nArguments:\n";
  for (const DeclaredArgument& argument : command.arguments)
    text += entry(argument.name + (argument.takes_all ? "..." : ""), argument_description(argument));
  text += option_section("Options", command.options);
  text += option_section("Common options", command.common_options);
  text += example_section(command.examples);
  text += "\nExit status:\n";
  for (const ExitStatus& status : exit_statuses()) text += entry(std::to_string(status.value), status.meaning, 6);
  if (!command.citations.empty()) text += "\nCitations:\n";
  for (const std::string& citation : command.citations) text += "  " + wrapped(citation, 2, 4);
  return text;
}

}  // namespace pet
