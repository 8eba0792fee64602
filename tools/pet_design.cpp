// SPDX-License-Identifier: Apache-2.0
#include <iostream>

#include "kinetic_models/occupancy/design.h"
#include "libpet/error.h"
#include "libpet/io/sidecar.h"
#include "libpet/io/tsv.h"
#include "tools/arguments.h"
#include "tools/tool.h"

namespace {

struct Options {
  std::optional<double> change;
  std::optional<double> sd;
  std::vector<std::string> subjects;
  std::optional<double> power;
  double alpha = 0.05;
  std::optional<double> ec50;
  std::optional<double> largest;
  std::vector<std::string> made;
  std::optional<double> free_concentration;
  std::optional<double> kd;
};

int whole(const std::string& option, const std::string& text) {
  const double value = pet::number_argument(option, text);
  if (!(value >= 1.0 && value <= 1e6) || value != static_cast<int>(value))
    throw pet::UsageError(option + " '" + text + "': expected a whole number");
  return static_cast<int>(value);
}

// Both of two options, or neither.
bool both(const std::optional<double>& a, const std::optional<double>& b, const char* names) {
  if (a.has_value() != b.has_value()) throw pet::UsageError(std::string(names) + " go together");
  return a.has_value();
}

void add_power(const Options& options, pet::TsvWriter& table) {
  if (!both(options.change, options.sd, "--change and --sd")) {
    if (!options.subjects.empty() || options.power) throw pet::UsageError("a power needs --change and --sd");
    return;
  }
  if (options.subjects.empty() && !options.power) throw pet::UsageError("--change needs --subjects or --power");
  for (const std::string& text : options.subjects) {
    const int subjects = whole("--subjects", text);
    table.row({"power", std::to_string(subjects),
               pet::format_number(pet::paired_power(*options.change, *options.sd, subjects, options.alpha))});
  }
  if (options.power)
    table.row({"subjects", pet::format_number(*options.power),
               std::to_string(pet::subjects_needed(*options.change, *options.sd, *options.power, options.alpha))});
}

void add_concentrations(const Options& options, pet::TsvWriter& table) {
  if (!both(options.ec50, options.largest, "--ec50 and --largest")) {
    if (!options.made.empty()) throw pet::UsageError("--made needs --ec50 and --largest");
    return;
  }
  table.row(
      {"concentration", "lower", pet::format_number(pet::d_optimal_concentration(*options.ec50, *options.largest))});
  table.row({"concentration", "upper", pet::format_number(*options.largest)});
  if (options.made.empty()) return;
  std::vector<double> made;
  for (const std::string& text : options.made) made.push_back(pet::number_argument("--made", text));
  table.row(
      {"concentration", "next", pet::format_number(pet::next_concentration(made, *options.ec50, *options.largest))});
}

int run(const Options& options, const pet::Common& common) {
  pet::OutputFiles files(common.force);
  if (!common.output.empty()) {
    files.declare(common.output);
    files.declare(pet::sidecar_of(common.output));
  }
  pet::TsvWriter table({"quantity", "at", "value"});
  const std::string empty = table.text();
  add_power(options, table);
  add_concentrations(options, table);
  if (both(options.free_concentration, options.kd, "--free and --kd"))
    table.row({"occupancy", "tracer",
               pet::format_number(pet::mass_dose_occupancy(*options.free_concentration, *options.kd))});
  if (table.text() == empty)
    throw pet::UsageError("nothing to design; there are: --change with --sd, --ec50 with --largest, --free with --kd");
  if (common.output.empty()) {
    std::cout << table.text() << std::flush;
    return pet::success;
  }
  files.write(common.output, table.text());
  files.write(pet::sidecar_of(common.output), pet::sidecar_text("{}", pet::provenance_of({})));
  files.commit();
  return pet::success;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  return pet::Tool("pet-design", "plan an occupancy study: subjects, concentrations, mass of the tracer")
      .description(
          "Power of a paired comparison by the noncentral t distribution, and the number of subjects for a power; the "
          "two concentrations that determine EC50 and Omax best, and where one scan more helps most; the occupancy by "
          "the tracer's own mass.")
      .example("pet-design --change 0.14 --sd 0.13 --subjects 6,8,10 --power 0.9", "subjects for a change of 0.14")
      .example("pet-design --ec50 1.97 --largest 20 --made 15,17", "where to scan next")
      .option("change", options.change, "VALUE", "mean change that is to be found, in any unit")
      .option("sd", options.sd, "VALUE", "standard deviation of the change between subjects, in that unit")
      .option("subjects", options.subjects, "N,...", "numbers of subjects whose power is wanted")
      .option("power", options.power, "FRACTION", "power for which the number of subjects is wanted")
      .option("alpha", options.alpha, "FRACTION", "level of the two-sided test")
      .option("ec50", options.ec50, "VALUE", "expected EC50")
      .option("largest", options.largest, "VALUE", "largest concentration that can be given, in that unit")
      .option("made", options.made, "C,...", "concentrations of the scans made so far")
      .option("free", options.free_concentration, "VALUE", "free concentration of the tracer in tissue")
      .option("kd", options.kd, "VALUE", "its dissociation constant, in that unit")
      .citation("Johnson NL, Kotz S, Balakrishnan N. Continuous Univariate Distributions 2, 2nd ed. Wiley 1995, ch. 31")
      .main(argc, argv, [&](const pet::Common& common) { return run(options, common); });
}
