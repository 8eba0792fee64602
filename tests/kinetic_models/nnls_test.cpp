// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/detail/nnls.h"

#include <Eigen/QR>
#include <catch2/catch.hpp>
#include <random>

using pet::detail::non_negative_least_squares;

namespace {

// The best of all subsets of columns whose least squares solution has no negative part.
double best_of_all_subsets(const Eigen::MatrixXd& a, const Eigen::VectorXd& b) {
  double best = b.squaredNorm();
  for (unsigned subset = 1; subset < 1u << a.cols(); ++subset) {
    std::vector<Eigen::Index> columns;
    for (Eigen::Index j = 0; j < a.cols(); ++j)
      if ((subset >> j & 1u) != 0) columns.push_back(j);
    Eigen::MatrixXd part(a.rows(), static_cast<Eigen::Index>(columns.size()));
    for (std::size_t c = 0; c < columns.size(); ++c) part.col(static_cast<Eigen::Index>(c)) = a.col(columns[c]);
    const Eigen::VectorXd x = part.colPivHouseholderQr().solve(b);
    if ((x.array() >= 0.0).all()) best = std::min(best, (b - part * x).squaredNorm());
  }
  return best;
}

}  // namespace

TEST_CASE("Non-negative least squares is the best of all subsets of columns", "[nnls]") {
  std::mt19937_64 generator(3);
  std::normal_distribution<double> normal;
  for (int problem = 0; problem < 300; ++problem) {
    Eigen::MatrixXd a(9, 6);
    Eigen::VectorXd b(9);
    for (Eigen::Index i = 0; i < a.size(); ++i) a.data()[i] = normal(generator) + (problem % 2 == 0 ? 1.0 : 0.0);
    for (Eigen::Index i = 0; i < b.size(); ++i) b[i] = normal(generator);
    const Eigen::VectorXd x = non_negative_least_squares(a, b);
    REQUIRE((x.array() >= 0.0).all());
    CHECK((b - a * x).squaredNorm() == Approx(best_of_all_subsets(a, b)));
  }
}

TEST_CASE("At the solution of non-negative least squares no column can help", "[nnls]") {
  // Exponentials so alike that most depend on each other to rounding, as in a spectrum.
  Eigen::MatrixXd a(40, 100);
  for (Eigen::Index i = 0; i < a.rows(); ++i)
    for (Eigen::Index j = 0; j < a.cols(); ++j)
      a(i, j) = std::exp(-0.001 * std::pow(2000.0, static_cast<double>(j) / 99.0) * static_cast<double>(3 * i));
  Eigen::VectorXd b = 2.0 * a.col(30) + 1.0 * a.col(60);
  for (Eigen::Index i = 0; i < b.size(); ++i) b[i] += 0.05 * std::sin(7.0 * static_cast<double>(i));
  const Eigen::VectorXd x = non_negative_least_squares(a, b);
  const Eigen::VectorXd gradient = a.transpose() * (b - a * x);
  for (Eigen::Index j = 0; j < x.size(); ++j) {
    CHECK(x[j] >= 0.0);
    CHECK(gradient[j] <= 1e-9);
    if (x[j] > 0.0) CHECK(std::abs(gradient[j]) <= 1e-8);
  }
}

TEST_CASE("Non-negative least squares of what only negative amplitudes could explain is zero", "[nnls]") {
  const Eigen::MatrixXd a = Eigen::MatrixXd::Ones(5, 2);
  const Eigen::VectorXd b = -Eigen::VectorXd::Ones(5);
  CHECK(non_negative_least_squares(a, b).isZero());
}
