// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/occupancy/multi_scan.h"

#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <set>

#include "kinetic_models/detail/variance_components.h"
#include "libpet/error.h"

namespace pet {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

enum Component : std::size_t { subject_level, subject_region, scan_level, region_error, component_count };

// One region of one scan.
struct Observation {
  std::size_t scan;
  std::size_t region;
  double binding;   // as measured
  double se;        // of it
  double measured;  // log volume, 1 + binding, or log binding
  double known;     // variance of that by its fit, at the fitted binding
};

// The observations of one subject, which are independent of all others, linear about what is fitted:
// y = X effects + slope * (of the subject) + errors.
struct Block {
  std::vector<Observation> observations;
  MatrixXd X;
  VectorXd slope;  // d measured / d log binding without the drug
  VectorXd y;
};

// Where a fit is made linear: the fixed effects, and by how much every observation's log binding without the drug is
// off the mean of its region.
struct Point {
  VectorXd effects;
  std::vector<VectorXd> of_subjects;
};

double square(double x) {
  return x * x;
}

// log likelihood, its derivatives by the variances, and what follows from them, at given variances.
struct Evaluation {
  double deviance = std::numeric_limits<double>::infinity();
  VectorXd effects;
  MatrixXd covariance;  // of the effects
  VectorXd score;       // d log likelihood / d variance
  detail::VarianceInformation variances;
  bool converged = false;  // whether the variances are those of the largest likelihood
};

class ScanModel {
 public:
  ScanModel(const std::vector<BindingScan>& scans, const MultiScanOptions& options)
      : scans_(scans), options_(options), lowest_(options.has_volume_errors ? -1.0 : 0.0) {
    check();
    collect();
    lay_out();
  }

  MultiScanFit fit();
  const std::vector<std::size_t>& vanished() const { return vanished_; }  ///< regions for which it did not settle

 private:
  void check() const;
  void collect();
  void lay_out();
  Point start() const;
  bool linearise(const Point& point);
  Point step_to(const Evaluation& best, const Point& here) const;
  bool advance(Point& here, const Point& step, double part);
  double first_variance(const Point& at) const;
  bool is_near(const Point& here, const Evaluation& best, double part) const;
  bool settle(Point& here, Evaluation& best, double first);
  void note_vanished(const Point& here);
  MatrixXd structure(const Block& block, std::size_t component) const;
  MatrixXd variance(const Block& block) const;
  Evaluation evaluate(bool wants_derivatives) const;
  Evaluation restricted_maximum();
  VectorXd of_subject(const Block& block, const VectorXd& effects) const;
  double subject_baseline(const Block& block, const VectorXd& effects, std::size_t scan) const;
  ScanOccupancy result_of(std::size_t scan, const Evaluation& best) const;
  double left(Index effect, double value) const;
  double left_slope(Index effect, double value) const;
  Occupancy occupancy_of(Index effect, const Evaluation& best, double& freedom) const;

  const std::vector<BindingScan>& scans_;
  const MultiScanOptions& options_;
  double lowest_;  // binding that can be measured
  std::vector<Block> blocks_;
  std::vector<Index> effect_of_region_;  // -1: none, left out
  VectorXd log_means_;                   // of regions without the drug, as measured; the first effects
  std::vector<Index> effect_of_scan_;    // of drug scans; -1: none
  VectorXd scale_;                       // of these effects: the mean binding of the scan's strongest region
  Index bias_ = -1;
  Index effects_ = 0;
  std::vector<std::size_t> vanished_;
  std::array<bool, component_count> is_estimated_{};
  std::array<double, component_count> variances_{};
};

void ScanModel::check() const {
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

void ScanModel::collect() {
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
  effect_of_region_.assign(regions, -1);
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
      if (std::isnan(value) || effect_of_region_[r] < 0) continue;
      const double se = std::isfinite(binding.standard_error) ? binding.standard_error : 0.0;
      blocks_[found->second].observations.push_back({s, r, binding.value, se, value, 0.0});
    }
  }
  std::erase_if(blocks_, [](const Block& block) { return block.observations.empty(); });
}

