// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <initializer_list>
#include <random>

namespace pet {

/// A stream of standard normal numbers that depends on nothing but its seed and keys: one stream for every (session,
/// frame, slice), so that neither the order of work nor the number of threads matters. std::mt19937_64 is the same
/// everywhere; the distributions of the standard library are not, so numbers are made by the polar method here.
class NormalNoise {
 public:
  NormalNoise(std::uint64_t seed, std::initializer_list<std::uint64_t> keys);
  double next();

 private:
  double uniform();  ///< in (-1, 1)
  std::mt19937_64 engine_;
  double spare_ = 0.0;
  bool has_spare_ = false;
};

}  // namespace pet
