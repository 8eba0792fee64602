// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/blood/parent_fraction_models.h"

#include <algorithm>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>

#include "kinetic_models/detail/formula.h"
#include "libpet/error.h"

namespace pet {
namespace {

// Every model is f0 at injection; a time this small stands for 0, where t^b has no derivative.
constexpr double earliest_min = 1e-6;

// P(shape, x) with the derivative after x in closed form; that after the shape by central differences, which is good to
// some 1e-10: enough to find a minimum, and values do not depend on it.
double gamma_p(double shape, double x) {
  return boost::math::gamma_p(shape, x);
}
template <int N>
ceres::Jet<double, N> gamma_p(const ceres::Jet<double, N>& shape, const ceres::Jet<double, N>& x) {
  const double step = 1e-5 * shape.a;
  const double by_shape = (gamma_p(shape.a + step, x.a) - gamma_p(shape.a - step, x.a)) / (2.0 * step);
  return {gamma_p(shape.a, x.a), by_shape * shape.v + boost::math::gamma_p_derivative(shape.a, x.a) * x.v};
}

// The formulas are limits at injection: times before the earliest count as that.
template <std::size_t P, typename Formula>
void evaluate(const Formula& formula,
              std::span<const double> parameters,
              std::span<const double> time_min,
              std::span<double> values,
              std::span<double> jacobian) {
  const auto from_earliest = [&](const auto* p, double time) { return formula(p, std::max(time, earliest_min)); };
  detail::evaluate<P>(from_earliest, parameters, time_min, values, jacobian);
}

void hill(std::span<const double> p, std::span<const double> t, std::span<double> y, std::span<double> jacobian) {
  const auto formula = [](const auto* q, double time) {
    using std::pow;
    return q[3] - (q[3] - q[0]) / (1.0 + pow(q[2] / time, q[1]));
  };
  evaluate<4>(formula, p, t, y, jacobian);
}

void power(std::span<const double> p, std::span<const double> t, std::span<double> y, std::span<double> jacobian) {
  const auto formula = [](const auto* q, double time) {
    using std::pow;
    return q[2] * pow(1.0 + q[0] * q[0] * (time * time), -q[1]);
  };
  evaluate<3>(formula, p, t, y, jacobian);
}

void exponential(std::span<const double> p,
                 std::span<const double> t,
                 std::span<double> y,
                 std::span<double> jacobian) {
  const auto formula = [](const auto* q, double time) {
    using std::exp;
    return q[3] * (q[0] * exp(-q[1] * time) + (1.0 - q[0]) * exp(-q[2] * time));
  };
  evaluate<4>(formula, p, t, y, jacobian);
}

void sigmoid(std::span<const double> p, std::span<const double> t, std::span<double> y, std::span<double> jacobian) {
  const auto formula = [](const auto* q, double time) {
    using std::pow;
    const auto ratio = time / q[0];
    return q[3] * (pow(1.0 + ratio * ratio * ratio, -q[1]) + q[2]) / (1.0 + q[2]);
  };
  evaluate<4>(formula, p, t, y, jacobian);
}

void gamma(std::span<const double> p, std::span<const double> t, std::span<double> y, std::span<double> jacobian) {
  const auto formula = [](const auto* q, double time) { return q[3] * (1.0 - q[0] * gamma_p(q[1], time / q[2])); };
  evaluate<4>(formula, p, t, y, jacobian);
}

void inverse_gamma(std::span<const double> p,
                   std::span<const double> t,
                   std::span<double> y,
                   std::span<double> jacobian) {
  const auto formula = [](const auto* q, double time) {
    return q[3] * (1.0 - q[0] * (1.0 - gamma_p(q[1], q[2] / time)));
  };
  evaluate<4>(formula, p, t, y, jacobian);
}

constexpr std::string_view comparison = "Tonietto et al. 2016, doi:10.1177/0271678X15610585";

constexpr std::array models = {
    BloodModel{"hill", "Hill function", "f0 - (f0 - a) t^b / (c^b + t^b)", comparison, hill_parameters, hill},
    BloodModel{"power", "power function", "f0 (1 + (a t)^2)^-b", comparison, power_parameters, power},
    BloodModel{"exponential", "two exponentials", "f0 (a exp(-b t) + (1 - a) exp(-c t))", comparison,
               exponential_parameters, exponential},
    BloodModel{"sigmoid", "sigmoid", "f0 ((1 - t^3 / (t^3 + a^3))^b + c) / (1 + c)",
               "Guo et al. J Nucl Med 2013;54:1915-1923", sigmoid_parameters, sigmoid},
    BloodModel{"gamma", "integrated gamma function", "f0 (1 - a P(b, t / c))", comparison, gamma_parameters, gamma},
    BloodModel{"inverse-gamma", "integrated inverse gamma function", "f0 (1 - a Q(b, c / t))", comparison,
               inverse_gamma_parameters, inverse_gamma},
};

}  // namespace

std::span<const BloodModel> parent_fraction_models() {
  return models;
}

const BloodModel& find_parent_fraction_model(std::string_view name) {
  const auto found = std::find_if(models.begin(), models.end(), [&](const BloodModel& m) { return m.name == name; });
  if (found != models.end()) return *found;
  std::vector<std::string> names;
  for (const BloodModel& model : models) names.emplace_back(model.name);
  throw UsageError("no model of the parent fraction '" + std::string(name) + "'" + suggestion(name, names));
}

}  // namespace pet