// Effects are the regions' log means, the bias, and one for each drug scan; and which variances the scans can tell.
void ScanModel::lay_out() {
  // Without a baseline the bias is in every scan, and in the regions' means.
  const auto is_seen = [&](ScanCondition condition) {
    return std::ranges::any_of(blocks_, [&](const Block& block) {
      return std::ranges::any_of(block.observations,
                                 [&](const Observation& o) { return scans_[o.scan].condition == condition; });
    });
  };
  if (is_seen(ScanCondition::placebo) && is_seen(ScanCondition::baseline)) bias_ = effects_++;
  const bool has_several_regions = log_means_.size() > 1;
  std::size_t contrasts = 0;      // between drug-free scans of a subject
  std::size_t with_baseline = 0;  // subjects
  effect_of_scan_.assign(scans_.size(), -1);
  for (Block& block : blocks_) {
    std::set<std::size_t> without_drug;
    std::set<std::size_t> all;
    for (const Observation& o : block.observations) {
      all.insert(o.scan);
      if (scans_[o.scan].condition != ScanCondition::drug)
        without_drug.insert(o.scan);
      else if (effect_of_scan_[o.scan] < 0)
        effect_of_scan_[o.scan] = effects_++;
    }
    if (!without_drug.empty()) contrasts += without_drug.size() - 1;
    if (!without_drug.empty()) ++with_baseline;
    is_estimated_[subject_region] = has_several_regions;
    is_estimated_[region_error] = is_estimated_[region_error] || (has_several_regions && all.size() > 1);
  }
  is_estimated_[scan_level] = contrasts > (bias_ >= 0 ? 1U : 0U);
  is_estimated_[subject_level] = with_baseline > 1;
  scale_ = VectorXd::Zero(effects_);
  for (const Block& block : blocks_)
    for (const Observation& o : block.observations)
      if (const Index effect = effect_of_scan_[o.scan]; effect >= 0)
        scale_[effect] = std::max(scale_[effect], std::exp(log_means_[effect_of_region_[o.region]]));
}

// What a drug scan has left of the binding where its effect is at a value: the effect is that on log binding, or the
// log volume of the scan's strongest region, in which log volumes of others are nearly linear, below zero too.
double ScanModel::left(Index effect, double value) const {
  return options_.has_volume_errors ? std::expm1(value) / scale_[effect] : std::exp(value);
}

double ScanModel::left_slope(Index effect, double value) const {
  return options_.has_volume_errors ? std::exp(value) / scale_[effect] : std::exp(value);
}

// The means without the drug, and of each drug scan what is left of them.
Point ScanModel::start() const {
  Point point{VectorXd::Zero(effects_), {}};
  point.effects.head(log_means_.size()) = log_means_;
  VectorXd without = VectorXd::Zero(effects_);
  VectorXd with = VectorXd::Zero(effects_);
  for (const Block& block : blocks_) {
    point.of_subjects.emplace_back(VectorXd::Zero(static_cast<Index>(block.observations.size())));
    for (const Observation& o : block.observations) {
      const Index effect = effect_of_scan_[o.scan];
      if (effect < 0) continue;
      with[effect] += o.binding;
      without[effect] += std::exp(log_means_[effect_of_region_[o.region]]);
    }
  }
  for (const Index effect : effect_of_scan_) {
    if (effect < 0) continue;
    const double ratio = with[effect] / without[effect];
    // No less than half the volume, with which any binding can be made linear.
    point.effects[effect] =
        options_.has_volume_errors ? std::log1p(std::max(scale_[effect] * ratio, -0.5)) : std::log(ratio);
  }
  return point;
}

