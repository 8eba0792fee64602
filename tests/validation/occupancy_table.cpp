// SPDX-License-Identifier: Apache-2.0
// Prints the tables of occupancies and curves of docs/validation.md: occupancy_table [STUDIES] [SEED] (500, 2026; the
// seed is that of the occupancies).
#include <cstdio>
#include <cstdlib>

#include "tests/validation/occupancy_print.h"
#include "tests/validation/occupancy_study.h"

namespace {

using namespace occupancy_study;

void print_curves(int studies) {
  const CurveAnswers curves = run_curves(studies);
  print_header("curve, 20 scans");
  print_row("EC50, truth 1.97", curves.EC50, true_EC50);
  print_row("Omax, truth 0.766", curves.Omax, true_Omax);
  print_row("concentration for 0.5, truth 3.703", curves.target, true_EC50 * 0.5 / (true_Omax - 0.5));
  const PooledAnswers pooled = run_pooled(studies);
  print_header("10 subjects who differ in EC50 by 0.3, 4 scans each");
  print_row("EC50, pooled", pooled.pooled.EC50, true_EC50);
  print_row("EC50, as if scans were independent", pooled.independent.EC50, true_EC50);
  print_row("Omax, pooled", pooled.pooled.Omax, true_Omax);
  print_row("Omax, as if scans were independent", pooled.independent.Omax, true_Omax);
}

}  // namespace

int main(int argc, char** argv) {
  const int studies = argc > 1 ? std::atoi(argv[1]) : 500;
  print_curves(studies);
  struct Setting {
    double occupancy;
    double plasma_error;
  };
  for (const auto& [occupancy, plasma_error] : {Setting{0.3, 0.04}, {0.6, 0.04}, {0.85, 0.04}, {0.6, 0.005}}) {
    Settings settings;
    settings.studies = studies;
    if (argc > 2) settings.seed = std::strtoull(argv[2], nullptr, 10);
    settings.occupancy = occupancy;
    settings.plasma_error = plasma_error;
    const std::vector<Method> methods = run(settings);
    char what[80];
    std::snprintf(what, sizeof what, "occupancy, truth %.2f, plasma error %.1f %%", occupancy, 100.0 * plasma_error);
    print_header(what);
    for (const Method& method : methods) print_row(method.name, method.occupancy, occupancy);
    std::snprintf(what, sizeof what, "VND, occupancy %.2f, plasma error %.1f %%", occupancy, 100.0 * plasma_error);
    print_header(what);
    for (const Method& method : methods)
      if (!method.VND.empty()) print_row(method.name, method.VND, true_VND);
  }
  return 0;
}
