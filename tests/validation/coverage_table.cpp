// SPDX-License-Identifier: Apache-2.0
// Prints the tables of coverages of docs/validation.md: coverage_table [CURVES [BOOTSTRAP_SAMPLES [MODEL]]] (1000, 200,
// all models).
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "tests/validation/coverage_study.h"

namespace {

struct Kind {
  const char* name;
  pet::IntervalOptions options;
};

void print_coverages(const std::vector<coverage::Case>& cases, const std::vector<Kind>& kinds, int curves) {
  for (const coverage::Case& study : cases)
    for (const Kind& kind : kinds) {
      const coverage::Result result = coverage::run(study, kind.options, curves);
      std::printf("| `%s` %s | %s | %.1f %% | %d | %d | %+.2f %% | %.1f %% | %.2f |\n", study.model.c_str(),
                  study.quantity.c_str(), kind.name, 100.0 * result.share(), result.unbounded, result.missing,
                  100.0 * result.bias, 100.0 * result.width, result.error_over_scatter);
      std::fflush(stdout);
    }
}

void print_detections(const std::string& model, int scans) {
  for (const double occupancy : {0.0, 0.15, 0.3, 0.6}) {
    const coverage::Detections found = coverage::detect(model, occupancy, scans);
    std::printf("| `%s` | %.2f | %d of %d | %d | %d |\n", model.c_str(), occupancy, found.found, found.scans,
                found.with_interval, found.wrong);
    std::fflush(stdout);
  }
}

std::vector<coverage::Case> only(std::vector<coverage::Case> cases, const std::string& model) {
  if (!model.empty()) std::erase_if(cases, [&](const coverage::Case& study) { return study.model != model; });
  return cases;
}

}  // namespace

int main(int argc, char** argv) {
  const int curves = argc > 1 ? std::atoi(argv[1]) : 1000;
  const int samples = argc > 2 ? std::atoi(argv[2]) : 200;
  const std::string model = argc > 3 ? argv[3] : "";
  const std::vector<Kind> without_refits = {{"profile", {.kind = pet::IntervalKind::profile}},
                                            {"se", {.kind = pet::IntervalKind::standard_error}}};
  std::vector<Kind> all = without_refits;
  if (samples > 0) {
    all.push_back({"bootstrap, residual", {.kind = pet::IntervalKind::bootstrap, .samples = samples}});
    all.push_back({"bootstrap, wild",
                   {.kind = pet::IntervalKind::bootstrap, .resampling = pet::Resampling::wild, .samples = samples}});
  }
  std::printf(
      "| model, quantity | interval | holds the truth | without an end | none | bias | median width | error / scatter "
      "|\n"
      "|---|---|---|---|---|---|---|---|\n");
  print_coverages(only(coverage::cases(), model), all, curves);
  // A displacement is searched for too long to be fitted again so often.
  print_coverages(only(coverage::displacement_cases(), model), without_refits, curves);
  std::printf("\n| model | occupancy | found | with an interval | that misses the truth |\n|---|---|---|---|---|\n");
  for (const char* name : {"displacement", "lp-ntpet"})
    if (model.empty() || model == name) print_detections(name, curves / 5);
  return 0;
}
