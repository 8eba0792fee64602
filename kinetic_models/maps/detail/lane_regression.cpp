// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/maps/detail/lane_regression.h"

namespace pet::detail {
namespace {

Strip dot(const StripCurve& a, const StripCurve& b) {
  Strip sum = Strip::Zero();
  for (std::size_t r = 0; r < a.size(); ++r) sum += a[r] * b[r];
  return sum;
}

void subtract(StripCurve& a, const Strip& factor, const StripCurve& b) {
  for (std::size_t r = 0; r < a.size(); ++r) a[r] -= factor * b[r];
}

}  // namespace

void LaneRegression::solve(const StripCurve& weight, std::array<StripCurve, most_columns>& x, StripCurve& y) {
  constexpr double dependent = 1e-10;
  const std::size_t rows = weight.size();
  for (std::size_t r = 0; r < rows; ++r) {
    const Strip root = weight[r].sqrt();
    y[r] *= root;
    for (std::size_t c = 0; c < columns_; ++c) x[c][r] *= root;
  }
  determined_.setOnes();
  Square upper;
  std::array<Strip, most_columns> projection;
  for (std::size_t c = 0; c < columns_; ++c) {
    const Strip whole = dot(x[c], x[c]).sqrt();
    for (std::size_t b = 0; b < c; ++b) {
      upper[b][c] = dot(x[b], x[c]);
      subtract(x[c], upper[b][c], x[b]);
    }
    upper[c][c] = dot(x[c], x[c]).sqrt();
    const auto is_free = upper[c][c] > dependent * whole;
    determined_ = is_free.select(determined_, Strip::Zero());
    const Strip inverse = is_free.select(1.0 / upper[c][c], Strip::Zero());
    for (std::size_t r = 0; r < rows; ++r) x[c][r] *= inverse;
    projection[c] = dot(x[c], y);
    subtract(y, projection[c], x[c]);
    triangle_[c][c] = inverse;
  }
  rss_ = dot(y, y);
  for (std::size_t c = 0; c < columns_; ++c)
    for (std::size_t b = c; b-- > 0;) {
      Strip sum = Strip::Zero();
      for (std::size_t k = b + 1; k <= c; ++k) sum += upper[b][k] * triangle_[k][c];
      triangle_[b][c] = -sum * triangle_[b][b];
    }
  for (std::size_t b = 0; b < columns_; ++b) {
    coefficient_[b].setZero();
    for (std::size_t c = b; c < columns_; ++c) coefficient_[b] += triangle_[b][c] * projection[c];
  }
}

void LaneRegression::propagate_noise(const LaneIntegral& integral,
                                     const std::vector<std::size_t>& frame_of_row,
                                     const std::vector<double>& variance_of_frame,
                                     const StripCurve& weight,
                                     const std::array<StripCurve, most_columns>& orthonormal,
                                     const StripCurve& alpha,
                                     const StripCurve& beta) {
  const std::size_t frames = integral.frames();
  // The response of each orthonormal coefficient to noise of unit variance in each frame.
  thread_local std::array<StripCurve, most_columns> response;
  thread_local StripCurve rows;
  rows.resize(frames);
  for (std::size_t c = 0; c < columns_; ++c) {
    for (Strip& row : rows) row.setZero();
    response[c].resize(frames);
    for (std::size_t r = 0; r < frame_of_row.size(); ++r)
      rows[frame_of_row[r]] = weight[r].sqrt() * orthonormal[c][r] * alpha[r];
    integral.transposed(rows.data(), response[c].data());
    for (std::size_t r = 0; r < frame_of_row.size(); ++r)
      response[c][frame_of_row[r]] -= weight[r].sqrt() * orthonormal[c][r] * beta[r];
    for (std::size_t f = 0; f < frames; ++f) response[c][f] *= std::sqrt(variance_of_frame[f]);
  }
  // The expected residual sum of squares for noise of that size: all of the rows' less what the coefficients take.
  Strip expected = Strip::Zero();
  for (std::size_t r = 0; r < frame_of_row.size(); ++r) {
    const std::size_t f = frame_of_row[r];
    const double own = integral.sensitivity(f, f);
    double squares = 0.0;
    for (std::size_t j = 0; j < frames; ++j)
      squares += integral.sensitivity(f, j) * integral.sensitivity(f, j) * variance_of_frame[j];
    expected += weight[r] * (alpha[r].square() * squares +
                             (beta[r].square() - 2.0 * own * alpha[r] * beta[r]) * variance_of_frame[f]);
  }
  Square products;
  for (std::size_t a = 0; a < columns_; ++a)
    for (std::size_t b = 0; b <= a; ++b) products[a][b] = products[b][a] = dot(response[a], response[b]);
  for (std::size_t c = 0; c < columns_; ++c) expected -= products[c][c];
  const Strip variance = rss_ / expected;
  for (std::size_t a = 0; a < columns_; ++a)
    for (std::size_t b = 0; b < columns_; ++b) products[a][b] *= variance;
  set_covariance(products);
}

void LaneRegression::own_noise(double rows) {
  Square diagonal;
  for (std::size_t a = 0; a < columns_; ++a)
    for (std::size_t b = 0; b < columns_; ++b)
      diagonal[a][b] = a == b ? Strip(rss_ / (rows - static_cast<double>(columns_))) : Strip(Strip::Zero());
  set_covariance(diagonal);
}

void LaneRegression::set_covariance(const Square& of_orthonormal) {
  for (std::size_t a = 0; a < columns_; ++a)
    for (std::size_t b = 0; b < columns_; ++b) {
      covariance_[a][b].setZero();
      for (std::size_t c = a; c < columns_; ++c)
        for (std::size_t d = b; d < columns_; ++d)
          covariance_[a][b] += triangle_[a][c] * of_orthonormal[c][d] * triangle_[b][d];
    }
}

}  // namespace pet::detail
