// SPDX-License-Identifier: Apache-2.0
#include "tests/validation/occupancy_study.h"

#include <algorithm>
#include <cmath>

#include "kinetic_models/noisy_reference.h"
#include "kinetic_models/occupancy/dose_response.h"
#include "kinetic_models/occupancy/from_binding.h"
#include "kinetic_models/occupancy/joint.h"
#include "kinetic_models/occupancy/lassen_plot.h"
#include "kinetic_models/occupancy/pooled_curve.h"
#include "kinetic_models/occupancy/test_retest.h"
#include "kinetic_models/one_tissue.h"
#include "kinetic_models/plasma.h"
#include "kinetic_models/reference_noise.h"
#include "kinetic_models/registry.h"
#include "kinetic_models/simulation/normal_noise.h"
#include "kinetic_models/srtm.h"
#include "libpet/parallel.h"
#include "libpet/weights.h"
#include "tests/kinetic_models/simulated_scan.h"

namespace occupancy_study {
namespace {

using namespace pet;

constexpr double half_life_min = 20.364;  // of 11C
constexpr double K1_reference = 0.33;     // K1 / k2 = VND = 8
constexpr double k2_reference = K1_reference / true_VND;

struct RegionTruth {
  const char* name;
  double BPND;
  double R1;
  double noise;  // of the last frame
};

// Means of 24 subjects; the noise is that of large and small regions.
constexpr RegionTruth regions[] = {
    {"insula", 1.575, 1.05, 0.02},        {"cingulate", 1.568, 1.00, 0.02},  {"temporal", 1.478, 1.02, 0.015},
    {"orbitofrontal", 1.441, 0.95, 0.02}, {"posterior", 1.369, 1.10, 0.025}, {"ventrolateral", 1.345, 1.00, 0.02},
    {"dorsolateral", 1.208, 1.03, 0.015}, {"occipital", 1.155, 1.08, 0.015}, {"sensorimotor", 0.848, 0.98, 0.02},
    {"hippocampus", 0.559, 0.80, 0.04},   {"thalamus", 0.421, 1.05, 0.03},   {"putamen", 0.353, 1.10, 0.03},
};
constexpr std::size_t region_count = std::size(regions);

// What does not change from study to study.
struct World {
  Frames frames = simulated::cimbi36_frames();
  Plasma plasma;
  std::vector<double> weights;

  World() : plasma(samples(), frames), weights(frame_weights(WeightScheme::decay, frames, half_life_min, {})) {}

