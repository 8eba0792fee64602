// SPDX-License-Identifier: Apache-2.0
// Forward curves of the reference tissue models against the differential equations, integrated by an independent
// solver.
#include <boost/numeric/odeint.hpp>
#include <catch2/catch.hpp>
#include <cmath>
#include <map>

#include "kinetic_models/frtm.h"
#include "kinetic_models/srtm.h"
#include "kinetic_models/srtm2.h"
#include "kinetic_models/srtm_v.h"
#include "tests/kinetic_models/simulated_scan.h"

using namespace pet;

namespace {

namespace odeint = boost::numeric::odeint;

const Frames frames = simulated::cimbi36_frames();

const simulated::Scan& scan() {
  static const simulated::Scan scan = simulated::srtm_scan({}, frames);
  return scan;
}

InputFunction blood() {
  InputFunction input;
  input.time_min = {0.0, 0.4, 0.6, 0.9, 1.3, 2.0, 3.5, 6.0, 11.0, 20.0, 41.0, 63.0, 90.0, 120.0};
  input.parent_plasma = {0.0, 0.0, 18.0, 61.0, 40.0, 21.0, 12.0, 8.1, 5.2, 3.3, 1.7, 1.2, 0.8, 0.6};
  input.whole_blood = {0.0, 0.0, 14.0, 52.0, 39.0, 24.0, 15.0, 11.0, 8.0, 6.0, 4.0, 3.1, 2.6, 2.1};
  return input;
}

struct Rates {
  double R1, k2, k3, k4, vB, vBref;
};

// Frame averages of the target, from the reference's continuous curve. With one compartment in the reference,
// K1' C_p = C_r' + k2' C_r; the free compartment is written as R1 C_r + d, so that C_r' is not needed:
//   d' = R1 k2' C_r - (k2 + k3) (R1 C_r + d) + k4 C_2,   C_2' = k3 (R1 C_r + d) - k4 C_2
std::vector<double> integrated(const Rates& p, const InputCurve& reference) {
  const InputFunction samples = blood();
  const InputCurve C_b = sampled_curve(samples.time_min, samples.whole_blood);
  const double k2prime = p.k2 / p.R1;
  using State = std::array<double, 4>;  // d, C_2, integral of the tissue, integral of the blood
  const auto system = [&](const State& s, State& ds, double t) {
    const double C_r = (reference.value(t) - p.vBref * C_b.value(t)) / (1.0 - p.vBref);
    const double free = p.R1 * C_r + s[0];
    ds[0] = p.R1 * k2prime * C_r - (p.k2 + p.k3) * free + p.k4 * s[1];
    ds[1] = p.k3 * free - p.k4 * s[1];
    ds[2] = free + s[1];
    ds[3] = C_b.value(t);
  };
  std::vector<double> stops = samples.time_min;
  for (const double knot : reference.knots()) stops.push_back(knot);
  std::sort(stops.begin(), stops.end());
  auto stepper = odeint::make_controlled(1e-13, 1e-13, odeint::runge_kutta_dopri5<State>());
  std::map<double, State> at;
  State state{};
  double time = 0.0;
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
    result.push_back(((1.0 - p.vB) * (b[2] - a[2]) + p.vB * (b[3] - a[3])) / frame.duration_min());
  }
  return result;
}

void check_against_solver(const Model& model, const std::vector<double>& parameters, const Rates& rates) {
  const ReferenceRegion reference(scan().reference, Sampling::average, blood());
  std::vector<double> predicted(frames.size());
  model.predict(parameters, reference, predicted, {});
  const std::vector<double> expected = integrated(rates, integral_preserving_curve(scan().reference));
  const double peak = *std::max_element(expected.begin(), expected.end());
  for (std::size_t i = 0; i < frames.size(); ++i) {
    INFO(model.name << " frame " << i + 1);
    CHECK(std::abs(predicted[i] - expected[i]) <= 1e-9 * peak);
  }
}

}  // namespace

