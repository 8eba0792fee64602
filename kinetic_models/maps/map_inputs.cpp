// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/maps/map_inputs.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>

#include "kinetic_models/detail/statistics.h"
#include "kinetic_models/srtm.h"
#include "libpet/detail/vector_versions.h"
#include "libpet/error.h"
#include "libpet/parallel.h"

namespace pet {
namespace {

std::string seconds(double minutes) {
  return std::to_string(std::round(minutes * 60e3) / 1e3) + " s";
}

}  // namespace

std::vector<std::uint32_t> voxels_of(const LabelMap& mask, const std::string& where) {
  std::vector<std::uint32_t> voxels;
  for (std::size_t v = 0; v < mask.labels.size(); ++v)
    if (mask.labels[v] != 0) voxels.push_back(static_cast<std::uint32_t>(v));
  if (voxels.empty()) throw bad_input(where, "no voxel that is not 0", "a mask of the voxels to fit");
  return voxels;
}

std::vector<std::uint32_t> all_voxels(const Grid& grid) {
  const std::size_t count = grid.voxel_count();
  if (count > std::numeric_limits<std::uint32_t>::max())
    throw bad_input("image", std::to_string(count) + " voxels", "at most 2^32 - 1");
  std::vector<std::uint32_t> voxels(count);
  std::iota(voxels.begin(), voxels.end(), std::uint32_t{0});
  return voxels;
}

namespace {

// Sums of runs of voxels of a fixed length, added up in their order: the same for any number of threads.
constexpr std::size_t run_length = 2048;
constexpr std::size_t partial_sums = 8;

struct Run {
  std::array<float, run_length> values;      // of one frame
  std::array<float, run_length> not_finite;  // x - x is 0 for every finite x
};

void load_frame(std::span<const float> frame, std::span<const std::uint32_t> voxels, Run& run) {
  for (std::size_t i = 0; i < voxels.size(); ++i) run.values[i] = frame[voxels[i]];
  std::fill(run.values.begin() + static_cast<std::ptrdiff_t>(voxels.size()), run.values.end(), 0.0F);
}

OCCUPET_VECTOR_VERSIONS void note_not_finite(Run& run) {
  for (std::size_t i = 0; i < run_length; ++i) run.not_finite[i] += run.values[i] - run.values[i];
}

OCCUPET_VECTOR_VERSIONS double sum_of_finite(const Run& run) {
  std::array<double, partial_sums> sums{};
  for (std::size_t i = 0; i < run_length; i += partial_sums)
    for (std::size_t s = 0; s < partial_sums; ++s)
      sums[s] += static_cast<double>(run.not_finite[i + s] == 0.0F ? run.values[i + s] : 0.0F);
  return std::accumulate(sums.begin(), sums.end(), 0.0);
}

// Nothing where no voxel is finite.
std::optional<TimeActivityCurve> mean_of_finite(const DynamicImage& image,
                                                const std::vector<std::uint32_t>& voxels,
                                                unsigned threads) {
  const std::size_t frames = image.frames.size();
  const std::size_t runs = (voxels.size() + run_length - 1) / run_length;
  std::vector<double> count(runs, 0.0);
  std::vector<double> sums(runs * frames);
  parallel_for(runs, threads, [&](std::size_t r) {
    const std::size_t first = r * run_length;
    const auto some = std::span(voxels).subspan(first, std::min(run_length, voxels.size() - first));
    Run run;
    run.not_finite.fill(0.0F);
    for (std::size_t f = 0; f < frames; ++f) {
      load_frame(image.frame(f), some, run);
      note_not_finite(run);
    }
    for (std::size_t i = 0; i < some.size(); ++i) count[r] += run.not_finite[i] == 0.0F ? 1.0 : 0.0;
    for (std::size_t f = 0; f < frames; ++f) {
      load_frame(image.frame(f), some, run);
      sums[r * frames + f] = sum_of_finite(run);
    }
  });
  const double finite = std::accumulate(count.begin(), count.end(), 0.0);
  if (finite == 0.0) return std::nullopt;
  TimeActivityCurve mean{image.frames, std::vector<double>(frames, 0.0)};
  for (std::size_t f = 0; f < frames; ++f) {
    for (std::size_t r = 0; r < runs; ++r) mean.activity[f] += sums[r * frames + f];
    mean.activity[f] /= finite;
  }
  return mean;
}

}  // namespace

TimeActivityCurve mean_curve(const DynamicImage& image, const std::vector<std::uint32_t>& voxels, unsigned threads) {
  const std::optional<TimeActivityCurve> mean = mean_of_finite(image, voxels, threads);
  if (!mean)
    throw bad_input("voxels to fit", std::to_string(voxels.size()) + ", none of them with a finite curve",
                    "at least one");
  return *mean;
}

TimeActivityCurve typical_curve(const DynamicImage& image, const std::vector<std::uint32_t>& voxels, unsigned threads) {
  // Neighbours share the memory that is fetched for one of them. The step is odd, so that stretches do not begin at one
  // place of all rows.
  constexpr std::size_t stretches = 256;
  constexpr std::size_t stretch = 16;
  const std::size_t step = std::max(stretch, voxels.size() / stretches) | 1;
  std::vector<std::uint32_t> some;
  for (std::size_t first = 0; first < voxels.size(); first += step)
    for (std::size_t i = first; i < std::min(first + stretch, voxels.size()); ++i) some.push_back(voxels[i]);
  const std::optional<TimeActivityCurve> mean = mean_of_finite(image, some, threads);
  return mean ? *mean : mean_curve(image, voxels, threads);
}

TimeActivityCurve curve_for(const DynamicImage& image,
                            const TacTable& table,
                            std::size_t region,
                            const std::string& where) {
  constexpr double tolerance_min = 0.1 / 60.0;
  if (table.frames.size() != image.frames.size())
    throw bad_input(where, std::to_string(table.frames.size()) + " frames",
                    std::to_string(image.frames.size()) + ", those of the image");
  for (std::size_t f = 0; f < table.frames.size(); ++f) {
    const Frame& own = image.frames[f];
    const Frame& other = table.frames[f];
    if (std::abs(own.start_min - other.start_min) > tolerance_min ||
        std::abs(own.end_min - other.end_min) > tolerance_min)
      throw bad_input(
          where,
          "frame " + std::to_string(f + 1) + " from " + seconds(other.start_min) + " to " + seconds(other.end_min),
          seconds(own.start_min) + " to " + seconds(own.end_min) + ", that of the image");
  }
  if (table.unit != image.unit)
    throw bad_input(where, table.unit == ActivityUnit::unknown ? "no unit of activity" : "activities in kBq/mL",
                    image.unit == ActivityUnit::unknown ? "an image whose unit is known too" : "the unit of the image");
  return {image.frames, table.activity[region]};
}

WeightScheme map_weight_scheme(const DynamicImage& image, const std::string& name) {
  if (!name.empty()) return weight_scheme(name);
  return image.tracer.half_life_min ? WeightScheme::decay : WeightScheme::duration;
}

std::vector<double> map_weights(WeightScheme scheme, const DynamicImage& image, const TimeActivityCurve& mean) {
  return frame_weights(scheme, image.frames, image.tracer.half_life_min, mean.activity);
}

Estimate k2prime_of_voxels(const DynamicImage& image,
                           const std::vector<std::uint32_t>& voxels,
                           const ReferenceRegion& reference,
                           const MapOptions& options) {
  constexpr float least_binding = 0.5F;
  constexpr float beyond_noise = 2.0F;  // standard errors
  constexpr std::size_t least_voxels = 100;
  constexpr double least_share = 0.1;  // of the voxels that are ok: noise alone lifts 2.3 % by two standard errors
  MapOptions first_pass = options;
  first_pass.fit = {};
  first_pass.fit.weights = options.fit.weights;
  const ParametricMaps maps = fit_voxels(srtm, image, voxels, reference, first_pass);
  const QuantityMap& BPND = maps.map("BPND");
  const std::vector<float>& k2prime = maps.map("k2prime").value;
  std::vector<double> usable;
  std::size_t sure = 0;  // voxels that bind beyond noise; to take these alone would favour a k2prime that is too high
  for (std::size_t i = 0; i < voxels.size(); ++i) {
    if (maps.status[i] != FitStatus::ok || !std::isfinite(k2prime[i])) continue;
    if (BPND.value[i] >= least_binding) usable.push_back(static_cast<double>(k2prime[i]));
    if (BPND.value[i] - beyond_noise * BPND.standard_error[i] >= least_binding) ++sure;
  }
  const auto least =
      std::max(least_voxels, static_cast<std::size_t>(least_share * static_cast<double>(maps.count(FitStatus::ok))));
  if (sure < least)
    throw bad_input("k2prime of the voxels",
                    std::to_string(sure) + " voxels whose BPND is 0.5 or more by two standard errors",
                    "at least " + std::to_string(least) + "; give that of a region, or the value of the baseline scan");
  const double median = detail::median(usable);
  std::vector<double> deviation;
  for (const double value : usable) deviation.push_back(std::abs(value - median));
  constexpr double sd_per_mad = 1.4826;
  constexpr double of_median = 1.2533;  // sqrt(pi / 2): standard error of a median over that of a mean
  const double error =
      of_median * sd_per_mad * detail::median(deviation) / std::sqrt(static_cast<double>(usable.size()));
  return {"k2prime", "1/min", median, error};
}

void add_k2prime_error(ParametricMaps& maps,
                       const Model& model,
                       const DynamicImage& image,
                       const ReferenceRegion& reference,
                       const MapOptions& options,
                       double k2prime_se) {
  const double k2prime = *options.fit.k2prime;
  const double step = 0.01 * k2prime;
  MapOptions shifted = options;
  shifted.fit.k2prime = k2prime + step;
  const ParametricMaps above = fit_voxels(model, image, maps.voxels, reference, shifted);
  shifted.fit.k2prime = k2prime - step;
  const ParametricMaps below = fit_voxels(model, image, maps.voxels, reference, shifted);
  for (std::size_t q = 0; q < maps.quantities.size(); ++q) {
    QuantityMap& map = maps.quantities[q];
    for (std::size_t i = 0; i < map.value.size(); ++i) {
      const double slope =
          static_cast<double>(above.quantities[q].value[i] - below.quantities[q].value[i]) / (2.0 * step);
      if (std::isfinite(slope))
        map.standard_error[i] =
            static_cast<float>(std::hypot(static_cast<double>(map.standard_error[i]), slope * k2prime_se));
    }
  }
}

std::vector<float> on_grid(const Grid& grid,
                           const std::vector<std::uint32_t>& voxels,
                           const std::vector<float>& values,
                           float elsewhere) {
  std::vector<float> volume(grid.voxel_count(), elsewhere);
  for (std::size_t i = 0; i < voxels.size(); ++i) volume[voxels[i]] = values[i];
  return volume;
}

LabelMap status_map(const Grid& grid, const ParametricMaps& maps) {
  LabelMap map;
  map.grid = grid;
  map.labels.assign(grid.voxel_count(), 0);
  for (std::size_t i = 0; i < maps.voxels.size(); ++i)
    map.labels[maps.voxels[i]] = 1 + static_cast<std::int32_t>(maps.status[i]);
  return map;
}

}  // namespace pet
