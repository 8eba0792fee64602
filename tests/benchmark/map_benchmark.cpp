// SPDX-License-Identifier: Apache-2.0
// How many voxels a second the maps of every model do, with standard errors, without input and output, on all cores.
//   map_benchmark [VOXELS] [THREADS] [MODEL]      (200000, all, all)
// Prints a table: voxels a second, the least that is aimed at, and for srtm the time for a tenth and for ten times the
// voxels; the best of up to seven runs. 45 frames; noise of counts as in a voxel of 2 mm.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <string>
#include <vector>

#include "kinetic_models/maps/detail/voxel_block.h"
#include "kinetic_models/maps/map_inputs.h"
#include "kinetic_models/registry.h"
#include "kinetic_models/srtm.h"
#include "libpet/detail/vector_versions.h"
#include "tests/kinetic_models/maps/noisy_image.h"
#include "tests/kinetic_models/simulated_scan.h"

namespace {

using Clock = std::chrono::steady_clock;
using namespace pet;

constexpr int targets = 20;
constexpr double noise = 0.1;

struct Scan {
  TimeActivityCurve reference;
  std::vector<TimeActivityCurve> of_reference;
  std::vector<TimeActivityCurve> of_plasma;
};

Scan simulate() {
  Scan scan;
  for (int i = 0; i < targets; ++i) {
    simulated::SrtmTruth truth;
    truth.BPND = 0.15 * (i + 1);
    const simulated::Scan one = simulated::srtm_scan(truth, simulated::cimbi36_frames());
    scan.reference = one.reference;
    scan.of_reference.push_back(one.target);
    simulated::TwoTissueTruth two;
    two.K1 = 0.2 + 0.02 * i;
    two.k2 = two.K1 / (4.0 + i % 5);
    two.vB = 0.05;
    scan.of_plasma.push_back(simulated::two_tissue_target(two, simulated::cimbi36_frames()));
  }
  return scan;
}

Plasma plasma() {
  InputFunction input;
  for (double t = 0.0; t < 10.0; t += 0.05) input.time_min.push_back(t);
  for (double t = 10.0; t <= 120.0; t += 1.0) input.time_min.push_back(t);
  for (const double t : input.time_min) input.parent_plasma.push_back(simulated::plasma(t));
  input.whole_blood = input.parent_plasma;
  return {input, simulated::cimbi36_frames()};
}

FitOptions options_for(const Model& model, const DynamicImage& image) {
  FitOptions options;
  options.weights = frame_weights(WeightScheme::decay, image.frames, image.tracer.half_life_min, {});
  if (model.k2prime == Use::required) options.k2prime = 0.04;
  if (model.t_star == Use::required) options.t_star_min = 30.0;
  if (model.vB != Use::no && !model.parameters.empty()) options.vB.is_fitted = true;
  return options;
}

struct Time {
  double wall_s;
  double of_cores_s;  // of all cores together: what counts where others work on the machine
};

// The best of some runs, or of a single one that takes long.
Time time_for(const Model& model, const DynamicImage& image, const ScanInput& input, unsigned threads) {
  constexpr int runs = 7;
  constexpr double long_s = 1.0;
  MapOptions options;
  options.fit = options_for(model, image);
  options.threads = threads;
  Time best{1e9, 1e9};
  for (int run = 0; run < runs && (run == 0 || best.wall_s < long_s); ++run) {
    const auto start = Clock::now();
    const std::clock_t start_of_cores = std::clock();
    fit_voxels(model, image, all_voxels(image.grid), input, options);
    best.wall_s = std::min(best.wall_s, std::chrono::duration<double>(Clock::now() - start).count());
    best.of_cores_s = std::min(best.of_cores_s, static_cast<double>(std::clock() - start_of_cores) / CLOCKS_PER_SEC);
  }
  return best;
}

// What one core can do, to compare with: multiply-adds on registers, and summing a large array of floats from memory.
using Vector [[gnu::vector_size(32)]] = float;

OCCUPET_VECTOR_VERSIONS float multiply_add(std::size_t rounds, float factor) {
  Vector sums[12] = {};
  for (std::size_t i = 0; i < rounds; ++i)
    for (Vector& sum : sums) sum = sum * factor + 1.0F;
  float total = 0.0F;
  for (const Vector& sum : sums)
    for (int lane = 0; lane < 8; ++lane) total += sum[lane];
  return total;
}

OCCUPET_VECTOR_VERSIONS float sum_of(const std::vector<float>& values) {
  float sums[32] = {};
  for (std::size_t i = 0; i + 32 <= values.size(); i += 32)
    for (std::size_t lane = 0; lane < 32; ++lane) sums[lane] += values[i + lane];
  float total = 0.0F;
  for (const float sum : sums) total += sum;
  return total;
}

double seconds_of_core(const std::function<void()>& work) {
  double best = 1e9;
  for (int repeat = 0; repeat < 5; ++repeat) {
    const std::clock_t start = std::clock();
    work();
    best = std::min(best, static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC);
  }
  return best;
}

// The matrix products of srtm alone: frames to coordinates, back, and to projections.
void print_limits() {
  constexpr std::size_t frames = 45, dimensions = 12, rates = 81, blocks = 2000, rounds = 20'000'000;
  volatile float sink = 0.0F;
  const double of_registers = seconds_of_core([&] { sink = multiply_add(rounds, 0.999F); });
  const std::vector<float> large(64'000'000, 1.0F);
  const double of_memory = seconds_of_core([&] { sink = sum_of(large); });
  const auto matrix = [](std::size_t rows, std::size_t columns) {
    return detail::BlockMatrix(std::vector<double>(rows * columns, 0.1), rows, columns);
  };
  const auto to = matrix(dimensions, frames), from = matrix(frames, dimensions), all = matrix(rates, dimensions);
  const detail::VoxelBlock measured(frames);
  detail::VoxelBlock coordinates(dimensions), explained(frames), projections(rates);
  const double of_products = seconds_of_core([&] {
    for (std::size_t b = 0; b < blocks; ++b) {
      to.multiply(measured, coordinates);
      from.multiply(coordinates, explained);
      all.multiply(coordinates, projections);
    }
  });
  constexpr double voxels = static_cast<double>(blocks * detail::lanes);
  constexpr double additions = 2 * frames * dimensions + rates * dimensions;
  std::printf(
      "one core: %.1f thousand million multiply-adds a second on registers, %.1f in the products of srtm (%.1f "
      "million voxels a second); %.1f GB/s summed from memory (%.0f million voxels of 45 frames)\n",
      96e-9 * rounds / of_registers, 1e-9 * additions * voxels / of_products, 1e-6 * voxels / of_products,
      4e-9 * static_cast<double>(large.size()) / of_memory,
      1e-6 * static_cast<double>(large.size()) / frames / of_memory);
}

std::string aim_of(const Model& model) {
  if (model.parameters.empty()) return "5000000";
  if (model.name == "srtm") return "2000000";
  return model.name == "2tcm" ? "100000" : "";
}

}  // namespace

