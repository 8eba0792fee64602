// SPDX-License-Identifier: Apache-2.0
// Figures of what was found: parameters, occupancies, curves.
#include <algorithm>
#include <cmath>
#include <set>

#include "kinetic_models/graphical_points.h"
#include "tools/report/detail/figure.h"

namespace pet::detail {
namespace {

constexpr std::size_t most_rows_drawn = 60;

std::string with_unit(const std::string& name, const std::string& unit) {
  if (unit.empty() || unit == "1") return name;
  std::string text = unit;
  const std::size_t cubed = text.find("cm3");
  if (cubed != std::string::npos) text.replace(cubed, 3, "cm³");
  return name + " (" + text + ")";
}

Json region_axis() {
  Json axis = nominal("r", "");
  axis["title"] = nullptr;
  axis["axis"] = {{"labelLimit", 150}, {"grid", true}, {"gridDash", {1, 3}}};
  return axis;
}

// The height of a figure with one row a region.
std::size_t height_of_rows(std::size_t rows, std::size_t pixels_each) {
  return std::max<std::size_t>(std::min(rows, most_rows_drawn), 1) * pixels_each;
}

// The same quantity of the same model in several scans, beside each other.
struct ParameterGroup {
  std::string model;
  std::string quantity;
  std::string unit;
  std::vector<const Parameters*> scans;
};

std::vector<ParameterGroup> parameter_groups(const Outputs& outputs) {
  constexpr std::size_t most_scans = 6;
  std::vector<ParameterGroup> groups;
  for (const Parameters& parameters : outputs.parameters) {
    if (parameters.table.parameters.empty()) continue;
    const std::string quantity = parameters.table.parameters.front();
    const auto found = std::find_if(groups.begin(), groups.end(), [&](const ParameterGroup& group) {
      return group.model == parameters.model_label && group.quantity == quantity && group.scans.size() < most_scans &&
             std::none_of(group.scans.begin(), group.scans.end(),
                          [&](const Parameters* other) { return other->label == parameters.label; });
    });
    const std::string unit = parameters.table.units.empty() ? "" : parameters.table.units.front();
    if (found == groups.end())
      groups.push_back({parameters.model_label, quantity, unit, {&parameters}});
    else
      found->scans.push_back(&parameters);
  }
  return groups;
}

std::string flags_of(const std::vector<std::string>& flags) {
  return flags.empty() ? "–" : joined(flags, ", ");
}

HtmlTable parameter_rows(const Parameters& parameters) {
  const ParameterTable& table = parameters.table;
  HtmlTable html{"Parameters of " + parameters.model_label + ", " + parameters.label, {"region"}, {}};
  for (std::size_t p = 0; p < table.parameters.size(); ++p) {
    html.header.push_back(with_unit(table.parameters[p], table.units.empty() ? "" : table.units[p]));
    html.header.push_back(table.has_intervals ? "interval" : "standard error");
  }
  html.header.insert(html.header.end(), {"status", "flags"});
  for (const ParameterRow& row : table.rows) {
    std::vector<std::string> cells = {row.name};
    for (const ParameterCell& cell : row.cells) {
      cells.push_back(shown(cell.value));
      cells.push_back(table.has_intervals ? interval(cell.lower, cell.upper) : shown(cell.standard_error, 2));
    }
    cells.push_back(row.status.empty() ? "–" : row.status);
    cells.push_back(flags_of(row.flags));
    html.rows.push_back(std::move(cells));
  }
  return html;
}

Json parameter_values(const ParameterGroup& group) {
  Json values = Json::array();
  for (const Parameters* scan : group.scans) {
    const ParameterTable& table = scan->table;
    for (std::size_t i = 0; i < std::min(table.rows.size(), most_rows_drawn); ++i) {
      const ParameterRow& row = table.rows[i];
      const ParameterCell& cell = row.cells.front();
      if (!cell.value || !std::isfinite(*cell.value)) continue;
      Json value = {{"r", row.name}, {"s", scan->label}, {"v", drawn(cell.value)}};
      value["q"] = row.status == "ok" || row.status.empty() ? "ok" : "not ok";
      if (table.has_intervals && cell.lower && cell.upper && std::isfinite(*cell.lower) && std::isfinite(*cell.upper)) {
        value["l"] = drawn(cell.lower);
        value["u"] = drawn(cell.upper);
      } else if (!table.has_intervals && cell.standard_error && std::isfinite(*cell.standard_error)) {
        value["e"] = drawn(cell.standard_error);
      }
      values.push_back(std::move(value));
    }
  }
  return values;
}

Figure parameter_figure(const ParameterGroup& group) {
  std::vector<std::string> names;
  Figure figure;
  for (const Parameters* scan : group.scans) {
    names.push_back(scan->label);
    figure.tables.push_back(parameter_rows(*scan));
  }
  const bool has_intervals = group.scans.front()->table.has_intervals;
  const Json offset = {{"field", "s"}, {"type", "nominal"}, {"sort", nullptr}};
  Json point = series_encoding("s", names, false);
  point["x"] = quantitative("v", with_unit(group.quantity, group.unit));
  point["x"]["scale"] = {{"zero", false}};
  point["y"] = region_axis();
  if (names.size() > 1) point["yOffset"] = offset;
  Json bar = {{"color", point["color"]}, {"y", region_axis()}};
  bar["x"] = quantitative("l", with_unit(group.quantity, group.unit));
  bar["x"]["scale"] = {{"zero", false}};
  bar["x2"] = {{"field", "u"}};
  if (names.size() > 1) bar["yOffset"] = offset;
  Json layer = Json::array();
  layer.push_back({{"transform", {{{"filter", "isValid(datum.l)"}}}},
                   {"mark", {{"type", "rule"}, {"strokeWidth", 1.5}, {"clip", true}}},
                   {"encoding", bar}});
  for (const bool is_ok : {true, false})
    layer.push_back({{"transform", {{{"filter", is_ok ? "datum.q === 'ok'" : "datum.q !== 'ok'"}}}},
                     {"mark", {{"type", "point"}, {"filled", is_ok}, {"size", 36}}},
                     {"encoding", point}});
  Json calculated = Json::array();
  if (!has_intervals) {
    calculated.push_back({{"calculate", "isValid(datum.e) ? datum.v - datum.e : null"}, {"as", "l"}});
    calculated.push_back({{"calculate", "isValid(datum.e) ? datum.v + datum.e : null"}, {"as", "u"}});
  }
  figure.spec = {{"data", {{"values", parameter_values(group)}}},
                 {"width", "container"},
                 {"height", height_of_rows(group.scans.front()->table.rows.size(), names.size() > 1 ? 24 : 20)},
                 {"layer", layer}};
  if (!calculated.empty()) figure.spec["transform"] = calculated;
  figure.title = group.quantity + " by " + group.model;
  figure.reading = std::string(has_intervals ? "Bars are the intervals of the table" : "Bars are one standard error") +
                   "; open symbols have a status other than ok. The tables hold every parameter with its flags.";
  return figure;
}

// "sub-01, " where there are several subjects.
std::string subject_prefix(const Outputs& outputs, const Occupancies& occupancies) {
  return outputs.has_many_subjects ? occupancies.label + ", " : "";
}

std::string title_of(const Occupancies& occupancies) {
  std::string title = occupancies.whole() != nullptr ? occupancies.whole()->name : occupancies.method;
  if (title.empty()) title = "binding";
  if (title == "bpnd") title = occupancies.table.measure;
  if (title == "lassen") title = "Lassen plot";
  if (title == "joint") title = "joint fit";
  return title + (occupancies.drug.empty() ? "" : ", " + occupancies.drug);
}

HtmlTable occupancy_rows(const Occupancies& occupancies) {
  const OccupancyTable& table = occupancies.table;
  HtmlTable html{capitalised(occupancies.quantity()) + ", " + title_of(occupancies),
                 {"region", table.measure + " baseline", table.measure + " drug", occupancies.quantity(), "interval",
                  "status", "flags"},
                 {}};
  html.header.insert(html.header.end(), table.extra_columns.begin(), table.extra_columns.end());
  for (const OccupancyRow& row : table.rows) {
    std::vector<std::string> cells = {row.index == 0 ? row.name + " (all regions)" : row.name,
                                      shown(row.baseline),
                                      shown(row.drug),
                                      percent(row.occupancy),
                                      percent_interval(row.lower, row.upper),
                                      row.status,
                                      flags_of(row.flags)};
    for (const std::optional<double>& extra : row.extra) cells.push_back(shown(extra));
    html.rows.push_back(std::move(cells));
  }
  return html;
}

// What lies beyond the figure stops at its edge.
struct Range {
  double least;
  double most;

