// SPDX-License-Identifier: Apache-2.0
#include "tools/workflow/sections.h"

#include <algorithm>

namespace pet {

const std::vector<Section>& configuration_sections() {
  static const std::vector<Section> sections = {
      {"tac",
       pet_tac_command,
       false,
       {"labels", "table", "sidecar", "volumes", "seg-out", "series", "injection-time", "decay-reference",
        "allow-lossy"},
       {}},
      {"input", pet_input_command, false, {}, {}},
      {"fit",
       pet_fit_command,
       true,
       {"input", "fitted", "report-dicom", "source", "series", "segmentation", "compare", "t-star-table"},
       {{"label", "names the results (entity model-); default: the label of the model"}}},
      {"occupancy",
       pet_occupancy_command,
       true,
       {"baseline", "drug", "drug-name", "dose", "plasma-level"},
       {{"label", "names the results (entity model-); default: Lassen, Joint, Change, or the label of the fit"},
        {"fit", "label of the fit whose parameters are compared; default: the only fit"}}},
      {"curve",
       pet_curve_command,
       true,
       {"y", "se", "subject", "session", "region-column", "x-unit", "y-unit", "endpoint", "predict", "compare",
        "random"},
       {{"label", "names the results (entity model-); default: the first model, as Emax"},
        {"occupancy", "label of the occupancy that is described; default: the only one"},
        {"region", "row of the occupancy table; default: the first (of the whole plot for lassen and joint)"},
        {"drug", "name of the drug whose scans are taken; default: all"}}},
      {"map",
       pet_map_command,
       true,
       {"reference-tacs", "labels", "table", "mask", "input", "format", "overview", "series", "injection-time",
        "decay-reference", "allow-lossy"},
       {}},
      {"occupancy_map",
       pet_occupancy_map_command,
       true,
       {"baseline", "drug", "mask", "concentrations", "concentration-unit", "tracer", "drug-name"},
       {{"map", "label of the model whose maps are compared, as SRTM; default: the only one"}}},
  };
  return sections;
}

std::vector<DeclaredOption> options_of(const Section& section, const Command& command) {
  std::vector<DeclaredOption> options;
  const auto& taken = section.set_by_app;
  for (const DeclaredOption& option : command.tool.declaration().options)
    if (std::find(taken.begin(), taken.end(), option.name) == taken.end()) options.push_back(option);
  return options;
}

std::string key_of(const DeclaredOption& option) {
  std::string key = option.name;
  std::replace(key.begin(), key.end(), '-', '_');
  return key;
}

}  // namespace pet
