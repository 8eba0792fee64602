// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "kinetic_models/occupancy/dose_response.h"
#include "kinetic_models/occupancy/pooled_curve.h"
#include "kinetic_models/occupancy/regional_curve.h"
#include "kinetic_models/occupancy/time_fit.h"
#include "libpet/io/curve_table.h"
#include "libpet/io/tsv.h"

namespace pet {

/// Which columns of a table of observations are what. Empty: there is no such column.
struct CurveColumns {
  std::string x;
  std::string y;
  std::string standard_error{};
  std::string subject{};
  std::string session{};
  std::string region{};  ///< for a curve of several regions
};

/// Full occupancy in the unit of y: 1 for "" and "1", 100 for "%" and "percent". Throws UsageError for another unit.
double full_occupancy(const std::string& unit);

/// The scans of a table. Rows without x, y or standard error, and rows whose column `status` says failed, not_converged
/// or unidentifiable, are left out with a warning. `full` is full occupancy in the unit of y. Throws InputError with
/// file and line for a negative x, a standard error that is not positive, an occupancy beyond +-3 full ones (percent
/// taken for fractions), one scan of a subject twice (of several regions: one region of a scan), and subjects, sessions
/// or regions that are n/a. Without a column of subjects two rows with the same numbers may be two scans: they are
/// warned of and kept.
std::vector<CurveObservation> curve_observations(const Tsv& table,
                                                 const CurveColumns& columns,
                                                 CurveEndpoint endpoint,
                                                 double full,
                                                 std::vector<std::string>& warnings);

/// Units of the rows.
struct CurveUnits {
  std::string x;
  std::string y;
};

/// Omax, EC50, hill and E0 (those that the shape has), the baselines, and one row `x(TARGET)` for each target. A flag
/// that begins with a parameter's name stands in its row (BP0_unbounded in those of the baselines that it is about),
/// target_unattainable in those of the targets it is about, any
/// other in all; unknown_unit in those whose unit is not known.
std::vector<CurveRow> curve_rows(const CurveFit& fit, const CurveUnits& units);

/// The same of a pooled fit: Omax, EC50, hill, the omegas (standard deviations of logarithms between subjects), sigma,
/// then EC50[SUBJECT] (Omax[SUBJECT], BP0[SUBJECT]) of each subject.
std::vector<CurveRow> curve_rows(const PooledFit& fit, const PooledOptions& options, const CurveUnits& units);

/// The same of a curve of several regions: EC50, hill, tau, sigma, then Omax[REGION] of each region.
std::vector<CurveRow> curve_rows(const RegionalCurveFit& fit, const CurveUnits& units);

/// The scans of a table over hours after a dose, columns as for curve_observations with x in hours, which may be
/// negative (before the dose). The same rows are left out, the same errors thrown.
std::vector<TimeObservation> time_observations(const Tsv& table,
                                               const CurveColumns& columns,
                                               CurveEndpoint endpoint,
                                               std::vector<std::string>& warnings);

/// The samples of a drug in plasma: columns `time` and `concentration`, and `subject` if that column is there. Throws
/// InputError with file and line for what is no number, below zero or out of order.
std::vector<DrugPlasma> drug_plasma(const Tsv& table,
                                    const std::string& time,
                                    const std::string& concentration,
                                    const std::string& subject);

/// Omax, EC50 or KD, the rates and the baselines; flags as in the rows of a CurveFit. `units.x` is the unit of the
/// concentration.
std::vector<CurveRow> curve_rows(const TimeCourseFit& fit, const CurveUnits& units);

/// Time courses fitted to the same scans, and which has the smallest AICc.
std::vector<CurveComparisonRow> compare_curves(const std::vector<TimeCourseFit>& fits);
std::size_t best_curve(const std::vector<TimeCourseFit>& fits);

/// Which parameters differ between subjects: "EC50", "Omax". Throws UsageError for another name.
PooledOptions pooled_options(const CurveOptions& curve, const std::vector<std::string>& random);

/// Curves fitted to the same observations by AICc, with Akaike weights. Throws UsageError for none.
std::vector<CurveComparisonRow> compare_curves(const std::vector<CurveFit>& fits);

/// The index of the curve with the smallest AICc; the first where none has one.
std::size_t best_curve(const std::vector<CurveFit>& fits);

std::vector<CurvePredictionRow> prediction_rows(const std::vector<CurvePoint>& points);

}  // namespace pet
