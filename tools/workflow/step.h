// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "libpet/provenance.h"
#include "tools/commands.h"

namespace pet {

/// A word of a command line: "--baseline=" and a path, or text alone.
struct StepWord {
  std::string text;
  std::filesystem::path path{};  ///< empty: none
};

/// One command of the toolkit with its files.
struct Step {
  std::string id;       ///< file name of its state: letters, digits, - and _
  std::string what;     ///< "ses-drug: pet-fit Logan", for messages
  std::string command;  ///< "pet-fit"
  Command (*make)() = nullptr;
  std::vector<StepWord> words;
  std::vector<std::filesystem::path> read;     ///< all files it reads
  std::vector<std::filesystem::path> written;  ///< all files it writes
};

struct StepMessage {
  std::string level;
  std::string text;
};

/// What a step left.
struct StepResult {
  bool is_done = false;
  bool was_up_to_date = false;
  std::string reason;  ///< why it is not done
  std::vector<StepMessage> messages;
};

/// Runs steps in this process, and not again while the bytes of their inputs, their words, the version and the outputs
/// are those of the last time.
class StepRunner {
 public:
  /// `state`: folder of the states. `uri_of` names a file in results ("bids:raw:sub-01/...").
  StepRunner(std::filesystem::path state,
             std::filesystem::path results,
             unsigned threads,
             std::function<std::string(const std::filesystem::path&)> uri_of);

  /// Every error of the step becomes a reason; its outputs are then removed, so that none is out of date. At every
  /// moment a state names the outputs that there may be.
  StepResult run(const Step& step);
  /// Removes the outputs of a step, and then its state.
  void remove(const Step& step);
  /// Removes states, and the outputs they name, of steps that did not run since this object was made; but not of
  /// `kept`, which may run afterwards (empty: none).
  void remove_what_was_not_run(const std::string& kept);

 private:
  std::string sha256_of(const std::filesystem::path& file);
  std::string key_of(const Step& step);
  std::filesystem::path state_of(const std::string& id) const;
  bool is_up_to_date(const Step& step, const std::string& key, StepResult& result);
  StepResult run_command(const Step& step);
  void announce(const Step& step);
  void write_state(const Step& step, const std::string& key, const StepResult& result);
  Provenance provenance_of(const Step& step, const std::vector<std::string>& inputs);

  std::filesystem::path state_;
  std::filesystem::path results_;
  unsigned threads_;
  std::function<std::string(const std::filesystem::path&)> uri_of_;
  std::map<std::string, std::string> checksums_;  ///< by path
  std::vector<std::string> run_;                  ///< ids
};

/// Removes the temporary files (".NAME....partial") that a killed run left below a folder.
void remove_partial_files(const std::filesystem::path& folder);
/// The same in a folder that others write to: those of files whose names start so, and none below it.
void remove_partial_files_of(const std::filesystem::path& folder, const std::string& start);

/// Makes a folder and those above it. Throws OutputError with its name and the reason.
void make_folder(const std::filesystem::path& folder);

/// Writes a file whose folder may be missing, in one move; a file of the same bytes is left alone.
void write_whole(const std::filesystem::path& path, const std::string& text);

/// The same for a file that several jobs may write at once: written in `own`, a folder of the same file system, and
/// moved to its place.
void write_shared(const std::filesystem::path& path, const std::filesystem::path& own, const std::string& text);

}  // namespace pet
