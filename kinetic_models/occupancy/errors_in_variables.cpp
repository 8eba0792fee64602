// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/occupancy/errors_in_variables.h"

#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>
#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/fisher_f.hpp>
#include <boost/math/tools/minima.hpp>
#include <boost/math/tools/roots.hpp>
#include <cassert>
#include <cmath>
#include <functional>
#include <limits>
#include <numbers>
#include <string>

#include "kinetic_models/detail/row_major.h"
#include "libpet/error.h"

namespace pet {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double half_turn = std::numbers::pi;

Eigen::MatrixXd covariance_of(std::span<const double> values, Eigen::Index n, const char* scan) {
  const std::string where = "covariance of the regions, " + std::string(scan);
  if (static_cast<Eigen::Index>(values.size()) != n * n)
    throw bad_input(where, std::to_string(values.size()) + " numbers", std::to_string(n * n));
  const Eigen::MatrixXd matrix = Eigen::Map<const detail::RowMajor>(values.data(), n, n);
  if (!((matrix - matrix.transpose()).cwiseAbs().maxCoeff() <= 1e-9 * matrix.cwiseAbs().maxCoeff()))
    throw bad_input(where, "a matrix that is not symmetric", "a covariance");
  // Beside rounding, a matrix without an inverse is as useless as one that is not positive.
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> eigen(matrix, Eigen::EigenvaluesOnly);
  if (!(eigen.eigenvalues().minCoeff() > 1e-12 * eigen.eigenvalues().maxCoeff()))
    throw bad_input(where, "a matrix that is not positive definite", "a covariance");
  return matrix;
}

// The problem in coordinates in which the errors of both scans are independent: Sigma_d is one there, Sigma_b diagonal.
class Line {
 public:
  Line(std::span<const double> baseline, std::span<const double> drug, const VolumeErrors& errors) {
    const auto n = static_cast<Eigen::Index>(baseline.size());
    const Eigen::MatrixXd of_baseline = covariance_of(errors.baseline, n, "baseline scan");
    const Eigen::MatrixXd of_drug = covariance_of(errors.drug, n, "drug scan");
    const Eigen::GeneralizedSelfAdjointEigenSolver<Eigen::MatrixXd> eigen(of_baseline, of_drug);
    const Eigen::MatrixXd turn = eigen.eigenvectors().transpose();
    ratio_ = eigen.eigenvalues().array();
    baseline_ = (turn * Eigen::Map<const Eigen::VectorXd>(baseline.data(), n)).array();
    drug_ = (turn * Eigen::Map<const Eigen::VectorXd>(drug.data(), n)).array();
    ones_ = (turn * Eigen::VectorXd::Ones(n)).array();
  }

  // Q of the line in the direction `angle`, tan(angle) = m, with the best intercept.
  double cost(double angle) const {
    const Weighted w = weighted(angle, 0.0);
    return (w.weight * (w.distance - intercept(w) * ones_).square()).sum();
  }
  // Q of the line in that direction which meets the diagonal at VND.
  double cost(double angle, double VND) const {
    const Weighted w = weighted(angle, VND);
    return (w.weight * w.distance.square()).sum();
  }
  // Derivative of either by the angle. The intercept is at its best, so that its own change does not count.
  double slope_of_cost(double angle, std::optional<double> VND) const {
    const double c = std::cos(angle);
    const double s = std::sin(angle);
    const double through = VND.value_or(0.0);
    const Weighted w = weighted(angle, through);
    const Eigen::ArrayXd distance = VND ? w.distance : w.distance - intercept(w) * ones_;
    const Eigen::ArrayXd turned = -s * (drug_ - through * ones_) - c * (baseline_ - through * ones_);
    return (2.0 * w.weight * distance * turned - 2.0 * s * c * (ratio_ - 1.0) * w.weight.square() * distance.square())
        .sum();
  }
  double VND_of(double angle) const { return intercept(weighted(angle, 0.0)) / (std::cos(angle) - std::sin(angle)); }