TEST_CASE("Every reference model's curve is the solution of its differential equations", "[models]") {
  // One tissue compartment: C_T' = R1 C_r' + k2 C_r - k2a C_T, again with C_T = R1 C_r + d.
  const auto one_tissue = [](double R1, double k2, double BPND, double vB, double vBref) {
    const double k2a = k2 / (1.0 + BPND);
    const InputCurve curve = integral_preserving_curve(scan().reference);
    const InputFunction samples = blood();
    const InputCurve C_b = sampled_curve(samples.time_min, samples.whole_blood);
    using State = std::array<double, 3>;
    const auto system = [&](const State& s, State& ds, double t) {
      const double C_r = (curve.value(t) - vBref * C_b.value(t)) / (1.0 - vBref);
      ds[0] = k2 * C_r - k2a * (R1 * C_r + s[0]);
      ds[1] = R1 * C_r + s[0];
      ds[2] = C_b.value(t);
    };
    std::vector<double> stops = samples.time_min;
    for (const double knot : curve.knots()) stops.push_back(knot);
    std::sort(stops.begin(), stops.end());
    auto stepper = odeint::make_controlled(1e-13, 1e-13, odeint::runge_kutta_dopri5<State>());
    std::map<double, State> at;
    State state{};
    double time = 0.0;
    for (const double stop : stops) {
      if (stop > time) odeint::integrate_adaptive(stepper, system, state, time, stop, 1e-3);
      time = std::max(time, stop);
      at[stop] = state;
    }
    std::vector<double> result;
    for (const Frame& f : frames)
      result.push_back(((1.0 - vB) * (at.at(f.end_min)[1] - at.at(f.start_min)[1]) +
                        vB * (at.at(f.end_min)[2] - at.at(f.start_min)[2])) /
                       f.duration_min());
    return result;
  };
  const ReferenceRegion reference(scan().reference, Sampling::average, blood());
  const auto check = [&](const Model& model, const std::vector<double>& p, const std::vector<double>& expected) {
    std::vector<double> predicted(frames.size());
    model.predict(p, reference, predicted, {});
    const double peak = *std::max_element(expected.begin(), expected.end());
    for (std::size_t i = 0; i < frames.size(); ++i) {
      INFO(model.name << " frame " << i + 1);
      CHECK(std::abs(predicted[i] - expected[i]) <= 1e-9 * peak);
    }
  };
  for (const double BPND : {-0.5, 0.0, 1.7, 1e3, 1e6, 1e12}) {  // k2a -> 0
    CAPTURE(BPND);
    check(srtm, {1.1, 0.08, BPND}, one_tissue(1.1, 0.08, BPND, 0.0, 0.0));
    check(srtm2, {1.1, BPND, 0.08}, one_tissue(1.1, 1.1 * 0.08, BPND, 0.0, 0.0));
    check(srtm_v, {1.1, 0.08, BPND, 0.06, 0.03}, one_tissue(1.1, 0.08, BPND, 0.06, 0.03));
  }
  check_against_solver(frtm, {1.1, 0.08, 0.07, 0.04}, {1.1, 0.08, 0.07, 0.04, 0.0, 0.0});
}

TEST_CASE("The full model's curve is right where its roots coincide, and as binding or release go to 0", "[models]") {
  for (const double k3 : {0.0, 1e-12, 1e-10, 1e-8, 1e-6, 1e-3})
    for (const double difference : {0.0, 1e-6, -1e-6, 1e-4, -1e-4}) {
      CAPTURE(k3, difference);
      check_against_solver(frtm, {0.9, 0.06 + difference, k3, 0.06}, {0.9, 0.06 + difference, k3, 0.06, 0.0, 0.0});
    }
  for (const double k4 : {0.0, 1e-12, 1e-8, 1e-4}) {
    CAPTURE(k4);
    check_against_solver(frtm, {0.9, 0.06, 0.05, k4}, {0.9, 0.06, 0.05, k4, 0.0, 0.0});
  }
}

TEST_CASE("SRTM with blood volumes takes the reference's blood off", "[models]") {
  // The reference is 4 % blood, the target 7 %: vB and BPND are found with vBref held at the truth, and BPND is wrong
  // without it.
  const TimeActivityCurve pure = simulated::two_tissue_target({.K1 = 0.0, .vB = 1.0}, frames);
  InputFunction input;
  for (int i = 0; i <= 9000; ++i) {
    const double t = i <= 6000 ? 0.001 * i : 6.0 + 0.038 * (i - 6000);
    input.time_min.push_back(t);
    input.parent_plasma.push_back(simulated::plasma(t));
    input.whole_blood.push_back(simulated::plasma(t));
  }
  simulated::Scan mixed = scan();
  for (std::size_t i = 0; i < frames.size(); ++i) {
    mixed.reference.activity[i] = 0.96 * mixed.reference.activity[i] + 0.04 * pure.activity[i];
    mixed.target.activity[i] = 0.93 * mixed.target.activity[i] + 0.07 * pure.activity[i];
  }
  const ReferenceRegion reference(mixed.reference, Sampling::average, input);
  FitOptions options;
  options.vB.is_fitted = true;
  options.vB_reference.value = 0.04;
  const Fit found = fit(srtm_v, mixed.target, reference, options);
  CHECK(1.0 + found["BPND"].value == Approx(2.2).epsilon(2e-3));
  CHECK(found["vB"].value == Approx(0.07).epsilon(0.02));
  CHECK(std::abs(fit(srtm, mixed.target, reference, {})["BPND"].value - 1.2) > 0.02);
}
