// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "libpet/io/output_files.h"
#include "libpet/provenance.h"

namespace pet {

/// Exit status of every tool (docs/formats.md).
enum Status {
  success = 0,
  some_failed = 1,
  usage_error = 2,
  unusable_input = 65,
  input_not_found = 66,
  internal_error = 70
};

/// What every command has besides its own options.
struct Common {
  std::string output;  ///< -o/--output; empty: stdout
  bool force = false;
  bool quiet = false;
  unsigned threads = 0;            ///< -j/--threads; 0: all
  std::string log_level = "info";  ///< error, warning, info or debug
  /// Of a command that runs inside another: where its messages go, and how its outputs name their inputs. Empty:
  /// stderr, and paths as they were typed.
  std::function<void(const std::string& level, const std::string& message)> listener{};
  std::function<Provenance(const std::vector<std::string>& inputs)> describe_inputs{};

  /// Whether messages of `level` are shown; --quiet leaves errors only.
  bool shows(const std::string& level) const;
};

struct CommandDeclaration;

/// The declaration of one command, from which the parser, `--help`, docs/tools/*.md and the man page come.
/// Options of type bool are switches. Defaults shown are the values the variables have when declared.
class Tool {
 public:
  /// `summary` is one line in lower case without a full stop, as manual pages have it.
  Tool(std::string name, std::string summary);
  ~Tool();
  Tool(Tool&& other) noexcept;

  Tool& description(std::string paragraph);
  Tool& example(std::string command, std::string what = "");
  Tool& citation(std::string text);
  /// Positional arguments, in order. The vector form takes all that remain and must come last.
  Tool& argument(std::string name, std::string& value, std::string help);
  Tool& argument(std::string name, std::vector<std::string>& values, std::string help);
  /// Options: `name` without dashes, `value_name` as shown in help ("MIN", "FILE"), help with unit. Vectors take
  /// one value each time the option is given; where the value name ends in ",..." ("REGION,...") also several
  /// separated by commas. Any other option may be given once. Numbers are strict: the whole text, finite.
  Tool& option(std::string name, std::string& value, std::string value_name, std::string help);
  Tool& option(std::string name, std::vector<std::string>& values, std::string value_name, std::string help);
  Tool& option(std::string name, std::optional<double>& value, std::string value_name, std::string help);
  Tool& option(std::string name, std::optional<std::string>& value, std::string value_name, std::string help);
  Tool& option(std::string name, double& value, std::string value_name, std::string help);
  Tool& option(std::string name, int& value, std::string value_name, std::string help);
  Tool& option(std::string name, bool& value, std::string help);
  /// Options that must be given.
  Tool& required(std::string name, std::string& value, std::string value_name, std::string help);
  Tool& required(std::string name, std::vector<std::string>& values, std::string value_name, std::string help);

  /// The only values that an option declared before takes; listed in its help.
  Tool& choices(const std::string& option, std::vector<std::string> values);
  /// The same for a positional argument.
  Tool& argument_choices(const std::string& argument, std::vector<std::string> values);
  /// A short form and other spellings of an option declared before, common ones included.
  Tool& letter(const std::string& option, char letter);
  Tool& alias(const std::string& option, std::vector<std::string> spellings);
  /// The option takes all words up to the next option, as BIDS Apps do ("--participant-label 01 02"); positional
  /// arguments then come first, or after "--".
  Tool& takes_words(const std::string& option);
  /// The switch prints something and ends: with it neither arguments nor other options are required.
  Tool& stands_alone(const std::string& option);
  /// The command does not have this common option.
  Tool& without(const std::string& common_option);
  /// What -o/--output means for this command, if it is not a file that defaults to stdout.
  Tool& output(std::string value_name, std::string help);
  Tool& required_output(std::string value_name, std::string help);

  /// Parses, runs `work` and turns exceptions into one line on stderr and the exit status of docs/formats.md. Also
  /// answers --help, --version and the hidden `--help-format markdown|man`.
  int main(int argc, char** argv, const std::function<int(const Common&)>& work);
  /// Assigns words to what was declared, for a command that runs inside another. Throws UsageError.
  Common& parse(const std::vector<std::string>& words);
  const CommandDeclaration& declaration() const;

 private:
  struct Declaration;
  std::unique_ptr<Declaration> declaration_;
};

/// "pet-fit: message" on stderr unless --quiet or --log-level says otherwise.
void say(const Common& common, const std::string& message);
/// "pet-fit: warning: message", likewise.
void warn(const Common& common, const std::string& message);
/// Version, checksums of the inputs, and the command line as typed except for --threads, which changes no byte of a
/// result. Throws InputNotFound.
Provenance provenance_of(const std::vector<std::string>& inputs, unsigned threads = 1);
/// The same with the threads of the command, by `common.describe_inputs` where that is set.
Provenance provenance_of(const Common& common, const std::vector<std::string>& inputs);

/// A progress bar with time left on stderr, on a terminal and without --quiet only. Thread-safe.
class Progress {
 public:
  Progress(const Common& common, std::string what, std::size_t total);
  ~Progress();
  void advance(std::size_t steps = 1);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace pet
