// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <filesystem>
#include <iostream>
#include <memory>

#include "libpet/error.h"
#include "libpet/files_below.h"
#include "tools/commands.h"
#include "tools/report/report.h"

namespace {

struct Options {
  std::string folder;
  std::optional<std::string> title;
  std::optional<std::string> viewer;
  bool is_flat = false;
};

// Names of the files that lie in the folder itself, sorted; the folders below it are not even looked at.
std::vector<std::filesystem::path> files_in(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error))
    if (std::error_code unreadable; entry->is_regular_file(unreadable)) files.push_back(entry->path().filename());
  if (error) throw pet::InputNotFound(folder.string() + ": cannot be read: " + error.message());
  std::sort(files.begin(), files.end());
  return files;
}

pet::Report report_of(const Options& options,
                      const std::vector<pet::ReportScript>& scripts,
                      const pet::Common& common) {
  pet::ReportOptions about{options.title.value_or(""), pet::provenance_of(common, {}).command_line};
  if (options.viewer) about.viewer = pet::viewer_script();
  if (!options.is_flat || !pet::is_existing_folder(options.folder))
    return pet::make_report(options.folder, scripts, about);
  return pet::make_report(options.folder, files_in(options.folder), scripts, about);
}

int run(const Options& options, const pet::Common& common) {
  pet::OutputFiles files(common.force);
  if (!common.output.empty()) files.declare(common.output);
  if (options.viewer) files.declare(*options.viewer);
  const std::vector<pet::ReportScript> scripts = pet::report_scripts();
  const pet::Report report = report_of(options, scripts, common);
  for (const std::string& problem : report.problems) pet::warn(common, problem);
  if (options.viewer) files.write(*options.viewer, report.viewer_html);
  if (!common.output.empty()) files.write(common.output, report.html);
  files.commit();
  if (common.output.empty()) std::cout << report.html << std::flush;
  return report.problems.empty() ? pet::success : pet::some_failed;
}

void declare(pet::Tool& tool, Options& options) {
  tool.description(
          "Collects the outputs of Occupet below a folder (_tacs.tsv, _kinpar.tsv, _occupancy.tsv, _change.tsv, "
          "_curve.tsv, "
          "_inputfunction.tsv, _mimap.nii.gz, with their sidecars) into one HTML page: the answer in one sentence, "
          "checks "
          "of the inputs, curves with fits and residuals, graphical plots, parameters, occupancy, dose curve, slices "
          "of "
          "maps, a text for the methods section, provenance, and the meaning of every flag. Files belong together by "
          "the "
          "checksums in their sidecars. The page loads nothing from the network. A file that cannot be read is named "
          "in "
          "the page, and the exit status is 1.")
      .example("pet-report results/ -o report.html")
      .example("pet-report results/ --viewer maps.html -o report.html", "and a page with the maps in 3-D")
      .example("pet-report derivatives/occupet/sub-01 -o sub-01.html --title \"sub-01, 25 mg\"",
               "one subject of a BIDS derivative")
      .argument("DIR", options.folder, "folder with outputs of Occupet, searched recursively")
      .option("title", options.title, "TEXT", "title of the page; default: from the names of the files")
      .option("viewer", options.viewer, "FILE", "also write a page that shows the maps in 3-D, with NiiVue inside")
      .option("this-folder-only", options.is_flat, "leave the folders below it alone")
      .citation("Satyanarayan A et al. IEEE Trans Vis Comput Graph 2017;23:341-350 (Vega-Lite)");
}

}  // namespace

pet::Command pet::pet_report_command() {
  const auto options = std::make_shared<Options>();
  Command command{Tool("pet-report", "one self-contained page of figures and tables about a folder of results"),
                  [options](const Common& common) { return run(*options, common); }};
  declare(command.tool, *options);
  return command;
}
