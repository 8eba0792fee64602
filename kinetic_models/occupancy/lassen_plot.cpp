// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/occupancy/lassen_plot.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numeric>

#include "libpet/error.h"

namespace pet {
namespace {

constexpr double least_r2 = 0.5;
constexpr double largest_standard_error = 0.2;
constexpr double largest_disagreement = 0.1;

/// Means and sums of squares about them.
struct Moments {
  double n = 0.0;
  double mean_x = 0.0;
  double mean_y = 0.0;
  double Sxx = 0.0;
  double Syy = 0.0;
  double Sxy = 0.0;
};

Moments moments(std::span<const double> x, std::span<const double> y) {
  Moments m;
  m.n = static_cast<double>(x.size());
  m.mean_x = std::accumulate(x.begin(), x.end(), 0.0) / m.n;
  m.mean_y = std::accumulate(y.begin(), y.end(), 0.0) / m.n;
  for (std::size_t i = 0; i < x.size(); ++i) {
    m.Sxx += (x[i] - m.mean_x) * (x[i] - m.mean_x);
    m.Syy += (y[i] - m.mean_y) * (y[i] - m.mean_y);
    m.Sxy += (x[i] - m.mean_x) * (y[i] - m.mean_y);
  }
  return m;
}

struct Line {
  double occupancy;
  double VND;
};

// The first principal axis of the points (baseline, drug).
Line orthogonal_line(std::span<const double> baseline, std::span<const double> drug) {
  const Moments m = moments(baseline, drug);
  const double angle = 0.5 * std::atan2(2.0 * m.Sxy, m.Sxx - m.Syy);
  const double slope = std::tan(angle);
  return {1.0 - slope, (m.mean_y - slope * m.mean_x) / (1.0 - slope)};
}

LassenPlot ordinary_plot(std::span<const double> baseline, std::span<const double> drug, double level) {
  std::vector<double> change(baseline.size());
  for (std::size_t i = 0; i < change.size(); ++i) change[i] = baseline[i] - drug[i];
  const Moments m = moments(baseline, change);
  LassenPlot plot;
  plot.occupancy = m.Sxy / m.Sxx;
  const double intercept = m.mean_y - plot.occupancy * m.mean_x;
  plot.VND = -intercept / plot.occupancy;

  double rss = 0.0;
  for (std::size_t i = 0; i < change.size(); ++i)
    rss += std::pow(change[i] - intercept - plot.occupancy * baseline[i], 2);
  const double variance = rss / (m.n - 2.0);
  const double slope_variance = variance / m.Sxx;
  const double mean_variance = variance / m.n;
  const int freedom = static_cast<int>(baseline.size()) - 2;
  const double factor = interval_factor(level, freedom);
  plot.degrees_of_freedom = freedom;
  plot.occupancy_se = std::sqrt(slope_variance);
  plot.occupancy_interval = {plot.occupancy - factor * plot.occupancy_se, plot.occupancy + factor * plot.occupancy_se};
  // VND = mean_x - mean_y / slope, and mean and slope of a regression are independent.
  const double distance = m.mean_y / plot.occupancy;
  plot.VND_se = std::sqrt(mean_variance + distance * distance * slope_variance) / std::abs(plot.occupancy);
  const Interval distances = fieller_interval(m.mean_y, plot.occupancy, mean_variance, slope_variance, 0.0, factor);
  plot.VND_interval = {m.mean_x - distances.upper, m.mean_x - distances.lower};
  plot.r2 = m.Sxy * m.Sxy / (m.Sxx * m.Syy);
  return plot;
}

// A line through a VND that is known: occupancy = sum x y / sum x^2 with x = VT_baseline - VND.
LassenPlot ordinary_plot_through(double VND,
                                 std::span<const double> baseline,
                                 std::span<const double> drug,
                                 double level) {
  double xx = 0.0, xy = 0.0, rss = 0.0;
  for (std::size_t i = 0; i < baseline.size(); ++i) {
    xx += std::pow(baseline[i] - VND, 2);
    xy += (baseline[i] - VND) * (baseline[i] - drug[i]);
  }
  LassenPlot plot;
  plot.occupancy = xy / xx;
  for (std::size_t i = 0; i < baseline.size(); ++i)
    rss += std::pow(baseline[i] - drug[i] - plot.occupancy * (baseline[i] - VND), 2);
  const int freedom = static_cast<int>(baseline.size()) - 1;
  const double factor = interval_factor(level, freedom);
  plot.degrees_of_freedom = freedom;
  plot.occupancy_se = std::sqrt(rss / freedom / xx);
  plot.occupancy_interval = {plot.occupancy - factor * plot.occupancy_se, plot.occupancy + factor * plot.occupancy_se};
  plot.VND = VND;
  plot.VND_se = 0.0;
  plot.VND_interval = {VND, VND};
  return plot;
}

// Standard error and Student interval from the values that leave out one region each.
void add_jackknife(std::span<const double> left_out, double value, double level, double& se, Interval& interval) {
  const auto n = static_cast<double>(left_out.size());
  const double mean = std::accumulate(left_out.begin(), left_out.end(), 0.0) / n;
  double sum = 0.0;
  for (const double v : left_out) sum += (v - mean) * (v - mean);
  se = std::sqrt((n - 1.0) / n * sum);
  const double factor = interval_factor(level, static_cast<int>(left_out.size()) - 1);
  interval = {value - factor * se, value + factor * se};
}

LassenPlot orthogonal_plot(std::span<const double> baseline, std::span<const double> drug, double level) {
  LassenPlot plot;
  const Line line = orthogonal_line(baseline, drug);
  plot.occupancy = line.occupancy;
  plot.VND = line.VND;
  std::vector<double> occupancies;
  std::vector<double> volumes;
  for (std::size_t out = 0; out < baseline.size(); ++out) {
    std::vector<double> b(baseline.begin(), baseline.end());
    std::vector<double> d(drug.begin(), drug.end());
    b.erase(b.begin() + static_cast<std::ptrdiff_t>(out));
    d.erase(d.begin() + static_cast<std::ptrdiff_t>(out));
    const Line without = orthogonal_line(b, d);
    occupancies.push_back(without.occupancy);
    volumes.push_back(without.VND);
  }
  add_jackknife(occupancies, plot.occupancy, level, plot.occupancy_se, plot.occupancy_interval);
  add_jackknife(volumes, plot.VND, level, plot.VND_se, plot.VND_interval);
  plot.degrees_of_freedom = static_cast<double>(baseline.size()) - 1.0;
  return plot;
}

LassenPlot likelihood_plot(std::span<const double> baseline,
                           std::span<const double> drug,
                           const LassenOptions& options) {
  const std::vector<double> ones(baseline.size(), 1.0);
  const VolumeErrors alike = independent_errors(ones, ones);
  const bool is_orthogonal = options.regression == LassenRegression::orthogonal;
  const UncertainLine line =
      line_with_errors(baseline, drug, is_orthogonal ? alike : options.errors, options.level, options.VND);
  LassenPlot plot;
  plot.occupancy = line.occupancy;
  plot.occupancy_se = line.occupancy_se;
  plot.occupancy_interval = line.occupancy_interval;
  plot.VND = line.VND;
  plot.VND_se = line.VND_se;
  plot.VND_interval = line.VND_interval;
  plot.degrees_of_freedom = line.degrees_of_freedom;
  return plot;
}

LassenPlot plot_of(std::span<const double> baseline, std::span<const double> drug, const LassenOptions& options) {
  if (options.regression == LassenRegression::ordinary)
    return options.VND ? ordinary_plot_through(*options.VND, baseline, drug, options.level)
                       : ordinary_plot(baseline, drug, options.level);
  if (options.regression == LassenRegression::orthogonal && !options.VND)
    return orthogonal_plot(baseline, drug, options.level);
  return likelihood_plot(baseline, drug, options);
}

void judge(LassenPlot& plot, const LassenPlot& ordinary, double orthogonal_occupancy, bool is_VND_known) {
  const auto flag = [&](bool is_set, const char* name) {
    if (is_set) plot.flags.push_back(name);
    return is_set;
  };
  bool is_uncertain = flag(!(plot.occupancy_se <= largest_standard_error), "imprecise_occupancy");
  is_uncertain |= flag(!plot.occupancy_interval.is_bounded(), "occupancy_unbounded");
  if (!is_VND_known)
    is_uncertain |=
        flag(!(std::abs(ordinary.occupancy - orthogonal_occupancy) <= largest_disagreement), "regressions_disagree");
  plot.status = is_uncertain ? FitStatus::unidentifiable : FitStatus::ok;
  plot.is_VND_identified = is_VND_known;
  if (!is_VND_known) {
    // A plot without a trend may still say precisely that the occupancy is near zero; where it crosses the axis it does
    // not say.
    bool is_vnd_uncertain = flag(!(ordinary.r2 >= least_r2), "low_r2");
    is_vnd_uncertain |= flag(!ordinary.VND_interval.is_bounded() || !plot.VND_interval.is_bounded(), "vnd_unbounded");
    plot.is_VND_identified = !is_uncertain && !is_vnd_uncertain;
  }
  flag(plot.occupancy > 1.0, "occupancy_above_one");
  flag(plot.occupancy < 0.0, "occupancy_below_zero");
}

}  // namespace

LassenPlot lassen_plot(std::span<const double> VT_baseline,
                       std::span<const double> VT_drug,
                       const LassenOptions& options) {
  assert(VT_baseline.size() == VT_drug.size());
  if (VT_baseline.size() < 3)
    throw bad_input("Lassen plot", std::to_string(VT_baseline.size()) + " regions with VT in both scans", "at least 3");
  const auto [smallest, largest] = std::ranges::minmax(VT_baseline);
  if (!(largest - smallest > 1e-12 * std::abs(largest)))
    throw bad_input("Lassen plot", "the same VT in every region of the baseline scan", "regions that differ");
  const LassenPlot ordinary = ordinary_plot(VT_baseline, VT_drug, options.level);
  const Line orthogonal = orthogonal_line(VT_baseline, VT_drug);
  LassenPlot plot = plot_of(VT_baseline, VT_drug, options);
  plot.r2 = ordinary.r2;
  plot.regions = VT_baseline.size();
  judge(plot, ordinary, orthogonal.occupancy, options.VND.has_value());
  return plot;
}

LassenPlot lassen_plot(std::span<const double> VT_baseline,
                       std::span<const double> VT_drug,
                       LassenRegression regression,
                       double level) {
  return lassen_plot(VT_baseline, VT_drug, LassenOptions{.regression = regression, .level = level});
}

LinePoints points_of_orthogonal_line(std::span<const double> VT_baseline, std::span<const double> VT_drug) {
  const Moments m = moments(VT_baseline, VT_drug);
  const double angle = 0.5 * std::atan2(2.0 * m.Sxy, m.Sxx - m.Syy);
  LinePoints points;
  for (std::size_t i = 0; i < VT_baseline.size(); ++i) {
    const double along = (VT_baseline[i] - m.mean_x) * std::cos(angle) + (VT_drug[i] - m.mean_y) * std::sin(angle);
    points.baseline.push_back(m.mean_x + along * std::cos(angle));
    points.drug.push_back(m.mean_y + along * std::sin(angle));
  }
  return points;
}

}  // namespace pet
