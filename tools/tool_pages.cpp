// SPDX-License-Identifier: Apache-2.0
#include <cctype>

#include "tools/tool_declaration.h"

namespace pet {
namespace {

// Code in a cell of a Markdown table: a bar would end the cell.
std::string in_code_cell(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '|') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

// Text that Markdown shows as it is, also inside a table.
std::string in_markdown(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '|' || c == '*') escaped += '\\';
    if (c == '<')
      escaped += "&lt;";
    else
      escaped += c;
  }
  return escaped;
}

std::string markdown_options(const std::string& title, const std::vector<DeclaredOption>& options) {
  if (options.empty()) return "";
  std::string text = "\n## " + title + "\n\n| option | meaning |\n|---|---|\n";
  for (const DeclaredOption& option : options)
    text += "| `" + in_code_cell(option_label(option)) + "` | " + in_markdown(option_description(option)) + " |\n";
  return text;
}

// Text that roff shows as it is.
std::string in_roff(const std::string& text) {
  std::string escaped = text.starts_with('.') || text.starts_with('\'') ? "\\&" : "";
  for (const char c : text) {
    if (c == '\\')
      escaped += "\\e";
    else if (c == '-')
      escaped += "\\-";
    else
      escaped += c;
  }
  return escaped;
}

std::string roff_entry(const std::string& label, const std::string& help) {
  return ".TP\n.B " + in_roff(label) + "\n" + in_roff(help) + "\n";
}

std::string roff_options(const std::string& title, const std::vector<DeclaredOption>& options) {
  if (options.empty()) return "";
  std::string text = ".SH " + title + "\n";
  for (const DeclaredOption& option : options) text += roff_entry(option_label(option), option_description(option));
  return text;
}

}  // namespace

std::string markdown_page(const CommandDeclaration& command) {
  std::string text = "<!-- Printed by `" + command.name + " --help-format markdown`. Do not edit. -->\n";
  text += "# " + command.name + "\n\n" + in_markdown(sentence(command.summary)) + "\n\n";
  text += "```\n" + synopsis(command) + "\n```\n";
  for (const std::string& paragraph : command.paragraphs) text += "\n" + in_markdown(paragraph) + "\n";
  if (!command.arguments.empty()) text += "\n## Arguments\n\n| argument | meaning |\n|---|---|\n";
  for (const DeclaredArgument& argument : command.arguments)
    text += "| `" + argument.name + (argument.takes_all ? "..." : "") + "` | " +
            in_markdown(argument_description(argument)) + " |\n";
  text += markdown_options("Options", command.options);
  text += markdown_options("Common options", command.common_options);
  if (!command.examples.empty()) text += "\n## Examples\n";
  for (const DeclaredExample& example : command.examples) {
    if (!example.what.empty()) text += "\n" + in_markdown(sentence(example.what)) + "\n";
    text += "\n```sh\n" + example.command + "\n```\n";
  }
  text += "\n## Exit status\n\n| status | meaning |\n|---|---|\n";
  for (const ExitStatus& status : exit_statuses())
    text += "| " + std::to_string(status.value) + " | " + status.meaning + " |\n";
  if (!command.citations.empty()) text += "\n## Citations\n\n";
  for (const std::string& citation : command.citations) text += "- " + in_markdown(citation) + "\n";
  return text;
}

std::string manual_page(const CommandDeclaration& command, const std::string& version) {
  std::string title = command.name;
  for (char& c : title) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  std::string text = ".TH " + in_roff(title) + " 1 \"\" \"Occupet " + version + "\" \"Occupet\"\n";
  text += ".SH NAME\n" + in_roff(command.name) + " \\- " + in_roff(command.summary) + "\n";
  text += ".SH SYNOPSIS\n.B " + in_roff(synopsis(command)) + "\n";
  if (!command.paragraphs.empty()) text += ".SH DESCRIPTION\n";
  for (const std::string& paragraph : command.paragraphs) text += ".PP\n" + in_roff(paragraph) + "\n";
  if (!command.arguments.empty()) text += ".SH ARGUMENTS\n";
  for (const DeclaredArgument& argument : command.arguments) text += roff_entry(argument.name, argument.help);
  text += roff_options("OPTIONS", command.options);
  text += roff_options("COMMON OPTIONS", command.common_options);
  if (!command.examples.empty()) text += ".SH EXAMPLES\n";
  for (const DeclaredExample& example : command.examples) {
    if (!example.what.empty()) text += ".PP\n" + in_roff(sentence(example.what)) + "\n";
    text += ".PP\n.nf\n.RS\n" + in_roff(example.command) + "\n.RE\n.fi\n";
  }
  text += ".SH EXIT STATUS\n";
  for (const ExitStatus& status : exit_statuses()) text += roff_entry(std::to_string(status.value), status.meaning);
  if (!command.citations.empty()) text += ".SH REFERENCES\n";
  for (const std::string& citation : command.citations) text += ".PP\n" + in_roff(citation) + "\n";
  return text;
}

}  // namespace pet
