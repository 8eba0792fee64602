// SPDX-License-Identifier: Apache-2.0
// Linear methods on noise-free two-tissue curves: their own asymptotic values, bias of t* included, from an independent
// computation. The differential equations are integrated with every running integral as a state of its own, and the
// regressions are normal equations solved by elimination.
#include <array>
#include <catch2/catch.hpp>
#include <cmath>
#include <functional>

#include "kinetic_models/registry.h"
#include "tests/kinetic_models/simulated_scan.h"

using namespace pet;

namespace {

const Frames frames = simulated::cimbi36_frames();
constexpr double K1 = 0.34, k2 = 0.0425, k3 = 0.0864, k4 = 0.06;
constexpr double K1_reference = 0.33, k2_reference = 0.04125;

// Frame averages of plasma, reference and target, of their running integrals and of these integrated again.
struct Exact {
  std::vector<double> plasma, plasma_1, plasma_2, reference, reference_1, target, target_1, target_2;
};

Exact integrate(double release) {
  // State: C_1, C_2, C_R; running integrals of plasma, C_R, C_T; then once and twice more, for the averages.
  using State = std::array<double, 11>;
  const auto derivative = [&](double t, const State& s) -> State {
    const double p = simulated::plasma(t);
    return {K1 * p - (k2 + k3) * s[0] + release * s[1],
            k3 * s[0] - release * s[1],
            K1_reference * p - k2_reference * s[2],
            p,
            s[2],
            s[0] + s[1],
            s[3],
            s[4],
            s[5],
            s[6],
            s[8]};
  };
  State state{};
  double time = 0.0;
  const auto advance_to = [&](double end) {
    if (!(end > time)) return;
    const int steps = static_cast<int>(std::ceil((end - time) * 1200.0));
    const double h = (end - time) / steps;
    for (int i = 0; i < steps; ++i) {
      const double t = time + i * h;
      const auto shifted = [&](const State& k, double f) {
        State s = state;
        for (std::size_t d = 0; d < s.size(); ++d) s[d] += f * k[d];
        return s;
      };
      const State a = derivative(t, state);
      const State b = derivative(t + h / 2, shifted(a, h / 2));
      const State c = derivative(t + h / 2, shifted(b, h / 2));
      const State e = derivative(t + h, shifted(c, h));
      for (std::size_t d = 0; d < state.size(); ++d) state[d] += h / 6 * (a[d] + 2 * b[d] + 2 * c[d] + e[d]);
    }
    time = end;
  };
  Exact exact;
  for (const Frame& frame : frames) {
    if (frame.start_min >= 0.5) advance_to(0.5);  // the jump of the plasma's slope
    advance_to(frame.start_min);
    const State a = state;
    advance_to(frame.end_min);
    const auto mean = [&](std::size_t d) { return (state[d] - a[d]) / frame.duration_min(); };
    exact.plasma.push_back(mean(3));
    exact.reference.push_back(mean(4));
    exact.target.push_back(mean(5));
    exact.plasma_1.push_back(mean(6));
    exact.reference_1.push_back(mean(7));
    exact.target_1.push_back(mean(8));
    exact.plasma_2.push_back(mean(9));
    exact.target_2.push_back(mean(10));
  }
  return exact;
}

// Coefficients of y on the columns over the frames from t* on, unweighted, by elimination of the normal equations in
// long double with scaled columns.
std::vector<double> regress(const std::vector<std::vector<double>>& columns,
                            const std::vector<double>& y,
                            double t_star) {
  const std::size_t p = columns.size();
  std::vector<std::vector<long double>> m(p, std::vector<long double>(p + 1, 0.0L));
  std::vector<long double> scale(p, 0.0L);
  for (std::size_t i = 0; i < y.size(); ++i)
    for (std::size_t a = 0; a < p; ++a)
      scale[a] = std::max(scale[a], std::abs(static_cast<long double>(columns[a][i])));
  for (std::size_t i = 0; i < y.size(); ++i) {
    if (frames[i].mid_min() < t_star) continue;
    for (std::size_t a = 0; a < p; ++a) {
      for (std::size_t b = 0; b < p; ++b) m[a][b] += columns[a][i] / scale[a] * columns[b][i] / scale[b];
      m[a][p] += columns[a][i] / scale[a] * y[i];
    }
  }
  for (std::size_t a = 0; a < p; ++a)
    for (std::size_t b = 0; b < p; ++b) {
      if (b == a) continue;
      const long double factor = m[b][a] / m[a][a];
      for (std::size_t c = 0; c <= p; ++c) m[b][c] -= factor * m[a][c];
    }
  std::vector<double> x;
  for (std::size_t a = 0; a < p; ++a) x.push_back(static_cast<double>(m[a][p] / m[a][a] / scale[a]));
  return x;
}

std::vector<double> over(std::vector<double> a, const std::vector<double>& b) {
  for (std::size_t i = 0; i < a.size(); ++i) a[i] /= b[i];
  return a;
}

std::vector<double> plus(std::vector<double> a, const std::vector<double>& b, double factor) {
  for (std::size_t i = 0; i < a.size(); ++i) a[i] += factor * b[i];
  return a;
}

InputFunction samples() {
  InputFunction input;
  for (int i = 0; i <= 9000; ++i) {
    const double t = i <= 6000 ? 0.001 * i : 6.0 + 0.038 * (i - 6000);
    input.time_min.push_back(t);
    input.parent_plasma.push_back(simulated::plasma(t));
  }
  return input;
}

Fit fitted(const char* name, const Exact& exact, std::optional<double> t_star, std::optional<double> k2prime = {}) {
  static const Plasma plasma(samples(), frames);
  const ReferenceRegion reference({frames, exact.reference});
  FitOptions options;
  options.t_star_min = t_star;
  options.k2prime = k2prime;
  const Model& model = find_model(name);
  return fit(model, {frames, exact.target}, model.needs_plasma() ? ScanInput(plasma) : ScanInput(reference), options);
}

}  // namespace

