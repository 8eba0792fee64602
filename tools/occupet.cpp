// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <iostream>
#include <set>

#include "libpet/error.h"
#include "tools/workflow/app.h"
#include "tools/workflow/step.h"

namespace {

namespace fs = std::filesystem;
using pet::AppOptions;
using pet::AppRun;

std::string without_prefix(const std::string& label, const std::string& prefix) {
  return label.starts_with(prefix) ? label.substr(prefix.size()) : label;
}

std::vector<std::string> without_prefix(const std::vector<std::string>& labels, const std::string& prefix) {
  std::vector<std::string> all;
  for (const std::string& label : labels) all.push_back(without_prefix(label, prefix));
  return all;
}

fs::path real_path(const fs::path& path) {
  std::error_code error;
  fs::path real = fs::weakly_canonical(path, error);
  return error ? fs::absolute(path).lexically_normal() : real;
}

bool is_same_place(const fs::path& one, const fs::path& other) {
  return real_path(one) == real_path(other);
}

// That a folder can be made here: whatever of its path is there is a folder.
void require_folder_or_nothing(const std::string& what, const fs::path& path) {
  std::error_code error;
  for (fs::path place = fs::absolute(path); place.has_relative_path(); place = place.parent_path()) {
    const fs::file_status status = fs::status(place, error);
    if (fs::is_directory(status)) return;
    if (fs::exists(status)) throw pet::UsageError(what + " " + place.string() + ": is a file, expected a folder");
  }
}

void require_dataset(const AppOptions& options) {
  if (!fs::is_directory(options.bids_dir)) throw pet::InputNotFound(options.bids_dir + ": no such folder");
  if (is_same_place(options.bids_dir, options.output_dir))
    throw pet::UsageError("OUTPUT_DIR is BIDS_DIR: results go into a folder of their own");
  require_folder_or_nothing("OUTPUT_DIR", options.output_dir);
  if (options.work_dir) require_folder_or_nothing("--work-dir", *options.work_dir);
  const fs::path description = fs::path(options.bids_dir) / "dataset_description.json";
  if (!options.skips_validation && !fs::is_regular_file(description))
    throw pet::InputNotFound(description.string() + ": not found, expected in a BIDS dataset (--skip-bids-validation)");
}

// "name=path", or a path whose last folder is the name.
pet::NamedDataset named_dataset(const std::string& text) {
  const std::size_t equals = text.find('=');
  pet::NamedDataset dataset;
  dataset.path = equals == std::string::npos ? text : text.substr(equals + 1);
  if (!fs::is_directory(dataset.path)) throw pet::InputNotFound(dataset.path.string() + ": no such folder");
  dataset.name = equals == std::string::npos ? fs::canonical(dataset.path).filename().string() : text.substr(0, equals);
  return dataset;
}

// The raw dataset, then those that were named, else the folders of its derivatives, without results of earlier runs:
// their curves are those of other datasets again.
std::vector<pet::NamedDataset> datasets_of(const AppOptions& options) {
  std::vector<pet::NamedDataset> datasets = {{"raw", options.bids_dir}};
  for (const std::string& text : options.derivatives) datasets.push_back(named_dataset(text));
  if (!options.derivatives.empty()) return datasets;
  const fs::path derivatives = fs::path(options.bids_dir) / "derivatives";
  if (!fs::is_directory(derivatives)) return datasets;
  for (const auto& entry : fs::directory_iterator(derivatives)) {
    if (!entry.is_directory() || is_same_place(entry.path(), options.output_dir)) continue;
    if (options.work_dir && is_same_place(entry.path(), *options.work_dir)) continue;
    if (pet::is_generated_by(entry.path(), "Occupet")) continue;
    datasets.push_back({entry.path().filename().string(), entry.path()});
  }
  std::sort(datasets.begin() + 1, datasets.end(),
            [](const pet::NamedDataset& a, const pet::NamedDataset& b) { return a.name < b.name; });
  return datasets;
}

std::vector<std::string> participants_of(const AppOptions& options) {
  if (options.participants.empty()) {
    const std::vector<std::string> there = pet::bids_subjects(options.bids_dir);
    if (there.empty()) throw pet::InputNotFound(options.bids_dir + ": no folder sub-..., expected one a participant");
    return there;
  }
  const std::vector<std::string> asked = without_prefix(options.participants, "sub-");
  for (const std::string& label : asked)
    if (!fs::is_directory(fs::path(options.bids_dir) / ("sub-" + label)))
      throw pet::UsageError("--participant-label: no '" + label + "' in " + options.bids_dir +
                            pet::suggestion(label, pet::bids_subjects(options.bids_dir)));
  const std::set<std::string> unique(asked.begin(), asked.end());
  return {unique.begin(), unique.end()};
}

AppRun run_of(const AppOptions& options) {
  require_dataset(options);
  AppRun run;
  run.configuration = pet::read_configuration(options.config_file.value_or(""));
  run.datasets = datasets_of(options);
  run.results = options.output_dir;
  run.work = options.work_dir ? fs::path(*options.work_dir) : run.results / "work";
  run.participants = participants_of(options);
  run.sessions = without_prefix(options.sessions, "ses-");
  run.stops_on_first_crash = options.stops_on_first_crash;
  return run;
}

bool has_session(const std::vector<std::string>& subjects, const fs::path& dataset, const std::string& session) {
  return std::any_of(subjects.begin(), subjects.end(), [&](const std::string& subject) {
    return fs::is_directory(dataset / ("sub-" + subject) / ("ses-" + session));
  });
}

// A misspelt session would otherwise be no session at all.
void warn_of_unknown_sessions(const AppRun& run, const pet::Common& common) {
  const fs::path& dataset = run.datasets.front().path;
  const std::vector<std::string> subjects = pet::bids_subjects(dataset);
  std::set<std::string> named(run.sessions.begin(), run.sessions.end());
  named.insert(run.configuration.baseline_sessions.begin(), run.configuration.baseline_sessions.end());
  named.insert(run.configuration.drug_sessions.begin(), run.configuration.drug_sessions.end());
  for (const pet::SessionDrug& drug : run.configuration.drugs) named.insert(drug.session);
  for (const std::string& session : named)
    if (!has_session(subjects, dataset, session))
      pet::warn(common, "session '" + session + "': no participant of " + dataset.string() + " has it");
}

// Files that all participants have in common: each job may write them, and all write the same. They come by way of a
// folder of the job below the results, where a run that was killed leaves nothing that a later one does not remove.
void write_dataset_files(const AppRun& run, const fs::path& own) {
  std::vector<std::pair<std::string, std::string>> links;
  for (const pet::NamedDataset& dataset : run.datasets)
    links.emplace_back(dataset.name, real_path(dataset.path).lexically_relative(real_path(run.results)));
  pet::write_shared(run.results / "dataset_description.json", own,
                    pet::derivative_description_text("Results of Occupet", links));
  pet::write_shared(run.results / ".bidsignore", own, pet::bidsignore_text());
}

int run_participants(const AppRun& run, const pet::Common& common) {
  std::size_t failed = 0;
  for (const std::string& label : run.participants) {
    write_dataset_files(run, run.results / ("sub-" + label));
    const pet::ParticipantResult result = pet::run_participant(run, label, common);
    pet::say(common, "sub-" + label + ": " + (result.reasons.empty() ? "done" : "failed") + ", " +
                         std::to_string(result.steps_run) + " steps run, " + std::to_string(result.steps_up_to_date) +
                         " up to date");
    if (result.reasons.empty()) continue;
    ++failed;
    if (run.stops_on_first_crash) break;
  }
  if (failed > 0)
    pet::warn(common, std::to_string(failed) + " of " + std::to_string(run.participants.size()) +
                          " participants failed; the reasons are in " + (run.results / "logs").string());
  return failed > 0 ? pet::some_failed : pet::success;
}

int run(const AppOptions& options, const pet::Common& common) {
  if (options.prints_schema) {
    std::cout << pet::configuration_schema_text() << std::flush;
    return pet::success;
  }
  if (options.prints_config) {
    std::cout << pet::read_configuration(options.config_file.value_or("")).text << std::flush;
    return pet::success;
  }
  const AppRun run = run_of(options);
  pet::make_folder(run.results);
  pet::make_folder(run.work);
  if (options.level == "participant") {
    warn_of_unknown_sessions(run, common);
    return run_participants(run, common);
  }
  const fs::path own = run.results / "logs" / ".group.partial";
  write_dataset_files(run, own);
  std::error_code error;
  fs::remove_all(own, error);
  return pet::run_group(run, common);
}

void declare(pet::Tool& tool, AppOptions& options) {
  tool.description(
          "A BIDS App: finds the PET scans of a dataset with what other programs derived from them (curves or "
          "segmentations of PETPrep, input functions of bloodstream), or makes curves and input functions, fits the "
          "models and finds the occupancies that a configuration asks for (docs/occupet.md), and writes a BIDS "
          "derivative. What a run has done is not done again unless its inputs, its options or the version changed.")
      .description(
          "The level participant does one participant after the other; group joins the results of all into tables and "
          "curves. A participant that cannot be done is named with the reason, and the others are done.")
      .example("occupet bids/ bids/derivatives/occupet participant --config-file study.json", "all participants")
      .example("occupet bids/ results/ participant --participant-label 01 02 --derivatives petprep=/data/petprep",
               "two of them, with curves from elsewhere")
      .example("occupet bids/ bids/derivatives/occupet group --config-file study.json", "the tables of all")
      .example("occupet --print-config", "the configuration with every default")
      .argument("bids_dir", options.bids_dir, "BIDS dataset")
      .argument("output_dir", options.output_dir, "folder of the results; made if there is none")
      .argument("level", options.level, "what is done")
      .argument_choices("level", {"participant", "group"})
      .option("participant-label", options.participants, "LABEL", "participants, with or without sub-; default: all")
      .alias("participant-label", {"participant_label"})
      .takes_words("participant-label")
      .option("session-label", options.sessions, "LABEL", "sessions, with or without ses-; default: all")
      .alias("session-label", {"session_label"})
      .takes_words("session-label")
      .option("derivatives", options.derivatives, "NAME=PATH",
              "derived datasets to look into; default: those in BIDS_DIR/derivatives")
      .letter("derivatives", 'd')
      .takes_words("derivatives")
      .option("config-file", options.config_file, "FILE", "what to fit and compare; default: --print-config shows it")
      .alias("config-file", {"config_file"})
      .option("work-dir", options.work_dir, "DIR", "what a later run needs to go on; default: OUTPUT_DIR/work")
      .alias("work-dir", {"work_dir"})
      .letter("work-dir", 'w')
      .option("skip-bids-validation", options.skips_validation,
              "take a folder without dataset_description.json for a dataset")
      .alias("skip-bids-validation", {"skip_bids_validation"})
      .option("stop-on-first-crash", options.stops_on_first_crash, "do no more participants after one that failed")
      .alias("stop-on-first-crash", {"stop_on_first_crash"})
      .option("print-config", options.prints_config, "print the configuration with every default, and end")
      .option("print-schema", options.prints_schema, "print the JSON Schema of configurations, and end")
      .stands_alone("print-config")
      .stands_alone("print-schema")
      .alias("threads", {"n-cpus", "n_cpus", "nprocs"})
      .without("output")
      .without("force");
}

}  // namespace

int main(int argc, char** argv) {
  AppOptions options;
  pet::Tool tool("occupet", "receptor occupancy of a BIDS dataset");
  declare(tool, options);
  return tool.main(argc, argv, [&](const pet::Common& common) { return run(options, common); });
}
