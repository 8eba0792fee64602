// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>

#include "kinetic_models/fit_table.h"
#include "kinetic_models/registry.h"
#include "libpet/error.h"
#include "libpet/io/input_function_file.h"
#include "libpet/io/parameter_table.h"
#include "libpet/io/sidecar.h"
#include "libpet/io/tac_table_file.h"
#include "libpet/io/tsv.h"
#include "tools/arguments.h"
#include "tools/tool.h"

namespace {

struct Options {
  std::string tacs;
  std::vector<std::string> models;
  std::optional<std::string> reference;
  std::optional<std::string> input;
  std::vector<std::string> regions;
  std::optional<std::string> weights;
  std::string sampling = "average";
  std::optional<std::string> k2prime;
  std::optional<double> t_star_min;
  std::optional<double> t_end_min;
  std::optional<double> half_life_s;
  std::vector<std::string> bounds;
  int starts = 1;
  int seed = 1;
  std::optional<std::string> interval;
  double level = 0.95;
  std::string loss = "none";
  std::optional<std::string> fitted;
};

// The options of the fit that do not depend on the model.
pet::TableFitOptions table_options(const Options& options, const pet::TacTable& table, const pet::Common& common) {
  pet::TableFitOptions result;
  result.threads = common.threads;
  result.sampling = pet::sampling(options.sampling);
  result.weights = options.weights ? pet::weight_scheme(*options.weights) : pet::default_weights(table);
  result.fit.t_star_min = options.t_star_min;
  result.fit.t_end_min = options.t_end_min;
  result.fit.starts = options.starts;
  result.fit.seed = static_cast<std::uint64_t>(options.seed);
  result.fit.loss = pet::loss(options.loss);
  for (const std::string& bounds : options.bounds) result.fit.bounds.push_back(pet::parse_bounds(bounds));
  if (options.k2prime) {
    const pet::ValueOrRegion k2prime = pet::value_or_region("--k2prime", *options.k2prime, "1/min");
    result.fit.k2prime = k2prime.value;
    result.k2prime_region = k2prime.region;
  }
  return result;
}

// What the standard errors contain and what not.
std::string sources_of_error(const pet::TableFit& result) {
  std::string text = "noise of the target's curve, estimated from its residuals";
  if (result.k2prime_se) text += ", and the standard error of k2prime";
  if (result.k2prime && !result.k2prime_se) text += "; k2prime is taken as exact";
  return text + "; the noise of the " + (result.model->needs_plasma() ? "plasma" : "reference") +
         " curve is not included";
}

// The sidecar's account of what was fitted and how.
pet::ParameterSidecar describe_fit(const pet::TableFit& result,
                                   const Options& options,
                                   const pet::TableFitOptions& used,
                                   pet::ActivityUnit unit,
                                   std::optional<double> level) {
  pet::ParameterSidecar sidecar;
  sidecar.model_label = result.model->label;
  sidecar.model_title = result.model->title;
  sidecar.citation = std::string(result.model->citation) + ". doi:" + std::string(result.model->doi);
  if (result.model->needs_plasma())
    sidecar.blood_type = "arterial";
  else
    sidecar.reference_region = options.reference.value();
  sidecar.weights = result.model->uses_weights ? pet::name_of(used.weights) : "duration";
  sidecar.sampling = pet::name_of(used.sampling);
  sidecar.sources_of_error = sources_of_error(result);
  sidecar.confidence_level = level;
  sidecar.activity_units = unit == pet::ActivityUnit::kBq_per_mL ? "kBq/mL" : "unknown";
  const auto add = [&](const char* label, std::optional<double> value, const char* value_unit) {
    if (!value) return;
    sidecar.input_labels.push_back(label);
    sidecar.input_values.push_back(*value);
    sidecar.input_units.push_back(value_unit);
  };
  add("k2prime", result.k2prime, "1/min");
  add("k2prime_se", result.k2prime_se, "1/min");
  add("t_star", used.fit.t_star_min, "min");
  add("t_end", used.fit.t_end_min, "min");
  nlohmann::ordered_json bounds = nlohmann::ordered_json::object();
  for (const pet::Parameter& parameter : pet::bounds_used(*result.model, used.fit))
    bounds[std::string(parameter.symbol)] = {parameter.lower, parameter.initial, parameter.upper};
  sidecar.bounds_json = bounds.dump();
  return sidecar;
}

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
  return pet::fit_regions(model, table, table.index_of(*options.reference), regions, used);
}

bool has_failed(const pet::Fit& fit) {
  return fit.status == pet::FitStatus::failed || fit.status == pet::FitStatus::not_converged;
}

// Options that none of the models takes make no sense; with several models each gets those that it takes.
pet::TableFitOptions options_of_model(const pet::Model& model, const pet::TableFitOptions& all, bool is_several) {
  return is_several ? pet::options_taken(model, all) : all;
}

void require_taken(const std::vector<const pet::Model*>& models, const pet::TableFitOptions& all) {
  const auto is_taken = [&](auto takes) { return std::any_of(models.begin(), models.end(), takes); };
  if ((all.fit.k2prime || !all.k2prime_region.empty()) &&
      !is_taken([](const pet::Model* m) { return m->k2prime != pet::Use::no; }))
    throw pet::UsageError("none of the models takes --k2prime");
  if (all.fit.t_star_min && !is_taken([](const pet::Model* m) { return m->t_star != pet::Use::no; }))
    throw pet::UsageError("none of the models takes --t-star");
  if (!all.fit.bounds.empty() && !is_taken([](const pet::Model* m) { return !m->parameters.empty(); }))
    throw pet::UsageError("none of the models takes --bounds");
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
  if (!options.fitted) return;
  files.declare(*options.fitted);
  files.declare(pet::sidecar_of(*options.fitted));
}