// False, and nothing that can be used, where no volume is left in a region.
bool ScanModel::linearise(const Point& point) {
  for (std::size_t b = 0; b < blocks_.size(); ++b) {
    Block& block = blocks_[b];
    const auto n = static_cast<Index>(block.observations.size());
    block.X = MatrixXd::Zero(n, effects_);
    block.slope.resize(n);
    block.y.resize(n);
    for (Index i = 0; i < n; ++i) {
      Observation& o = block.observations[static_cast<std::size_t>(i)];
      const Index region = effect_of_region_[o.region];
      const Index drug = effect_of_scan_[o.scan];
      const bool is_biased = bias_ >= 0 && scans_[o.scan].condition != ScanCondition::baseline;
      const double own = point.of_subjects[b][i];
      const double untouched = std::exp(point.effects[region] + own + (is_biased ? point.effects[bias_] : 0.0));
      const double fraction = drug >= 0 ? left(drug, point.effects[drug]) : 1.0;
      const double binding = untouched * fraction;
      const double size = options_.has_volume_errors ? 1.0 + binding : binding;  // that errors grow with
      constexpr double least_volume = 0.01;
      if (!std::isfinite(binding) || (options_.has_volume_errors && size < least_volume)) return false;
      block.slope[i] = binding / size;
      block.X(i, region) = block.slope[i];
      if (is_biased) block.X(i, bias_) = block.slope[i];
      if (drug >= 0) block.X(i, drug) = untouched * left_slope(drug, point.effects[drug]) / size;
      o.known = square(o.se / size);
      block.y[i] = o.measured - std::log(size) + block.X.row(i).dot(point.effects) + block.slope[i] * own;
    }
  }
  return true;
}

MatrixXd ScanModel::structure(const Block& block, std::size_t component) const {
  const auto n = static_cast<Index>(block.observations.size());
  MatrixXd G = MatrixXd::Zero(n, n);
  for (Index i = 0; i < n; ++i)
    for (Index j = 0; j < n; ++j) {
      const Observation& a = block.observations[static_cast<std::size_t>(i)];
      const Observation& b = block.observations[static_cast<std::size_t>(j)];
      const double slopes = block.slope[i] * block.slope[j];
      switch (component) {
        case subject_level:
          G(i, j) = slopes;
          break;
        case subject_region:
          G(i, j) = a.region == b.region ? slopes : 0.0;
          break;
        case scan_level:
          G(i, j) = a.scan == b.scan ? 1.0 : 0.0;
          break;
        default:
          G(i, j) = i == j ? 1.0 : 0.0;
          break;
      }
    }
  return G;
}

MatrixXd ScanModel::variance(const Block& block) const {
  const auto n = static_cast<Index>(block.observations.size());
  MatrixXd V = MatrixXd::Zero(n, n);
  for (std::size_t k = 0; k < component_count; ++k)
    if (variances_[k] > 0.0) V += variances_[k] * structure(block, k);
  for (Index i = 0; i < n; ++i) V(i, i) += block.observations[static_cast<std::size_t>(i)].known;
  return V;
}

// With P = W - W X C X' W, W the inverse of the variances, C that of X' W X: score_k = (y' P G_k P y - tr P G_k) / 2.
Evaluation ScanModel::evaluate(bool wants_derivatives) const {
  Evaluation result;
  MatrixXd normal = MatrixXd::Zero(effects_, effects_);
  VectorXd right = VectorXd::Zero(effects_);
  std::vector<MatrixXd> inverses;
  double logarithms = 0.0;
  for (const Block& block : blocks_) {
    const Eigen::LLT<MatrixXd> cholesky(variance(block));
    if (cholesky.info() != Eigen::Success) return result;
    logarithms += 2.0 * cholesky.matrixLLT().diagonal().array().log().sum();
    inverses.push_back(cholesky.solve(MatrixXd::Identity(block.y.size(), block.y.size())));
    const MatrixXd WX = inverses.back() * block.X;
    normal += block.X.transpose() * WX;
    right += WX.transpose() * block.y;
  }
  const Eigen::LLT<MatrixXd> cholesky(normal);
  if (cholesky.info() != Eigen::Success) return result;
  logarithms += 2.0 * cholesky.matrixLLT().diagonal().array().log().sum();
  const MatrixXd& C = result.covariance = cholesky.solve(MatrixXd::Identity(effects_, effects_));
  result.effects = C * right;
  std::vector<VectorXd> residuals;  // P y of every subject
  double squares = 0.0;
  for (std::size_t b = 0; b < blocks_.size(); ++b) {
    const VectorXd off = blocks_[b].y - blocks_[b].X * result.effects;
    residuals.emplace_back(inverses[b] * off);
    squares += off.dot(residuals.back());
  }
  result.deviance = logarithms + squares;
  if (!wants_derivatives) return result;

  std::vector<detail::VarianceBlock> blocks;
  result.score = VectorXd::Zero(component_count);
  for (std::size_t b = 0; b < blocks_.size(); ++b) {
    blocks.push_back({std::move(inverses[b]), blocks_[b].X, std::vector<MatrixXd>(component_count)});
    for (std::size_t k = 0; k < component_count; ++k) {
      if (!is_estimated_[k]) continue;
      blocks.back().structures[k] = structure(blocks_[b], k);
      result.score[static_cast<Index>(k)] += 0.5 * residuals[b].dot(blocks.back().structures[k] * residuals[b]);
    }
  }
  result.variances = detail::variance_information(blocks, C);
  result.score -= 0.5 * result.variances.traces;
  return result;
}

