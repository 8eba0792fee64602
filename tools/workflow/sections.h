// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tools/commands.h"
#include "tools/tool_declaration.h"

namespace pet {

/// A part of a configuration that stands for a command: its keys are options of the command with _ for -, and some of
/// its own.
struct Section {
  std::string key;  ///< "fit"
  Command (*command)() = nullptr;
  bool is_list = false;
  std::vector<std::string> set_by_app{};  ///< options that the app gives itself, or that make no sense in it

  struct OwnKey {
    std::string name;
    std::string help;
  };
  std::vector<OwnKey> own_keys{};  ///< texts
};

/// tac, input, fit, occupancy, curve, map, occupancy_map.
const std::vector<Section>& configuration_sections();

/// The options of a section's command that a configuration may set.
std::vector<DeclaredOption> options_of(const Section& section, const Command& command);

/// "--t-star" as "t_star".
std::string key_of(const DeclaredOption& option);

}  // namespace pet
