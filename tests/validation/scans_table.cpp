// SPDX-License-Identifier: Apache-2.0
// Prints the tables of joint fits with plasma and of many scans of docs/validation.md: scans_table [STUDIES] (500).
#include <cstdio>
#include <cstdlib>

#include "tests/validation/occupancy_print.h"
#include "tests/validation/scans_study.h"

int main(int argc, char** argv) {
  using namespace occupancy_study;
  const int studies = argc > 1 ? std::atoi(argv[1]) : 500;
  for (const double plasma_error : {0.0, 0.04}) {
    const std::vector<Method> methods = run_joint_plasma(studies, plasma_error);
    char what[80];
    std::snprintf(what, sizeof what, "two scans with plasma, occupancy 0.60, plasma error %.0f %%",
                  100.0 * plasma_error);
    print_header(what);
    for (const Method& method : methods) print_row(method.name, method.occupancy, 0.6);
    print_header("VND, truth 8");
    for (const Method& method : methods)
      if (!method.VND.empty()) print_row(method.name, method.VND, true_VND);
  }
  print_header("many scans: error of the occupancy");
  for (const Method& method : run_scans(studies)) print_row(method.name, method.occupancy, 0.0);
  return 0;
}
