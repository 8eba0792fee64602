// SPDX-License-Identifier: Apache-2.0
#include <iostream>
#include <memory>

#include "kinetic_models/blood/blood_report.h"
#include "kinetic_models/blood/process_blood.h"
#include "libpet/error.h"
#include "libpet/io/blood_samples_file.h"
#include "libpet/io/input_function_file.h"
#include "libpet/io/sidecar.h"
#include "libpet/io/tsv.h"
#include "tools/arguments.h"
#include "tools/commands.h"

namespace {

constexpr double seconds_per_min = 60.0;

struct Options {
  std::vector<std::string> blood;
  pet::BloodOptions processing;
  pet::BloodUnits units;
  std::optional<std::string> dispersion;
  std::optional<double> autosampler_until;
  std::optional<double> until;
  double delay = 0.0;
  std::string after_last = "hold";
};

std::optional<double> positive_minutes(const std::string& option, std::optional<double> seconds) {
  if (!seconds) return {};
  if (!(*seconds > 0.0))
    throw pet::UsageError(option + " " + pet::format_number(*seconds) + ": expected more than 0 seconds");
  return *seconds / seconds_per_min;
}

std::optional<double> dispersion_of(const std::optional<std::string>& text) {
  if (!text) return {};
  if (*text == "none") return 0.0;
  const std::optional<double> seconds = pet::parse_number(*text);
  if (!seconds) throw pet::UsageError("--dispersion '" + *text + "': expected seconds or none");
  return positive_minutes("--dispersion", seconds);
}

pet::BloodOptions processing_of(const Options& options) {
  pet::BloodOptions processing = options.processing;
  processing.dispersion_min = dispersion_of(options.dispersion);
  processing.autosampler_end_min = positive_minutes("--autosampler-until", options.autosampler_until);
  processing.until_min = positive_minutes("--until", options.until);
  processing.delay_min = options.delay / seconds_per_min;
  processing.after_last = options.after_last == "hold" ? pet::AfterLast::hold : pet::AfterLast::exponential;
  return processing;
}

std::string joined(const std::vector<std::string>& paths) {
  std::string text;
  for (const std::string& path : paths) text += (text.empty() ? "" : ", ") + path;
  return text;
}

int run(const Options& options, const pet::Common& common) {
  const pet::BloodOptions processing = processing_of(options);
  pet::OutputFiles files(common.force);
  if (!common.output.empty()) {
    files.declare(common.output);
    files.declare(pet::sidecar_of(common.output));
  }
  const pet::BloodSamples samples = pet::read_blood_samples(options.blood, options.units);
  const pet::ProcessedBlood processed = pet::process_blood(samples, processing, joined(options.blood));
  for (const std::string& note : processed.notes) pet::say(common, note);
  pet::say(common, processed.after_last);
  const std::string table = pet::input_function_text(processed.input);
  if (common.output.empty()) {
    std::cout << table << std::flush;
    return pet::success;
  }
  const pet::Provenance provenance = pet::provenance_of(common, pet::with_sidecars(options.blood));
  files.write(common.output, table);
  files.write(
      pet::sidecar_of(common.output),
      pet::input_function_sidecar_text(processed.input, provenance, pet::blood_report_json(processed, processing)));
  files.commit();
  return pet::success;
}

std::vector<std::string> fraction_choices() {
  std::vector<std::string> choices = pet::parent_fraction_choices();
  choices.emplace_back("none");
  return choices;
}

void declare(pet::Tool& tool, Options& options) {
  tool.description(
          "Reads the raw blood of one scan, drawn by hand and by an autosampler, and writes whole blood, plasma, "
          "parent "
          "fraction and the metabolite-corrected plasma (AIF) in seconds after injection and Bq/mL. The sidecar says "
          "which models were used, with their parameters, what was corrected, and what was done before the first and "
          "after the last sample (docs/blood.md).")
      .example("pet-input sub-01_recording-manual_blood.tsv -o sub-01_inputfunction.tsv", "samples drawn by hand")
      .example(
          "pet-input sub-01_recording-autosampler_blood.tsv sub-01_recording-manual_blood.tsv --dispersion 2.6 "
          "-o sub-01_inputfunction.tsv",
          "with an autosampler")
      .citation("Tonietto M et al. J Cereb Blood Flow Metab 2016;36:326-339. doi:10.1177/0271678X15610585")
      .argument("BLOOD", options.blood, "BIDS _blood.tsv with its sidecar, or PMOD; all files of one scan")
      .option("parent-fraction", options.processing.parent_fraction, "MODEL",
              "of the parent fraction; auto: the fitted model with the least AICc; none: all plasma is parent")
      .choices("parent-fraction", fraction_choices())
      .option("fit-start", options.processing.is_start_fitted,
              "fit the parent fraction at injection; it is 1 otherwise")
      .option("ratio", options.processing.ratio, "MODEL", "of the plasma-to-blood ratio")
      .choices("ratio", pet::plasma_ratio_choices())
      .option("aif", options.processing.aif, "MODEL",
              "of parent in plasma: interpolation, three exponentials after the peak, or Feng's curve")
      .choices("aif", {"interpolation", "triexp", "feng"})
      .option("dispersion", options.dispersion, "SECONDS|none",
              "time constant of the autosampler's dispersion; default: DispersionConstant of its sidecar")
      .option("autosampler-until", options.autosampler_until, "SECONDS",
              "use the autosampler until then; default: its last sample")
      .option("delay", options.delay, "SECONDS", "the tissue sees the blood that much later than it was sampled")
      .option("until", options.until, "SECONDS", "last time of the output; default: the last plasma sample")
      .option("after-last", options.after_last, "RULE", "whole blood and plasma after their last samples")
      .choices("after-last", {"hold", "exponential"})
      .option("activity-unit", options.units.activity, "UNIT", "of files that do not state it: kBq/mL or Bq/mL")
      .option("time-unit", options.units.time, "UNIT", "of files that do not state it: s or min");
}

}  // namespace

pet::Command pet::pet_input_command() {
  const auto options = std::make_shared<Options>();
  Command command{Tool("pet-input", "the input function of a scan from its blood samples"),
                  [options](const Common& common) { return run(*options, common); }};
  declare(command.tool, *options);
  return command;
}