  static InputFunction samples() {
    InputFunction input;
    for (int i = 0; i <= 400; ++i) {
      const double t = i <= 200 ? 0.02 * i : 4.0 + 0.58 * (i - 200);
      input.time_min.push_back(t);
      input.parent_plasma.push_back(simulated::plasma(t));
    }
    return input;
  }
  TimeActivityCurve curve(double K1, double k2) const {
    TimeActivityCurve curve{frames, std::vector<double>(frames.size())};
    predict_one_tissue(std::vector<double>{K1, k2, 0.0, 0.0}, plasma, curve.activity, {});
    return curve;
  }
};

// Noise of counts with the given size in the last frame.
void add_noise(TimeActivityCurve& curve, double last, NormalNoise& noise) {
  const auto shape = [&](std::size_t i) {
    const Frame& frame = curve.frames[i];
    const double size = std::max(curve.activity[i], 0.05);
    return std::sqrt(size * std::exp(std::log(2.0) / half_life_min * frame.mid_min()) / frame.duration_min());
  };
  const double scale = last * curve.activity.back() / shape(curve.frames.size() - 1);
  std::vector<double> sigma(curve.activity.size());
  for (std::size_t i = 0; i < sigma.size(); ++i) sigma[i] = scale * shape(i);
  for (std::size_t i = 0; i < sigma.size(); ++i) curve.activity[i] += sigma[i] * noise.next();
}

struct ScanCurves {
  TimeActivityCurve reference;
  std::vector<TimeActivityCurve> targets;
  double plasma_error;
};

ScanCurves simulated_scan(
    const World& world, const Settings& settings, double scale, double left, double flow, NormalNoise& noise) {
  ScanCurves scan{world.curve(K1_reference, k2_reference), {}, settings.plasma_error * noise.next()};
  add_noise(scan.reference, settings.reference_noise, noise);
  for (const RegionTruth& region : regions) {
    const double R1 = flow * region.R1;
    scan.targets.push_back(world.curve(R1 * K1_reference, R1 * k2_reference / (1.0 + left * scale * region.BPND)));
    add_noise(scan.targets.back(), region.noise, noise);
  }
  return scan;
}

std::vector<Binding> volumes(const World& world, const ScanCurves& scan) {
  FitOptions options;
  options.weights = world.weights;
  options.vB.value = 0.0;
  std::vector<Binding> found;
  for (const TimeActivityCurve& target : scan.targets) {
    const Estimate VT = fit_one_tissue(target, world.plasma, options)["VT"];
    const double scale = 1.0 / (1.0 + scan.plasma_error);
    found.push_back({scale * VT.value, scale * VT.standard_error});
  }
  return found;
}

// Inverse variances of noise of counts. The default weights know the decay and the frames, not the activity.
std::vector<double> weights_of_counts(const World& world, const TimeActivityCurve& curve) {
  return frame_weights(WeightScheme::counts, world.frames, half_life_min, curve.activity);
}

std::vector<Binding> bindings(const World& world,
                              const ScanCurves& scan,
                              const ReferenceRegion& reference,
                              WeightScheme scheme) {
  FitOptions options;
  options.weights = world.weights;
  std::vector<Binding> found;
  for (const TimeActivityCurve& target : scan.targets) {
    if (scheme == WeightScheme::counts) options.weights = weights_of_counts(world, target);
    const Fit result = fit_srtm(target, reference, options);
    found.push_back(
        {result["BPND"].value, result["BPND"].standard_error, static_cast<double>(result.degrees_of_freedom)});
  }
  return found;
}

// With the noise of the reference in estimate and standard error.
Binding binding_with_reference_noise(const World& world, const JointScan& scan, std::size_t region) {
  FitOptions options;
  options.weights = weights_of_counts(world, scan.targets[region]);
  const TimeActivityCurve& reference = scan.reference.tac();
  const ReferenceNoise noise = estimate_reference_noise(reference, weights_of_counts(world, reference));
  const Fit result = fit_noisy_reference(srtm, scan.targets[region], scan.reference, options, noise);
  return {result["BPND"].value, result["BPND"].standard_error, static_cast<double>(result.degrees_of_freedom)};
}

struct TestRetest {
  RegionCovariance VT;
  RegionCovariance BPND;
};

TestRetest test_retest(const World& world, const Settings& settings, std::uint64_t data_set) {
  std::vector<std::vector<double>> of_VT;
  std::vector<std::vector<double>> of_BPND;
  std::vector<double> of_fits(region_count, 0.0);
  for (int s = 0; s < settings.test_retest_subjects; ++s) {
    NormalNoise noise(77, {data_set, static_cast<std::uint64_t>(s)});
    const double scale = std::exp(0.15 * noise.next());
    std::vector<double> VT[2];
    std::vector<double> BPND[2];
    for (int k = 0; k < 2; ++k) {
      const ScanCurves scan = simulated_scan(world, settings, scale, 1.0, 1.0, noise);
      for (const Binding& b : volumes(world, scan)) VT[k].push_back(b.value);
      const std::vector<Binding> found = bindings(world, scan, ReferenceRegion(scan.reference), WeightScheme::counts);
      for (std::size_t r = 0; r < region_count; ++r) {
        BPND[k].push_back(found[r].value);
        of_fits[r] +=
            std::pow(found[r].standard_error / (1.0 + found[r].value), 2) / (2.0 * settings.test_retest_subjects);
      }
    }
    of_VT.emplace_back();
    of_BPND.emplace_back();
    for (std::size_t r = 0; r < region_count; ++r) {
      of_VT.back().push_back(std::log(VT[0][r] / VT[1][r]));
      of_BPND.back().push_back(std::log((1.0 + BPND[0][r]) / (1.0 + BPND[1][r])));
    }
  }
  std::vector<std::string> names;
  for (const RegionTruth& region : regions) names.emplace_back(region.name);
  TestRetest known{test_retest_covariance(names, of_VT), test_retest_covariance(names, of_BPND)};
  known.VT.is_relative = known.BPND.is_relative = true;
  known.BPND.of_fits = of_fits;
  return known;
}

JointScan joint_scan(const World& world, const ScanCurves& scan) {
  const ReferenceRegion reference(scan.reference);
  return {reference, scan.targets, std::vector(region_count, world.weights),
          estimate_reference_noise(scan.reference, world.weights)};
}

enum MethodIndex : std::size_t {
  ratio,
  ratio_reference,
  ratio_test_retest,
  ordinary,
  orthogonal,
  deming,
  likelihood,
  joint_region,
  joint,
  method_count
};

const char* const names[method_count] = {"ratio, one region, default weights",
                                         "ratio, one region, weights of counts, reference's noise",
                                         "ratio, one region, weights of counts, test-retest",
                                         "Lassen, ordinary",
                                         "Lassen, orthogonal",
                                         "Lassen, Deming",
                                         "Lassen, likelihood",
                                         "joint fit, one region",
                                         "joint fit, all regions"};

struct StudyAnswers {
  Answer occupancy[method_count];
  Answer VND[method_count];
};

void add_plots(StudyAnswers& answers,
               const std::vector<Binding>& baseline,
               const std::vector<Binding>& drug,
               const RegionCovariance& covariance) {
  std::vector<double> b, d, b_se, d_se;
  for (std::size_t r = 0; r < region_count; ++r) {
    b.push_back(baseline[r].value);
    d.push_back(drug[r].value);
    b_se.push_back(baseline[r].standard_error);
    d_se.push_back(drug[r].standard_error);
  }
  const auto add = [&](MethodIndex method, LassenRegression regression, VolumeErrors errors) {
    const LassenPlot plot = lassen_plot(b, d, {.regression = regression, .errors = std::move(errors)});
    answers.occupancy[method] = {plot.occupancy, plot.occupancy_interval, plot.status != FitStatus::ok};
    answers.VND[method] = {plot.VND, plot.VND_interval, !plot.is_VND_identified};
  };
  add(ordinary, LassenRegression::ordinary, {});
  add(orthogonal, LassenRegression::orthogonal, {});
  add(deming, LassenRegression::deming, independent_errors(b_se, d_se));
  add(likelihood, LassenRegression::likelihood, errors_in_proportion(covariance, b, d));
}

// What repeated scans differ by beyond the errors of their fits.
CommonError repeat_error(const RegionCovariance& known, const Binding& b, const Binding& d) {
  const std::optional<VariancePart> excess = excess_variance(known);
  if (!excess) return {};
  return {std::pow(1.0 + b.value, 2) * excess->variance, std::pow(1.0 + d.value, 2) * excess->variance,
          excess->degrees_of_freedom};
}

StudyAnswers one_study(const World& world, const Settings& settings, std::uint64_t study, const TestRetest& known) {
  NormalNoise noise(2026, {study});
  const double scale = std::exp(0.15 * noise.next());
  const ScanCurves baseline = simulated_scan(world, settings, scale, 1.0, 1.0, noise);
  const ScanCurves drug = simulated_scan(world, settings, scale, 1.0 - settings.occupancy, 0.9, noise);
  StudyAnswers answers;
  const JointScan before = joint_scan(world, baseline);
  const JointScan after = joint_scan(world, drug);
  const std::size_t region = study % region_count;
  Binding b = bindings(world, baseline, before.reference, WeightScheme::decay)[region];
  Binding d = bindings(world, drug, after.reference, WeightScheme::decay)[region];
  const auto add_ratio = [&](MethodIndex method, const Occupancy& found) {
    answers.occupancy[method] = {found.value, found.interval, found.status != FitStatus::ok};
  };
  add_ratio(ratio, occupancy_from_binding(b, d));
  add_ratio(ratio_reference, occupancy_from_binding(binding_with_reference_noise(world, before, region),
                                                    binding_with_reference_noise(world, after, region)));
  b = bindings(world, baseline, before.reference, WeightScheme::counts)[region];
  d = bindings(world, drug, after.reference, WeightScheme::counts)[region];
  add_ratio(ratio_test_retest, occupancy_from_binding(b, d, 0.95, repeat_error(known.BPND, b, d)));
  add_plots(answers, volumes(world, baseline), volumes(world, drug), known.VT);
  const auto add_joint = [&](MethodIndex method, const JointScan& first, const JointScan& second) {
    const JointOccupancy found = fit_joint_srtm(first, second);
    answers.occupancy[method] = {found.occupancy, found.interval, found.status != FitStatus::ok};
  };
  const auto one = [&](const JointScan& scan) -> JointScan {
    return {scan.reference, {scan.targets[region]}, {scan.weights[region]}, scan.noise};
  };
  add_joint(joint_region, one(before), one(after));
  add_joint(joint, before, after);
  return answers;
}

}  // namespace

std::vector<Method> run(const Settings& settings) {
  const World world;
  constexpr std::size_t data_sets = 50;  // of test-retest scans, each used for every fiftieth study
  std::vector<TestRetest> known(data_sets);
  parallel_for(data_sets, 0, [&](std::size_t s) { known[s] = test_retest(world, settings, s); });
  std::vector<StudyAnswers> all(static_cast<std::size_t>(settings.studies));
  parallel_for(all.size(), 0, [&](std::size_t s) { all[s] = one_study(world, settings, s, known[s % data_sets]); });
  std::vector<Method> methods;
  for (std::size_t m = 0; m < method_count; ++m) {
    methods.push_back({names[m], {}, {}});
    const bool has_VND = m >= ordinary && m <= likelihood;
    for (const StudyAnswers& study : all) {
      methods.back().occupancy.push_back(study.occupancy[m]);
      if (has_VND) methods.back().VND.push_back(study.VND[m]);
    }
  }
  return methods;
}

CurveAnswers run_curves(int studies, double scatter) {
  CurveAnswers answers;
  const auto n = static_cast<std::size_t>(studies);
  answers.EC50.resize(n);
  answers.Omax.resize(n);
  answers.target.resize(n);
  parallel_for(n, 0, [&](std::size_t s) {
    NormalNoise noise(4711, {s});
    std::vector<CurveObservation> observations;
    for (int i = 0; i < 20; ++i) {
      const double x = 0.3 * std::pow(20.0 / 0.3, i / 19.0);
      observations.push_back({.x = x, .y = true_Omax * x / (true_EC50 + x) + scatter * noise.next()});
    }
    const CurveFit fit = fit_curve(observations, {.targets = {0.5}});
    const bool is_flagged = fit.status != FitStatus::ok;
    const auto answer = [&](const Estimate& e) { return Answer{e.value, {e.lower, e.upper}, is_flagged}; };
    answers.EC50[s] = answer(fit["EC50"]);
    answers.Omax[s] = answer(fit["Omax"]);
    answers.target[s] = {fit.targets[0].x, fit.targets[0].interval, !fit.targets[0].is_attainable};
  });
  return answers;
}

PooledAnswers run_pooled(int studies) {
  PooledAnswers answers;
  const auto n = static_cast<std::size_t>(studies);
  for (CurveAnswers* kind : {&answers.pooled, &answers.independent}) {
    kind->EC50.resize(n);
    kind->Omax.resize(n);
  }
  parallel_for(n, 0, [&](std::size_t s) {
    NormalNoise noise(815, {s});
    std::vector<CurveObservation> observations;
    for (int subject = 0; subject < 10; ++subject) {
      const double own = true_EC50 * std::exp(0.3 * noise.next());
      for (const double level : {0.6, 2.0, 6.0, 17.0}) {
        const double x = level * std::exp(0.2 * noise.next());
        observations.push_back(
            {.x = x, .y = true_Omax * x / (own + x) + 0.04 * noise.next(), .subject = std::to_string(subject)});
      }
    }
    const PooledFit pooled = fit_pooled_curve(observations, {});
    const CurveFit independent = fit_curve(observations, {});
    const auto answer = [](const Estimate& e, FitStatus status) {
      return Answer{e.value, {e.lower, e.upper}, status != FitStatus::ok};
    };
    answers.pooled.EC50[s] = answer(pooled["EC50"], pooled.status);
    answers.pooled.Omax[s] = answer(pooled["Omax"], pooled.status);
    answers.independent.EC50[s] = answer(independent["EC50"], independent.status);
    answers.independent.Omax[s] = answer(independent["Omax"], independent.status);
  });
  return answers;
}

Summary summary(const std::vector<Answer>& answers, double truth) {
  Summary result;
  const auto n = static_cast<double>(answers.size());
  std::vector<double> widths;
  double values = 0.0;
  for (const Answer& a : answers) {
    if (std::isfinite(a.value)) {
      result.bias += a.value - truth;
      result.rmse += (a.value - truth) * (a.value - truth);
      values += 1.0;
    }
    if (a.interval.lower <= truth && truth <= a.interval.upper) result.held += 1.0 / n;
    if (a.is_flagged) result.flagged += 1.0 / n;
    if (!a.interval.is_bounded()) result.unbounded += 1.0 / n;
    widths.push_back(a.interval.upper - a.interval.lower);
  }
  result.bias /= values;
  result.rmse = std::sqrt(result.rmse / values);
  std::nth_element(widths.begin(), widths.begin() + static_cast<std::ptrdiff_t>(widths.size() / 2), widths.end());
  result.width = widths[widths.size() / 2];
  return result;
}

}  // namespace occupancy_study
