// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "kinetic_models/occupancy/curve_table.h"
#include "libpet/error.h"
#include "libpet/io/sidecar.h"
#include "tools/arguments.h"
#include "tools/commands.h"

namespace {

struct Options {
  std::string observations;
  std::vector<std::string> models;
  std::string x;
  std::string y = "occupancy";
  std::optional<std::string> se;
  std::optional<std::string> subject;
  std::optional<std::string> session;
  std::optional<std::string> region_column;
  std::string endpoint = "occupancy";
  std::optional<std::string> x_unit;
  std::optional<std::string> y_unit;
  std::optional<double> omax;
  std::optional<double> hill;
  std::optional<double> selectivity;
  std::string e0 = "0";
  std::vector<std::string> random;
  std::vector<std::string> targets;
  std::string interval = "profile";
  double level = 0.95;
  std::optional<std::string> predict;
  std::vector<std::string> at;
  std::optional<std::string> compare;
  std::optional<std::string> plasma;
  std::string plasma_time = "time";
  std::string plasma_level = "concentration";
};

std::vector<double> numbers(const std::string& option, const std::vector<std::string>& texts) {
  std::vector<double> values;
  for (const std::string& text : texts) values.push_back(pet::number_argument(option, text));
  return values;
}

// A unit that both the command line and the sidecar state must be the same.
std::string unit_of(const std::string& file,
                    const std::string& column,
                    const char* option,
                    const std::optional<std::string>& given) {
  const std::string stated = pet::units_of_column(file, column);
  if (given && !stated.empty() && stated != *given)
    throw pet::bad_input(std::string(file).append(" column '").append(column).append("'"),
                         "unit " + stated + " in its sidecar", *given + ", as " + option + " says");
  return given.value_or(stated);
}

pet::CurveOptions curve_options(const Options& options, double full) {
  pet::CurveOptions curve;
  curve.endpoint = options.endpoint == "binding" ? pet::CurveEndpoint::binding : pet::CurveEndpoint::occupancy;
  curve.Omax = options.omax;
  curve.hill = options.hill;
  curve.full = full;
  if (options.e0 == "fit")
    curve.E0 = {.value = std::nullopt, .is_fitted = true};
  else
    curve.E0.value = pet::number_argument("--e0", options.e0);
  curve.interval = options.interval == "se"           ? pet::CurveInterval::standard_error
                   : options.interval == "likelihood" ? pet::CurveInterval::likelihood
                                                      : pet::CurveInterval::student;
  curve.level = options.level;
  curve.targets = numbers("--target", options.targets);
  return curve;
}

nlohmann::ordered_json first_members(std::string_view model, const Options& options) {
  return {{"Model", model}, {"Endpoint", options.endpoint}, {"X", options.x}, {"Y", options.y}};
}

// null where there is none.
nlohmann::ordered_json number(double value) {
  if (std::isfinite(value)) return value;
  return nullptr;
}

std::string weights_of(const Options& options) {
  return options.se ? "1 / " + *options.se + "^2" : "equal";
}

std::string sidecar_members(const std::vector<pet::CurveFit>& fits, std::size_t chosen, const Options& options) {
  const pet::CurveFit& fit = fits[chosen];
  nlohmann::ordered_json members = first_members(pet::name_of(fit.shape), options);
  members["Weights"] = weights_of(options);
  if (options.selectivity) members["Selectivity"] = *options.selectivity;
  members["Observations"] = fit.observations;
  members["FittedParameters"] = fit.parameters;
  members["Interval"] = options.interval;
  members["ConfidenceLevel"] = options.level;
  members["Status"] = pet::name_of(fit.status);
  members["Flags"] = fit.flags;
  members["RSS"] = number(fit.rss);
  members["ResidualStandardDeviation"] = number(fit.sigma);
  members["CorrelationOfOmaxAndEC50"] = number(fit.correlation);
  for (const pet::CurveFit& other : fits)
    members["Criteria"][std::string(pet::name_of(other.shape))] = {
        {"AIC", number(other.aic)}, {"AICc", number(other.aicc)}, {"BIC", number(other.bic)}};
  return members.dump();
}

// The outputs beside the table itself.
struct Extras {
  std::string prediction;
  std::string comparison;
};

void write(const Options& options,
           const pet::Common& common,
           pet::OutputFiles& files,
           const std::string& table,
           const std::string& members,
           const Extras& extras) {
  if (options.predict) files.write(*options.predict, extras.prediction);
  if (options.compare) files.write(*options.compare, extras.comparison);
  if (!common.output.empty()) {
    files.write(common.output, table);
    std::vector<std::string> inputs = pet::with_own_sidecar(options.observations);
    if (options.plasma)
      for (const std::string& input : pet::with_own_sidecar(*options.plasma)) inputs.push_back(input);
    const pet::Provenance provenance = pet::provenance_of(common, inputs);
    files.write(pet::sidecar_of(common.output), pet::sidecar_text(members, provenance));
  }
  files.commit();
  if (common.output.empty()) std::cout << table << std::flush;
}

// The curve of subjects who differ: one model, with its own table and sidecar.
int run_pooled(const Options& options,
               const pet::Common& common,
               pet::OutputFiles& files,
               const std::vector<pet::CurveObservation>& observations,
               const pet::CurveOptions& curve,
               const pet::CurveUnits& units) {
  if (options.models.size() > 1 || options.predict || options.compare || !options.targets.empty())
    throw pet::UsageError("--random takes one --model, and no --predict, --compare or --target");
  if (!options.subject) throw pet::UsageError("--random needs --subject COLUMN");
  if (options.e0 != "0" || options.interval != "profile")
    throw pet::UsageError("--random takes no --e0, and intervals are profiles");
  const pet::PooledOptions pooled = pet::pooled_options(curve, options.random);
  const pet::PooledFit fit = pet::fit_pooled_curve(observations, pooled);
  nlohmann::ordered_json members = first_members(pet::name_of(curve.shape), options);
  members["Weights"] = weights_of(options);
  members["RandomEffects"] = options.random;
  members["Likelihood"] = "Laplace approximation with the Gauss-Newton Hessian (FOCE)";
  members["Observations"] = fit.observations;
  members["Subjects"] = fit.subjects.size();
  members["FittedParameters"] = fit.parameters;
  members["Deviance"] = fit.deviance;
  members["ConfidenceLevel"] = options.level;
  members["Status"] = pet::name_of(fit.status);
  members["Flags"] = fit.flags;
  write(options, common, files, pet::curve_table_text(pet::curve_rows(fit, pooled, units)), members.dump(), {});
  return fit.status == pet::FitStatus::failed ? pet::some_failed : pet::success;
}

// One curve for all regions: one model, with its own table and sidecar.
int run_regional(const Options& options,
                 const pet::Common& common,
                 pet::OutputFiles& files,
                 const std::vector<pet::CurveObservation>& observations,
                 const pet::CurveOptions& curve,
                 const pet::CurveUnits& units) {
  if (options.models.size() > 1 || options.predict || options.compare || !options.targets.empty() ||
      !options.random.empty())
    throw pet::UsageError("--region-column takes one --model, and no --random, --predict, --compare or --target");
  const pet::RegionalCurveFit fit = pet::fit_regional_curve(observations, curve);
  nlohmann::ordered_json members = first_members(pet::name_of(fit.shape), options);
  members["Weights"] = weights_of(options);
  members["Likelihood"] = "Restricted maximum likelihood of the linearised curves";
  members["Observations"] = fit.observations;
  members["Scans"] = fit.scans;
  members["Regions"] = fit.regions;
  members["FittedParameters"] = fit.parameters;
  members["DegreesOfFreedomOfEC50"] = number(fit.degrees_of_freedom);
  members["RestrictedDeviance"] = number(fit.restricted_deviance);
  members["OwnEC50OfEachRegion"] = {{"F", number(fit.heterogeneity_F)}, {"p", number(fit.heterogeneity_p)}};
  members["Interval"] = options.interval;
  members["ConfidenceLevel"] = options.level;
  members["Status"] = pet::name_of(fit.status);
  members["Flags"] = fit.flags;
  write(options, common, files, pet::curve_table_text(pet::curve_rows(fit, units)), members.dump(), {});
  const bool is_done = fit.status != pet::FitStatus::failed && fit.status != pet::FitStatus::not_converged;
  return is_done ? pet::success : pet::some_failed;
}

pet::TimeCourseOptions time_options(const Options& options) {
  if (!options.random.empty() || !options.targets.empty() || options.hill || options.selectivity || options.e0 != "0" ||
      options.region_column || options.session || options.interval != "profile")
    throw pet::UsageError(
        "--plasma takes no --random, --region-column, --session, --target, --hill, --selectivity, --e0, and intervals "
        "are profiles");
  if (options.y_unit.value_or("1") != "1") throw pet::UsageError("--plasma takes occupancies as fractions");
  const std::string unit = unit_of(options.observations, options.x, "--x-unit", options.x_unit);
  if (unit != "h" && unit != "hours")
    throw pet::UsageError("the unit of '" + options.x + "' is " + (unit.empty() ? "not known" : unit) +
                          ": times after the dose are in hours (--x-unit h states it)");
  pet::TimeCourseOptions time;
  time.endpoint = options.endpoint == "binding" ? pet::CurveEndpoint::binding : pet::CurveEndpoint::occupancy;
  time.Omax = options.omax;
  time.level = options.level;
  return time;
}

std::string time_members(const pet::TimeCourseFit& fit, const Options& options) {
  nlohmann::ordered_json members = first_members(pet::name_of(fit.model), options);
  members["Plasma"] = options.plasma_level + " over " + options.plasma_time;
  members["Weights"] = weights_of(options);
  members["Observations"] = fit.observations;
  members["FittedParameters"] = fit.parameters;
  members["Interval"] = options.interval;
  members["ConfidenceLevel"] = options.level;
  members["Status"] = pet::name_of(fit.status);
  members["Flags"] = fit.flags;
  return members.dump();
}

// Occupancy over hours after a dose, driven by the drug in plasma.
int run_time_course(const Options& options, const pet::Common& common, pet::OutputFiles& files) {
  pet::TimeCourseOptions time = time_options(options);
  std::vector<pet::TimeModel> models;
  for (const std::string& name : options.models) models.push_back(pet::time_model(name));
  if (models.empty()) models = {pet::TimeModel::direct, pet::TimeModel::effect, pet::TimeModel::binding};
  std::vector<std::string> warnings;
  const auto observations = pet::time_observations(
      pet::Tsv::read(options.observations),
      {options.x, options.y, options.se.value_or(""), options.subject.value_or("")}, time.endpoint, warnings);
  for (const std::string& warning : warnings) pet::warn(common, warning);
  const auto plasma = pet::drug_plasma(pet::Tsv::read(*options.plasma), options.plasma_time, options.plasma_level,
                                       options.subject.value_or(""));
  const std::string unit = pet::units_of_column(*options.plasma, options.plasma_level);
  if (unit.empty()) pet::warn(common, "the unit of '" + options.plasma_level + "' is not known to its sidecar");
  std::vector<pet::TimeCourseFit> fits;
  for (const pet::TimeModel model : models) {
    time.model = model;
    fits.push_back(pet::fit_time_course(observations, plasma, time));
  }
  const std::size_t chosen = pet::best_curve(fits);
  time.model = models[chosen];
  Extras extras;
  if (options.predict) {
    if (plasma.size() > 1) throw pet::UsageError("--predict needs one plasma curve for all subjects");
    const std::vector<double> at = options.at.empty() ? plasma.front().time_h : numbers("--at", options.at);
    extras.prediction = pet::curve_prediction_text(
        pet::prediction_rows(pet::predict_time_course(observations, plasma, time, plasma.front(), at)));
  }
  if (options.compare) extras.comparison = pet::curve_comparison_text(pet::compare_curves(fits));
  write(options, common, files, pet::curve_table_text(pet::curve_rows(fits[chosen], {unit, "1"})),
        time_members(fits[chosen], options), extras);
  const bool is_done =
      fits[chosen].status != pet::FitStatus::failed && fits[chosen].status != pet::FitStatus::not_converged;
  return is_done ? pet::success : pet::some_failed;
}

int run(const Options& options, const pet::Common& common) {
  pet::OutputFiles files(common.force);
  if (!common.output.empty()) {
    files.declare(common.output);
    files.declare(pet::sidecar_of(common.output));
  }
  if (options.predict) files.declare(*options.predict);
  if (options.compare) files.declare(*options.compare);
  if (!options.at.empty() && !options.predict) throw pet::UsageError("--at goes with --predict");
  if (options.plasma) return run_time_course(options, common, files);
  if (options.region_column && !options.subject) throw pet::UsageError("--region-column needs --subject COLUMN");

  std::vector<pet::CurveShape> shapes;
  for (const std::string& name : options.models) shapes.push_back(pet::curve_shape(name));
  if (shapes.empty()) shapes.push_back(pet::CurveShape::emax);
  const bool is_binding = options.endpoint == "binding";
  const pet::CurveUnits units{unit_of(options.observations, options.x, "--x-unit", options.x_unit),
                              is_binding ? "1" : unit_of(options.observations, options.y, "--y-unit", options.y_unit)};
  const double full = pet::full_occupancy(units.y);
  pet::CurveOptions curve = curve_options(options, full);

  std::vector<std::string> warnings;
  const auto observations =
      pet::curve_observations(pet::Tsv::read(options.observations),
                              {options.x, options.y, options.se.value_or(""), options.subject.value_or(""),
                               options.session.value_or(""), options.region_column.value_or("")},
                              curve.endpoint, full, warnings);
  for (const std::string& warning : warnings) pet::warn(common, warning);
  if (units.x.empty()) pet::warn(common, "the unit of '" + options.x + "' is not known; --x-unit states it");

  const bool has_states = std::find(shapes.begin(), shapes.end(), pet::CurveShape::two_state) != shapes.end();
  if (options.selectivity && !has_states) throw pet::UsageError("--selectivity goes with --model two-state");

  const pet::CurveUnits written{units.x, full > 1.0 ? "percent" : "1"};
  if (options.region_column) {
    curve.shape = shapes.front();
    return run_regional(options, common, files, observations, curve, written);
  }
  if (!options.random.empty()) {
    curve.shape = shapes.front();
    return run_pooled(options, common, files, observations, curve, written);
  }
  std::vector<pet::CurveFit> fits;
  for (const pet::CurveShape shape : shapes) {
    curve.shape = shape;
    curve.selectivity = shape == pet::CurveShape::two_state ? options.selectivity : std::nullopt;
    fits.push_back(pet::fit_curve(observations, curve));
  }
  const std::size_t chosen = pet::best_curve(fits);
  curve.shape = shapes[chosen];
  curve.selectivity = curve.shape == pet::CurveShape::two_state ? options.selectivity : std::nullopt;
  Extras extras;
  if (options.predict) {
    const std::vector<double> x = options.at.empty() ? pet::drawing_grid(observations) : numbers("--at", options.at);
    extras.prediction = pet::curve_prediction_text(pet::prediction_rows(pet::predict_curve(observations, curve, x)));
  }
  if (options.compare) extras.comparison = pet::curve_comparison_text(pet::compare_curves(fits));
  write(options, common, files, pet::curve_table_text(pet::curve_rows(fits[chosen], written)),
        sidecar_members(fits, chosen, options), extras);
  const bool is_done =
      fits[chosen].status != pet::FitStatus::failed && fits[chosen].status != pet::FitStatus::not_converged;
  return is_done ? pet::success : pet::some_failed;
}

void declare(pet::Tool& tool, Options& options) {
  tool.description(
          "Fits O = E0 + Omax C^h / (EC50^h + C^h) to one row a scan: emax (h = 1) and hill, with Omax fitted, or "
          "emax-full and hill-full with full occupancy; two-site is a sum of two such curves (5-HT2A and 5-HT2C), and "
          "two-state that of a receptor with states of high and low affinity for an agonist drug. Of several models "
          "the one with the smallest AICc is reported. "
          "With --endpoint binding it fits BP0 (1 - O) with a baseline for each subject, whether that was scanned or "
          "not. With --region-column it takes one row a region of a scan, and fits one EC50 for all regions with an "
          "Omax of each, the regions of a scan erring alike. Intervals are profiles: an end is inf where the data set "
          "none, and --target says which concentration "
          "gives an occupancy, or that none does. With --plasma x is the time after the dose in hours, and the "
          "occupancy follows the drug in plasma: at once (direct), through an effect compartment (effect), or as it "
          "binds and leaves (binding); the one with the smallest AICc is reported.")
      .example("pet-curve scans.tsv --x psilocin --x-unit ug/L --se occupancy_se --target 0.6 -o sub_curve.tsv",
               "EC50, Omax, and the concentration that occupies 60 %")
      .example("pet-curve scans.tsv --x psilocin --model emax,hill,emax-full --compare models.tsv --predict band.tsv",
               "three models by AICc, and the curve with its band")
      .example("pet-curve scans.tsv --x psilocin --y BPND --endpoint binding --subject participant_id",
               "the same from the binding itself, which uses scans without a baseline")
      .example("pet-curve scans.tsv --x psilocin --y BPND --endpoint binding --subject participant_id --random EC50",
               "with an EC50 of each subject")
      .example("pet-curve regions.tsv --x psilocin --subject participant_id --region-column region",
               "one EC50 for all regions, an Omax of each")
      .example("pet-curve scans.tsv --x time --x-unit h --plasma plasma.tsv --predict band.tsv --compare models.tsv",
               "how occupancy follows plasma over hours, with prediction at the samples of plasma")
      .argument("observations", options.observations, "table with one row a scan, columns as named by the options")
      .required("x", options.x, "COLUMN", "dose or concentration (0 is placebo), or the time after the dose (--plasma)")
      .option("y", options.y, "COLUMN", "occupancy, or binding")
      .option("se", options.se, "COLUMN", "standard error of y; weights are 1 / se^2; default: equal weights")
      .option("subject", options.subject, "COLUMN", "who was scanned")
      .option("session", options.session, "COLUMN", "which scan of the subject; tells two at one x apart")
      .option("region-column", options.region_column, "COLUMN",
              "the region of every row: fit one EC50 for all regions and an Omax of each (needs --subject)")
      .option("model", options.models, "MODEL,...",
              "emax, emax-full, hill, hill-full, two-site, two-state; default: emax. With --plasma: direct, effect, "
              "binding; default: all")
      .option("endpoint", options.endpoint, "WHAT", "what y is")
      .choices("endpoint", {"occupancy", "binding"})
      .option("x-unit", options.x_unit, "UNIT", "unit of x, where the sidecar of the table does not say it")
      .option("y-unit", options.y_unit, "UNIT", "unit of the occupancy: 1 or percent; default: 1")
      .option("omax", options.omax, "VALUE", "hold Omax, in the unit of y")
      .option("hill", options.hill, "VALUE", "hold the Hill coefficient")
      .option("selectivity", options.selectivity, "RATIO",
              "two-state: how many times better the tracer binds to the state of high affinity; 1: an antagonist")
      .option("e0", options.e0, "VALUE|fit", "occupancy without drug, or fit it (a placebo arm)")
      .option("random", options.random, "PARAMETER,...",
              "EC50, Omax: what differs between subjects (log-normal, by FOCE); default: nothing")
      .option("plasma", options.plasma, "FILE",
              "drug in plasma over time, hours after the dose; of each subject where it has the column of --subject")
      .option("plasma-time", options.plasma_time, "COLUMN", "its time in hours")
      .option("plasma-concentration", options.plasma_level, "COLUMN", "its concentration; 0 before the first sample")
      .option("target", options.targets, "OCCUPANCY,...", "occupancies whose concentration is wanted, in the unit of y")
      .option("ci", options.interval, "KIND", "intervals")
      .choices("ci", {"profile", "likelihood", "se"})
      .option("level", options.level, "FRACTION", "confidence level of the intervals")
      .option("predict", options.predict, "FILE", "write the curve with its band: x y lower upper")
      .option("at", options.at, "X,...", "where; default: 0 and 60 points on a logarithmic axis")
      .option("compare", options.compare, "FILE", "write the criteria of all models")
      .citation("Holford NHG, Sheiner LB. Clin Pharmacokinet 1981;6:429-453")
      .citation("Seber GAF, Wild CJ. Nonlinear Regression. Wiley 1989, section 5.9")
      .citation("Lindstrom MJ, Bates DM. Biometrics 1990;46:673-687")
      .citation("Patterson HD, Thompson R. Biometrika 1971;58:545-554")
      .citation("Fai AH-T, Cornelius PL. J Stat Comput Simul 1996;54:363-378")
      .citation("Abanades S et al. J Cereb Blood Flow Metab 2011;31:944-952")
      .citation("Hurvich CM, Tsai CL. Biometrika 1989;76:297-307");
}

}  // namespace

pet::Command pet::pet_curve_command() {
  const auto options = std::make_shared<Options>();
  Command command{Tool("pet-curve", "fit occupancy against the dose or concentration of a drug"),
                  [options](const Common& common) { return run(*options, common); }};
  declare(command.tool, *options);
  return command;
}
