// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

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
Command pet_map_command();
Command pet_occupancy_command();
Command pet_occupancy_map_command();
Command pet_report_command();
Command pet_tac_command();

/// The files that pet-map and pet-occupancy-map write with these words: maps with their sidecars. Throws UsageError for
/// words that they do not take.
std::vector<std::filesystem::path> pet_map_outputs(const std::vector<std::string>& words);
std::vector<std::filesystem::path> pet_occupancy_map_outputs(const std::vector<std::string>& words);

}  // namespace pet
