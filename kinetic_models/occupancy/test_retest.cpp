// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/occupancy/test_retest.h"

#include <Eigen/Core>
#include <algorithm>
#include <cassert>
#include <cmath>
#include <numeric>
#include <optional>

#include "kinetic_models/detail/row_major.h"
#include "kinetic_models/detail/statistics.h"
#include "kinetic_models/occupancy/lassen_plot.h"
#include "libpet/error.h"

namespace pet {
namespace {

using detail::RowMajor;

// A matrix with one value along the diagonal of the regions' mean and another for all that differs between regions:
// what equal variances with one covariance between all pairs have as eigenvalues, to some power.
struct CommonAndOwn {
  double common;  // along (1, ..., 1)
  double own;     // across it

  RowMajor matrix(Eigen::Index p, double power) const {
    const RowMajor mean = RowMajor::Constant(p, p, 1.0 / static_cast<double>(p));
    return std::pow(own, power) * (RowMajor::Identity(p, p) - mean) + std::pow(common, power) * mean;
  }
};

CommonAndOwn common_and_own(const RowMajor& sample) {
  const auto p = static_cast<double>(sample.rows());
  const double common = sample.sum() / p;
  return {common, p > 1.0 ? (sample.trace() - common) / (p - 1.0) : common};
}

// How much of the distance from the target, equal variances without correlation, is noise of the sample.
double shrinkage_weight(const RowMajor& centred, const RowMajor& sample, const RowMajor& target) {
  const auto subjects = static_cast<double>(centred.rows());
  double noise = 0.0;
  for (Eigen::Index i = 0; i < centred.rows(); ++i)
    noise += (centred.row(i).transpose() * centred.row(i) - sample).squaredNorm() / (subjects * subjects);
  const double distance = (sample - target).squaredNorm();
  return distance > 0.0 ? std::min(1.0, noise / distance) : 1.0;
}

bool is_trusted(const ParameterRow& row) {
  return row.status.empty() || row.status == "ok" || row.status == "at_bound";
}

const ParameterRow* row_of(const ParameterTable& table, const std::string& region) {
  for (const ParameterRow& row : table.rows)
    if (row.name == region && is_trusted(row)) return &row;
  return nullptr;
}

std::optional<double> value_of(const ParameterTable& table, const std::string& region, const std::string& measure) {
  const std::size_t column = table.column(measure);
  const ParameterRow* row = row_of(table, region);
  return row != nullptr ? row->cells[column].value : std::nullopt;
}

// Whether a measure is a volume of distribution over something common to all regions, less a constant.
bool is_volume(const std::string& measure) {
  return measure == "VT" || measure == "BPND";
}

double added_to(const std::string& measure) {
  return measure == "BPND" ? 1.0 : 0.0;
}

// The mean squared standard error of the fits of a region, in the unit of the covariance; NaN where fewer than half of
// them tell. The variance of what repeats differ by is a mean too, and above the median where the noise of subjects
// differs. Fits whose variance is more than four times the median are bad ones, and left out.
double variance_of_fits(const std::vector<ParameterTable>& tests,
                        const std::vector<ParameterTable>& retests,
                        const std::string& region,
                        const std::string& measure) {
  std::vector<double> variances;
  for (const std::vector<ParameterTable>* scans : {&tests, &retests})
    for (const ParameterTable& scan : *scans) {
      const ParameterRow& row = *row_of(scan, region);
      const ParameterCell& cell = row.cells[scan.column(measure)];
      if (row.status == "at_bound" || !cell.standard_error) continue;
      const double size = is_volume(measure) ? *cell.value + added_to(measure) : 1.0;
      variances.push_back(std::pow(*cell.standard_error / size, 2));
    }
  if (variances.size() < tests.size()) return not_available;
  const double most = 4.0 * detail::median(variances);
  std::erase_if(variances, [&](double variance) { return variance > most; });
  return std::accumulate(variances.begin(), variances.end(), 0.0) / static_cast<double>(variances.size());
}

double difference(const ParameterTable& test,
                  const ParameterTable& retest,
                  const std::string& region,
                  const std::string& measure) {
  const double added = added_to(measure);
  const double first = *value_of(test, region, measure) + added;
  const double second = *value_of(retest, region, measure) + added;
  if (!is_volume(measure)) return first - second;
  for (const auto& [table, value] : {std::pair{&test, first}, {&retest, second}})
    if (!(value > 0.0))
      throw bad_input(
          table->source,
          std::string(measure).append(" ").append(format_number(value - added)).append(" of region ").append(region),
          "a positive volume");
  return std::log(first / second);
}

}  // namespace

RegionCovariance test_retest_covariance(std::vector<std::string> regions,
                                        const std::vector<std::vector<double>>& differences) {
  if (differences.size() < 3)
    throw bad_input("test-retest data", std::to_string(differences.size()) + " subjects", "at least 3");
  const auto n = static_cast<Eigen::Index>(differences.size());
  const auto p = static_cast<Eigen::Index>(regions.size());
  RowMajor centred(n, p);
  for (Eigen::Index i = 0; i < n; ++i) {
    const std::vector<double>& row = differences[static_cast<std::size_t>(i)];
    assert(row.size() == regions.size());
    centred.row(i) = Eigen::Map<const Eigen::RowVectorXd>(row.data(), p);
  }
  centred.rowwise() -= centred.colwise().mean().eval();

  const auto subjects = static_cast<double>(n);
  const RowMajor sample = centred.transpose() * centred / subjects;
  for (Eigen::Index i = 0; i < p; ++i)
    if (!(sample(i, i) > 0.0))
      throw bad_input("test-retest data", "no difference in region '" + regions[static_cast<std::size_t>(i)] + "'",
                      "differences");
  const CommonAndOwn target = common_and_own(sample);
  if (!(target.common > 0.0 && target.own > 0.0))
    throw bad_input("test-retest data", "differences that are the same in all regions, or cancel", "regional ones");
  RegionCovariance result{std::move(regions), std::vector<double>(static_cast<std::size_t>(p * p)), 0.0,
                          static_cast<int>(n) - 1};
  // In coordinates in which the target is the unit matrix.
  const RowMajor inwards = target.matrix(p, -0.5);
  const RowMajor turned = inwards * sample * inwards;
  const RowMajor unit = RowMajor::Identity(p, p);
  result.shrinkage = shrinkage_weight(centred * inwards, turned, unit);
  const RowMajor shrunk = result.shrinkage * unit + (1.0 - result.shrinkage) * turned;
  const RowMajor outwards = target.matrix(p, 0.5);
  const double of_one_scan = 0.5 * subjects / (subjects - 1.0);
  Eigen::Map<RowMajor>(result.matrix.data(), p, p) = of_one_scan * outwards * shrunk * outwards;
  for (Eigen::Index i = 0; i < p; ++i) result.sample_variances.push_back(of_one_scan * sample(i, i));
  return result;
}

RegionCovariance test_retest_covariance(const std::vector<ParameterTable>& tests,
                                        const std::vector<ParameterTable>& retests,
                                        const std::string& measure) {
  if (tests.size() != retests.size())
    throw UsageError(std::to_string(tests.size()) + " test and " + std::to_string(retests.size()) +
                     " retest scans: expected one of each for every subject");
  if (tests.empty()) throw UsageError("no test-retest scans");
  for (const std::vector<ParameterTable>* scans : {&tests, &retests})
    for (const ParameterTable& scan : *scans) require_same_method(tests.front(), scan);
  std::vector<std::string> regions;
  for (const ParameterRow& row : tests.front().rows) {
    const auto has_it = [&](const ParameterTable& table) { return value_of(table, row.name, measure).has_value(); };
    if (std::all_of(tests.begin(), tests.end(), has_it) && std::all_of(retests.begin(), retests.end(), has_it))
      regions.push_back(row.name);
  }
  if (regions.empty())
    throw bad_input(tests.front().source, "no region with " + measure + " in all test-retest tables", "common regions");
  std::vector<std::vector<double>> differences;
  for (std::size_t s = 0; s < tests.size(); ++s) {
    differences.emplace_back();
    for (const std::string& region : regions)
      differences.back().push_back(difference(tests[s], retests[s], region, measure));
  }
  RegionCovariance covariance = test_retest_covariance(std::move(regions), differences);
  covariance.is_relative = is_volume(measure);
  for (const std::string& region : covariance.regions)
    covariance.of_fits.push_back(variance_of_fits(tests, retests, region, measure));
  return covariance;
}

std::optional<ExcessVariance> excess_variance(const RegionCovariance& covariance) {
  std::vector<std::size_t> known;
  for (std::size_t r = 0; r < covariance.of_fits.size(); ++r)
    if (std::isfinite(covariance.of_fits[r])) known.push_back(r);
  if (known.empty()) return std::nullopt;
  const auto sample = [&](std::size_t r) {
    return covariance.sample_variances.empty() ? covariance.variance(r) : covariance.sample_variances[r];
  };
  double mean = 0.0;
  for (const std::size_t r : known) mean += sample(r) / static_cast<double>(known.size());
  const double least = 1e-3 * mean;  // a region without any error would decide alone
  double excess = 0.0;
  const auto weight = [&](std::size_t r) { return 1.0 / std::pow(std::max(covariance.of_fits[r] + excess, least), 2); };
  constexpr int rounds = 100;
  for (int round = 0; round < rounds; ++round) {
    double sum = 0.0;
    double weights = 0.0;
    for (const std::size_t r : known) {
      sum += weight(r) * (sample(r) - covariance.of_fits[r]);
      weights += weight(r);
    }
    const double next = std::max(sum / weights, 0.0);
    const bool is_settled = std::abs(next - excess) <= 1e-10 * mean;
    excess = next;
    if (is_settled) break;
  }
  double squares = 0.0;
  double weights = 0.0;
  for (const std::size_t a : known) {
    weights += weight(a);
    for (const std::size_t b : known) {
      const double both =
          a == b ? covariance.of_fits[a] + excess : covariance.matrix[a * covariance.regions.size() + b];
      squares += weight(a) * weight(b) * both * both;
    }
  }
  const double infinity = std::numeric_limits<double>::infinity();
  return ExcessVariance{excess, std::sqrt(squares) / weights,
                        covariance.degrees_of_freedom ? *covariance.degrees_of_freedom : infinity};
}

void require_same_method(const ParameterTable& one, const ParameterTable& other) {
  const auto compare = [&](const std::string& a, const std::string& b, const char* what) {
    if (!a.empty() && !b.empty() && a != b)
      throw bad_input(other.source, std::string(what) + " " + b, a + ", the one of " + one.source);
  };
  compare(one.model_label, other.model_label, "model");
  compare(one.reference_region, other.reference_region, "reference region");
  compare(one.sampling, other.sampling, "sampling");
}

RegionCovariance region_covariance(const Tsv& table) {
  RegionCovariance covariance;
  const std::size_t name = table.column("name");
  std::vector<std::size_t> columns;
  for (std::size_t r = 0; r < table.rows(); ++r) {
    covariance.regions.push_back(table.cell(r, name));
    columns.push_back(table.column(covariance.regions.back()));
  }
  for (std::size_t r = 0; r < table.rows(); ++r) {
    for (std::size_t c = 0; c < table.rows(); ++c) {
      const double value = table.required_number(r, columns[c]);
      const double mirrored = table.required_number(c, columns[r]);
      if (!(std::abs(value - mirrored) <= 1e-9 * (std::abs(value) + std::abs(mirrored))))
        throw bad_input(table.where(r, columns[c]), format_number(value),
                        format_number(mirrored) + ", the covariance in the mirrored cell");
      if (r == c && !(value > 0.0)) throw bad_input(table.where(r, columns[c]), format_number(value), "a variance");
      covariance.matrix.push_back(value);
    }
  }
  return covariance;
}

RegionCovariance covariance_of(const RegionCovariance& all, const std::vector<std::string>& regions) {
  std::vector<std::size_t> index;
  for (const std::string& name : regions) {
    const auto found = std::find(all.regions.begin(), all.regions.end(), name);
    if (found == all.regions.end())
      throw bad_input("covariance of the regions", "no region '" + name + "'", "all regions that are compared");
    index.push_back(static_cast<std::size_t>(found - all.regions.begin()));
  }
  RegionCovariance result{regions, {}, all.shrinkage, all.degrees_of_freedom, all.is_relative, {}, {}};
  for (const std::size_t a : index) {
    if (!all.of_fits.empty()) result.of_fits.push_back(all.of_fits[a]);
    if (!all.sample_variances.empty()) result.sample_variances.push_back(all.sample_variances[a]);
  }
  for (const std::size_t a : index)
    for (const std::size_t b : index) result.matrix.push_back(all.matrix[a * all.regions.size() + b]);
  return result;
}

VolumeErrors errors_in_proportion(const RegionCovariance& covariance,
                                  std::span<const double> VT_baseline,
                                  std::span<const double> VT_drug) {
  const std::size_t n = covariance.regions.size();
  assert(VT_baseline.size() == n && VT_drug.size() == n);
  const LinePoints fitted = points_of_orthogonal_line(VT_baseline, VT_drug);
  VolumeErrors errors{.baseline = covariance.matrix,
                      .drug = covariance.matrix,
                      .is_size_known = true,
                      .degrees_of_freedom = covariance.degrees_of_freedom};
  const auto scale = [&](std::vector<double>& matrix, auto of_region) {
    for (std::size_t a = 0; a < n; ++a)
      for (std::size_t b = 0; b < n; ++b) matrix[a * n + b] *= of_region(a) * of_region(b);
  };
  if (covariance.is_relative) scale(errors.baseline, [&](std::size_t r) { return fitted.baseline[r]; });
  scale(errors.drug,
        [&](std::size_t r) { return covariance.is_relative ? fitted.drug[r] : fitted.drug[r] / fitted.baseline[r]; });
  return errors;
}

}  // namespace pet