// Scoring; a variance at zero stays there as long as the likelihood falls from there.
Evaluation ScanModel::restricted_maximum() {
  Evaluation here = evaluate(true);
  constexpr int most_steps = 100;
  constexpr double close = 1e-9;
  for (int step = 0; step < most_steps && std::isfinite(here.deviance); ++step) {
    std::vector<std::size_t> moved;
    for (std::size_t k = 0; k < component_count; ++k)
      if (is_estimated_[k] && (variances_[k] > 0.0 || here.score[static_cast<Index>(k)] > 0.0)) moved.push_back(k);
    here.converged = moved.empty();
    if (here.converged) return here;
    const auto m = static_cast<Index>(moved.size());
    MatrixXd information(m, m);
    VectorXd score(m);
    for (Index a = 0; a < m; ++a) {
      score[a] = here.score[static_cast<Index>(moved[static_cast<std::size_t>(a)])];
      for (Index b = 0; b < m; ++b)
        information(a, b) = here.variances.information(static_cast<Index>(moved[static_cast<std::size_t>(a)]),
                                                       static_cast<Index>(moved[static_cast<std::size_t>(b)]));
    }
    const VectorXd change = information.ldlt().solve(score);
    const std::array<double, component_count> from = variances_;
    double gain = -1.0;
    Evaluation there;
    for (double length = 1.0; length > 1e-4; length *= 0.5) {
      for (Index a = 0; a < m; ++a) {
        const std::size_t k = moved[static_cast<std::size_t>(a)];
        variances_[k] = std::max(0.0, from[k] + length * change[a]);
      }
      there = evaluate(true);
      gain = here.deviance - there.deviance;
      if (gain >= 0.0) break;
    }
    if (!(gain >= 0.0)) {
      variances_ = from;
      constexpr double nothing = 1e-6;  // that a step as long as it should be promises to gain
      double promised = 0.0;            // by those that are not kept at zero
      for (Index a = 0; a < m; ++a)
        if (from[moved[static_cast<std::size_t>(a)]] + change[a] > 0.0) promised += score[a] * change[a];
      here.converged = promised < nothing;
      return here;
    }
    here = std::move(there);
    here.converged = gain < close;
    if (here.converged) return here;
  }
  return here;
}

// By how much each observation's log binding without the drug is off the mean of its region, as far as scans tell.
VectorXd ScanModel::of_subject(const Block& block, const VectorXd& effects) const {
  const VectorXd weighted = variance(block).llt().solve(block.y - block.X * effects).cwiseProduct(block.slope);
  VectorXd off = VectorXd::Constant(block.y.size(), variances_[subject_level] * weighted.sum());
  for (Index i = 0; i < off.size(); ++i)
    for (Index j = 0; j < off.size(); ++j)
      if (block.observations[static_cast<std::size_t>(i)].region ==
          block.observations[static_cast<std::size_t>(j)].region)
        off[i] += variances_[subject_region] * weighted[j];
  return off;
}

// The mean over the regions of a drug scan of the binding that the model has for the subject without the drug.
double ScanModel::subject_baseline(const Block& block, const VectorXd& effects, std::size_t scan) const {
  const VectorXd off = of_subject(block, effects);
  double sum = 0.0;
  double count = 0.0;
  for (std::size_t i = 0; i < block.observations.size(); ++i) {
    if (block.observations[i].scan != scan) continue;
    sum += std::exp(effects[effect_of_region_[block.observations[i].region]] + off[static_cast<Index>(i)]);
    count += 1.0;
  }
  return sum / count;
}

