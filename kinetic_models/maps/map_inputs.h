// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "kinetic_models/maps/parametric_maps.h"
#include "libpet/labels.h"
#include "libpet/weights.h"

namespace pet {

/// The voxels of a mask on the image's grid: those that are not 0. Throws InputError, beginning with `where`, for none.
std::vector<std::uint32_t> voxels_of(const LabelMap& mask, const std::string& where);
/// All voxels of a grid. Throws InputError for more than 2^32.
std::vector<std::uint32_t> all_voxels(const Grid& grid);

/// The mean curve of some voxels of an image; those that are not finite in every frame are left out. Throws InputError
/// for none. The result does not depend on the number of threads (0: as many as the machine has).
TimeActivityCurve mean_curve(const DynamicImage& image, const std::vector<std::uint32_t>& voxels, unsigned threads = 0);

/// The mean curve of some thousand of the voxels, in stretches at even distances; of all of them where none of these is
/// finite.
TimeActivityCurve typical_curve(const DynamicImage& image,
                                const std::vector<std::uint32_t>& voxels,
                                unsigned threads = 0);

/// A curve of a table as one of the image: on the image's frames. Throws InputError, beginning with `where`, where a
/// frame of the table starts or ends more than 0.1 s from the image's, or where the unit of one of the two is unknown:
/// BPND depends on their ratio.
TimeActivityCurve curve_for(const DynamicImage& image,
                            const TacTable& table,
                            std::size_t region,
                            const std::string& where);

/// Weights common to all voxels: as frame_weights, `counts` being those of the mean curve. Without a scheme `decay`
/// where the half-life is known, else `duration`.
WeightScheme map_weight_scheme(const DynamicImage& image, const std::string& name);
std::vector<double> map_weights(WeightScheme scheme, const DynamicImage& image, const TimeActivityCurve& mean);

/// The k2prime of a first pass over the voxels: the median of srtm's over those whose fit is ok and whose BPND is at
/// least 0.5, with the standard error of that median, 1.2533 x 1.4826 MAD / sqrt(n) (voxels taken as independent). Wu
/// Y, Carson RE. J Cereb Blood Flow Metab 2002;22:1440-1452. Throws InputError where fewer than 100 voxels, or fewer
/// than 10 % of those whose fit is ok, have a BPND of 0.5 by two standard errors: where little binds, as after a drug,
/// noise alone makes some voxels look as if they did, and their k2prime is too low.
Estimate k2prime_of_voxels(const DynamicImage& image,
                           const std::vector<std::uint32_t>& voxels,
                           const ReferenceRegion& reference,
                           const MapOptions& options);

/// Carries the standard error of an estimated k2prime (options.fit.k2prime) into those of the maps: variances add, with
/// the slope of each estimate over k2prime by a central difference, as in fit_regions. That part of the error is common
/// to all voxels.
void add_k2prime_error(ParametricMaps& maps,
                       const Model& model,
                       const DynamicImage& image,
                       const ReferenceRegion& reference,
                       const MapOptions& options,
                       double k2prime_se);

/// One value a voxel of the whole grid: `values` (one a voxel of `voxels`) where there is one, `elsewhere` in all
/// others.
std::vector<float> on_grid(const Grid& grid,
                           const std::vector<std::uint32_t>& voxels,
                           const std::vector<float>& values,
                           float elsewhere);
/// Status by voxel: 0 not fitted, 1 ok, 2 at_bound, 3 not_converged, 4 unidentifiable, 5 failed.
LabelMap status_map(const Grid& grid, const ParametricMaps& maps);

}  // namespace pet
