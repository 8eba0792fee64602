// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/occupancy/table.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <set>

#include "kinetic_models/occupancy/change.h"
#include "kinetic_models/occupancy/from_binding.h"
#include "libpet/error.h"

namespace pet {
namespace {

// A region that both scans have.
struct Pair {
  const ParameterRow* baseline;
  const ParameterRow* drug;
};

const ParameterRow* row_named(const ParameterTable& table, const std::string& name) {
  const auto found =
      std::find_if(table.rows.begin(), table.rows.end(), [&](const auto& row) { return row.name == name; });
  return found == table.rows.end() ? nullptr : &*found;
}

std::vector<std::string> names_of(const ParameterTable& table) {
  std::vector<std::string> names;
  for (const ParameterRow& row : table.rows) names.push_back(row.name);
  return names;
}

const ParameterRow& require_row(const ParameterTable& table, const std::string& name) {
  const ParameterRow* row = row_named(table, name);
  if (row == nullptr)
    throw UsageError("no region '" + name + "' in " + table.source + suggestion(name, names_of(table)));
  return *row;
}

void require_unique(const std::vector<std::string>& names) {
  std::set<std::string> seen;
  for (const std::string& name : names)
    if (!seen.insert(name).second) throw UsageError("region '" + name + "' is asked for twice");
}

std::vector<Pair> matched(const ParameterTable& baseline,
                          const ParameterTable& drug,
                          const OccupancyRequest& request,
                          std::vector<std::string>& warnings) {
  require_unique(request.regions);
  std::vector<Pair> pairs;
  for (const std::string& name : request.regions)
    pairs.push_back({&require_row(baseline, name), &require_row(drug, name)});
  if (!request.regions.empty()) return pairs;
  for (const ParameterRow& row : baseline.rows) {
    if (const ParameterRow* other = row_named(drug, row.name))
      pairs.push_back({&row, other});
    else
      warnings.push_back("region '" + row.name + "' is missing in " + drug.source + " and left out");
  }
  for (const ParameterRow& row : drug.rows)
    if (row_named(baseline, row.name) == nullptr)
      warnings.push_back("region '" + row.name + "' is missing in " + baseline.source + " and left out");
  if (pairs.empty()) throw bad_input(drug.source, "no region of " + baseline.source, "tables of the same regions");
  return pairs;
}

// A parameter of a region; the degrees of freedom are those of its fit where the table says.
Binding binding_of(const ParameterTable& table, const ParameterRow& row, std::size_t column) {
  const ParameterCell& cell = row.cells[column];
  Binding binding{cell.value.value_or(not_available), cell.standard_error.value_or(not_available)};
  const auto dof = std::find(table.extra_columns.begin(), table.extra_columns.end(), "dof");
  if (dof == table.extra_columns.end()) return binding;
  const std::optional<double> freedom = row.extra[static_cast<std::size_t>(dof - table.extra_columns.begin())];
  if (freedom && *freedom > 0.0) binding.degrees_of_freedom = *freedom;
  return binding;
}

std::optional<double> known(double value) {
  return std::isnan(value) ? std::nullopt : std::optional(value);
}

OccupancyRow row_of(
    int index, const std::string& name, const Binding& baseline, const Binding& drug, const Occupancy& found) {
  OccupancyRow row;
  row.index = index;
  row.name = name;
  row.baseline = known(baseline.value);
  row.drug = known(drug.value);
  row.occupancy = known(found.value);
  row.standard_error = known(found.standard_error);
  row.lower = known(found.interval.lower);
  row.upper = known(found.interval.upper);
  row.status = name_of(found.status);
  row.flags = found.flags;
  return row;
}

bool is_ok(const std::string& status) {
  return status.empty() || status == name_of(FitStatus::ok);
}

// An occupancy is no better than the fits it comes from: a fit that is not ok lends its status to a row that would be
// ok and leaves it without an interval. Its status and flags come along.
void add_fit_status(OccupancyRow& row, const Pair& pair) {
  for (const auto& [scan, fit] : {std::pair{"baseline_", pair.baseline}, {"drug_", pair.drug}}) {
    for (const std::string& flag : fit->flags) row.flags.push_back(scan + flag);
    if (is_ok(fit->status)) continue;
    row.flags.push_back(scan + fit->status);
    // A standard error at a bound is conditional on it, and says nothing about the occupancy.
    row.standard_error = row.lower = row.upper = std::nullopt;
    if (is_ok(row.status)) row.status = fit->status;
  }
}

// VT / VND - 1, with the errors of both.
Binding bpnd_from_volume(const Binding& VT, const Binding& VND) {
  const double ratio = VT.value / VND.value;
  const double of_VND = std::isfinite(VND.standard_error) ? ratio * VND.standard_error : 0.0;
  const double size = std::abs(VND.value);
  const std::array parts = {VariancePart{std::pow(VT.standard_error / size, 2), VT.degrees_of_freedom},
                            VariancePart{std::pow(of_VND / size, 2), VND.degrees_of_freedom}};
  return {ratio - 1.0, std::hypot(VT.standard_error, of_VND) / size, satterthwaite(parts)};
}

bool is_above_vnd(const OccupancyRequest& request) {
  return request.vnd.has_value() || !request.vnd_region.empty();
}

Binding vnd_of_scan(const ParameterTable& table, std::size_t column, const OccupancyRequest& request) {
  const Binding VND =
      request.vnd ? Binding{*request.vnd} : binding_of(table, require_row(table, request.vnd_region), column);
  if (!(VND.value > 0.0))
    throw bad_input(table.source, "VND " + std::to_string(VND.value), "a positive volume in mL/cm3");
  return VND;
}

// The variance of a binding from test-retest data. Where it is VT / VND - 1 with VND from a region, the errors of both
// volumes and their covariance count.
double test_retest_variance(const OccupancyRequest& request,
                            const std::string& region,
                            double binding,
                            std::optional<double> VND) {
  const bool is_relative = request.covariance->is_relative;
  const bool is_volume = request.measure == "VT" && !is_above_vnd(request);
  const double ratio = is_volume ? binding : binding + 1.0;
  const double unit = is_relative ? ratio : 1.0 / VND.value_or(1.0);
  if (request.vnd_region.empty() || region == request.vnd_region)
    return unit * unit * covariance_of(*request.covariance, {region}).variance(0);
  const RegionCovariance both = covariance_of(*request.covariance, {region, request.vnd_region});
  const double of_VND = is_relative ? 1.0 : ratio;
  const double variance = both.variance(0) + of_VND * of_VND * both.variance(1) - 2.0 * of_VND * both.matrix[1];
  if (!(variance >= 0.0))
    throw bad_input("covariance of regions '" + region + "' and '" + request.vnd_region + "'",
                    "none that is positive definite", "one");
  return unit * unit * variance;
}

struct RepeatError {
  CommonError common;
  bool is_without_excess = false;  // the fits account for all of it
};

// The errors of a ratio from test-retest data. Where the fits have standard errors, those of these two scans stay, and
// what repeated scans differ by beyond their own comes to them, in proportion to 1 + BPND where errors grow with the
// volume: noise of counts is less in a scan with the drug, what repeats between scans is not. Otherwise the test-retest
// variance stands for all.
RepeatError test_retest_error(
    const OccupancyRequest& request, const std::string& region, const OccupancyResult& result, Binding& b, Binding& d) {
  const RegionCovariance& known = *request.covariance;
  const bool has_errors = std::isfinite(b.standard_error) && std::isfinite(d.standard_error);
  const auto excess = has_errors && !result.VND_baseline ? excess_variance(known) : std::nullopt;
  if (excess) {
    const auto of_scan = [&](const Binding& scan) {
      const double size = known.is_relative ? scan.value + (request.measure == "VT" ? 0.0 : 1.0) : 1.0;
      return size * size * excess->whole;
    };
    return {{of_scan(b), of_scan(d), excess->degrees_of_freedom, excess->variance / excess->whole},
            excess->variance == 0.0};
  }
  const double infinity = std::numeric_limits<double>::infinity();
  CommonError error;
  error.degrees_of_freedom = known.degrees_of_freedom ? *known.degrees_of_freedom : infinity;
  error.baseline_variance = test_retest_variance(request, region, b.value, result.VND_baseline);
  error.drug_variance = test_retest_variance(request, region, d.value, result.VND_drug);
  for (Binding* scan : {&b, &d}) scan->standard_error = 0.0, scan->degrees_of_freedom = infinity;
  return {error};
}

OccupancyRow change_row(const Pair& pair,
                        const Binding& baseline,
                        const Binding& drug,
                        const CommonError& common,
                        const OccupancyRequest& request,
                        std::optional<double> VND) {
  const std::string& region = pair.baseline->name;
  std::optional<VariancePart> repeated;
  if (request.covariance) {
    repeated.emplace();
    repeated->variance = test_retest_variance(request, region, baseline.value, VND);
    if (request.covariance->degrees_of_freedom) repeated->degrees_of_freedom = *request.covariance->degrees_of_freedom;
  }
  const Change change = change_of_binding(baseline, drug, request.level, common, repeated);
  OccupancyRow row = row_of(pair.baseline->index, region, baseline, drug,
                            {change.value, change.standard_error, change.interval, change.status, change.flags});
  row.extra = {known(change.detectable)};
  return row;
}

void add_bpnd_rows(OccupancyResult& result,
                   const std::vector<Pair>& pairs,
                   const ParameterTable& baseline,
                   const ParameterTable& drug,
                   const OccupancyRequest& request) {
  const std::string measure = compared_measure(request);
  const std::size_t column_b = baseline.column(measure);
  const std::size_t column_d = drug.column(measure);
  const bool from_volume = is_above_vnd(request);
  result.table.measure = from_volume ? "BPND" : measure;
  if (request.method == OccupancyMethod::change) {
    result.table.quantity = "change";
    result.table.extra_columns = {"MDC"};
  }
  if (from_volume) {
    result.VND_baseline = vnd_of_scan(baseline, column_b, request).value;
    result.VND_drug = vnd_of_scan(drug, column_d, request).value;
  }
  for (const Pair& pair : pairs) {
    Binding b = binding_of(baseline, *pair.baseline, column_b);
    Binding d = binding_of(drug, *pair.drug, column_d);
    if (from_volume) {
      b = bpnd_from_volume(b, vnd_of_scan(baseline, column_b, request));
      d = bpnd_from_volume(d, vnd_of_scan(drug, column_d, request));
    }
    RepeatError repeated;
    if (request.covariance) repeated = test_retest_error(request, pair.baseline->name, result, b, d);
    OccupancyRow row = request.method == OccupancyMethod::change
                           ? change_row(pair, b, d, repeated.common, request, result.VND_baseline)
                           : row_of(pair.baseline->index, pair.baseline->name, b, d,
                                    occupancy_from_binding(b, d, request.level, repeated.common));
    if (repeated.is_without_excess) row.flags.push_back("no_excess_error");
    add_fit_status(row, pair);
    result.table.rows.push_back(std::move(row));
  }
}

// Whether a region can be a point of the plot: both fits gave a volume that their status lets one believe.
bool is_point(const Pair& pair, const Binding& b, const Binding& d) {
  const auto is_believable = [](const std::string& status) {
    return is_ok(status) || status == name_of(FitStatus::at_bound);
  };
  return std::isfinite(b.value) && std::isfinite(d.value) && is_believable(pair.baseline->status) &&
         is_believable(pair.drug->status);
}

OccupancyRow plot_row(const LassenPlot& plot, std::span<const double> volumes_b, std::span<const double> volumes_d) {
  const auto mean = [](std::span<const double> v) {
    return std::accumulate(v.begin(), v.end(), 0.0) / static_cast<double>(v.size());
  };
  const Occupancy occupancy{plot.occupancy, plot.occupancy_se, plot.occupancy_interval, plot.status, plot.flags};
  OccupancyRow row = row_of(0, "lassen", {mean(volumes_b)}, {mean(volumes_d)}, occupancy);
  row.extra = {known(plot.VND),
               known(plot.VND_se),
               known(plot.VND_interval.lower),
               known(plot.VND_interval.upper),
               known(plot.r2),
               static_cast<double>(plot.regions)};
  return row;
}

// Rows of the regions on the VND of the plot.
void add_regions_of_plot(OccupancyResult& result,
                         const std::vector<Pair>& pairs,
                         const ParameterTable& baseline,
                         const ParameterTable& drug,
                         const std::string& measure,
                         double level) {
  const std::size_t column_b = baseline.column(measure);
  const std::size_t column_d = drug.column(measure);
  const Binding VND{result.plot->VND, result.plot->VND_se, result.plot->degrees_of_freedom};
  for (const Pair& pair : pairs) {
    const Binding b = binding_of(baseline, *pair.baseline, column_b);
    const Binding d = binding_of(drug, *pair.drug, column_d);
    OccupancyRow row =
        row_of(pair.baseline->index, pair.baseline->name, b, d, occupancy_from_volumes(b, d, VND, level));
    row.extra.assign(result.table.extra_columns.size(), std::nullopt);
    if (!result.plot->is_VND_identified) {
      row.flags.push_back("vnd_unidentifiable");
      if (is_ok(row.status)) row.status = name_of(FitStatus::unidentifiable);
    }
    add_fit_status(row, pair);
    result.table.rows.push_back(std::move(row));
  }
}

// The points of a plot.
struct Points {
  std::vector<double> baseline;
  std::vector<double> drug;
  std::vector<double> baseline_se;
  std::vector<double> drug_se;
};

Points points_of(OccupancyResult& result,
                 const std::vector<Pair>& pairs,
                 const ParameterTable& baseline,
                 const ParameterTable& drug,
                 const std::string& measure,
                 bool needs_errors) {
  const std::size_t column_b = baseline.column(measure);
  const std::size_t column_d = drug.column(measure);
  Points points;
  const auto leave_out = [&](const std::string& region, const std::string& what) {
    result.warnings.push_back("region '" + region + "' has no " + what + " in both scans and is not in the plot");
  };
  for (const Pair& pair : pairs) {
    const Binding b = binding_of(baseline, *pair.baseline, column_b);
    const Binding d = binding_of(drug, *pair.drug, column_d);
    if (!is_point(pair, b, d)) {
      leave_out(pair.baseline->name, measure + " to trust");
      continue;
    }
    if (needs_errors && !(b.standard_error > 0.0 && d.standard_error > 0.0)) {
      leave_out(pair.baseline->name, "standard error of " + measure);
      continue;
    }
    result.plotted.push_back(pair.baseline->name);
    points.baseline.push_back(b.value);
    points.drug.push_back(d.value);
    points.baseline_se.push_back(b.standard_error);
    points.drug_se.push_back(d.standard_error);
  }
  return points;
}

VolumeErrors errors_of(const OccupancyRequest& request, const Points& points, const std::vector<std::string>& regions) {
  if (request.regression == LassenRegression::deming) return independent_errors(points.baseline_se, points.drug_se);
  if (request.regression != LassenRegression::likelihood) return {};
  if (!request.covariance)
    throw UsageError("regression 'likelihood' needs a covariance of the regions, or test-retest scans to find it from");
  return errors_in_proportion(covariance_of(*request.covariance, regions), points.baseline, points.drug);
}

void add_lassen_rows(OccupancyResult& result,
                     const std::vector<Pair>& pairs,
                     const ParameterTable& baseline,
                     const ParameterTable& drug,
                     const OccupancyRequest& request) {
  if (!request.vnd_region.empty())
    throw UsageError("a Lassen plot finds VND itself or takes a number, but no region as VND");
  if (request.vnd && !(*request.vnd > 0.0))
    throw UsageError("VND " + std::to_string(*request.vnd) + ": expected a positive volume in mL/cm3");
  const std::string measure = compared_measure(request);
  result.table.measure = measure;
  result.table.extra_columns = {"VND", "VND_se", "VND_lower", "VND_upper", "r2", "regions"};
  const bool needs_errors = request.regression == LassenRegression::deming;
  const Points points = points_of(result, pairs, baseline, drug, measure, needs_errors);
  if (needs_errors && result.plotted.size() < 3)
    throw bad_input(
        drug.source,
        std::to_string(result.plotted.size()) + " regions with a standard error of " + measure + " in both scans",
        "at least 3 for Deming regression");
  result.plot = lassen_plot(points.baseline, points.drug,
                            {.regression = request.regression,
                             .level = request.level,
                             .errors = errors_of(request, points, result.plotted),
                             .VND = request.vnd});
  if (!result.plot->is_VND_identified) result.plot->flags.push_back("vnd_unidentifiable");
  if (result.plotted.size() < pairs.size()) result.plot->flags.push_back("regions_left_out");
  result.table.rows.push_back(plot_row(*result.plot, points.baseline, points.drug));
  add_regions_of_plot(result, pairs, baseline, drug, measure, request.level);
  if (request.has_baseline) return;
  for (OccupancyRow& row : result.table.rows) row.flags.push_back("no_baseline");
}

}  // namespace

OccupancyMethod occupancy_method(std::string_view name) {
  if (name == "bpnd") return OccupancyMethod::bpnd;
  if (name == "lassen") return OccupancyMethod::lassen;
  if (name == "change") return OccupancyMethod::change;
  throw UsageError("no method '" + std::string(name) + "'; there are: bpnd, lassen, change");
}

LassenRegression lassen_regression(std::string_view name) {
  if (name == "ordinary") return LassenRegression::ordinary;
  if (name == "orthogonal") return LassenRegression::orthogonal;
  if (name == "deming") return LassenRegression::deming;
  if (name == "likelihood") return LassenRegression::likelihood;
  throw UsageError("no regression '" + std::string(name) + "'; there are: ordinary, orthogonal, deming, likelihood");
}

void require_endpoint(const Tracer& tracer, const std::string& drug, OccupancyMethod method) {
  if (method == OccupancyMethod::change || tracer.endpoint_for(drug) == Tracer::Endpoint::occupancy) return;
  const std::string with = tracer.endpoint == Tracer::Endpoint::change ? "" : " after " + drug;
  throw UsageError("tracer " + tracer.name + with +
                   " has no occupancy by its description: what is before and after is compared with method change");
}

// Which parameters are binding: a ratio of anything else is no occupancy.
std::string compared_measure(const OccupancyRequest& request) {
  const bool from_volume = request.method == OccupancyMethod::lassen || is_above_vnd(request);
  const bool is_change = request.method == OccupancyMethod::change;
  const std::vector<std::string> allowed = from_volume ? std::vector<std::string>{"VT"}
                                           : is_change
                                               ? std::vector<std::string>{"BPND", "VT", "BPP", "BPF", "DVR", "SUVR"}
                                               : std::vector<std::string>{"BPND", "BPP", "BPF"};
  if (request.measure.empty()) return allowed.front();
  if (std::find(allowed.begin(), allowed.end(), request.measure) == allowed.end())
    throw is_change
        ? UsageError("measure '" + request.measure + "' gives no change; there are: BPND, VT, BPP, BPF, DVR, SUVR")
        : UsageError("measure '" + request.measure + "' gives no occupancy " +
                     (from_volume ? "by VND or a Lassen plot; it takes VT"
                                  : "by its ratio; there are: BPND, BPP, BPF (VT needs VND)"));
  return request.measure;
}

OccupancyResult occupancy_of_scans(const ParameterTable& baseline,
                                   const ParameterTable& drug,
                                   const OccupancyRequest& request) {
  if (!request.has_baseline && request.method != OccupancyMethod::lassen)
    throw UsageError("two scans with the drug and none without go with method lassen only");
  normal_factor(request.level);  // the level makes sense, whether or not it is needed
  require_same_method(baseline, drug);
  OccupancyResult result;
  const std::vector<Pair> pairs = matched(baseline, drug, request, result.warnings);
  if (request.method == OccupancyMethod::lassen)
    add_lassen_rows(result, pairs, baseline, drug, request);
  else
    add_bpnd_rows(result, pairs, baseline, drug, request);
  for (const OccupancyRow& row : result.table.rows)
    if (row.status == name_of(FitStatus::failed)) ++result.failed;
  return result;
}

}  // namespace pet
