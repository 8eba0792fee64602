// SPDX-License-Identifier: Apache-2.0
#include "tests/validation/scans_study.h"

#include <cmath>

#include "kinetic_models/occupancy/joint_two_tissue.h"
#include "kinetic_models/occupancy/lassen_plot.h"
#include "kinetic_models/occupancy/multi_scan.h"
#include "kinetic_models/srtm.h"
#include "kinetic_models/two_tissue.h"
#include "libpet/parallel.h"
#include "tests/validation/occupancy_world.h"

namespace occupancy_study {
namespace {

using namespace pet;

Answer answer_of(double value, const Interval& interval, FitStatus status, double truth = 0.0) {
  return {value - truth, {interval.lower - truth, interval.upper - truth}, status != FitStatus::ok};
}

// Every other region, two tissue compartments.
JointPlasmaScan two_tissue_scan(
    const World& world, double scale, double left, double flow, double plasma_error, NormalNoise& noise) {
  InputFunction measured = World::samples();
  const double factor = 1.0 + plasma_error * noise.next();
  for (double& p : measured.parent_plasma) p *= factor;
  JointPlasmaScan scan{Plasma(measured, world.frames), {}, {}, 0.0};
  constexpr double k4 = 0.06;
  for (std::size_t r = 0; r < region_count; r += 2) {
    const double K1 = flow * regions[r].R1 * K1_reference;
    const double BPND = left * scale * regions[r].BPND;
    TimeActivityCurve curve{world.frames, std::vector<double>(world.frames.size())};
    predict_two_tissue(std::vector<double>{K1, K1 / true_VND, BPND * k4, k4, 0.0, 0.0}, world.plasma, curve.activity,
                       {});
    add_noise(curve, regions[r].noise, noise);
    scan.weights.push_back(frame_weights(WeightScheme::counts, world.frames, half_life_min, curve.activity));
    scan.targets.push_back(std::move(curve));
  }
  return scan;
}

std::vector<double> volumes(const JointPlasmaScan& scan) {
  std::vector<double> found;
  for (std::size_t r = 0; r < scan.targets.size(); ++r) {
    FitOptions options;
    options.weights = scan.weights[r];
    options.vB.value = 0.0;
    found.push_back(fit_two_tissue(scan.targets[r], scan.plasma, options)["VT"].value);
  }
  return found;
}

}  // namespace

std::vector<Method> run_joint_plasma(int studies, double plasma_error, std::uint64_t seed) {
  constexpr double occupancy = 0.6;
  const World world;
  const auto n = static_cast<std::size_t>(studies);
  std::vector<Method> methods = {{"joint fit with plasma, all regions", {}, {}},
                                 {"Lassen, ordinary, of 2TCM volumes", {}, {}}};
  for (Method& method : methods) method.occupancy.resize(n);
  methods[0].VND.resize(n);
  methods[1].VND.resize(n);
  parallel_for(n, 0, [&](std::size_t s) {
    NormalNoise noise(seed, {s});
    const double scale = std::exp(0.15 * noise.next());
    const JointPlasmaScan baseline = two_tissue_scan(world, scale, 1.0, 1.0, plasma_error, noise);
    const JointPlasmaScan drug = two_tissue_scan(world, scale, 1.0 - occupancy, 0.9, plasma_error, noise);
    const JointPlasmaOccupancy joint =
        fit_joint_two_tissue(baseline, drug, {.vB = {.value = 0.0}, .plasma_error = plasma_error});
    methods[0].occupancy[s] = answer_of(joint.occupancy, joint.interval, joint.status);
    methods[0].VND[s] = answer_of(joint.VND, joint.VND_interval, joint.status);
    const LassenPlot plot = lassen_plot(volumes(baseline), volumes(drug), {});
    methods[1].occupancy[s] = answer_of(plot.occupancy, plot.occupancy_interval, plot.status);
    methods[1].VND[s] = answer_of(plot.VND, plot.VND_interval, plot.status);
  });
  return methods;
}

namespace {

struct Subject {
  std::vector<double> BPND;
};

// The fits of one scan in which `left` of the binding is left.
BindingScan fitted_scan(
    const World& world, const Subject& subject, double left, double flow, BindingScan scan, NormalNoise& noise) {
  constexpr double of_scan = 0.02;
  constexpr double of_region = 0.01;
  TimeActivityCurve measured = world.curve(K1_reference, k2_reference);
  add_noise(measured, 0.01, noise);
  const ReferenceRegion reference(measured);
  const double common = of_scan * noise.next();
  for (std::size_t r = 0; r < region_count; ++r) {
    const double volume = (1.0 + left * subject.BPND[r]) * std::exp(common + of_region * noise.next());
    const double R1 = flow * regions[r].R1;
    TimeActivityCurve target = world.curve(R1 * K1_reference, R1 * k2_reference / volume);
    add_noise(target, regions[r].noise, noise);
    FitOptions options;
    options.weights = frame_weights(WeightScheme::counts, world.frames, half_life_min, target.activity);
    const Fit fit = fit_srtm(target, reference, options);
    const bool is_usable = fit.status == FitStatus::ok;
    scan.regions.push_back(is_usable ? Binding{fit["BPND"].value, fit["BPND"].standard_error} : Binding{});
  }
  return scan;
}

struct Study {
  std::vector<BindingScan> scans;
  std::vector<double> occupancy;  // of the drug scans, in order
};

Study simulated_study(const World& world, NormalNoise& noise) {
  constexpr int subjects = 10;
  constexpr int with_baseline = 8;
  constexpr int with_placebo = 5;
  const double left_by_bias = 1.0 - true_bias;
  Study study;
  for (int i = 0; i < subjects; ++i) {
    Subject subject;
    const double scale = 0.15 * noise.next();
    for (const RegionTruth& region : regions)
      subject.BPND.push_back(region.BPND * std::exp(scale + 0.08 * noise.next()));
    const std::string name = "sub-" + std::to_string(i + 1);
    const auto add = [&](const char* scan, ScanCondition condition, double left, double flow) {
      study.scans.push_back(fitted_scan(world, subject, left, flow, {name + scan, name, condition, {}}, noise));
    };
    if (i < with_baseline) add("_baseline", ScanCondition::baseline, 1.0, 1.0);
    if (i < with_placebo) add("_placebo", ScanCondition::placebo, left_by_bias, 1.0);
    for (int dose = 0; dose < 2; ++dose) {
      study.occupancy.push_back(0.15 + 0.7 * (2 * i + dose) / (2.0 * subjects - 1.0));
      add(dose == 0 ? "_low" : "_high", ScanCondition::drug, left_by_bias * (1.0 - study.occupancy.back()), 0.9);
    }
  }
  return study;
}

const BindingScan* baseline_of(const Study& study, const std::string& subject) {
  for (const BindingScan& scan : study.scans)
    if (scan.subject == subject && scan.condition == ScanCondition::baseline) return &scan;
  return nullptr;
}

const BindingScan& named(const Study& study, const std::string& name) {
  std::size_t s = 0;
  while (study.scans[s].name != name) ++s;
  return study.scans[s];
}

}  // namespace

std::vector<Method> run_scans(int studies, std::uint64_t seed) {
  const World world;
  enum Index : std::size_t { with_baseline, without_baseline, bias, ratio, count };
  std::vector<Method> all = {{"reml, subjects with a baseline", {}, {}},
                             {"reml, subjects without", {}, {}},
                             {"reml, bias of a second scan", {}, {}},
                             {"ratio, one region, weights of counts", {}, {}}};
  std::vector<std::vector<Answer>> answers[count];
  for (auto& method : answers) method.resize(static_cast<std::size_t>(studies));
  parallel_for(static_cast<std::size_t>(studies), 0, [&](std::size_t s) {
    NormalNoise noise(seed, {s});
    const Study study = simulated_study(world, noise);
    const MultiScanFit fit = fit_scans(study.scans);
    answers[bias][s].push_back(answer_of(fit.placebo.value, fit.placebo.interval, fit.placebo.status, true_bias));
    for (std::size_t d = 0; d < fit.scans.size(); ++d) {
      const ScanOccupancy& found = fit.scans[d];
      const double truth = study.occupancy[d];
      const BindingScan* baseline = baseline_of(study, found.subject);
      answers[baseline != nullptr ? with_baseline : without_baseline][s].push_back(
          answer_of(found.occupancy.value, found.occupancy.interval, found.occupancy.status, truth));
      if (baseline == nullptr) continue;
      const std::size_t region = (s + d) % region_count;
      const Occupancy one = occupancy_from_binding(baseline->regions[region], named(study, found.name).regions[region]);
      answers[ratio][s].push_back(answer_of(one.value, one.interval, one.status, truth));
    }
  });
  for (std::size_t m = 0; m < count; ++m)
    for (const std::vector<Answer>& of_study : answers[m])
      all[m].occupancy.insert(all[m].occupancy.end(), of_study.begin(), of_study.end());
  return all;
}

}  // namespace occupancy_study
