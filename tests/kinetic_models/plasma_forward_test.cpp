// SPDX-License-Identifier: Apache-2.0
// Forward curves of the plasma models against the differential equations, integrated by an independent solver.
#include <boost/numeric/odeint.hpp>
#include <catch2/catch.hpp>
#include <cmath>
#include <map>

#include "kinetic_models/one_tissue.h"
#include "kinetic_models/two_tissue.h"
#include "kinetic_models/two_tissue_irreversible.h"
#include "kinetic_models/two_tissue_vnd.h"
#include "tests/kinetic_models/simulated_scan.h"

using namespace pet;

namespace {

namespace odeint = boost::numeric::odeint;

// A piecewise linear bolus with few samples, another curve of whole blood, and a last sample before the end.
InputFunction samples() {
  InputFunction input;
  input.time_min = {0.0, 0.4, 0.6, 0.9, 1.3, 2.0, 3.5, 6.0, 11.0, 20.0, 41.0, 63.0, 90.0, 118.0};
  input.parent_plasma = {0.0, 0.0, 18.0, 61.0, 40.0, 21.0, 12.0, 8.1, 5.2, 3.3, 1.7, 1.2, 0.8, 0.6};
  input.whole_blood = {0.0, 0.0, 14.0, 52.0, 39.0, 24.0, 15.0, 11.0, 8.0, 6.0, 4.0, 3.1, 2.6, 2.1};
  return input;
}

double linear(const std::vector<double>& times, const std::vector<double>& values, double t) {
  if (t <= times.front()) return 0.0;
  if (t >= times.back()) return values.back();
  std::size_t i = 0;
  while (times[i + 1] < t) ++i;
  return values[i] + (values[i + 1] - values[i]) * (t - times[i]) / (times[i + 1] - times[i]);
}

struct Rates {
  double K1, k2, k3, k4, vB, delay;
};

// Frame averages by a Dormand-Prince solver that stops at every sample and frame edge.
std::vector<double> integrated(const Rates& rates, const Frames& frames) {
  const InputFunction input = samples();
  using State = std::array<double, 4>;  // C_1, C_2, integral of both, integral of blood
  const auto system = [&](const State& s, State& ds, double t) {
    const double plasma = linear(input.time_min, input.parent_plasma, t - rates.delay);
    ds[0] = rates.K1 * plasma - (rates.k2 + rates.k3) * s[0] + rates.k4 * s[1];
    ds[1] = rates.k3 * s[0] - rates.k4 * s[1];
    ds[2] = s[0] + s[1];
    ds[3] = linear(input.time_min, input.whole_blood, t - rates.delay);
  };
  std::vector<double> stops;
  for (const double t : input.time_min)
    if (t + rates.delay > 0.0) stops.push_back(t + rates.delay);
  for (const Frame& frame : frames) {
    stops.push_back(frame.start_min);
    stops.push_back(frame.end_min);
  }
  std::sort(stops.begin(), stops.end());
  auto stepper = odeint::make_controlled(1e-13, 1e-13, odeint::runge_kutta_dopri5<State>());
  std::map<double, State> at;
  State state{};
  double time = 0.0;
  at[0.0] = state;
  for (const double stop : stops) {
    if (stop > time) {
      odeint::integrate_adaptive(stepper, system, state, time, stop, 1e-3);
      time = stop;
    }
    at[stop] = state;
  }
  std::vector<double> result;
  for (const Frame& frame : frames) {
    const State& a = at.at(frame.start_min);
    const State& b = at.at(frame.end_min);
    result.push_back(((1.0 - rates.vB) * (b[2] - a[2]) + rates.vB * (b[3] - a[3])) / frame.duration_min());
  }
  return result;
}

double largest(const std::vector<double>& values) {
  return *std::max_element(values.begin(), values.end());
}

void check_against_solver(const Model& model, const std::vector<double>& parameters, const Rates& rates) {
  const Frames frames = simulated::cimbi36_frames();
  const Plasma plasma(samples(), frames);
  std::vector<double> predicted(frames.size());
  model.predict(parameters, plasma, predicted, {});
  const std::vector<double> expected = integrated(rates, frames);
  for (std::size_t i = 0; i < frames.size(); ++i) {
    INFO(model.name << " frame " << i + 1);
    CHECK(std::abs(predicted[i] - expected[i]) <= 1e-9 * largest(expected));
  }
}

}  // namespace

