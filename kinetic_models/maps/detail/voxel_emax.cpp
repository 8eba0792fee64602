// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/maps/detail/voxel_emax.h"

#include <Eigen/Cholesky>
#include <algorithm>
#include <boost/math/tools/minima.hpp>
#include <cmath>
#include <vector>

namespace pet::detail {
namespace {

constexpr double beyond = 100.0;  // how far EC50 may lie outside of the concentrations
constexpr int grid_points = 60;

// BPND = BP0 - lost c / (EC50 + c) for one EC50: the linear part in closed form.
struct Line {
  double BP0 = 0.0;
  double lost = 0.0;
  double rss = std::numeric_limits<double>::infinity();
};

double bound_share(double concentration, double EC50) {
  return concentration / (EC50 + concentration);
}

Line line_at(double EC50, std::span<const double> concentrations, std::span<const Binding> bindings) {
  double w = 0.0, wg = 0.0, wy = 0.0;
  for (std::size_t k = 0; k < bindings.size(); ++k) {
    const double weight = std::pow(bindings[k].standard_error, -2);
    w += weight;
    wg += weight * bound_share(concentrations[k], EC50);
    wy += weight * bindings[k].value;
  }
  const double mean_g = wg / w;
  const double mean_y = wy / w;
  double gg = 0.0, gy = 0.0;
  for (std::size_t k = 0; k < bindings.size(); ++k) {
    const double weight = std::pow(bindings[k].standard_error, -2);
    const double g = bound_share(concentrations[k], EC50) - mean_g;
    gg += weight * g * g;
    gy += weight * g * (bindings[k].value - mean_y);
  }
  Line line{.lost = -gy / gg};
  line.BP0 = mean_y + line.lost * mean_g;
  line.rss = 0.0;
  for (std::size_t k = 0; k < bindings.size(); ++k) {
    const double predicted = line.BP0 - line.lost * bound_share(concentrations[k], EC50);
    line.rss += std::pow((bindings[k].value - predicted) / bindings[k].standard_error, 2);
  }
  return line;
}

bool is_usable(std::span<const Binding> bindings) {
  return std::all_of(bindings.begin(), bindings.end(), [](const Binding& b) {
    return std::isfinite(b.value) && std::isfinite(b.standard_error) && b.standard_error > 0.0;
  });
}

// Standard errors from the Jacobian by (EC50, Omax, BP0) over the standard errors of the scans.
void add_errors(std::span<const double> concentrations, std::span<const Binding> bindings, VoxelEmax& curve) {
  Eigen::Matrix3d information = Eigen::Matrix3d::Zero();
  for (std::size_t k = 0; k < bindings.size(); ++k) {
    const double g = bound_share(concentrations[k], curve.EC50);
    const Eigen::Vector3d gradient = Eigen::Vector3d(curve.BP0 * curve.Omax * g / (curve.EC50 + concentrations[k]),
                                                     -curve.BP0 * g, 1.0 - curve.Omax * g) /
                                     bindings[k].standard_error;
    information += gradient * gradient.transpose();
  }
  const Eigen::Vector3d scale = information.diagonal().cwiseSqrt().cwiseInverse();
  if (!scale.allFinite()) return;
  const Eigen::LLT<Eigen::Matrix3d> factor(scale.asDiagonal() * information * scale.asDiagonal());
  if (factor.info() != Eigen::Success || factor.rcond() < 1e-12) return;
  const Eigen::Vector3d variance = factor.solve(Eigen::Matrix3d::Identity()).diagonal().cwiseProduct(scale.cwiseAbs2());
  curve.EC50_se = std::sqrt(variance[0]);
  curve.Omax_se = std::sqrt(variance[1]);
  curve.BP0_se = std::sqrt(variance[2]);
}

// ln EC50 of least squares between two bounds; the nearest minimum to the best of a grid.
double best_log_EC50(std::span<const double> concentrations,
                     std::span<const Binding> bindings,
                     double lower,
                     double upper) {
  const auto rss = [&](double log_EC50) { return line_at(std::exp(log_EC50), concentrations, bindings).rss; };
  const double step = (upper - lower) / grid_points;
  double best = lower;
  double least = rss(lower);
  for (int i = 1; i <= grid_points; ++i)
    if (const double value = rss(lower + i * step); value < least) {
      least = value;
      best = lower + i * step;
    }
  const auto [at, value] =
      boost::math::tools::brent_find_minima(rss, std::max(lower, best - step), std::min(upper, best + step), 40);
  return value < least ? at : best;
}

}  // namespace

VoxelEmax voxel_emax(std::span<const double> concentrations, std::span<const Binding> bindings) {
  if (!is_usable(bindings)) return {};
  double smallest = std::numeric_limits<double>::infinity();
  double largest = 0.0;
  for (const double c : concentrations) {
    if (c > 0.0) smallest = std::min(smallest, c);
    largest = std::max(largest, c);
  }
  const double lower = std::log(smallest / beyond);
  const double upper = std::log(largest * beyond);
  const double log_EC50 = best_log_EC50(concentrations, bindings, lower, upper);
  VoxelEmax curve;
  curve.EC50 = std::exp(log_EC50);
  const Line line = line_at(curve.EC50, concentrations, bindings);
  curve.BP0 = line.BP0;
  curve.Omax = line.lost / line.BP0;
  constexpr double near = 1e-3;
  if (log_EC50 - lower < near || upper - log_EC50 < near) {
    curve.status = FitStatus::at_bound;
    return curve;
  }
  add_errors(concentrations, bindings, curve);
  const bool is_possible = curve.BP0 > 0.0 && curve.Omax > 0.0 && curve.Omax - 2.0 * curve.Omax_se <= 1.0;
  curve.status = is_possible && curve.EC50_se <= curve.EC50 ? FitStatus::ok : FitStatus::unidentifiable;
  return curve;
}

}  // namespace pet::detail
