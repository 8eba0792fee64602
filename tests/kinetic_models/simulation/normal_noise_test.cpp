// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/simulation/normal_noise.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <vector>

namespace {

std::vector<double> numbers(pet::NormalNoise noise, std::size_t count) {
  std::vector<double> values(count);
  for (double& value : values) value = noise.next();
  return values;
}

double correlation(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum / static_cast<double>(a.size());
}

}  // namespace

TEST_CASE("Noise follows the normal distribution") {
  constexpr std::size_t count = 200000;
  std::vector<double> values = numbers(pet::NormalNoise(1, {2, 3, 4}), count);
  double mean = 0.0;
  double square = 0.0;
  for (const double value : values) {
    mean += value / count;
    square += value * value / count;
  }
  CHECK(std::abs(mean) < 5.0 / std::sqrt(count));
  CHECK(std::abs(square - 1.0) < 5.0 * std::sqrt(2.0 / count));
  // Kolmogorov and Smirnov: the largest distance of the distributions passes 1.95 / sqrt(n) once in a thousand.
  std::sort(values.begin(), values.end());
  double distance = 0.0;
  for (std::size_t i = 0; i < count; ++i) {
    const double expected = 0.5 * std::erfc(-values[i] / std::sqrt(2.0));
    distance = std::max(distance, std::abs((static_cast<double>(i) + 0.5) / count - expected));
  }
  CHECK(distance < 1.95 / std::sqrt(count));
}

TEST_CASE("Streams with the same seed and keys are equal, and any other key makes an unrelated stream") {
  constexpr std::size_t count = 20000;
  const std::vector<double> stream = numbers(pet::NormalNoise(1, {2, 3}), count);
  CHECK(numbers(pet::NormalNoise(1, {2, 3}), count) == stream);
  const std::vector<std::vector<double>> others = {
      numbers(pet::NormalNoise(2, {2, 3}), count), numbers(pet::NormalNoise(1, {3, 3}), count),
      numbers(pet::NormalNoise(1, {2, 4}), count), numbers(pet::NormalNoise(1, {3, 2}), count),
      numbers(pet::NormalNoise(1, {2}), count)};
  for (const auto& other : others) CHECK(std::abs(correlation(stream, other)) < 5.0 / std::sqrt(count));
}
