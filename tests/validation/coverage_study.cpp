// SPDX-License-Identifier: Apache-2.0
#include "tests/validation/coverage_study.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "kinetic_models/registry.h"
#include "kinetic_models/simulation/normal_noise.h"
#include "libpet/parallel.h"
#include "tests/kinetic_models/simulated_scan.h"

namespace coverage {
namespace {

using namespace pet;

constexpr simulated::SrtmTruth srtm_truth;
// Rates in the middle of those of reversible tracers; 2TCM VT 8.0.
constexpr simulated::TwoTissueTruth two_tissue_truth{.K1 = 0.3, .k2 = 0.1, .k3 = 0.08, .k4 = 0.048, .vB = 0.05};

// The plasma of the simulation, sampled so finely that straight lines follow it.
InputFunction samples() {
  InputFunction input;
  for (int i = 0; i <= 4200; ++i) {
    const double t = i <= 3000 ? 0.002 * i : 6.0 + 0.1 * (i - 3000);
    input.time_min.push_back(t);
    input.parent_plasma.push_back(simulated::plasma(t));
    input.whole_blood.push_back(simulated::plasma(t));
  }
  return input;
}

struct Setting {
  const Model& model;
  TimeActivityCurve exact;
  ReferenceRegion reference;
  Plasma plasma;
  FitOptions options;
  std::vector<double> sigma;
  double truth = 0.0;

