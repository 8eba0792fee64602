// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/detail/variance_components.h"

#include <Eigen/Cholesky>
#include <algorithm>
#include <limits>

namespace pet::detail {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

VarianceInformation variance_information(const std::vector<VarianceBlock>& blocks, const MatrixXd& C) {
  const std::size_t count = blocks.front().structures.size();
  const auto as_index = [](std::size_t k) { return static_cast<Index>(k); };
  VarianceInformation result;
  result.traces = VectorXd::Zero(as_index(count));
  result.information = MatrixXd::Zero(as_index(count), as_index(count));
  std::vector<MatrixXd> B(count, MatrixXd::Zero(C.rows(), C.cols()));  // X' W G_k W X
  for (const auto& [W, X, G] : blocks) {
    const MatrixXd WX = W * X;
    std::vector<MatrixXd> WG(count);
    std::vector<MatrixXd> GWX(count);
    for (std::size_t k = 0; k < count; ++k) {
      if (G[k].size() == 0) continue;
      WG[k] = W * G[k];
      GWX[k] = G[k] * WX;
      B[k] += WX.transpose() * GWX[k];
      result.traces[as_index(k)] += WG[k].trace();
    }
    for (std::size_t k = 0; k < count; ++k)
      for (std::size_t l = 0; l < count; ++l) {
        if (G[k].size() == 0 || G[l].size() == 0) continue;
        const double of_block = WG[k].cwiseProduct(WG[l].transpose()).sum();
        const double crossed = (C * (GWX[k].transpose() * (W * GWX[l]))).trace();
        result.information(as_index(k), as_index(l)) += 0.5 * (of_block - 2.0 * crossed);
      }
  }
  for (std::size_t k = 0; k < count; ++k) {
    const MatrixXd CB = C * B[k];
    result.traces[as_index(k)] -= CB.trace();
    result.changes.emplace_back(CB * C);
    for (std::size_t l = 0; l < count; ++l)
      result.information(as_index(k), as_index(l)) += 0.5 * CB.cwiseProduct((C * B[l]).transpose()).sum();
  }
  return result;
}

double satterthwaite_freedom(const VarianceInformation& of,
                             const std::vector<bool>& is_free,
                             Index effect,
                             double variance) {
  std::vector<Index> free;
  for (std::size_t k = 0; k < is_free.size(); ++k)
    if (is_free[k]) free.push_back(static_cast<Index>(k));
  VectorXd slope(static_cast<Index>(free.size()));
  for (std::size_t a = 0; a < free.size(); ++a)
    slope[static_cast<Index>(a)] = of.changes[static_cast<std::size_t>(free[a])](effect, effect);
  if (free.empty()) return std::numeric_limits<double>::infinity();
  const MatrixXd information = of.information(free, free);
  const double uncertainty = slope.dot(information.ldlt().solve(slope));
  if (!(uncertainty > 0.0)) return std::numeric_limits<double>::infinity();
  return std::max(1.0, 2.0 * variance * variance / uncertainty);
}

}  // namespace pet::detail
