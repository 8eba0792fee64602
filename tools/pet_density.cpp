// SPDX-License-Identifier: Apache-2.0
#include <iostream>
#include <nlohmann/json.hpp>

#include "kinetic_models/occupancy/density.h"
#include "libpet/error.h"
#include "libpet/io/sidecar.h"
#include "tools/arguments.h"
#include "tools/tool.h"

namespace {

struct Options {
  std::string table;
  std::string measure = "BPND";
  std::optional<double> factor;
  double factor_se = 0.0;
  std::string unit = "pmol/mL";
  std::optional<std::string> source;
  std::optional<std::string> norms;
  std::optional<double> age;
  std::string form = "exponential";
  double level = 0.95;
};

pet::DensityRequest request_of(const Options& options) {
  pet::DensityRequest request;
  request.measure = options.measure;
  if (options.factor) request.factor = {*options.factor, options.factor_se};
  if (options.norms) request.norms = pet::read_norms(pet::Tsv::read(*options.norms));
  if (options.age && !options.norms) throw pet::UsageError("--age goes with --norms");
  request.age = options.age;
  request.form = pet::age_form(options.form);
  request.level = options.level;
  return request;
}

std::string members_of(const Options& options) {
  nlohmann::ordered_json members;
  members["Measure"] = options.measure;
  if (options.factor) {
    members["Factor"] = *options.factor;
    members["FactorStandardError"] = options.factor_se;
    members["Bmax"] = {{"Description", "Factor x " + options.measure + "; its error is common to all regions"},
                       {"Units", options.unit}};
  }
  if (options.source) members["FactorSource"] = *options.source;
  if (options.norms) {
    members["ChangeWithAge"] = options.form;
    members["z"] = {{"Description", "(" + options.measure + " - expected) / sd of the norm"}, {"Units", "1"}};
  }
  if (options.age) members["Age"] = *options.age;
  members["ConfidenceLevel"] = options.level;
  return members.dump();
}

int run(const Options& options, const pet::Common& common) {
  pet::OutputFiles files(common.force);
  if (!common.output.empty()) {
    files.declare(common.output);
    files.declare(pet::sidecar_of(common.output));
  }
  const pet::DensityRequest request = request_of(options);
  const std::string text =
      pet::density_table_text(pet::density_rows(pet::read_parameter_table(options.table), request), options.measure);
  if (common.output.empty()) {
    std::cout << text << std::flush;
    return pet::success;
  }
  std::vector<std::string> inputs = pet::with_sidecars({options.table});
  if (options.norms) inputs.push_back(*options.norms);
  files.write(common.output, text);
  files.write(pet::sidecar_of(common.output), pet::sidecar_text(members_of(options), pet::provenance_of(inputs)));
  files.commit();
  return pet::success;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  return pet::Tool("pet-density", "receptor density and age-adjusted z-scores from the binding of a scan")
      .description(
          "Multiplies binding by a factor that the user gives with its standard error (Bmax = factor x BPND), and sets "
          "it against norms: z = (BPND - mean at the subject's age) / sd. There is no factor and no norm in the "
          "program: both depend on tracer, scanner and method.")
      .example("pet-density base_kinpar.tsv --factor 19.4 --factor-se 2.5 --source 'own calibration' -o density.tsv",
               "density in pmol/mL")
      .example("pet-density base_kinpar.tsv --norms norms.tsv --age 60", "z-scores at 60 years")
      .argument("table", options.table, "parameter table of a scan")
      .option("measure", options.measure, "PARAMETER", "column with the binding")
      .option("factor", options.factor, "VALUE", "density over binding")
      .option("factor-se", options.factor_se, "VALUE", "its standard error; 0: exact")
      .option("unit", options.unit, "UNIT", "unit of the density, for the sidecar")
      .option("source", options.source, "TEXT", "where the factor comes from, for the sidecar")
      .option("norms", options.norms, "FILE", "table with name, mean, sd, and for --age also age and change_per_decade")
      .option("age", options.age, "YEARS", "age of the subject; default: norms as they are")
      .option("age-form", options.form, "FORM", "how binding changes with age")
      .choices("age-form", {"exponential", "linear"})
      .option("level", options.level, "FRACTION", "confidence level of the intervals")
      .main(argc, argv, [&](const pet::Common& common) { return run(options, common); });
}
