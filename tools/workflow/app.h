// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "tools/tool.h"
#include "tools/workflow/configuration.h"
#include "tools/workflow/scans.h"

namespace pet {

/// What `occupet` was asked for, as typed.
struct AppOptions {
  std::string bids_dir;
  std::string output_dir;
  std::string level;
  std::vector<std::string> participants;
  std::vector<std::string> sessions;
  std::vector<std::string> derivatives;
  std::optional<std::string> work_dir;
  std::optional<std::string> config_file;
  bool skips_validation = false;
  bool stops_on_first_crash = false;
  bool prints_config = false;
  bool prints_schema = false;
};

/// One run of the app: where everything is and what is to be done.
struct AppRun {
  std::vector<NamedDataset> datasets;  ///< the raw one first
  std::filesystem::path results;
  std::filesystem::path work;
  Configuration configuration;
  std::vector<std::string> participants;  ///< labels
  std::vector<std::string> sessions;      ///< labels; empty: all
  bool stops_on_first_crash = false;

  /// "bids:raw:sub-01/..." of a file of a dataset, "bids::..." of a result, else the name of the file.
  std::string uri_of(const std::filesystem::path& file) const;
};

/// What became of one participant.
struct ParticipantResult {
  std::string label;
  std::vector<std::string> reasons;  ///< why something could not be done; empty: all was
  std::vector<std::string> warnings;
  std::size_t steps_run = 0;
  std::size_t steps_up_to_date = 0;
};

/// Does all steps of one participant and writes their results, and `logs/sub-X.json` about them. What cannot be done is
/// a reason; the rest is done. Throws OutputError.
ParticipantResult run_participant(const AppRun& run, const std::string& label, const Common& common);

/// The log of a participant; nothing if there is none.
std::optional<ParticipantResult> read_participant_log(const std::filesystem::path& results, const std::string& label);

/// Joins the participants of RESULTS into tables and, where the configuration asks for them, curves. Returns the exit
/// status.
int run_group(const AppRun& run, const Common& common);

}  // namespace pet
