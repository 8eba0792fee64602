// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "tools/tool.h"

namespace pet {

/// A command: its declaration, and the work it does with the options that are parsed into it. A program has one
/// (command_main.cpp); the BIDS App runs several in its own process, by the words that a person would type.
struct Command {
  Tool tool;
  std::function<int(const Common&)> work;
};

Command pet_curve_command();
Command pet_fit_command();
Command pet_input_command();
Command pet_occupancy_command();
Command pet_report_command();
Command pet_tac_command();

}  // namespace pet
