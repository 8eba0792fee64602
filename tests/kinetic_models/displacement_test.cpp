// SPDX-License-Identifier: Apache-2.0
// Displacement within one scan, against differential equations that another solver integrates.
#include <algorithm>
#include <boost/numeric/odeint.hpp>
#include <catch2/catch.hpp>
#include <cmath>
#include <functional>

#include "kinetic_models/detail/response_regression.h"
#include "kinetic_models/displacement.h"
#include "kinetic_models/lp_ntpet.h"
#include "kinetic_models/noisy_reference.h"
#include "kinetic_models/reference_noise.h"
#include "kinetic_models/simulation/normal_noise.h"
#include "kinetic_models/srtm.h"
#include "tests/kinetic_models/simulated_scan.h"

using namespace pet;
using simulated::gamma_variate;
using simulated::rising;

namespace {

namespace odeint = boost::numeric::odeint;

constexpr double K1_reference = 0.33;
constexpr double k2_reference = 0.04125;
constexpr double R1 = 1.05;
constexpr double k2 = R1 * k2_reference;

// Frame averages of a curve driven by a plasma curve or a reference: `system` gives the derivatives of C and of the
// other states; the last state is the integral of what is measured. No step crosses one of `stops`.
template <typename System>
TimeActivityCurve integrated(const System& system, std::size_t integral, const Frames& frames, double stop) {
  using State = std::array<double, 4>;
  std::vector<double> stops = {0.5, stop};  // the arrival of the bolus, the onset
  for (const Frame& f : frames) {
    stops.push_back(f.start_min);
    stops.push_back(f.end_min);
  }
  std::sort(stops.begin(), stops.end());
  auto stepper = odeint::make_controlled(1e-12, 1e-12, odeint::runge_kutta_dopri5<State>());
  State state{};
  double time = 0.0;
  std::vector<std::pair<double, double>> integral_at;
  for (const double end : stops) {
    if (end > time) odeint::integrate_adaptive(stepper, system, state, time, end, 1e-3);
    time = std::max(time, end);
    integral_at.emplace_back(end, state[integral]);
  }
  const auto at = [&](double t) {
    return std::find_if(integral_at.begin(), integral_at.end(), [&](const auto& p) { return p.first >= t; })->second;
  };
  TimeActivityCurve curve{frames, {}};
  for (const Frame& f : frames) curve.activity.push_back((at(f.end_min) - at(f.start_min)) / f.duration_min());
  return curve;
}

struct DisplacedScan {
  TimeActivityCurve reference;
  TimeActivityCurve target;
};

// One tissue compartment in both regions; the efflux of the target changes with time.
DisplacedScan simulated_scan(const std::function<double(double)>& k2a, double onset, const Frames& frames) {
  const auto system = [&](const std::array<double, 4>& s, std::array<double, 4>& ds, double t) {
    const double C_p = simulated::plasma(t);
    ds[0] = K1_reference * C_p - k2_reference * s[0];
    ds[1] = R1 * K1_reference * C_p - k2a(t) * s[1];
    ds[2] = s[0];
    ds[3] = s[1];
  };
  return {integrated(system, 2, frames, onset), integrated(system, 3, frames, onset)};
}

DisplacedScan displaced(double BPND, double occupancy, double onset, double rise, const Frames& frames) {
  return simulated_scan([=](double t) { return k2 / (1.0 + BPND * (1.0 - occupancy * rising(t, onset, rise))); }, onset,
                        frames);
}

// An occupancy at the peak of the response of lp-ntPET.
DisplacedScan transient(double BPND, double occupancy, double onset, double peak, double alpha, const Frames& frames) {
  const double k2a = k2 / (1.0 + BPND);
  const double gamma = k2 / (1.0 + BPND * (1.0 - occupancy)) - k2a;
  return simulated_scan([=](double t) { return k2a + gamma * gamma_variate(t, onset, peak, alpha); }, onset, frames);
}

// Five minutes a frame from 21 min on: a drug at 61 min comes at the start of one, a task at 47 min within one.
const Frames frames = simulated::frames({{6, 10}, {6, 20}, {6, 60}, {6, 120}, {20, 300}});

}  // namespace

