// SPDX-License-Identifier: Apache-2.0
#include "tools/tool.h"

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <iostream>

#include "libpet/error.h"
#include "tools/tool_declaration.h"
#include "tools/tool_invocation.h"

namespace pet {

namespace {

bool needs_anything(const CommandDeclaration& command) {
  return !command.arguments.empty() || std::any_of(command.options.begin(), command.options.end(),
                                                   [](const DeclaredOption& option) { return option.required; });
}

// What --help, --version and --help-format print; they win over everything else on the line, errors included.
std::optional<std::string> documentation_asked(const CommandDeclaration& command,
                                               const std::vector<std::string>& words) {
  for (auto word = words.begin(); word != words.end() && *word != "--"; ++word) {
    if (*word == "--help" || *word == "-h") return help_text(command);
    if (*word == "--version") return command.name + " " + version() + "\n";
    if (*word != "--help-format") continue;
    const std::string format = word + 1 == words.end() ? "" : word[1];
    if (format == "markdown") return markdown_page(command);
    if (format == "man") return manual_page(command, version());
    throw UsageError("--help-format: found '" + format + "', expected markdown or man");
  }
  return std::nullopt;
}

void report_resources(const Common& common, std::chrono::steady_clock::time_point start) {
  if (!common.shows("debug")) return;
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto elapsed = std::chrono::steady_clock::now() - start;
  print_message("debug: " + std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(elapsed).count()) +
                " ms, at most " + std::to_string(usage.ru_maxrss / 1024) + " MiB");
}

int run_work(const Common& common, const std::function<int(const Common&)>& work) {
  remove_outputs_on_signals();
  const auto start = std::chrono::steady_clock::now();
  const int status = work(common);
  if (!std::cout.flush()) throw OutputError("stdout: cannot be written");
  report_resources(common, start);
  return status;
}

int reported(Status status, const std::string& message) {
  print_message(message);
  return status;
}

}  // namespace

Common& Tool::parse(const std::vector<std::string>& words) {
  parse_command_line(*declaration_, words);
  return declaration_->common;
}

const CommandDeclaration& Tool::declaration() const {
  return *declaration_;
}

int Tool::main(int argc, char** argv, const std::function<int(const Common&)>& work) {
  const CommandDeclaration& command = *declaration_;
  invocation() = {command.name, {argv + std::min(argc, 1), argv + argc}};
  const std::vector<std::string>& words = invocation().words;
  try {
    if (const auto text = documentation_asked(command, words)) {
      std::cout << *text << std::flush;
      return success;
    }
    if (words.empty() && needs_anything(command)) {
      std::cerr << "Usage: " << synopsis(command) << "\nSee " << command.name << " --help.\n";
      return usage_error;
    }
    parse_command_line(command, words);
    return run_work(declaration_->common, work);
  } catch (const UsageError& error) {
    return reported(usage_error, error.what());
  } catch (const InputNotFound& error) {
    return reported(input_not_found, error.what());
  } catch (const InputError& error) {
    return reported(unusable_input, error.what());
  } catch (const OutputError& error) {
    return reported(internal_error, error.what());
  } catch (const std::bad_alloc&) {
    return reported(internal_error, "out of memory");
  } catch (const std::exception& error) {
    return reported(internal_error, std::string("internal error: ") + error.what());
  }
}

}  // namespace pet
