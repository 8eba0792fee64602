// SPDX-License-Identifier: Apache-2.0
#include <iostream>

#include "libpet/dicom/pet_image.h"
#include "libpet/error.h"
#include "libpet/io/series_report.h"
#include "tools/tool.h"

namespace {

struct Options {
  std::vector<std::string> paths;
  bool json = false;
};

int run(const Options& options, const pet::Common& common) {
  pet::OutputFiles files(common.force);
  if (!common.output.empty()) files.declare(common.output);
  const std::vector<std::filesystem::path> paths(options.paths.begin(), options.paths.end());
  const std::vector<pet::SeriesSummary> series = pet::summarize_pet_series(paths, common.threads);
  if (series.empty()) throw pet::bad_input(options.paths.front(), "no PET series", "a folder with DICOM PET images");

  const std::string text = options.json ? pet::series_report_json(series) : pet::series_report_text(series);
  if (common.output.empty()) {
    std::cout << text << std::flush;
  } else {
    files.write(common.output, text);
    files.commit();
  }
  bool has_problems = false;
  for (const pet::SeriesSummary& one : series) has_problems = has_problems || !one.problems.empty();
  return has_problems ? pet::some_failed : pet::success;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  return pet::Tool("pet-info", "what a folder of DICOM PET images holds")
      .description(
          "Lists the PET series below the given files and folders: geometry, frames, decay correction and how its "
          "reference was "
          "found, tracer, dose, and the reasons why a series cannot be quantified. Patient names and IDs are never "
          "shown. "
          "Exit status 1 says that at least one series has a problem.")
      .example("pet-info dicom/")
      .example("pet-info dicom/ --json -o series.json")
      .argument("PATH", options.paths, "files or folders, searched recursively")
      .option("json", options.json, "print JSON")
      .main(argc, argv, [&](const pet::Common& common) { return run(options, common); });
}
