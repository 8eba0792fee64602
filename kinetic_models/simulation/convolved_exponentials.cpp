// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/simulation/convolved_exponentials.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <utility>

namespace pet {
namespace {

// Up to this spread of the points the Taylor series is used; beyond it the recurrence loses nothing.
constexpr double series_spread = 8.0;

// exp[x0, ..., xn] = e^x0 sum_k h_k(x - x0) / (n + k)!, h_k the complete homogeneous symmetric polynomial. With x0 the
// smallest point every term is positive: nothing cancels. `points` ascend.
double series(std::span<const double> points) {
  const std::size_t n = points.size() - 1;
  std::vector<double> h(points.size(), 1.0);  // h_k of the points up to each one, over (n + k)!
  for (std::size_t i = 1; i <= n; ++i)
    for (double& value : h) value /= static_cast<double>(i);
  double sum = h[n];
  for (std::size_t k = 1; h[n] > 1e-18 * sum; ++k) {
    double before = 0.0;
    for (std::size_t m = 0; m <= n; ++m) {
      before += (points[m] - points[0]) * h[m] / static_cast<double>(n + k);
      h[m] = before;
    }
    sum += h[n];
  }
  return std::exp(points[0]) * sum;
}

// `points` ascend.
double sorted_divided_difference(std::span<const double> points) {
  if (points.size() == 1) return std::exp(points[0]);
  const double spread = points.back() - points.front();
  if (spread <= series_spread) return series(points);
  return (sorted_divided_difference(points.subspan(1)) - sorted_divided_difference(points.first(points.size() - 1))) /
         spread;
}

// t^(n-1) exp[a1 t, ..., an t].
double chain_value(std::span<const double> rates, double t) {
  std::vector<double> points(rates.begin(), rates.end());
  for (double& point : points) point *= t;
  double power = 1.0;
  for (std::size_t i = 1; i < rates.size(); ++i) power *= t;
  return power * exp_divided_difference(points);
}

// The chain as compartments in a row, the first filled at time 0: what compartment k holds at `start` reaches the end
// of the row within `duration` through the rates from k on. A sum of like signs, where a difference of integrals from
// zero would cancel.
double chain_integral(std::span<const double> rates, double start, double duration) {
  double sum = 0.0;
  for (std::size_t k = 0; k < rates.size(); ++k) {
    std::vector<double> onward(rates.begin() + static_cast<std::ptrdiff_t>(k), rates.end());
    onward.push_back(0.0);
    sum += chain_value(rates.first(k + 1), start) * chain_value(onward, duration);
  }
  return sum;
}

}  // namespace

double exp_divided_difference(std::span<const double> points) {
  assert(!points.empty());
  std::vector<double> sorted(points.begin(), points.end());
  std::sort(sorted.begin(), sorted.end());
  return sorted_divided_difference(sorted);
}

ConvolvedExponentials::ConvolvedExponentials(double onset_min, std::vector<ExponentialChain> chains)
    : onset_min_(onset_min), chains_(std::move(chains)) {}

double ConvolvedExponentials::value(double time_min) const {
  const double t = time_min - onset_min_;
  if (t < 0.0) return 0.0;
  double sum = 0.0;
  for (const ExponentialChain& chain : chains_) sum += chain.coefficient * chain_value(chain.rates_per_min, t);
  return sum;
}

double ConvolvedExponentials::integral(double start_min, double end_min) const {
  const double start = std::max(start_min - onset_min_, 0.0);
  const double duration = end_min - onset_min_ - start;
  if (duration <= 0.0) return 0.0;
  double sum = 0.0;
  for (const ExponentialChain& chain : chains_)
    sum += chain.coefficient * chain_integral(chain.rates_per_min, start, duration);
  return sum;
}

std::vector<double> ConvolvedExponentials::averages(const Frames& frames) const {
  std::vector<double> means;
  for (const Frame& frame : frames) means.push_back(integral(frame.start_min, frame.end_min) / frame.duration_min());
  return means;
}

ConvolvedExponentials ConvolvedExponentials::convolved(double rate_per_min) const {
  ConvolvedExponentials result = *this;
  for (ExponentialChain& chain : result.chains_) chain.rates_per_min.push_back(rate_per_min);
  return result;
}

ConvolvedExponentials ConvolvedExponentials::scaled(double factor) const {
  ConvolvedExponentials result = *this;
  for (ExponentialChain& chain : result.chains_) chain.coefficient *= factor;
  return result;
}

ConvolvedExponentials ConvolvedExponentials::plus(const ConvolvedExponentials& other) const {
  assert(onset_min_ == other.onset_min_);
  ConvolvedExponentials result = *this;
  result.chains_.insert(result.chains_.end(), other.chains_.begin(), other.chains_.end());
  return result;
}

}  // namespace pet
