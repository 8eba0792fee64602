// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kinetic_models/occupancy/lassen_plot.h"
#include "kinetic_models/occupancy/test_retest.h"
#include "libpet/io/parameter_table.h"
#include "libpet/tracer.h"

namespace pet {

/// `change` compares a measure as bpnd does, but reports drug / baseline - 1 beside the minimal detectable change, and
/// no occupancy.
enum class OccupancyMethod { bpnd, lassen, change };

OccupancyMethod occupancy_method(std::string_view name);    ///< throws UsageError that lists the names
LassenRegression lassen_regression(std::string_view name);  ///< throws UsageError that lists the names

/// What to compare between two scans.
struct OccupancyRequest {
  OccupancyMethod method = OccupancyMethod::bpnd;
  LassenRegression regression = LassenRegression::ordinary;
  std::string measure;        ///< parameter to compare; empty: BPND, or VT where VND or a Lassen plot is asked for
  std::optional<double> vnd;  ///< mL/cm3, turns VT into BPND
  std::string vnd_region;     ///< or the region whose VT is VND in each scan
  std::vector<std::string> regions;  ///< empty: all regions that both tables have
  double level = 0.95;
  /// Of the errors of one scan, from test-retest data. Method bpnd: what it has beyond the standard errors of its fits
  /// is added to those of these two scans, or, where the part of the fits is not known, it takes their place. Method
  /// lassen: what the likelihood needs.
  std::optional<RegionCovariance> covariance{};
  bool has_baseline = true;  ///< false: the first scan was made after a drug too (method lassen only)
};

/// The parameter that the request compares. Throws UsageError for one whose ratio is no occupancy (or change).
std::string compared_measure(const OccupancyRequest& request);

/// Rows of the occupancy table and what the sidecar says beside them.
struct OccupancyResult {
  OccupancyTable table;
  std::optional<LassenPlot> plot;      ///< of method lassen
  std::vector<std::string> plotted;    ///< its regions
  std::optional<double> VND_baseline;  ///< used to turn VT into BPND, mL/cm3
  std::optional<double> VND_drug;
  std::vector<std::string> warnings;
  std::size_t failed = 0;  ///< rows with status failed
};

/// Throws UsageError where a tracer and drug may be said to have a change only, and the method is not `change`. `drug`
/// may be empty.
void require_endpoint(const Tracer& tracer, const std::string& drug, OccupancyMethod method);

/// Compares two scans of one subject region by region (matched by name). Regions that one table lacks are left out with
/// a warning. A fit that is not `ok` lends its status to the row and leaves it without interval; its status and flags
/// come along as baseline_<flag> and drug_<flag>. Method lassen: the first row, named "lassen", is the plot (mean VT of
/// the scans) of all regions whose fits give a volume to trust, the others use its VND with its standard error. Without
/// a baseline scan the occupancy is that of the receptors which the first drug scan left free. Method change: column
/// MDC beside the change of every region (change_of_binding). Throws
/// UsageError for unknown or repeated regions and for parameters that are no binding, InputError for parameters that
/// the tables do not have and for scans whose sidecars name another model, reference region or sampling.
OccupancyResult occupancy_of_scans(const ParameterTable& baseline,
                                   const ParameterTable& drug,
                                   const OccupancyRequest& request);

}  // namespace pet
