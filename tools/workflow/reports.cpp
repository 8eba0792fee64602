// SPDX-License-Identifier: Apache-2.0
#include "tools/workflow/reports.h"

#include <algorithm>

#include "libpet/files_below.h"

namespace pet {
namespace {

namespace fs = std::filesystem;

Step report_step(const fs::path& folder, const fs::path& page) {
  Step step;
  step.id = page.stem().string() + "_report";
  step.what = "pet-report";
  step.command = "pet-report";
  step.make = pet_report_command;
  step.words = {{"", folder}, {"--output=", page}};
  step.written = {page};
  return step;
}

bool is_result(const fs::path& file) {
  const std::string name = file.filename();
  return !name.starts_with('.') &&
         (name.ends_with(".tsv") || name.ends_with(".json") || name.ends_with(".nii.gz") || name.ends_with(".nii"));
}

}  // namespace

Step subject_report_step(const AppRun& run, const std::string& label) {
  const fs::path folder = run.results / ("sub-" + label);
  Step step = report_step(folder, run.results / ("sub-" + label + ".html"));
  if (!fs::is_directory(folder)) return step;
  for (const fs::path& file : files_below(folder))
    if (is_result(file)) step.read.push_back(file);
  return step;
}

Step group_report_step(const AppRun& run) {
  Step step = report_step(run.results, run.results / "group.html");
  step.words.push_back({"--this-folder-only"});
  for (const auto& entry : fs::directory_iterator(run.results))
    if (entry.is_regular_file() && is_result(entry.path()) && entry.path().filename() != "dataset_description.json")
      step.read.push_back(entry.path());
  std::sort(step.read.begin(), step.read.end());
  return step;
}

std::string make_report(StepRunner& runner, const Step& step) {
  const bool has_tables =
      std::any_of(step.read.begin(), step.read.end(), [](const fs::path& file) { return file.extension() == ".tsv"; });
  if (!has_tables) {
    runner.remove(step);
    return "";
  }
  const StepResult result = runner.run(step);
  return result.is_done ? "" : "no report was made: " + result.reason;
}

}  // namespace pet
