// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "kinetic_models/intervals.h"
#include "kinetic_models/model.h"
#include "kinetic_models/reference_noise.h"
#include "kinetic_models/shared_fit.h"
#include "kinetic_models/t_star.h"
#include "libpet/io/parameter_table.h"
#include "libpet/tac_table.h"
#include "libpet/weights.h"

namespace pet {

/// How all regions of a table are fitted.
struct TableFitOptions {
  FitOptions fit;  ///< its weights are set from `weights`
  WeightScheme weights = WeightScheme::duration;
  std::vector<double> given_weights;  ///< inverse variances, one a frame, in place of the scheme; empty: the scheme
  Sampling sampling = Sampling::average;
  std::string k2prime_region;                ///< region that gives k2prime by the model's full form; empty: fit.k2prime
  std::vector<std::string> shared;           ///< parameters that all regions have in common
  std::optional<IntervalOptions> intervals;  ///< none: no intervals
  bool carries_reference_noise = false;      ///< fits and intervals contain the noise of the reference curve too
  bool shares_reference = false;             ///< that curve's true values are common to all regions
  std::optional<TStarOptions> chooses_t_star;  ///< one t* for all regions; none: fit.t_star_min
  bool scans_delay = false;                    ///< the delay is estimated once, from the early frames of the mean curve
  unsigned threads = 0;
};

/// The fits of one model to the regions of a table.
struct TableFit {
  const Model* model = nullptr;
  std::vector<std::size_t> regions;                       ///< indices into the table
  std::vector<Fit> fits;                                  ///< one a region
  std::optional<double> k2prime;                          ///< the value used, 1/min
  std::optional<double> k2prime_se;                       ///< where it was estimated
  std::optional<double> t_star_min;                       ///< as given or chosen
  std::vector<std::vector<TStarCandidate>> t_star_scans;  ///< one a region, where t* was chosen
  std::optional<double> delay_min;                        ///< as given, or as estimated once for the scan
  std::optional<double> delay_se_min;                     ///< where it was estimated
  Choice vB;                                              ///< as used
  std::vector<SharedParameter> shared;
};

/// The weights that a table gets if none are asked for: `decay` where the half-life is known, else `duration`.
WeightScheme default_weights(const TacTable& table);

/// Those of the options that a model takes: for fits of several models with common options.
TableFitOptions options_taken(const Model& model, TableFitOptions options);

/// Where t* is chosen (options.chooses_t_star) all regions get the earliest that is straight in each of them, and the
/// interval of a model's first quantity is widened by its values at the later admissible t*; a region that is never
/// straight is flagged never_straight. Throws InputError where none is straight.
///
/// Fits a reference tissue model to `regions` (indices into the table; empty: all), in parallel and independently of
/// the number of threads; with shares_reference all at once (fit_shared_reference). The standard error of a k2prime
/// that a region gives is carried into the estimates; one above 25 % is flagged k2prime_imprecise. `blood` is for
/// models that need whole blood, which then fit vB unless it is given. Throws what `fit` throws, and InputError where
/// that region's fit is not ok.
TableFit fit_regions(const Model& model,
                     const TacTable& table,
                     std::size_t reference,
                     std::vector<std::size_t> regions,
                     const TableFitOptions& options,
                     const InputFunction* blood = nullptr);

/// Fits a model with a plasma input to `regions`. Where the options leave vB open, compartment models fit it if there
/// is whole blood. Shared parameters (options.shared, and what the model itself shares) are fitted to all regions at
/// once; intervals are then those of the standard errors. Throws UsageError for profile or bootstrap intervals of such
/// fits.
TableFit fit_regions(const Model& model,
                     const TacTable& table,
                     const InputFunction& input,
                     std::vector<std::size_t> regions,
                     const TableFitOptions& options);

/// The fits as rows of a parameter table: index (from 1), name, estimates with standard errors, status, flags, and
/// AICc, weighted residual sum of squares (weights of mean 1) and degrees of freedom; the intervals where they were
/// asked for.
ParameterTable parameter_table(const TableFit& result, const TacTable& table, const TableFitOptions& options);

/// The delay that the early frames (to 10 min) of the mean curve of `regions` (volume-weighted where all volumes are
/// known) ask for, by a two-tissue fit with vB and delay free. Throws InputError where that fit does not determine it.
Estimate estimate_delay(const TacTable& table,
                        const InputFunction& input,
                        const std::vector<std::size_t>& regions,
                        const TableFitOptions& options);

/// The fitted curves of the regions; NaN in frames that the model does not describe.
TacTable fitted_curves(const TableFit& result, const TacTable& table);

/// k2prime of the curve of a region by the full form of a model (Model::k2prime_model) with the same options, all
/// frames and the full form's own bounds. Throws UsageError for a model that takes none, InputError where that fit is
/// not ok.
Estimate k2prime_of_curve(const Model& model,
                          const TimeActivityCurve& curve,
                          const ReferenceRegion& reference,
                          FitOptions options,
                          const std::string& region);

}  // namespace pet
