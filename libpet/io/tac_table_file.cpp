// SPDX-License-Identifier: Apache-2.0
#include "libpet/io/tac_table_file.h"

#include <cmath>
#include <filesystem>
#include <map>
#include <utility>

#include "libpet/error.h"
#include "libpet/io/density_table.h"
#include "libpet/io/detail/bids_name.h"
#include "libpet/io/detail/delimited.h"
#include "libpet/io/detail/json.h"
#include "libpet/io/detail/table_sidecars.h"
#include "libpet/io/detail/tac_assembly.h"
#include "libpet/io/detail/tac_columns.h"
#include "libpet/io/detail/text_file.h"
#include "libpet/io/tsv.h"
#include "libpet/io/units.h"

namespace pet {
namespace {

namespace fs = std::filesystem;
using detail::Sidecar;
using detail::TacSurroundings;

constexpr double same_time_s = 0.01;

// A list of times in seconds. An object of that name describes the column of that name instead.
std::optional<std::vector<double>> time_list(const Sidecar& sidecar, std::string_view key) {
  if (sidecar.is_object(key)) return std::nullopt;
  return sidecar.numbers(key);
}

std::optional<std::vector<double>> time_list(const TacSurroundings& around, std::string_view key) {
  for (const Sidecar& sidecar : around.sidecars)
    if (auto list = time_list(sidecar, key)) return list;
  return std::nullopt;
}

// A column of times in seconds, whatever unit the sidecar gives it.
std::vector<double> times_in_s(const Tsv& tsv,
                               std::size_t column,
                               const TacSurroundings& around,
                               const TacTableOptions& options) {
  const std::string key = tsv.header()[column] + "/Units";
  double s_per_unit = options.time_unit.empty() ? 1.0 : detail::stated_time_unit_s(options.time_unit);
  for (const Sidecar& sidecar : around.sidecars) {
    if (!sidecar.has(key)) continue;
    const std::string unit = *sidecar.text(key);
    const auto seconds = in_s(unit);
    if (!seconds) throw sidecar.error(key, "'" + unit + "'", "s or min");
    s_per_unit = *seconds;
    break;
  }
  std::vector<double> times(tsv.rows());
  for (std::size_t r = 0; r < tsv.rows(); ++r) times[r] = tsv.required_number(r, column) * s_per_unit;
  return times;
}

// Start and end of every row in seconds: columns, else the lists of the sidecar.
std::vector<Frame> frame_times_s(const Tsv& tsv, const TacSurroundings& around, const TacTableOptions& options) {
  using Found = std::optional<std::size_t>;
  const Found start = options.start_column.empty() ? detail::find_tac_column(tsv, {"framestart", "frametimesstart"})
                                                   : Found(tsv.column(options.start_column));
  const Found end = options.end_column.empty() ? detail::find_tac_column(tsv, {"frameend", "frametimesend"})
                                               : Found(tsv.column(options.end_column));
  const auto duration = detail::find_tac_column(tsv, {"framedur", "frameduration", "framelength"});
  const auto starts = time_list(around, "FrameTimesStart");
  const auto durations = time_list(around, "FrameDuration");
  const bool has_lists = starts && durations && starts->size() == tsv.rows() && durations->size() == tsv.rows();
  if ((!start || (!end && !duration)) && (start || end || !has_lists))
    throw bad_input(tsv.source() + ":1", "no columns of frame times",
                    "frame_start and frame_end in seconds (or as many FrameTimesStart and FrameDuration in the "
                    "sidecar as rows)");
  const std::vector<double> first = start ? times_in_s(tsv, *start, around, options) : *starts;
  const std::vector<double> second = end     ? times_in_s(tsv, *end, around, options)
                                     : start ? times_in_s(tsv, *duration, around, options)
                                             : *durations;
  std::vector<Frame> times(tsv.rows());
  for (std::size_t r = 0; r < tsv.rows(); ++r) times[r] = {first[r], end ? second[r] : first[r] + second[r]};
  return times;
}

// A table and its own sidecar that disagree on the frames cannot both be right.
void check_against_sidecar(const Tsv& tsv, const std::vector<Frame>& times_s, const TacSurroundings& around) {
  if (!around.has_own) return;
  const Sidecar& own = around.sidecars.front();
  const auto starts = time_list(own, "FrameTimesStart");
  if (!starts) return;
  if (starts->size() != times_s.size())
    throw own.error("FrameTimesStart", std::to_string(starts->size()) + " frames",
                    std::to_string(times_s.size()) + " as in " + tsv.source());
  for (std::size_t r = 0; r < times_s.size(); ++r)
    if (std::abs((*starts)[r] - times_s[r].start_min) > same_time_s)
      throw own.error("FrameTimesStart", "frame " + std::to_string(r + 1) + " at " + format_number((*starts)[r]) + " s",
                      format_number(times_s[r].start_min) + " s as in " + tsv.source());
}

// The table of volumes beside a table of curves or in ../anat, where the names leave no doubt.
std::optional<fs::path> volumes_of(const fs::path& path) {
  const fs::path folder = path.parent_path().empty() ? fs::path(".") : path.parent_path();
  std::vector<fs::path> candidates;
  const std::string name = path.filename();
  if (const std::size_t suffix = name.rfind("_tacs."); suffix != std::string::npos)
    candidates.push_back(folder / (name.substr(0, suffix) + "_morph.tsv"));
  if (candidates.empty() || !fs::is_regular_file(candidates.front()))
    candidates = detail::companions(path, folder, "_morph.tsv");
  if (candidates.empty()) candidates = detail::companions(path, folder / ".." / "anat", "_morph.tsv");
  if (candidates.size() != 1) return std::nullopt;
  return candidates.front();
}

void read_volumes(TacTable& table, const fs::path& path) {
  std::map<std::string, double> volumes;
  for (const RegionVolume& region : region_volumes(Tsv::read(path.string()))) volumes[region.name] = region.volume_mm3;
  table.volume_mm3.assign(table.regions.size(), std::nullopt);
  bool has_any = false;
  for (std::size_t i = 0; i < table.regions.size(); ++i) {
    const auto found = volumes.find(table.regions[i]);
    if (found == volumes.end()) continue;
    table.volume_mm3[i] = found->second;
    has_any = true;
  }
  if (!has_any) table.volume_mm3.clear();
}

// Sets the unit of the table; returns how many of the file make one of ours, 1 where the unit is unknown.
double read_unit(TacTable& table, const TacSurroundings& around, const TacTableOptions& options) {
  for (const Sidecar& sidecar : around.sidecars) {
    if (!sidecar.has("Units")) continue;
    const std::string unit = *sidecar.text("Units");
    if (unit == "unknown") return 1.0;
    const auto found = in_kBq_per_mL(unit);
    if (!found) throw sidecar.error("Units", "'" + unit + "'", "Bq/mL, kBq/mL or 'unknown'");
    table.unit = ActivityUnit::kBq_per_mL;
    return 1.0 / *found;
  }
  if (options.unit.empty() || options.unit == "unknown") return 1.0;
  table.unit = ActivityUnit::kBq_per_mL;
  return detail::stated_per_kBq_per_mL(options.unit);
}

}  // namespace

TacTable read_tac_table(const std::string& path, const TacTableOptions& options) {
  const std::string text = detail::read_text_file(path);
  const TacSurroundings around = detail::tac_surroundings(path, options.image_sidecar);
  if (detail::is_voistat(text)) return detail::assembled(detail::voistat_tacs(text, path), around);
  if (detail::is_pmod_table(text, path)) return detail::assembled(detail::pmod_tacs(text, path, options), around);
  if (detail::is_dft(text)) return detail::assembled(detail::dft_tacs(text, path, options), around);
  const Tsv tsv = detail::is_tab_separated(text) ? Tsv::parse(text, path) : detail::delimited_table(text, path);
  if (tsv.rows() == 0) throw bad_input(path, "no rows", "one row a frame");

  TacTable read;
  detail::TacColumns columns;
  columns.source = path;
  columns.times_s = frame_times_s(tsv, around, options);
  check_against_sidecar(tsv, columns.times_s, around);
  const double per_unit = read_unit(read, around, options);
  columns.unit = read.unit;
  for (std::size_t r = 0; r < tsv.rows(); ++r) columns.where.push_back(tsv.where(r));
  for (std::size_t c = 0; c < tsv.header().size(); ++c) {
    const std::string& name = tsv.header()[c];
    if (!detail::is_region_column(name) || name == options.start_column || name == options.end_column) continue;
    columns.regions.push_back(name);
    std::vector<double>& curve = columns.activity.emplace_back(tsv.rows());
    for (std::size_t r = 0; r < tsv.rows(); ++r) curve[r] = tsv.required_number(r, c) / per_unit;
  }
  if (columns.regions.empty())
    throw bad_input(path + ":1", "no column of a region", "frame times and at least one region");
  TacTable table = detail::assembled(std::move(columns), around);
  if (!options.volumes.empty())
    read_volumes(table, options.volumes);
  else if (const auto volumes = volumes_of(path))
    read_volumes(table, *volumes);
  return table;
}

}  // namespace pet
