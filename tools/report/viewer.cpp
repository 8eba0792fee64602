// SPDX-License-Identifier: Apache-2.0
// The page that shows maps in 3-D.
#include "tools/report/detail/viewer.h"

#include <algorithm>
#include <cmath>

#include "libpet/error.h"
#include "libpet/io/nifti.h"
#include "libpet/slices.h"
#include "tools/report/detail/html.h"
#include "tools/report/detail/page.h"
#include "tools/report/detail/page_text.h"

namespace pet::detail {
namespace {

std::string option_of(const std::string& value, const std::string& text) {
  return element("option", escaped(text), "value=\"" + value + "\"");
}

std::string controls(const std::vector<const QuantityMap*>& maps) {
  std::string choices;
  for (std::size_t i = 0; i < maps.size(); ++i) {
    const std::string model = maps[i]->text("ModelName");
    choices +=
        option_of(std::to_string(i), maps[i]->quantity + ", " + maps[i]->label + (model.empty() ? "" : ", " + model));
  }
  return element(
             "div",
             element("label", "Map " + element("select", choices, "id=\"map\"")) +
                 element(
                     "label",
                     "View " + element("select", option_of("all", "slices and 3-D") + option_of("render", "3-D only"),
                                       "id=\"planes\"")) +
                 element("label",
                         "End of the colours <input id=\"end\" type=\"range\" min=\"10\" max=\"200\" value=\"100\">"),
             "class=\"controls\"") +
         "\n";
}

// The map with 0 where nothing is shown, which NiiVue leaves transparent.
std::string base64_of(const VolumeMap& map) {
  VolumeMap shown = cropped(map.grid, map.voxels);
  for (float& value : shown.voxels)
    if (!std::isfinite(value)) value = 0.0F;
  return base64(nifti_volume_bytes(shown.grid, shown.voxels));
}

}  // namespace

std::string viewer_html(const Outputs& outputs,
                        const std::string& title,
                        const ReportScript& niivue,
                        std::size_t most_bytes) {
  std::vector<const QuantityMap*> maps;
  std::vector<std::string> left_out;
  Json about = Json::array();
  std::string data;
  for (const QuantityMap& map : outputs.maps) {
    const std::string bytes = base64_of(map.map);
    if (data.size() + bytes.size() > most_bytes) {
      left_out.push_back(map.path);
      continue;
    }
    const std::string unit = map.text("Units");
    const double largest = display_limit(map.map.voxels);
    about.push_back({{"quantity", map.quantity},
                     {"unit", unit.empty() || unit == "1" ? "" : " " + unit},
                     {"largest", largest > 0.0 ? largest : 1.0}});
    data +=
        element("script", bytes, "type=\"application/octet-stream\" id=\"map-" + std::to_string(maps.size()) + "\"") +
        "\n";
    maps.push_back(&map);
  }
  if (maps.empty())
    throw bad_input(left_out.front(),
                    "a map that makes a page in 3-D of more than " + std::to_string(most_bytes / 1'000'000) + " MB" +
                        (left_out.size() > 1 ? ", as all others do" : ""),
                    "a smaller one");
  std::string html = element("header", element("h1", escaped(title)) +
                                           element("p", "Maps in 3-D; left in the picture is the patient's right.",
                                                   "class=\"soft\"")) +
                     "\n";
  html += "<main>\n" + controls(maps);
  html +=
      element("div",
              element("canvas", "",
                      "id=\"view\" tabindex=\"0\" role=\"img\" aria-label=\"the chosen map as slices and in 3-D; the "
                      "line below it reads the value at the crosshair\""),
              "id=\"stage\"") +
      "\n" + element("p", "", "id=\"place\" role=\"status\"") + "\n";
  html += paragraph(
      "Click or drag in a slice to move the crosshair, drag the 3-D view to turn it, use the wheel to go through the "
      "slices. Values below 0 and voxels without an estimate" +
      std::string(std::any_of(maps.begin(), maps.end(), [](const QuantityMap* map) { return map->shows_ok_only; })
                      ? ", or whose status is not ok, are not shown."
                      : " are not shown."));
  if (!left_out.empty()) html += paragraph("Left out, to keep the page small: " + joined(left_out, ", ") + ".");
  html +=
      "</main>\n" +
      element("footer", escaped("Drawn by NiiVue " + niivue.version +
                                " (BSD-2-Clause). This page loads nothing from the network; the maps are inside.")) +
      "\n";
  data += element("script", embedded_json(about), "type=\"application/json\" id=\"maps\"") + "\n";
  return document(title, std::string(page_style) + std::string(viewer_style), html + data,
                  {niivue.text, std::string(viewer_script)});
}

}  // namespace pet::detail