TEST_CASE("The displacement model's curve is the solution of its differential equation") {
  const Frames schedule = simulated::cimbi36_frames();
  const ReferenceRegion reference(simulated::srtm_scan({}, schedule).reference);
  const InputCurve C_R = integral_preserving_curve(reference.tac());
  for (const double rise : {0.02, 0.2, 1.5})
    for (const double onset : {33.3, 60.0}) {
      const double BPND = 1.3;
      const double occupancy = 0.7;
      // d = C_T - R1 C_R.
      const auto system = [&](const std::array<double, 4>& s, std::array<double, 4>& ds, double t) {
        const double k2a = k2 / (1.0 + BPND * (1.0 - occupancy * rising(t, onset, rise)));
        const double reference_value = C_R.value(t);
        ds[0] = k2 * reference_value - k2a * (R1 * reference_value + s[0]);
        ds[1] = R1 * reference_value + s[0];
        ds[2] = ds[3] = 0.0;
      };
      const TimeActivityCurve expected = integrated(system, 1, schedule, onset);
      std::vector<double> predicted(schedule.size());
      predict_displacement(std::vector<double>{R1, k2, BPND, occupancy, onset, rise}, reference, predicted, {});
      const double peak = *std::max_element(expected.activity.begin(), expected.activity.end());
      for (std::size_t i = 0; i < schedule.size(); ++i) {
        CAPTURE(rise, onset, i);
        CHECK(std::abs(predicted[i] - expected.activity[i]) <= 1e-9 * peak);
      }
    }
}

TEST_CASE("Without an occupancy the displacement model's curve is that of SRTM") {
  const Frames schedule = simulated::cimbi36_frames();
  for (const Sampling sampling : {Sampling::average, Sampling::midframe}) {
    const ReferenceRegion reference(simulated::srtm_scan({}, schedule).reference, sampling);
    std::vector<double> predicted(schedule.size());
    std::vector<double> simple(schedule.size());
    predict_displacement(std::vector<double>{0.9, 0.07, 1.7, 0.0, 41.0, 0.1}, reference, predicted, {});
    predict_srtm(std::vector<double>{0.9, 0.07, 1.7}, reference, simple, {});
    for (std::size_t i = 0; i < schedule.size(); ++i) CHECK(predicted[i] == Approx(simple[i]).epsilon(1e-9));
  }
}

TEST_CASE("The displacement model recovers occupancies of 0.3, 0.6 and 0.8 from noiseless scans within 0.02") {
  for (const double occupancy : {0.3, 0.6, 0.8})
    for (const double rise : {0.08, 0.4}) {
      const DisplacedScan scan = displaced(1.4, occupancy, 61.0, rise, frames);
      const Fit fit = pet::fit(displacement, scan.target, ReferenceRegion(scan.reference));
      CAPTURE(occupancy, rise, fit["occupancy"].value, fit["BPND"].value, fit["onset"].value, fit["rise"].value);
      CHECK(fit.status == FitStatus::ok);
      CHECK(fit["occupancy"].value == Approx(occupancy).margin(0.02));
      CHECK(fit["BPND"].value == Approx(1.4).margin(0.01));
      CHECK(fit["onset"].value == Approx(61.0).margin(0.5));
    }
}

TEST_CASE("lp-ntPET recovers occupancies of 0.3, 0.6 and 0.8 at the peak from noiseless scans within 0.02") {
  for (const double occupancy : {0.3, 0.6, 0.8})
    for (const double alpha : {0.25, 1.0, 4.0}) {
      const DisplacedScan scan = transient(1.4, occupancy, 47.0, 71.0, alpha, frames);
      const Fit fit = pet::fit(lp_ntpet, scan.target, ReferenceRegion(scan.reference));
      CAPTURE(occupancy, alpha, fit["occupancy"].value, fit["BPND"].value, fit["onset"].value, fit["peak"].value);
      CHECK(fit.status == FitStatus::ok);
      CHECK(fit["alpha"].value == alpha);
      CHECK(fit["occupancy"].value == Approx(occupancy).margin(0.02));
      CHECK(fit["BPND"].value == Approx(1.4).margin(0.02));
      CHECK(fit["peak"].value == Approx(71.0).margin(2.0));
    }
}

TEST_CASE("A noiseless scan without a drug has an occupancy of 0, by both models") {
  const simulated::SrtmTruth truth;
  const simulated::Scan scan = simulated::srtm_scan(truth, frames);
  for (const Model* model : {&displacement, &lp_ntpet}) {
    const Fit fit = pet::fit(*model, scan.target, ReferenceRegion(scan.reference));
    CAPTURE(model->name);
    CHECK(fit["BPND"].value == Approx(truth.BPND).margin(0.01));
    CHECK(std::abs(fit["occupancy"].value) < 0.01);
  }
}

