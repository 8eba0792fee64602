// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/maps/parametric_maps.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

#include "kinetic_models/maps/detail/block_fit.h"
#include "kinetic_models/maps/detail/load_block.h"
#include "kinetic_models/maps/map_inputs.h"
#include "kinetic_models/registry.h"
#include "libpet/error.h"
#include "libpet/parallel.h"

namespace pet {
namespace {

using detail::lanes;
using detail::VoxelBlock;

constexpr std::size_t most_frames = 4096;
constexpr std::size_t most_blocks = 8;    // that a thread takes at once, one behind the other
constexpr std::size_t fewest_turns = 64;  // in which all are taken, so that there are some for every thread

void set_failed(ParametricMaps& maps, std::size_t at) {
  constexpr float none = std::numeric_limits<float>::quiet_NaN();
  for (QuantityMap& quantity : maps.quantities) quantity.value[at] = quantity.standard_error[at] = none;
  maps.weighted_rss[at] = maps.aicc[at] = none;
  maps.status[at] = FitStatus::failed;
}

// The arrays are made side by side: the first touch of their memory is a quarter of the time of a linear method.
ParametricMaps empty_maps(const Model& model, std::vector<std::uint32_t> voxels, unsigned threads) {
  ParametricMaps maps;
  const std::size_t count = voxels.size();
  maps.voxels = std::move(voxels);
  for (const Quantity& quantity : model.quantities)
    maps.quantities.push_back({std::string(quantity.symbol), std::string(quantity.unit), {}, {}});
  std::vector<std::vector<float>*> arrays = {&maps.weighted_rss, &maps.aicc};
  for (QuantityMap& quantity : maps.quantities) {
    arrays.push_back(&quantity.value);
    arrays.push_back(&quantity.standard_error);
  }
  parallel_for(arrays.size() + 1, threads, [&](std::size_t k) {
    if (k < arrays.size())
      arrays[k]->assign(count, std::numeric_limits<float>::quiet_NaN());
    else
      maps.status.assign(count, FitStatus::failed);
  });
  return maps;
}

void require_mappable(const Model& model, const FitOptions& options) {
  if (!is_mappable(model))
    throw UsageError("model " + std::string(model.name) + " has no maps; there are: " + mappable_model_names());
  if (options.loss != Loss::none) throw UsageError("maps take no robust loss");
  if (options.starts != 1) throw UsageError("maps start from a grid of rates, not from several random starts");
  if (options.delay_min.is_fitted) throw UsageError("maps take a delay that is given, not fitted");
}

}  // namespace

std::size_t ParametricMaps::count(FitStatus wanted) const {
  return static_cast<std::size_t>(std::count(status.begin(), status.end(), wanted));
}

const QuantityMap& ParametricMaps::map(std::string_view symbol) const {
  const auto found =
      std::find_if(quantities.begin(), quantities.end(), [&](const QuantityMap& q) { return q.symbol == symbol; });
  assert(found != quantities.end());
  return *found;
}

bool is_mappable(const Model& model) {
  return detail::has_terms(model) || detail::has_linear_terms(model);
}

std::string mappable_model_names() {
  std::string names;
  for (const Model* model : models()) {
    if (!is_mappable(*model)) continue;
    if (!names.empty()) names += ", ";
    names += model->name;
  }
  return names;
}

ParametricMaps fit_voxels(const Model& model,
                          const DynamicImage& image,
                          std::vector<std::uint32_t> voxels,
                          const ScanInput& input,
                          const MapOptions& options) {
  require_mappable(model, options.fit);
  if (image.frames.size() > most_frames)
    throw bad_input("image", std::to_string(image.frames.size()) + " frames",
                    "at most " + std::to_string(most_frames) + " for maps");
  // The fit of a typical curve refuses what makes no sense for any voxel.
  const TimeActivityCurve mean = typical_curve(image, voxels, options.threads);
  fit(model, mean, input, options.fit);
  const auto make = detail::has_terms(model) ? detail::nonlinear_fit : detail::linear_fit;
  const std::unique_ptr<detail::BlockFit> block_fit = make(model, input, options, mean);

  ParametricMaps maps = empty_maps(model, std::move(voxels), options.threads);
  const std::size_t total = maps.voxels.size();
  const std::size_t portion = std::clamp<std::size_t>(total / (fewest_turns * lanes), 1, most_blocks) * lanes;
  const auto voxels_from = [&](std::size_t first) { return std::min(lanes, total - std::min(first, total)); };
  parallel_for((total + portion - 1) / portion, options.threads, [&](std::size_t part) {
    thread_local VoxelBlock measured;
    measured.resize(image.frames.size());
    const std::size_t end = std::min(total, (part + 1) * portion);
    for (std::size_t first = part * portion; first < end; first += lanes) {
      const std::size_t count = voxels_from(first);
      const std::uint32_t* const some = maps.voxels.data() + first;
      const std::array<bool, lanes> is_unusable = detail::load_block(image, some, count, measured);
      block_fit->fit(measured, count, first, maps, {image, some + count, voxels_from(first + lanes)});
      for (std::size_t lane = 0; lane < count; ++lane)
        if (is_unusable[lane]) set_failed(maps, first + lane);
      if (options.on_voxels) options.on_voxels(count);
    }
  });
  return maps;
}

}  // namespace pet
