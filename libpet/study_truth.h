// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace pet {

/// What is true of one region in one session of a simulated study. Rates in 1/min, K1 in mL/cm3/min, volumes of
/// distribution in mL/cm3, fractions. Missing: the model of the region has no such parameter.
struct RegionTruth {
  std::string session;
  int index = 0;  ///< label
  std::string region;
  std::string model;
  double K1 = 0.0;
  double k2 = 0.0;
  std::optional<double> k3;
  std::optional<double> k4;
  std::optional<double> k2a;  ///< of the one effective compartment of srtm kinetics
  double vB = 0.0;
  double VT = 0.0;
  double VND = 0.0;
  double BPND = 0.0;
  double R1 = 0.0;                  ///< K1 over that of the reference region
  std::optional<double> occupancy;  ///< of the target by the drug; missing for a region without displaceable binding
};

}  // namespace pet
