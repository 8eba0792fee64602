// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace pet {

/// The command of this process: its name and the words it was given. Empty before Tool::main.
struct Invocation {
  std::string name;
  std::vector<std::string> words;
};
Invocation& invocation();

/// The words as a shell would take them again, without --threads.
std::string command_line(const Invocation& invocation);

/// "NAME: message" as one line on stderr; control characters, also those of file names, become '?'.
void print_message(const std::string& message);

}  // namespace pet
