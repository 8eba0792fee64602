// SPDX-License-Identifier: Apache-2.0
#include <iostream>

#include "tools/report/report.h"
#include "tools/tool.h"

namespace {

struct Options {
  std::string folder;
  std::optional<std::string> title;
};

int run(const Options& options, const pet::Common& common) {
  pet::OutputFiles files(common.force);
  if (!common.output.empty()) files.declare(common.output);
  const std::vector<pet::ReportScript> scripts = pet::report_scripts();
  const pet::Report report =
      pet::make_report(options.folder, scripts, {options.title.value_or(""), pet::provenance_of({}).command_line});
  for (const std::string& problem : report.problems) pet::warn(common, problem);
  if (common.output.empty()) {
    std::cout << report.html << std::flush;
  } else {
    files.write(common.output, report.html);
    files.commit();
  }
  return report.problems.empty() ? pet::success : pet::some_failed;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  return pet::Tool("pet-report", "one self-contained page of figures and tables about a folder of results")
      .description(
          "Collects the outputs of Occupet below a folder (_tacs.tsv, _kinpar.tsv, _occupancy.tsv, _curve.tsv, "
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
      .example("pet-report derivatives/occupet/sub-01 -o sub-01.html --title \"sub-01, 25 mg\"",
               "one subject of a BIDS derivative")
      .argument("DIR", options.folder, "folder with outputs of Occupet, searched recursively")
      .option("title", options.title, "TEXT", "title of the page; default: from the names of the files")
      .citation("Satyanarayan A et al. IEEE Trans Vis Comput Graph 2017;23:341-350 (Vega-Lite)")
      .main(argc, argv, [&](const pet::Common& common) { return run(options, common); });
}
