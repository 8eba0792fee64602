// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "kinetic_models/maps/parametric_maps.h"

namespace pet {

/// Fits a nonlinear model to voxels with a ridge towards its fit of the smoothed image: what is least is RSS + s^2 sum
/// over the parameters of (p - p_smoothed)^2 / tau^2, with the residual variance s^2 of the voxel's free fit and the
/// variance tau^2 by which parameters differ from the smoothed ones beyond noise. That comes from the free fits around
/// the voxel, within the same Gaussian: the mean of (p - p_smoothed)^2 / SE^2 less 1, at least 0.05, times the
/// geometric mean of SE^2. Where neighbours differ by noise alone, parameters go to the smoothed ones; at the
/// edges of regions they stay.
///
/// Zhou Y, Endres CJ, Brasic JR, Huang SC, Wong DF. NeuroImage 2003;18:975-989 (there for the linear form of srtm, with
/// another ridge). Standard errors are those of the parameters given both, the curve and the smoothed image: they
/// include the shift towards the latter as it is on average. A copy of the image is held meanwhile. Throws what
/// `fit_voxels` and `smooth` throw, and UsageError for a linear method.
ParametricMaps fit_voxels_regularised(const Model& model,
                                      const DynamicImage& image,
                                      const std::vector<std::uint32_t>& voxels,
                                      const ScanInput& input,
                                      const MapOptions& options,
                                      double fwhm_mm);

}  // namespace pet
