// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdio>
#include <string>
#include <vector>

#include "tests/validation/occupancy_study.h"

// Rows of the tables of docs/validation.md.
namespace occupancy_study {

inline void print_header(const char* what) {
  std::printf(
      "\n| %s | bias | RMS error | 95 %% interval holds the truth | flagged | without an end | median width |\n", what);
  std::printf("|---|---|---|---|---|---|---|\n");
}

inline void print_row(const std::string& name, const std::vector<Answer>& answers, double truth) {
  const Summary s = summary(answers, truth);
  std::printf("| %s | %+.4f | %.4f | %.1f %% | %.1f %% | %.1f %% | %.3f |\n", name.c_str(), s.bias, s.rmse,
              100.0 * s.held, 100.0 * s.flagged, 100.0 * s.unbounded, s.width);
  std::fflush(stdout);
}

}  // namespace occupancy_study