int run(const Options& options, const pet::Common& common) {
  const bool is_several = options.models.size() > 1;
  if (is_several && common.output.empty()) throw pet::UsageError("several models need --output");
  if (options.fitted && is_several) throw pet::UsageError("--fitted goes with one model");
  pet::interval_factor(options.level, 1);  // the level makes sense, whether or not it is needed
  std::vector<const pet::Model*> models;
  for (const std::string& name : options.models) models.push_back(&pet::find_model(name));
  pet::OutputFiles files(common.force);
  declare_outputs(files, models, options, common);

  pet::TacTable table = pet::read_tac_table(options.tacs);
  if (options.half_life_s) table.tracer.half_life_min = *options.half_life_s / 60.0;
  std::vector<std::string> inputs = {options.tacs};
  if (options.input) inputs.push_back(*options.input);
  const pet::Provenance provenance = pet::provenance_of(pet::with_sidecars(inputs));
  const pet::TableFitOptions all = table_options(options, table, common);
  require_taken(models, all);
  const std::optional<double> level = options.interval ? std::optional(options.level) : std::nullopt;

  std::size_t failed = 0;
  std::string to_stdout;
  for (const pet::Model* model : models) {
    const pet::TableFitOptions used = options_of_model(*model, all, is_several);
    const pet::TableFit result = run_model(*model, table, options, used);
    failed += static_cast<std::size_t>(std::count_if(result.fits.begin(), result.fits.end(), has_failed));
    const pet::ParameterTable parameters = pet::parameter_table(result, table, level);
    if (common.output.empty()) {
      to_stdout = pet::parameter_table_text(parameters);
    } else {
      const auto path = output_of(*model, common.output, is_several);
      files.write(path, pet::parameter_table_text(parameters));
      files.write(
          pet::sidecar_of(path),
          pet::parameter_sidecar_text(parameters, describe_fit(result, options, used, table.unit, level), provenance));
    }
    if (!options.fitted) continue;
    const pet::TacTable curves = pet::fitted_curves(result, table);
    files.write(*options.fitted, pet::tac_table_text(curves));
    files.write(pet::sidecar_of(*options.fitted), pet::tac_sidecar_text(curves, provenance, "{}"));
  }
  files.commit();
  std::cout << to_stdout << std::flush;
  if (failed > 0) pet::warn(common, std::to_string(failed) + " fits failed or did not converge (column status)");
  return failed > 0 ? pet::some_failed : pet::success;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  return pet::Tool("pet-fit", "fit kinetic models to every region of a table of time-activity curves")
      .description(
          "Fits one or more kinetic models to every region of a BIDS table of time-activity curves and writes their "
          "parameters with percent standard errors, status and flags. Rate constants are in 1/min.")
      .example("pet-fit tacs.tsv --model srtm --reference cerebellum -o kinpar.tsv", "regional BPND without blood")
      .example("pet-fit tacs.tsv --model mrtm2 --reference cerebellum --k2prime region:insula",
               "with k2prime from one region")
      .example("pet-fit tacs.tsv --model logan --input inputfunction.tsv --t-star 30", "VT with a plasma input")
      .argument("TACS", options.tacs, "BIDS table of time-activity curves, with its JSON sidecar if there is one")
      .required("model", options.models, "MODEL,...", "models to fit: " + pet::model_names())
      .option("reference", options.reference, "REGION", "region without the target receptor (reference models)")
      .option("input", options.input, "FILE", "input function table with its sidecar (plasma models)")
      .option("regions", options.regions, "REGION,...", "regions to fit; default: all")
      .option(
          "weights", options.weights, "SCHEME",
          "frame weights: uniform, duration, decay, counts; default: decay if the half-life is known, else duration")
      .option("sampling", options.sampling, "KIND", "average: frames are averages; midframe: values at mid-frame")
      .option("k2prime", options.k2prime, "VALUE|region:NAME",
              "efflux rate of the reference in 1/min, or the region that gives it")
      .option("t-star", options.t_star_min, "MIN", "use frames whose mid time is at or after it, in minutes")
      .option("t-end", options.t_end_min, "MIN", "use frames whose mid time is at or before it, in minutes")
      .option("half-life", options.half_life_s, "SECONDS", "half-life of the tracer, in place of the sidecar's")
      .option("bounds", options.bounds, "P=LOWER:START:UPPER,...",
              "bounds and start of a parameter of a nonlinear model")
      .option("starts", options.starts, "N", "starts of a nonlinear fit: its own, then N - 1 seeded random ones")
      .option("seed", options.seed, "N", "seed of the random starts")
      .option("ci", options.interval, "KIND", "add intervals to the table: se (Student's t x standard error)")
      .choices("ci", {"se"})
      .option("level", options.level, "FRACTION", "confidence level of the intervals")
      .option("loss", options.loss, "KIND", "loss of a nonlinear fit")
      .choices("loss", {"none", "huber", "cauchy"})
      .option("fitted", options.fitted, "FILE", "also write the fitted curves as a table")
      .main(argc, argv, [&](const pet::Common& common) { return run(options, common); });
}
