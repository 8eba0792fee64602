// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "kinetic_models/fit_table.h"
#include "tools/tool.h"

namespace pet {

/// What `pet-fit` was asked for, as typed.
struct PetFitOptions {
  std::string tacs;
  std::vector<std::string> models;
  std::optional<std::string> reference;
  std::optional<std::string> input;
  std::vector<std::string> regions;
  std::optional<std::string> weights;
  std::string sampling = "average";
  std::optional<std::string> k2prime;
  std::optional<std::string> t_star;
  double t_star_error = 0.1;
  std::optional<std::string> t_star_table;
  std::optional<double> t_end_min;
  std::optional<double> half_life_s;
  std::optional<std::string> vB;
  std::optional<std::string> vB_reference;
  std::optional<std::string> delay;
  std::optional<double> VND;
  std::optional<double> plasma_free_fraction;
  std::vector<std::string> shared;
  std::vector<std::string> bounds;
  int starts = 1;
  int seed = 1;
  std::optional<std::string> interval;
  double level = 0.95;
  int bootstrap_samples = 1000;
  std::string resampling = "residual";
  bool carries_reference_noise = false;
  std::string loss = "none";
  std::optional<std::string> fitted;
  std::optional<std::string> compare;
  std::optional<std::string> report;
  std::optional<std::string> source;
  std::string series;
  std::optional<std::string> segmentation;
};

/// Declares the options of pet-fit, which fill `options`.
void declare_pet_fit(Tool& tool, PetFitOptions& options);

/// The options of the fit that do not depend on the model. Throws UsageError.
TableFitOptions table_fit_options(const PetFitOptions& options, const TacTable& table, unsigned threads);

/// Throws UsageError for options of the DICOM report that do not go together.
void require_report_options(const PetFitOptions& options);

/// Throws UsageError for an option that none of the models takes.
void require_taken(const std::vector<const Model*>& models, const TableFitOptions& options);

}  // namespace pet
