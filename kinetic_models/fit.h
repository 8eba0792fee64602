// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pet {

inline constexpr double not_available = std::numeric_limits<double>::quiet_NaN();

/// How far a fit can be trusted. Not converging is a result, never an exception.
///   ok              converged inside the bounds, every reported parameter determined
///   at_bound        a parameter ended at a bound; its standard error is not given
///   not_converged   the optimiser stopped before it was done
///   unidentifiable  the data do not determine all parameters; those have no standard error
///   failed          nothing could be estimated (for example a curve of zeros)
enum class FitStatus { ok, at_bound, not_converged, unidentifiable, failed };

inline constexpr std::array all_statuses = {FitStatus::ok, FitStatus::at_bound, FitStatus::not_converged,
                                            FitStatus::unidentifiable, FitStatus::failed};

std::string_view name_of(FitStatus status);

/// A parameter or derived quantity with its uncertainty. Missing numbers are NaN; a bound of an interval is infinite
/// where the data set none.
struct Estimate {
  std::string_view symbol;
  std::string_view unit;
  double value = not_available;
  double standard_error = not_available;
  double lower = not_available;  ///< of the interval, where one was asked for
  double upper = not_available;
};

/// The result of fitting one model to one curve.
struct Fit {
  FitStatus status = FitStatus::failed;
  std::vector<std::string> flags;  ///< from the list in docs/nomenclature.md
  std::vector<Estimate> estimates;
  std::vector<double> fitted;           ///< the model's frames in the unit of the data; NaN where it predicts nothing
  double weighted_rss = not_available;  ///< sum over the frames used of weight x residual^2, weights of mean 1
  double aicc = not_available;          ///< N ln(RSS/N) + 2(k+1) + 2(k+1)(k+2)/(N-k-2), k parameters, N frames used
  int degrees_of_freedom = 0;           ///< frames used less parameters
  std::vector<double> parameters;       ///< of a nonlinear model, or coefficients of a linear one; empty: none found
  std::vector<double> covariance;       ///< of these, row-major; NaN where not determined, 0 for what was held

  /// Correlation of two of the parameters or coefficients; NaN where one of them has no variance.
  double correlation(std::size_t a, std::size_t b) const;
  /// The estimate of that symbol; asserts that there is one.
  const Estimate& operator[](std::string_view symbol) const;
};

/// Half the width of the two-sided interval at `level` in standard errors: Student's t quantile.
double interval_factor(double level, int degrees_of_freedom);

enum class Loss { none, huber, cauchy };

Loss loss(std::string_view name);  ///< throws UsageError that lists the names

/// Bounds and start of one parameter, in place of those of the model.
struct BoundOverride {
  std::string symbol;
  double lower = 0.0;
  double start = 0.0;
  double upper = 0.0;
};

/// "k2=0.001:0.1:1" (lower:start:upper). Throws UsageError.
BoundOverride parse_bounds(std::string_view text);

/// What becomes of a parameter that models can hold: held at `value`, fitted, or neither, which leaves it to the model.
struct Choice {
  std::optional<double> value;
  bool is_fitted = false;

  bool is_given() const { return value.has_value() || is_fitted; }
};

/// What the user may choose about a fit.
struct FitOptions {
  std::vector<double> weights;                 ///< inverse variances, one a frame; empty: uniform
  std::optional<double> k2prime;               ///< 1/min, for the models that take it
  std::optional<double> t_star_min;            ///< frames whose mid time is at or after it are used
  std::optional<double> t_end_min;             ///< frames whose mid time is at or before it are used
  Choice vB;                                   ///< fraction of blood in the region
  Choice vB_reference;                         ///< fraction of blood in the reference region (srtm-v)
  Choice delay_min;                            ///< how much later than it was sampled the tissue sees the blood
  Choice VND;                                  ///< mL/cm3, for the models that take it
  std::optional<double> plasma_free_fraction;  ///< fP, for BPF
  std::vector<std::string> released;           ///< symbols of parameters that are fitted though the model holds them
  std::vector<BoundOverride> bounds;
  int starts = 1;  ///< starts of the optimiser: the model's own, then seeded random ones
  std::uint64_t seed = 1;
  Loss loss = Loss::none;
};

}  // namespace pet
