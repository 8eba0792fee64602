// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

// Maps of srtm of a simulated whole brain whose kinetics are those that SRTM assumes: bias and errors of BPND against
// the truth and against the regional fits of the same curves, and whether standard errors say how large errors are.
namespace map_study {

/// What frames weigh. The noise of the simulation has the variance C exp(lambda t) / dt of each voxel, and there is
/// none before the tracer arrives: but for `decay_all_frames` these frames have no weight.
enum class Weights {
  decay_all_frames,  ///< the default of pet-map
  decay,             ///< dt exp(-lambda t)
  counts,            ///< with the mean curve of all voxels
  true_variance,     ///< with the noise-free curve of the voxel's own region
  residuals,         ///< as the residuals in all voxels have it (frame_noise); all frames
};

std::string name_of(Weights weights);

/// The grey matter is the labelled regions but the reference (BPND 0.24 to 1.58); the white matter has a VT below the
/// reference's (BPND -0.25).
enum class Tissue { grey, white };

struct Errors {
  double bias = 0.0;  ///< mean error of BPND
  double rmse = 0.0;  ///< root of the mean squared error
};

struct Result {
  std::size_t voxels = 0;
  std::size_t ok = 0;
  Errors of_maps;  ///< in voxels whose status is ok
  /// Of error / standard error, about 0, over that of Student's distribution (whose variance is f / (f - 2) for f
  /// degrees of freedom): 1 where standard errors are right.
  double standardised_variance = 0.0;
  std::size_t compared = 0;  ///< voxels that were fitted by the regional fit as well, both ok
  Errors of_compared_maps;
  Errors of_fits;
};

/// `noise` is the coefficient of variation of a voxel of the occipital region in the last frame; every `fit_every`th
/// voxel is fitted by the regional fit too (0: none). `scale` divides the number of voxels along each axis.
Result run(double noise, Weights weights, Tissue tissue, std::size_t fit_every, int scale = 1);

}  // namespace map_study
