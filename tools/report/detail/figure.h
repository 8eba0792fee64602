// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tools/report/detail/html.h"
#include "tools/report/detail/outputs.h"

namespace pet::detail {

/// One figure: a Vega-Lite specification with its data, and the numbers in tables.
struct Figure {
  std::string title;
  std::string reading;  ///< how to read it, one or two sentences
  Json spec = Json::object();
  std::vector<HtmlTable> tables;
};

/// A number of a specification: six significant digits; null for what is not finite.
Json drawn(double value);
Json drawn(const std::optional<double>& value);

/// Parts of specifications. Fields have fixed names; names out of files are values, never fields.
Json quantitative(const char* field, const std::string& title);
Json nominal(const char* field, const std::string& title);
/// Colour, shape and dash of the same field, so that greyscale tells the series apart too.
Json series_encoding(const char* field, const std::vector<std::string>& names, bool is_line);

/// Figures of curves with their fits and of what is left over, by region: one pair for each model, or one figure where
/// nothing was fitted. The scans are drawn over each other.
std::vector<Figure> curve_figures(const Outputs& outputs, const std::vector<std::size_t>& scans);
/// How much all regions jump together, frame by frame.
std::vector<Figure> jump_figures(const Outputs& outputs);
std::vector<Figure> blood_figures(const Outputs& outputs);
/// Graphical plots of the models that have one, by region.
std::vector<Figure> graphical_figures(const Outputs& outputs);
/// The first quantity of every model, by region.
std::vector<Figure> parameter_figures(const Outputs& outputs);
std::vector<Figure> occupancy_figures(const Outputs& outputs);
std::vector<Figure> dose_figures(const Outputs& outputs);

/// The scans that are drawn over each other: those of one subject, at most four.
std::vector<std::vector<std::size_t>> groups_of_scans(const Outputs& outputs);

}  // namespace pet::detail
