// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "kinetic_models/occupancy/from_binding.h"

namespace pet {

/// What a subject had had before a scan.
enum class ScanCondition { baseline, placebo, drug };

ScanCondition scan_condition(std::string_view name);  ///< "baseline", "placebo", "drug"; throws UsageError otherwise

/// The binding of all regions in one scan; regions come in the same order in all scans.
struct BindingScan {
  std::string name;
  std::string subject;
  ScanCondition condition = ScanCondition::baseline;
  std::vector<Binding> regions;  ///< NaN: left out; without a standard error: its fit counts as exact
};

struct MultiScanOptions {
  double level = 0.95;
  /// Errors grow with 1 + binding, as those of BPND = VT / VND - 1 do; false: with the binding.
  bool has_volume_errors = true;
};

/// The occupancy of all regions in one scan.
struct ScanOccupancy {
  std::string name;
  std::string subject;
  Occupancy occupancy;
  double degrees_of_freedom = not_available;
  double baseline = not_available;  ///< mean over its regions of what the model has for the subject without the drug
  double drug = not_available;      ///< mean of the measured binding of these regions
  std::size_t regions = 0;
};

struct MultiScanFit {
  FitStatus status = FitStatus::failed;
  std::vector<std::string> flags;
  std::vector<ScanOccupancy> scans;  ///< those with the drug, in the order given
  /// What a placebo scan seems to have of occupancy: the bias of a second scan. Without placebo or baseline scans
  /// status failed.
  Occupancy placebo;
  double placebo_degrees_of_freedom = not_available;
  /// Standard deviations: of log binding between subjects and between regions of a subject beyond that; and of the
  /// errors that all regions of a scan share and that each has of its own beyond the standard error of its fit, as a
  /// fraction of 1 + binding (or of the binding).
  double between_subjects = 0.0;
  double between_regions = 0.0;
  double of_scan = 0.0;
  double of_region = 0.0;
  /// -2 log restricted likelihood of the linear model at the fit, without constants.
  double restricted_deviance = not_available;
  std::size_t observations = 0;
  std::vector<std::size_t> left_out;  ///< regions that the fit does not have, as below
};

/// Fits all scans of all subjects at once, subject i, scan j, region r:
///
///   binding_ijr = exp(mean_r + subject_i + own_ir + bias [not baseline]) (1 - O_ij [drug])
///   log(1 + measured_ijr) = log(1 + binding_ijr) + scan_ij + error_ijr + fit_ijr
///
/// (or log measured = log binding + ...) with normal subject, own, scan and error of unknown variances, and fit_ijr of
/// the variance that the standard error of its fit says: noise of counts and of a reference makes errors of
/// log(1 + BPND) that do not depend on the drug. A binding that is measured as zero or below counts as any other, down
/// to -1 (with the logarithm it is left out). So regions are correlated within a subject and within a scan. A subject
/// without a baseline has that of the population, with its uncertainty; the bias is there if there are baseline and
/// placebo scans, and is taken off with its uncertainty; without baselines the placebo scans, which have it too, are
/// what the drug is compared with.
///
/// log(1 + binding) is made linear about the fitted effects and subjects, in rounds until no effect would move by 1e-8
/// (after 60 by 1 % of its standard error, else status not_converged, of every scan too; Lindstrom MJ, Bates DM.
/// Biometrics 1990;46:673-687). Variances by restricted maximum likelihood (Patterson HD, Thompson R. Biometrika
/// 1971;58:545-554), scoring within bounds at zero; occupancies by generalised least squares, with Student's t and the
/// degrees of freedom of Satterthwaite from the information of the variances (Fai AH-T, Cornelius PL. J Stat Comput
/// Simul 1996;54:363-378). Intervals are of log(1 + B (1 - O)), B being the mean binding without the drug of the
/// scan's strongest region, in which the error does not depend on the occupancy: they reach beyond 1, up to 1 + 1 / B.
/// With has_volume_errors false they are of log(1 - O), and so is that of the bias always.
///
/// The error that the regions of a scan share is seen only between scans of one subject that had no drug: where no
/// subject has two of those it is left out (flag scan_error_left_out). Flag no_baseline: the subject has no scan
/// without the drug; where one subject alone has one, the others have no occupancy (status unidentifiable). Flags
/// occupancy_below_zero and occupancy_above_one as they say. A scan of which no binding counts: status unidentifiable,
/// flag no_positive_binding. Where neither scans nor fits say how large any error is, the fit is failed (flag
/// optimiser_failed). A region is left out of all scans if its mean without the drug is not positive, if no scan
/// without the drug has it, or if the fit does not settle as its mean goes to zero.
///
/// Throws InputError for fewer than three subjects, no drug scan, no scan without the drug, names that are not
/// different, scans of differing regions, and where no region has a positive mean; UsageError for a level outside 0
/// ... 1.
MultiScanFit fit_scans(const std::vector<BindingScan>& scans, const MultiScanOptions& options = {});

}  // namespace pet
