// SPDX-License-Identifier: Apache-2.0
#include <iostream>
#include <nlohmann/json.hpp>
#include <set>

#include "kinetic_models/density/density_table.h"
#include "libpet/error.h"
#include "libpet/io/parameter_table.h"
#include "libpet/io/region_groups_file.h"
#include "libpet/io/sidecar.h"
#include "libpet/io/tsv.h"
#include "tools/arguments.h"
#include "tools/tool.h"

namespace {

struct Options {
  std::string parameters;
  std::string measure = "BPND";
  std::optional<double> bmax_factor;
  std::optional<double> bmax_factor_se;
  std::optional<std::string> norms;
  std::optional<double> age;
  std::string age_form = "exponential";
  std::optional<double> norm_correlation;
  std::optional<std::string> groups;
  std::optional<std::string> networks;
  std::optional<std::string> morph;
  double error_correlation = 1.0;
  double level = 0.95;
};

void check(const Options& options) {
  if (options.bmax_factor.has_value() != options.bmax_factor_se.has_value())
    throw pet::UsageError("--bmax-factor and --bmax-factor-se go together (0: taken as exact)");
  if (!options.norms && (options.age || options.norm_correlation))
    throw pet::UsageError("--age and --norm-correlation go with --norms");
  if (options.groups && !options.morph) throw pet::UsageError("--groups needs --morph, the volumes of the parts");
  if (!options.bmax_factor && !options.norms && !options.groups && !options.networks)
    throw pet::UsageError("nothing to make of it; there are: --bmax-factor, --norms, --groups, --networks");
}

pet::DensityRequest request_of(const Options& options) {
  check(options);
  pet::DensityRequest request{.measure = options.measure};
  if (options.bmax_factor) request.factor = {*options.bmax_factor, *options.bmax_factor_se};
  if (options.norms) request.norms = pet::norms(pet::Tsv::read(*options.norms));
  request.age = options.age;
  request.form = pet::age_form(options.age_form);
  request.norm_correlation = options.norm_correlation;
  if (options.groups) request.groups = pet::read_region_groups(*options.groups);
  if (options.networks) request.networks = pet::network_map(pet::Tsv::read(*options.networks));
  if (options.morph) request.volumes = pet::region_volumes(pet::Tsv::read(*options.morph));
  request.error_correlation = options.error_correlation;
  request.level = options.level;
  return request;
}

std::vector<std::string> inputs_of(const Options& options) {
  std::vector<std::string> inputs = pet::with_sidecars({options.parameters});
  for (const auto* file : {&options.norms, &options.groups, &options.networks, &options.morph})
    if (*file) inputs.push_back(**file);
  return inputs;
}

std::string sidecar_members(const pet::DensityRequest& request, const Options& options) {
  nlohmann::ordered_json members;
  members["Measure"] = options.measure;
  members["ConfidenceLevel"] = options.level;
  if (request.factor) {
    members["BmaxFactor"] = {
        {"Value", request.factor->value}, {"StandardError", request.factor->standard_error}, {"Units", "pmol/mL"}};
  }
  if (options.norms) {
    if (options.age) members["Age"] = *options.age;
    members["AgeForm"] = options.age_form;
    if (options.norm_correlation) members["NormCorrelation"] = *options.norm_correlation;
    std::set<std::string> sources;
    for (const pet::Norm& norm : request.norms)
      if (!norm.source.empty()) sources.insert(norm.source);
    members["NormSources"] = sources;
  }
  if (options.groups) members["GroupWeights"] = "volume";
  if (options.networks)
    members["NetworkWeights"] =
        options.morph ? "volume x fraction in the network" : "vertices x fraction in the network";
  if (options.groups || options.networks) members["ErrorCorrelation"] = options.error_correlation;
  return members.dump();
}

int run(const Options& options, const pet::Common& common) {
  pet::OutputFiles files(common.force);
  if (!common.output.empty()) {
    files.declare(common.output);
    files.declare(pet::sidecar_of(common.output));
  }
  const pet::DensityRequest request = request_of(options);
  const pet::DensityTable table = pet::density_of_regions(pet::read_parameter_table(options.parameters), request);
  const std::string text = pet::density_table_text(table);
  if (common.output.empty()) {
    std::cout << text << std::flush;
  } else {
    files.write(common.output, text);
    files.write(pet::sidecar_of(common.output), pet::density_sidecar_text(table, sidecar_members(request, options),
                                                                          pet::provenance_of(inputs_of(options))));
    files.commit();
  }
  const bool has_failed =
      std::any_of(table.rows.begin(), table.rows.end(), [](const auto& row) { return row.status == "failed"; });
  return has_failed ? pet::some_failed : pet::success;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  return pet::Tool("pet-density", "receptor density, deviation from a norm, and means over groups and networks")
      .description(
          "Takes the parameters of one scan. With a factor, from binding potential to a density in pmol/mL. With a "
          "table of norms, the deviation of a person from what is usual at that age, in standard deviations. With "
          "groups or networks, means of regions by volume, or by volume times the fraction of each region in a "
          "network. Every number has the errors of what it was made of.")
      .example("pet-density kinpar.tsv --bmax-factor 19.4 --bmax-factor-se 2.5 -o density.tsv",
               "density of each region")
      .example("pet-density kinpar.tsv --norms norms.tsv --age 41 -o density.tsv", "deviation from the norm")
      .example("pet-density kinpar.tsv --networks overlap.tsv --groups dmn_core.tsv --morph morph.tsv",
               "soft-weighted networks beside a named core set")
      .argument("PARAMETERS", options.parameters, "parameter table of pet-fit")
      .option("measure", options.measure, "PARAMETER", "column to use")
      .option("bmax-factor", options.bmax_factor, "VALUE", "density over binding potential, pmol/mL")
      .option("bmax-factor-se", options.bmax_factor_se, "VALUE", "its standard error, pmol/mL")
      .option("norms", options.norms, "FILE", "table with columns name, mean, sd; see docs/density.md")
      .option("age", options.age, "YEARS", "age of the person")
      .option("age-form", options.age_form, "FORM", "how the norm goes on with age")
      .choices("age-form", {"exponential", "linear"})
      .option("norm-correlation", options.norm_correlation, "R",
              "of binding between regions over people, for groups and networks without a norm of their own")
      .option("groups", options.groups, "FILE", "table with columns RegionName, ConstituentRegion")
      .option("networks", options.networks, "FILE", "table with the fraction of each parcel in each network")
      .option("morph", options.morph, "FILE", "table with columns name, volume-mm3: weights of groups and networks")
      .option("error-correlation", options.error_correlation, "R",
              "of the errors of binding between regions; 1 gives the largest errors of means")
      .option("level", options.level, "FRACTION", "confidence level of the intervals")
      .citation("Beliveau V et al. J Neurosci 2017;37:120-128. doi:10.1523/JNEUROSCI.2830-16.2016")
      .citation("Yeo BTT et al. J Neurophysiol 2011;106:1125-1165. doi:10.1152/jn.00338.2011")
      .main(argc, argv, [&](const pet::Common& common) { return run(options, common); });
}
