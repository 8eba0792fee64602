// SPDX-License-Identifier: Apache-2.0
#include "libpet/io/curve_table.h"

#include "libpet/io/detail/table_cells.h"
#include "libpet/io/tsv.h"

namespace pet {

std::string curve_table_text(const std::vector<CurveRow>& rows) {
  TsvWriter writer({"parameter", "value", "se", "lower", "upper", "unit", "status", "flags"});
  for (const CurveRow& row : rows)
    writer.row({row.parameter, detail::finite_cell(row.value), detail::finite_cell(row.standard_error),
                detail::bound_cell(row.lower), detail::bound_cell(row.upper), row.unit, row.status,
                detail::joined_flags(row.flags)});
  return writer.text();
}

std::string curve_prediction_text(const std::vector<CurvePredictionRow>& rows) {
  TsvWriter writer({"x", "y", "lower", "upper", "observation_lower", "observation_upper"});
  for (const CurvePredictionRow& row : rows)
    writer.row({format_number(row.x), detail::finite_cell(row.y), detail::bound_cell(row.lower),
                detail::bound_cell(row.upper), detail::bound_cell(row.observation_lower),
                detail::bound_cell(row.observation_upper)});
  return writer.text();
}

std::string curve_comparison_text(const std::vector<CurveComparisonRow>& rows) {
  TsvWriter writer(
      {"model", "observations", "parameters", "rss", "aic", "aicc", "bic", "difference", "weight", "status"});
  for (const CurveComparisonRow& row : rows)
    writer.row({row.model, std::to_string(row.observations), std::to_string(row.parameters),
                detail::finite_cell(row.rss), detail::finite_cell(row.aic), detail::finite_cell(row.aicc),
                detail::finite_cell(row.bic), detail::finite_cell(row.difference), detail::finite_cell(row.weight),
                row.status});
  return writer.text();
}

}  // namespace pet
