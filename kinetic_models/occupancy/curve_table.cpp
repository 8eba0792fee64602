// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/occupancy/curve_table.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <tuple>

#include "libpet/error.h"

namespace pet {
namespace {

std::optional<double> known(double value) {
  return std::isnan(value) ? std::nullopt : std::optional(value);
}

// The fit with the smallest AICc; one that did not settle is taken only where none did.
template <typename Fit>
std::size_t best_of(const std::vector<Fit>& fits) {
  const auto is_settled = [&](std::size_t i) {
    return fits[i].status == FitStatus::ok || fits[i].status == FitStatus::at_bound;
  };
  std::size_t best = 0;
  for (std::size_t i = 1; i < fits.size(); ++i) {
    const bool is_less = fits[i].aicc < fits[best].aicc || (std::isnan(fits[best].aicc) && !std::isnan(fits[i].aicc));
    if (is_settled(i) != is_settled(best) ? is_settled(i) : is_less) best = i;
  }
  return best;
}

template <typename Fit, typename NameOf>
std::vector<CurveComparisonRow> compared(const std::vector<Fit>& fits, const NameOf& name_of_model) {
  if (fits.empty()) throw UsageError("no curves to compare");
  const double least = fits[best_of(fits)].aicc;
  double sum = 0.0;
  for (const Fit& fit : fits)
    if (!std::isnan(fit.aicc)) sum += std::exp(-0.5 * (fit.aicc - least));
  std::vector<CurveComparisonRow> rows;
  for (const Fit& fit : fits)
    rows.push_back({std::string(name_of_model(fit)), fit.observations, fit.parameters, known(fit.rss), known(fit.aic),
                    known(fit.aicc), known(fit.bic), known(fit.aicc - least),
                    known(std::exp(-0.5 * (fit.aicc - least)) / sum), std::string(name_of(fit.status))});
  return rows;
}

// A flag that begins with the name of a parameter.
bool is_of_one_parameter(const std::string& flag) {
  return flag.ends_with("_unbounded") || flag.ends_with("_at_bound") || flag.ends_with("_unidentifiable");
}

// Whether it is about this row: the baselines of all subjects have one name, and an interval each.
bool is_of_row(const std::string& flag, const std::string& symbol, const Estimate& e) {
  const bool has_ends = std::isfinite(e.lower) && std::isfinite(e.upper);
  const bool is_named = flag.starts_with(symbol + '_') && is_of_one_parameter(flag.substr(symbol.size()));
  const bool is_of_other = symbol == "EC50" && flag.starts_with("EC50_2");
  return is_named && !is_of_other && !(symbol == "BP0" && has_ends);
}

// The same of several regions: their Omax have one name.
bool is_of_region(const std::string& flag, const Estimate& e) {
  if (flag == "sigma_at_bound") return true;  // then nothing has an interval
  const std::string symbol(e.symbol);
  if (!flag.starts_with(symbol + '_') || !is_of_one_parameter(flag.substr(symbol.size()))) return false;
  if (symbol != "Omax") return true;
  return flag.ends_with("_unbounded") ? !std::isfinite(e.lower) || !std::isfinite(e.upper)
                                      : std::isnan(e.standard_error);
}

// A fit that nothing was made of.
bool is_unusable(const std::string& status) {
  return status == name_of(FitStatus::failed) || status == name_of(FitStatus::unidentifiable) ||
         status == name_of(FitStatus::not_converged);
}

// Who or what was observed; empty where no column says so.
std::string name_in(const Tsv& table, std::size_t row, const std::string& column, const char* what) {
  if (column.empty()) return {};
  const std::string& name = table.cell(row, table.column(column));
  if (name.empty() || name == "n/a")
    throw bad_input(table.where(row, table.column(column)), std::string("no ") + what, "one in every row");
  return name;
}

// A row that says again what an earlier one said: an error where subjects tell scans apart, else a warning.
class Duplicates {
 public:
  Duplicates(const Tsv& table, const CurveColumns& columns, std::vector<std::string>& warnings)
      : table_(table), columns_(columns), warnings_(warnings) {}

