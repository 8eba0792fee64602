// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "tools/tool.h"

namespace pet {

/// One positional argument as declared.
struct DeclaredArgument {
  std::string name;  ///< as shown: "TACS"
  std::string help;
  bool takes_all = false;  ///< takes all arguments that remain, at least one
  std::function<void(const std::string& text)> assign;
  std::vector<std::string> choices{};  ///< empty: any
};

/// What the text of an option stands for.
enum class ValueKind { text, number, whole_number, nothing };

/// One option as declared. `assign` is called once for each time it is given and throws UsageError for text that is
/// not a value of its type.
struct DeclaredOption {
  std::string name;        ///< without dashes
  char letter = 0;         ///< the short form; 0: none
  std::string value_name;  ///< as shown in help; empty for a switch
  std::string help;
  std::string default_text;          ///< empty: nothing to show
  std::vector<std::string> choices;  ///< empty: any
  bool required = false;
  bool repeats = false;
  std::function<void(const std::string& text)> assign;
  ValueKind kind = ValueKind::text;
  std::vector<std::string> spellings{};  ///< other names, without dashes
  bool takes_words = false;              ///< all words up to the next option
  bool stands_alone = false;             ///< nothing else is required beside it

  bool is_switch() const { return value_name.empty(); }
  /// "FORMAT,...": several values may stand in one, separated by commas.
  bool is_comma_list() const { return value_name.ends_with(",..."); }
};

struct DeclaredExample {
  std::string command;
  std::string what;
};

/// All that is known of a command before it runs; the parser and every form of its documentation read this.
struct CommandDeclaration {
  std::string name;
  std::string summary;
  std::vector<std::string> paragraphs;
  std::vector<DeclaredArgument> arguments;
  std::vector<DeclaredOption> options;
  std::vector<DeclaredOption> common_options;
  std::vector<DeclaredExample> examples;
  std::vector<std::string> citations;
};

/// A tool's declaration and the common options that its parser fills.
struct Tool::Declaration : CommandDeclaration {
  Common common;
};

/// Gives one value to an option. Throws UsageError for nothing, for what is not among its choices or not of its type.
void assign_value(const DeclaredOption& option, const std::string& text);

/// Assigns the words of a command line (without the program's name) to what was declared. Throws UsageError.
void parse_command_line(const CommandDeclaration& command, const std::vector<std::string>& words);

/// The text with a capital letter in front and a full stop behind.
std::string sentence(std::string text);
/// "pet-fit [OPTIONS] TACS".
std::string synopsis(const CommandDeclaration& command);
/// "-o, --output FILE".
std::string option_label(const DeclaredOption& option);
/// Help with the choices in brackets behind it.
std::string argument_description(const DeclaredArgument& argument);
/// Help with other spellings, default, choices, "required" and "repeatable" in brackets behind it.
std::string option_description(const DeclaredOption& option);

struct ExitStatus {
  int value;
  std::string meaning;
};
/// What the exit statuses mean; the same for every command.
const std::vector<ExitStatus>& exit_statuses();

/// The text of `--help`, at most 80 columns wide where words allow it.
std::string help_text(const CommandDeclaration& command);
/// The page docs/tools/NAME.md.
std::string markdown_page(const CommandDeclaration& command);
/// The manual page in roff.
std::string manual_page(const CommandDeclaration& command, const std::string& version);

}  // namespace pet
