// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/detail/nnls.h"

#include <Eigen/QR>
#include <algorithm>
#include <limits>

namespace pet::detail {
namespace {

// Least squares on some of the columns; zero for the others.
Eigen::VectorXd solve_on(const Eigen::MatrixXd& a, const Eigen::VectorXd& b, const std::vector<Eigen::Index>& columns) {
  Eigen::MatrixXd part(a.rows(), static_cast<Eigen::Index>(columns.size()));
  for (std::size_t c = 0; c < columns.size(); ++c) part.col(static_cast<Eigen::Index>(c)) = a.col(columns[c]);
  const Eigen::VectorXd solved = part.colPivHouseholderQr().solve(b);
  Eigen::VectorXd x = Eigen::VectorXd::Zero(a.cols());
  for (std::size_t c = 0; c < columns.size(); ++c) x[columns[c]] = solved[static_cast<Eigen::Index>(c)];
  return x;
}

}  // namespace

Eigen::VectorXd non_negative_least_squares(const Eigen::MatrixXd& a, const Eigen::VectorXd& b) {
  const Eigen::VectorXd norm = a.colwise().norm().cwiseMax(std::numeric_limits<double>::min());
  const Eigen::MatrixXd scaled = a * norm.cwiseInverse().asDiagonal();
  const double small = 1e-12 * std::max(b.norm(), std::numeric_limits<double>::min());
  Eigen::VectorXd x = Eigen::VectorXd::Zero(a.cols());
  std::vector<Eigen::Index> passive;  // columns with x > 0
  for (Eigen::Index round = 0; round < 3 * a.cols(); ++round) {
    Eigen::VectorXd gradient = scaled.transpose() * (b - scaled * x);
    for (const Eigen::Index j : passive) gradient[j] = -1.0;
    Eigen::Index enter = 0;
    if (!(gradient.maxCoeff(&enter) > small)) break;
    passive.push_back(enter);
    Eigen::VectorXd next = solve_on(scaled, b, passive);
    if (!(next[enter] > 0.0)) {  // rounding: the column cannot help
      passive.pop_back();
      break;
    }
    while (std::any_of(passive.begin(), passive.end(), [&](Eigen::Index j) { return !(next[j] > 0.0); })) {
      double step = 1.0;
      for (const Eigen::Index j : passive)
        if (!(next[j] > 0.0)) step = std::min(step, x[j] / (x[j] - next[j]));
      x += step * (next - x);
      std::erase_if(passive, [&](Eigen::Index j) {
        const bool leaves = x[j] <= small * 1e-3 || (!(next[j] > 0.0) && x[j] <= 1e-15 * x.maxCoeff());
        if (leaves) x[j] = 0.0;
        return leaves;
      });
      if (passive.empty()) break;
      next = solve_on(scaled, b, passive);
    }
    x = next.cwiseMax(0.0);
  }
  return x.cwiseQuotient(norm);
}

}  // namespace pet::detail
