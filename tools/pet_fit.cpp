// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "kinetic_models/fit_table.h"
#include "kinetic_models/model_comparison.h"
#include "kinetic_models/registry.h"
#include "libpet/dicom/measurement_report.h"
#include "libpet/error.h"
#include "libpet/io/input_function_file.h"
#include "libpet/io/parameter_table.h"
#include "libpet/io/sidecar.h"
#include "libpet/io/tac_table_file.h"
#include "libpet/io/tsv.h"
#include "tools/arguments.h"
#include "tools/commands.h"
#include "tools/pet_fit_options.h"
#include "tools/pet_fit_sidecar.h"

namespace {

using Options = pet::PetFitOptions;

// "x_kinpar.tsv" for one model, "x_model-SRTM_kinpar.tsv" for each of several.
std::filesystem::path output_of(const pet::Model& model, const std::filesystem::path& output, bool is_one_of_several) {
  if (!is_one_of_several) return output;
  const std::string stem = output.stem().string();
  const std::string entity = "model-" + std::string(model.label);
  const std::size_t suffix = stem.rfind('_');
  const std::string name =
      suffix == std::string::npos ? entity + "_" + stem : stem.substr(0, suffix + 1) + entity + stem.substr(suffix);
  return output.parent_path() / (name + output.extension().string());
}

pet::TableFit run_model(const pet::Model& model,
                        const pet::TacTable& table,
                        const Options& options,
                        const pet::TableFitOptions& used) {
  const std::vector<std::size_t> regions = pet::region_indices(table, options.regions);
  if (model.needs_plasma()) {
    if (!options.input)
      throw pet::UsageError("model " + std::string(model.name) + " needs --input (a plasma input function)");
    return pet::fit_regions(model, table, pet::read_input_function(*options.input), regions, used);
  }
  if (!options.reference)
    throw pet::UsageError("model " + std::string(model.name) +
                          " needs --reference (a region without the target receptor)");
  const std::size_t reference = table.index_of(*options.reference);
  if (!model.needs_blood) return pet::fit_regions(model, table, reference, regions, used);
  if (!options.input) throw pet::UsageError("model " + std::string(model.name) + " needs --input with whole blood");
  const pet::InputFunction blood = pet::read_input_function(*options.input);
  return pet::fit_regions(model, table, reference, regions, used, &blood);
}

bool has_failed(const pet::Fit& fit) {
  return fit.status == pet::FitStatus::failed || fit.status == pet::FitStatus::not_converged;
}

// Options that none of the models takes make no sense; with several models each gets those that it takes.
pet::TableFitOptions options_of_model(const pet::Model& model, const pet::TableFitOptions& all, bool is_several) {
  return is_several ? pet::options_taken(model, all) : all;
}

// Announces every output before the work begins.
void declare_outputs(pet::OutputFiles& files,
                     const std::vector<const pet::Model*>& models,
                     const Options& options,
                     const pet::Common& common) {
  for (const pet::Model* model : models) {
    if (common.output.empty()) break;
    const auto path = output_of(*model, common.output, models.size() > 1);
    files.declare(path);
    files.declare(pet::sidecar_of(path));
  }
  if (options.report) files.declare(*options.report);
  for (const std::optional<std::string>& path : {options.fitted, options.compare, options.t_star_table}) {
    if (!path) continue;
    files.declare(*path);
    files.declare(pet::sidecar_of(*path));
  }
}

void write_comparison(pet::OutputFiles& files,
                      const std::filesystem::path& path,
                      const std::vector<pet::TableFit>& fits,
                      const pet::TacTable& table,
                      const pet::Provenance& provenance) {
  std::vector<const pet::Model*> models;
  for (const pet::TableFit& fit : fits) models.push_back(fit.model);
  const std::string quantity = pet::common_quantity(models);
  pet::TsvWriter writer({"name", "model", "AICc", "difference", "weight", quantity, quantity + "-stderr"});
  for (const pet::ComparedModel& row : pet::compare_models(fits, table, quantity))
    writer.row({row.region, row.model, pet::format_number(row.aicc), pet::format_number(row.difference),
                pet::format_number(row.weight), pet::format_number(row.value), pet::format_number(row.standard_error)});
  files.write(path, writer.text());
  files.write(pet::sidecar_of(path), pet::sidecar_text(pet::comparison_members(quantity), provenance));
}

// The first quantity of every model and region as a function of t*.
void write_t_star_table(pet::OutputFiles& files,
                        const std::filesystem::path& path,
                        const std::vector<pet::TableFit>& fits,
                        const pet::TacTable& table,
                        const pet::Provenance& provenance) {
  pet::TsvWriter writer(
      {"name", "model", "t_star", "quantity", "value", "stderr", "largest_error", "frames", "admissible", "chosen"});
  for (const pet::TableFit& fit : fits)
    for (std::size_t r = 0; r < fit.t_star_scans.size(); ++r)
      for (const pet::TStarCandidate& c : fit.t_star_scans[r])
        writer.row({table.regions[fit.regions[r]], std::string(fit.model->name), pet::format_number(c.t_star_min),
                    std::string(fit.model->quantities.front().symbol), pet::format_number(c.value),
                    pet::format_number(c.standard_error), pet::format_number(c.largest_error), std::to_string(c.frames),
                    c.is_admissible ? "1" : "0", c.t_star_min == fit.t_star_min ? "1" : "0"});
  files.write(path, writer.text());
  files.write(pet::sidecar_of(path), pet::sidecar_text(pet::t_star_members(), provenance));
}

// Identifiers follow from the bytes of everything that the report is made of.
void write_report(pet::OutputFiles& files,
                  const Options& options,
                  const std::vector<pet::ModelResults>& results,
                  const pet::Provenance& provenance,
                  const pet::Common& common) {
  std::string seed = pet::identity_seed("report", provenance);
  for (const pet::ModelResults& model : results) seed += model.label + pet::parameter_table_text(model.parameters);
  const auto segmentation =
      options.segmentation ? std::optional<std::filesystem::path>(*options.segmentation) : std::nullopt;
  const std::vector<std::string> without_segment =
      pet::write_measurement_report(results, {*options.source, options.series, common.threads}, segmentation, seed,
                                    files.temporary(*options.report), provenance);
  std::string list;
  for (const std::string& region : without_segment) list += (list.empty() ? "" : ", ") + region;
  if (!list.empty()) pet::warn(common, "regions without a segment in " + *options.segmentation + ": " + list);
}

std::vector<std::string> inputs_of(const Options& options) {
  std::vector<std::string> tables = {options.tacs};
  if (options.input) tables.push_back(*options.input);
  if (options.weights && options.weights->find(':') != std::string::npos)
    tables.push_back(options.weights->substr(0, options.weights->rfind(':')));
  std::vector<std::string> inputs = pet::with_sidecars(tables);
  for (const std::optional<std::string>& dicom : {options.source, options.segmentation})
    if (dicom) inputs.push_back(*dicom);
  return inputs;
}

pet::ModelResults results_for_report(const pet::Model& model,
                                     const pet::ParameterTable& parameters,
                                     const Options& options) {
  pet::ModelResults results{std::string(model.label), std::string(model.title), parameters};
  if (!model.needs_plasma()) results.parameters.reference_region = options.reference.value_or("");
  return results;
}

int run(const Options& options, const pet::Common& common) {
  const bool is_several = options.models.size() > 1;
  if (is_several && common.output.empty()) throw pet::UsageError("several models need --output");
  pet::require_report_options(options);
  if (options.fitted && is_several) throw pet::UsageError("--fitted goes with one model");
  pet::interval_factor(options.level, 1);  // the level makes sense, whether or not it is needed
  std::vector<const pet::Model*> models;
  for (const std::string& name : options.models) models.push_back(&pet::find_model(name));
  if (options.compare && options.carries_reference_noise)
    throw pet::UsageError("--compare is of ordinary fits; it does not go with --reference-noise");
  if (options.compare) pet::common_quantity(models);  // refused before the work begins
  pet::OutputFiles files(common.force);
  declare_outputs(files, models, options, common);

  pet::TacTable table = pet::read_tac_table(options.tacs);
  if (options.half_life_s) table.tracer.half_life_min = *options.half_life_s / 60.0;
  const pet::Provenance provenance = pet::provenance_of(common, inputs_of(options));
  const pet::TableFitOptions all = pet::table_fit_options(options, table, common.threads);
  pet::require_taken(models, all);

  std::vector<pet::TableFit> fits;
  std::vector<pet::ModelResults> reported;
  std::size_t failed = 0;
  std::string to_stdout;
  for (const pet::Model* model : models) {
    const pet::TableFitOptions used = options_of_model(*model, all, is_several);
    const pet::TableFit result = run_model(*model, table, options, used);
    failed += static_cast<std::size_t>(std::count_if(result.fits.begin(), result.fits.end(), has_failed));
    const pet::ParameterTable parameters = pet::parameter_table(result, table, used);
    if (common.output.empty()) {
      to_stdout = pet::parameter_table_text(parameters);
    } else {
      const auto path = output_of(*model, common.output, is_several);
      files.write(path, pet::parameter_table_text(parameters));
      files.write(pet::sidecar_of(path),
                  pet::parameter_sidecar_text(parameters, pet::describe_fit(result, options, used, table), provenance));
    }
    fits.push_back(result);
    reported.push_back(results_for_report(*model, parameters, options));
    if (!options.fitted) continue;
    const pet::TacTable curves = pet::fitted_curves(result, table);
    const bool is_pmod = options.fitted->ends_with(".tac");
    files.write(*options.fitted, is_pmod ? pet::pmod_tac_text(curves) : pet::tac_table_text(curves));
    files.write(pet::sidecar_of(*options.fitted), is_pmod ? pet::pmod_tac_sidecar_text(curves, provenance, "{}")
                                                          : pet::tac_sidecar_text(curves, provenance, "{}"));
  }
  if (options.report) write_report(files, options, reported, provenance, common);
  if (options.t_star_table) write_t_star_table(files, *options.t_star_table, fits, table, provenance);
  if (options.compare) write_comparison(files, *options.compare, fits, table, provenance);
  files.commit();
  std::cout << to_stdout << std::flush;
  if (failed > 0) pet::warn(common, std::to_string(failed) + " fits failed or did not converge (column status)");
  return failed > 0 ? pet::some_failed : pet::success;
}

}  // namespace

pet::Command pet::pet_fit_command() {
  const auto options = std::make_shared<Options>();
  Command command{Tool("pet-fit", "fit kinetic models to every region of a table of time-activity curves"),
                  [options](const Common& common) { return run(*options, common); }};
  declare_pet_fit(command.tool, *options);
  return command;
}
