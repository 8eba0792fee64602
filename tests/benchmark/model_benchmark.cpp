// SPDX-License-Identifier: Apache-2.0
// How long one fit of every model takes, on one core, with standard errors; the compartment models also with a fitted
// delay and with ten starts. Prints a table and ends with 1 where one that has a bound is above it. 45 frames, noise of
// 2 %, a plasma curve of 346 samples.
//   model_benchmark [REPEATS]      (9)
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "kinetic_models/registry.h"
#include "tests/kinetic_models/simulated_scan.h"

namespace {

using Clock = std::chrono::steady_clock;
using namespace pet;

InputFunction samples() {
  InputFunction input;
  const auto add = [&](double t) {
    input.time_min.push_back(t);
    input.parent_plasma.push_back(simulated::plasma(t));
    input.whole_blood.push_back(simulated::plasma(t));
  };
  for (int i = 0; i <= 200; ++i) add(0.05 * i);
  for (int i = 1; i <= 40; ++i) add(10.0 + 0.25 * i);
  for (int i = 1; i <= 105; ++i) add(20.0 + i);
  return input;
}

TimeActivityCurve noisy(TimeActivityCurve curve, int pattern) {
  for (std::size_t i = 0; i < curve.activity.size(); ++i)
    curve.activity[i] *= 1.0 + 0.02 * std::sin(12.9898 * static_cast<double>(i) + 78.233 * pattern);
  return curve;
}

struct Case {
  const Model* model;
  std::string what;
  FitOptions options;
  double bound_ms = 0.0;  // 0: none
};

std::vector<Case> cases() {
  std::vector<Case> all;
  for (const Model* model : models()) {
    Case usual{model, "", {}, 0.0};
    if (model->k2prime == Use::required) usual.options.k2prime = 0.04125;
    if (model->t_star == Use::required) usual.options.t_star_min = 30.0;
    if (model->VND == Use::required) usual.options.VND.value = 8.0;
    if (model->vB != Use::no && !model->parameters.empty()) usual.options.vB.is_fitted = true;
    if (model->name == "srtm") usual.bound_ms = 0.5;
    if (model->name == "1tcm") usual.bound_ms = 1.0;
    all.push_back(usual);
    if (model->delay == Use::no || model->parameters.empty()) continue;
    Case hard = usual;
    hard.what = ", delay fitted, 10 starts";
    hard.options.delay_min.is_fitted = true;
    hard.options.starts = 10;
    hard.bound_ms = model->name == "2tcm" ? 5.0 : 0.0;
    all.push_back(hard);
  }
  return all;
}

double milliseconds(const Case& what, const TimeActivityCurve& target, const ScanInput& input, int repeats) {
  constexpr int fits = 40;
  std::vector<double> times;
  for (int repeat = 0; repeat < repeats; ++repeat) {
    const auto start = Clock::now();
    for (int i = 0; i < fits; ++i) fit(*what.model, noisy(target, i), input, what.options);
    times.push_back(1e3 * std::chrono::duration<double>(Clock::now() - start).count() / fits);
  }
  std::sort(times.begin(), times.end());
  return times[times.size() / 2];
}

}  // namespace

int main(int argc, char** argv) {
  const int repeats = argc > 1 ? std::max(1, std::atoi(argv[1])) : 9;
  const Frames frames = simulated::cimbi36_frames();
  const simulated::Scan scan = simulated::srtm_scan({}, frames);
  const ReferenceRegion reference(scan.reference, Sampling::average, samples());
  const Plasma plasma(samples(), frames);
  const TimeActivityCurve two_tissue = simulated::two_tissue_target({.vB = 0.05, .delay_min = 0.1}, frames);
  bool is_fast = true;
  std::printf("| model | ms a fit | bound |\n|---|---|---|\n");
  for (const Case& what : cases()) {
    const bool is_plasma = what.model->needs_plasma();
    const double ms = milliseconds(what, is_plasma ? two_tissue : scan.target,
                                   is_plasma ? ScanInput(plasma) : ScanInput(reference), repeats);
    std::printf("| `%s`%s | %.3f | ", std::string(what.model->name).c_str(), what.what.c_str(), ms);
    if (what.bound_ms > 0.0)
      std::printf("%.1f |\n", what.bound_ms);
    else
      std::printf("|\n");
    is_fast = is_fast && (what.bound_ms == 0.0 || ms <= what.bound_ms);
  }
  return is_fast ? 0 : 1;
}