int main(int argc, char** argv) {
  const std::size_t voxels = argc > 1 ? static_cast<std::size_t>(std::atol(argv[1])) : 200000;
  const unsigned threads = argc > 2 ? static_cast<unsigned>(std::atoi(argv[2])) : 0;
  const std::string only = argc > 3 ? argv[3] : "";
  const Scan scan = simulate();
  const ReferenceRegion reference(scan.reference);
  const Plasma blood = plasma();
  const DynamicImage with_reference = noisy::image(scan.of_reference, voxels / targets, noise);
  const DynamicImage with_plasma = noisy::image(scan.of_plasma, voxels / targets, noise);
  std::printf("%-18s %12s %22s %18s\n", "model", "voxels/s", "voxels/s of one core", "aim of two cores");
  for (const Model* model : models()) {
    if (!is_mappable(*model) || (!only.empty() && model->name != only)) continue;
    const Time time = model->needs_plasma() ? time_for(*model, with_plasma, blood, threads)
                                            : time_for(*model, with_reference, reference, threads);
    const auto count = static_cast<double>(voxels);
    std::printf("%-18s %12.0f %22.0f %18s\n", std::string(model->name).c_str(), count / time.wall_s,
                count / time.of_cores_s, aim_of(*model).c_str());
  }
  if (!only.empty() && only != srtm.name) return 0;
  for (const std::size_t count : {voxels / 10, voxels * 5}) {
    const DynamicImage image = noisy::image(scan.of_reference, count / targets, noise);
    const Time time = time_for(srtm, image, reference, threads);
    std::printf("srtm, %zu voxels: %.0f a second of one core\n", count, static_cast<double>(count) / time.of_cores_s);
  }
  print_limits();
  return 0;
}