TEST_CASE("Linear plasma methods give their own asymptotic values within 0.01 %", "[models]") {
  const Exact exact = integrate(k4);
  const std::vector<double> ones(frames.size(), 1.0);
  for (const double t_star : {20.0, 30.0, 60.0}) {
    CAPTURE(t_star);
    const auto logan = regress({over(exact.plasma_1, exact.target), ones}, over(exact.target_1, exact.target), t_star);
    CHECK(fitted("logan", exact, t_star)["VT"].value == Approx(logan[0]).epsilon(1e-4));
    const auto ma1 = regress({exact.plasma_1, exact.target_1}, exact.target, t_star);
    CHECK(fitted("ma1", exact, t_star)["VT"].value == Approx(-ma1[0] / ma1[1]).epsilon(1e-4));
  }
  const Fit ma2 = fitted("ma2", exact, {});
  CHECK(ma2["VT"].value == Approx(K1 / k2 * (1.0 + k3 / k4)).epsilon(1e-4));
  CHECK(ma2["VND"].value == Approx(K1 / k2).epsilon(1e-3));
  CHECK(ma2["K1"].value == Approx(K1).epsilon(1e-3));
  const Exact trapped = integrate(0.0);
  const auto patlak = regress({trapped.plasma_1, trapped.plasma}, trapped.target, 30.0);
  CHECK(fitted("patlak", trapped, 30.0)["Ki"].value == Approx(patlak[0]).epsilon(1e-4));
  CHECK(fitted("patlak", trapped, 30.0)["V0"].value == Approx(patlak[1]).epsilon(1e-4));
}

TEST_CASE("Linear reference methods give their own asymptotic values within 0.01 %", "[models]") {
  const Exact exact = integrate(k4);
  const std::vector<double> ones(frames.size(), 1.0);
  const double k2prime = k2_reference;
  for (const double t_star : {20.0, 30.0, 60.0}) {
    CAPTURE(t_star);
    const auto corrected = plus(exact.reference_1, exact.reference, 1.0 / k2prime);
    const auto logan = regress({over(corrected, exact.target), ones}, over(exact.target_1, exact.target), t_star);
    CHECK(fitted("logan-ref", exact, t_star, k2prime)["DVR"].value == Approx(logan[0]).epsilon(1e-4));
    const auto mrtm = regress({exact.reference_1, exact.target_1, exact.reference}, exact.target, t_star);
    CHECK(fitted("mrtm", exact, t_star)["BPND"].value + 1.0 == Approx(-mrtm[0] / mrtm[1]).epsilon(1e-4));
    const auto mrtm2 = regress({corrected, exact.target_1}, exact.target, t_star);
    CHECK(fitted("mrtm2", exact, t_star, k2prime)["BPND"].value + 1.0 == Approx(-mrtm2[0] / mrtm2[1]).epsilon(1e-4));
    const auto mrtm0 = regress({over(exact.reference_1, exact.target), over(exact.reference, exact.target), ones},
                               over(exact.target_1, exact.target), t_star);
    CHECK(fitted("mrtm0", exact, t_star)["DVR"].value == Approx(mrtm0[0]).epsilon(1e-4));
    const auto patlak = regress({exact.reference_1, exact.reference}, exact.target, t_star);
    CHECK(fitted("patlak-ref", exact, t_star)["Ki"].value == Approx(patlak[0]).epsilon(1e-4));
  }
}

TEST_CASE("Spectral analysis finds one line for one tissue compartment, and says where the scan is too short",
          "[models]") {
  const Exact exact = integrate(k4);
  const Fit reversible = fitted("spectral", exact, {});
  CHECK(reversible["VT"].value == Approx(K1 / k2 * (1.0 + k3 / k4)).epsilon(5e-3));
  CHECK(reversible["K1"].value == Approx(K1).epsilon(5e-3));
  CHECK(std::isnan(reversible["VT"].standard_error));
  const Exact trapped = integrate(0.0);
  const Fit short_scan = fitted("spectral", trapped, {});
  CHECK(std::find(short_scan.flags.begin(), short_scan.flags.end(), "slowest_component") != short_scan.flags.end());
}