  // Covariance of (a, m) with unit variance, at the fitted VS.
  Eigen::Matrix2d covariance(double angle, double VND) const {
    const double m = std::tan(angle);
    const double a = (1.0 - m) * VND;
    const Eigen::ArrayXd weight = 1.0 / (1.0 + m * m * ratio_);
    const Eigen::ArrayXd volume = weight * (baseline_ + ratio_ * m * (drug_ - a * ones_));
    Eigen::Matrix2d information;
    information(0, 0) = (weight * ones_.square()).sum();
    information(0, 1) = information(1, 0) = (weight * ones_ * volume).sum();
    information(1, 1) = (weight * volume.square()).sum();
    return information.inverse();
  }
  // The same of m alone where VND is known.
  double slope_variance(double angle, double VND) const {
    const double m = std::tan(angle);
    const Eigen::ArrayXd weight = 1.0 / (1.0 + m * m * ratio_);
    const Eigen::ArrayXd specific = weight * (baseline_ - VND * ones_ + ratio_ * m * (drug_ - VND * ones_));
    return 1.0 / (weight * specific.square()).sum();
  }

 private:
  struct Weighted {
    Eigen::ArrayXd distance;
    Eigen::ArrayXd weight;
  };
  Weighted weighted(double angle, double VND) const {
    const double c = std::cos(angle);
    const double s = std::sin(angle);
    return {c * (drug_ - VND * ones_) - s * (baseline_ - VND * ones_), 1.0 / (c * c + s * s * ratio_)};
  }
  double intercept(const Weighted& w) const {
    return (w.weight * ones_ * w.distance).sum() / (w.weight * ones_.square()).sum();
  }

  Eigen::ArrayXd ratio_;
  Eigen::ArrayXd baseline_;
  Eigen::ArrayXd drug_;
  Eigen::ArrayXd ones_;
};

using Cost = std::function<double(double)>;

struct Minimum {
  double angle;
  double cost;
};

// Of a function with the period of half a turn.
Minimum smallest(const Cost& cost) {
  constexpr int steps = 180;
  const double step = half_turn / steps;
  int best = 0;
  double least = infinity;
  for (int i = 0; i < steps; ++i) {
    const double here = cost(i * step);
    if (here < least) least = here, best = i;
  }
  const auto found = boost::math::tools::brent_find_minima(cost, (best - 1) * step, (best + 1) * step,
                                                           std::numeric_limits<double>::digits);
  return {found.first, found.second};
}

// Between a point where `excess` is not positive and one where it is.
double root_between(const Cost& excess, double inside, double outside) {
  if (!(excess(inside) < 0.0)) return inside;
  std::uintmax_t evaluations = 200;
  const auto lower = std::min(inside, outside);
  const auto upper = std::max(inside, outside);
  const auto bracket = boost::math::tools::toms748_solve(excess, lower, upper,
                                                         boost::math::tools::eps_tolerance<double>(48), evaluations);
  return 0.5 * (bracket.first + bracket.second);
}

// A minimum is found to half the digits only, the root of the derivative to all.
double polished(const Line& line, std::optional<double> VND, double angle) {
  const Cost slope = [&](double at) { return line.slope_of_cost(at, VND); };
  for (const double reach : {1e-7, 1e-5, 1e-3})
    if (slope(angle - reach) < 0.0 && slope(angle + reach) > 0.0)
      return root_between(slope, angle - reach, angle + reach);
  return angle;
}

// Into (-1/4, 1/4] of a turn, where tan is its slope.
double as_slope(double angle) {
  while (angle > 0.5 * half_turn) angle -= half_turn;
  while (angle <= -0.5 * half_turn) angle += half_turn;
  return angle;
}

// Where the cost reaches `limit` in one direction from the minimum, before the line is vertical.
double bound_of_angle(const Cost& cost, double angle, double limit, int side) {
  constexpr int steps = 400;
  const double vertical = side * 0.5 * half_turn;
  const double step = (vertical - angle) / steps;
  const Cost excess = [&](double at) { return cost(at) - limit; };
  for (int i = 1; i <= steps; ++i)
    if (excess(angle + i * step) > 0.0) return root_between(excess, angle + (i - 1) * step, angle + i * step);
  return vertical;
}

Interval occupancy_interval(const Cost& cost, double angle, double limit) {
  const double steep = bound_of_angle(cost, angle, limit, 1);
  const double flat = bound_of_angle(cost, angle, limit, -1);
  return {steep < 0.5 * half_turn ? 1.0 - std::tan(steep) : -infinity,
          flat > -0.5 * half_turn ? 1.0 - std::tan(flat) : infinity};
}

// The other line parameter is minimised over at every VND. As VND goes to infinity the line becomes parallel to the
// diagonal: the interval has bounds only if that direction is rejected.
Interval vnd_interval(const Line& line, double VND, double se, double limit) {
  if (line.cost(0.25 * half_turn) <= limit) return {};
  const Cost excess = [&](double at) {
    return smallest([&](double angle) { return line.cost(angle, at); }).cost - limit;
  };
  const auto bound = [&](int side) {
    double inside = 0.0;
    for (double step = std::max(se, 1e-9 * std::abs(VND)); step < 1e9 * std::abs(VND); inside = step, step *= 1.5)
      if (excess(VND + side * step) > 0.0) return root_between(excess, VND + side * inside, VND + side * step);
    return side * infinity;
  };
  return {bound(-1), bound(1)};
}

// The quantile of the scatter over what known errors explain: chi^2 over its degrees of freedom, or F where the errors
// were estimated.
double largest_by_chance(double level, int freedom, std::optional<int> of_errors) {
  if (of_errors) return boost::math::quantile(boost::math::fisher_f(freedom, *of_errors), level);
  return boost::math::quantile(boost::math::chi_squared(freedom), level) / freedom;
}

// By how much the cost may exceed its minimum, t^2 s^2, with the degrees of freedom of t.
struct Rise {
  double cost;
  double degrees_of_freedom;
};

Rise rise_of_known(const VolumeErrors& errors, double level) {
  const double freedom = errors.degrees_of_freedom ? *errors.degrees_of_freedom : infinity;
  return {std::pow(student_factor(level, freedom), 2), freedom};
}

}  // namespace

