// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "kinetic_models/occupancy/errors_in_variables.h"
#include "libpet/io/parameter_table.h"
#include "libpet/io/tsv.h"

namespace pet {

/// Covariance of the errors of one scan between regions.
struct RegionCovariance {
  std::vector<std::string> regions;
  std::vector<double> matrix;               ///< row-major, in the square of the measure's unit
  double shrinkage = 0.0;                   ///< weight of the target in it, 0 to 1
  std::optional<int> degrees_of_freedom{};  ///< of its estimation; none: taken as exact
  bool is_relative = false;                 ///< of log VT or log(1 + BPND): no unit
  /// The part of every variance that the standard errors of the test-retest fits account for, one a region; NaN where
  /// it is not known, empty where it is known for none.
  std::vector<double> of_fits{};
  std::vector<double> sample_variances{};  ///< before they were shrunk; empty: as in the matrix

  double variance(std::size_t region) const { return matrix[region * regions.size() + region]; }
};

/// Half the covariance of the differences test - retest, one row of `differences` a subject and one column a region,
/// shrunk towards equal variances with one covariance between all pairs of regions, F. Volumes of one scan share the
/// error of its plasma or reference; a target without correlation would give every region an error of its own as large
/// as that. The weight is that of Ledoit O, Wolf M. J Multivar Anal 2004;88:365-411, for the differences multiplied by
/// F^-1/2, in whose coordinates F is their target: so the small errors by which regions differ count as much as the
/// large common one. The differences are centred: a drift from test to retest common to all subjects is no noise; the
/// covariance is scaled for the degree of freedom this takes. Throws InputError for fewer than three subjects, for a
/// region that does not vary, and for differences that are the same in all regions.
RegionCovariance test_retest_covariance(std::vector<std::string> regions,
                                        const std::vector<std::vector<double>>& differences);

/// The same from parameter tables, one test and one retest scan a subject, for the regions that all of them have with a
/// number. Errors grow with the volume: of VT the differences of log VT are taken, of BPND those of log(1 + BPND),
/// which makes the covariance relative; of other measures the differences themselves. The part of the fits in a
/// variance is the mean of their squared standard errors, over the fits with status ok, without those above four times
/// the median (one bad fit does not decide): not known for a region of which fewer than half the fits are such. Throws
/// UsageError where the lists are not of one
/// length, InputError also for tables whose sidecars name different models, reference regions or samplings, for fewer
/// than one common region and volumes that are not positive.
RegionCovariance test_retest_covariance(const std::vector<ParameterTable>& tests,
                                        const std::vector<ParameterTable>& retests,
                                        const std::string& measure);

/// By how much repeated scans differ beyond the standard errors of their fits.
struct ExcessVariance {
  double variance;            ///< E, of one scan; zero where the fits account for all
  double whole;               ///< the variance that is as uncertain, with these
  double degrees_of_freedom;  ///< infinite: exact
};

/// One excess E for all regions for which of_fits is known, because that of a single region is as uncertain as a
/// variance of a few subjects is; never below zero. Each sample variance v_r is an estimate of F_r + E, F_r being
/// of_fits, whose own variance is 2 (F_r + E)^2 / nu; so E is the mean of v_r - F_r with the weights w_r = 1 / (F_r +
/// E)^2, which are found with it (scoring for the likelihood of E). Regions that are measured well decide: a plain mean
/// is as uncertain as the noisiest of them. The variances are those before they were shrunk, which would make precise
/// regions noisier. It is the difference of two numbers, as uncertain as a mean of variances, Var = 2 whole^2 / nu,
/// whole^2 = sum of w_a w_b c_ab^2 / (sum of w)^2 (variances have Cov(v_a, v_b) = 2 c_ab^2 / nu), c_aa being F_a + E.
/// Nothing where of_fits is known for no region.
std::optional<ExcessVariance> excess_variance(const RegionCovariance& covariance);

/// Scans are compared only if they were quantified in the same way, as far as their sidecars say: throws InputError for
/// another model, reference region or sampling.
void require_same_method(const ParameterTable& one, const ParameterTable& other);

/// A covariance from a table: column `name`, then one column a region with the same names. Throws InputError with file
/// and line for what is no number, not square, not symmetric or has a variance that is not positive.
RegionCovariance region_covariance(const Tsv& table);

/// The rows and columns of the named regions, in that order. Throws InputError for one that it lacks.
RegionCovariance covariance_of(const RegionCovariance& all, const std::vector<std::string>& regions);

/// The errors of a baseline and a drug scan where errors grow with the volume, as those of plasma and of curves do. A
/// relative covariance is multiplied by the volumes of both regions in each scan; any other is that of the baseline as
/// it is, and for the drug scan multiplied by VT_drug / VT_baseline of both regions. The volumes are those of the
/// points of the orthogonal line nearest to the measured ones: errors in proportion to measured volumes would favour
/// the regions that came out low. The size of the errors is known.
VolumeErrors errors_in_proportion(const RegionCovariance& covariance,
                                  std::span<const double> VT_baseline,
                                  std::span<const double> VT_drug);

}  // namespace pet
