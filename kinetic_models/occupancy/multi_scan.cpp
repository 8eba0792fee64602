// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/occupancy/multi_scan.h"

#include <Eigen/Core>
#include <algorithm>
#include <cmath>

#include "kinetic_models/detail/multi_scan_likelihood.h"
#include "kinetic_models/detail/multi_scan_model.h"
#include "kinetic_models/detail/variance_components.h"
#include "libpet/error.h"

namespace pet {
namespace {

using detail::MultiScanEvaluation;
using detail::MultiScanLikelihood;
using detail::MultiScanModel;
using detail::ScanObservation;
using detail::ScanPoint;
using detail::SubjectBlock;
using Eigen::Index;
using Eigen::VectorXd;

// A fit in rounds: the model is made linear where the largest likelihood of the last round has led.
class Rounds {
 public:
  explicit Rounds(MultiScanModel& model);

  // Rounds until no effect moves; whether that is so. Where readings do not fit together rounds end in a small swing,
  // which the variances' own accuracy makes.
  bool settle();

  const ScanPoint& here() const { return here_; }
  const MultiScanEvaluation& best() const { return best_; }
  const MultiScanLikelihood& likelihood() const { return likelihood_; }

 private:
  double first_variance() const;
  ScanPoint step() const;
  bool advance(const ScanPoint& step, double part);
  bool is_near(double part) const;

  MultiScanModel& model_;
  MultiScanLikelihood likelihood_;
  ScanPoint here_;
  MultiScanEvaluation best_;
  double first_;  // variance of every component at the start
};

Rounds::Rounds(MultiScanModel& model) : model_(model), likelihood_(model), here_(model.start()) {
  model_.linearise(here_);  // a start leaves volume in every region
  first_ = first_variance();
  likelihood_.set_variances(first_);
  best_ = likelihood_.maximise();
}

// A part of what the start leaves.
double Rounds::first_variance() const {
  double squares = 0.0;
  double count = 0.0;
  for (const SubjectBlock& block : model_.blocks()) {
    squares += (block.y - block.X * here_.effects).squaredNorm();
    count += static_cast<double>(block.observations.size());
  }
  return std::max(0.25 * squares / count, 1e-6);
}

ScanPoint Rounds::step() const {
  ScanPoint step{best_.effects - here_.effects, {}};
  for (std::size_t b = 0; b < model_.blocks().size(); ++b)
    step.of_subjects.push_back(likelihood_.of_subject(model_.blocks()[b], best_.effects) - here_.of_subjects[b]);
  return step;
}

// A part of the step, less where a binding is left of no volume. False, and all as it was, where there is no such part.
bool Rounds::advance(const ScanPoint& step, double part) {
  for (double length = part; length > 1e-4 * part; length *= 0.5) {
    ScanPoint there = here_;
    there.effects += length * step.effects;
    for (std::size_t b = 0; b < there.of_subjects.size(); ++b) there.of_subjects[b] += length * step.of_subjects[b];
    if (!model_.linearise(there)) continue;
    here_ = std::move(there);
    return true;
  }
  model_.linearise(here_);  // where it was linear before
  return false;
}

// Whether no effect would move by more than that part of its standard error.
bool Rounds::is_near(double part) const {
  return std::isfinite(best_.deviance) &&
         ((best_.effects - here_.effects).cwiseAbs().array() <= part * best_.covariance.diagonal().array().sqrt())
             .all();
}

bool Rounds::settle() {
  constexpr int most_rounds = 60;
  constexpr double settled = 1e-8;  // of logarithms
  constexpr double longest = 1.0;   // step of an effect
  constexpr double least = 0.2;     // part of a step
  constexpr double swing = 0.01;    // of standard errors
  double part = 1.0;
  VectorXd last = VectorXd::Zero(model_.effects());
  for (int round = 0; round < most_rounds && std::isfinite(best_.deviance); ++round) {
    const ScanPoint next = step();
    // A step that goes back on the last one would go on swinging.
    part = next.effects.dot(last) < 0.0 ? std::max(least, 0.5 * part) : std::min(1.0, 1.2 * part);
    last = next.effects;
    if (!advance(next, std::min(part, longest / next.effects.cwiseAbs().maxCoeff()))) return false;
    likelihood_.raise_variances(1e-3 * first_);
    best_ = likelihood_.maximise();
    if (std::isfinite(best_.deviance) && (best_.effects - here_.effects).cwiseAbs().maxCoeff() < settled) return true;
  }
  return is_near(swing);
}

// What the last round says of effects and scans.
class Results {
 public:
  Results(const MultiScanModel& model, const Rounds& rounds, double level)
      : model_(model), likelihood_(rounds.likelihood()), best_(rounds.best()), level_(level) {}

  // Of a drug effect or the bias; its interval is that of the effect.
  Occupancy occupancy(Index effect, double& freedom) const;
  ScanOccupancy result_of(std::size_t scan) const;

 private:
  double subject_baseline(const SubjectBlock& block, std::size_t scan) const;

