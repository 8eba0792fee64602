// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <Eigen/Core>
#include <optional>
#include <span>
#include <vector>

#include "kinetic_models/detail/least_squares.h"
#include "kinetic_models/intervals.h"
#include "kinetic_models/reference_region.h"

// The likelihood of a target and its reference, both measured with noise.
namespace pet::detail {

/// What is known of a reference: its most likely curve, and the covariance of that, root root'.
struct UncertainReference {
  ReferenceRegion curve;
  Eigen::MatrixXd root;        ///< frames x independent errors
  int degrees_of_freedom = 0;  ///< of its size
};

/// A model fitted to a target whose reference is uncertain. Eliminated in closed form the true values of the reference
/// leave
///   (y - f(p, r))' V(p)^-1 (y - f(p, r)),   V = diag(s^2 / w) + A(p) C A(p)',
/// with C the covariance of the reference and A = df/dr, A C^1/2 by central differences over one standard error.
class BothCurves {
 public:
  /// Arguments must outlive it, but for the reference. Throws InputError where too few frames are left.
  BothCurves(const Model& model,
             const TimeActivityCurve& target,
             UncertainReference reference,
             const FitOptions& options);

  const Model& model() const { return model_; }
  const FitOptions& options() const { return options_; }
  const ReferenceRegion& reference() const { return reference_.curve; }
  int reference_freedom() const { return reference_.degrees_of_freedom; }
  const std::vector<Parameter>& parameters() const { return parameters_; }
  const FramesUsed& used() const { return used_; }
  std::size_t count() const { return used_.index.size(); }
  double freedom() const;  ///< frames used - parameters fitted

  /// A whitened residual a frame used, as a curve to be fitted to zeros, with the derivatives that make its gradient
  /// that of the likelihood: those of f at the true reference that the residuals speak for.
  Prediction whitened(double sigma) const;
  /// The standard deviation of the target in a frame of mean weight with which the residuals are as large as expected.
  double sigma_of_target(std::span<const double> p, double of_ordinary_fit) const;

  /// How the estimates answer to one standard deviation of noise in each frame at the optimum: parameters x frames.
  struct Response {
    Eigen::MatrixXd to_target;
    Eigen::MatrixXd to_reference;
  };
  Response response(std::span<const double> p, double sigma, std::span<const double> covariance) const;

  /// What the target says of the errors z of the reference, curve + root z, whatever its own parameters are near p:
  /// z' precision z - 2 z' slope, without a constant.
  struct Message {
    Eigen::MatrixXd precision;
    Eigen::VectorXd slope;
  };
  Message message(std::span<const double> p, double sigma) const;

  /// The model's curve for the reference, all frames, and the weighted sum of squares of what it leaves of the target.
  std::vector<double> predicted(std::span<const double> p) const;
  double weighted_rss(std::span<const double> predicted) const;

 private:
  // The residuals at some parameters, before the size of the target's noise is known.
  struct Residuals {
    Eigen::VectorXd of_target;  // y - f(p, r), frames used
    Eigen::MatrixXd of_noise;   // what one standard deviation of the reference in each direction does to f
  };
  Residuals at(std::span<const double> p) const;
  Eigen::MatrixXd variance(const Residuals& residuals, double sigma) const;
  Eigen::VectorXd curve(std::span<const double> p, const ReferenceRegion& reference) const;
  Eigen::MatrixXd jacobian_of(std::span<const double> p, const ReferenceRegion& reference) const;
  ReferenceRegion moved(const Eigen::VectorXd& by) const;

  const Model& model_;
  const TimeActivityCurve& target_;
  const FitOptions& options_;
  UncertainReference reference_;
  std::vector<Parameter> parameters_;
  FramesUsed used_;
  std::vector<ReferenceRegion> above_;  // one standard deviation more in one direction
  std::vector<ReferenceRegion> below_;
};

/// The parameters of largest likelihood.
struct LikelihoodOptimum {
  Solution solution;   ///< of the whitened residuals; without parameters where the optimiser failed
  double sigma = 0.0;  ///< standard deviation of the target in a frame of mean weight
  double minimum = 0.0;
};

/// From a start; `of_ordinary_fit` is the residual standard deviation of the ordinary fit.
LikelihoodOptimum maximise(const BothCurves& curves, std::vector<double> start, double of_ordinary_fit);

/// That optimum as a fit, with the flags of the `ordinary` fit that hold here too, and intervals where they are asked
/// for. Covariances are those of the likelihood; it has no AICc.
Fit as_fit(const BothCurves& curves,
           LikelihoodOptimum optimum,
           const Fit& ordinary,
           const std::optional<IntervalOptions>& intervals);

/// Throws UsageError for what has no such likelihood: linear methods, plasma, robust losses, bootstrap intervals.
void require_likelihood(const Model& model, const FitOptions& options, const std::optional<IntervalOptions>& intervals);

/// Whether an ordinary fit has residuals to start from.
bool is_start(const Fit& ordinary);

}  // namespace pet::detail
