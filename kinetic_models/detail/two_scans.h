// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <Eigen/Core>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "kinetic_models/detail/frames_used.h"
#include "kinetic_models/detail/regression.h"
#include "kinetic_models/model.h"
#include "kinetic_models/occupancy/interval.h"

// Several regions in two scans, fitted at once: a few parameters that all have in common, of which the occupancy is
// the last, and a few of each region's own.
namespace pet::detail {

/// The curves of one scan. A view; what it was made of must outlive it.
struct ScanCurves {
  ScanInput input;
  const std::vector<TimeActivityCurve>& targets;
  const std::vector<std::vector<double>>& weights;  ///< inverse variances, one list a region; empty lists: uniform
};

/// The fit of one of its curves by itself, with its weights.
Fit fit_alone(const Model& model, const ScanCurves& scan, std::size_t region, FitOptions options);

/// Whether a curve has such a fit, with a size of its residuals: one of zeros has none.
bool is_usable(const Fit& alone, const TimeActivityCurve& target);

/// How a model of one scan describes a region in two.
struct TwoScanModel {
  const Model* model = nullptr;       ///< of one scan
  std::vector<Parameter> parameters;  ///< of a region: its own, then those in common, the occupancy last
  std::size_t own = 0;                ///< how many are its own
  std::size_t least_frames = 0;       ///< of a curve
  /// The parameters of the model in one scan (0 baseline, 1 drug) from those of a region; `slopes` (model parameters x
  /// region parameters, row-major, zero on entry) unless it is empty. False where there is no curve.
  std::function<bool(
      std::size_t scan, std::span<const double> region, std::span<double> of_scan, std::span<double> slopes)>
      of_scan;
  /// Moves a region's parameters to where there are curves, should there be none.
  std::function<void(std::vector<double>& region)> move_inside = [](std::vector<double>&) {};

  std::size_t common() const { return parameters.size() - own; }
};

/// Both curves of a region.
class RegionInTwoScans {
 public:
  /// `alone`: the fits of the curves by themselves, whose residual variances are the scale of their residuals.
  RegionInTwoScans(const TwoScanModel& model,
                   const ScanCurves& baseline,
                   const ScanCurves& drug,
                   std::size_t index,
                   const Fit& baseline_alone,
                   const Fit& drug_alone);
  RegionInTwoScans(const RegionInTwoScans&) = delete;
  RegionInTwoScans& operator=(const RegionInTwoScans&) = delete;

  std::size_t index() const { return index_; }
  std::size_t observations() const { return problem_.observations; }
  std::size_t fitted() const;  ///< how many of its own parameters are not held
  const std::vector<double>& at() const { return at_; }
  void move_to(std::vector<double> parameters) { at_ = std::move(parameters); }
  bool converged() const { return converged_; }
  bool is_at_bound() const;  ///< whether one of its own parameters is

  /// The smallest sum of squares at these common parameters, from where the last one ended.
  double cost(std::span<const double> common);
  /// The same from several starts of its own parameters, the present one too.
  double cost(std::span<const double> common, const std::vector<std::vector<double>>& own_starts);

  std::vector<double> residuals() const;
  /// The derivatives of the residuals by the common parameters that the region's own cannot make up for.
  Eigen::MatrixXd scores() const;
  /// Which of the residuals are of a scan.
  std::size_t first_residual(std::size_t scan) const { return scan == 0 ? 0 : curves_[0].used.index.size(); }
  std::size_t residuals_of(std::size_t scan) const { return curves_[scan].used.index.size(); }

  std::vector<double> scan_parameters(std::size_t scan) const;
  /// The prediction in the scale of the residuals, with another input.
  Eigen::VectorXd weighted_prediction(std::size_t scan, const ScanInput& input) const;

 private:
  struct Curve {
    const TimeActivityCurve* target;
    ScanInput input;
    FramesUsed used;
    double sigma;

    double factor(std::size_t i) const;
  };

  void evaluate(std::span<const double> p, std::span<double> residuals, std::span<double> jacobian) const;
  bool evaluate_scan(std::size_t scan,
                     std::span<const double> p,
                     std::span<double> residuals,
                     std::span<double> jacobian) const;
  void hold(std::span<const double> common);
  double take(RegressionOptimum found);

  const TwoScanModel& model_;
  std::size_t index_;
  std::vector<Curve> curves_;
  Regression problem_;
  std::vector<double> at_;
  bool converged_ = true;
};

/// What is known of the common parameters besides the curves: (x - centre)' precision (x - centre) is added to the sum
/// of squares. Empty: nothing.
struct CommonKnowledge {
  Eigen::VectorXd centre;
  Eigen::MatrixXd precision;
  std::size_t observations = 0;  ///< that it stands for
};

/// The sum over the regions, their own parameters minimised over.
class TwoScanProblem {
 public:
  TwoScanProblem(const TwoScanModel& model,
                 std::vector<std::unique_ptr<RegionInTwoScans>> regions,
                 CommonKnowledge knowledge = {});

  const std::vector<std::unique_ptr<RegionInTwoScans>>& regions() const { return regions_; }
  std::size_t occupancy() const { return model_.common() - 1; }  ///< its place among the common parameters
  const Parameter& parameter(std::size_t k) const { return model_.parameters[model_.own + k]; }
  const std::vector<double>& at() const { return at_; }
  int degrees_of_freedom() const;

  /// The sum at these common parameters.
  double cost(const std::vector<double>& common);
  /// The smallest sum with common parameter `k` at a value, from where the last one ended: Gauss-Newton steps over the
  /// other common parameters, with what the regions' own make up for taken out of the derivatives.
  double profile_cost(std::size_t k, double value);
  /// Searches the smallest sum over parameter `k` about a guess, first within `reach` of it. Leaves the problem there.
  double minimise(std::size_t k, double guess, double reach);
  /// Information about the common parameters where the problem stands, half the second derivative of the sum; zero for
  /// those that are held.
  Eigen::MatrixXd information() const;
  Eigen::VectorXd gradient() const;  ///< half the first derivative of the sum by the common parameters
  /// What all curves but those of `region`, which must be one of the problem's, say of the common parameters besides
  /// `k`, which they may have otherwise than the region: the quadratic form about where the problem, which must be at
  /// its optimum, stands. `k` gets no precision.
  CommonKnowledge without(const RegionInTwoScans& region, std::size_t k) const;
  /// All values of parameter `k` whose smallest sum is at most `limit`, from the optimum outwards; an end that is not
  /// reached before the bound of the parameter is infinite, one before which there is no curve any more is not a
  /// number. Leaves the problem at the optimum.
  Interval profile(std::size_t k, double step, double limit);

 private:
  struct State {
    std::vector<double> common;
    std::vector<std::vector<double>> regions;
  };
  State state() const;
  void restore(const State& state);
  double known_cost(const std::vector<double>& common) const;
  double bound(std::size_t k, const State& optimum, double step, double limit, int side);
  /// One step of all common parameters but `k` that lessens the sum; what it lessened it by.
  double step_others(std::size_t k, double& cost);

  const TwoScanModel& model_;
  std::vector<std::unique_ptr<RegionInTwoScans>> regions_;
  CommonKnowledge knowledge_;
  std::vector<double> at_;
};

}  // namespace pet::detail