  const MultiScanModel& model_;
  const MultiScanLikelihood& likelihood_;
  const MultiScanEvaluation& best_;
  double level_;
};

Occupancy Results::occupancy(Index effect, double& freedom) const {
  Occupancy occupancy;
  const double variance = best_.covariance(effect, effect);
  std::vector<bool> is_free;
  for (std::size_t k = 0; k < detail::scan_components; ++k) is_free.push_back(likelihood_.is_free(k));
  freedom = detail::satterthwaite_freedom(best_.variances, is_free, effect, variance);
  const double factor = student_factor(level_, freedom) * std::sqrt(variance);
  const double value = best_.effects[effect];
  const bool is_bias = effect == model_.bias();
  const auto gone = [&](double at) { return is_bias ? -std::expm1(at) : 1.0 - model_.left(effect, at); };
  occupancy.value = gone(value);
  occupancy.standard_error = (is_bias ? std::exp(value) : model_.left_slope(effect, value)) * std::sqrt(variance);
  occupancy.interval = {gone(value + factor), gone(value - factor)};
  occupancy.status = FitStatus::ok;
  if (occupancy.value < 0.0) occupancy.flags.push_back("occupancy_below_zero");
  if (occupancy.value > 1.0) occupancy.flags.push_back("occupancy_above_one");
  return occupancy;
}

// The mean over the regions of a drug scan of the binding that the model has for the subject without the drug.
double Results::subject_baseline(const SubjectBlock& block, std::size_t scan) const {
  const VectorXd off = likelihood_.of_subject(block, best_.effects);
  double sum = 0.0;
  double count = 0.0;
  for (std::size_t i = 0; i < block.observations.size(); ++i) {
    if (block.observations[i].scan != scan) continue;
    sum += std::exp(best_.effects[model_.effect_of_region(block.observations[i].region)] + off[static_cast<Index>(i)]);
    count += 1.0;
  }
  return sum / count;
}

ScanOccupancy Results::result_of(std::size_t scan) const {
  const std::vector<BindingScan>& scans = model_.scans();
  ScanOccupancy result;
  result.name = scans[scan].name;
  result.subject = scans[scan].subject;
  if (model_.effect_of_scan(scan) == MultiScanModel::none) {
    result.occupancy.status = FitStatus::unidentifiable;
    result.occupancy.flags.push_back("no_positive_binding");
    return result;
  }
  result.occupancy = occupancy(model_.effect_of_scan(scan), result.degrees_of_freedom);
  double sum = 0.0;
  for (const SubjectBlock& block : model_.blocks()) {
    if (scans[block.observations.front().scan].subject != result.subject) continue;
    bool has_baseline = false;
    for (const ScanObservation& o : block.observations) {
      has_baseline = has_baseline || scans[o.scan].condition != ScanCondition::drug;
      if (o.scan != scan) continue;
      sum += o.binding;
      ++result.regions;
    }
    result.baseline = subject_baseline(block, scan);
    if (has_baseline) continue;
    // How subjects differ is seen between those that have a scan without the drug.
    if (!model_.is_told(detail::subject_level)) {
      result.occupancy = {};
      result.occupancy.status = FitStatus::unidentifiable;
      result.baseline = result.degrees_of_freedom = not_available;
    }
    result.occupancy.flags.push_back("no_baseline");
  }
  result.drug = sum / static_cast<double>(result.regions);
  if (!model_.is_told(detail::scan_level)) result.occupancy.flags.push_back("scan_error_left_out");
  return result;
}

// A fit, and the regions for which it did not settle as their means went to zero.
struct Attempt {
  MultiScanFit fit;
  std::vector<std::size_t> vanished;
};

Attempt attempt(const std::vector<BindingScan>& scans, const MultiScanOptions& options) {
  MultiScanModel model(scans, options);
  Attempt attempt;
  MultiScanFit& fit = attempt.fit;
  for (const SubjectBlock& block : model.blocks()) fit.observations += block.observations.size();
  fit.left_out = model.left_out();
  Rounds rounds(model);
  const bool is_settled = rounds.settle();
  if (!is_settled) attempt.vanished = model.vanished(rounds.here());
  if (!std::isfinite(rounds.best().deviance)) {
    fit.flags.push_back("optimiser_failed");
    return attempt;
  }
  fit.status = rounds.best().converged && is_settled ? FitStatus::ok : FitStatus::not_converged;
  fit.restricted_deviance = rounds.best().deviance;
  const auto deviation = [&](std::size_t component) { return std::sqrt(rounds.likelihood().variance_of(component)); };
  fit.between_subjects = deviation(detail::subject_level);
  fit.between_regions = deviation(detail::subject_region);
  fit.of_scan = deviation(detail::scan_level);
  fit.of_region = deviation(detail::region_error);
  if (!model.is_told(detail::scan_level)) fit.flags.push_back("scan_error_left_out");
  const Results results(model, rounds, options.level);
  for (std::size_t s = 0; s < scans.size(); ++s)
    if (scans[s].condition == ScanCondition::drug) fit.scans.push_back(results.result_of(s));
  for (ScanOccupancy& scan : fit.scans)
    if (scan.occupancy.status == FitStatus::ok) scan.occupancy.status = fit.status;
  if (model.bias() != MultiScanModel::none) {
    fit.placebo = results.occupancy(model.bias(), fit.placebo_degrees_of_freedom);
    fit.placebo.status = fit.status;
  }
  return attempt;
}

}  // namespace

ScanCondition scan_condition(std::string_view name) {
  if (name == "baseline") return ScanCondition::baseline;
  if (name == "placebo") return ScanCondition::placebo;
  if (name == "drug") return ScanCondition::drug;
  throw UsageError("no condition '" + std::string(name) + "'; there are: baseline, placebo, drug");
}

MultiScanFit fit_scans(const std::vector<BindingScan>& scans, const MultiScanOptions& options) {
  normal_factor(options.level);  // the level makes sense, whether or not it is needed
  std::vector<BindingScan> rest = scans;
  while (true) {
    Attempt last = attempt(rest, options);
    if (last.vanished.empty() || last.fit.left_out.size() + last.vanished.size() == rest.front().regions.size())
      return last.fit;
    for (BindingScan& scan : rest)
      for (const std::size_t region : last.vanished) scan.regions[region] = {};
  }
}

}  // namespace pet