  ScanInput input() const { return model.needs_plasma() ? ScanInput(plasma) : ScanInput(reference); }
};

// Noise of 4 % in the last frame, with the variance that counts have.
std::vector<double> noise_of(const TimeActivityCurve& curve) {
  constexpr double decay_constant = 0.0340;  // of 11C, 1/min
  std::vector<double> sigma;
  for (std::size_t i = 0; i < curve.frames.size(); ++i) {
    const Frame& frame = curve.frames[i];
    const double size = std::max(curve.activity[i], 0.05);
    sigma.push_back(std::sqrt(size * std::exp(decay_constant * frame.mid_min()) / frame.duration_min()));
  }
  const double scale = 0.04 * curve.activity.back() / sigma.back();
  for (double& s : sigma) s *= scale;
  return sigma;
}

// A drug at 60 min that takes away that share of the binding, for good or (in the form of lp-ntPET) for a while.
TimeActivityCurve displaced_curve(const Frames& frames, double occupancy, bool is_transient) {
  constexpr double onset_min = 60.0;
  const double K1 = srtm_truth.R1 * srtm_truth.K1_reference;
  const auto k2a_at = [](double taken) { return srtm_truth.k2() / (1.0 + srtm_truth.BPND * (1.0 - taken)); };
  const auto k2a = [=](double t) {
    if (!is_transient) return k2a_at(occupancy * simulated::rising(t, onset_min, 0.2));
    const double response = simulated::gamma_variate(t, onset_min, onset_min + 20.0, 1.0);
    return srtm_truth.k2a() + (k2a_at(occupancy) - srtm_truth.k2a()) * response;
  };
  return simulated::displaced_target(K1, k2a, frames);
}

TimeActivityCurve exact_curve(const std::string& model, const Frames& frames) {
  if (model == "2tcm") return simulated::two_tissue_target(two_tissue_truth, frames);
  if (model == "displacement" || model == "lp-ntpet") return displaced_curve(frames, 0.6, model == "lp-ntpet");
  return simulated::srtm_scan(srtm_truth, frames).target;
}

Setting setting_of(const Case& study) {
  const Model& model = find_model(study.model);
  const Frames frames = simulated::cimbi36_frames();
  const simulated::Scan scan = simulated::srtm_scan(srtm_truth, frames);
  TimeActivityCurve exact = exact_curve(study.model, frames);
  Setting setting{model, std::move(exact), ReferenceRegion(scan.reference), Plasma(samples(), frames), {}, {}};
  if (model.k2prime == Use::required) setting.options.k2prime = srtm_truth.k2_reference;
  if (model.t_star == Use::required) setting.options.t_star_min = 40.0;
  if (study.model == "2tcm") setting.options.vB.is_fitted = true;
  setting.sigma = noise_of(setting.exact);
  for (const double s : setting.sigma) setting.options.weights.push_back(1.0 / (s * s));
  setting.truth = fit(model, setting.exact, setting.input(), setting.options)[study.quantity].value;
  return setting;
}

// About their mean.
double sum_of_squares(const std::vector<double>& values) {
  const double mean = std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
  double sum = 0.0;
  for (const double v : values) sum += (v - mean) * (v - mean);
  return sum;
}

}  // namespace

std::vector<Case> cases() {
  return {{"srtm", "BPND"}, {"mrtm2", "BPND"}, {"1tcm", "VT"}, {"2tcm", "VT"}, {"logan", "VT"}};
}

std::vector<Case> displacement_cases() {
  return {{"displacement", "BPND"}, {"displacement", "occupancy"}, {"lp-ntpet", "BPND"}, {"lp-ntpet", "occupancy"}};
}

Result run(const Case& study, const IntervalOptions& intervals, int curves) {
  const Setting setting = setting_of(study);
  const ScanInput input = setting.input();
  std::vector<Estimate> estimates(static_cast<std::size_t>(curves));
  parallel_for(estimates.size(), 0, [&](std::size_t c) {
    NormalNoise noise(2026, {c});
    TimeActivityCurve noisy = setting.exact;
    for (std::size_t i = 0; i < noisy.activity.size(); ++i) noisy.activity[i] += setting.sigma[i] * noise.next();
    Fit result = fit(setting.model, noisy, input, setting.options);
    add_intervals(setting.model, noisy, input, setting.options, intervals, result);
    estimates[c] = result[study.quantity];
  });
  Result result;
  result.curves = curves;
  std::vector<double> widths;
  std::vector<double> values;
  double squared_errors = 0.0;
  for (const Estimate& e : estimates) {
    if (std::isfinite(e.standard_error)) {
      values.push_back(e.value);
      squared_errors += e.standard_error * e.standard_error;
    }
    result.bias += (e.value / setting.truth - 1.0) / curves;
    if (std::isnan(e.lower) || std::isnan(e.upper)) ++result.missing;
    if (std::isinf(e.lower) || std::isinf(e.upper)) ++result.unbounded;
    if (e.lower <= setting.truth && setting.truth <= e.upper) ++result.held;
    if (std::isfinite(e.upper - e.lower)) widths.push_back((e.upper - e.lower) / setting.truth);
  }
  if (values.size() > 1) result.error_over_scatter = std::sqrt(squared_errors / sum_of_squares(values));
  if (widths.empty()) return result;
  std::nth_element(widths.begin(), widths.begin() + static_cast<std::ptrdiff_t>(widths.size() / 2), widths.end());
  result.width = widths[widths.size() / 2];
  return result;
}

Detections detect(const std::string& name, double occupancy, int scans) {
  const Model& model = find_model(name);
  const Frames frames = simulated::cimbi36_frames();
  const ReferenceRegion reference(simulated::srtm_scan(srtm_truth, frames).reference);
  const TimeActivityCurve exact = displaced_curve(frames, occupancy, name == "lp-ntpet");
  const double peak = *std::max_element(exact.activity.begin(), exact.activity.end());
  FitOptions options;
  for (const Frame& frame : frames) options.weights.push_back(frame.duration_min());
  std::vector<Fit> fits(static_cast<std::size_t>(scans));
  parallel_for(fits.size(), 0, [&](std::size_t s) {
    NormalNoise noise(2027, {s});
    TimeActivityCurve noisy = exact;
    for (std::size_t i = 0; i < noisy.activity.size(); ++i)
      noisy.activity[i] += 0.02 * peak * std::sqrt(5.0 / frames[i].duration_min()) * noise.next();
    fits[s] = fit(model, noisy, reference, options);
    add_standard_error_intervals(0.95, fits[s]);
  });
  Detections result;
  result.scans = scans;
  for (const Fit& fit : fits) {
    if (std::ranges::find(fit.flags, "no_displacement") == fit.flags.end()) ++result.found;
    const Estimate& e = fit["occupancy"];
    if (std::isnan(e.lower) || std::isnan(e.upper)) continue;
    ++result.with_interval;
    if (occupancy < e.lower || e.upper < occupancy) ++result.wrong;
  }
  return result;
}

}  // namespace coverage
