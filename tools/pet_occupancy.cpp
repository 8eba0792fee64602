// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <filesystem>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>

#include "kinetic_models/occupancy/joint_table.h"
#include "kinetic_models/occupancy/multi_scan_table.h"
#include "kinetic_models/occupancy/table.h"
#include "libpet/error.h"
#include "libpet/io/input_function_file.h"
#include "libpet/io/parameter_table.h"
#include "libpet/io/sidecar.h"
#include "libpet/io/tac_table_file.h"
#include "libpet/io/tsv.h"
#include "tools/arguments.h"
#include "tools/commands.h"
#include "tools/endpoint.h"

namespace {

struct Options {
  std::optional<std::string> baseline;
  std::vector<std::string> drugs;
  std::optional<std::string> scans;
  std::string method = "bpnd";
  std::optional<std::string> regression;
  std::optional<std::string> measure;
  std::optional<std::string> vnd;
  std::vector<std::string> regions;
  std::optional<std::string> covariance;
  std::vector<std::string> tests;
  std::vector<std::string> retests;
  std::optional<std::string> tracer;
  std::optional<std::string> reference;
  std::optional<std::string> weights;
  std::optional<double> half_life_s;
  std::optional<std::string> baseline_input;
  std::optional<std::string> drug_input;
  std::optional<std::string> vB;
  std::optional<std::string> delay;
  std::optional<double> plasma_error;
  double level = 0.95;
  std::optional<std::string> drug_name;
  std::optional<std::string> dose;
  std::optional<std::string> plasma_level;
};

pet::OccupancyRequest request_of(const Options& options) {
  pet::OccupancyRequest request;
  request.method = pet::occupancy_method(options.method);
  request.regression = pet::lassen_regression(options.regression.value_or("ordinary"));
  if (options.regression && request.method != pet::OccupancyMethod::lassen)
    throw pet::UsageError("--regression goes with --method lassen");
  request.measure = options.measure.value_or("");
  if (request.method == pet::OccupancyMethod::change && !options.baseline)
    throw pet::UsageError("--method change needs --baseline");
  request.regions = options.regions;
  request.level = options.level;
  if (options.vnd) {
    const pet::ValueOrRegion vnd = pet::value_or_region("--vnd", *options.vnd, "mL/cm3");
    request.vnd = vnd.value;
    request.vnd_region = vnd.region;
  }
  request.has_baseline = options.baseline.has_value();
  return request;
}

// The two scans that are compared. Without a baseline they are two drug scans.
std::pair<std::string, std::string> scans_of(const Options& options) {
  if (options.scans) throw pet::UsageError("--scans goes with --method reml");
  if (options.drugs.empty()) throw pet::UsageError("--drug FILE is required");
  if (!options.baseline && options.drugs.size() != 2)
    throw pet::UsageError("without --baseline there must be two scans with the drug: --drug FIRST --drug SECOND");
  if (options.baseline && options.drugs.size() > 1)
    throw pet::UsageError("one --drug at a time with a --baseline; two go without one");
  const std::pair scans{options.baseline.value_or(options.drugs.front()), options.drugs.back()};
  if (pet::checksum(scans.first).sha256 == pet::checksum(scans.second).sha256)
    throw pet::bad_input(scans.second, "the same bytes as in " + scans.first, "the table of another scan");
  return scans;
}

void add_covariance(pet::OccupancyRequest& request, const pet::ParameterTable& baseline, const Options& options) {
  const bool is_from_scans = !options.tests.empty() || !options.retests.empty();
  if (!options.covariance && !is_from_scans) return;
  if (options.covariance && is_from_scans) throw pet::UsageError("--covariance goes without --test and --retest");
  if (request.method == pet::OccupancyMethod::lassen && request.regression != pet::LassenRegression::likelihood)
    throw pet::UsageError("a covariance of the regions goes with --method bpnd or --regression likelihood");
  if (options.covariance) {
    request.covariance = pet::region_covariance(pet::Tsv::read(*options.covariance));
    return;
  }
  std::set<std::string> seen;
  for (const auto* files : {&options.tests, &options.retests})
    for (const std::string& file : *files)
      if (!seen.insert(pet::checksum(file).sha256).second)
        throw pet::bad_input(file, "the same bytes as in another test-retest table", "the table of another scan");
  std::vector<pet::ParameterTable> tests;
  std::vector<pet::ParameterTable> retests;
  for (const std::string& file : options.tests) tests.push_back(pet::read_parameter_table(file));
  for (const std::string& file : options.retests) retests.push_back(pet::read_parameter_table(file));
  if (!tests.empty()) pet::require_same_method(baseline, tests.front());
  request.covariance = pet::test_retest_covariance(tests, retests, pet::compared_measure(request));
}

std::vector<std::string> inputs_of(const Options& options, const std::pair<std::string, std::string>& scans) {
  std::vector<std::string> tables = {scans.first, scans.second};
  tables.insert(tables.end(), options.tests.begin(), options.tests.end());
  tables.insert(tables.end(), options.retests.begin(), options.retests.end());
  std::vector<std::string> inputs = pet::with_sidecars(tables);
  if (options.covariance) inputs.push_back(*options.covariance);
  return inputs;
}

nlohmann::ordered_json number_or_text(double value) {
  if (std::isfinite(value)) return value;
  return pet::format_number(value);
}

nlohmann::ordered_json common_members(const Options& options) {
  nlohmann::ordered_json members;
  members["Method"] = options.method;
  members["ConfidenceLevel"] = options.level;
  if (options.tracer) members["TracerName"] = *options.tracer;
  if (options.drug_name) members["Drug"] = *options.drug_name;
  if (options.dose) members["Dose"] = *options.dose;
  if (options.plasma_level) members["PlasmaLevel"] = *options.plasma_level;
  return members;
}

// What the standard errors of two scans contain.
std::string sources_of_error(const pet::ParameterTable& first, const pet::ParameterTable& second) {
  const auto said = [](const pet::ParameterTable& table) {
    return table.sources_of_error.empty() ? "not said" : table.sources_of_error;
  };
  if (first.sources_of_error == second.sources_of_error) return first.sources_of_error;
  return "first scan: " + said(first) + "; second scan: " + said(second);
}

// What the sidecar says beside the table: method, level, VND with its interval.
std::string sidecar_members(const pet::OccupancyResult& result,
                            const pet::OccupancyRequest& request,
                            const std::string& standard_errors,
                            const Options& options) {
  nlohmann::ordered_json members = common_members(options);
  if (!standard_errors.empty()) members["StandardErrors"] = standard_errors;
  if (request.method == pet::OccupancyMethod::bpnd || request.method == pet::OccupancyMethod::change)
    members["Interval"] = "Fieller";
  if (!request.has_baseline) members["Occupancy"] = "of the receptors that the first drug scan left free";
  if (request.covariance) {
    members["Errors"] = options.covariance ? "covariance of the regions" : "covariance of test-retest scans";
    if (!options.covariance) members["CovarianceShrinkage"] = request.covariance->shrinkage;
  }
  if (options.vnd) members["VNDSource"] = *options.vnd;
  if (result.VND_baseline) members["VNDBaseline"] = *result.VND_baseline;
  if (result.VND_drug) members["VNDDrug"] = *result.VND_drug;
  if (result.VND_baseline) members["VNDUnits"] = "mL/cm3";
  if (!result.plot) return members.dump();
  const pet::LassenPlot& plot = *result.plot;
  members["Regression"] = options.regression.value_or("ordinary");
  members["VND"] = number_or_text(plot.VND);
  members["VNDUnits"] = "mL/cm3";
  members["VNDStandardError"] = number_or_text(plot.VND_se);
  members["VNDInterval"] = {number_or_text(plot.VND_interval.lower), number_or_text(plot.VND_interval.upper)};
  members["R2"] = number_or_text(plot.r2);
  members["VNDIdentified"] = plot.is_VND_identified;
  members["Regions"] = result.plotted;
  members["PlotStatus"] = pet::name_of(plot.status);
  members["PlotFlags"] = plot.flags;
  return members.dump();
}

// The table, what its sidecar says, and the files that it comes from.
struct Answer {
  pet::OccupancyTable table;
  std::string members;
  std::vector<std::string> inputs;
  std::vector<std::string> warnings;
  std::size_t failed = 0;
};

bool has_plasma_options(const Options& options) {
  return options.vB || options.delay || options.plasma_error;
}

Answer from_parameters(const Options& options) {
  if (options.reference || options.weights || options.half_life_s)
    throw pet::UsageError("--reference, --weights and --half-life go with --method joint");
  if (options.baseline_input || options.drug_input || has_plasma_options(options))
    throw pet::UsageError("--baseline-input, --drug-input, --vb, --delay and --plasma-error go with --method joint");
  pet::OccupancyRequest request = request_of(options);
  const auto scans = scans_of(options);
  const pet::ParameterTable baseline = pet::read_parameter_table(scans.first);
  const pet::ParameterTable drug = pet::read_parameter_table(scans.second);
  pet::require_endpoint(options.tracer, baseline.tracer_name, options.drug_name.value_or(""), request.method);
  add_covariance(request, baseline, options);
  const pet::OccupancyResult result = pet::occupancy_of_scans(baseline, drug, request);
  return {result.table, sidecar_members(result, request, sources_of_error(baseline, drug), options),
          inputs_of(options, scans), result.warnings, result.failed};
}

// Two TAC tables that are compared by a joint fit.
struct CurveTables {
  std::pair<std::string, std::string> files;
  pet::TacTable baseline;
  pet::TacTable drug;
};

CurveTables curve_tables(const Options& options) {
  if (options.regression || options.measure || options.vnd || options.covariance || !options.tests.empty() ||
      !options.retests.empty())
    throw pet::UsageError("--method joint takes curves: no --regression, --measure, --vnd, --covariance, --test");
  if (!options.baseline) throw pet::UsageError("--method joint needs --baseline");
  const auto files = scans_of(options);
  CurveTables tables{files, pet::read_tac_table(files.first), pet::read_tac_table(files.second)};
  if (options.half_life_s)
    tables.baseline.tracer.half_life_min = tables.drug.tracer.half_life_min = *options.half_life_s / 60.0;
  pet::require_endpoint(options.tracer, tables.baseline.tracer.name, options.drug_name.value_or(""),
                        pet::OccupancyMethod::bpnd);
  return tables;
}

// What the sidecars of both kinds of joint fit say.
template <typename Result>
nlohmann::ordered_json joint_members(const Options& options, const char* model, const Result& result) {
  nlohmann::ordered_json members = common_members(options);
  members["ModelName"] = model;
  members["Regions"] = result.regions;
  members["WeightsBaseline"] = pet::name_of(result.weights_baseline);
  members["WeightsDrug"] = pet::name_of(result.weights_drug);
  members["OccupancyInterval"] = {number_or_text(result.joint.interval.lower),
                                  number_or_text(result.joint.interval.upper)};
  members["DegreesOfFreedom"] = result.joint.degrees_of_freedom;
  return members;
}

Answer from_reference(const Options& options, const pet::Common& common) {
  if (has_plasma_options(options))
    throw pet::UsageError("--vb, --delay and --plasma-error go with --baseline-input and --drug-input");
  const CurveTables tables = curve_tables(options);
  pet::JointRequest request{
      .reference = *options.reference, .regions = options.regions, .level = options.level, .threads = common.threads};
  if (options.weights) request.weights = pet::weight_scheme(*options.weights);
  const pet::JointResult result = pet::joint_occupancy(tables.baseline, tables.drug, request);
  nlohmann::ordered_json members = joint_members(options, "SRTM", result);
  members["ReferenceRegion"] = *options.reference;
  members["ReferenceNoiseShareOfVariance"] = number_or_text(result.joint.reference_share);
  return {result.table, members.dump(), pet::with_sidecars({tables.files.first, tables.files.second}), result.warnings,
          result.failed};
}

Answer from_plasma(const Options& options, const pet::Common& common) {
  const CurveTables tables = curve_tables(options);
  const std::pair inputs{*options.baseline_input, *options.drug_input};
  if (pet::checksum(inputs.first).sha256 == pet::checksum(inputs.second).sha256)
    throw pet::bad_input(inputs.second, "the same bytes as in " + inputs.first, "the plasma of another scan");
  const pet::InputFunction baseline = pet::read_input_function(inputs.first);
  const pet::InputFunction drug = pet::read_input_function(inputs.second);
  pet::JointPlasmaRequest request{.baseline = baseline, .drug = drug, .regions = options.regions};
  request.level = options.level;
  request.threads = common.threads;
  request.plasma_error = options.plasma_error.value_or(0.0);
  if (options.weights) request.weights = pet::weight_scheme(*options.weights);
  if (options.vB == "fit")
    request.vB.is_fitted = true;
  else if (options.vB)
    request.vB.value = pet::number_argument("--vb", *options.vB);
  if (options.delay == "scan")
    request.delay_min.is_fitted = true;
  else if (options.delay)
    request.delay_min.value = pet::number_argument("--delay", *options.delay) / 60.0;
  const pet::JointPlasmaResult result = pet::joint_occupancy(tables.baseline, tables.drug, request);
  nlohmann::ordered_json members = joint_members(options, "2TCM", result);
  members["VND"] = number_or_text(result.joint.VND);
  members["VNDUnits"] = "mL/cm3";
  members["VNDStandardError"] = number_or_text(result.joint.VND_se);
  members["VNDInterval"] = {number_or_text(result.joint.VND_interval.lower),
                            number_or_text(result.joint.VND_interval.upper)};
  members["PlasmaError"] = request.plasma_error;
  members["DelayBaseline"] = 60.0 * result.delay_baseline_min;
  members["DelayDrug"] = 60.0 * result.delay_drug_min;
  members["DelayUnits"] = "s";
  return {result.table, members.dump(),
          pet::with_sidecars({tables.files.first, tables.files.second, inputs.first, inputs.second}), result.warnings,
          result.failed};
}

Answer from_curves(const Options& options, const pet::Common& common) {
  const bool has_input = options.baseline_input || options.drug_input;
  if (options.reference && has_input)
    throw pet::UsageError("--method joint takes --reference or the input functions of both scans, not both");
  if (options.reference) return from_reference(options, common);
  if (!has_input)
    throw pet::UsageError("--method joint needs --reference REGION, or --baseline-input and --drug-input");
  if (!options.baseline_input || !options.drug_input)
    throw pet::UsageError("--baseline-input and --drug-input go together: both scans have their own plasma");
  return from_plasma(options, common);
}

// The parameter tables of a list; files are relative to it.
std::vector<pet::ParameterTable> tables_of(const pet::ScanList& list,
                                           const std::string& list_file,
                                           std::vector<std::string>& files) {
  std::vector<pet::ParameterTable> tables;
  std::set<std::string> seen;
  for (const pet::ListedScan& scan : list.scans) {
    files.push_back((std::filesystem::path(list_file).parent_path() / scan.parameters).string());
    if (!seen.insert(pet::checksum(files.back()).sha256).second)
      throw pet::bad_input(files.back(), "the same bytes as in another scan of " + list_file,
                           "the table of another scan");
    tables.push_back(pet::read_parameter_table(files.back()));
  }
  return tables;
}

nlohmann::ordered_json number_or_null(double value) {
  if (std::isfinite(value)) return value;
  return nullptr;
}

Answer from_list(const Options& options) {
  if (!options.scans) throw pet::UsageError("--method reml needs --scans FILE, the list of all scans");
  if (options.baseline || !options.drugs.empty() || options.regression || options.vnd || options.covariance ||
      !options.tests.empty() || !options.retests.empty() || options.reference || options.weights ||
      options.half_life_s || options.baseline_input || options.drug_input || has_plasma_options(options))
    throw pet::UsageError("--method reml takes --scans, --measure, --regions and --level, and no other data");
  const pet::ScanList list = pet::scan_list(pet::Tsv::read(*options.scans));
  std::vector<std::string> files;
  const std::vector<pet::ParameterTable> tables = tables_of(list, *options.scans, files);
  pet::require_endpoint(options.tracer, tables.front().tracer_name, options.drug_name.value_or(""),
                        pet::OccupancyMethod::bpnd);
  const pet::MultiScanResult result = pet::occupancy_of_list(
      list, tables, {.measure = options.measure.value_or("BPND"), .regions = options.regions, .level = options.level});
  nlohmann::ordered_json members = common_members(options);
  members["Regions"] = result.regions;
  members["Observations"] = result.fit.observations;
  members["StandardDeviationBetweenSubjects"] = result.fit.between_subjects;
  members["StandardDeviationBetweenRegions"] = result.fit.between_regions;
  members["StandardDeviationOfScan"] = result.fit.of_scan;
  members["StandardDeviationOfRegion"] = result.fit.of_region;
  members["RestrictedDeviance"] = number_or_null(result.fit.restricted_deviance);
  members["Flags"] = result.fit.flags;
  std::vector<std::string> inputs = pet::with_sidecars(files);
  inputs.insert(inputs.begin(), *options.scans);
  return {result.table, members.dump(), inputs, result.warnings,
          result.fit.status == pet::FitStatus::failed ? std::size_t{1} : std::size_t{0}};
}

int run(const Options& options, const pet::Common& common) {
  pet::OutputFiles files(common.force);
  const std::filesystem::path sidecar = pet::sidecar_of(common.output);
  if (!common.output.empty()) {
    files.declare(common.output);
    files.declare(sidecar);
  }
  const Answer answer = options.method == "joint"  ? from_curves(options, common)
                        : options.method == "reml" ? from_list(options)
                                                   : from_parameters(options);
  for (const std::string& message : answer.warnings) pet::warn(common, message);

  const std::string text = pet::occupancy_table_text(answer.table);
  if (common.output.empty()) {
    std::cout << text << std::flush;
  } else {
    files.write(common.output, text);
    files.write(sidecar,
                pet::occupancy_sidecar_text(answer.table, answer.members, pet::provenance_of(common, answer.inputs)));
    files.commit();
  }
  return answer.failed > 0 ? pet::some_failed : pet::success;
}

void declare(pet::Tool& tool, Options& options) {
  tool.description(
          "Compares the parameter tables of two scans of one subject. Method bpnd: 1 - BPND_drug / BPND_baseline in "
          "every region, with Fieller intervals. With --vnd it takes VT instead and sets BPND = VT / VND - 1. Method "
          "lassen: one occupancy and VND for all regions from VT; plots that do not identify them are flagged and have "
          "status unidentifiable. Two drug scans without a baseline give the occupancy of the receptors that the first "
          "one left free. Test-retest scans, or a covariance of the regions, say how large the errors are. Method "
          "joint "
          "takes the time-activity curves of both scans in place of parameters and fits all regions at once, by SRTM "
          "with --reference, by 2TCM with one VND with the plasma of both scans, with one occupancy as a parameter; "
          "then "
          "each region by itself. Method reml takes any number of scans of several subjects at once and gives every "
          "drug "
          "scan an occupancy, with baselines that may be missing, and less the bias that placebo scans show. Method "
          "change reports by which fraction a "
          "measure changed, beside the minimal detectable change of the test-retest scans: for tracers whose "
          "description allows no occupancy (SV2A, 5-HT1B), which the other methods refuse.")
      .example("pet-occupancy --baseline base_kinpar.tsv --drug drug_kinpar.tsv -o occupancy.tsv",
               "regional occupancy from BPND")
      .example("pet-occupancy --baseline base_kinpar.tsv --drug drug_kinpar.tsv --method lassen",
               "occupancy and VND from VT")
      .example(
          "pet-occupancy --baseline base_kinpar.tsv --drug drug_kinpar.tsv --method lassen --regression likelihood "
          "--covariance vt_covariance.tsv",
          "the same by maximum likelihood, with errors that are correlated between regions")
      .example("pet-occupancy --method joint --baseline base_tacs.tsv --drug drug_tacs.tsv --reference cerebellum",
               "one occupancy from the curves of both scans")
      .example(
          "pet-occupancy --method joint --baseline base_tacs.tsv --drug drug_tacs.tsv --baseline-input "
          "base_inputfunction.tsv --drug-input drug_inputfunction.tsv --plasma-error 0.05",
          "the same by two tissue compartments with plasma, which may be wrong by 5 % in each scan")
      .example("pet-occupancy --method reml --scans scans.tsv -o occupancy.tsv",
               "all scans of a study at once, by restricted maximum likelihood")
      .example(
          "pet-occupancy --method change --measure VT --baseline base_kinpar.tsv --drug after_kinpar.tsv "
          "--test t1.tsv --test t2.tsv --test t3.tsv --retest r1.tsv --retest r2.tsv --retest r3.tsv",
          "change of VT, and how small a change could be told")
      .option("baseline", options.baseline, "FILE", "parameter table (joint: TAC table) of the scan without the drug")
      .option("drug", options.drugs, "FILE", "that of the scan with the drug; two without --baseline")
      .option("scans", options.scans, "FILE",
              "reml: all scans, columns scan, subject, condition (baseline, placebo, drug), parameters (a file)")
      .option("method", options.method, "METHOD", "how occupancy is found")
      .choices("method", {"bpnd", "lassen", "joint", "reml", "change"})
      .option("regression", options.regression, "KIND", "of the Lassen plot; default: ordinary")
      .choices("regression", {"ordinary", "orthogonal", "deming", "likelihood"})
      .option("measure", options.measure, "PARAMETER", "column to compare; default: BPND, or VT for lassen and --vnd")
      .option("vnd", options.vnd, "VALUE|region:NAME",
              "non-displaceable volume in mL/cm3, or (bpnd) the region whose VT it is in each scan")
      .option("regions", options.regions, "REGION,...", "regions to use; default: all that both tables have")
      .option("covariance", options.covariance, "FILE",
              "covariance of the errors of one scan between regions: column name, then one a region")
      .option("test", options.tests, "FILE", "parameter table of a test scan, one a subject, to find that covariance")
      .option("retest", options.retests, "FILE", "its retest scan, in the same order")
      .option("tracer", options.tracer, "NAME", "tracer (name, label or alias); default: that of the sidecars")
      .option("reference", options.reference, "REGION", "joint: region without the target receptor")
      .option("weights", options.weights, "SCHEME",
              "joint: frame weights; default: decay, or duration where the half-life is unknown")
      .choices("weights", {"uniform", "duration", "decay", "counts"})
      .option("half-life", options.half_life_s, "SECONDS", "joint: half-life of the tracer, in place of the sidecar's")
      .option("baseline-input", options.baseline_input, "FILE", "joint: input function of the scan without the drug")
      .option("drug-input", options.drug_input, "FILE", "joint: that of the scan with the drug")
      .option("vb", options.vB, "VALUE|fit",
              "joint: fraction of blood; default: fit, or 0 where there is no whole blood")
      .option("delay", options.delay, "SECONDS|scan",
              "joint: delay of the tissue after the blood; scan: estimated once for each scan; default: 0")
      .option("plasma-error", options.plasma_error, "FRACTION",
              "joint: standard deviation of an error that all plasma of a scan shares; default: 0")
      .option("level", options.level, "FRACTION", "confidence level of the intervals")
      .option("drug-name", options.drug_name, "TEXT", "name of the drug, for the sidecar")
      .option("dose", options.dose, "TEXT", "dose of the drug with its unit, for the sidecar (\"25 mg\")")
      .option("plasma-level", options.plasma_level, "TEXT",
              "concentration of the drug in plasma with its unit, for the sidecar (\"17 ug/L\")")
      .citation("Lassen NA et al. J Cereb Blood Flow Metab 1995;15:152-165")
      .citation("Cunningham VJ et al. J Cereb Blood Flow Metab 2010;30:46-50")
      .citation("Fieller EC. J R Stat Soc B 1954;16:175-185")
      .citation("Schain M et al. NeuroImage 2018. doi:10.1016/j.neuroimage.2018.05.017")
      .citation("Lammertsma AA, Hume SP. NeuroImage 1996;4:153-158")
      .citation("Patterson HD, Thompson R. Biometrika 1971;58:545-554")
      .citation("Ledoit O, Wolf M. J Portfolio Management 2004;30:110-119");
}

}  // namespace

pet::Command pet::pet_occupancy_command() {
  const auto options = std::make_shared<Options>();
  Command command{Tool("pet-occupancy", "receptor occupancy from the parameters of a baseline and a drug scan"),
                  [options](const Common& common) { return run(*options, common); }};
  declare(command.tool, *options);
  return command;
}
