// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "kinetic_models/maps/detail/lane_integral.h"

namespace pet::detail {

inline constexpr std::size_t most_columns = 3;

/// Weighted linear regressions of a strip of voxels: what detail::weighted_least_squares and propagate_frame_noise do
/// for one curve.
class LaneRegression {
 public:
  explicit LaneRegression(std::size_t columns) : columns_(columns) {}

  /// Rows are frames used. `weight` are inverse variances of the rows, `x` the columns (changed on return), `y` the
  /// left side (on return the weighted residual). Orthogonalises by Gram and Schmidt, in the order of the columns.
  void solve(const StripCurve& weight, std::array<StripCurve, most_columns>& x, StripCurve& y);

  /// The covariance of coefficients of which the columns and the left side share the noise of one measured curve: the
  /// residual of row r depends on the activity of frame j by alpha_r sensitivity(r, j) - beta_r delta(r, j).
  /// `frame_of_row` are the frames of the rows, `variance_of_frame` the variances of all frames up to a common factor.
  void propagate_noise(const LaneIntegral& integral,
                       const std::vector<std::size_t>& frame_of_row,
                       const std::vector<double>& variance_of_frame,
                       const StripCurve& weight,
                       const std::array<StripCurve, most_columns>& orthonormal,
                       const StripCurve& alpha,
                       const StripCurve& beta);
  /// s^2 (X'WX)^-1, s^2 = RSS / (rows - columns): for rows whose noise is their own.
  void own_noise(double rows);

  const Strip& coefficient(std::size_t c) const { return coefficient_[c]; }
  const Strip& covariance(std::size_t a, std::size_t b) const { return covariance_[a][b]; }
  const Strip& rss() const { return rss_; }
  bool is_determined(int lane) const { return determined_[lane] > 0.0; }

 private:
  using Square = std::array<std::array<Strip, most_columns>, most_columns>;
  void set_covariance(const Square& of_orthonormal);

  std::size_t columns_;
  std::array<Strip, most_columns> coefficient_;
  Square triangle_;  // X = Q R; the inverse of R
  Square covariance_;
  Strip rss_;
  Strip determined_;
};

}  // namespace pet::detail
