// SPDX-License-Identifier: Apache-2.0
#include "libpet/dicom/pet_image.h"

#include <algorithm>
#include <cassert>
#include <functional>
#include <set>
#include <utility>

#include "libpet/dicom/detail/layout.h"
#include "libpet/dicom/detail/pixels.h"
#include "libpet/dicom/detail/read_series.h"
#include "libpet/dicom/detail/timing.h"
#include "libpet/error.h"
#include "libpet/large_pages.h"
#include "libpet/parallel.h"

namespace pet {
namespace {

constexpr double kBq_per_Bq = 1e-3;

std::vector<std::string> series_warnings(const detail::Layout& layout) {
  std::vector<std::string> warnings = layout.warnings;
  const auto any = [&](const std::function<bool(const detail::Instance&)>& is) {
    return std::ranges::any_of(
        layout.frames, [&](const auto& frame) { return std::ranges::any_of(frame, [&](auto* s) { return is(*s); }); });
  };
  if (any([](const detail::Instance& slice) { return slice.pixels.intercept != 0.0; }))
    warnings.emplace_back("rescale intercepts are not zero; they were applied");
  if (any([](const detail::Instance& slice) { return slice.units == "CNTS"; }))
    warnings.emplace_back("counts were turned to Bq/mL by the Philips activity concentration factor (7053,1009)");
  if (any([](const detail::Instance& slice) { return slice.has_odd_length; }))
    warnings.emplace_back("elements of odd length, which DICOM does not allow, were read as they are");
  if (any([](const detail::Instance& slice) { return slice.does_description_identify; }))
    warnings.emplace_back("the series description repeats the patient's name or ID and was left out");
  return warnings;
}

void append(std::vector<std::string>& to, const std::vector<std::string>& more) {
  to.insert(to.end(), more.begin(), more.end());
}

// A text of the file; empty, with a warning, where it says who was scanned.
std::string text_of(const detail::Instance& slice,
                    const std::string& text,
                    const char* what,
                    std::vector<std::string>& warnings) {
  if (!slice.identifies(text)) return text;
  warnings.push_back(std::string(what) + " repeats the patient's name or ID and was left out");
  return "";
}

SeriesSummary describe_instance(const detail::Series& series) {
  const detail::Instance& first = series.first();
  SeriesSummary summary;
  summary.series_uid = first.series_uid;
  summary.description = first.description;
  summary.manufacturer = text_of(first, first.manufacturer, "the manufacturer", summary.warnings);
  summary.model_name = text_of(first, first.model_name, "the name of the model", summary.warnings);
  summary.units = text_of(first, first.units, "the unit", summary.warnings);
  summary.series_type = text_of(first, first.series_type, "the series type", summary.warnings);
  summary.decay_correction = text_of(first, first.decay_correction, "the decay correction", summary.warnings);
  summary.transfer_syntax = first.transfer_syntax;
  summary.files = series.file_count();
  return summary;
}

// Goes as far as a reader would, and notes why it would stop.
SeriesSummary summarize(const detail::Series& series) {
  SeriesSummary summary = describe_instance(series);
  summary.problems = detail::quantification_problems(series);
  try {
    const detail::Tracer tracer = detail::read_tracer(series.first().file);
    summary.tracer = tracer.drug;
    append(summary.warnings, tracer.warnings);
    if (std::ranges::any_of(series.instances, [](const auto& instance) { return !instance.problem.empty(); }))
      return summary;
    const detail::Layout layout = detail::arrange(series);
    summary.grid = layout.grid;
    append(summary.warnings, series_warnings(layout));
    const detail::Timing timing = detail::find_timing(layout, tracer, std::nullopt);
    summary.frames = timing.frames;
    summary.is_time_zero_injection = timing.is_injection;
    summary.decay = timing.decay;
    append(summary.warnings, timing.warnings);
  } catch (const InputError& error) {
    if (std::ranges::find(summary.problems, error.what()) == summary.problems.end())
      summary.problems.emplace_back(error.what());
  }
  return summary;
}

}  // namespace

std::vector<SeriesSummary> summarize_pet_series(const std::vector<std::filesystem::path>& paths, unsigned threads) {
  const detail::DecodingScope decoding;
  const detail::Scan scan = detail::scan_for_pet(paths, threads);
  std::vector<SeriesSummary> summaries;
  for (const detail::Series& series : scan.series) {
    summaries.push_back(summarize(series));
    append(summaries.back().problems, scan.damaged);
  }
  if (summaries.empty() && !scan.damaged.empty()) throw InputError(scan.damaged.front());
  return summaries;
}

DynamicImage read_pet_series(const std::filesystem::path& folder, const PetReadOptions& options) {
  const detail::Scan scan = detail::scan_for_pet({folder}, options.threads);
  return detail::PlacedSeries(detail::choose_series(scan, options.series_uid, folder.string()), options)
      .read(options.threads);
}

namespace detail {
namespace {

// Refused before the slices are placed.
const Series& usable(const Series& series, const PetReadOptions& options) {
  const auto problems = quantification_problems(series, options.allows_lossy);
  if (!problems.empty()) throw InputError(problems.front());
  return series;
}

}  // namespace

PlacedSeries::PlacedSeries(Series series, const PetReadOptions& options)
    : series_(std::move(series)), layout_(arrange(usable(series_, options))) {
  const Instance& first = *layout_.frames.front().front();
  const Tracer tracer = read_tracer(first.file);
  Timing timing = find_timing(layout_, tracer, options.injection_time, options.decay_reference);
  image_.grid = layout_.grid;
  image_.frames = std::move(timing.frames);
  image_.unit = ActivityUnit::kBq_per_mL;
  image_.decay = std::move(timing.decay);
  image_.tracer = tracer.drug;
  if (timing.is_injection) image_.time_zero = iso_text(timing.time_zero);
  image_.frame_of_reference_uid = first.frame_of_reference_uid;
  image_.manufacturer = text_of(first, first.manufacturer, "the manufacturer", image_.warnings);
  image_.description = first.description;
  append(image_.warnings, series_warnings(layout_));
  append(image_.warnings, tracer.warnings);
  append(image_.warnings, timing.warnings);
  if (std::ranges::any_of(series_.instances, [](const auto& slice) { return slice.is_lossy(); }))
    image_.warnings.emplace_back("pixels were compressed with loss: values are not quantitative");
}

void PlacedSeries::read_slice(std::size_t frame, std::size_t slice, double factor, std::span<float> values) const {
  assert(frame < layout_.frames.size() && slice < layout_.frames[frame].size());
  assert(values.size() * layout_.frames.front().size() == layout_.grid.voxel_count());
  const Instance& instance = *layout_.frames[frame][slice];
  const double to_Bq = instance.units == "CNTS" ? *instance.philips_activity_factor : 1.0;
  read_pixels(instance, to_Bq * factor, values);
}

void PlacedSeries::read_stored_slice(std::size_t frame, std::size_t slice, std::span<float> values) const {
  read_slice(frame, slice, 1.0, values);
}

DynamicImage PlacedSeries::read(unsigned threads) const {
  const std::size_t slices = layout_.frames.front().size();
  const std::size_t slice_size = layout_.grid.voxel_count() / slices;
  // Compressed pixels may be fewer than the file claims, which one slice tells before memory is taken for all.
  if (!layout_.frames.front().front()->pixels.is_native) {
    std::vector<float> values(slice_size);
    read_slice(0, 0, 1.0, values);
  }
  DynamicImage image = image_;
  image.voxels = zeros_in_large_pages(image.grid.voxel_count() * layout_.frames.size(), threads);
  const std::vector<double>& factors = image.decay.factor_applied;
  parallel_for(slices * layout_.frames.size(), threads, [&](std::size_t i) {
    const std::size_t frame = i / slices;
    const double decay = factors.size() == 1 ? factors.front() : factors[frame];
    read_slice(frame, i % slices, kBq_per_Bq * decay, std::span(image.voxels).subspan(i * slice_size, slice_size));
  });
  return image;
}

}  // namespace detail
}  // namespace pet
