// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <cmath>
#include <utility>

#include "libpet/time_activity_curve.h"

// SRTM at mid-frame and a search for the least of a function, for tests: no code of the project takes part.
namespace simulated {

/// The target's values at mid-frame from those of the reference, the curve between them drawn by straight lines from
/// zero on: target = A reference. The convolution is the sum of the integrals of its pieces by Gauss' rule.
inline Eigen::MatrixXd midframe_srtm(const pet::Frames& frames, double R1, double k2, double BPND) {
  const auto n = static_cast<Eigen::Index>(frames.size());
  const double k2a = k2 / (1.0 + BPND);
  const auto mid = [&](Eigen::Index i) { return i < 0 ? 0.0 : frames[static_cast<std::size_t>(i)].mid_min(); };
  Eigen::MatrixXd A = Eigen::MatrixXd::Zero(n, n);
  const double point = 0.5 * std::sqrt(0.6);
  for (Eigen::Index i = 0; i < n; ++i) {
    A(i, i) = R1;
    for (Eigen::Index piece = 0; piece <= i; ++piece) {
      const double h = mid(piece) - mid(piece - 1);
      for (const auto& [at, share] :
           {std::pair{0.5 - point, 5.0 / 18.0}, {0.5, 8.0 / 18.0}, {0.5 + point, 5.0 / 18.0}}) {
        const double kernel = (k2 - R1 * k2a) * share * h * std::exp(-k2a * (mid(i) - mid(piece - 1) - at * h));
        A(i, piece) += kernel * at;
        if (piece > 0) A(i, piece - 1) += kernel * (1.0 - at);
      }
    }
  }
  return A;
}

/// Newton's method on differences, over the first `count` parameters.
template <typename Function>
double minimum(const Function& function, Eigen::VectorXd& p, Eigen::Index count) {
  for (int step = 0; step < 8; ++step) {
    const Eigen::VectorXd h = 1e-4 * p.cwiseAbs();
    Eigen::VectorXd gradient(count);
    Eigen::MatrixXd hessian(count, count);
    const auto at = [&](Eigen::Index a, double sa, Eigen::Index b, double sb) {
      Eigen::VectorXd q = p;
      q[a] += sa * h[a];
      q[b] += sb * h[b];
      return function(q);
    };
    for (Eigen::Index a = 0; a < count; ++a) {
      gradient[a] = (at(a, 1, a, 0) - at(a, -1, a, 0)) / (2.0 * h[a]);
      for (Eigen::Index b = 0; b < count; ++b)
        hessian(a, b) = (at(a, 1, b, 1) - at(a, 1, b, -1) - at(a, -1, b, 1) + at(a, -1, b, -1)) / (4.0 * h[a] * h[b]);
    }
    p.head(count) -= hessian.ldlt().solve(gradient);
  }
  return function(p);
}

}  // namespace simulated
