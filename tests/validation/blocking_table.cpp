// SPDX-License-Identifier: Apache-2.0
// Prints the table of the blocking study of docs/validation.md: the four Lassen regressions of every subject, and the
// joint fit of the curves of both scans.
#include <cstdio>
#include <filesystem>

#include "kinetic_models/fit_table.h"
#include "kinetic_models/occupancy/joint_table.h"
#include "kinetic_models/occupancy/lassen_plot.h"
#include "kinetic_models/occupancy/test_retest.h"
#include "kinetic_models/registry.h"
#include "libpet/io/input_function_file.h"
#include "libpet/io/tac_table_file.h"

namespace {

using namespace pet;

struct Volumes {
  std::vector<double> VT;
  std::vector<double> se;
};

Volumes volumes(const std::string& prefix) {
  TableFitOptions options;
  options.weights = WeightScheme::uniform;
  options.sampling = Sampling::midframe;
  options.fit.t_star_min = 30.0;
  const TableFit fits = fit_regions(find_model("logan"), read_tac_table(prefix + "_tacs.tsv"),
                                    read_input_function(prefix + "_inputfunction.tsv"), {}, options);
  Volumes result;
  for (const Fit& fit : fits.fits) {
    result.VT.push_back(fit["VT"].value);
    result.se.push_back(fit["VT"].standard_error);
  }
  return result;
}

// No test-retest scans of this tracer are at hand: 5 % that all regions share and 3 % of each, which is an assumption.
RegionCovariance assumed_covariance(std::size_t regions) {
  RegionCovariance covariance;
  covariance.regions.resize(regions);
  covariance.is_relative = true;
  for (std::size_t a = 0; a < regions; ++a)
    for (std::size_t b = 0; b < regions; ++b) covariance.matrix.push_back(0.05 * 0.05 + (a == b ? 0.03 * 0.03 : 0.0));
  return covariance;
}

struct Row {
  double occupancy;
  Interval occupancy_interval;
  double VND;
  Interval VND_interval;
  FitStatus status;
  std::vector<std::string> flags;
};

void print(const char* subject, const char* name, const Row& row) {
  std::string flags;
  for (const std::string& flag : row.flags) flags += (flags.empty() ? "`" : ", `") + flag + "`";
  std::printf("| %s | %s | %.3f (%.2f to %.2f) | %.2f (%.2f to %.2f) | %s | %s |\n", subject, name, row.occupancy,
              row.occupancy_interval.lower, row.occupancy_interval.upper, row.VND, row.VND_interval.lower,
              row.VND_interval.upper, std::string(name_of(row.status)).c_str(), flags.c_str());
  std::fflush(stdout);
}

void print(const char* subject, const char* name, const LassenPlot& plot) {
  print(subject, name,
        Row{plot.occupancy, plot.occupancy_interval, plot.VND, plot.VND_interval, plot.status, plot.flags});
}

void print_joint(const char* subject, const std::string& prefix) {
  const TacTable baseline = read_tac_table(prefix + "baseline_tacs.tsv");
  const TacTable drug = read_tac_table(prefix + "blocked_tacs.tsv");
  const InputFunction before = read_input_function(prefix + "baseline_inputfunction.tsv");
  const InputFunction after = read_input_function(prefix + "blocked_inputfunction.tsv");
  for (const auto& [name, plasma_error] : {std::pair{"joint fit", 0.0}, {"joint fit, plasma error 5 %", 0.05}}) {
    JointPlasmaRequest request{.baseline = before, .drug = after};
    request.plasma_error = plasma_error;
    const JointPlasmaOccupancy joint = joint_occupancy(baseline, drug, request).joint;
    print(subject, name,
          Row{joint.occupancy, joint.interval, joint.VND, joint.VND_interval, joint.status, joint.flags});
  }
}

}  // namespace

int main() {
  const std::string folder = std::string(OCCUPET_REFERENCE_DIR) + "/ds004869_mc1";
  if (!std::filesystem::exists(folder)) {
    std::printf("no %s\n", folder.c_str());
    return 0;
  }
  std::printf(
      "| subject | regression | occupancy (95 %%) | VND (95 %%) | status | flags |\n|---|---|---|---|---|---|\n");
  for (const char* subject : {"01", "02", "03", "04", "05", "06"}) {
    const std::string prefix = folder + "/sub-" + subject + "_ses-";
    const Volumes baseline = volumes(prefix + "baseline");
    const Volumes blocked = volumes(prefix + "blocked");
    const auto plot = [&](LassenRegression regression, VolumeErrors errors) {
      return lassen_plot(baseline.VT, blocked.VT, {.regression = regression, .errors = std::move(errors)});
    };
    print(subject, "ordinary", plot(LassenRegression::ordinary, {}));
    print(subject, "orthogonal", plot(LassenRegression::orthogonal, {}));
    print(subject, "Deming", plot(LassenRegression::deming, independent_errors(baseline.se, blocked.se)));
    print(subject, "likelihood",
          plot(LassenRegression::likelihood,
               errors_in_proportion(assumed_covariance(baseline.VT.size()), baseline.VT, blocked.VT)));
    print_joint(subject, prefix);
  }
  return 0;
}
