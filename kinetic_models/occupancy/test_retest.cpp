// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/occupancy/test_retest.h"

#include <Eigen/Core>
#include <algorithm>
#include <cassert>
#include <cmath>
#include <optional>

#include "libpet/error.h"

namespace pet {
namespace {

using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

std::optional<double> value_of(const ParameterTable& table, const std::string& region, const std::string& measure) {
  const std::size_t column = table.column(measure);
  for (const ParameterRow& row : table.rows)
    if (row.name == region) return row.cells[column].value;
  return std::nullopt;
}

}  // namespace

RegionCovariance test_retest_covariance(std::vector<std::string> regions,
                                        const std::vector<std::vector<double>>& differences) {
  if (differences.size() < 3)
    throw bad_input("test-retest data", std::to_string(differences.size()) + " subjects", "at least 3");
  const auto n = static_cast<Eigen::Index>(differences.size());
  const auto p = static_cast<Eigen::Index>(regions.size());
  Matrix centred(n, p);
  for (Eigen::Index i = 0; i < n; ++i) {
    const std::vector<double>& row = differences[static_cast<std::size_t>(i)];
    assert(row.size() == regions.size());
    centred.row(i) = Eigen::Map<const Eigen::RowVectorXd>(row.data(), p);
  }
  centred.rowwise() -= centred.colwise().mean().eval();

  const auto subjects = static_cast<double>(n);
  const Matrix sample = centred.transpose() * centred / subjects;
  const double mean_variance = sample.trace() / static_cast<double>(p);
  if (!(mean_variance > 0.0)) throw bad_input("test-retest data", "no difference in any region", "differences");
  const Matrix target = mean_variance * Matrix::Identity(p, p);
  const double distance = (sample - target).squaredNorm();
  double noise = 0.0;
  for (Eigen::Index i = 0; i < n; ++i)
    noise += (centred.row(i).transpose() * centred.row(i) - sample).squaredNorm() / (subjects * subjects);

  RegionCovariance result{std::move(regions), std::vector<double>(static_cast<std::size_t>(p * p)), 0.0};
  result.shrinkage = distance > 0.0 ? std::min(1.0, noise / distance) : 1.0;
  const double of_one_scan = 0.5 * subjects / (subjects - 1.0);
  Eigen::Map<Matrix>(result.matrix.data(), p, p) =
      of_one_scan * (result.shrinkage * target + (1.0 - result.shrinkage) * sample);
  return result;
}

RegionCovariance test_retest_covariance(const std::vector<ParameterTable>& tests,
                                        const std::vector<ParameterTable>& retests,
                                        const std::string& measure) {
  if (tests.size() != retests.size())
    throw UsageError(std::to_string(tests.size()) + " test and " + std::to_string(retests.size()) +
                     " retest scans: expected one of each for every subject");
  if (tests.empty()) throw UsageError("no test-retest scans");
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
      differences.back().push_back(*value_of(tests[s], region, measure) - *value_of(retests[s], region, measure));
  }
  return test_retest_covariance(std::move(regions), differences);
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
  RegionCovariance result{regions, {}, all.shrinkage};
  for (const std::size_t a : index)
    for (const std::size_t b : index) result.matrix.push_back(all.matrix[a * all.regions.size() + b]);
  return result;
}

}  // namespace pet
