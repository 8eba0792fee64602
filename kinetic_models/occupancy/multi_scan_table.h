// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "kinetic_models/occupancy/multi_scan.h"
#include "libpet/io/parameter_table.h"
#include "libpet/io/tsv.h"

namespace pet {

/// One row of a list of scans.
struct ListedScan {
  std::string name;
  std::string subject;
  ScanCondition condition = ScanCondition::baseline;
  std::string parameters;                      ///< the file of its parameter table, as the list has it
  std::vector<std::optional<double>> numbers;  ///< one for each other column of the list
};

struct ScanList {
  std::vector<ListedScan> scans;
  std::vector<std::string> other_columns;  ///< dose, concentration, ...: they hold numbers
};

/// A list of scans: columns `scan` (a name), `subject`, `condition` (baseline, placebo, drug) and `parameters` (a
/// file); other columns hold numbers or n/a. Throws InputError with file and line for a column that is missing, a
/// condition that is none, a cell without a name or subject, a scan or a file that is there twice, and text in another
/// column.
ScanList scan_list(const Tsv& table);

struct MultiScanRequest {
  std::string measure = "BPND";      ///< BPND, BPP or BPF
  std::vector<std::string> regions;  ///< empty: all that every scan has
  double level = 0.95;
};

struct MultiScanResult {
  OccupancyTable table;
  MultiScanFit fit;
  std::vector<std::string> regions;  ///< that the fit has
  std::vector<std::string> warnings;
};

/// All scans of a list at once (fit_scans), `tables` in its order: one row a drug scan with its subject and the other
/// columns of the list; where there are placebo scans a first row "placebo" (index 0) with the bias that was taken off,
/// as the occupancy that a placebo scan seems to have. Regions that a table lacks, or that have no binding without the
/// drug, are left out with a warning, as are fits that are neither ok nor at_bound, bindings that ran to a bound
/// themselves, and those that are not positive (BPND: not above -1). Throws what fit_scans throws, UsageError for a
/// measure that is no binding and for unknown or repeated regions, InputError for no common region and tables of
/// another model, reference region or sampling.
MultiScanResult occupancy_of_list(const ScanList& list,
                                  const std::vector<ParameterTable>& tables,
                                  const MultiScanRequest& request);

}  // namespace pet
