// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <Eigen/Core>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "kinetic_models/detail/regression.h"
#include "kinetic_models/detail/variance_components.h"
#include "kinetic_models/occupancy/dose_response.h"

// Occupancies of several regions over concentration as one least-squares problem, the regions of a scan erring alike.
namespace pet::detail {

/// Places of the parameters: the Hill coefficient, log EC50 (one, or one a region), Omax of each region.
inline constexpr std::size_t regional_hill = 0;
inline constexpr std::size_t first_regional_ec50 = 1;

/// The curves of all regions. A view: observations and options must outlive it.
class RegionalProblem {
 public:
  /// Throws InputError for what makes no set of regions (see fit_regional_curve).
  RegionalProblem(const std::vector<CurveObservation>& observations, const CurveOptions& options, bool has_own_ec50);

  std::size_t observations() const { return observations_.size(); }
  std::size_t scans() const { return scans_.size(); }
  const std::vector<std::string>& regions() const { return regions_; }
  std::size_t omax(std::size_t region) const { return first_regional_ec50 + ec50s_ + region; }
  bool shows_scan_error() const;                       ///< whether a scan has two regions, whose errors can be alike
  double mean_weight() const { return mean_weight_; }  ///< of the observations; their median is 1
  double sum_of_squares() const;  ///< of the observations, weighted: the scale below which residuals are rounding

  /// The residuals of scans whose errors have tau^2 / sigma^2 = `ratio`, made independent and of one size.
  Regression whitened(double ratio) const;
  /// The logarithm of the determinant of the variances, in units of sigma^2.
  double log_determinant(double ratio) const;
  std::vector<std::vector<double>> starts() const;  ///< every EC50 across the concentrations of what it is for

  /// Every scan, the curves being straight at `parameters`; variances in units of sigma^2, slopes by `columns`.
  std::vector<VarianceBlock> blocks(double ratio,
                                    std::span<const double> parameters,
                                    const std::vector<std::size_t>& columns) const;

 private:
  // The regions of one scan, whose errors are alike.
  struct Scan {
    std::string subject;
    std::string session;
    double x = 0.0;
    std::vector<std::size_t> rows;
  };

  void collect();
  void set_weights(const std::vector<double>& errors);
  void set_parameters(bool has_own_ec50);
  void evaluate(std::span<const double> p, Eigen::VectorXd& residuals, Eigen::MatrixXd& slopes) const;
  Eigen::MatrixXd variance(const Scan& scan, double ratio) const;

  const std::vector<CurveObservation>& observations_;
  const CurveOptions& options_;
  Concentrations concentrations_;
  std::vector<Scan> scans_;
  std::vector<std::string> regions_;
  std::vector<std::size_t> region_of_;
  std::vector<double> root_weight_;
  double mean_weight_ = 1.0;
  std::vector<Parameter> parameters_;
  std::size_t ec50s_ = 1;
};

}  // namespace pet::detail