  double within(double value) const { return std::clamp(value, least, most); }
  bool holds(double value) const { return value >= least && value <= most; }
  std::string text() const { return shown(100.0 * least, 3) + " % and " + shown(100.0 * most, 3) + " %"; }
};

Range range_of(const Occupancies& occupancies) {
  return occupancies.is_change() ? Range{-1.0, 1.0} : Range{-0.25, 1.25};
}

Json fraction_axis(const char* field, const Occupancies& occupancies) {
  Json x = quantitative(field, occupancies.quantity());
  x["axis"] = {{"format", ".0%"}};
  x["scale"] = {{"nice", false}};
  return x;
}

// An estimate with its interval, as far as the range of the figure goes.
Json drawn_row(const std::string& name, const OccupancyRow& row, const Range& range) {
  Json value = {
      {"r", name}, {"o", drawn(range.within(*row.occupancy))}, {"q", row.status == "ok" ? "ok" : "another status"}};
  if (!range.holds(*row.occupancy)) value["b"] = percent(row.occupancy) + ", beyond the axis";
  if (row.lower && row.upper) {
    value["l"] = drawn(range.within(*row.lower));
    value["u"] = drawn(range.within(*row.upper));
  }
  return value;
}

Json interval_layer(const Occupancies& occupancies) {
  return {{"transform", {{{"filter", "isValid(datum.l)"}}}},
          {"mark", {{"type", "rule"}, {"strokeWidth", 1.6}, {"color", "#111"}}},
          {"encoding", {{"y", region_axis()}, {"x", fraction_axis("l", occupancies)}, {"x2", {{"field", "u"}}}}}};
}

Figure regional_figure(const Outputs& outputs, const Occupancies& occupancies) {
  const Range range = range_of(occupancies);
  Json values = Json::array();
  for (const OccupancyRow& row : occupancies.table.rows) {
    if (row.index == 0 || !row.occupancy || !std::isfinite(*row.occupancy) || values.size() >= most_rows_drawn)
      continue;
    values.push_back(drawn_row(row.name, row, range));
  }
  const Json x = fraction_axis("o", occupancies);
  Json colour = nominal("q", "status");
  colour["scale"] = {{"domain", {"ok", "another status"}}, {"range", {"#56B4E9", "#FFFFFF"}}};
  Json layer = Json::array();
  const OccupancyRow* whole = occupancies.whole();
  if (whole != nullptr && whole->occupancy && std::isfinite(*whole->occupancy)) {
    const double lower = range.within(whole->lower ? *whole->lower : *whole->occupancy);
    const double upper = range.within(whole->upper ? *whole->upper : *whole->occupancy);
    layer.push_back({{"data", {{"values", {{{"l", drawn(lower)}, {"u", drawn(upper)}}}}}},
                     {"mark", {{"type", "rect"}, {"color", "#D55E00"}, {"opacity", 0.18}}},
                     {"encoding", {{"x", fraction_axis("l", occupancies)}, {"x2", {{"field", "u"}}}}}});
    layer.push_back({{"mark", {{"type", "rule"}, {"color", "#D55E00"}, {"strokeDash", {6, 3}}, {"strokeWidth", 1.5}}},
                     {"encoding", {{"x", {{"datum", drawn(range.within(*whole->occupancy))}}}}}});
  }
  layer.push_back({{"mark", {{"type", "bar"}, {"stroke", "#1b4b6b"}, {"strokeWidth", 1}, {"height", {{"band", 0.62}}}}},
                   {"encoding", {{"x", x}, {"y", region_axis()}, {"fill", colour}}}});
  layer.push_back(interval_layer(occupancies));
  layer.push_back(
      {{"transform", {{{"filter", "isValid(datum.b)"}}}},
       {"mark", {{"type", "text"}, {"align", "left"}, {"dx", 6}, {"fontSize", 10.5}, {"color", "#111"}}},
       {"encoding", {{"y", region_axis()}, {"x", {{"datum", 0}}}, {"text", {{"field", "b"}, {"type", "nominal"}}}}}});
  Figure figure;
  figure.title =
      "Regional " + occupancies.quantity() + ", " + subject_prefix(outputs, occupancies) + title_of(occupancies);
  figure.reading = "Bars end at the estimate, lines are the intervals (cut at " + range.text() +
                   "). White bars have a status other than ok: see the flags.";
  if (occupancies.is_change())
    figure.reading += " A change is drug / baseline - 1: a fall is negative, and it is no occupancy.";
  if (whole != nullptr) figure.reading += " The dashed line and its band are the estimate from all regions together.";
  if (!values.empty())
    figure.spec = {{"data", {{"values", values}}},
                   {"width", "container"},
                   {"height", height_of_rows(values.size(), 20)},
                   {"layer", layer}};
  figure.tables.push_back(occupancy_rows(occupancies));
  return figure;
}

// The rows that a figure of participants has: those of whole plots or fits where there are any, else all regions.
std::vector<std::size_t> rows_of_participants(const CohortTable& cohort) {
  const auto& rows = cohort.table.rows;
  const bool has_whole = std::any_of(rows.begin(), rows.end(), [](const OccupancyRow& row) { return row.index == 0; });
  std::vector<std::size_t> chosen;
  for (std::size_t r = 0; r < rows.size(); ++r)
    if (!has_whole || rows[r].index == 0) chosen.push_back(r);
  return chosen;
}

std::string scan_name(const CohortTable& cohort, std::size_t row) {
  return cohort.participants[row] + (cohort.drugs[row].empty() ? "" : ", " + cohort.drugs[row]);
}

HtmlTable cohort_rows(const CohortTable& cohort) {
  HtmlTable html{capitalised(cohort.quantity()) + " by participant, " + cohort.label,
                 {"participant", "drug", "region", cohort.quantity(), "interval", "status", "flags"},
                 {}};
  for (std::size_t r = 0; r < cohort.table.rows.size(); ++r) {
    const OccupancyRow& row = cohort.table.rows[r];
    html.rows.push_back({cohort.participants[r], cohort.drugs[r].empty() ? "–" : cohort.drugs[r],
                         row.index == 0 ? row.name + " (all regions)" : row.name, percent(row.occupancy),
                         percent_interval(row.lower, row.upper), row.status, flags_of(row.flags)});
  }
  return html;
}

// One row a participant, or where there is no estimate of all regions one a region with a symbol a participant.
Figure cohort_figure(const CohortTable& cohort) {
  const Range range = range_of(cohort);
  const std::vector<std::size_t> chosen = rows_of_participants(cohort);
  const bool is_whole = !chosen.empty() && cohort.table.rows[chosen.front()].index == 0;
  Json values = Json::array();
  std::set<std::string> names;
  for (const std::size_t r : chosen) {
    const OccupancyRow& row = cohort.table.rows[r];
    if (!row.occupancy || !std::isfinite(*row.occupancy)) continue;
    const std::string name = is_whole ? scan_name(cohort, r) : row.name;
    if (!names.contains(name) && names.size() >= most_rows_drawn) continue;
    names.insert(name);
    Json value = drawn_row(name, row, range);
    value["p"] = scan_name(cohort, r);
    values.push_back(std::move(value));
  }
  Json layer = Json::array();
  if (is_whole) layer.push_back(interval_layer(cohort));
  for (const bool is_ok : {true, false})
    layer.push_back(
        {{"transform", {{{"filter", is_ok ? "datum.q === 'ok'" : "datum.q !== 'ok'"}}}},
         {"mark", {{"type", "point"}, {"filled", is_ok}, {"size", 50}, {"color", "#0072B2"}}},
         {"encoding",
          {{"y", region_axis()}, {"x", fraction_axis("o", cohort)}, {"tooltip", nominal("p", "participant")}}}});
  Figure figure;
  figure.title = capitalised(cohort.quantity()) + " by participant, " + cohort.label;
  figure.reading = std::string(is_whole ? "One row a participant, from all regions together; lines are the intervals"
                                        : "One symbol a participant; the table has the intervals") +
                   " (cut at " + range.text() + "). Open symbols have a status other than ok.";
  figure.spec = {{"data", {{"values", values}}},
                 {"width", "container"},
                 {"height", height_of_rows(names.size(), 20)},
                 {"layer", layer}};
  figure.tables.push_back(cohort_rows(cohort));
  return figure;
}

// Marks points whose names have room to their left.
void choose_labels(Json& points) {
  constexpr double room = 0.14;  // of the width
  std::vector<Json*> order;
  for (Json& point : points) order.push_back(&point);
  std::sort(order.begin(), order.end(), [](const Json* a, const Json* b) { return (*a)["x"] < (*b)["x"]; });
  double last = order.empty() ? 0.0 : (*order.front())["x"].get<double>();
  for (Json* point : order) {
    const double x = (*point)["x"].get<double>();
    const double range = (*order.back())["x"].get<double>() - (*order.front())["x"].get<double>();
    (*point)["k"] = x >= last + room * range;
    if ((*point)["k"] == true) last = x;
  }
}

std::vector<Figure> lassen_figures(const Outputs& outputs, const Occupancies& occupancies) {
  const OccupancyRow* whole = occupancies.whole();
  if (whole == nullptr || whole->name != "lassen") return {};
  std::vector<std::string> names;
  std::vector<double> baselines;
  std::vector<double> drugs;
  for (const OccupancyRow& row : occupancies.table.rows) {
    if (row.index == 0 || !row.baseline || !row.drug) continue;
    names.push_back(row.name);
    baselines.push_back(*row.baseline);
    drugs.push_back(*row.drug);
  }
  const std::vector<double> falls = residuals(baselines, drugs);
  Json values = Json::array();
  HtmlTable table{"Points of the Lassen plot", {"region", "VT baseline", "VT baseline - VT drug"}, {}};
  for (std::size_t i = 0; i < names.size(); ++i) {
    values.push_back({{"r", names[i]}, {"x", drawn(baselines[i])}, {"y", drawn(falls[i])}});
    table.rows.push_back({names[i], shown(baselines[i]), shown(falls[i])});
  }
  choose_labels(values);
  const auto extra = [&](const char* name) -> std::optional<double> {
    const auto& columns = occupancies.table.extra_columns;
    const auto found = std::find(columns.begin(), columns.end(), name);
    if (found == columns.end()) return std::nullopt;
    return whole->extra[static_cast<std::size_t>(found - columns.begin())];
  };
  const std::optional<double> VND = extra("VND");
  Json layer = Json::array();
  layer.push_back({{"mark", {{"type", "rule"}, {"color", "#555"}}}, {"encoding", {{"y", {{"datum", 0}}}}}});
  Json x = quantitative("x", "VT at baseline (mL/cm³)");
  x["scale"] = {{"zero", false}};
  Json y = quantitative("y", "fall of VT after the drug (mL/cm³)");
  const auto line = whole->occupancy && VND && std::isfinite(*whole->occupancy) && std::isfinite(*VND)
                        ? lassen_line(baselines, *whole->occupancy, *VND)
                        : std::nullopt;
  if (line) {
    Json ends = Json::array();
    for (std::size_t end = 0; end < 2; ++end) ends.push_back({{"x", drawn(line->x[end])}, {"y", drawn(line->y[end])}});
    layer.push_back({{"data", {{"values", ends}}},
                     {"mark", {{"type", "line"}, {"color", "#D55E00"}, {"strokeWidth", 1.8}}},
                     {"encoding", {{"x", x}, {"y", y}}}});
  }
  layer.push_back({{"mark", {{"type", "point"}, {"filled", true}, {"size", 55}, {"color", "#0072B2"}}},
                   {"encoding", {{"x", x}, {"y", y}, {"tooltip", nominal("r", "region")}}}});
  layer.push_back(
      {{"transform", {{{"filter", "datum.k && width > 520"}}}},
       {"mark", {{"type", "text"}, {"align", "right"}, {"dx", -7}, {"dy", -5}, {"fontSize", 10}, {"color", "#333"}}},
       {"encoding", {{"x", x}, {"y", y}, {"text", {{"field", "r"}, {"type", "nominal"}}}}}});
  const std::optional<double> lower = extra("VND_lower");
  const std::optional<double> upper = extra("VND_upper");
  Figure figure;
  figure.title = subject_prefix(outputs, occupancies) + title_of(occupancies);
  figure.reading = "The slope is the occupancy, " + percent(whole->occupancy) + " (" +
                   percent_interval(whole->lower, whole->upper) + "); the line meets zero at VND, " + shown(VND) +
                   " mL/cm³ (" + interval(lower, upper) + "). r² = " + shown(extra("r2"), 3) + ", status " +
                   whole->status + ".";
  figure.spec = {{"data", {{"values", values}}}, {"width", "container"}, {"height", 320}, {"layer", layer}};
  figure.tables.push_back(std::move(table));
  return {figure};
}

// The occupancies of all regions together, subject by subject, where there are several.
std::vector<Figure> cohort_figures(const Outputs& outputs) {
  constexpr std::size_t least_tables = 3;
  Json values = Json::array();
  HtmlTable table{
      "Occupancy of all regions together", {"scan pair", "method", "occupancy", "interval", "status", "flags"}, {}};
  for (const Occupancies& occupancies : outputs.occupancies) {
    const OccupancyRow* whole = occupancies.whole();
    if (whole == nullptr || occupancies.is_change()) continue;
    const std::string name = occupancies.label + ", " + title_of(occupancies);
    table.rows.push_back({occupancies.label, whole->name, percent(whole->occupancy),
                          percent_interval(whole->lower, whole->upper), whole->status, flags_of(whole->flags)});
    if (!whole->occupancy || !std::isfinite(*whole->occupancy) || values.size() >= most_rows_drawn) continue;
    values.push_back(drawn_row(name, *whole, range_of(occupancies)));
  }
  if (table.rows.size() < least_tables) return {};
  Json x = quantitative("o", "occupancy");
  x["axis"] = {{"format", ".0%"}};
  Json low = x;
  low["field"] = "l";
  Json y = region_axis();
  y["axis"]["labelLimit"] = 260;
  Json layer = Json::array();
  layer.push_back({{"transform", {{{"filter", "isValid(datum.l)"}}}},
                   {"mark", {{"type", "rule"}, {"strokeWidth", 1.6}, {"color", "#111"}}},
                   {"encoding", {{"y", y}, {"x", low}, {"x2", {{"field", "u"}}}}}});
  for (const bool is_ok : {true, false})
    layer.push_back({{"transform", {{{"filter", is_ok ? "datum.q === 'ok'" : "datum.q !== 'ok'"}}}},
                     {"mark", {{"type", "point"}, {"filled", is_ok}, {"size", 55}, {"color", "#0072B2"}}},
                     {"encoding", {{"y", y}, {"x", x}}}});
  return {{"Occupancy of all regions together",
           "One row an analysis, with its interval (cut at -25 % and 125 %). Open symbols have a status other than ok: "
           "they are no result.",
           {{"data", {{"values", values}}},
            {"width", "container"},
            {"height", height_of_rows(values.size(), 22)},
            {"layer", layer}},
           {table}}};
}

// Ticks of an axis that is logarithmic but for zero: 0, then 1, 2 and 5 of every decade.
Json ticks(double smallest, double largest) {
  Json values = {0};
  for (double decade = std::pow(10.0, std::floor(std::log10(smallest))); decade <= largest; decade *= 10.0)
    for (const double step : {1.0, 2.0, 5.0})
      if (step * decade >= smallest && step * decade <= largest) values.push_back(drawn(step * decade));
  return values;
}

struct Observed {
  Json values = Json::array();
  HtmlTable table{};
};

// The column of the observations that holds the subjects of the curve's BP0[SUBJECT].
std::optional<std::size_t> subject_column(const DoseCurve& curve, const Tsv& tsv) {
  for (std::size_t c = 0; c < tsv.header().size(); ++c) {
    bool fits = tsv.rows() > 0;
    for (std::size_t r = 0; r < tsv.rows(); ++r) fits = fits && curve.find("BP0[" + tsv.cell(r, c) + "]") != nullptr;
    if (fits) return c;
  }
  return std::nullopt;
}

// Observations in the unit of the curve: occupancies as they are, binding over that subject's baseline (by Vega).
Observed observed(const DoseCurve& curve) {
  Observed result;
  if (!curve.observations) return result;
  const Tsv& tsv = *curve.observations;
  const auto x = tsv.find(curve.text("X"));
  const auto y = tsv.find(curve.text("Y"));
  const bool is_binding = curve.text("Endpoint") == "binding";
  const auto subject = is_binding ? subject_column(curve, tsv) : std::nullopt;
  if (!x || !y || (is_binding && !subject)) return result;
  result.table = {"Observations", {curve.text("X"), curve.text("Y")}, {}};
  if (subject) result.table.header.insert(result.table.header.begin(), tsv.header()[*subject]);
  for (std::size_t r = 0; r < tsv.rows(); ++r) {
    const auto at = parse_number(tsv.cell(r, *x));
    const auto value = parse_number(tsv.cell(r, *y));
    if (!at || !value) continue;
    Json observation = {{"x", drawn(*at)}, {"y", drawn(*value)}};
    std::vector<std::string> row = {shown(*at), shown(*value)};
    if (subject) {
      observation["b"] = drawn(curve.find("BP0[" + tsv.cell(r, *subject) + "]")->value);
      row.insert(row.begin(), tsv.cell(r, *subject));
    }
    result.values.push_back(std::move(observation));
    result.table.rows.push_back(std::move(row));
  }
  return result;
}

HtmlTable curve_table(const DoseCurve& curve) {
  HtmlTable table{
      "Parameters of the curve", {"parameter", "value", "standard error", "interval", "unit", "status", "flags"}, {}};
  for (const CurveRow& row : curve.rows)
    table.rows.push_back({row.parameter, shown(row.value), shown(row.standard_error, 2), interval(row.lower, row.upper),
                          row.unit.empty() ? "unknown" : row.unit, row.status, flags_of(row.flags)});
  return table;
}

HtmlTable prediction_table(const DoseCurve& curve) {
  HtmlTable table{
      "The curve and its band", {curve.text("X"), "occupancy", "interval of the curve", "interval of a scan"}, {}};
  for (const CurvePredictionRow& row : curve.prediction)
    table.rows.push_back({shown(row.x), shown(row.y), interval(row.lower, row.upper),
                          interval(row.observation_lower, row.observation_upper)});
  return table;
}

// The band, the line and the scans, as layers on the axes x and y.
Json dose_layers(const DoseCurve& curve, const Observed& seen, const Json& x, const Json& y) {
  Json layer = Json::array();
  Json predicted = Json::array();
  for (const CurvePredictionRow& row : curve.prediction)
    predicted.push_back({{"x", drawn(row.x)}, {"y", drawn(row.y)}, {"l", drawn(row.lower)}, {"u", drawn(row.upper)}});
  Json low = y;
  low["field"] = "l";
  if (!predicted.empty()) {
    layer.push_back({{"data", {{"values", predicted}}},
                     {"mark", {{"type", "area"}, {"color", "#56B4E9"}, {"opacity", 0.3}}},
                     {"encoding", {{"x", x}, {"y", low}, {"y2", {{"field", "u"}}}}}});
    layer.push_back({{"data", {{"values", predicted}}},
                     {"mark", {{"type", "line"}, {"color", "#0072B2"}, {"strokeWidth", 2}}},
                     {"encoding", {{"x", x}, {"y", y}}}});
  }
  if (!seen.values.empty()) {
    Json points = {
        {"data", {{"values", seen.values}}},
        {"mark", {{"type", "point"}, {"filled", true}, {"size", 50}, {"color", "#D55E00"}, {"opacity", 0.9}}},
        {"encoding", {{"x", x}, {"y", y}}}};
    if (seen.values.front().contains("b"))
      points["transform"] = {{{"calculate", "1 - datum.y / datum.b"}, {"as", "y"}}};
    layer.push_back(std::move(points));
  }
  const CurveRow* half = curve.find("EC50");
  if (!layer.empty() && half != nullptr && half->value && std::isfinite(*half->value))
    layer.push_back({{"data", {{"values", {{{"x", drawn(*half->value)}}}}}},
                     {"mark", {{"type", "rule"}, {"color", "#333"}, {"strokeDash", {4, 3}}, {"strokeWidth", 1.3}}},
                     {"encoding", {{"x", x}}}});
  return layer;
}

// The axis of doses or concentrations, logarithmic but for zero.
Json dose_axis(const DoseCurve& curve, const Observed& seen, const std::string& name) {
  double smallest = HUGE_VAL;
  double largest = 0.0;
  const auto include = [&](double x) {
    if (x > 0.0) smallest = std::min(smallest, x);
    largest = std::max(largest, x);
  };
  for (const CurvePredictionRow& row : curve.prediction) include(row.x);
  for (const Json& value : seen.values) include(value["x"].get<double>());
  const CurveRow* half = curve.find("EC50");
  Json x = quantitative("x", with_unit(name, half != nullptr ? half->unit : ""));
  if (!std::isfinite(smallest)) return x;
  x["scale"] = {{"type", "symlog"}, {"constant", drawn(smallest)}, {"nice", false}};
  x["axis"] = {
      {"values", ticks(smallest, largest)}, {"labelExpr", "toString(datum.value)"}, {"labelOverlap", "greedy"}};
  return x;
}

Figure dose_figure(const DoseCurve& curve) {
  const Observed seen = observed(curve);
  const std::string name = curve.text("X").empty() ? "concentration" : curve.text("X");
  const CurveRow* most = curve.find("Omax");
  const bool is_percent = most != nullptr && most->unit == "percent";
  Json y = quantitative("y", is_percent ? "occupancy (percent)" : "occupancy");
  if (!is_percent) y["axis"] = {{"format", ".0%"}};
  Figure figure;
  figure.title = "Occupancy against " + name;
  figure.reading = "The line is the fitted curve, the band the interval of the curve" +
                   std::string(seen.values.empty() ? "" : ", circles are scans") +
                   ". The dashed line is EC50. The axis is logarithmic, but for zero.";
  figure.spec = {
      {"width", "container"}, {"height", 320}, {"layer", dose_layers(curve, seen, dose_axis(curve, seen, name), y)}};
  figure.tables.push_back(curve_table(curve));
  if (!curve.prediction.empty()) figure.tables.push_back(prediction_table(curve));
  if (!seen.values.empty()) figure.tables.push_back(seen.table);
  return figure;
}

}  // namespace

std::vector<Figure> parameter_figures(const Outputs& outputs) {
  std::vector<Figure> figures;
  for (const ParameterGroup& group : parameter_groups(outputs)) figures.push_back(parameter_figure(group));
  return figures;
}

std::vector<Figure> occupancy_figures(const Outputs& outputs) {
  std::vector<Figure> figures = cohort_figures(outputs);
  for (const Occupancies& occupancies : outputs.occupancies) {
    for (Figure& figure : lassen_figures(outputs, occupancies)) figures.push_back(std::move(figure));
    figures.push_back(regional_figure(outputs, occupancies));
  }
  for (const CohortTable& cohort : outputs.cohorts) figures.push_back(cohort_figure(cohort));
  return figures;
}

std::vector<Figure> dose_figures(const Outputs& outputs) {
  std::vector<Figure> figures;
  for (const DoseCurve& curve : outputs.curves) figures.push_back(dose_figure(curve));
  return figures;
}

}  // namespace pet::detail
