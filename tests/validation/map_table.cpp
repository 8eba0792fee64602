// SPDX-License-Identifier: Apache-2.0
// Prints the table of maps of a simulated whole brain of docs/validation.md.
#include <cstdio>

#include "tests/validation/map_study.h"

namespace {

void print_row(double noise, map_study::Weights weights, map_study::Tissue tissue, std::size_t fit_every) {
  const map_study::Result r = map_study::run(noise, weights, tissue, fit_every);
  std::printf("| %.0f %% | %s | %s | %.1f %% of %zu | %+.4f | %.4f | %.3f |", 100.0 * noise,
              tissue == map_study::Tissue::grey ? "grey" : "white", map_study::name_of(weights).c_str(),
              100.0 * static_cast<double>(r.ok) / static_cast<double>(r.voxels), r.voxels, r.of_maps.bias,
              r.of_maps.rmse, r.standardised_variance);
  if (r.compared > 0)
    std::printf(" %+.5f, %.5f | %+.5f, %.5f |\n", r.of_compared_maps.bias, r.of_compared_maps.rmse, r.of_fits.bias,
                r.of_fits.rmse);
  else
    std::printf(" | |\n");
  std::fflush(stdout);
}

}  // namespace

int main() {
  using map_study::Tissue;
  using map_study::Weights;
  std::printf(
      "| noise | tissue | weights | ok | bias | RMSE | variance of error / SE | bias, RMSE of maps in a tenth | of "
      "fits "
      "|\n|---|---|---|---|---|---|---|---|---|\n");
  for (const double noise : {0.01, 0.02, 0.05, 0.1, 0.2}) {
    for (const Weights weights :
         {Weights::decay_all_frames, Weights::decay, Weights::counts, Weights::true_variance, Weights::residuals})
      print_row(noise, weights, Tissue::grey, weights == Weights::decay ? 10 : 0);
    print_row(noise, Weights::decay, Tissue::white, 0);
    print_row(noise, Weights::residuals, Tissue::white, 0);
  }
  return 0;
}
