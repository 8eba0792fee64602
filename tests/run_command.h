// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

/// What a command left: its exit status and all that it wrote.
struct CommandResult {
  int status = -1;
  std::string out;
  std::string err;
};

/// Runs one line of the shell and waits for it. A command that a signal ended has status 128 + the signal.
CommandResult run_command(const std::string& line);
