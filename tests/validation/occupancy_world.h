// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <iterator>
#include <vector>

#include "kinetic_models/one_tissue.h"
#include "kinetic_models/plasma.h"
#include "kinetic_models/simulation/normal_noise.h"
#include "libpet/weights.h"
#include "tests/kinetic_models/simulated_scan.h"
#include "tests/validation/occupancy_study.h"

// The simulated brains and scans of the studies of occupancies.
namespace occupancy_study {

inline constexpr double half_life_min = 20.364;  // of 11C
inline constexpr double K1_reference = 0.33;     // K1 / k2 = VND = 8
inline constexpr double k2_reference = K1_reference / true_VND;

struct RegionTruth {
  const char* name;
  double BPND;
  double R1;
  double noise;  // of the last frame
};

// Means of 24 subjects; the noise is that of large and small regions.
inline constexpr RegionTruth regions[] = {
    {"insula", 1.575, 1.05, 0.02},        {"cingulate", 1.568, 1.00, 0.02},  {"temporal", 1.478, 1.02, 0.015},
    {"orbitofrontal", 1.441, 0.95, 0.02}, {"posterior", 1.369, 1.10, 0.025}, {"ventrolateral", 1.345, 1.00, 0.02},
    {"dorsolateral", 1.208, 1.03, 0.015}, {"occipital", 1.155, 1.08, 0.015}, {"sensorimotor", 0.848, 0.98, 0.02},
    {"hippocampus", 0.559, 0.80, 0.04},   {"thalamus", 0.421, 1.05, 0.03},   {"putamen", 0.353, 1.10, 0.03},
};
inline constexpr std::size_t region_count = std::size(regions);

// What does not change from study to study.
struct World {
  pet::Frames frames = simulated::cimbi36_frames();
  pet::Plasma plasma;
  std::vector<double> weights;

  World()
      : plasma(samples(), frames), weights(pet::frame_weights(pet::WeightScheme::decay, frames, half_life_min, {})) {}

  static pet::InputFunction samples() {
    pet::InputFunction input;
    for (int i = 0; i <= 400; ++i) {
      const double t = i <= 200 ? 0.02 * i : 4.0 + 0.58 * (i - 200);
      input.time_min.push_back(t);
      input.parent_plasma.push_back(simulated::plasma(t));
    }
    return input;
  }
  pet::TimeActivityCurve curve(double K1, double k2) const {
    pet::TimeActivityCurve curve{frames, std::vector<double>(frames.size())};
    pet::predict_one_tissue(std::vector<double>{K1, k2, 0.0, 0.0}, plasma, curve.activity, {});
    return curve;
  }
};

// Noise of counts with the given size in the last frame.
inline void add_noise(pet::TimeActivityCurve& curve, double last, pet::NormalNoise& noise) {
  const auto shape = [&](std::size_t i) {
    const pet::Frame& frame = curve.frames[i];
    const double size = std::max(curve.activity[i], 0.05);
    return std::sqrt(size * std::exp(std::log(2.0) / half_life_min * frame.mid_min()) / frame.duration_min());
  };
  const double scale = last * curve.activity.back() / shape(curve.frames.size() - 1);
  std::vector<double> sigma(curve.activity.size());
  for (std::size_t i = 0; i < sigma.size(); ++i) sigma[i] = scale * shape(i);
  for (std::size_t i = 0; i < sigma.size(); ++i) curve.activity[i] += sigma[i] * noise.next();
}

}  // namespace occupancy_study
