// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "libpet/tac_checks.h"
#include "tools/report/detail/answer.h"

namespace pet::detail {
namespace {

const std::string good = "✓ ";
const std::string look = "▲ ";
const std::string unknown = "? ";

std::string minutes(double value) {
  return brief(value) + " min";
}

std::string timing(const Frames& frames) {
  constexpr double late_min = 0.5;
  const std::string span = std::to_string(frames.size()) + " frames, " + minutes(frames.front().start_min) + " to " +
                           minutes(frames.back().end_min);
  if (frames.front().start_min > late_min) return look + span + "; the first minutes after injection are missing";
  if (frames.front().start_min < 0.0) return look + span + "; begins before the injection";
  return good + span;
}

std::string gaps(const Frames& frames) {
  if (frames.gap_count() == 0) return good + "none";
  std::vector<std::string> where;
  for (std::size_t f = 0; f + 1 < frames.size(); ++f)
    if (frames.has_gap_after(f))
      where.push_back(minutes(frames[f].end_min) + " to " + minutes(frames[f + 1].start_min));
  return look + joined(where, ", ") + "; gaps stay gaps in every integral";
}

std::string decay(const Curves& scan) {
  const std::string evidence = scan.text("DecayCorrectionEvidence");
  const std::string half_life = scan.table.tracer.half_life_min
                                    ? ", half-life " + minutes(*scan.table.tracer.half_life_min)
                                    : ", half-life not known";
  const std::string mark = scan.table.tracer.half_life_min ? good : unknown;
  if (scan.sidecar.contains("ImageDecayCorrected"))
    return mark + "corrected to injection" + half_life + (evidence.empty() ? "" : " (" + evidence + ")");
  return unknown + "taken as corrected to injection: the file does not say" + half_life;
}

std::string unit(const TacTable& table) {
  return table.unit == ActivityUnit::kBq_per_mL ? good + "activity per volume" : unknown + "not known";
}

std::string dose(const Radiopharmaceutical& tracer) {
  if (!tracer.injected_activity_MBq) return unknown + "not known";
  std::string text = brief(*tracer.injected_activity_MBq) + " MBq";
  if (tracer.injected_mass_ug) text += ", " + brief(*tracer.injected_mass_ug) + " µg";
  if (tracer.molar_activity_GBq_per_umol) text += ", " + brief(*tracer.molar_activity_GBq_per_umol) + " GBq/µmol";
  constexpr double most_MBq = 2000.0;
  const bool is_usual = *tracer.injected_activity_MBq > 1.0 && *tracer.injected_activity_MBq < most_MBq;
  return (is_usual ? good : look) + text + (is_usual ? "" : "; an unusual dose: is its unit right?");
}

std::string uptake(const TacTable& table) {
  const Peak peak = highest_activity(table);
  const std::string where = peak.region + " at " + minutes(peak.mid_min);
  if (!peak.suv_70kg) return unknown + "highest in " + where + "; dose or unit not known";
  const bool is_usual = *peak.suv_70kg > 0.1 && *peak.suv_70kg < 50.0;
  return (is_usual ? good : look) + "highest SUV " + shown(*peak.suv_70kg, 2) + " for 70 kg, in " + where +
         (is_usual ? "" : "; are the units of dose and activity right?");
}

std::string motion(const TacTable& table) {
  const std::vector<FrameJump> jumps = common_jumps(table);
  if (jumps.empty()) return unknown + "too few regions or frames to say";
  std::vector<std::string> where;
  for (const FrameJump& jump : jumps)
    if (jump.score >= jump_threshold) where.push_back(minutes(jump.mid_min) + " (score " + shown(jump.score, 2) + ")");
  if (where.empty()) return good + "no frame in which most regions jump together";
  return look + "most regions jump together at " + joined(where, ", ") + "; look at the images there";
}

const Blood* blood_of(const Outputs& outputs, std::size_t scan) {
  for (const Parameters& parameters : outputs.parameters)
    if (parameters.measured == scan && parameters.blood) return &outputs.blood[*parameters.blood];
  for (const Blood& blood : outputs.blood)
    if (blood.label == outputs.scans[scan].label) return &blood;
  return nullptr;
}

std::string blood(const Outputs& outputs, std::size_t scan) {
  const Blood* found = blood_of(outputs, scan);
  if (found == nullptr) return "none";
  const InputFunction& input = found->input;
  const auto peak = std::max_element(input.parent_plasma.begin(), input.parent_plasma.end());
  const double peak_min = input.time_min[static_cast<std::size_t>(peak - input.parent_plasma.begin())];
  const double end = outputs.scans[scan].table.frames.back().end_min;
  const std::string text = std::to_string(input.time_min.size()) + " samples to " + minutes(input.time_min.back()) +
                           ", peak " + brief(*peak, 3) + " kBq/mL at " + minutes(peak_min);
  constexpr double rounding_min = 0.02;
  if (input.time_min.back() + rounding_min < end)
    return look + text + "; the last sample comes before the end of the scan";
  return good + text;
}

// Rows as columns: a few scans read better beside each other.
HtmlTable turned(const HtmlTable& table) {
  HtmlTable result{table.caption, {"check"}, {}};
  for (const std::vector<std::string>& row : table.rows) result.header.push_back(row.front());
  for (std::size_t c = 1; c < table.header.size(); ++c) {
    result.rows.push_back({table.header[c]});
    for (const std::vector<std::string>& row : table.rows) result.rows.back().push_back(row[c]);
  }
  return result;
}

}  // namespace

HtmlTable checks_table(const Outputs& outputs) {
  HtmlTable table{"Input checks", {"scan"}, {}};
  const bool has_blood = !outputs.blood.empty();
  table.header.insert(table.header.end(), {"timing", "gaps", "decay", "unit", "dose", "uptake", "common jumps"});
  if (has_blood) table.header.emplace_back("blood");
  for (std::size_t s = 0; s < outputs.scans.size(); ++s) {
    const Curves& scan = outputs.scans[s];
    std::vector<std::string> row = {scan.label,         timing(scan.table.frames), gaps(scan.table.frames),
                                    decay(scan),        unit(scan.table),          dose(scan.table.tracer),
                                    uptake(scan.table), motion(scan.table)};
    if (has_blood) row.push_back(blood(outputs, s));
    table.rows.push_back(std::move(row));
  }
  constexpr std::size_t most_columns = 4;
  return outputs.scans.size() <= most_columns ? turned(table) : table;
}

}  // namespace pet::detail
