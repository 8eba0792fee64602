// SPDX-License-Identifier: Apache-2.0
#include "tools/report/report.h"

#include <algorithm>
#include <set>

#include "libpet/error.h"
#include "libpet/files_below.h"
#include "libpet/provenance.h"
#include "tools/report/detail/answer.h"
#include "tools/report/detail/page.h"
#include "tools/report/detail/viewer.h"

namespace pet {
namespace {

using namespace detail;

constexpr std::size_t most_groups = 3;  // of scans that are drawn; a page for each subject holds the rest

// The most that a section may take, so that a page stays below 3 MB with the 0.8 MB of its scripts.
constexpr std::size_t bytes_of_checks = 220'000;
constexpr std::size_t bytes_of_curves = 550'000;
constexpr std::size_t bytes_of_plots = 300'000;
constexpr std::size_t bytes_of_results = 180'000;
constexpr std::size_t bytes_of_maps = 300'000;
constexpr std::size_t bytes_of_viewer = 40'000'000;
constexpr std::size_t most_rows = 300;  // of a table about files

std::string subjects_of(const Outputs& outputs) {
  std::set<std::string> subjects;
  for (const OutputFile* file : outputs.files()) {
    const auto found = file->entities.find("sub");
    if (found != file->entities.end()) subjects.insert("sub-" + found->second);
  }
  for (const std::string& participant : outputs.participants()) subjects.insert(participant);
  if (subjects.size() > 4) return std::to_string(subjects.size()) + " subjects";
  return joined({subjects.begin(), subjects.end()}, ", ");
}

std::string tracers_of(const Outputs& outputs) {
  std::set<std::string> tracers;
  for (const Curves& scan : outputs.scans)
    if (!scan.table.tracer.name.empty()) tracers.insert(scan.table.tracer.name);
  return joined({tracers.begin(), tracers.end()}, ", ");
}

// Whether a table holds change, or (false) occupancy.
bool holds_change(const Outputs& outputs, bool is_change) {
  const auto fits = [&](const Occupancies& table) { return table.is_change() == is_change; };
  return std::any_of(outputs.occupancies.begin(), outputs.occupancies.end(), fits) ||
         std::any_of(outputs.cohorts.begin(), outputs.cohorts.end(), fits);
}

std::string title_of(const Outputs& outputs, const ReportOptions& options) {
  if (!options.title.empty()) return options.title;
  const std::string subjects = subjects_of(outputs);
  const std::vector<std::string> drugs = outputs.drugs();
  const std::string subject = subjects.empty() ? outputs.folder : subjects;
  const bool has_change = holds_change(outputs, true);
  const bool has_occupancy = holds_change(outputs, false) || !outputs.curves.empty();
  if (!has_occupancy && !has_change) return subject + ": PET report";
  if (drugs.size() != 1) return subject + (has_occupancy ? ": PET occupancy report" : ": PET report of change");
  return subject + (has_occupancy ? ": occupancy by " : ": change after ") + drugs.front();
}

std::string fact(const std::string& name, const std::string& value) {
  if (value.empty()) return "";
  return element("div", element("dt", escaped(name)) + element("dd", escaped(value)));
}

std::string facts(const Outputs& outputs) {
  std::set<std::string> models;
  for (const Parameters& parameters : outputs.parameters) models.insert(parameters.model_label);
  const std::vector<std::string> drugs = outputs.drugs();
  std::vector<std::string> scans;
  for (const Curves& scan : outputs.scans) scans.push_back(scan.label);
  const std::size_t warnings = outputs.problems.size() + outputs.stale.size();
  return element("dl",
                 fact("Subject", subjects_of(outputs)) + fact("Tracer", tracers_of(outputs)) +
                     fact("Scans", scans.size() > 6 ? std::to_string(scans.size()) : joined(scans, ", ")) +
                     fact("Drug",
                          drugs.size() > 4 ? std::to_string(drugs.size()) + " drugs or doses" : joined(drugs, "; ")) +
                     fact("Models", joined({models.begin(), models.end()}, ", ")) +
                     fact("Flags that occur", std::to_string(flags_that_occur(outputs).size())) +
                     fact("Files with problems", warnings == 0 ? "none" : std::to_string(warnings)),
                 "class=\"facts\"") +
         "\n";
}

// What stands in place of the answer. Occupancies of several people are not one.
std::string without_answer(const Outputs& outputs) {
  const std::size_t count = outputs.participants().size();
  if (count == 0) return "There is no occupancy and no curve in this folder: this page shows curves and parameters.";
  const std::string people = std::to_string(count) + (count == 1 ? " participant" : " participants");
  const std::string what = outputs.cohorts.front().quantity();
  return capitalised(what) + " of " + people + " is shown below, each by itself; no curve describes the group.";
}

std::string summary(const Outputs& outputs) {
  const std::vector<Answer> found = answers(outputs);
  std::string html;
  if (found.empty()) html += element("p", escaped(without_answer(outputs)), "class=\"answer\"");
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (i == 1) html += element("h3", "Other analyses in this folder");
    const std::string attributes = i > 0 ? "" : found[i].is_sure ? "class=\"answer\"" : "class=\"answer unsure\"";
    html += element("p", escaped(found[i].sentence), attributes) + "\n";
  }
  if (!outputs.occupancies.empty() || !outputs.cohorts.empty())
    html += element("p",
                    escaped("Intervals contain what their sidecars say: in general the noise of the scans, not how a "
                            "person differs between two days."),
                    "class=\"soft\"") +
            "\n";
  html += facts(outputs);
  for (const std::string& problem : outputs.problems)
    html += element("p", escaped("Not read: " + problem), "class=\"note\"") + "\n";
  for (const std::string& stale : outputs.stale) html += element("p", escaped(stale), "class=\"note\"") + "\n";
  return html;
}

std::string input_checks(const Outputs& outputs, Page& page) {
  if (outputs.scans.empty() && outputs.blood.empty()) return "";
  std::string html;
  if (!outputs.scans.empty()) {
    html += paragraph("✓ is as it should be, ▲ is worth a look, ? is not known.");
    html += element("div", table_html(checks_table(outputs)), "class=\"checks free\"");
  }
  html += page.figures(jump_figures(outputs));
  html += page.figures(blood_figures(outputs));
  return html;
}

std::string curves(const Outputs& outputs, Page& page) {
  std::vector<Figure> figures;
  const auto groups = groups_of_scans(outputs);
  for (std::size_t g = 0; g < std::min(groups.size(), most_groups); ++g)
    for (Figure& figure : curve_figures(outputs, groups[g])) figures.push_back(std::move(figure));
  std::string html = page.figures(figures);
  if (groups.size() > most_groups)
    html += paragraph("The curves of " + std::to_string(most_groups) + " of " + std::to_string(groups.size()) +
                      " groups of scans are drawn. A report on the folder of one subject shows the rest.");
  return html;
}

std::string methods(const Outputs& outputs, const std::vector<ReportScript>& scripts) {
  std::vector<std::string> names;
  for (const ReportScript& script : scripts) names.push_back(script.name + " " + script.version);
  const Methods text = methods_of(outputs, names);
  std::string html = element("p",
                             "The text below may be copied into a paper without asking (CC0 1.0). It is made from the "
                             "sidecars of the files.",
                             "class=\"soft\"");
  for (const std::string& sentence : text.paragraphs) html += paragraph(sentence);
  std::string items;
  for (const std::string& reference : text.references) items += element("li", escaped(reference));
  if (!items.empty()) html += element("h3", "References") + element("ol", items) + "\n";
  return html;
}

std::string provenance(const Outputs& outputs, const ReportOptions& options) {
  HtmlTable files{"Files shown", {"file", "SHA-256", "made by", "command"}, {}};
  HtmlTable sources{"What they were made of", {"file", "source", "SHA-256"}, {}};
  for (const OutputFile* file : outputs.files()) {
    const std::string software = file->text("SoftwareName") + " " + file->text("SoftwareVersion");
    const std::string command = file->text("CommandLine");
    files.rows.push_back({file->path, file->sha256, software == " " ? "–" : software, command.empty() ? "–" : command});
    const Json names = file->sidecar.value("Sources", Json::array());
    const Json sums = file->sidecar.value("SourcesSHA256", Json::array());
    for (std::size_t i = 0; names.is_array() && i < names.size(); ++i)
      if (names[i].is_string())
        sources.rows.push_back(
            {file->path, names[i].get<std::string>(),
             sums.is_array() && i < sums.size() && sums[i].is_string() ? sums[i].get<std::string>() : "–"});
  }
  const bool is_cut = files.rows.size() > most_rows || sources.rows.size() > most_rows;
  files.rows.resize(std::min(files.rows.size(), most_rows));
  sources.rows.resize(std::min(sources.rows.size(), most_rows));
  std::string html = paragraph(
      "From the sidecars: commands and paths as they were typed, which identify a person where somebody typed a name "
      "or "
      "number into them. Nothing else is taken from the sidecars here.");
  if (!options.command_line.empty())
    html += element("p", "This page: " + element("code", escaped(options.command_line))) + "\n";
  html += element("details", element("summary", "Files, commands and checksums") +
                                 element("div", table_html(files) + (sources.rows.empty() ? "" : table_html(sources)),
                                         "class=\"paths\""));
  if (is_cut)
    html += paragraph("The tables end after " + std::to_string(most_rows) + " rows; the sidecars hold the rest.");
  if (!outputs.maps_left_out.empty())
    html += element("details", element("summary", "Maps that are not drawn") + bullet_list(outputs.maps_left_out));
  return html;
}

std::string warnings(const Outputs& outputs) {
  std::string html;
  std::vector<std::string> notes;
  for (const std::string& problem : outputs.problems) notes.push_back("Not read: " + problem);
  notes.insert(notes.end(), outputs.stale.begin(), outputs.stale.end());
  html += bullet_list(notes);
  HtmlTable table{"Statuses and flags that occur, with their documented meaning", {"flag", "meaning", "where"}, {}};
  constexpr std::size_t most_places = 6;
  for (const Explained& flag : flags_that_occur(outputs)) {
    std::vector<std::string> places = flag.where;
    const std::size_t count = places.size();
    if (count > most_places) {
      places.resize(most_places);
      places.push_back("and " + std::to_string(count - most_places) + " more");
    }
    table.rows.push_back({flag.flag, flag.meaning, joined(places, "; ")});
  }
  if (!table.rows.empty()) html += element("div", table_html(table), "class=\"free\"");
  if (html.empty()) html = paragraph("None: every fit is ok, no flag is set, and every file could be read.");
  return html;
}

}  // namespace

