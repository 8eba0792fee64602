// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/model_comparison.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "libpet/error.h"

namespace pet {
namespace {

bool reports(const Model& model, const std::string& quantity) {
  return std::any_of(model.quantities.begin(), model.quantities.end(),
                     [&](const Quantity& q) { return q.symbol == quantity && !q.needs_fP; });
}

void require_comparable(const std::vector<const Model*>& models) {
  for (const Model* model : models)
    if (model->predict == nullptr)
      throw UsageError("model " + std::string(model->name) +
                       " cannot be compared: a linear method has other residuals than a model of the curve");
  for (const Model* model : models)
    if (!model->shares.empty())
      throw UsageError("model " + std::string(model->name) +
                       " shares a parameter between regions: it cannot be compared");
  if (models.size() < 2) throw UsageError("a comparison needs at least two models");
}

std::vector<const Model*> models_of(const std::vector<TableFit>& fits) {
  std::vector<const Model*> models;
  for (const TableFit& fit : fits) models.push_back(fit.model);
  return models;
}

// Weights of models and their average; models without AICc or estimate have no weight.
void add_weights(std::vector<ComparedModel>& models) {
  double least = std::numeric_limits<double>::infinity();
  for (const ComparedModel& m : models)
    if (std::isfinite(m.value)) least = std::min(least, std::isfinite(m.aicc) ? m.aicc : least);
  double sum = 0.0;
  for (ComparedModel& m : models) {
    m.difference = std::isfinite(least) ? m.aicc - least : not_available;
    m.weight = std::isfinite(m.difference) && std::isfinite(m.value) ? std::exp(-0.5 * m.difference) : 0.0;
    sum += m.weight;
  }
  ComparedModel average{models.front().region, "average"};
  if (sum > 0.0) {
    average.value = average.standard_error = 0.0;
    for (ComparedModel& m : models) {
      m.weight /= sum;
      if (m.weight > 0.0) average.value += m.weight * m.value;
    }
    for (const ComparedModel& m : models)
      if (m.weight > 0.0) average.standard_error += m.weight * std::hypot(m.standard_error, m.value - average.value);
  }
  models.push_back(average);
}

}  // namespace

std::string common_quantity(const std::vector<const Model*>& models) {
  require_comparable(models);
  for (const Quantity& quantity : models.front()->quantities) {
    const std::string symbol(quantity.symbol);
    if (std::all_of(models.begin(), models.end(), [&](const Model* m) { return reports(*m, symbol); })) return symbol;
  }
  throw UsageError("the models have no quantity in common to compare");
}

std::vector<ComparedModel> compare_models(const std::vector<TableFit>& fits,
                                          const TacTable& table,
                                          const std::string& quantity) {
  require_comparable(models_of(fits));
  for (const TableFit& fit : fits)
    if (!reports(*fit.model, quantity))
      throw UsageError("model " + std::string(fit.model->name) + " does not report " + quantity);
  for (const TableFit& fit : fits)
    if (!fit.shared.empty())
      throw UsageError("model " + std::string(fit.model->name) +
                       " shares parameters between regions: it has no AICc of one region to compare");
  std::vector<ComparedModel> rows;
  for (std::size_t i = 0; i < fits.front().fits.size(); ++i) {
    std::vector<ComparedModel> models;
    for (const TableFit& table_fit : fits) {
      const Fit& fit = table_fit.fits[i];
      const Estimate& estimate = fit[quantity];
      models.push_back({table.regions[table_fit.regions[i]], std::string(table_fit.model->name), fit.aicc,
                        not_available, not_available, estimate.value, estimate.standard_error});
    }
    add_weights(models);
    rows.insert(rows.end(), models.begin(), models.end());
  }
  return rows;
}

}  // namespace pet
