// SPDX-License-Identifier: Apache-2.0
// Figures of what was measured: curves with their fits, jumps, blood, graphical plots.
#include <algorithm>
#include <cmath>
#include <set>

#include "kinetic_models/graphical_points.h"
#include "libpet/error.h"
#include "libpet/tac_checks.h"
#include "tools/report/detail/figure.h"

namespace pet::detail {
namespace {

constexpr std::size_t most_scans_together = 4;
constexpr std::size_t most_regions = 36;

std::string unit_of(const TacTable& table) {
  return table.unit == ActivityUnit::kBq_per_mL ? "kBq/mL" : "unit unknown";
}

std::vector<std::string> labels_of(const Outputs& outputs, const std::vector<std::size_t>& scans) {
  std::vector<std::string> labels;
  for (const std::size_t scan : scans) labels.push_back(outputs.scans[scan].label);
  return labels;
}

std::string subject_of(const OutputFile& file) {
  const auto found = file.entities.find("sub");
  return found == file.entities.end() ? "" : found->second;
}

// The regions of all scans in the order in which they come, as many as a figure can show.
std::vector<std::string> regions_of(const Outputs& outputs, const std::vector<std::size_t>& scans) {
  std::vector<std::string> regions;
  for (const std::size_t scan : scans)
    for (const std::string& region : outputs.scans[scan].table.regions)
      if (std::find(regions.begin(), regions.end(), region) == regions.end()) regions.push_back(region);
  if (regions.size() > most_regions) regions.resize(most_regions);
  return regions;
}

std::optional<std::size_t> region_index(const TacTable& table, const std::string& region) {
  const auto found = std::find(table.regions.begin(), table.regions.end(), region);
  return found == table.regions.end() ? std::nullopt : std::optional(found - table.regions.begin());
}

std::string sentence_on_regions(const Outputs& outputs, const std::vector<std::size_t>& scans) {
  std::size_t most = 0;
  for (const std::size_t scan : scans) most = std::max(most, outputs.scans[scan].table.regions.size());
  if (most <= most_regions) return "";
  return " The first " + std::to_string(most_regions) + " of " + std::to_string(most) +
         " regions are shown; the files hold all of them.";
}

// Small multiples by region; the script of the page chooses their number side by side and their width. A value is the
// curve of a region and a scan, with lists that Vega turns into points.
Json facets(Json values, const std::vector<const char*>& lists, Json layer) {
  return {{"data", {{"values", std::move(values)}}},
          {"transform", {{{"flatten", lists}}}},
          {"facet", {{"field", "r"}, {"type", "nominal"}, {"sort", nullptr}, {"header", {{"title", nullptr}}}}},
          {"columns", 3},
          {"spec", {{"width", 220}, {"height", 120}, {"layer", std::move(layer)}}},
          {"resolve",
           {{"scale", {{"x", "independent"}, {"y", "independent"}}},
            {"axis", {{"x", "independent"}, {"y", "independent"}}}}},
          {"usermeta", {{"cell", 200}}}};
}

Json list_of(std::span<const double> numbers) {
  Json list = Json::array();
  for (const double number : numbers) list.push_back(drawn(number));
  return list;
}

Json middles_of(const Frames& frames) {
  Json list = Json::array();
  for (const Frame& frame : frames) list.push_back(drawn(frame.mid_min()));
  return list;
}

Json time_axis() {
  return quantitative("t", "time after injection (min)");
}

// The curves of the regions that are drawn.
HtmlTable wide_table(const std::string& caption, const TacTable& table, const std::vector<std::string>& regions) {
  HtmlTable html{caption + ", " + unit_of(table), {"frame (min)"}, {}};
  for (const Frame& frame : table.frames) html.rows.push_back({brief(frame.start_min) + " to " + brief(frame.end_min)});
  for (const std::string& region : regions) {
    const auto index = region_index(table, region);
    if (!index) continue;
    html.header.push_back(region);
    for (std::size_t f = 0; f < table.frames.size(); ++f) html.rows[f].push_back(shown(table.activity[*index][f]));
  }
  return html;
}

// Whether a region is the reference of the fits to a scan: its own curve, which leaves nothing over.
bool is_reference(const Outputs& outputs, std::size_t scan, const std::string& region) {
  return std::any_of(outputs.parameters.begin(), outputs.parameters.end(), [&](const Parameters& parameters) {
    return parameters.measured == scan && parameters.table.reference_region == region;
  });
}

const FittedCurves* fit_of(const Outputs& outputs, std::size_t scan, const std::string& model) {
  const auto found = std::find_if(outputs.fits.begin(), outputs.fits.end(),
                                  [&](const FittedCurves& fit) { return fit.measured == scan && fit.model == model; });
  return found == outputs.fits.end() ? nullptr : &*found;
}

// The fitted curve of a region, if it is on the frames of the measured one.
const std::vector<double>* fitted_curve(const FittedCurves* fit, const Curves& scan, const std::string& region) {
  if (fit == nullptr || fit->table.frames.size() != scan.table.frames.size()) return nullptr;
  const auto index = region_index(fit->table, region);
  return index ? &fit->table.activity[*index] : nullptr;
}

Figure measured_figure(const Outputs& outputs,
                       const std::vector<std::size_t>& scans,
                       const std::string& model,
                       bool is_first = true) {
  const std::vector<std::string> names = labels_of(outputs, scans);
  Json values = Json::array();
  Figure figure;
  const std::vector<std::string> regions = regions_of(outputs, scans);
  for (const std::size_t s : scans) {
    const Curves& scan = outputs.scans[s];
    const FittedCurves* fit = fit_of(outputs, s, model);
    if (is_first) figure.tables.push_back(wide_table("Measured, " + scan.label, scan.table, regions));
    if (fit != nullptr)
      figure.tables.push_back(wide_table("Fitted by " + model + ", " + scan.label, fit->table, regions));
    for (const std::string& region : regions) {
      const auto index = region_index(scan.table, region);
      if (!index) continue;
      const std::vector<double>* fitted = fitted_curve(fit, scan, region);
      values.push_back({{"r", region},
                        {"s", scan.label},
                        {"t", middles_of(scan.table.frames)},
                        {"v", list_of(scan.table.activity[*index])},
                        {"f", fitted == nullptr ? Json::array() : list_of(*fitted)}});
    }
  }
  const std::string unit = unit_of(outputs.scans[scans.front()].table);
  Json points = series_encoding("s", names, false);
  points["x"] = time_axis();
  points["y"] = quantitative("v", "activity (" + unit + ")");
  Json line = series_encoding("s", names, true);
  line["x"] = time_axis();
  line["y"] = quantitative(model.empty() ? "v" : "f", "activity (" + unit + ")");
  Json layer = Json::array();
  layer.push_back({{"transform", {{{"filter", model.empty() ? "isValid(datum.v)" : "isValid(datum.f)"}}}},
                   {"mark", {{"type", "line"}, {"strokeWidth", 1.5}}},
                   {"encoding", line}});
  layer.push_back(
      {{"mark", {{"type", "point"}, {"filled", true}, {"size", 18}, {"opacity", 0.85}}}, {"encoding", points}});
  figure.spec = facets(std::move(values), {"t", "v", "f"}, std::move(layer));
  figure.title = model.empty() ? "Time-activity curves" : "Time-activity curves with the fit of " + model;
  figure.reading = (model.empty() ? "Points are frames, joined by lines for the eye."
                                  : "Points are frames as measured, lines the model. Look for points that leave "
                                    "their line together.") +
                   std::string(" Every region has its own scale.") + sentence_on_regions(outputs, scans);
  return figure;
}

Figure residual_figure(const Outputs& outputs, const std::vector<std::size_t>& scans, const std::string& model) {
  const std::vector<std::string> names = labels_of(outputs, scans);
  const std::vector<std::string> regions = regions_of(outputs, scans);
  Json values = Json::array();
  Figure figure;
  for (const std::size_t s : scans) {
    const Curves& scan = outputs.scans[s];
    const FittedCurves* fit = fit_of(outputs, s, model);
    if (fit == nullptr) continue;
    TacTable left = scan.table;
    left.regions.clear();
    left.activity.clear();
    for (std::size_t r = 0; r < scan.table.regions.size(); ++r) {
      const std::vector<double>* fitted = fitted_curve(fit, scan, scan.table.regions[r]);
      if (fitted == nullptr || is_reference(outputs, s, scan.table.regions[r])) continue;
      left.regions.push_back(scan.table.regions[r]);
      left.activity.push_back(residuals(scan.table.activity[r], *fitted));
    }
    figure.tables.push_back(wide_table("Measured less fitted, " + scan.label, left, regions));
    for (const std::string& region : regions)
      if (const auto index = region_index(left, region))
        values.push_back(
            {{"r", region}, {"s", scan.label}, {"t", middles_of(left.frames)}, {"v", list_of(left.activity[*index])}});
  }
  Json encoding = series_encoding("s", names, false);
  encoding["x"] = time_axis();
  encoding["y"] = quantitative("v", "residual (" + unit_of(outputs.scans[scans.front()].table) + ")");
  Json layer = Json::array();
  layer.push_back({{"mark", {{"type", "rule"}, {"color", "#555"}}}, {"encoding", {{"y", {{"datum", 0}}}}}});
  layer.push_back({{"transform", {{{"filter", "isValid(datum.v)"}}}},
                   {"mark", {{"type", "point"}, {"filled", true}, {"size", 20}, {"opacity", 0.85}}},
                   {"encoding", encoding}});
  figure.spec = facets(std::move(values), {"t", "v"}, std::move(layer));
  figure.spec["spec"]["height"] = 80;
  figure.title = "Residuals of " + model;
  figure.reading =
      "Measured less fitted. Scatter around zero is noise; a bow is a model that does not fit, a jump in all regions "
      "at one time is motion.";
  return figure;
}

// Models whose fits to one of the scans are there, in the order of the files.
std::vector<std::string> fitted_models(const Outputs& outputs, const std::vector<std::size_t>& scans) {
  std::vector<std::string> names;
  for (const FittedCurves& fit : outputs.fits) {
    const bool is_of_these = fit.measured && std::find(scans.begin(), scans.end(), *fit.measured) != scans.end();
    if (is_of_these && std::find(names.begin(), names.end(), fit.model) == names.end()) names.push_back(fit.model);
  }
  return names;
}

// A logarithmic axis with a line at every power of ten.
Json log_activity(const char* field, const std::string& title, double least, double most) {
  Json axis = quantitative(field, title);
  Json decades = Json::array();
  for (int power = static_cast<int>(std::floor(std::log10(least))); std::pow(10.0, power) <= most * 10.0; ++power)
    decades.push_back(drawn(std::pow(10.0, power)));
  axis["scale"] = {{"type", "log"}};
  axis["axis"] = {{"values", decades}, {"labelExpr", "toString(datum.value)"}};
  return axis;
}

// The curves of one blood file: what is drawn as what.
struct BloodCurve {
  const char* name;
  const std::vector<double>& values;
};

std::vector<BloodCurve> activities_of(const InputFunction& input) {
  std::vector<BloodCurve> curves = {{"parent in plasma", input.parent_plasma}};
  if (!input.plasma.empty()) curves.push_back({"plasma", input.plasma});
  if (!input.whole_blood.empty()) curves.push_back({"whole blood", input.whole_blood});
  return curves;
}

HtmlTable blood_table(const Blood& blood) {
  HtmlTable table{"Blood, " + blood.label + " (kBq/mL)", {"time (min)"}, {}};
  std::vector<BloodCurve> curves = activities_of(blood.input);
  if (!blood.input.parent_fraction.empty()) curves.push_back({"parent fraction", blood.input.parent_fraction});
  for (const BloodCurve& curve : curves) table.header.emplace_back(curve.name);
  for (std::size_t i = 0; i < blood.input.time_min.size(); ++i) {
    std::vector<std::string> row = {shown(blood.input.time_min[i])};
    for (const BloodCurve& curve : curves) row.push_back(shown(curve.values[i]));
    table.rows.push_back(std::move(row));
  }
  return table;
}

Figure blood_figure(const Blood& blood) {
  Json values = Json::array();
  std::vector<std::string> names;
  const std::vector<BloodCurve> curves = activities_of(blood.input);
  double most = 0.0;
  for (const BloodCurve& curve : curves)
    for (const double value : curve.values) most = std::max(most, value);
  const double floor = most / 1000.0;
  for (const BloodCurve& curve : curves) {
    names.emplace_back(curve.name);
    for (std::size_t i = 0; i < curve.values.size(); ++i)
      if (curve.values[i] > floor)
        values.push_back({{"s", curve.name}, {"t", drawn(blood.input.time_min[i])}, {"v", drawn(curve.values[i])}});
  }
  Json encoding = series_encoding("s", names, true);
  encoding["x"] = time_axis();
  encoding["y"] = log_activity("v", "activity (kBq/mL), logarithmic", floor > 0.0 ? floor : 1.0, most);
  Figure figure;
  figure.title = "Blood, " + blood.label;
  figure.reading =
      "The input of the plasma models is the parent in plasma. Values below a thousandth of the peak are left out.";
  figure.spec = {{"data", {{"values", values}}},
                 {"width", "container"},
                 {"height", 240},
                 {"mark", {{"type", "line"}, {"strokeWidth", 1.8}}},
                 {"encoding", encoding}};
  figure.tables.push_back(blood_table(blood));
  return figure;
}

std::vector<Figure> parent_fraction_figures(const Outputs& outputs) {
  Json values = Json::array();
  std::vector<std::string> names;
  HtmlTable table{"Parent fraction", {"scan", "time (min)", "parent fraction"}, {}};
  for (const Blood& blood : outputs.blood) {
    if (blood.input.parent_fraction.empty()) continue;
    names.push_back(blood.label);
    for (std::size_t i = 0; i < blood.input.time_min.size(); ++i) {
      values.push_back(
          {{"s", blood.label}, {"t", drawn(blood.input.time_min[i])}, {"v", drawn(blood.input.parent_fraction[i])}});
      table.rows.push_back({blood.label, shown(blood.input.time_min[i]), shown(blood.input.parent_fraction[i])});
    }
  }
  if (names.empty()) return {};
  Json encoding = series_encoding("s", names, true);
  encoding["x"] = time_axis();
  encoding["y"] = quantitative("v", "parent fraction of plasma");
  encoding["y"]["scale"] = {{"domain", {0, 1}}};
  return {{"Parent fraction",
           "How much of the activity in plasma is still the tracer itself. It falls; a rise is a damaged sample.",
           {{"data", {{"values", values}}},
            {"width", "container"},
            {"height", 180},
            {"mark", {{"type", "line"}, {"strokeWidth", 1.8}}},
            {"encoding", encoding}},
           {table}}};
}

// What drives the curves that a model was fitted to; nothing where it is not among the files.
struct Driving {
  std::optional<Plasma> plasma;
  std::optional<ReferenceRegion> reference;

