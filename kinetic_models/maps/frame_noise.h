// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "kinetic_models/model.h"
#include "libpet/image.h"

namespace pet {

struct MapOptions;

/// How noisy the frames of an image are, as its own voxels show it: frame f of a voxel has the variance
///   s^2 variance_f (1 + following x (C_f / mean curve_f, over the mean of these, less 1))
/// where s^2 is the voxel's own and C its fitted curve. `following` is 1 where the noise is that of counts (as in
/// iterative reconstruction), 0 where all voxels share the noise of the whole slice (as in filtered backprojection).
struct FrameNoise {
  std::vector<double> variance;    ///< one a frame, with a mean of 1 over the frames used
  std::vector<double> mean_curve;  ///< one a frame, in any unit
  std::vector<bool> is_used;       ///< one a frame
  double following = 0.0;

  /// 1 / variance, scaled to a mean of 1 over the frames used. A frame without noise gets that of a variance of a
  /// hundredth of the median.
  std::vector<double> weights() const;
};

/// The noise of the frames from the residuals of the model's fits to some thousand of the voxels, evenly taken; of srtm
/// or of 2tcm where the model is a linear method, whose residuals are not the noise of frames. First with the given
/// weights, then with those found. Throws InputError where fewer than 200 of these fits are ok.
FrameNoise frame_noise(const Model& model,
                       const DynamicImage& image,
                       const std::vector<std::uint32_t>& voxels,
                       const ScanInput& input,
                       const MapOptions& options);

}  // namespace pet
