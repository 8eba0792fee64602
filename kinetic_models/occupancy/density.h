// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kinetic_models/occupancy/from_binding.h"
#include "libpet/io/parameter_table.h"
#include "libpet/io/tsv.h"

namespace pet {

/// How binding falls with age from that of a norm: mean (1 + change)^decades, or mean (1 + change decades).
enum class AgeForm { exponential, linear };

AgeForm age_form(std::string_view name);  ///< throws UsageError that lists the names

/// What healthy people have in a region.
struct Norm {
  std::string name;
  double mean = 0.0;               ///< binding at `age`
  double sd = 0.0;                 ///< between people
  double age = 0.0;                ///< years
  double change_per_decade = 0.0;  ///< fraction of the mean, -0.06 for a fall of 6 %
};

/// Norms from a table with the columns `name mean sd`, and `age change_per_decade` where an age is wanted (0 without).
/// Throws InputError with file and line for what is no number, a mean or sd that is not positive, a region twice.
std::vector<Norm> read_norms(const Tsv& table);

/// The mean of a norm at an age. Throws InputError where it is not positive (linear, far from the norm's age).
double expected_binding(const Norm& norm, double age, AgeForm form);

/// What to make of the binding of one scan.
struct DensityRequest {
  std::string measure = "BPND";
  std::optional<Binding> factor{};  ///< Bmax over binding, with its standard error (none: exact)
  std::vector<Norm> norms{};
  std::optional<double> age{};  ///< of the subject, years; none: norms as they are
  AgeForm form = AgeForm::exponential;
  double level = 0.95;
};

struct DensityRow {
  int index = 0;
  std::string name;
  Binding binding;
  Binding density;    ///< factor x binding
  Interval interval;  ///< of the density
  double expected = not_available;
  Binding z;  ///< (binding - expected) / sd; the standard error is that of the binding alone
  std::string status;
  std::vector<std::string> flags;
};

/// Density and z-score of every region. The factor is common to all regions: its error moves all of them together, and
/// counts in every interval (normal quantiles, delta method). A region without a norm has no z (flag no_norm); a fit
/// that is not ok keeps its status and leaves the interval out. Throws UsageError where neither a factor nor norms are
/// given, for a factor that is not positive and for ages without a norm's, InputError for a measure that the table
/// lacks.
std::vector<DensityRow> density_rows(const ParameterTable& table, const DensityRequest& request);

/// `index name M M_se Bmax Bmax_se Bmax_lower Bmax_upper expected z z_se status flags` for the measure M; n/a for what
/// is missing, flags joined by ';'.
std::string density_table_text(const std::vector<DensityRow>& rows, const std::string& measure);

}  // namespace pet
