// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "libpet/io/parameter_table.h"
#include "libpet/io/tsv.h"

namespace pet {

/// Covariance of the errors of one scan between regions.
struct RegionCovariance {
  std::vector<std::string> regions;
  std::vector<double> matrix;  ///< row-major, in the square of the measure's unit
  double shrinkage = 0.0;      ///< weight of the target in it, 0 to 1

  double variance(std::size_t region) const { return matrix[region * regions.size() + region]; }
};

/// Half the covariance of the differences test - retest, one row of `differences` a subject and one column a region,
/// shrunk towards equal variances without correlation by the weight of Ledoit O, Wolf M. J Multivar Anal
/// 2004;88:365-411. The differences are centred: a drift from test to retest common to
/// all subjects is no noise; the covariance is scaled for the degree of freedom this takes. Throws InputError for fewer
/// than three subjects and where no region varies.
RegionCovariance test_retest_covariance(std::vector<std::string> regions,
                                        const std::vector<std::vector<double>>& differences);

/// The same from parameter tables, one test and one retest scan a subject, for the regions that all of them have with a
/// number. Throws UsageError where the lists are not of one length, InputError also for fewer than one common region.
RegionCovariance test_retest_covariance(const std::vector<ParameterTable>& tests,
                                        const std::vector<ParameterTable>& retests,
                                        const std::string& measure);

/// A covariance from a table: column `name`, then one column a region with the same names. Throws InputError with file
/// and line for what is no number, not square, not symmetric or has a variance that is not positive.
RegionCovariance region_covariance(const Tsv& table);

/// The rows and columns of the named regions, in that order. Throws InputError for one that it lacks.
RegionCovariance covariance_of(const RegionCovariance& all, const std::vector<std::string>& regions);

}  // namespace pet
