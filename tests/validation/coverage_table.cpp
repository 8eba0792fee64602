// SPDX-License-Identifier: Apache-2.0
// Prints the table of coverages of docs/validation.md: coverage_table [CURVES [BOOTSTRAP_SAMPLES]] (1000, 200).
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "tests/validation/coverage_study.h"

int main(int argc, char** argv) {
  const int curves = argc > 1 ? std::atoi(argv[1]) : 1000;
  const int samples = argc > 2 ? std::atoi(argv[2]) : 200;
  std::printf("| model, quantity | interval | holds the truth | without an end | none | bias | median width |\n");
  std::printf("|---|---|---|---|---|---|---|\n");
  std::vector<coverage::Case> cases = coverage::cases();
  const std::size_t bootstrapped = cases.size();  // a displacement is searched for too long to be fitted again so often
  for (const coverage::Case& study : coverage::displacement_cases()) cases.push_back(study);
  for (std::size_t c = 0; c < cases.size(); ++c) {
    const coverage::Case& study = cases[c];
    struct Kind {
      const char* name;
      pet::IntervalOptions options;
    };
    const Kind kinds[] = {
        {"profile", {.kind = pet::IntervalKind::profile}},
        {"se", {.kind = pet::IntervalKind::standard_error}},
        {"bootstrap, residual", {.kind = pet::IntervalKind::bootstrap, .samples = samples}},
        {"bootstrap, wild",
         {.kind = pet::IntervalKind::bootstrap, .resampling = pet::Resampling::wild, .samples = samples}},
    };
    for (const Kind& kind : kinds) {
      const bool is_bootstrap = kind.options.kind == pet::IntervalKind::bootstrap;
      if (is_bootstrap && (samples == 0 || c >= bootstrapped)) continue;
      const coverage::Result result = coverage::run(study, kind.options, curves);
      std::printf("| `%s` %s | %s | %.1f %% | %d | %d | %+.2f %% | %.1f %% |\n", study.model.c_str(),
                  study.quantity.c_str(), kind.name, 100.0 * result.share(), result.unbounded, result.missing,
                  100.0 * result.bias, 100.0 * result.width);
      std::fflush(stdout);
    }
  }
  return 0;
}
