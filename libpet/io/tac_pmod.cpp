// SPDX-License-Identifier: Apache-2.0
#include "libpet/io/detail/tac_pmod.h"

#include <cmath>
#include <utility>
#include <vector>

#include "libpet/error.h"
#include "libpet/io/detail/delimited.h"
#include "libpet/io/detail/json.h"
#include "libpet/io/detail/table_sidecars.h"
#include "libpet/io/detail/text_file.h"
#include "libpet/io/detail/tracer.h"
#include "libpet/io/tac_table_file.h"
#include "libpet/io/units.h"

namespace pet {
namespace detail {
namespace {

constexpr double rounding_min = 2e-3 / 60.0 * (1.0 + 1e-6);  // files say 29.999 for 30 s

Frames frames_of(const Tsv& tsv, double min_per_unit) {
  std::vector<Frame> frames;
  for (std::size_t r = 0; r < tsv.rows(); ++r) {
    Frame frame{tsv.required_number(r, 0) * min_per_unit, tsv.required_number(r, 1) * min_per_unit};
    if (r > 0 && std::abs(frame.start_min - frames.back().end_min) <= rounding_min)
      frame.start_min = frames.back().end_min;
    if (!(frame.end_min > frame.start_min))
      throw bad_input(tsv.where(r, 1), "an end at " + tsv.cell(r, 1), "an end after the start, " + tsv.cell(r, 0));
    frames.push_back(frame);
  }
  try {
    return Frames(std::move(frames));
  } catch (const InputError& error) {
    throw InputError(tsv.source() + ": " + error.what());
  }
}

// Hand-made files say "end[seconds]" and put the unit of activity, if any, after the regions.
double activity_factor(const Tsv& tsv, const std::string& where) {
  const Title end = title_of(tsv.header()[1]);
  if (!end.unit || !pmod_seconds(*end.unit)) return *activity_unit(end, "", where);
  const double first = *activity_unit(title_of(tsv.header()[2]), "", where);
  for (std::size_t c = 3; c < tsv.header().size(); ++c)
    if (*activity_unit(title_of(tsv.header()[c]), "", where) != first)
      throw bad_input(where, "regions in different units", "one unit of activity");
  return first;
}

void check_decay(const Sidecar& sidecar) {
  if (!sidecar.boolean("ImageDecayCorrected").value_or(true) ||
      sidecar.number("ImageDecayCorrectionTime").value_or(0.0) != sidecar.number("InjectionStart").value_or(0.0))
    throw sidecar.error("ImageDecayCorrected", "activity not corrected to injection",
                        "PMOD curves corrected for decay to injection");
}

}  // namespace

bool is_pmod_tac(const std::string& path) {
  return lower_case(path).ends_with(".tac");
}

TacTable read_pmod_tacs(const std::string& path) {
  const Tsv tsv = delimited_table(read_text_file(path), path);
  const std::string where = path + ":1";
  if (tsv.header().size() < 3 || !lower_case(tsv.header()[0]).starts_with("start") ||
      !lower_case(tsv.header()[1]).starts_with("end"))
    throw bad_input(where, "no titles of PMOD curves", "start[seconds], end[kBq/cc] and the names of regions");
  if (tsv.rows() == 0) throw bad_input(path, "no rows", "one row a frame");
  TacTable table;
  table.frames = frames_of(tsv, time_unit(title_of(tsv.header()[0]), "", where) / 60.0);
  const double per_unit = 1.0 / activity_factor(tsv, where);  // 1000 is exact, 0.001 is not
  table.unit = ActivityUnit::kBq_per_mL;
  for (std::size_t c = 2; c < tsv.header().size(); ++c) {
    table.regions.push_back(title_of(tsv.header()[c]).name);
    std::vector<double>& curve = table.activity.emplace_back(tsv.rows());
    for (std::size_t r = 0; r < tsv.rows(); ++r) curve[r] = tsv.required_number(r, c) / per_unit;
  }
  if (const auto sidecar = sidecar_if_present(own_sidecar(path))) {
    check_decay(*sidecar);
    table.tracer = tracer_of(*sidecar);
  }
  return table;
}

}  // namespace detail

std::string pmod_tac_text(const TacTable& table) {
  if (table.unit != ActivityUnit::kBq_per_mL) throw UsageError("PMOD curves of an unknown unit: the format states one");
  std::vector<std::string> header = {"start[seconds]", "end[kBq/cc]"};
  for (const std::string& region : table.regions) {
    if (region.find_first_of("\t\"[]") != std::string::npos)
      throw UsageError("a region named '" + region + "' in a PMOD table: no tab, quote or bracket");
    header.push_back(region);
  }
  TsvWriter writer(header);
  for (std::size_t f = 0; f < table.frames.size(); ++f) {
    std::vector<std::string> row = {format_seconds(table.frames[f].start_min), format_seconds(table.frames[f].end_min)};
    for (const std::vector<double>& curve : table.activity) row.push_back(format_number(curve[f]));
    writer.row(row);
  }
  return writer.text();
}

}  // namespace pet
