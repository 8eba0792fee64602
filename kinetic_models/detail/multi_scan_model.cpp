// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/detail/multi_scan_model.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "libpet/error.h"

namespace pet::detail {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

MultiScanModel::MultiScanModel(const std::vector<BindingScan>& scans, const MultiScanOptions& options)
    : scans_(scans), options_(options), lowest_(options.has_volume_errors ? -1.0 : 0.0) {
  check();
  collect();
  lay_out();
}

void MultiScanModel::check() const {
  std::set<std::string> names;
  std::set<std::string> subjects;
  bool has_drug = false;
  bool has_baseline = false;
  for (const BindingScan& scan : scans_) {
    if (!names.insert(scan.name).second) throw bad_input("scans", "'" + scan.name + "' twice", "different names");
    if (scan.regions.size() != scans_.front().regions.size())
      throw bad_input("scan '" + scan.name + "'", std::to_string(scan.regions.size()) + " regions",
                      std::to_string(scans_.front().regions.size()) + " as the first");
    subjects.insert(scan.subject);
    has_drug = has_drug || scan.condition == ScanCondition::drug;
    has_baseline = has_baseline || scan.condition != ScanCondition::drug;
  }
  if (!has_drug) throw bad_input("scans", "none with the drug", "at least one");
  if (!has_baseline) throw bad_input("scans", "all with the drug", "some without it");
  if (subjects.size() < 3) throw bad_input("scans", std::to_string(subjects.size()) + " subjects", "at least 3");
}

void MultiScanModel::collect() {
  const std::size_t regions = scans_.front().regions.size();
  std::vector<double> sums(regions, 0.0);  // without the drug
  std::vector<double> counts(regions, 0.0);
  const auto measured = [&](const Binding& binding) {
    if (!std::isfinite(binding.value) || !(binding.value > lowest_)) return not_available;
    return options_.has_volume_errors ? std::log1p(binding.value) : std::log(binding.value);
  };
  for (const BindingScan& scan : scans_) {
    if (scan.condition == ScanCondition::drug) continue;
    for (std::size_t r = 0; r < regions; ++r) {
      const double value = measured(scan.regions[r]);
      if (std::isnan(value)) continue;
      sums[r] += value;
      counts[r] += 1.0;
    }
  }
  effect_of_region_.assign(regions, none);
  log_means_ = VectorXd::Zero(static_cast<Index>(regions));
  for (std::size_t r = 0; r < regions; ++r) {
    if (counts[r] == 0.0) continue;
    const double mean = sums[r] / counts[r];
    const double binding = options_.has_volume_errors ? std::expm1(mean) : std::exp(mean);
    if (!(binding > 0.0)) continue;
    log_means_[effects_] = std::log(binding);
    effect_of_region_[r] = effects_++;
  }
  if (effects_ == 0) throw bad_input("scans without the drug", "no region of positive mean binding", "at least one");
  log_means_.conservativeResize(effects_);

  std::map<std::string, std::size_t> block_of;
  for (std::size_t s = 0; s < scans_.size(); ++s) {
    const auto [found, is_new] = block_of.emplace(scans_[s].subject, blocks_.size());
    if (is_new) blocks_.emplace_back();
    for (std::size_t r = 0; r < regions; ++r) {
      const Binding& binding = scans_[s].regions[r];
      const double value = measured(binding);
      if (std::isnan(value) || effect_of_region_[r] == none) continue;
      const double se = std::isfinite(binding.standard_error) ? binding.standard_error : 0.0;
      blocks_[found->second].observations.push_back({s, r, binding.value, se, value, 0.0});
    }
  }
  std::erase_if(blocks_, [](const SubjectBlock& block) { return block.observations.empty(); });
}

void MultiScanModel::lay_out() {
  // Without a baseline the bias is in every scan, and in the regions' means.
  const auto is_seen = [&](ScanCondition condition) {
    return std::ranges::any_of(blocks_, [&](const SubjectBlock& block) {
      return std::ranges::any_of(block.observations,
                                 [&](const ScanObservation& o) { return scans_[o.scan].condition == condition; });
    });
  };
  if (is_seen(ScanCondition::placebo) && is_seen(ScanCondition::baseline)) bias_ = effects_++;
  const bool has_several_regions = log_means_.size() > 1;
  std::size_t contrasts = 0;      // between drug-free scans of a subject
  std::size_t with_baseline = 0;  // subjects
  effect_of_scan_.assign(scans_.size(), none);
  for (SubjectBlock& block : blocks_) {
    std::set<std::size_t> without_drug;
    std::set<std::size_t> all;
    for (const ScanObservation& o : block.observations) {
      all.insert(o.scan);
      if (scans_[o.scan].condition != ScanCondition::drug)
        without_drug.insert(o.scan);
      else if (effect_of_scan_[o.scan] == none)
        effect_of_scan_[o.scan] = effects_++;
    }
    if (!without_drug.empty()) contrasts += without_drug.size() - 1;
    if (!without_drug.empty()) ++with_baseline;
    is_told_[region_error] = is_told_[region_error] || (has_several_regions && all.size() > 1);
  }
  is_told_[subject_region] = has_several_regions;
  is_told_[scan_level] = contrasts > (bias_ != none ? 1U : 0U);
  is_told_[subject_level] = with_baseline > 1;
  scale_ = VectorXd::Zero(effects_);
  for (const SubjectBlock& block : blocks_)
    for (const ScanObservation& o : block.observations)
      if (const Index effect = effect_of_scan_[o.scan]; effect != none)
        scale_[effect] = std::max(scale_[effect], std::exp(log_means_[effect_of_region_[o.region]]));
}

double MultiScanModel::left(Index effect, double value) const {
  return options_.has_volume_errors ? std::expm1(value) / scale_[effect] : std::exp(value);
}

double MultiScanModel::left_slope(Index effect, double value) const {
  return options_.has_volume_errors ? std::exp(value) / scale_[effect] : std::exp(value);
}

ScanPoint MultiScanModel::start() const {
  ScanPoint point{VectorXd::Zero(effects_), {}};
  point.effects.head(log_means_.size()) = log_means_;
  VectorXd without = VectorXd::Zero(effects_);
  VectorXd with = VectorXd::Zero(effects_);
  for (const SubjectBlock& block : blocks_) {
    point.of_subjects.emplace_back(VectorXd::Zero(static_cast<Index>(block.observations.size())));
    for (const ScanObservation& o : block.observations) {
      const Index effect = effect_of_scan_[o.scan];
      if (effect == none) continue;
      with[effect] += o.binding;
      without[effect] += std::exp(log_means_[effect_of_region_[o.region]]);
    }
  }
  for (const Index effect : effect_of_scan_) {
    if (effect == none) continue;
    const double ratio = with[effect] / without[effect];
    // No less than half the volume, with which any binding can be made linear.
    point.effects[effect] =
        options_.has_volume_errors ? std::log1p(std::max(scale_[effect] * ratio, -0.5)) : std::log(ratio);
  }
  return point;
}

bool MultiScanModel::linearise(const ScanPoint& point) {
  for (std::size_t b = 0; b < blocks_.size(); ++b) {
    SubjectBlock& block = blocks_[b];
    const auto n = static_cast<Index>(block.observations.size());
    block.X = MatrixXd::Zero(n, effects_);
    block.slope.resize(n);
    block.y.resize(n);
    for (Index i = 0; i < n; ++i) {
      ScanObservation& o = block.observations[static_cast<std::size_t>(i)];
      const Index region = effect_of_region_[o.region];
      const Index drug = effect_of_scan_[o.scan];
      const bool is_biased = bias_ != none && scans_[o.scan].condition != ScanCondition::baseline;
      const double own = point.of_subjects[b][i];
      const double untouched = std::exp(point.effects[region] + own + (is_biased ? point.effects[bias_] : 0.0));
      const double fraction = drug != none ? left(drug, point.effects[drug]) : 1.0;
      const double binding = untouched * fraction;
      const double size = options_.has_volume_errors ? 1.0 + binding : binding;  // that errors grow with
      constexpr double least_volume = 0.01;
      if (!std::isfinite(binding) || (options_.has_volume_errors && size < least_volume)) return false;
      block.slope[i] = binding / size;
      block.X(i, region) = block.slope[i];
      if (is_biased) block.X(i, bias_) = block.slope[i];
      if (drug != none) block.X(i, drug) = untouched * left_slope(drug, point.effects[drug]) / size;
      o.known = std::pow(o.se / size, 2);
      block.y[i] = o.measured - std::log(size) + block.X.row(i).dot(point.effects) + block.slope[i] * own;
    }
  }
  return true;
}

std::vector<std::size_t> MultiScanModel::left_out() const {
  std::vector<std::size_t> regions;
  for (std::size_t r = 0; r < effect_of_region_.size(); ++r)
    if (effect_of_region_[r] == none) regions.push_back(r);
  return regions;
}

std::vector<std::size_t> MultiScanModel::vanished(const ScanPoint& point) const {
  constexpr double next_to_nothing = 0.1;  // of the plain mean
  std::vector<std::size_t> regions;
  for (std::size_t r = 0; r < effect_of_region_.size(); ++r) {
    const Index effect = effect_of_region_[r];
    if (effect != none && point.effects[effect] < log_means_[effect] + std::log(next_to_nothing)) regions.push_back(r);
  }
  return regions;
}

}  // namespace pet::detail