TEST_CASE("Every plasma model's curve is the solution of its differential equations", "[models]") {
  for (const double vB : {0.0, 0.05})
    for (const double delay : {0.0, 0.17, -0.23}) {
      CAPTURE(vB, delay);
      check_against_solver(one_tissue, {0.3, 0.08, vB, delay}, {0.3, 0.08, 0.0, 0.0, vB, delay});
      check_against_solver(two_tissue, {0.1, 0.1, 0.05, 0.03, vB, delay}, {0.1, 0.1, 0.05, 0.03, vB, delay});
      check_against_solver(two_tissue_irreversible, {0.1, 0.2, 0.06, vB, delay}, {0.1, 0.2, 0.06, 0.0, vB, delay});
      check_against_solver(two_tissue_vnd, {0.2, 2.5, 0.04, 4.0, vB, delay}, {0.2, 0.05, 0.1, 0.04, vB, delay});
    }
}

TEST_CASE("The two-tissue curve is right where its roots coincide, and from both sides of that", "[models]") {
  // Roots coincide at k3 = 0, k2 = k4 only. (k2 + k3 - k4)^2 / 4 + k3 k4 runs through the switch to the series.
  for (const double k3 : {0.0, 1e-14, 1e-12, 1e-11, 1e-10, 1e-9, 1e-8, 1e-6, 1e-4, 1e-2})
    for (const double difference : {0.0, 1e-7, -1e-7, 1e-5, -1e-5, 1e-4, -1e-4, 1e-3}) {
      CAPTURE(k3, difference);
      check_against_solver(two_tissue, {0.2, 0.06 + difference, k3, 0.06, 0.03, 0.1},
                           {0.2, 0.06 + difference, k3, 0.06, 0.03, 0.1});
    }
}

TEST_CASE("The two-tissue curve meets the irreversible one as k4 goes to 0, and the one-tissue one as k3 does",
          "[models]") {
  for (const double k4 : {0.0, 1e-15, 1e-12, 1e-9, 1e-6, 1e-4}) {
    CAPTURE(k4);
    check_against_solver(two_tissue, {0.2, 0.06, 0.03, k4, 0.03, 0.0}, {0.2, 0.06, 0.03, k4, 0.03, 0.0});
  }
  for (const double k2 : {0.0, 1e-12, 1e-8, 1e-5, 1e-3}) {
    CAPTURE(k2);
    check_against_solver(one_tissue, {0.2, k2, 0.03, 0.0}, {0.2, k2, 0.0, 0.0, 0.03, 0.0});
    check_against_solver(two_tissue_irreversible, {0.2, k2, 0.0, 0.03, 0.0}, {0.2, k2, 0.0, 0.0, 0.03, 0.0});
  }
}

TEST_CASE("The derivatives of the two-tissue curve are finite differences also where its roots coincide", "[models]") {
  const Frames frames = simulated::cimbi36_frames();
  const Plasma plasma(samples(), frames);
  for (const double k3 : {0.0, 1e-10, 1e-7, 1e-3})
    for (const double k4 : {0.06, 0.0600001, 0.0601}) {
      CAPTURE(k3, k4);
      const std::vector<double> p = {0.2, 0.06, k3, k4, 0.05, 0.1};
      std::vector<double> predicted(frames.size()), jacobian(frames.size() * 6), above(frames.size()),
          below(frames.size());
      two_tissue.predict(p, plasma, predicted, jacobian);
      const double size = largest(predicted);
      for (std::size_t j = 0; j < 6; ++j) {
        const double h = 1e-4 * std::max(p[j], 0.01);
        std::vector<double> q = p;
        q[j] = p[j] + h;
        two_tissue.predict(q, plasma, above, {});
        q[j] = p[j] - h;
        two_tissue.predict(q, plasma, below, {});
        for (std::size_t i = 0; i < frames.size(); ++i) {
          INFO("parameter " << j << " frame " << i + 1);
          CHECK(jacobian[i * 6 + j] == Approx((above[i] - below[i]) / (2.0 * h)).epsilon(1e-4).margin(1e-4 * size));
        }
      }
    }
}
