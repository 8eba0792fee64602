// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace pet {

/// A script that a report carries, as the lock names it.
struct ReportScript {
  std::string name;  ///< "vega"
  std::string version;
  std::string text;
};

/// The scripts that draw the figures: vega, vega-lite, vega-interpreter. Read from the folder `report` of
/// data_folder(). Throws InputNotFound that names tools/install_report_assets.sh where one is missing, and InputError
/// for another content than the SHA-256 of tools/report/assets.lock says.
std::vector<ReportScript> report_scripts();

/// The script that draws maps in 3-D, NiiVue, likewise.
ReportScript viewer_script();

/// What may be said about a report besides its files.
struct ReportOptions {
  std::string title;                     ///< empty: from the names of the files
  std::string command_line;              ///< of the command that makes it, for the provenance
  std::optional<ReportScript> viewer{};  ///< NiiVue, for a page with the maps in 3-D; nothing: none is made
};

/// A page, and what could not be read for it.
struct Report {
  std::string html;
  std::string viewer_html{};          ///< the page with the maps in 3-D, if it was asked for
  std::vector<std::string> problems;  ///< one line each: a file that was passed over, and why
};

/// One self-contained HTML page about the outputs of Occupet in a folder and the folders below it. Files are found by
/// the ends of their names, in BIDS names or plain ones (`sub-01_ses-a_tacs.tsv`, `baseline_tacs.tsv`, `tacs.tsv`), and
/// related by the checksums in their sidecars, so that a fit is drawn on the curves that it was made of:
///   *_tacs.tsv           curves; those whose sidecar was written by `pet-fit` are fits
///   *_kinpar.tsv         parameters of one model
///   *_occupancy.tsv      occupancies
///   *_curve.tsv          a curve, with the table of `--predict` (by its columns) and its observations
///   *_inputfunction.tsv  blood
///   *_mimap.nii[.gz]     maps
/// The same files, options and scripts give the same bytes. Nothing is taken from a sidecar but what is listed in
/// docs/report.md. A file that cannot be read is passed over and named in `problems` and in the page. Throws
/// InputNotFound for no folder, InputError for a folder without any of these files, and for one without a map that
/// could be shown in 3-D where a viewer is asked for.
Report make_report(const std::filesystem::path& folder,
                   const std::vector<ReportScript>& scripts,
                   const ReportOptions& options = {});

/// The same about some files of a folder only (paths below it), for a page of one subject or of a group.
Report make_report(const std::filesystem::path& folder,
                   const std::vector<std::filesystem::path>& files,
                   const std::vector<ReportScript>& scripts,
                   const ReportOptions& options = {});

}  // namespace pet
