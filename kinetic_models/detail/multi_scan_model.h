// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <Eigen/Core>
#include <array>
#include <cstddef>
#include <vector>

#include "kinetic_models/occupancy/multi_scan.h"

// The binding of all scans of several subjects as a mixed model that is linear about a point (see fit_scans).
namespace pet::detail {

/// What has a variance: subjects, regions within a subject, and the errors of scans and of regions within a scan.
enum ScanComponent : std::size_t { subject_level, subject_region, scan_level, region_error, scan_components };

/// One region of one scan.
struct ScanObservation {
  std::size_t scan;
  std::size_t region;
  double binding;   ///< as measured
  double se;        ///< of it
  double measured;  ///< log volume, 1 + binding, or log binding
  double known;     ///< variance of that by its fit, at the fitted binding
};

/// The observations of one subject, which are independent of all others, linear about what is fitted:
/// y = X effects + slope * (of the subject) + errors.
struct SubjectBlock {
  std::vector<ScanObservation> observations;
  Eigen::MatrixXd X;
  Eigen::VectorXd slope;  ///< d measured / d log binding without the drug
  Eigen::VectorXd y;
};

/// Where a fit is made linear: the fixed effects, and by how much every observation's log binding without the drug is
/// off the mean of its region.
struct ScanPoint {
  Eigen::VectorXd effects;
  std::vector<Eigen::VectorXd> of_subjects;
};

/// Effects are the regions' log means without the drug, the bias of scans that are no baseline, and one for each drug
/// scan. A view: scans and options must outlive it.
class MultiScanModel {
 public:
  static constexpr Eigen::Index none = -1;

  /// Throws InputError for what makes no set of scans (see fit_scans).
  MultiScanModel(const std::vector<BindingScan>& scans, const MultiScanOptions& options);

  const std::vector<BindingScan>& scans() const { return scans_; }
  const std::vector<SubjectBlock>& blocks() const { return blocks_; }
  Eigen::Index effects() const { return effects_; }
  /// `none` for a region that is left out, a scan without the drug or without a binding that counts, and a bias that
  /// cannot be told.
  Eigen::Index effect_of_region(std::size_t region) const { return effect_of_region_[region]; }
  Eigen::Index effect_of_scan(std::size_t scan) const { return effect_of_scan_[scan]; }
  Eigen::Index bias() const { return bias_; }
  /// Whether the scans can tell the variance of a component.
  bool is_told(std::size_t component) const { return is_told_[component]; }

  /// The means without the drug, and of each drug scan what is left of them.
  ScanPoint start() const;
  /// Makes the blocks linear there. False, and nothing in them that can be used, where no volume is left in a region.
  bool linearise(const ScanPoint& point);

  /// What a drug scan has left of the binding where its effect is at a value: the effect is that on log binding, or the
  /// log volume of the scan's strongest region, in which log volumes of others are nearly linear, below zero too.
  double left(Eigen::Index effect, double value) const;
  double left_slope(Eigen::Index effect, double value) const;  ///< its derivative

  std::vector<std::size_t> left_out() const;  ///< regions without an effect
  /// Regions whose mean has gone towards zero, where its logarithm has no end.
  std::vector<std::size_t> vanished(const ScanPoint& point) const;

 private:
  void check() const;
  void collect();
  void lay_out();

  const std::vector<BindingScan>& scans_;
  const MultiScanOptions& options_;
  double lowest_;  // binding that can be measured
  std::vector<SubjectBlock> blocks_;
  std::vector<Eigen::Index> effect_of_region_;
  Eigen::VectorXd log_means_;  // of regions without the drug, as measured; the first effects
  std::vector<Eigen::Index> effect_of_scan_;
  Eigen::VectorXd scale_;  // of these effects: the mean binding of the scan's strongest region
  Eigen::Index bias_ = none;
  Eigen::Index effects_ = 0;
  std::array<bool, scan_components> is_told_{};
};

}  // namespace pet::detail