TEST_CASE("The onset of a displacement stays within the bounds that the user gives") {
  const DisplacedScan scan = displaced(1.4, 0.6, 61.0, 0.2, frames);
  FitOptions options;
  options.bounds = {{"onset", 60.0, 60.5, 60.8}};
  const Fit fit = pet::fit(displacement, scan.target, ReferenceRegion(scan.reference), options);
  CHECK(fit["onset"].value == Approx(60.8));
  CHECK(fit.status == FitStatus::at_bound);
  CHECK(fit["occupancy"].value == Approx(0.6).margin(0.02));
}

TEST_CASE("The integral with a response that rises in 2 min within frames of 5 min is that of small steps") {
  const TimeActivityCurve target = transient(1.4, 0.6, 47.0, 49.0, 1.0, frames).target;
  const InputCurve C_T = integral_preserving_curve(target);
  for (const double alpha : {0.25, 1.0, 4.0}) {
    const auto response = [&](double after) { return gamma_variate(after, 0.0, 2.0, alpha); };
    const std::vector<double> found = detail::ResponseIntegral(target, Sampling::average)(47.0, response);
    double integral = 0.0;
    for (std::size_t i = 0; i < frames.size(); ++i) {
      constexpr int steps = 20000;
      const double h = frames[i].duration_min() / steps;
      double mean = 0.0;
      for (int k = 0; k < steps; ++k) {
        const double t = frames[i].start_min + (k + 0.5) * h;
        const double share = t > 47.0 ? h * C_T.value(t) * response(t - 47.0) : 0.0;
        mean += (integral + 0.5 * share) / steps;
        integral += share;
      }
      CAPTURE(alpha, i);
      CHECK(found[i] == Approx(mean).epsilon(1e-3).margin(1e-9));
    }
  }
}

TEST_CASE("A fit that is no better than one without a drug says so and gives the occupancy no error", "[lengthy]") {
  const simulated::Scan none = simulated::srtm_scan({}, frames);
  const DisplacedScan drug = displaced(1.4, 0.6, 61.0, 0.2, frames);
  const double peak = *std::max_element(none.target.activity.begin(), none.target.activity.end());
  constexpr int scans = 10;
  for (const Model* model : {&displacement, &lp_ntpet}) {
    int without = 0;
    int with = 0;
    for (int s = 0; s < scans; ++s) {
      NormalNoise noise(12, {static_cast<std::uint64_t>(s)});
      TimeActivityCurve target = none.target;
      TimeActivityCurve displaced_target = drug.target;
      FitOptions options;
      for (std::size_t i = 0; i < frames.size(); ++i) {
        const double error = 0.02 * peak * std::sqrt(5.0 / frames[i].duration_min()) * noise.next();
        target.activity[i] += error;
        displaced_target.activity[i] += error;
        options.weights.push_back(frames[i].duration_min());
      }
      const auto has_flag = [](const Fit& fit) {
        return std::ranges::find(fit.flags, "no_displacement") != fit.flags.end();
      };
      if (has_flag(pet::fit(*model, displaced_target, ReferenceRegion(drug.reference), options))) ++with;
      const Fit fit = pet::fit(*model, target, ReferenceRegion(none.reference), options);
      if (!has_flag(fit)) continue;
      ++without;
      CHECK(fit.status == FitStatus::unidentifiable);
      CHECK(std::isnan(fit["occupancy"].standard_error));
      CHECK(std::isnan(fit["onset"].standard_error));
    }
    CAPTURE(model->name);
    CHECK(without >= 7);
    CHECK(with == 0);
  }
}

TEST_CASE("A displacement that is none is none with the noise of the reference too") {
  const simulated::Scan none = simulated::srtm_scan({}, frames);
  TimeActivityCurve target = none.target;
  TimeActivityCurve noisy_reference = none.reference;
  NormalNoise noise(13, {});
  for (TimeActivityCurve* curve : {&target, &noisy_reference})
    for (double& v : curve->activity) v += 0.2 * noise.next();
  const std::vector<double> weights(frames.size(), 1.0);
  const ReferenceRegion reference(noisy_reference);
  REQUIRE(pet::fit(displacement, target, reference).status == FitStatus::unidentifiable);
  const Fit fit =
      fit_noisy_reference(displacement, target, reference, {}, estimate_reference_noise(noisy_reference, weights));
  CHECK(fit.status == FitStatus::unidentifiable);
  CHECK(std::ranges::find(fit.flags, "no_displacement") != fit.flags.end());
  CHECK(std::isnan(fit["occupancy"].standard_error));
  CHECK(fit["BPND"].standard_error > 0.0);
}
