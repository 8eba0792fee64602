// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "kinetic_models/maps/parametric_maps.h"
#include "libpet/grid.h"

namespace pet {

/// A quantity of one scan (BPND, or VT) in the voxels of a mask.
struct ScanMap {
  std::string source;                 ///< file, for messages
  std::vector<float> value;           ///< one a voxel; NaN where there is none
  std::vector<float> standard_error;  ///< one a voxel, or empty: not known
  std::vector<bool> is_ok;            ///< whether the fit is to be trusted; empty: all are
};

/// Occupancy 1 - drug / baseline of every voxel from maps of BPND, as `occupancy_from_binding` has it for regions; both
/// scans need standard errors. Status: unidentifiable where the baseline does not differ from zero or a fit is not ok,
/// failed where a scan has no number. Throws InputError where maps differ in size or have no standard errors.
ParametricMaps ratio_occupancy_maps(std::vector<std::uint32_t> voxels,
                                    const ScanMap& baseline,
                                    const ScanMap& drug,
                                    unsigned threads);

struct LassenFilterOptions {
  double radius_mm = 8.0;      ///< of the ball of voxels that make one plot
  double noise_fwhm_mm = 0.0;  ///< smoothness of the maps' noise, which voxels share; 0: independent
  unsigned threads = 0;
};

/// Occupancy and VND of every voxel from maps of VT, by a Lassen plot of the voxels around it: orthogonal regression of
/// VT_drug on VT_baseline, slope 1 - occupancy, both meeting at VND. Noise in VT_baseline does not pull it low, as it
/// does ordinary regression. For equal error variances that the scatter about the line estimates, and noise of
/// correlation r_ij between voxels, the variance of the slope b is
///   s^2 ((1 + b^2) sum r_ij x_i x_j - b^2 s^2 sum r_ij^2) / S^2,
/// x being VT_baseline less its mean and S the sum of squares of its true values; without correlation it is that of
/// Fuller WA. Measurement Error Models. Wiley 1987, section 1.3.
///
/// A plot needs ten voxels and two degrees of freedom. Status unidentifiable where the binding of the neighbours does
/// not differ by more than noise or the standard error of the occupancy exceeds 0.2, as for plots of regions; VND is
/// NaN too where the occupancy does not differ from zero by two standard errors. Idea: de Laat B, Morris ED. J Cereb
/// Blood Flow Metab 2021;41:1379-1389 (unverified).
ParametricMaps lassen_occupancy_maps(const Grid& grid,
                                     std::vector<std::uint32_t> voxels,
                                     const ScanMap& baseline,
                                     const ScanMap& drug,
                                     const LassenFilterOptions& options);

/// EC50 and Omax of every voxel from maps of BPND at several concentrations (0: baseline):
///   BPND = BP0 (1 - Omax c / (EC50 + c)),
/// by least squares weighted with 1 / se^2, BP0 and BP0 Omax in closed form for each EC50, which is sought from 1/100
/// of the least to 100 times the largest concentration. Errors from the Jacobian and the maps' standard errors. Status
/// at_bound where EC50 ends there, unidentifiable where its standard error exceeds it or Omax does not lie between 0
/// and 1 by two standard errors. Throws UsageError for fewer than three different concentrations, fewer than two above
/// zero or one that is negative; InputError as above.
ParametricMaps emax_maps(std::vector<std::uint32_t> voxels,
                         const std::vector<ScanMap>& scans,
                         const std::vector<double>& concentrations,
                         const std::string& concentration_unit,
                         unsigned threads);

}  // namespace pet
