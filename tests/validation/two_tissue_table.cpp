// SPDX-License-Identifier: Apache-2.0
// Prints the table of noisy two-tissue curves of docs/validation.md.
#include <cmath>
#include <cstdio>

#include "tests/validation/two_tissue_study.h"

int main() {
  std::printf(
      "| noise in the last frame | median error of VT | flagged | errors above 50 %%, flagged | unflagged | holds the "
      "truth |\n");
  std::printf("|---|---|---|---|---|---|\n");
  for (const auto& [factor, noise] : {std::pair{1.0, "2-4 %"}, {2.5, "5-10 %"}}) {
    const auto curves = two_tissue_study::run(factor);
    int flagged = 0, large_flagged = 0, large = 0, held = 0;
    for (const auto& curve : curves) {
      const bool is_large = std::abs(curve.error()) > 0.5;
      flagged += curve.is_flagged() ? 1 : 0;
      (curve.is_flagged() ? large_flagged : large) += is_large ? 1 : 0;
      held += curve.lower <= curve.truth && curve.truth <= curve.upper ? 1 : 0;
    }
    std::printf("| %s | %.1f %% | %d of %zu | %d | %d | %.1f %% |\n", noise,
                100.0 * two_tissue_study::median_error(curves), flagged, curves.size(), large_flagged, large,
                100.0 * held / static_cast<double>(curves.size()));
  }
  return 0;
}
