// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/detail/plasma_start.h"

#include <Eigen/Cholesky>
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "kinetic_models/detail/least_squares.h"

namespace pet::detail {
namespace {

constexpr int rates = 14;
constexpr double slowest_per_min = 2e-3;
constexpr double fastest_per_min = 1.5;

double rate_of(int i) {
  return slowest_per_min * std::pow(fastest_per_min / slowest_per_min, i / (rates - 1.0));
}

const Parameter& parameter_named(std::span<const Parameter> parameters, std::string_view symbol) {
  return *std::find_if(parameters.begin(), parameters.end(), [&](const Parameter& p) { return p.symbol == symbol; });
}

// Weighted sums of products of the curves, from which every subset of them is regressed.
struct Products {
  Eigen::MatrixXd gram;  // curves x curves; the last two are whole blood and the target
};

Products products_of(const std::vector<std::vector<double>>& curves, const FramesUsed& used) {
  const auto n = static_cast<Eigen::Index>(used.index.size());
  Eigen::MatrixXd x(n, static_cast<Eigen::Index>(curves.size()));
  for (std::size_t c = 0; c < curves.size(); ++c)
    for (std::size_t r = 0; r < used.index.size(); ++r)
      x(static_cast<Eigen::Index>(r), static_cast<Eigen::Index>(c)) =
          std::sqrt(used.weight[r]) * curves[c][used.index[r]];
  return {x.transpose() * x};
}

// Least squares of the target on some of the curves, blood among them where vB is fitted.
struct Regression {
  std::vector<double> coefficients;
  double rss = std::numeric_limits<double>::infinity();
};

Regression regress(const Products& products, const std::vector<Eigen::Index>& columns) {
  const auto k = static_cast<Eigen::Index>(columns.size());
  const Eigen::Index y = products.gram.cols() - 1;
  // No more than two exponentials and blood: small enough to need no memory of their own.
  using Square = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, 0, 3, 3>;
  using Column = Eigen::Matrix<double, Eigen::Dynamic, 1, 0, 3, 1>;
  Square a(k, k);
  Column b(k);
  for (Eigen::Index i = 0; i < k; ++i) {
    b[i] = products.gram(columns[static_cast<std::size_t>(i)], y);
    for (Eigen::Index j = 0; j < k; ++j)
      a(i, j) = products.gram(columns[static_cast<std::size_t>(i)], columns[static_cast<std::size_t>(j)]);
  }
  const Eigen::LDLT<Square> solver(a);
  const Column x = solver.solve(b);
  if (!x.allFinite() || !(solver.rcond() > 1e-13)) return {};
  return {{x.data(), x.data() + k}, products.gram(y, y) - b.dot(x)};
}

// The best response at one delay; `terms` exponentials.
Response best_at(double delay_min,
                 int terms,
                 const TimeActivityCurve& target,
                 const Plasma& plasma,
                 const FramesUsed& used,
                 const Parameter& vB,
                 double& best_rss) {
  std::vector<std::vector<double>> curves;
  for (int i = 0; i < rates; ++i) curves.push_back(plasma.movable().convolved(rate_of(i), delay_min).value);
  const bool has_blood = plasma.has_whole_blood();
  curves.push_back(has_blood ? plasma.whole_blood().moved(delay_min).value
                             : std::vector<double>(target.frames.size(), 0.0));
  std::vector<double> tissue = target.activity;
  if (vB.is_held())
    for (std::size_t i = 0; i < tissue.size(); ++i)
      tissue[i] = (tissue[i] - vB.held * curves.back()[i]) / (1.0 - vB.held);
  curves.push_back(std::move(tissue));
  const Products products = products_of(curves, used);
  const bool fits_blood = has_blood && !vB.is_held();

  Response best{{0.1, 0.1}, {}, vB.is_held() ? vB.held : vB.initial, delay_min};
  best_rss = std::numeric_limits<double>::infinity();
  const auto consider = [&](int slow, int fast) {
    std::vector<Eigen::Index> columns = {fast};
    if (slow >= 0) columns.push_back(slow);
    if (fits_blood) columns.push_back(rates);
    const Regression fit = regress(products, columns);
    if (!(fit.rss < best_rss) || !(fit.coefficients[0] > 0.0)) return;
    if (slow >= 0 && !(fit.coefficients[1] > 0.0)) return;
    best_rss = fit.rss;
    if (fits_blood) best.vB = std::clamp(fit.coefficients.back(), vB.lower, vB.upper);
    const double share = fits_blood ? 1.0 - best.vB : 1.0;
    best.fast = {fit.coefficients[0] / share, rate_of(fast)};
    best.slow = slow >= 0 ? Response::Term{fit.coefficients[1] / share, rate_of(slow)} : Response::Term{};
  };
  for (int fast = 0; fast < rates; ++fast) {
    if (terms == 1) consider(-1, fast);
    for (int slow = 0; terms == 2 && slow < fast; ++slow) consider(slow, fast);
  }
  return best;
}

std::vector<Response> responses(
    int terms, const Model& model, const TimeActivityCurve& target, const Plasma& plasma, const FitOptions& options) {
  const std::vector<Parameter> parameters = with_bounds(model.parameters, options);
  const FramesUsed used = frames_used(target, options, count_fitted(parameters) + 1, model.name);
  const Parameter& vB = parameter_named(parameters, "vB");
  const Parameter& delay = parameter_named(parameters, "delay");
  std::vector<double> delays = {delay.is_held() ? delay.held : delay.initial};
  if (!delay.is_held())
    for (const double other : {-0.2, 0.2, 0.5})
      if (other > delay.lower && other < delay.upper) delays.push_back(other);

  std::vector<std::pair<double, Response>> ranked;
  for (const double d : delays) {
    double rss = 0.0;
    const Response response = best_at(d, terms, target, plasma, used, vB, rss);
    ranked.emplace_back(rss, response);
  }
  std::stable_sort(ranked.begin(), ranked.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  // Two delays suffice: the optimum lies between or beside the best.
  std::vector<Response> best;
  for (std::size_t i = 0; i < std::min<std::size_t>(ranked.size(), 2); ++i) best.push_back(ranked[i].second);
  return best;
}

}  // namespace

std::vector<Response> one_rate_responses(const Model& model,
                                         const TimeActivityCurve& target,
                                         const Plasma& plasma,
                                         const FitOptions& options) {
  return responses(1, model, target, plasma, options);
}

std::vector<Response> two_rate_responses(const Model& model,
                                         const TimeActivityCurve& target,
                                         const Plasma& plasma,
                                         const FitOptions& options) {
  return responses(2, model, target, plasma, options);
}

}  // namespace pet::detail
