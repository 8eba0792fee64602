// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/shared_reference.h"

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>
#include <limits>

#include "kinetic_models/detail/both_curves.h"
#include "kinetic_models/detail/index.h"
#include "libpet/error.h"
#include "libpet/parallel.h"

namespace pet {
namespace {

using detail::as_index;
using detail::BothCurves;
using Eigen::MatrixXd;
using Eigen::VectorXd;

// A region that takes part, and where its fit stands.
struct Region {
  std::size_t index;
  double of_ordinary_fit;  // residual standard deviation
  detail::LikelihoodOptimum optimum;
  bool has_say;  // what it says of the reference can be trusted
  BothCurves::Message message;
};

// The errors z of the reference at some curve r: r + diag(s) z.
class Scan {
 public:
  Scan(const Model& model,
       const std::vector<RegionData>& data,
       const ReferenceRegion& measured,
       const ReferenceNoise& noise,
       unsigned threads)
      : model_(model),
        data_(data),
        measured_(measured),
        noise_(noise),
        threads_(threads),
        likely_(measured.tac()),
        step_(VectorXd::Zero(as_index(likely_.activity.size()))) {}

  SharedReferenceFit fit(const std::optional<IntervalOptions>& intervals);

 private:
  // What all regions but one, or all (none), say of z with the measured reference.
  struct Knowledge {
    MatrixXd precision;
    VectorXd slope;
    VectorXd centre() const { return precision.llt().solve(slope); }
  };
  VectorXd sizes() const;
  TimeActivityCurve moved(const VectorXd& z) const;
  Knowledge knowledge_without(std::optional<std::size_t> region) const;
  BothCurves curves_of(const Region& region, const Knowledge& others) const;
  void start(SharedReferenceFit& result);
  double turn();

