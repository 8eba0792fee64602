// SPDX-License-Identifier: Apache-2.0
#include "libpet/io/series_report.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "libpet/io/detail/json.h"
#include "libpet/io/detail/tracer.h"
#include "libpet/io/tsv.h"

namespace pet {
namespace {

using detail::Json;

const char* name_of(DecayCorrection::Found found) {
  switch (found) {
    case DecayCorrection::Found::none:
      return "none";
    case DecayCorrection::Found::start:
      return "scan start";
    case DecayCorrection::Found::administration:
      return "administration";
    case DecayCorrection::Found::unknown:
      return "unknown";
  }
  return "unknown";
}

// "6x10 s, 6x20 s, gap of 30 s, 2x60 s".
std::string schedule(const Frames& frames) {
  std::string text;
  for (std::size_t i = 0; i < frames.size();) {
    const std::string duration = format_seconds(frames[i].duration_min());
    std::size_t next = i + 1;
    while (next < frames.size() && !frames.has_gap_after(next - 1) &&
           format_seconds(frames[next].duration_min()) == duration)
      ++next;
    if (!text.empty()) text += ", ";
    text += std::to_string(next - i) + "x" + duration + " s";
    if (next < frames.size() && frames.has_gap_after(next - 1))
      text += ", gap of " + format_seconds(frames[next].start_min - frames[next - 1].end_min) + " s";
    i = next;
  }
  return text;
}

void add_line(std::string& text, const std::string& label, const std::string& value) {
  if (value.empty()) return;
  text += "  " + label + std::string(label.size() < 12 ? 12 - label.size() : 1, ' ') + value + "\n";
}

std::string with_unit(std::optional<double> value, const char* unit) {
  return value ? format_number(std::round(*value * 1e6) / 1e6) + " " + unit : "";
}

std::string half_life(const Radiopharmaceutical& tracer) {
  if (!tracer.half_life_min) return "";
  return "half-life " + with_unit(*tracer.half_life_min * 60.0, "s");
}

std::string joined(const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts) {
    if (part.empty()) continue;
    if (!text.empty()) text += ", ";
    text += part;
  }
  return text;
}

std::string frames_line(const SeriesSummary& one) {
  if (one.frames.empty()) return "";
  return std::to_string(one.frames.size()) + ", " + format_seconds(one.frames.front().start_min) + " to " +
         format_seconds(one.frames.back().end_min) + " s after " +
         (one.is_time_zero_injection ? "injection" : "scan start (injection time unknown)") + ": " +
         schedule(one.frames);
}

std::string block(const SeriesSummary& one) {
  std::string text = "PET series " + one.series_uid + "\n";
  add_line(text, "description", one.description);
  add_line(text, "scanner", joined({one.manufacturer, one.model_name}));
  add_line(text, "files", std::to_string(one.files) + " (" + one.transfer_syntax + ")");
  if (one.grid.voxel_count() > 0) add_line(text, "grid", describe(one.grid));
  add_line(text, "frames", frames_line(one));
  add_line(text, "units", one.units);
  add_line(text, "decay", joined({"corrected to " + std::string(name_of(one.decay.found)), one.decay.evidence}));
  add_line(text, "tracer", joined({one.tracer.name, one.tracer.radionuclide, half_life(one.tracer)}));
  add_line(text, "injected",
           joined({with_unit(one.tracer.injected_activity_MBq, "MBq"), with_unit(one.tracer.injected_mass_ug, "ug"),
                   with_unit(one.tracer.molar_activity_GBq_per_umol, "GBq/umol")}));
  for (const std::string& warning : one.warnings) add_line(text, "warning", warning);
  for (const std::string& problem : one.problems) add_line(text, "problem", problem);
  return text;
}

Json object_of(const SeriesSummary& one) {
  Json object;
  object["SeriesInstanceUID"] = one.series_uid;
  object["SeriesDescription"] = one.description;
  object["Manufacturer"] = one.manufacturer;
  object["ManufacturersModelName"] = one.model_name;
  object["Files"] = one.files;
  object["TransferSyntax"] = one.transfer_syntax;
  object["Units"] = one.units;
  object["SeriesType"] = one.series_type;
  object["MatrixSize"] = one.grid.size;
  object["FirstVoxelPositionLPS"] = one.grid.origin_mm;
  object["VoxelStepsLPS"] = one.grid.axis_mm;
  object["TimeZero"] = one.is_time_zero_injection ? "injection" : "scan start";
  object["FrameTimesStart"] = Json::array();
  object["FrameDuration"] = Json::array();
  for (const Frame& frame : one.frames) {
    object["FrameTimesStart"].push_back(std::round(frame.start_min * 60.0 * 1e6) / 1e6);
    object["FrameDuration"].push_back(std::round(frame.duration_min() * 60.0 * 1e6) / 1e6);
  }
  object["DecayCorrection"] = one.decay_correction;
  object["DecayCorrectionEvidence"] = one.decay.evidence;
  detail::add_tracer(object, one.tracer);
  object["Warnings"] = one.warnings;
  object["Problems"] = one.problems;
  return object;
}

}  // namespace

std::string series_report_text(const std::vector<SeriesSummary>& series) {
  std::string text;
  for (const SeriesSummary& one : series) {
    if (!text.empty()) text += "\n";
    text += block(one);
  }
  return text;
}

std::string series_report_json(const std::vector<SeriesSummary>& series) {
  Json array = Json::array();
  for (const SeriesSummary& one : series) array.push_back(object_of(one));
  return detail::text_of(array);
}

std::string image_members_json(const DynamicImage& image) {
  Json object = Json::object();
  if (!image.time_zero.empty()) object["TimeZero"] = image.time_zero.substr(image.time_zero.find('T') + 1, 8);
  if (!image.manufacturer.empty()) object["Manufacturer"] = image.manufacturer;
  if (!image.description.empty()) object["SeriesDescription"] = image.description;
  object["StoredDecayCorrection"] = name_of(image.decay.found);
  if (image.decay.reference_min)
    object["StoredDecayCorrectionTime"] = std::round(*image.decay.reference_min * 60.0 * 1e6) / 1e6;
  if (!image.decay.evidence.empty()) object["DecayCorrectionEvidence"] = image.decay.evidence;
  if (!image.warnings.empty()) object["Warnings"] = image.warnings;
  constexpr int on_one_line = -1;
  return object.dump(on_one_line, ' ', false, Json::error_handler_t::replace);
}

}  // namespace pet
