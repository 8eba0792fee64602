// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tools/commands.h"

namespace pet {

/// A command of the toolkit with the options that a configuration gives it, as words ("--t-star=30").
struct ConfiguredCommand {
  std::string label;               ///< of the entity `model` of its outputs
  std::vector<std::string> words;  ///< options that are not their defaults, in the order of their declaration
  std::string fit;                 ///< of an occupancy: label of the fit that is compared; empty: curves (joint)
  std::string occupancy;           ///< of a curve: label of the analysis that gives its observations
  std::string region;              ///< of a curve: row of the occupancy table; empty: the first
  std::string drug;                ///< of a curve: scans after this drug only; empty: all
  std::string map;                 ///< of an occupancy map: label of the maps that are compared

  /// The value of an option, of the list the first; empty if it is not given.
  std::string value(const std::string& option) const;
};

/// What a configuration says of the drug of a session, in place of the sidecars.
struct SessionDrug {
  std::string session;
  std::string name;
  std::string dose;  ///< "25 mg"; empty: not stated
};

/// What is done with a dataset (docs/occupet.md).
struct Configuration {
  std::vector<std::string> baseline_sessions;  ///< labels; empty: what the sidecars say of drugs decides
  std::vector<std::string> drug_sessions;
  std::vector<SessionDrug> drugs;
  std::vector<std::string> no_drug = {"none", "placebo", "saline", "vehicle"};  ///< PharmaceuticalName of no drug
  std::string plasma_level;  ///< column of sub-X_sessions.tsv; empty: none
  std::string segmentation;  ///< label of `seg`; empty: the only one there is
  std::string pvc;           ///< label of `pvc`; empty: not corrected
  double least_suv = 0.1;    ///< of the highest value of the curves of a scan
  double most_suv = 50.0;
  bool has_reports = true;  ///< whether pages about participants and group are made
  ConfiguredCommand tac;
  ConfiguredCommand input;
  std::vector<ConfiguredCommand> fits;
  std::vector<ConfiguredCommand> occupancies;
  std::vector<ConfiguredCommand> curves;
  std::vector<ConfiguredCommand> maps;
  std::vector<ConfiguredCommand> occupancy_maps;
  std::string text;  ///< all of it as JSON, with every default
};

/// Reads a configuration; an empty path gives the default one. Throws InputNotFound, or InputError "FILE at
/// fit[0].t_star: found ..., expected ..." for an unknown key (with the nearest known one), a wrong type or a value
/// that makes no sense.
Configuration read_configuration(const std::string& path);

/// JSON Schema (draft 2020-12) of configurations.
std::string configuration_schema_text();

}  // namespace pet