  const Model& model_;
  const std::vector<RegionData>& data_;
  const ReferenceRegion& measured_;
  const ReferenceNoise& noise_;
  unsigned threads_;
  TimeActivityCurve likely_;  // where the regions said what they say
  VectorXd step_;             // from there to what follows from all they said
  std::vector<Fit> ordinary_;
  std::vector<Region> regions_;
};

VectorXd Scan::sizes() const {
  return Eigen::Map<const VectorXd>(noise_.standard_deviation.data(), as_index(noise_.standard_deviation.size()));
}

TimeActivityCurve Scan::moved(const VectorXd& z) const {
  TimeActivityCurve curve = likely_;
  for (std::size_t j = 0; j < curve.activity.size(); ++j)
    curve.activity[j] += noise_.standard_deviation[j] * z[as_index(j)];
  return curve;
}

Scan::Knowledge Scan::knowledge_without(std::optional<std::size_t> region) const {
  const auto frames = as_index(likely_.activity.size());
  Knowledge knowledge{MatrixXd::Identity(frames, frames), VectorXd(frames)};
  for (std::size_t j = 0; j < likely_.activity.size(); ++j) {
    const double size = noise_.standard_deviation[j];
    const double off = measured_.tac().activity[j] - likely_.activity[j];
    knowledge.slope[as_index(j)] = size > 0.0 ? off / size : 0.0;  // without noise it never moved
  }
  for (std::size_t q = 0; q < regions_.size(); ++q) {
    if (q == region) continue;
    knowledge.precision += regions_[q].message.precision;
    knowledge.slope += regions_[q].message.slope;
  }
  return knowledge;
}

// With precision L L' a root of the covariance is L'^-1.
BothCurves Scan::curves_of(const Region& region, const Knowledge& others) const {
  const Eigen::LLT<MatrixXd> cholesky(others.precision);
  const MatrixXd root = cholesky.matrixU().solve(MatrixXd::Identity(others.precision.rows(), others.precision.cols()));
  const RegionData& data = data_[region.index];
  return {model_,
          data.target,
          {measured_.with_curve(moved(cholesky.solve(others.slope))), sizes().asDiagonal() * root,
           noise_.degrees_of_freedom},
          data.options};
}

void Scan::start(SharedReferenceFit& result) {
  ordinary_.resize(data_.size());
  parallel_for(data_.size(), threads_,
               [&](std::size_t i) { ordinary_[i] = pet::fit(model_, data_[i].target, measured_, data_[i].options); });
  result.fits = ordinary_;
  result.target_noise.assign(data_.size(), not_available);
  for (std::size_t i = 0; i < data_.size(); ++i) {
    const Fit& fit = ordinary_[i];
    if (!detail::is_start(fit)) continue;
    const double sigma = std::sqrt(fit.weighted_rss / fit.degrees_of_freedom);
    const bool is_settled = fit.status == FitStatus::ok || fit.status == FitStatus::at_bound;
    const bool is_bound = std::ranges::find(fit.flags, "low_binding") == fit.flags.end();
    Region region{i, sigma, {}, is_settled && is_bound, {}};
    region.optimum.solution.parameters = fit.parameters;
    region.optimum.sigma = sigma;
    regions_.push_back(std::move(region));
  }
}

// Every region says what the reference is, then is fitted with what the others said. Returns how far the reference
// moved and the noise of the targets changed, in standard deviations and as a fraction.
double Scan::turn() {
  likely_ = moved(step_);
  parallel_for(regions_.size(), threads_, [&](std::size_t q) {
    Region& region = regions_[q];
    const auto frames = as_index(likely_.activity.size());
    region.message = {MatrixXd::Zero(frames, frames), VectorXd::Zero(frames)};
    if (!region.has_say || region.optimum.solution.parameters.empty()) return;
    const BothCurves here(model_, data_[region.index].target,
                          {measured_.with_curve(likely_), sizes().asDiagonal(), noise_.degrees_of_freedom},
                          data_[region.index].options);
    region.message = here.message(region.optimum.solution.parameters, region.optimum.sigma);
  });
  step_ = knowledge_without({}).centre();
  std::vector<double> changes(regions_.size());
  parallel_for(regions_.size(), threads_, [&](std::size_t q) {
    Region& region = regions_[q];
    if (region.optimum.solution.parameters.empty()) return;  // it failed in an earlier turn, and stays failed
    detail::LikelihoodOptimum found = detail::maximise(curves_of(region, knowledge_without(q)),
                                                       region.optimum.solution.parameters, region.of_ordinary_fit);
    changes[q] = found.solution.parameters.empty() ? std::numeric_limits<double>::infinity()
                                                   : std::abs(found.sigma / region.optimum.sigma - 1.0);
    region.optimum = std::move(found);
  });
  return std::max(step_.cwiseAbs().maxCoeff(), *std::ranges::max_element(changes));
}

SharedReferenceFit Scan::fit(const std::optional<IntervalOptions>& intervals) {
  SharedReferenceFit result;
  start(result);
  result.reference = likely_;
  result.reference_error = noise_.standard_deviation;
  if (regions_.empty()) return result;
  constexpr int most_turns = 50;
  constexpr double settled = 1e-4;
  for (int i = 0; i < most_turns && !result.converged; ++i) result.converged = turn() < settled;
  parallel_for(regions_.size(), threads_, [&](std::size_t q) {
    const Region& region = regions_[q];
    result.fits[region.index] =
        detail::as_fit(curves_of(region, knowledge_without(q)), region.optimum, ordinary_[region.index], intervals);
    Fit& fit = result.fits[region.index];
    if (fit.status != FitStatus::failed) result.target_noise[region.index] = region.optimum.sigma;
    if (!result.converged && (fit.status == FitStatus::ok || fit.status == FitStatus::at_bound))
      fit.status = FitStatus::not_converged;
  });
  result.reference = moved(step_);
  const MatrixXd covariance =
      knowledge_without({}).precision.llt().solve(MatrixXd::Identity(sizes().size(), sizes().size()));
  for (std::size_t j = 0; j < result.reference_error.size(); ++j)
    result.reference_error[j] *= std::sqrt(covariance(as_index(j), as_index(j)));
  return result;
}

}  // namespace

SharedReferenceFit fit_shared_reference(const Model& model,
                                        const std::vector<RegionData>& regions,
                                        const ReferenceRegion& reference,
                                        const ReferenceNoise& noise,
                                        const std::optional<IntervalOptions>& intervals,
                                        unsigned threads) {
  if (regions.empty()) throw UsageError("no regions to fit with one reference");
  for (const RegionData& region : regions) detail::require_likelihood(model, region.options, intervals);
  return Scan(model, regions, reference, noise, threads).fit(intervals);
}

}  // namespace pet
