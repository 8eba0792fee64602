// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/detail/multi_scan_likelihood.h"

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

namespace pet::detail {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

namespace {

// The covariance of a subject's observations where a component has a variance of one.
MatrixXd structure(const SubjectBlock& block, std::size_t component) {
  const auto n = static_cast<Index>(block.observations.size());
  MatrixXd G = MatrixXd::Zero(n, n);
  for (Index i = 0; i < n; ++i)
    for (Index j = 0; j < n; ++j) {
      const ScanObservation& a = block.observations[static_cast<std::size_t>(i)];
      const ScanObservation& b = block.observations[static_cast<std::size_t>(j)];
      const double slopes = block.slope[i] * block.slope[j];
      switch (component) {
        case subject_level:
          G(i, j) = slopes;
          break;
        case subject_region:
          G(i, j) = a.region == b.region ? slopes : 0.0;
          break;
        case scan_level:
          G(i, j) = a.scan == b.scan ? 1.0 : 0.0;
          break;
        default:
          G(i, j) = i == j ? 1.0 : 0.0;
          break;
      }
    }
  return G;
}

}  // namespace

void MultiScanLikelihood::set_variances(double variance) {
  for (std::size_t k = 0; k < scan_components; ++k) variances_[k] = model_.is_told(k) ? variance : 0.0;
}

void MultiScanLikelihood::raise_variances(double least) {
  for (std::size_t k = 0; k < scan_components; ++k)
    if (model_.is_told(k)) variances_[k] = std::max(variances_[k], least);
}

MatrixXd MultiScanLikelihood::variance(const SubjectBlock& block) const {
  const auto n = static_cast<Index>(block.observations.size());
  MatrixXd V = MatrixXd::Zero(n, n);
  for (std::size_t k = 0; k < scan_components; ++k)
    if (variances_[k] > 0.0) V += variances_[k] * structure(block, k);
  for (Index i = 0; i < n; ++i) V(i, i) += block.observations[static_cast<std::size_t>(i)].known;
  return V;
}

// With P = W - W X C X' W, W the inverse of the variances, C that of X' W X: score_k = (y' P G_k P y - tr P G_k) / 2.
MultiScanEvaluation MultiScanLikelihood::evaluate() const {
  MultiScanEvaluation result;
  MatrixXd normal = MatrixXd::Zero(model_.effects(), model_.effects());
  VectorXd right = VectorXd::Zero(model_.effects());
  std::vector<MatrixXd> inverses;
  double logarithms = 0.0;
  for (const SubjectBlock& block : model_.blocks()) {
    const Eigen::LLT<MatrixXd> cholesky(variance(block));
    if (cholesky.info() != Eigen::Success) return result;
    logarithms += 2.0 * cholesky.matrixLLT().diagonal().array().log().sum();
    inverses.push_back(cholesky.solve(MatrixXd::Identity(block.y.size(), block.y.size())));
    const MatrixXd WX = inverses.back() * block.X;
    normal += block.X.transpose() * WX;
    right += WX.transpose() * block.y;
  }
  const Eigen::LLT<MatrixXd> cholesky(normal);
  if (cholesky.info() != Eigen::Success) return result;
  logarithms += 2.0 * cholesky.matrixLLT().diagonal().array().log().sum();
  const MatrixXd& C = result.covariance = cholesky.solve(MatrixXd::Identity(model_.effects(), model_.effects()));
  result.effects = C * right;
  std::vector<VectorXd> residuals;  // P y of every subject
  double squares = 0.0;
  for (std::size_t b = 0; b < model_.blocks().size(); ++b) {
    const VectorXd off = model_.blocks()[b].y - model_.blocks()[b].X * result.effects;
    residuals.emplace_back(inverses[b] * off);
    squares += off.dot(residuals.back());
  }
  result.deviance = logarithms + squares;

  std::vector<VarianceBlock> blocks;
  result.score = VectorXd::Zero(scan_components);
  for (std::size_t b = 0; b < model_.blocks().size(); ++b) {
    blocks.push_back({std::move(inverses[b]), model_.blocks()[b].X, std::vector<MatrixXd>(scan_components)});
    for (std::size_t k = 0; k < scan_components; ++k) {
      if (!model_.is_told(k)) continue;
      blocks.back().structures[k] = structure(model_.blocks()[b], k);
      result.score[static_cast<Index>(k)] += 0.5 * residuals[b].dot(blocks.back().structures[k] * residuals[b]);
    }
  }
  result.variances = variance_information(blocks, C);
  result.score -= 0.5 * result.variances.traces;
  return result;
}

MultiScanEvaluation MultiScanLikelihood::maximise() {
  MultiScanEvaluation here = evaluate();
  constexpr int most_steps = 100;
  constexpr double close = 1e-9;
  for (int step = 0; step < most_steps && std::isfinite(here.deviance); ++step) {
    std::vector<std::size_t> moved;
    for (std::size_t k = 0; k < scan_components; ++k)
      if (model_.is_told(k) && (variances_[k] > 0.0 || here.score[static_cast<Index>(k)] > 0.0)) moved.push_back(k);
    here.converged = moved.empty();
    if (here.converged) return here;
    const auto m = static_cast<Index>(moved.size());
    MatrixXd information(m, m);
    VectorXd score(m);
    for (Index a = 0; a < m; ++a) {
      score[a] = here.score[static_cast<Index>(moved[static_cast<std::size_t>(a)])];
      for (Index b = 0; b < m; ++b)
        information(a, b) = here.variances.information(static_cast<Index>(moved[static_cast<std::size_t>(a)]),
                                                       static_cast<Index>(moved[static_cast<std::size_t>(b)]));
    }
    const VectorXd change = information.ldlt().solve(score);
    const std::array<double, scan_components> from = variances_;
    double gain = -1.0;
    MultiScanEvaluation there;
    for (double length = 1.0; length > 1e-4; length *= 0.5) {
      for (Index a = 0; a < m; ++a) {
        const std::size_t k = moved[static_cast<std::size_t>(a)];
        variances_[k] = std::max(0.0, from[k] + length * change[a]);
      }
      there = evaluate();
      gain = here.deviance - there.deviance;
      if (gain >= 0.0) break;
    }
    if (!(gain >= 0.0)) {
      variances_ = from;
      constexpr double nothing = 1e-6;  // that a step as long as it should be promises to gain
      double promised = 0.0;            // by those that are not kept at zero
      for (Index a = 0; a < m; ++a)
        if (from[moved[static_cast<std::size_t>(a)]] + change[a] > 0.0) promised += score[a] * change[a];
      here.converged = promised < nothing;
      return here;
    }
    here = std::move(there);
    here.converged = gain < close;
    if (here.converged) return here;
  }
  return here;
}

VectorXd MultiScanLikelihood::of_subject(const SubjectBlock& block, const VectorXd& effects) const {
  const VectorXd weighted = variance(block).llt().solve(block.y - block.X * effects).cwiseProduct(block.slope);
  VectorXd off = VectorXd::Constant(block.y.size(), variances_[subject_level] * weighted.sum());
  for (Index i = 0; i < off.size(); ++i)
    for (Index j = 0; j < off.size(); ++j)
      if (block.observations[static_cast<std::size_t>(i)].region ==
          block.observations[static_cast<std::size_t>(j)].region)
        off[i] += variances_[subject_region] * weighted[j];
  return off;
}

}  // namespace pet::detail