// Of a drug effect or the bias; its interval is that of the effect.
Occupancy ScanModel::occupancy_of(Index effect, const Evaluation& best, double& freedom) const {
  Occupancy occupancy;
  const double variance = best.covariance(effect, effect);
  std::vector<bool> is_free;
  for (std::size_t k = 0; k < component_count; ++k) is_free.push_back(variances_[k] > 0.0 && is_estimated_[k]);
  freedom = detail::satterthwaite_freedom(best.variances, is_free, effect, variance);
  const double factor = student_factor(options_.level, freedom) * std::sqrt(variance);
  const double value = best.effects[effect];
  const auto gone = [&](double at) { return effect == bias_ ? -std::expm1(at) : 1.0 - left(effect, at); };
  occupancy.value = gone(value);
  occupancy.standard_error = (effect == bias_ ? std::exp(value) : left_slope(effect, value)) * std::sqrt(variance);
  occupancy.interval = {gone(value + factor), gone(value - factor)};
  occupancy.status = FitStatus::ok;
  if (occupancy.value < 0.0) occupancy.flags.push_back("occupancy_below_zero");
  if (occupancy.value > 1.0) occupancy.flags.push_back("occupancy_above_one");
  return occupancy;
}

ScanOccupancy ScanModel::result_of(std::size_t scan, const Evaluation& best) const {
  ScanOccupancy result;
  result.name = scans_[scan].name;
  result.subject = scans_[scan].subject;
  if (effect_of_scan_[scan] < 0) {
    result.occupancy.status = FitStatus::unidentifiable;
    result.occupancy.flags.push_back("no_positive_binding");
    return result;
  }
  result.occupancy = occupancy_of(effect_of_scan_[scan], best, result.degrees_of_freedom);
  double sum = 0.0;
  for (const Block& block : blocks_) {
    if (scans_[block.observations.front().scan].subject != result.subject) continue;
    bool has_baseline = false;
    for (const Observation& o : block.observations) {
      has_baseline = has_baseline || scans_[o.scan].condition != ScanCondition::drug;
      if (o.scan != scan) continue;
      sum += o.binding;
      ++result.regions;
    }
    result.baseline = subject_baseline(block, best.effects, scan);
    if (has_baseline) continue;
    // How subjects differ is seen between those that have a scan without the drug.
    if (!is_estimated_[subject_level]) {
      result.occupancy = {};
      result.occupancy.status = FitStatus::unidentifiable;
      result.baseline = result.degrees_of_freedom = not_available;
    }
    result.occupancy.flags.push_back("no_baseline");
  }
  result.drug = sum / static_cast<double>(result.regions);
  if (!is_estimated_[scan_level]) result.occupancy.flags.push_back("scan_error_left_out");
  return result;
}

// A part of the step, less where a binding is left of no volume. False, and all as it was,
// where there is no such part.
bool ScanModel::advance(Point& here, const Point& step, double part) {
  for (double length = part; length > 1e-4 * part; length *= 0.5) {
    Point there = here;
    there.effects += length * step.effects;
    for (std::size_t b = 0; b < blocks_.size(); ++b) there.of_subjects[b] += length * step.of_subjects[b];
    if (!linearise(there)) continue;
    here = std::move(there);
    return true;
  }
  linearise(here);
  return false;
}

Point ScanModel::step_to(const Evaluation& best, const Point& here) const {
  Point step{best.effects - here.effects, {}};
  for (std::size_t b = 0; b < blocks_.size(); ++b)
    step.of_subjects.push_back(of_subject(blocks_[b], best.effects) - here.of_subjects[b]);
  return step;
}

// Regions whose mean has gone towards zero, where its logarithm has no end.
void ScanModel::note_vanished(const Point& here) {
  constexpr double next_to_nothing = 0.1;  // of the plain mean
  for (std::size_t r = 0; r < effect_of_region_.size(); ++r) {
    const Index effect = effect_of_region_[r];
    if (effect >= 0 && here.effects[effect] < log_means_[effect] + std::log(next_to_nothing)) vanished_.push_back(r);
  }
}