Report make_report(const std::filesystem::path& folder,
                   const std::vector<std::filesystem::path>& files,
                   const std::vector<ReportScript>& scripts,
                   const ReportOptions& options) {
  const Outputs outputs = read_outputs(folder, files);
  const std::string tracers = tracers_of(outputs);
  Page page(title_of(outputs, options), "Folder " + outputs.folder + (tracers.empty() ? "" : ", tracer " + tracers));
  page.section("summary", "Summary", summary(outputs));
  page.set_room(bytes_of_checks);
  page.section("checks", "Input checks", input_checks(outputs, page));
  page.set_room(bytes_of_curves);
  page.section("curves", "Curves and fits", curves(outputs, page));
  page.set_room(bytes_of_plots);
  page.section("plots", "Graphical plots", page.figures(graphical_figures(outputs)));
  page.set_room(bytes_of_results);
  page.section("parameters", "Parameters", page.figures(parameter_figures(outputs)));
  page.set_room(bytes_of_results);
  const bool has_change_alone = holds_change(outputs, true) && !holds_change(outputs, false);
  page.section("occupancy", has_change_alone ? "Change" : "Occupancy", page.figures(occupancy_figures(outputs)));
  page.set_room(bytes_of_results);
  page.section("dose", "Dose and concentration", page.figures(dose_figures(outputs)));
  page.section("maps", "Maps", map_pictures(outputs, bytes_of_maps));
  page.section("methods", "Methods", methods(outputs, scripts));
  page.section("provenance", "Provenance", provenance(outputs, options));
  page.section("warnings", "Warnings", warnings(outputs));
  std::string viewer;
  if (options.viewer) {
    if (outputs.maps.empty())
      throw bad_input(folder.string(), "no map", "one of occupancy, BPND, VT, DVR, Ki or SUVR for a page in 3-D");
    viewer = viewer_html(outputs, title_of(outputs, options), *options.viewer, bytes_of_viewer);
  }
  return {page.html(scripts), viewer, outputs.problems};
}

Report make_report(const std::filesystem::path& folder,
                   const std::vector<ReportScript>& scripts,
                   const ReportOptions& options) {
  if (!is_existing_folder(folder)) throw bad_input(folder.string(), "a file", "a folder with outputs of Occupet");
  std::vector<std::filesystem::path> files;
  for (const std::filesystem::path& file : files_below(folder)) files.push_back(file.lexically_relative(folder));
  return make_report(folder, files, scripts, options);
}

}  // namespace pet
