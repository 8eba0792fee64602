// SPDX-License-Identifier: Apache-2.0
#include "tests/validation/two_tissue_study.h"

#include <algorithm>
#include <cmath>

#include "kinetic_models/intervals.h"
#include "kinetic_models/simulation/normal_noise.h"
#include "kinetic_models/two_tissue.h"
#include "libpet/parallel.h"
#include "libpet/weights.h"
#include "tests/kinetic_models/simulated_scan.h"

namespace two_tissue_study {
namespace {

using namespace pet;

constexpr std::size_t subjects = 20;
constexpr double half_life_min = 20.334;  // 11C

struct Region {
  double K1;
  double BPND;
  double noise;  // in the last frame
};
constexpr Region regions[] = {{0.11, 3.0, 0.020}, {0.10, 3.5, 0.024}, {0.09, 4.0, 0.032},
                              {0.10, 0.8, 0.040}, {0.08, 4.5, 0.036}, {0.11, 3.2, 0.024},
                              {0.12, 2.0, 0.020}, {0.12, 1.0, 0.028}, {0.10, 1.5, 0.032}};
constexpr double VND = 1.2;
constexpr double k4 = 0.035;

InputFunction samples() {
  InputFunction input;
  for (int i = 0; i <= 2000; ++i) {
    const double t = i <= 1200 ? 0.005 * i : 6.0 + 0.105 * (i - 1200);
    input.time_min.push_back(t);
    input.parent_plasma.push_back(simulated::plasma(t));
    input.whole_blood.push_back(simulated::plasma(t));
  }
  return input;
}

Curve fit_one(std::size_t subject, std::size_t region, const Frames& frames, const Plasma& plasma, double factor) {
  NormalNoise between(11, {subject});
  NormalNoise within(12, {subject, region});
  const Region& r = regions[region];
  simulated::TwoTissueTruth truth;
  truth.K1 = r.K1 * std::exp(0.15 * between.next() + 0.05 * within.next());
  truth.k2 = truth.K1 / (VND * std::exp(0.15 * between.next() + 0.03 * within.next()));
  truth.k4 = k4 * std::exp(0.1 * between.next() + 0.1 * within.next());
  truth.k3 = r.BPND * std::exp(0.2 * between.next() + 0.1 * within.next()) * truth.k4;
  truth.vB = 0.05;
  TimeActivityCurve curve = simulated::two_tissue_target(truth, frames);
  const auto relative = [&](std::size_t i) {
    const double size = std::max(curve.activity[i], 1e-3);
    return std::sqrt(std::exp(std::log(2.0) / half_life_min * frames[i].mid_min()) / (size * frames[i].duration_min()));
  };
  const double scale = factor * r.noise / relative(frames.size() - 1);
  FitOptions options;
  options.weights = frame_weights(WeightScheme::decay, frames, half_life_min, curve.activity);
  options.vB.is_fitted = true;
  options.starts = 3;
  for (std::size_t i = 0; i < curve.activity.size(); ++i)
    curve.activity[i] += scale * relative(i) * std::max(curve.activity[i], 1e-3) * within.next();
  Fit fit = pet::fit(two_tissue, curve, plasma, options);
  add_intervals(two_tissue, curve, plasma, options, {.kind = IntervalKind::profile}, fit);
  return {truth.VT(), fit["VT"].value, fit["VT"].lower, fit["VT"].upper, std::string(name_of(fit.status)), fit.flags};
}

}  // namespace

bool Curve::is_flagged() const {
  return status != "ok" || std::find(flags.begin(), flags.end(), "vt_imprecise") != flags.end();
}

std::vector<Curve> run(double noise_factor) {
  const Frames frames = simulated::frames({{6, 10}, {6, 20}, {6, 60}, {8, 120}, {13, 300}});
  const Plasma plasma(samples(), frames);
  std::vector<Curve> curves(subjects * std::size(regions));
  parallel_for(curves.size(), 0, [&](std::size_t i) {
    curves[i] = fit_one(i / std::size(regions), i % std::size(regions), frames, plasma, noise_factor);
  });
  return curves;
}

double median_error(const std::vector<Curve>& curves) {
  std::vector<double> errors;
  for (const Curve& curve : curves) errors.push_back(std::abs(curve.error()));
  std::nth_element(errors.begin(), errors.begin() + static_cast<std::ptrdiff_t>(errors.size() / 2), errors.end());
  return errors[errors.size() / 2];
}

}  // namespace two_tissue_study
