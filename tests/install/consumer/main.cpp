// SPDX-License-Identifier: Apache-2.0
#include "every_header.h"

#include <cmath>
#include <cstdio>

int main() {
  // Half of the activity is left after one half-life.
  const double half_life_min = 20.0;
  const double left = pet::decay_reference_shift(half_life_min, 0.0, half_life_min);
  const bool is_right = std::abs(std::abs(std::log2(left)) - 1.0) < 1e-12;
  // SHA-256 of nothing (FIPS 180-4), which needs the libraries that the package links.
  const bool is_linked = pet::sha256("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
  std::printf("Occupet %s\n", pet::version().c_str());
  return is_right && is_linked ? 0 : 1;
}
