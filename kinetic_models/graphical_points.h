// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "kinetic_models/model.h"

namespace pet {

/// The points of a graphical analysis, one a frame of the scan; NaN where a frame has none.
struct GraphicalPoints {
  std::string_view x_title;  ///< what is drawn, with its unit
  std::string_view y_title;
  std::string_view slope;      ///< quantity of the model that is the slope of the line: VT, DVR, Ki
  std::string_view intercept;  ///< quantity that is its intercept
  std::vector<double> x;
  std::vector<double> y;
};

/// Whether a model is a straight line that can be drawn: logan, logan-ref, patlak, patlak-ref.
bool has_graphical_points(const Model& model);

/// The points that such a model fits its line to, from the same running integrals, at all frames whether before or
/// after t*. Logan (J Cereb Blood Flow Metab 1990;10:740 and 1996;16:834): int C_T / C_T against int C_p / C_T, with a
/// reference against (int C_R + C_R / k2prime) / C_T. Patlak (1983;3:1): C_T / C_p against int C_p / C_p, where the
/// curve of the reference stands for C_p. The target must be on the input's frames. Throws UsageError for a model that
/// has none.
GraphicalPoints graphical_points(const Model& model,
                                 const TimeActivityCurve& target,
                                 const ScanInput& input,
                                 std::optional<double> k2prime = std::nullopt);

/// A straight line from one end to the other.
struct LineEnds {
  std::array<double, 2> x;
  std::array<double, 2> y;
};

/// The line y = intercept + slope x from the smallest to the largest finite x, which `from_zero` makes 0 at most.
/// Nothing where no x is finite.
std::optional<LineEnds> line_over(std::span<const double> x, double slope, double intercept, bool from_zero = false);

/// The line of an occupancy plot (Lassen 1995): y = occupancy (x - VND), from VND or the smallest x to the largest.
std::optional<LineEnds> lassen_line(std::span<const double> VT_baseline, double occupancy, double VND);

/// Measured less fitted, frame by frame; NaN where the model predicts nothing.
std::vector<double> residuals(std::span<const double> measured, std::span<const double> fitted);

}  // namespace pet
