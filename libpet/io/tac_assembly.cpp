// SPDX-License-Identifier: Apache-2.0
#include "libpet/io/detail/tac_assembly.h"

#include <cmath>
#include <utility>

#include "libpet/decay.h"
#include "libpet/error.h"
#include "libpet/io/detail/json.h"
#include "libpet/io/detail/tracer.h"
#include "libpet/io/tsv.h"
#include "libpet/io/units.h"

namespace pet::detail {
namespace {

// Programs that round times to ms write 30 and 29.999 for one border.
constexpr double rounding_s = 2e-3 + 1e-9;

// Times in seconds as minutes after injection. The line of a bad frame is named.
Frames frames_from(const TacColumns& columns, double injection_s) {
  std::vector<Frame> times = columns.times_s;
  for (std::size_t r = 0; r < times.size(); ++r) {
    Frame& frame = times[r];
    const std::string& where = columns.where[r];
    if (r > 0 && std::abs(columns.times_s[r - 1].end_min - frame.start_min) <= rounding_s)
      frame.start_min = columns.times_s[r - 1].end_min;
    if (!(frame.end_min > frame.start_min))
      throw bad_input(where,
                      "a frame from " + format_number(frame.start_min) + " to " + format_number(frame.end_min) + " s",
                      "an end after the start");
    frame = {(frame.start_min - injection_s) / 60.0, (frame.end_min - injection_s) / 60.0};
  }
  try {
    return Frames(std::move(times));
  } catch (const InputError& error) {
    throw InputError(columns.source + ": " + error.what());
  }
}

// What every value of a frame is multiplied by to be corrected for decay to injection.
std::vector<double> decay_factors(const TacSurroundings& around, const TacTable& table, double injection_s) {
  std::vector<double> factors(table.frames.size(), 1.0);
  const bool is_corrected = around.first("ImageDecayCorrected", &Sidecar::boolean).value_or(true);
  const double reference_min =
      (around.first("ImageDecayCorrectionTime", &Sidecar::number).value_or(injection_s) - injection_s) / 60.0;
  if (is_corrected && reference_min == 0.0) return factors;
  if (!table.tracer.half_life_min)
    throw bad_input(around.sidecars.front().source(),
                    "activity that is not decay-corrected to injection and no half-life",
                    "RadionuclideHalfLife in seconds, or TracerRadionuclide");
  for (std::size_t f = 0; f < factors.size(); ++f)
    factors[f] = is_corrected ? decay_reference_shift(reference_min, 0.0, *table.tracer.half_life_min)
                              : frame_decay_factor(table.frames[f].start_min, table.frames[f].end_min,
                                                   *table.tracer.half_life_min);
  return factors;
}

}  // namespace

double stated_time_unit_s(const std::string& unit) {
  if (const auto seconds = in_s(unit)) return *seconds;
  throw UsageError("time unit '" + unit + "'; there are: s, min");
}

double stated_per_kBq_per_mL(const std::string& unit) {
  if (const auto factor = in_kBq_per_mL(unit)) return 1.0 / *factor;
  throw UsageError("activity unit '" + unit + "'; there are: Bq/mL, kBq/mL, unknown");
}

TacTable assembled(TacColumns columns, const TacSurroundings& around) {
  const double injection_s = around.first("InjectionStart", &Sidecar::number).value_or(0.0);
  TacTable table;
  table.frames = frames_from(columns, injection_s);
  for (const Sidecar& sidecar : around.sidecars) fill_missing(table.tracer, tracer_of(sidecar));
  table.unit = columns.unit;
  table.regions = std::move(columns.regions);
  table.activity = std::move(columns.activity);
  table.volume_mm3 = std::move(columns.volume_mm3);
  const std::vector<double> decay = decay_factors(around, table, injection_s);
  for (std::vector<double>& curve : table.activity)
    for (std::size_t f = 0; f < curve.size(); ++f) curve[f] *= decay[f];
  return table;
}

}  // namespace pet::detail
