// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/occupancy/time_course.h"

#include <algorithm>
#include <array>
#include <boost/numeric/odeint.hpp>
#include <cmath>
#include <string>

#include "libpet/error.h"
#include "libpet/io/tsv.h"

namespace pet {
namespace {

namespace odeint = boost::numeric::odeint;
using State = std::array<double, 1>;

void require_positive(double value, const char* name) {
  if (!(value > 0.0)) throw UsageError(std::string(name) + " " + format_number(value) + ": expected a positive rate");
}

// One state from time zero on, to 1e-11 (Dormand-Prince with steps of its own).
template <typename Derivative>
std::vector<double> integrated(const Derivative& derivative, double initial, std::span<const double> times) {
  constexpr double tolerance = 1e-11;
  auto stepper = odeint::make_controlled(tolerance, tolerance, odeint::runge_kutta_dopri5<State>());
  const auto system = [&](const State& x, State& dxdt, double t) { dxdt[0] = derivative(x[0], t); };
  State state = {initial};
  double now = 0.0;
  std::vector<double> result;
  for (const double time : times) {
    if (!(time >= now))
      throw UsageError("time " + format_number(time) + " h: expected times that increase from zero on");
    // Steps of at most a tenth of an hour: a longer one could pass over a whole dose.
    while (now < time) {
      const double next = std::min(time, now + 0.1);
      odeint::integrate_adaptive(stepper, system, state, now, next, 0.1 * (next - now));
      now = next;
    }
    result.push_back(state[0]);
  }
  return result;
}

}  // namespace

Concentration sampled_concentration(std::vector<double> time_h, std::vector<double> concentration) {
  if (time_h.size() < 2 || time_h.size() != concentration.size())
    throw bad_input("plasma", std::to_string(time_h.size()) + " samples", "at least 2, each with a concentration");
  for (std::size_t i = 0; i < time_h.size(); ++i) {
    if (!(concentration[i] >= 0.0))
      throw bad_input("plasma", "the concentration " + format_number(concentration[i]), "none below zero");
    if (i > 0 && !(time_h[i] > time_h[i - 1]))
      throw bad_input("plasma", "time " + format_number(time_h[i]) + " after " + format_number(time_h[i - 1]),
                      "times that increase");
  }
  const std::size_t last = time_h.size() - 1;
  const bool falls = concentration[last] > 0.0 && concentration[last] < concentration[last - 1];
  const double rate =
      falls ? std::log(concentration[last - 1] / concentration[last]) / (time_h[last] - time_h[last - 1]) : 0.0;
  return [t = std::move(time_h), c = std::move(concentration), rate](double time) {
    if (time < t.front()) return 0.0;
    if (time >= t.back()) return c.back() * std::exp(-rate * (time - t.back()));
    const auto next = static_cast<std::size_t>(std::upper_bound(t.begin(), t.end(), time) - t.begin());
    const double part = (time - t[next - 1]) / (t[next] - t[next - 1]);
    return c[next - 1] + part * (c[next] - c[next - 1]);
  };
}

Concentration oral_concentration(double dose_over_volume, double ka_per_h, double ke_per_h, double lag_h) {
  require_positive(ka_per_h, "ka");
  require_positive(ke_per_h, "ke");
  return [=](double time) {
    const double t = time - lag_h;
    if (!(t > 0.0)) return 0.0;
    // The two rates change places without changing (exp(-ke t) - exp(-ka t)) / (ka - ke): with the slower one in front
    // no exponential grows.
    const double slow = std::min(ka_per_h, ke_per_h);
    const double difference = std::abs(ka_per_h - ke_per_h);
    const double x = difference * t;
    const double quotient = x < 1e-8 ? t * (1.0 - 0.5 * x) : -std::expm1(-x) / difference;
    return dose_over_volume * ka_per_h * std::exp(-slow * t) * quotient;
  };
}

std::vector<double> effect_concentration(const Concentration& plasma,
                                         double ke0_per_h,
                                         std::span<const double> time_h) {
  require_positive(ke0_per_h, "ke0");
  return integrated([&](double Ce, double t) { return ke0_per_h * (plasma(t) - Ce); }, 0.0, time_h);
}

std::vector<double> binding_occupancy(
    const Concentration& plasma, double kon, double koff_per_h, std::span<const double> time_h, double initial) {
  require_positive(kon, "kon");
  require_positive(koff_per_h, "koff");
  return integrated([&](double O, double t) { return kon * plasma(t) * (1.0 - O) - koff_per_h * O; }, initial, time_h);
}

}  // namespace pet