  void check(std::size_t row, const CurveObservation& o) {
    // A scan has one value a region: which one is no matter.
    const double value = columns_.region.empty() ? o.y : 0.0;
    const auto [first, is_new] = seen_.try_emplace({o.subject, o.session, o.region, o.x, value}, row);
    if (is_new) return;
    const std::string where = table_.where(first->second);
    if (!columns_.region.empty())
      throw bad_input(table_.where(row), "region '" + o.region + "' of the scan of " + where + " once more",
                      "every region once a scan (a column of sessions tells scans at one concentration apart)");
    if (!o.subject.empty())
      throw bad_input(table_.where(row), "the scan of " + where + " once more", "every scan once");
    warnings_.push_back(table_.where(row) + ": the same numbers as " + where +
                        "; one scan twice? (a column of subjects would tell)");
  }

 private:
  const Tsv& table_;
  const CurveColumns& columns_;
  std::vector<std::string>& warnings_;
  std::map<std::tuple<std::string, std::string, std::string, double, double>, std::size_t> seen_;
};

void require_possible(
    const Tsv& table, std::size_t row, const CurveColumns& columns, const CurveObservation& o, bool is_time) {
  if (!is_time && o.x < 0.0)
    throw bad_input(table.where(row, table.column(columns.x)), format_number(o.x),
                    "a dose or concentration, not below zero");
  if (!columns.standard_error.empty() && !(o.standard_error > 0.0))
    throw bad_input(table.where(row, table.column(columns.standard_error)), format_number(o.standard_error),
                    "a standard error above zero");
}

std::vector<CurveObservation> observations_of(const Tsv& table,
                                              const CurveColumns& columns,
                                              CurveEndpoint endpoint,
                                              double full,
                                              bool is_time,
                                              std::vector<std::string>& warnings) {
  constexpr double beyond = 3.0;  // an occupancy of 300 % is one of 3 % in another unit
  const std::size_t x = table.column(columns.x);
  const std::size_t y = table.column(columns.y);
  const std::optional<std::size_t> status = table.find("status");
  std::vector<CurveObservation> observations;
  Duplicates duplicates(table, columns, warnings);
  for (std::size_t r = 0; r < table.rows(); ++r) {
    const std::optional<double> dose = table.number(r, x);
    const std::optional<double> value = table.number(r, y);
    const std::optional<double> error =
        columns.standard_error.empty() ? not_available : table.number(r, table.column(columns.standard_error));
    if (!dose || !value || !error || (status && is_unusable(table.cell(r, *status)))) {
      warnings.push_back(table.where(r) + ": no " +
                         (!dose    ? columns.x
                          : !value ? columns.y
                                   : "result to trust") +
                         "; the row is left out");
      continue;
    }
    CurveObservation o{*dose, *value, *error};
    require_possible(table, r, columns, o, is_time);
    if (endpoint == CurveEndpoint::occupancy && std::abs(o.y) > beyond * full)
      throw bad_input(table.where(r, y), format_number(o.y),
                      full > 1.0 ? "an occupancy in percent" : "an occupancy as a fraction (percent has to be stated)");
    o.subject = name_in(table, r, columns.subject, "subject");
    o.session = name_in(table, r, columns.session, "session");
    o.region = name_in(table, r, columns.region, "region");
    duplicates.check(r, o);
    observations.push_back(std::move(o));
  }
  return observations;
}

}  // namespace

double full_occupancy(const std::string& unit) {
  if (unit.empty() || unit == "1") return 1.0;
  if (unit == "%" || unit == "percent") return 100.0;
  throw UsageError("unit '" + unit + "' of the occupancy; there are: 1, percent");
}

std::vector<CurveObservation> curve_observations(const Tsv& table,
                                                 const CurveColumns& columns,
                                                 CurveEndpoint endpoint,
                                                 double full,
                                                 std::vector<std::string>& warnings) {
  return observations_of(table, columns, endpoint, full, false, warnings);
}

std::vector<TimeObservation> time_observations(const Tsv& table,
                                               const CurveColumns& columns,
                                               CurveEndpoint endpoint,
                                               std::vector<std::string>& warnings) {
  std::vector<TimeObservation> scans;
  for (const CurveObservation& o : observations_of(table, columns, endpoint, 1.0, true, warnings))
    scans.push_back({o.x, o.y, o.standard_error, o.subject});
  return scans;
}

std::vector<DrugPlasma> drug_plasma(const Tsv& table,
                                    const std::string& time,
                                    const std::string& concentration,
                                    const std::string& subject) {
  const std::size_t at = table.column(time);
  const std::size_t level = table.column(concentration);
  const std::optional<std::size_t> who = subject.empty() ? std::nullopt : table.find(subject);
  std::vector<DrugPlasma> all;
  for (std::size_t r = 0; r < table.rows(); ++r) {
    const std::string name = who ? table.cell(r, *who) : "";
    auto found = std::find_if(all.begin(), all.end(), [&](const DrugPlasma& p) { return p.subject == name; });
    if (found == all.end()) found = all.insert(all.end(), DrugPlasma{name, {}, {}});
    const double t = table.required_number(r, at);
    const double c = table.required_number(r, level);
    if (!(c >= 0.0)) throw bad_input(table.where(r, level), format_number(c), "a concentration, not below zero");
    if (!found->time_h.empty() && !(t > found->time_h.back()))
      throw bad_input(table.where(r, at), format_number(t), "a time after " + format_number(found->time_h.back()));
    found->time_h.push_back(t);
    found->concentration.push_back(c);
  }
  return all;
}

std::vector<CurveRow> curve_rows(const CurveFit& fit, const CurveUnits& units) {
  std::vector<CurveRow> rows;
  const auto add = [&](std::string parameter, const std::string& symbol, const Estimate& e, const std::string& unit) {
    CurveRow row{std::move(parameter), known(e.value), known(e.standard_error),          known(e.lower),
                 known(e.upper),       unit,           std::string(name_of(fit.status)), {}};
    for (const std::string& flag : fit.flags) {
      const bool is_of_target = flag == "target_unattainable";
      const bool is_of_all = !is_of_target && !is_of_one_parameter(flag);
      if (is_of_all || (is_of_target ? std::isnan(e.value) : is_of_row(flag, symbol, e))) row.flags.push_back(flag);
    }
    if (unit.empty()) row.flags.push_back("unknown_unit");
    rows.push_back(std::move(row));
  };
  const std::map<std::string_view, std::string> unit_of = {{"Omax", units.y}, {"EC50", units.x},   {"hill", "1"},
                                                           {"E0", units.y},   {"EC50_2", units.x}, {"fraction", "1"}};
  for (const Estimate& e : fit.estimates) add(std::string(e.symbol), std::string(e.symbol), e, unit_of.at(e.symbol));
  for (std::size_t s = 0; s < fit.baselines.size(); ++s)
    add("BP0[" + fit.subjects[s] + "]", "BP0", fit.baselines[s], "1");
  for (const CurveTarget& target : fit.targets)
    add("x(" + format_number(target.occupancy) + ")", "target",
        {"", "", target.x, not_available, target.interval.lower, target.interval.upper}, units.x);
  return rows;
}

std::vector<CurveRow> curve_rows(const TimeCourseFit& fit, const CurveUnits& units) {
  const std::string per_level = units.x.empty() ? "" : "1/(h " + units.x + ")";
  const std::map<std::string_view, std::string> unit_of = {{"Omax", "1"},  {"EC50", units.x}, {"KD", units.x},
                                                           {"ke0", "1/h"}, {"koff", "1/h"},   {"kon", per_level}};
  std::vector<CurveRow> rows;
  const auto add = [&](std::string parameter, const Estimate& e, const std::string& unit) {
    CurveRow row{std::move(parameter), known(e.value), known(e.standard_error),          known(e.lower),
                 known(e.upper),       unit,           std::string(name_of(fit.status)), {}};
    for (const std::string& flag : fit.flags)
      if (!is_of_one_parameter(flag) || is_of_row(flag, std::string(e.symbol), e)) row.flags.push_back(flag);
    if (unit.empty()) row.flags.push_back("unknown_unit");
    rows.push_back(std::move(row));
  };
  for (const Estimate& e : fit.estimates) add(std::string(e.symbol), e, unit_of.at(e.symbol));
  for (std::size_t s = 0; s < fit.baselines.size(); ++s) add("BP0[" + fit.subjects[s] + "]", fit.baselines[s], "1");
  return rows;
}

PooledOptions pooled_options(const CurveOptions& curve, const std::vector<std::string>& random) {
  PooledOptions options{.curve = curve, .is_EC50_random = false, .is_Omax_random = false};
  for (const std::string& name : random) {
    if (name == "EC50")
      options.is_EC50_random = true;
    else if (name == "Omax")
      options.is_Omax_random = true;
    else
      throw UsageError("no random parameter '" + name + "'; there are: EC50, Omax");
  }
  return options;
}

std::vector<CurveRow> curve_rows(const PooledFit& fit, const PooledOptions& options, const CurveUnits& units) {
  std::vector<CurveRow> rows;
  const auto add = [&](const std::string& parameter, const Estimate& e, const std::string& unit) {
    CurveRow row{parameter, known(e.value), known(e.standard_error), known(e.lower), known(e.upper), unit, "", {}};
    row.status = name_of(fit.status);
    for (const std::string& flag : fit.flags)
      if (!flag.ends_with("_unbounded") || flag.starts_with(parameter + '_')) row.flags.push_back(flag);
    if (unit.empty()) row.flags.push_back("unknown_unit");
    rows.push_back(std::move(row));
  };
  const bool is_binding = options.curve.endpoint == CurveEndpoint::binding;
  for (const Estimate& e : fit.estimates) {
    const std::string symbol(e.symbol);
    if ((symbol == "omega_EC50" && !options.is_EC50_random) || (symbol == "omega_Omax" && !options.is_Omax_random))
      continue;
    const bool is_of_y = symbol == "Omax" || (symbol == "sigma" && !is_binding);
    add(symbol, e, symbol == "EC50" ? units.x : is_of_y ? units.y : "1");
  }
  for (const PooledSubject& subject : fit.subjects) {
    if (options.is_EC50_random) add("EC50[" + subject.name + "]", {"", "", subject.EC50}, units.x);
    if (options.is_Omax_random) add("Omax[" + subject.name + "]", {"", "", subject.Omax}, units.y);
    if (is_binding) add("BP0[" + subject.name + "]", {"", "", subject.BP0}, "1");
  }
  return rows;
}

std::vector<CurveRow> curve_rows(const RegionalCurveFit& fit, const CurveUnits& units) {
  std::vector<CurveRow> rows;
  const auto add = [&](const std::string& parameter, const Estimate& e, const std::string& unit) {
    CurveRow row{parameter, known(e.value), known(e.standard_error), known(e.lower), known(e.upper), unit, "", {}};
    row.status = name_of(fit.status);
    for (const std::string& flag : fit.flags)
      if (!is_of_one_parameter(flag) || is_of_region(flag, e)) row.flags.push_back(flag);
    if (unit.empty()) row.flags.push_back("unknown_unit");
    rows.push_back(std::move(row));
  };
  for (const Estimate& e : fit.estimates)
    add(std::string(e.symbol), e, e.symbol == "EC50" ? units.x : e.symbol == "hill" ? "1" : units.y);
  for (std::size_t r = 0; r < fit.regions.size(); ++r) add("Omax[" + fit.regions[r] + "]", fit.Omax[r], units.y);
  return rows;
}

std::size_t best_curve(const std::vector<CurveFit>& fits) {
  return best_of(fits);
}

std::size_t best_curve(const std::vector<TimeCourseFit>& fits) {
  return best_of(fits);
}

std::vector<CurveComparisonRow> compare_curves(const std::vector<CurveFit>& fits) {
  return compared(fits, [](const CurveFit& fit) { return name_of(fit.shape); });
}

std::vector<CurveComparisonRow> compare_curves(const std::vector<TimeCourseFit>& fits) {
  return compared(fits, [](const TimeCourseFit& fit) { return name_of(fit.model); });
}

std::vector<CurvePredictionRow> prediction_rows(const std::vector<CurvePoint>& points) {
  std::vector<CurvePredictionRow> rows;
  for (const CurvePoint& p : points)
    rows.push_back({p.x, known(p.y), known(p.mean.lower), known(p.mean.upper), known(p.observation.lower),
                    known(p.observation.upper)});
  return rows;
}

}  // namespace pet
