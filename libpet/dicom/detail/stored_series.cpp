// SPDX-License-Identifier: Apache-2.0
#include "libpet/dicom/detail/stored_series.h"

#include <algorithm>
#include <cmath>

#include "libpet/decay.h"
#include "libpet/error.h"

namespace pet::detail {
namespace {

using Found = DecayCorrection::Found;

DateTime injection_of(const DynamicImage& image, const PetWriteOptions& options) {
  const std::string& text = options.injection_datetime.empty() ? image.time_zero : options.injection_datetime;
  const auto time = parse_iso_date_time(text);
  if (!time) throw UsageError("injection time '" + text + "' of a DICOM series: give 2026-01-31T12:34:56.000");
  return *time;
}

double half_life_of_tracer(const DynamicImage& image) {
  if (!image.tracer.half_life_min) throw UsageError("a DICOM PET series needs the half-life of its tracer");
  return *image.tracer.half_life_min;
}

void fill_frames(StoredSeries& series) {
  const double half_life = series.half_life_min;
  const Frames& frames = series.image.frames;
  const double lead_s = dialect_of(series.options.dialect).series_lead_s;
  series.series_time = plus_seconds(series.injection, frames.front().start_min * 60.0 - lead_s);
  const double reference_min = seconds_between(series.injection, series.series_time) / 60.0;
  for (const Frame& frame : frames) {
    StoredFrame stored;
    stored.start = plus_seconds(series.injection, frame.start_min * 60.0);
    stored.duration_ms = std::max(1L, std::lround(frame.duration_min() * 60000.0));
    const double start_min = seconds_between(series.injection, stored.start) / 60.0;
    const double end_min = start_min + static_cast<double>(stored.duration_ms) / 60000.0;
    switch (series.options.decay_correction) {
      case Found::none:
        stored.factor = 1.0 / frame_decay_factor(start_min, end_min, half_life);
        break;
      case Found::start:
        stored.factor = decay_reference_shift(0.0, reference_min, half_life);
        stored.decay_factor = frame_decay_factor(start_min, end_min, half_life, reference_min);
        break;
      case Found::administration:
        stored.decay_factor = frame_decay_factor(start_min, end_min, half_life);
        break;
      case Found::unknown:
        throw UsageError("a DICOM PET series is decay-corrected to START, to ADMIN or not at all (NONE)");
    }
    if (!dialect_of(series.options.dialect).has_decay_factors) stored.decay_factor = 1.0;
    series.frames.push_back(stored);
  }
}

double length(const Vector3& a) {
  return std::hypot(a[0], a[1], a[2]);
}

Vector3 unit(const Vector3& a) {
  const double norm = length(a);
  return {a[0] / norm, a[1] / norm, a[2] / norm};
}

void fill_geometry(StoredSeries& series) {
  const Grid& grid = series.image.grid;
  series.row = unit(grid.axis_mm[0]);
  series.column = unit(grid.axis_mm[1]);
  series.column_spacing_mm = length(grid.axis_mm[0]);
  series.row_spacing_mm = length(grid.axis_mm[1]);
  series.slice_spacing_mm = length(grid.axis_mm[2]);
  const Vector3& r = series.row;
  const Vector3& c = series.column;
  const Vector3 s = unit(grid.axis_mm[2]);
  const double handedness =
      s[0] * (r[1] * c[2] - r[2] * c[1]) + s[1] * (r[2] * c[0] - r[0] * c[2]) + s[2] * (r[0] * c[1] - r[1] * c[0]);
  if (!(std::abs(std::abs(handedness) - 1.0) < 1e-4))
    throw UsageError("a DICOM PET series needs orthogonal axes; there are " + describe(grid));
  series.is_along_normal = handedness > 0.0;
  constexpr std::size_t most_indices = 65535;  // Image Index is 16-bit
  if (series.image.frames.size() * static_cast<std::size_t>(grid.size[2]) > most_indices)
    throw UsageError("a classic PET series holds at most 65535 slices");
}

}  // namespace

StoredSeries plan_series(const DynamicImage& image, const PetWriteOptions& options) {
  if (!std::ranges::all_of(image.voxels, [](float value) { return std::isfinite(value); }))
    throw UsageError("a DICOM PET series needs finite values in all voxels");
  StoredSeries series{.image = image,
                      .options = options,
                      .injection = injection_of(image, options),
                      .series_time = {},
                      .half_life_min = half_life_of_tracer(image),
                      .frames = {}};
  fill_frames(series);
  fill_geometry(series);
  series.is_signed = dialect_of(options.dialect).is_always_signed ||
                     std::ranges::any_of(image.voxels, [](float value) { return value < 0.0f; });
  return series;
}

}  // namespace pet::detail
