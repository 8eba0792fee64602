// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/detail/linear.h"

#include <Eigen/QR>

#include "kinetic_models/detail/derived.h"
#include "kinetic_models/detail/integral_sensitivity.h"
#include "kinetic_models/detail/row_major.h"

namespace pet::detail {

LinearSolution weighted_least_squares(std::span<const std::vector<double>> columns,
                                      std::span<const double> y,
                                      std::span<const double> weights) {
  const auto n = static_cast<Eigen::Index>(y.size());
  const auto p = static_cast<Eigen::Index>(columns.size());
  Eigen::MatrixXd x(n, p);
  Eigen::VectorXd b(n);
  for (Eigen::Index i = 0; i < n; ++i) {
    const double root = std::sqrt(weights[static_cast<std::size_t>(i)]);
    b[i] = root * y[static_cast<std::size_t>(i)];
    for (Eigen::Index j = 0; j < p; ++j)
      x(i, j) = root * columns[static_cast<std::size_t>(j)][static_cast<std::size_t>(i)];
  }
  Eigen::VectorXd norm = x.colwise().norm();
  for (Eigen::Index j = 0; j < p; ++j)
    if (norm[j] > 0.0)
      x.col(j) /= norm[j];
    else
      norm[j] = 1.0;

  Eigen::ColPivHouseholderQR<Eigen::MatrixXd> qr(x);
  qr.setThreshold(1e-10);
  LinearSolution solution;
  solution.is_determined = qr.rank() == p;
  const Eigen::VectorXd scaled = qr.solve(b);
  solution.weighted_rss = (b - x * scaled).squaredNorm();
  for (Eigen::Index j = 0; j < p; ++j) solution.coefficients.push_back(scaled[j] / norm[j]);

  solution.covariance.assign(static_cast<std::size_t>(p * p), not_available);
  if (!solution.is_determined || n <= p) return solution;
  // (X'X)^-1 = P R^-1 R^-T P'.
  const Eigen::MatrixXd r_inverse =
      qr.matrixR().topLeftCorner(p, p).triangularView<Eigen::Upper>().solve(Eigen::MatrixXd::Identity(p, p));
  const Eigen::MatrixXd permuted = qr.colsPermutation() * r_inverse;
  const Eigen::MatrixXd inverse = permuted * permuted.transpose();
  const double variance = solution.weighted_rss / static_cast<double>(n - p);
  for (Eigen::Index a = 0; a < p; ++a)
    for (Eigen::Index c = 0; c < p; ++c)
      solution.covariance[static_cast<std::size_t>(a * p + c)] = variance * inverse(a, c) / (norm[a] * norm[c]);
  return solution;
}

std::vector<double> at_frames(const std::vector<double>& all, const FramesUsed& used) {
  std::vector<double> some;
  for (const std::size_t i : used.index) some.push_back(all[i]);
  return some;
}

std::vector<double> combination(std::span<const std::vector<double>> columns, std::span<const double> coefficients) {
  std::vector<double> sum(columns.front().size(), 0.0);
  for (std::size_t c = 0; c < columns.size(); ++c)
    for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += coefficients[c] * columns[c][i];
  return sum;
}

void propagate_frame_noise(LinearSolution& solution,
                           std::span<const std::vector<double>> columns,
                           std::span<const double> weights,
                           std::span<const double> error,
                           std::span<const double> frame_weights) {
  const auto n = static_cast<Eigen::Index>(weights.size());
  const auto p = static_cast<Eigen::Index>(columns.size());
  if (!solution.is_determined || n <= p) return;
  const Eigen::Map<const Eigen::VectorXd> w(weights.data(), n);
  Eigen::MatrixXd x(n, p);
  for (Eigen::Index j = 0; j < p; ++j)
    x.col(j) = Eigen::Map<const Eigen::VectorXd>(columns[static_cast<std::size_t>(j)].data(), n);
  const Eigen::VectorXd norm = x.colwise().norm();
  x = x * norm.cwiseInverse().asDiagonal();

  Eigen::MatrixXd noise = Eigen::Map<const RowMajor>(error.data(), n, static_cast<Eigen::Index>(frame_weights.size()));
  for (Eigen::Index f = 0; f < noise.cols(); ++f) {
    const double weight = frame_weights[static_cast<std::size_t>(f)];
    noise.col(f) *= weight > 0.0 ? 1.0 / std::sqrt(weight) : 0.0;
  }
  const Eigen::MatrixXd root_x = w.cwiseSqrt().asDiagonal() * x;
  const Eigen::MatrixXd root_noise = w.cwiseSqrt().asDiagonal() * noise;
  const Eigen::ColPivHouseholderQR<Eigen::MatrixXd> qr(root_x);
  const Eigen::MatrixXd response = qr.solve(root_noise);  // of the scaled coefficients to unit noise in each frame
  const double expected = (root_noise - root_x * response).squaredNorm();
  const double variance = solution.weighted_rss / expected;
  const Eigen::MatrixXd covariance = variance * response * response.transpose();
  for (Eigen::Index a = 0; a < p; ++a)
    for (Eigen::Index c = 0; c < p; ++c)
      solution.covariance[static_cast<std::size_t>(a * p + c)] = covariance(a, c) / (norm[a] * norm[c]);
}

std::vector<double> multilinear_error(
    const TimeActivityCurve& target, Sampling sampling, const FramesUsed& used, double once, double twice) {
  const std::size_t n = target.frames.size();
  const bool has_twice = twice != 0.0;
  const IntegralSensitivity sensitivity = integral_sensitivity(target, sampling, has_twice);
  std::vector<double> error(used.index.size() * n);
  for (std::size_t r = 0; r < used.index.size(); ++r) {
    const std::size_t i = used.index[r];
    for (std::size_t j = 0; j < n; ++j)
      error[r * n + j] = (i == j ? 1.0 : 0.0) - once * sensitivity.once[i * n + j] -
                         (has_twice ? twice * sensitivity.twice[i * n + j] : 0.0);
  }
  return error;
}

std::vector<double> all_frame_weights(const TimeActivityCurve& target, const FitOptions& options) {
  return options.weights.empty() ? std::vector<double>(target.frames.size(), 1.0) : options.weights;
}

void require_physical(Fit& fit, bool is_physical) {
  if (is_physical || fit.status == FitStatus::failed) return;
  fit.status = FitStatus::unidentifiable;
  fit.flags.push_back("not_physical");
}

Fit as_fit(const Model& model, const LinearSolution& solution, const FramesUsed& used, const FitOptions& options) {
  Fit fit;
  fit.status = solution.is_determined ? FitStatus::ok : FitStatus::unidentifiable;
  if (!solution.is_determined) fit.flags.push_back("collinear");
  fit.estimates = derived_estimates(model, solution.coefficients, solution.covariance, options);
  for (Estimate& estimate : fit.estimates) {
    if (solution.is_determined && std::isfinite(estimate.value)) continue;
    estimate.value = not_available;
    if (!solution.is_determined) estimate.standard_error = not_available;
  }
  fit.parameters = solution.coefficients;
  fit.covariance = solution.covariance;
  flag_imprecise(fit);
  add_goodness_of_fit(fit, solution.weighted_rss, used.index.size(), solution.coefficients.size());
  return fit;
}

std::vector<double> only_frames_used(std::vector<double> curve, const FramesUsed& used) {
  std::vector<double> result(curve.size(), not_available);
  for (const std::size_t i : used.index) result[i] = curve[i];
  return result;
}

}  // namespace pet::detail
