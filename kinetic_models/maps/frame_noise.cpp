// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/maps/frame_noise.h"

#include <algorithm>
#include <cmath>

#include "kinetic_models/detail/statistics.h"
#include "kinetic_models/maps/detail/block_fit.h"
#include "kinetic_models/maps/detail/frame_jacobian.h"
#include "kinetic_models/maps/detail/load_block.h"
#include "kinetic_models/maps/map_inputs.h"
#include "kinetic_models/maps/parametric_maps.h"
#include "kinetic_models/srtm.h"
#include "kinetic_models/two_tissue.h"
#include "libpet/error.h"
#include "libpet/parallel.h"

namespace pet {
namespace {

constexpr std::size_t enough = 4096;  // voxels: variances are known to 2 to 3 %
constexpr std::size_t least = 200;

std::vector<std::uint32_t> evenly_taken(const std::vector<std::uint32_t>& voxels) {
  std::vector<std::uint32_t> some;
  for (std::size_t i = 0; i < voxels.size(); i += std::max<std::size_t>(1, voxels.size() / enough))
    some.push_back(voxels[i]);
  return some;
}

detail::ResidualPool residuals_of(const Model& model,
                                  const DynamicImage& image,
                                  const std::vector<std::uint32_t>& voxels,
                                  const ScanInput& input,
                                  const MapOptions& options,
                                  const TimeActivityCurve& typical,
                                  const std::vector<std::size_t>& used) {
  const std::unique_ptr<detail::BlockFit> fit = detail::nonlinear_fit(model, input, options, typical);
  const std::size_t blocks = (voxels.size() + detail::lanes - 1) / detail::lanes;
  std::vector<detail::ResidualPool> of_block(blocks, detail::ResidualPool(used.size()));
  parallel_for(blocks, options.threads, [&](std::size_t b) {
    const std::size_t first = b * detail::lanes;
    const std::size_t count = std::min(detail::lanes, voxels.size() - first);
    detail::VoxelBlock measured(image.frames.size());
    const auto is_unusable = detail::load_block(image, voxels.data() + first, count, measured);
    fit->examine(measured, is_unusable, count, of_block[b]);
  });
  detail::ResidualPool all(used.size());
  for (const detail::ResidualPool& pool : of_block) all.add(pool);
  if (all.voxels() < least)
    throw bad_input("noise of the frames",
                    std::to_string(all.voxels()) + " fits of " + std::string(model.name) + " that are ok",
                    "at least " + std::to_string(least));
  return all;
}

}  // namespace

std::vector<double> FrameNoise::weights() const {
  constexpr double floor = 1e-2;
  std::vector<double> noisy;
  for (const double v : variance)
    if (v > 0.0) noisy.push_back(v);
  const double least_variance = floor * detail::median(noisy);
  std::vector<double> weights;
  double sum = 0.0;
  double count = 0.0;
  for (std::size_t f = 0; f < variance.size(); ++f) {
    weights.push_back(is_used[f] ? 1.0 / std::max(variance[f], least_variance) : 0.0);
    sum += weights.back();
    count += is_used[f] ? 1.0 : 0.0;
  }
  for (double& weight : weights) weight *= count / sum;
  return weights;
}

FrameNoise frame_noise(const Model& model,
                       const DynamicImage& image,
                       const std::vector<std::uint32_t>& voxels,
                       const ScanInput& input,
                       const MapOptions& options) {
  const bool is_linear = !detail::has_terms(model);
  const Model& fitted = !is_linear ? model : input.is_plasma() ? two_tissue : srtm;
  FitOptions fit = options.fit;
  if (is_linear) {  // all frames: those before t* have noise too
    fit = {};
    fit.weights = options.fit.weights;
    fit.delay_min = options.fit.delay_min;
    fit.vB = options.fit.vB;
  }
  MapOptions with;
  with.threads = options.threads;
  const std::vector<std::uint32_t> some = evenly_taken(voxels);
  const TimeActivityCurve typical = typical_curve(image, some, options.threads);
  const std::size_t frames = image.frames.size();
  FrameNoise noise;
  constexpr int passes = 2;
  for (int pass = 0; pass < passes; ++pass) {
    const detail::FramesUsed used = detail::frames_used(typical, fit, fitted.least_frames, fitted.name);
    with.fit = fit;
    const detail::ResidualPool pool = residuals_of(fitted, image, some, input, with, typical, used.index);
    const Eigen::VectorXd relative = pool.relative_variance();
    const Eigen::VectorXd mean_curve = pool.mean_curve();
    noise.variance.assign(frames, 0.0);
    noise.mean_curve.assign(frames, 0.0);
    noise.is_used.assign(frames, false);
    double sum = 0.0;
    for (std::size_t r = 0; r < used.index.size(); ++r) {
      const std::size_t f = used.index[r];
      const auto row = static_cast<Eigen::Index>(r);
      noise.variance[f] = relative[row] / used.weight[r];
      noise.mean_curve[f] = mean_curve[row] / std::sqrt(used.weight[r]);
      noise.is_used[f] = true;
      sum += noise.variance[f];
    }
    for (double& variance : noise.variance) variance *= static_cast<double>(used.index.size()) / sum;
    noise.following = pool.following(relative, mean_curve);
    fit.weights = noise.weights();
  }
  return noise;
}

}  // namespace pet
