// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "kinetic_models/model.h"

namespace pet {

/// One region of a joint fit. Its options carry the region's weights.
struct RegionData {
  TimeActivityCurve target;
  FitOptions options;
};

/// A parameter that all regions have in common.
struct SharedParameter {
  std::string symbol;
  std::string unit;
  double value = not_available;
  double standard_error = not_available;
  double lower = not_available;  ///< of its profile likelihood interval
  double upper = not_available;
};

/// A model fitted to several regions at once.
struct SharedFit {
  std::vector<SharedParameter> shared;
  std::vector<Fit> fits;  ///< one a region; standard errors carry that of the shared parameters
  bool converged = false;
};

/// The indices of the symbols among the model's parameters. Throws UsageError for one that it does not have or that is
/// there twice, and for linear models.
std::vector<std::size_t> shared_indices(const Model& model, const std::vector<std::string>& symbols);

/// Fits a nonlinear model to all regions at once, the parameters `symbols` (of those it can hold: vB, delay, VND,
/// k2prime, or any other of its parameters) being common to them. Minimises the sum over the regions of their weighted
/// RSS over their own residual variance, which comes from fits of each region alone; the regions' own parameters are
/// eliminated by Schur complements (Ceres Solver), so that the cost grows linearly with the regions. A region whose own
/// fit fails takes no part and stays failed. Intervals of the shared parameters are profiles at `level`. Throws
/// what shared_indices throws, and InputError where no region can be fitted.
SharedFit fit_shared(const Model& model,
                     const std::vector<RegionData>& regions,
                     const ScanInput& input,
                     const std::vector<std::string>& symbols,
                     double level,
                     unsigned threads);

}  // namespace pet
