// SPDX-License-Identifier: Apache-2.0
#include "tools/pet_fit_options.h"

#include <algorithm>

#include "kinetic_models/registry.h"
#include "libpet/error.h"
#include "libpet/io/tsv.h"
#include "tools/arguments.h"

namespace pet {
namespace {

// "VALUE|fit": a parameter that is held or fitted.
Choice value_or_fit(const std::string& option, const std::string& text, const std::string& unit, double per_unit) {
  if (text == "fit") return {std::nullopt, true};
  const std::optional<double> value = parse_number(text);
  if (!value) throw UsageError(option + " '" + text + "': expected a number in " + unit + " or fit");
  return {*value / per_unit, false};
}

// "FILE:COLUMN": one inverse variance a frame.
std::vector<double> weights_of_file(const std::string& text, std::size_t frames) {
  const std::size_t colon = text.rfind(':');
  const Tsv table = Tsv::read(text.substr(0, colon));
  const std::size_t column = table.column(text.substr(colon + 1));
  if (table.rows() != frames)
    throw bad_input(table.source(), std::to_string(table.rows()) + " rows of weights",
                    std::to_string(frames) + ", one a frame");
  std::vector<double> weights;
  for (std::size_t r = 0; r < frames; ++r) {
    weights.push_back(table.required_number(r, column));
    if (!(weights.back() >= 0.0))
      throw bad_input(table.where(r, column), table.cell(r, column), "a weight of 0 or more");
  }
  if (std::all_of(weights.begin(), weights.end(), [](double w) { return w == 0.0; }))
    throw bad_input(table.source() + " column '" + table.header()[column] + "'", "no weight above zero", "some");
  return weights;
}

IntervalOptions interval_options(const PetFitOptions& options) {
  IntervalOptions intervals;
  intervals.kind = interval_kind(*options.interval);
  intervals.level = options.level;
  intervals.resampling = resampling(options.resampling);
  intervals.samples = options.bootstrap_samples;
  intervals.seed = static_cast<std::uint64_t>(options.seed);
  return intervals;
}

void declare_models(Tool& tool, PetFitOptions& options) {
  tool.argument("TACS", options.tacs,
                "table of time-activity curves (BIDS, PMOD .tac, Turku DFT), with its JSON sidecar if there is one")
      .required("model", options.models, "MODEL,...", "models to fit: " + model_names())
      .option("reference", options.reference, "REGION", "region without the target receptor (reference models)")
      .option("input", options.input, "FILE", "input function table with its sidecar (plasma models)")
      .option("regions", options.regions, "REGION,...", "regions to fit; default: all")
      .option(
          "weights", options.weights, "SCHEME|FILE:COLUMN",
          "frame weights: uniform, duration, decay, counts, or FILE:COLUMN of inverse variances, one a frame; default: "
          "decay if the half-life is known, else duration")
      .option("sampling", options.sampling, "KIND", "average: frames are averages; midframe: values at mid-frame")
      .option("k2prime", options.k2prime, "VALUE|region:NAME|shared",
              "efflux rate of the reference in 1/min, the region that gives it, or shared by all regions")
      .option(
          "t-star", options.t_star, "MIN|auto",
          "use frames whose mid time is at or after it, in minutes; auto: the earliest from which on the plots of all "
          "regions are straight")
      .option("t-star-error", options.t_star_error, "FRACTION",
              "with --t-star auto: the largest relative error of a point of a straight plot")
      .option("t-star-table", options.t_star_table, "FILE", "with --t-star auto: also write the results over t*")
      .option("t-end", options.t_end_min, "MIN", "use frames whose mid time is at or before it, in minutes")
      .option("half-life", options.half_life_s, "SECONDS", "half-life of the tracer, in place of the sidecar's");
}

void declare_blood(Tool& tool, PetFitOptions& options) {
  tool.option("vb", options.vB, "VALUE|fit",
              "fraction of blood in the regions; default: fit in compartment models where there is whole blood, else 0")
      .option("vb-reference", options.vB_reference, "VALUE|fit",
              "fraction of blood in the reference region (srtm-v); default: 0.05")
      .option(
          "delay", options.delay, "SECONDS|fit|scan",
          "how much later than it was sampled the tissue sees the blood; fit: region by region, scan: once from the "
          "early frames; default: 0")
      .option("vnd", options.VND, "VALUE", "non-displaceable volume of distribution in mL/cm3 (2tcm-vnd)")
      .option("fp", options.plasma_free_fraction, "FRACTION", "free fraction in plasma, for BPF")
      .option(
          "share", options.shared, "P,...",
          "parameters that all regions have in common, for example k2prime, VND, vB, delay; reference: with "
          "--reference-noise the true curve of the reference (regions must not overlap each other or the reference)");
}

void declare_fit(Tool& tool, PetFitOptions& options) {
  tool.option("bounds", options.bounds, "P=LOWER:START:UPPER,...",
              "bounds and start of a parameter of a nonlinear model, in the unit of its column (delay: minutes)")
      .option("starts", options.starts, "N", "starts of a nonlinear fit: its own, then N - 1 seeded random ones")
      .option("seed", options.seed, "N", "seed of the random starts and of the bootstrap")
      .option("ci", options.interval, "KIND",
              "add intervals to the table: se (Student's t x standard error), profile likelihood, or bootstrap")
      .choices("ci", {"se", "profile", "bootstrap"})
      .option("level", options.level, "FRACTION", "confidence level of the intervals")
      .option("bootstrap", options.bootstrap_samples, "N", "refits of the bootstrap")
      .option("resampling", options.resampling, "KIND",
              "residuals of the bootstrap: residual (drawn from all frames) or wild (each with a random sign)")
      .choices("resampling", {"residual", "wild"})
      .option("reference-noise", options.carries_reference_noise,
              "fit by the likelihood of target and reference, both noisy; with --ci bootstrap: resample both")
      .option("loss", options.loss, "KIND", "loss of a nonlinear fit")
      .choices("loss", {"none", "huber", "cauchy"})
      .option("fitted", options.fitted, "FILE",
              "also write the fitted curves as a table; PMOD where the name ends in .tac")
      .option("compare", options.compare, "FILE",
              "also write a table of AICc, Akaike weights and the average of the models, region by region");
}

void declare_report(Tool& tool, PetFitOptions& options) {
  tool.option("report-dicom", options.report, "FILE",
              "also write the parameters of all models as a DICOM measurement report; it holds the patient's name")
      .option("source", options.source, "DICOM_DIR", "with --report-dicom: the PET series that the curves come from")
      .option("series", options.series, "UID", "with --source: which PET series of the folder, if it holds several")
      .option("segmentation", options.segmentation, "FILE",
              "with --report-dicom: the DICOM Segmentation whose segments the regions are (pet-tac --seg-out)");
}

}  // namespace

void declare_pet_fit(Tool& tool, PetFitOptions& options) {
  tool.description(
          "Fits one or more kinetic models to every region of a table of time-activity curves and writes their "
          "parameters with percent standard errors, status and flags. Rate constants are in 1/min.")
      .example("pet-fit tacs.tsv --model srtm --reference cerebellum -o kinpar.tsv", "regional BPND without blood")
      .example("pet-fit tacs.tsv --model srtm2 --reference cerebellum --k2prime shared",
               "with one k2prime for the scan")
      .example("pet-fit tacs.tsv --model 2tcm --input inputfunction.tsv --delay scan --ci profile",
               "VT with a plasma input and profile intervals")
      .example("pet-fit tacs.tsv --model 1tcm,2tcm --input inputfunction.tsv --compare models.tsv -o kinpar.tsv",
               "which model the curves ask for");
  tool.example(
      "pet-fit tacs.tsv --model srtm --reference cerebellum --report-dicom report.dcm --source dicom/ --segmentation "
      "seg.dcm",
      "results for a DICOM viewer");
  declare_models(tool, options);
  declare_blood(tool, options);
  declare_fit(tool, options);
  declare_report(tool, options);
}

TableFitOptions table_fit_options(const PetFitOptions& options, const TacTable& table, unsigned threads) {
  TableFitOptions result;
  result.threads = threads;
  result.sampling = sampling(options.sampling);
  result.weights = default_weights(table);
  if (options.weights && options.weights->find(':') != std::string::npos)
    result.given_weights = weights_of_file(*options.weights, table.frames.size());
  else if (options.weights)
    result.weights = weight_scheme(*options.weights);
  if (options.t_star == "auto") {
    result.chooses_t_star = TStarOptions{.most_error = options.t_star_error};
  } else if (options.t_star) {
    result.fit.t_star_min = parse_number(*options.t_star);
    if (!result.fit.t_star_min) throw UsageError("--t-star '" + *options.t_star + "': expected minutes or auto");
  }
  if (options.t_star_table && !result.chooses_t_star) throw UsageError("--t-star-table goes with --t-star auto");
  result.fit.t_end_min = options.t_end_min;
  result.fit.starts = options.starts;
  result.fit.seed = static_cast<std::uint64_t>(options.seed);
  result.fit.loss = loss(options.loss);
  result.fit.plasma_free_fraction = options.plasma_free_fraction;
  if (options.plasma_free_fraction && !(*options.plasma_free_fraction > 0.0 && *options.plasma_free_fraction <= 1.0))
    throw UsageError("--fp " + format_number(*options.plasma_free_fraction) +
                     ": expected a fraction above 0, at most 1");
  for (const std::string& bounds : options.bounds) result.fit.bounds.push_back(parse_bounds(bounds));
  result.shared = options.shared;
  if (options.k2prime == "shared") {
    result.shared.emplace_back("k2prime");
  } else if (options.k2prime) {
    const ValueOrRegion k2prime = value_or_region("--k2prime", *options.k2prime, "1/min");
    result.fit.k2prime = k2prime.value;
    result.k2prime_region = k2prime.region;
  }
  if (options.vB) result.fit.vB = value_or_fit("--vb", *options.vB, "fractions", 1.0);
  if (options.vB_reference)
    result.fit.vB_reference = value_or_fit("--vb-reference", *options.vB_reference, "fractions", 1.0);
  result.scans_delay = options.delay == "scan";
  if (options.delay && !result.scans_delay)
    result.fit.delay_min = value_or_fit("--delay", *options.delay, "seconds", 60.0);
  if (options.VND) result.fit.VND.value = options.VND;
  if (options.bootstrap_samples < 100)
    throw UsageError("--bootstrap " + std::to_string(options.bootstrap_samples) + ": expected at least 100 refits");
  if (options.interval) result.intervals = interval_options(options);
  result.carries_reference_noise = options.carries_reference_noise;
  result.shares_reference = std::erase(result.shared, "reference") > 0;
  if (result.shares_reference && !result.carries_reference_noise)
    throw UsageError("--share reference goes with --reference-noise");
  if (result.shares_reference && !result.shared.empty())
    throw UsageError("--share reference goes with no other shared parameter");
  return result;
}

void require_report_options(const PetFitOptions& options) {
  if (options.report && !options.source)
    throw UsageError("--report-dicom needs --source, the DICOM series that the curves come from");
  if (options.report) return;
  if (options.source) throw UsageError("--source goes with --report-dicom");
  if (options.segmentation) throw UsageError("--segmentation goes with --report-dicom");
  if (!options.series.empty()) throw UsageError("--series goes with --report-dicom");
}

void require_taken(const std::vector<const Model*>& models, const TableFitOptions& options) {
  const auto require = [&](bool is_given, const char* option, auto takes) {
    if (is_given && std::none_of(models.begin(), models.end(), takes))
      throw UsageError("none of the models takes " + std::string(option));
  };
  const auto is_nonlinear = [](const Model* m) { return !m->parameters.empty(); };
  require(options.fit.k2prime || !options.k2prime_region.empty(), "--k2prime",
          [](const Model* m) { return m->k2prime != Use::no; });
  require(options.fit.t_star_min || options.chooses_t_star, "--t-star",
          [](const Model* m) { return m->t_star != Use::no; });
  require(options.fit.vB.is_given(), "--vb", [](const Model* m) { return m->vB != Use::no; });
  require(options.fit.delay_min.is_given() || options.scans_delay, "--delay",
          [](const Model* m) { return m->delay != Use::no; });
  require(options.fit.vB_reference.is_given(), "--vb-reference", [](const Model* m) { return m->needs_blood; });
  require(options.fit.VND.is_given(), "--vnd", [](const Model* m) { return m->VND != Use::no; });
  require(!options.fit.bounds.empty(), "--bounds", is_nonlinear);
  require(options.carries_reference_noise, "--reference-noise", [](const Model* m) { return !m->needs_plasma(); });
  require(!options.shared.empty(), "--share", is_nonlinear);
  require(options.shares_reference, "--share reference",
          [](const Model* m) { return !m->needs_plasma() && !m->parameters.empty(); });
}

}  // namespace pet
