// SPDX-License-Identifier: Apache-2.0
// Prints the table of coverages of docs/validation.md: coverage_table [CURVES [BOOTSTRAP_SAMPLES]] (1000, 200).
#include <cstdio>
#include <cstdlib>

#include "tests/validation/coverage_study.h"

int main(int argc, char** argv) {
  const int curves = argc > 1 ? std::atoi(argv[1]) : 1000;
  const int samples = argc > 2 ? std::atoi(argv[2]) : 200;
  std::printf("| model, quantity | interval | holds the truth | without an end | none | bias | median width |\n");
  std::printf("|---|---|---|---|---|---|---|\n");
  for (const coverage::Case& study : coverage::cases()) {
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
      if (samples == 0 && kind.options.kind == pet::IntervalKind::bootstrap) continue;
      const coverage::Result result = coverage::run(study, kind.options, curves);
      std::printf("| `%s` %s | %s | %.1f %% | %d | %d | %+.2f %% | %.1f %% |\n", study.model.c_str(),
                  study.quantity.c_str(), kind.name, 100.0 * result.share(), result.unbounded, result.missing,
                  100.0 * result.bias, 100.0 * result.width);
      std::fflush(stdout);
    }
  }
  return 0;
}
