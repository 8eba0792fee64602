// SPDX-License-Identifier: Apache-2.0
#include <sstream>

#include "libpet/data_folder.h"
#include "libpet/error.h"
#include "libpet/io/detail/text_file.h"
#include "libpet/provenance.h"
#include "tools/report/detail/page_text.h"
#include "tools/report/report.h"

namespace pet {

namespace {

constexpr std::string_view viewer = "@niivue/niivue";

// The scripts of the lock that are the viewer's, or those that are not.
std::vector<ReportScript> scripts_of(bool is_of_viewer) {
  const std::filesystem::path folder = data_folder() / "report";
  std::vector<ReportScript> scripts;
  std::istringstream lock{std::string(detail::scripts_lock)};
  for (std::string line; std::getline(lock, line);) {
    if (line.empty() || line.front() == '#' || line.starts_with(viewer) != is_of_viewer) continue;
    std::istringstream words(line);
    ReportScript script;
    words >> script.name >> script.version;
    script.name = script.name.substr(script.name.rfind('/') + 1);
    const std::filesystem::path file = folder / (script.name + "-" + script.version + ".js");
    if (!std::filesystem::is_regular_file(file))
      throw InputNotFound(file.string() + ": not found; tools/install_report_assets.sh puts it there");
    std::string in_package, of_package, expected;
    words >> in_package >> of_package >> expected;
    script.text = detail::read_text_file(file);
    if (const std::string found = sha256(script.text); found != expected)
      throw bad_input(file.string(), "another content (SHA-256 " + found + ")",
                      expected + "; tools/install_report_assets.sh puts it there");
    scripts.push_back(std::move(script));
  }
  return scripts;
}

}  // namespace

std::vector<ReportScript> report_scripts() {
  return scripts_of(false);
}

ReportScript viewer_script() {
  return scripts_of(true).front();
}

}  // namespace pet