// Variances that a fit starts from: a part of what the start leaves.
double ScanModel::first_variance(const Point& at) const {
  double squares = 0.0;
  double count = 0.0;
  for (const Block& block : blocks_) {
    squares += (block.y - block.X * at.effects).squaredNorm();
    count += static_cast<double>(block.observations.size());
  }
  return std::max(0.25 * squares / count, 1e-6);
}

// Whether no effect would move by more than that part of its standard error.
bool ScanModel::is_near(const Point& here, const Evaluation& best, double part) const {
  return std::isfinite(best.deviance) &&
         ((best.effects - here.effects).cwiseAbs().array() <= part * best.covariance.diagonal().array().sqrt()).all();
}

// Rounds until no effect moves; whether that is so. Where readings do not fit together rounds end in a small swing,
// which the variances' own accuracy makes.
bool ScanModel::settle(Point& here, Evaluation& best, double first) {
  constexpr int most_rounds = 60;
  constexpr double settled = 1e-8;  // of logarithms
  constexpr double longest = 1.0;   // step of an effect
  constexpr double least = 0.2;     // part of a step
  constexpr double swing = 0.01;    // of standard errors
  double part = 1.0;
  VectorXd last = VectorXd::Zero(effects_);
  for (int round = 0; round < most_rounds && std::isfinite(best.deviance); ++round) {
    const Point step = step_to(best, here);
    // A step that goes back on the last one would go on swinging.
    part = step.effects.dot(last) < 0.0 ? std::max(least, 0.5 * part) : std::min(1.0, 1.2 * part);
    last = step.effects;
    if (!advance(here, step, std::min(part, longest / step.effects.cwiseAbs().maxCoeff()))) return false;
    for (std::size_t k = 0; k < component_count; ++k)
      if (is_estimated_[k]) variances_[k] = std::max(variances_[k], 1e-3 * first);
    best = restricted_maximum();
    if (std::isfinite(best.deviance) && (best.effects - here.effects).cwiseAbs().maxCoeff() < settled) return true;
  }
  return is_near(here, best, swing);
}

MultiScanFit ScanModel::fit() {
  MultiScanFit result;
  for (const Block& block : blocks_) result.observations += block.observations.size();
  for (std::size_t r = 0; r < effect_of_region_.size(); ++r)
    if (effect_of_region_[r] < 0) result.left_out.push_back(r);
  Point here = start();
  linearise(here);
  const double first = first_variance(here);
  for (std::size_t k = 0; k < component_count; ++k) variances_[k] = is_estimated_[k] ? first : 0.0;
  Evaluation best = restricted_maximum();
  const bool is_settled = settle(here, best, first);
  if (!is_settled) note_vanished(here);
  if (!std::isfinite(best.deviance)) {
    result.flags.push_back("optimiser_failed");
    return result;
  }
  result.status = best.converged && is_settled ? FitStatus::ok : FitStatus::not_converged;
  result.restricted_deviance = best.deviance;
  result.between_subjects = std::sqrt(variances_[subject_level]);
  result.between_regions = std::sqrt(variances_[subject_region]);
  result.of_scan = std::sqrt(variances_[scan_level]);
  result.of_region = std::sqrt(variances_[region_error]);
  if (!is_estimated_[scan_level]) result.flags.push_back("scan_error_left_out");
  for (std::size_t s = 0; s < scans_.size(); ++s)
    if (scans_[s].condition == ScanCondition::drug) result.scans.push_back(result_of(s, best));
  for (ScanOccupancy& scan : result.scans)
    if (scan.occupancy.status == FitStatus::ok) scan.occupancy.status = result.status;
  if (bias_ >= 0) {
    result.placebo = occupancy_of(bias_, best, result.placebo_degrees_of_freedom);
    result.placebo.status = result.status;
  }
  return result;
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
    ScanModel model(rest, options);
    MultiScanFit fit = model.fit();
    const std::size_t gone = model.vanished().size();
    if (gone == 0 || fit.left_out.size() + gone == rest.front().regions.size()) return fit;
    for (BindingScan& scan : rest)
      for (const std::size_t region : model.vanished()) scan.regions[region] = {};
  }
}

}  // namespace pet