VolumeErrors independent_errors(std::span<const double> baseline_se, std::span<const double> drug_se) {
  const auto diagonal = [](std::span<const double> se) {
    std::vector<double> matrix(se.size() * se.size(), 0.0);
    for (std::size_t i = 0; i < se.size(); ++i) matrix[i * se.size() + i] = se[i] * se[i];
    return matrix;
  };
  return {.baseline = diagonal(baseline_se), .drug = diagonal(drug_se)};
}

UncertainLine line_with_errors(std::span<const double> VT_baseline,
                               std::span<const double> VT_drug,
                               const VolumeErrors& errors,
                               double level,
                               std::optional<double> VND) {
  assert(VT_baseline.size() == VT_drug.size());
  if (VT_baseline.size() < 3)
    throw bad_input("line of volumes", std::to_string(VT_baseline.size()) + " regions with VT in both scans",
                    "at least 3");
  const Line line(VT_baseline, VT_drug, errors);
  const Cost cost = [&](double angle) { return VND ? line.cost(angle, *VND) : line.cost(angle); };
  const Minimum best = smallest(cost);
  const double angle = as_slope(polished(line, VND, best.angle));
  const int freedom = static_cast<int>(VT_baseline.size()) - (VND ? 1 : 2);
  UncertainLine found;
  found.variance = best.cost / freedom;
  // Scatter beyond what the errors explain is error too: of the model, that all regions have one occupancy.
  // As much of it as chance makes is none.
  const bool is_from_scatter =
      !errors.is_size_known || found.variance > largest_by_chance(level, freedom, errors.degrees_of_freedom);
  const double size = is_from_scatter ? found.variance : 1.0;
  const Rise of_errors = rise_of_known(errors, level);
  const Rise of_scatter{std::pow(interval_factor(level, freedom), 2) * found.variance, static_cast<double>(freedom)};
  // Where errors fail to explain the scatter, few degrees of freedom of theirs may still allow more than it does.
  const bool is_wider = is_from_scatter && (!errors.is_size_known || of_scatter.cost > of_errors.cost);
  const Rise& rise = is_wider ? of_scatter : of_errors;
  const double limit = best.cost + rise.cost;
  found.degrees_of_freedom = rise.degrees_of_freedom;
  found.occupancy = 1.0 - std::tan(angle);
  found.VND = VND ? *VND : line.VND_of(angle);
  found.occupancy_interval = occupancy_interval(cost, angle, limit);
  if (VND) {
    found.occupancy_se = std::sqrt(size * line.slope_variance(angle, *VND));
    found.VND_se = 0.0;
    found.VND_interval = {*VND, *VND};
    return found;
  }
  const Eigen::Matrix2d covariance = size * line.covariance(angle, found.VND);
  const Eigen::Vector2d by_intercept_and_slope(1.0 / found.occupancy, found.VND / found.occupancy);
  found.occupancy_se = std::sqrt(covariance(1, 1));
  found.VND_se = std::sqrt(by_intercept_and_slope.dot(covariance * by_intercept_and_slope));
  found.VND_interval = vnd_interval(line, found.VND, found.VND_se, limit);
  return found;
}

}  // namespace pet
