// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "libpet/provenance.h"

namespace pet {

/// One number of a fitted curve (`_curve.tsv`).
struct CurveRow {
  std::string parameter;
  std::optional<double> value;
  std::optional<double> standard_error;
  std::optional<double> lower;  ///< -inf or inf where the interval has no bound on that side
  std::optional<double> upper;
  std::string unit;  ///< empty: unknown
  std::string status;
  std::vector<std::string> flags;
};

/// `parameter value se lower upper unit status flags`.
std::string curve_table_text(const std::vector<CurveRow>& rows);

/// One point of a drawn curve: the mean with its interval, and the interval of one more observation.
struct CurvePredictionRow {
  double x = 0.0;
  std::optional<double> y;
  std::optional<double> lower;
  std::optional<double> upper;
  std::optional<double> observation_lower;
  std::optional<double> observation_upper;
};

/// `x y lower upper observation_lower observation_upper`.
std::string curve_prediction_text(const std::vector<CurvePredictionRow>& rows);

/// One of several curves fitted to the same observations.
struct CurveComparisonRow {
  std::string model;
  std::size_t observations = 0;
  std::size_t parameters = 0;
  std::optional<double> rss;
  std::optional<double> aic;
  std::optional<double> aicc;
  std::optional<double> bic;
  std::optional<double> difference;  ///< of AICc from the smallest
  std::optional<double> weight;      ///< Akaike weight
  std::string status;
};

/// `model observations parameters rss aic aicc bic difference weight status`.
std::string curve_comparison_text(const std::vector<CurveComparisonRow>& rows);

}  // namespace pet
