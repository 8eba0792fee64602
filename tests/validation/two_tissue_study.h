// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

// Noisy two-tissue curves of many subjects and regions with known truth, as a study would have them: how far VT is off,
// how often it explodes, and whether the fit said so.
namespace two_tissue_study {

struct Curve {
  double truth = 0.0;  ///< VT
  double VT = 0.0;
  double lower = 0.0;  ///< profile interval
  double upper = 0.0;
  std::string status;
  std::vector<std::string> flags;

  double error() const { return VT / truth - 1.0; }
  /// The fit says that VT is not to be trusted as it stands.
  bool is_flagged() const;
};

/// 20 subjects x 9 regions, 90 min, [11C]: K1, VND, BPND and k4 log-normal over subjects and regions, blood volume 5 %,
/// noise of counts of 2 % (large regions) to 4 % (small ones) in the last frame; true input, vB fitted, 3 starts.
std::vector<Curve> run(double noise_factor = 1.0);

double median_error(const std::vector<Curve>& curves);  ///< of the absolute relative errors

}  // namespace two_tissue_study
