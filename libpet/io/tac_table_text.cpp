// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <vector>

#include "libpet/error.h"
#include "libpet/io/detail/json.h"
#include "libpet/io/detail/tac_columns.h"
#include "libpet/io/detail/tracer.h"
#include "libpet/io/tac_table_file.h"
#include "libpet/io/tsv.h"

namespace pet {

std::string tac_table_text(const TacTable& table) {
  std::vector<std::string> header = {"frame_start", "frame_end"};
  for (const std::string& region : table.regions) {
    if (!detail::is_region_column(region))
      throw UsageError("a region named '" + region +
                       "': a TAC table has another column of that name, and a reader would not take it for a region");
    header.push_back(region);
  }
  TsvWriter writer(header);
  const double factor = table.unit == ActivityUnit::kBq_per_mL ? 1000.0 : 1.0;
  for (std::size_t f = 0; f < table.frames.size(); ++f) {
    std::vector<std::string> row = {format_seconds(table.frames[f].start_min), format_seconds(table.frames[f].end_min)};
    for (const std::vector<double>& curve : table.activity) row.push_back(format_number(curve[f] * factor));
    writer.row(row);
  }
  return writer.text();
}

std::string tac_sidecar_text(const TacTable& table, const Provenance& provenance, const std::string& extra_json) {
  detail::Json object;
  object["Units"] = table.unit == ActivityUnit::kBq_per_mL ? "Bq/mL" : "unknown";
  object["frame_start"] = {{"Description", "Start of the frame after injection"}, {"Units", "s"}};
  object["frame_end"] = {{"Description", "End of the frame after injection"}, {"Units", "s"}};
  object["FrameTimesStart"] = detail::Json::array();
  object["FrameDuration"] = detail::Json::array();
  for (const Frame& frame : table.frames) {
    object["FrameTimesStart"].push_back(*parse_number(format_seconds(frame.start_min)));
    object["FrameDuration"].push_back(*parse_number(format_seconds(frame.duration_min())));
  }
  object["InjectionStart"] = 0;
  object["ImageDecayCorrected"] = true;
  object["ImageDecayCorrectionTime"] = 0;
  detail::add_tracer(object, table.tracer);
  object.update(detail::object_from(extra_json));
  detail::add_provenance(object, provenance);
  return detail::text_of(object);
}

std::string morph_table_text(const TacTable& table, const std::vector<int>& index) {
  TsvWriter writer({"index", "name", "volume-mm3"});
  for (std::size_t i = 0; i < table.volume_mm3.size(); ++i)
    if (table.volume_mm3[i])
      writer.row({std::to_string(index.empty() ? static_cast<int>(i) + 1 : index.at(i)), table.regions[i],
                  format_number(*table.volume_mm3[i])});
  return writer.text();
}

}  // namespace pet
