// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <Eigen/Core>
#include <array>
#include <limits>

#include "kinetic_models/detail/multi_scan_model.h"
#include "kinetic_models/detail/variance_components.h"

// The restricted likelihood of the scans of several subjects (Patterson HD, Thompson R. Biometrika 1971;58:545-554).
namespace pet::detail {

/// -2 log likelihood without constants, and what follows at given variances.
struct MultiScanEvaluation {
  double deviance = std::numeric_limits<double>::infinity();
  Eigen::VectorXd effects;
  Eigen::MatrixXd covariance;  ///< of the effects
  Eigen::VectorXd score;       ///< d log likelihood / d variance
  VarianceInformation variances;
  bool converged = false;  ///< whether the variances are those of the largest likelihood
};

/// The likelihood of a model that is linear, as a function of the variances of its components. A view of the model,
/// which may be made linear elsewhere in between.
class MultiScanLikelihood {
 public:
  explicit MultiScanLikelihood(const MultiScanModel& model) : model_(model) {}

  /// A variance for each component that the scans can tell: what a search starts from.
  void set_variances(double variance);
  void raise_variances(double least);  ///< of these components, to `least` where they are below
  double variance_of(std::size_t component) const { return variances_[component]; }
  bool is_free(std::size_t component) const { return variances_[component] > 0.0 && model_.is_told(component); }

  /// Moves the variances to the largest likelihood, by scoring; one at zero stays there as long as the likelihood falls
  /// from there.
  MultiScanEvaluation maximise();
  /// By how much each observation's log binding without the drug is off the mean of its region, as far as scans tell.
  Eigen::VectorXd of_subject(const SubjectBlock& block, const Eigen::VectorXd& effects) const;

 private:
  MultiScanEvaluation evaluate() const;
  Eigen::MatrixXd variance(const SubjectBlock& block) const;

  const MultiScanModel& model_;
  std::array<double, scan_components> variances_{};
};

}  // namespace pet::detail
