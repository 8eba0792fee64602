// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/simulation/normal_noise.h"

#include <cmath>

namespace pet {
namespace {

// The finalizer of SplitMix64 (Steele, Lea, Flood. OOPSLA 2014. doi:10.1145/2660193.2660195): spreads every bit of a
// key.
std::uint64_t mixed(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15ULL;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

std::uint64_t combined(std::uint64_t seed, std::initializer_list<std::uint64_t> keys) {
  std::uint64_t state = mixed(seed);
  for (const std::uint64_t key : keys) state = mixed(state ^ mixed(key));
  return state;
}

}  // namespace

NormalNoise::NormalNoise(std::uint64_t seed, std::initializer_list<std::uint64_t> keys)
    : engine_(combined(seed, keys)) {}

double NormalNoise::uniform() {
  return static_cast<double>(engine_() >> 11) * 0x1p-52 - 1.0 + 0x1p-53;
}

double NormalNoise::next() {
  if (has_spare_) {
    has_spare_ = false;
    return spare_;
  }
  double x = 0.0;
  double y = 0.0;
  double square = 0.0;
  do {
    x = uniform();
    y = uniform();
    square = x * x + y * y;
  } while (square >= 1.0);
  const double scale = std::sqrt(-2.0 * std::log(square) / square);
  spare_ = y * scale;
  has_spare_ = true;
  return x * scale;
}

}  // namespace pet