  ScanInput input() const { return plasma ? ScanInput(*plasma) : ScanInput(*reference); }
  bool is_known() const { return plasma || reference; }
};

Driving driving_of(const Outputs& outputs, const Parameters& parameters) {
  Driving driving;
  const TacTable& table = outputs.scans[*parameters.measured].table;
  const Sampling sampling = parameters.table.sampling == "midframe" ? Sampling::midframe : Sampling::average;
  try {
    if (parameters.model->needs_plasma()) {
      if (parameters.blood)
        driving.plasma.emplace(outputs.blood[*parameters.blood].input, table.frames, sampling,
                               parameters.held("delay").value_or(0.0));
    } else if (const auto index = region_index(table, parameters.table.reference_region)) {
      driving.reference.emplace(table.curve(*index), sampling);
    }
  } catch (const InputError&) {  // the fit itself has said so
  }
  return driving;
}

bool can_be_drawn(const Parameters& parameters) {
  return parameters.model != nullptr && has_graphical_points(*parameters.model) && parameters.measured &&
         parameters.held("vB").value_or(0.0) == 0.0;
}

// The points of one region: those that are drawn and the table.
struct RegionPlot {
  Json value = Json::object();
  std::vector<std::vector<std::string>> rows;
};

RegionPlot region_plot(const Parameters& parameters,
                       const TacTable& table,
                       const GraphicalPoints& plot,
                       const ParameterRow& row) {
  constexpr double first_min = 1.0;
  const double t_star = parameters.held("t_star").value_or(0.0);
  Json x = Json::array();
  Json y = Json::array();
  Json used = Json::array();
  std::vector<double> used_x;
  RegionPlot result;
  for (std::size_t f = 0; f < table.frames.size(); ++f) {
    const double mid = table.frames[f].mid_min();
    if (!std::isfinite(plot.x[f]) || !std::isfinite(plot.y[f]) || mid <= first_min) continue;
    const bool is_used = mid >= t_star && mid <= parameters.held("t_end").value_or(mid);
    if (is_used) used_x.push_back(plot.x[f]);
    x.push_back(drawn(plot.x[f]));
    y.push_back(drawn(plot.y[f]));
    used.push_back(is_used ? 1 : 0);
    result.rows.push_back({row.name, brief(mid), is_used ? "yes" : "no", shown(plot.x[f]), shown(plot.y[f])});
  }
  result.value = {{"r", row.name},       {"s", parameters.label}, {"x", x}, {"y", y}, {"u", used},
                  {"lx", Json::array()}, {"ly", Json::array()}};
  const auto slope = parameters.table.find(plot.slope);
  const auto intercept = parameters.table.find(plot.intercept);
  if (!slope || !intercept || !row.cells[*slope].value || !row.cells[*intercept].value) return result;
  if (const auto line = line_over(used_x, *row.cells[*slope].value, *row.cells[*intercept].value)) {
    result.value["lx"] = list_of(line->x);
    result.value["ly"] = list_of(line->y);
  }
  return result;
}

// Points and line of every region of one table of parameters.
void add_graphical(
    const Outputs& outputs, const Parameters& parameters, const Driving& driving, Json& values, Figure& figure) {
  const TacTable& table = outputs.scans[*parameters.measured].table;
  HtmlTable html{"Points, " + parameters.label, {"region", "frame middle (min)", "used", "x", "y"}, {}};
  std::size_t count = 0;
  for (const ParameterRow& row : parameters.table.rows) {
    const auto index = region_index(table, row.name);
    if (!index || (!driving.plasma && row.name == parameters.table.reference_region)) continue;
    if (++count > most_regions) break;
    RegionPlot plot = region_plot(
        parameters, table,
        graphical_points(*parameters.model, table.curve(*index), driving.input(), parameters.held("k2prime")), row);
    values.push_back(std::move(plot.value));
    html.rows.insert(html.rows.end(), plot.rows.begin(), plot.rows.end());
  }
  figure.tables.push_back(std::move(html));
}

Figure graphical_figure(const Outputs& outputs, const std::vector<const Parameters*>& scans) {
  Figure figure;
  Json values = Json::array();
  std::vector<std::string> names;
  std::string t_star;
  for (const Parameters* parameters : scans) {
    const Driving driving = driving_of(outputs, *parameters);
    if (!driving.is_known()) continue;
    names.push_back(parameters->label);
    t_star += (t_star.empty() ? "" : ", ") + parameters->label + " " + brief(parameters->held("t_star").value_or(0.0)) +
              " min";
    add_graphical(outputs, *parameters, driving, values, figure);
  }
  const TacTable& first = outputs.scans[*scans.front()->measured].table;
  const GraphicalPoints titles = [&] {
    const Driving driving = driving_of(outputs, *scans.front());
    return graphical_points(*scans.front()->model, first.curve(0), driving.input(), scans.front()->held("k2prime"));
  }();
  Json points = series_encoding("s", names, false);
  points["x"] = quantitative("x", std::string(titles.x_title));
  points["y"] = quantitative("y", std::string(titles.y_title));
  Json line = series_encoding("s", names, true);
  line["x"] = quantitative("lx", std::string(titles.x_title));
  line["y"] = quantitative("ly", std::string(titles.y_title));
  Json layer = Json::array();
  layer.push_back({{"transform", {{{"filter", "isValid(datum.lx)"}}}},
                   {"mark", {{"type", "line"}, {"strokeWidth", 1.5}}},
                   {"encoding", line}});
  for (const bool is_used : {true, false})
    layer.push_back({{"transform", {{{"filter", is_used ? "datum.u === 1" : "datum.u === 0"}}}},
                     {"mark", {{"type", "point"}, {"filled", is_used}, {"size", 24}, {"strokeWidth", 1.2}}},
                     {"encoding", points}});
  figure.spec = facets(std::move(values), {"x", "y", "u", "lx", "ly"}, std::move(layer));
  figure.title = std::string(scans.front()->model->title) + " by region";
  figure.reading = "t*: " + t_star + ". Filled points are used, open points come before t*; the line has the slope " +
                   std::string(titles.slope) +
                   ". The filled points must lie on a straight line. Frames of the first minute are left out.";
  return figure;
}

}  // namespace

std::vector<std::vector<std::size_t>> groups_of_scans(const Outputs& outputs) {
  std::vector<std::vector<std::size_t>> groups;
  for (std::size_t i = 0; i < outputs.scans.size(); ++i) {
    const auto found = std::find_if(groups.begin(), groups.end(), [&](const std::vector<std::size_t>& group) {
      return group.size() < most_scans_together &&
             subject_of(outputs.scans[group.front()]) == subject_of(outputs.scans[i]) &&
             outputs.scans[group.front()].table.unit == outputs.scans[i].table.unit;
    });
    if (found == groups.end())
      groups.push_back({i});
    else
      found->push_back(i);
  }
  return groups;
}

std::vector<Figure> curve_figures(const Outputs& outputs, const std::vector<std::size_t>& scans) {
  std::vector<Figure> figures;
  const std::vector<std::string> models = fitted_models(outputs, scans);
  if (models.empty()) return {measured_figure(outputs, scans, "")};
  for (const std::string& model : models) {
    figures.push_back(measured_figure(outputs, scans, model, figures.empty()));
    figures.push_back(residual_figure(outputs, scans, model));
  }
  return figures;
}

std::vector<Figure> jump_figures(const Outputs& outputs) {
  Json values = Json::array();
  std::vector<std::string> names;
  double largest = jump_threshold + 1.0;  // the threshold lies below the edge
  HtmlTable table{"Common jumps", {"scan", "frame middle (min)", "score"}, {}};
  for (const Curves& scan : outputs.scans) {
    const std::vector<FrameJump> jumps = common_jumps(scan.table);
    if (jumps.empty()) continue;
    names.push_back(scan.label);
    for (const FrameJump& jump : jumps) {
      largest = std::max(largest, jump.score);
      values.push_back({{"s", scan.label}, {"t", drawn(jump.mid_min)}, {"v", drawn(jump.score)}});
      table.rows.push_back({scan.label, shown(jump.mid_min), shown(jump.score, 3)});
    }
  }
  if (names.empty() || names.size() > 12) return {};
  Json points = series_encoding("s", names, false);
  points["x"] = time_axis();
  points["y"] = quantitative("v", "score");
  points["y"]["scale"] = {{"domain", {0, drawn(largest)}}, {"nice", true}};
  points["x"]["scale"] = {{"zero", true}};
  Json line = series_encoding("s", names, true);
  line["x"] = points["x"];
  line["y"] = points["y"];
  Json layer = Json::array();
  layer.push_back({{"mark", {{"type", "rule"}, {"color", "#8a1c1c"}, {"strokeDash", {4, 3}}}},
                   {"encoding", {{"y", {{"datum", jump_threshold}}}}}});
  layer.push_back({{"mark", {{"type", "line"}, {"strokeWidth", 1}, {"opacity", 0.6}}}, {"encoding", line}});
  layer.push_back({{"mark", {{"type", "point"}, {"filled", true}, {"size", 30}}}, {"encoding", points}});
  return {
      {"Do all regions jump together?",
       "Median over the regions of how far a frame leaves the curve through its neighbours, less what all regions "
       "share, in units of what is usual for the region. About 0.7 is noise; above the dashed line most regions jump "
       "at once, as they do when the head moves.",
       {{"data", {{"values", values}}}, {"width", "container"}, {"height", 150}, {"layer", layer}},
       {table}}};
}

std::vector<Figure> blood_figures(const Outputs& outputs) {
  constexpr std::size_t most_blood_figures = 6;
  std::vector<Figure> figures;
  for (const Blood& blood : outputs.blood)
    if (figures.size() < most_blood_figures) figures.push_back(blood_figure(blood));
  if (outputs.blood.size() <= most_blood_figures)
    for (Figure& figure : parent_fraction_figures(outputs)) figures.push_back(std::move(figure));
  return figures;
}

std::vector<Figure> graphical_figures(const Outputs& outputs) {
  std::vector<std::vector<const Parameters*>> groups;
  for (const Parameters& parameters : outputs.parameters) {
    if (!can_be_drawn(parameters) || !driving_of(outputs, parameters).is_known()) continue;
    const auto found = std::find_if(groups.begin(), groups.end(), [&](const auto& group) {
      return group.size() < most_scans_together && group.front()->model == parameters.model &&
             subject_of(*group.front()) == subject_of(parameters) &&
             std::none_of(group.begin(), group.end(),
                          [&](const Parameters* other) { return other->measured == parameters.measured; });
    });
    if (found == groups.end())
      groups.push_back({&parameters});
    else
      found->push_back(&parameters);
  }
  std::vector<Figure> figures;
  for (const auto& group : groups) figures.push_back(graphical_figure(outputs, group));
  return figures;
}

}  // namespace pet::detail
