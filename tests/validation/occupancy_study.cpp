// SPDX-License-Identifier: Apache-2.0
#include "tests/validation/occupancy_study.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "kinetic_models/noisy_reference.h"
#include "kinetic_models/occupancy/dose_response.h"
#include "kinetic_models/occupancy/from_binding.h"
#include "kinetic_models/occupancy/joint.h"
#include "kinetic_models/occupancy/lassen_plot.h"
#include "kinetic_models/occupancy/pooled_curve.h"
#include "kinetic_models/occupancy/table.h"
#include "kinetic_models/occupancy/test_retest.h"
#include "kinetic_models/reference_noise.h"
#include "kinetic_models/registry.h"
#include "kinetic_models/simulation/normal_noise.h"
#include "kinetic_models/srtm.h"
#include "libpet/parallel.h"
#include "libpet/weights.h"
#include "tests/validation/occupancy_world.h"

namespace occupancy_study {
namespace {

using namespace pet;

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

ParameterTable table_of_bindings() {
  ParameterTable table;
  table.source = "simulated";
  table.parameters = {"BPND"};
  table.extra_columns = {"dof"};
  return table;
}

void add_region(ParameterTable& table, std::size_t region, const Fit& fit) {
  const Estimate& BPND = fit["BPND"];
  const auto known = [](double value) { return std::isnan(value) ? std::nullopt : std::optional(value); };
  table.rows.push_back({static_cast<int>(region) + 1,
                        regions[region].name,
                        {{known(BPND.value), known(BPND.standard_error), {}, {}}},
                        std::string(name_of(fit.status)),
                        fit.flags,
                        {static_cast<double>(fit.degrees_of_freedom)}});
}

// The tables of BPND that pet-fit would write.
ParameterTable bindings(const World& world,
                        const ScanCurves& scan,
                        const ReferenceRegion& reference,
                        WeightScheme scheme,
                        std::optional<std::size_t> only = std::nullopt) {
  FitOptions options;
  options.weights = world.weights;
  ParameterTable table = table_of_bindings();
  for (std::size_t r = 0; r < region_count; ++r) {
    if (only && *only != r) continue;
    if (scheme == WeightScheme::counts) options.weights = weights_of_counts(world, scan.targets[r]);
    add_region(table, r, fit_srtm(scan.targets[r], reference, options));
  }
  return table;
}

// With the noise of the reference in estimate and standard error.
ParameterTable binding_with_reference_noise(const World& world,
                                            const JointScan& scan,
                                            std::size_t region,
                                            WeightScheme scheme) {
  const auto weights_of = [&](const TimeActivityCurve& curve) {
    return scheme == WeightScheme::counts ? weights_of_counts(world, curve) : world.weights;
  };
  FitOptions options;
  options.weights = weights_of(scan.targets[region]);
  const TimeActivityCurve& reference = scan.reference.tac();
  const ReferenceNoise noise = estimate_reference_noise(reference, weights_of(reference));
  ParameterTable table = table_of_bindings();
  add_region(table, region, fit_noisy_reference(srtm, scan.targets[region], scan.reference, options, noise));
  return table;
}

struct TestRetest {
  RegionCovariance VT;
  RegionCovariance BPND;
};

TestRetest test_retest(const World& world, const Settings& settings, std::uint64_t data_set) {
  std::vector<std::vector<double>> of_VT;
  std::vector<ParameterTable> scans[2];
  for (int s = 0; s < settings.test_retest_subjects; ++s) {
    NormalNoise noise(settings.seed - 1949, {data_set, static_cast<std::uint64_t>(s)});
    const double scale = std::exp(0.15 * noise.next());
    std::vector<double> VT[2];
    for (std::size_t k = 0; k < 2; ++k) {
      const ScanCurves scan = simulated_scan(world, settings, scale, 1.0, 1.0, noise);
      for (const Binding& b : volumes(world, scan)) VT[k].push_back(b.value);
      scans[k].push_back(bindings(world, scan, ReferenceRegion(scan.reference), WeightScheme::counts));
    }
    of_VT.emplace_back();
    for (std::size_t r = 0; r < region_count; ++r) of_VT.back().push_back(std::log(VT[0][r] / VT[1][r]));
  }
  std::vector<std::string> names;
  for (const RegionTruth& region : regions) names.emplace_back(region.name);
  TestRetest known{test_retest_covariance(names, of_VT), test_retest_covariance(scans[0], scans[1], "BPND")};
  known.VT.is_relative = true;
  return known;
}

JointScan joint_scan(const World& world, const ScanCurves& scan) {
  const ReferenceRegion reference(scan.reference);
  return {reference, scan.targets, std::vector(region_count, world.weights),
          estimate_reference_noise(scan.reference, world.weights)};
}

enum MethodIndex : std::size_t {
  ratio,
  ratio_default_reference,
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
                                         "ratio, one region, default weights, reference's noise",
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

// The row that pet-occupancy would write.
Answer ratio_of(const ParameterTable& baseline,
                const ParameterTable& drug,
                const std::optional<RegionCovariance>& test_retest = std::nullopt) {
  OccupancyRequest request;
  request.covariance = test_retest;
  const OccupancyRow row = occupancy_of_scans(baseline, drug, request).table.rows.front();
  return {row.occupancy.value_or(not_available),
          {row.lower.value_or(not_available), row.upper.value_or(not_available)},
          row.status != name_of(FitStatus::ok)};
}

StudyAnswers one_study(const World& world, const Settings& settings, std::uint64_t study, const TestRetest& known) {
  NormalNoise noise(settings.seed, {study});
  const double scale = std::exp(0.15 * noise.next());
  const ScanCurves baseline = simulated_scan(world, settings, scale, 1.0, 1.0, noise);
  const ScanCurves drug = simulated_scan(world, settings, scale, 1.0 - settings.occupancy, 0.9, noise);
  StudyAnswers answers;
  const JointScan before = joint_scan(world, baseline);
  const JointScan after = joint_scan(world, drug);
  const std::size_t region = study % region_count;
  const auto scans = [&](WeightScheme scheme) {
    return std::pair{bindings(world, baseline, before.reference, scheme, region),
                     bindings(world, drug, after.reference, scheme, region)};
  };
  const auto [b, d] = scans(WeightScheme::decay);
  answers.occupancy[ratio] = ratio_of(b, d);
  for (const auto& [method, scheme] :
       {std::pair{ratio_default_reference, WeightScheme::decay}, {ratio_reference, WeightScheme::counts}})
    answers.occupancy[method] = ratio_of(binding_with_reference_noise(world, before, region, scheme),
                                         binding_with_reference_noise(world, after, region, scheme));
  const auto [counted_b, counted_d] = scans(WeightScheme::counts);
  answers.occupancy[ratio_test_retest] = ratio_of(counted_b, counted_d, known.BPND);
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
