// SPDX-License-Identifier: Apache-2.0
#include "tests/validation/simba_study.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "kinetic_models/intervals.h"
#include "kinetic_models/noisy_reference.h"
#include "kinetic_models/registry.h"
#include "kinetic_models/shared_fit.h"
#include "kinetic_models/shared_reference.h"
#include "kinetic_models/simulation/normal_noise.h"
#include "libpet/io/tsv.h"
#include "libpet/parallel.h"
#include "libpet/weights.h"

namespace simba {
namespace {

using namespace pet;

constexpr double half_life_min = 20.364;  // of 11C

// BPND and its interval, in the order of the scans and their regions.
Result summary(const std::vector<Scan>& scans, const std::vector<Estimate>& estimates) {
  Result result;
  std::vector<double> errors, widths;
  double squares = 0.0;
  auto estimate = estimates.begin();
  for (const Scan& scan : scans)
    for (const double truth : scan.BPND) {
      const double error = estimate->value / truth - 1.0;
      ++result.curves;
      result.mean_error += error;
      squares += error * error;
      errors.push_back(std::abs(error));
      widths.push_back((estimate->upper - estimate->lower) / truth);
      result.held += estimate->lower <= truth && truth <= estimate->upper ? 1 : 0;
      result.below += estimate->upper < truth ? 1 : 0;
      result.above += estimate->lower > truth ? 1 : 0;
      ++estimate;
    }
  result.mean_error /= result.curves;
  result.rms_error = std::sqrt(squares / result.curves);
  const auto middle = static_cast<std::ptrdiff_t>(errors.size() / 2);
  std::nth_element(errors.begin(), errors.begin() + middle, errors.end());
  std::nth_element(widths.begin(), widths.begin() + middle, widths.end());
  result.median_error = errors[static_cast<std::size_t>(middle)];
  result.width = widths[static_cast<std::size_t>(middle)];
  return result;
}

std::vector<RegionData> region_data(const Scan& scan) {
  std::vector<RegionData> data;
  for (const auto& target : scan.targets) {
    data.push_back({{scan.frames, target}, {}});
    data.back().options.weights = scan.weights;
  }
  return data;
}

Estimate fitted(const Scan& scan, std::size_t region, Sampling sampling, Interval interval, int samples) {
  const ReferenceRegion reference({scan.frames, scan.reference}, sampling);
  const TimeActivityCurve target{scan.frames, scan.targets[region]};
  const Model& model = find_model("srtm");
  FitOptions options;
  options.weights = scan.weights;
  const auto noise = [&] { return estimate_reference_noise(reference.tac(), options.weights); };
  if (interval == Interval::both_curves)
    return fit_noisy_reference(model, target, reference, options, noise(),
                               IntervalOptions{.kind = IntervalKind::profile})["BPND"];
  Fit result = fit(model, target, reference, options);
  if (interval == Interval::both_bootstrapped)
    add_reference_noise_intervals(model, target, reference, options, noise(), {.samples = samples}, region, result);
  else if (interval != Interval::none)
    add_intervals(model, target, reference, options,
                  {.kind = interval == Interval::profile     ? IntervalKind::profile
                           : interval == Interval::bootstrap ? IntervalKind::bootstrap
                                                             : IntervalKind::standard_error,
                   .samples = samples},
                  result);
  return result["BPND"];
}

}  // namespace

const std::vector<std::string>& regions() {
  static const std::vector<std::string> names = {"FC", "ACC", "AMG", "DBS", "HIP", "INS", "OC", "THA", "VSTR"};
  return names;
}

std::vector<Scan> read(const std::string& folder, const std::string& table) {
  const Tsv truth = Tsv::read(folder + "/truth.tsv");
  std::map<std::string, double> BPND;
  for (std::size_t r = 0; r < truth.rows(); ++r)
    BPND[truth.cell(r, truth.column("pet")) + "/" + truth.cell(r, truth.column("region"))] =
        truth.required_number(r, truth.column("BPND"));
  const Tsv tacs = Tsv::read(folder + "/" + table);
  std::vector<Scan> scans;
  std::vector<std::vector<Frame>> frames;
  for (std::size_t r = 0; r < tacs.rows(); ++r) {
    const std::string& name = tacs.cell(r, tacs.column("pet"));
    if (scans.empty() || scans.back().name != name) {
      Scan scan{name, {}, {}, {}, std::vector<std::vector<double>>(regions().size()), {}};
      for (const std::string& region : regions()) scan.BPND.push_back(BPND.at(name + "/" + region));
      scans.push_back(std::move(scan));
      frames.emplace_back();
    }
    frames.back().push_back({tacs.required_number(r, tacs.column("frame_start")) / 60.0,
                             tacs.required_number(r, tacs.column("frame_end")) / 60.0});
    scans.back().reference.push_back(tacs.required_number(r, tacs.column("reference")));
    for (std::size_t q = 0; q < regions().size(); ++q)
      scans.back().targets[q].push_back(tacs.required_number(r, tacs.column(regions()[q])));
  }
  for (std::size_t s = 0; s < scans.size(); ++s) {
    scans[s].frames = Frames(frames[s]);
    scans[s].weights = frame_weights(WeightScheme::decay, scans[s].frames, half_life_min, {});
  }
  return scans;
}

std::vector<Scan> read_with_weights(const std::string& folder) {
  std::vector<Scan> scans = read(folder, "tacs_noisy.tsv");
  const Tsv tacs = Tsv::read(folder + "/tacs_noisy.tsv");
  std::size_t row = 0;
  for (Scan& scan : scans)
    for (double& weight : scan.weights) weight = tacs.required_number(row++, tacs.column("weight"));
  return scans;
}

std::vector<Scan> simulated(std::vector<Scan> scans, double reference_noise, double early, std::uint64_t seed) {
  constexpr std::array target_noise = {0.2, 0.4, 0.5, 1.0, 0.4, 0.35, 0.3, 0.3, 0.9};
  for (std::size_t s = 0; s < scans.size(); ++s) {
    Scan& scan = scans[s];
    const std::vector<double>& w = scan.weights;
    NormalNoise normal(seed, {s});
    const auto add = [&](std::vector<double>& curve, double sigma) {
      for (std::size_t i = 0; i < curve.size(); ++i)
        curve[i] += sigma * (scan.frames[i].mid_min() < 3.0 ? early : 1.0) / std::sqrt(w[i]) * normal.next();
    };
    add(scan.reference, reference_noise);
    for (std::size_t q = 0; q < scan.targets.size(); ++q) add(scan.targets[q], target_noise[q]);
  }
  return scans;
}

Result run(const std::vector<Scan>& scans, Sampling sampling, Interval interval, int samples) {
  const std::size_t count = regions().size();
  std::vector<Estimate> estimates(scans.size() * count);
  parallel_for(estimates.size(), 0,
               [&](std::size_t i) { estimates[i] = fitted(scans[i / count], i % count, sampling, interval, samples); });
  return summary(scans, estimates);
}

Result run_shared_reference(const std::vector<Scan>& scans, Sampling sampling) {
  std::vector<Estimate> estimates;
  for (const Scan& scan : scans) {
    const ReferenceRegion reference({scan.frames, scan.reference}, sampling);
    const ReferenceNoise noise = estimate_reference_noise(reference.tac(), scan.weights);
    for (const Fit& fit : fit_shared_reference(find_model("srtm"), region_data(scan), reference, noise,
                                               IntervalOptions{.kind = IntervalKind::profile}, 0)
                              .fits)
      estimates.push_back(fit["BPND"]);
  }
  return summary(scans, estimates);
}

Result run_shared_k2prime(const std::vector<Scan>& scans, Sampling sampling) {
  std::vector<Estimate> estimates;
  for (const Scan& scan : scans) {
    const ReferenceRegion reference({scan.frames, scan.reference}, sampling);
    for (const Fit& fit : fit_shared(find_model("srtm2"), region_data(scan), reference, {"k2prime"}, 0.95, 0).fits)
      estimates.push_back(fit["BPND"]);
  }
  return summary(scans, estimates);
}

}  // namespace simba
