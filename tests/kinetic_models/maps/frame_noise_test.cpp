// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/maps/frame_noise.h"

#include <array>
#include <catch2/catch.hpp>
#include <cmath>
#include <random>

#include "kinetic_models/maps/parametric_maps.h"
#include "kinetic_models/mrtm.h"
#include "kinetic_models/srtm.h"
#include "libpet/error.h"
#include "tests/kinetic_models/maps/noisy_image.h"
#include "tests/kinetic_models/simulated_scan.h"

namespace {

struct Scan {
  pet::TimeActivityCurve reference;
  std::vector<pet::TimeActivityCurve> targets;
};

Scan scan_of(const std::vector<double>& bindings) {
  Scan scan;
  for (const double BPND : bindings) {
    simulated::SrtmTruth truth;
    truth.BPND = BPND;
    const simulated::Scan one = simulated::srtm_scan(truth, simulated::cimbi36_frames());
    scan.reference = one.reference;
    scan.targets.push_back(one.target);
  }
  return scan;
}

// The same variance in every voxel: that of counts of the first curve with every seventh frame six times as noisy.
pet::DynamicImage common_noise(const Scan& scan, std::size_t repeats, double level, std::vector<double>& variance) {
  pet::DynamicImage image = noisy::image(scan.targets, repeats, 0.0);
  std::mt19937_64 generator(3);
  std::normal_distribution<double> normal;
  const std::size_t voxels = image.grid.voxel_count();
  for (std::size_t f = 0; f < image.frames.size(); ++f) {
    variance.push_back(level * level * (f % 7 == 3 ? 6.0 : 1.0) / image.frames[f].duration_min());
    for (std::size_t v = 0; v < voxels; ++v)
      image.voxels[f * voxels + v] += static_cast<float>(std::sqrt(variance[f]) * normal(generator));
  }
  return image;
}

pet::MapOptions uniform(const pet::DynamicImage& image) {
  pet::MapOptions options;
  options.fit.weights.assign(image.frames.size(), 1.0);
  return options;
}

}  // namespace

TEST_CASE("Residuals of voxels show the variance of every frame", "[maps]") {
  const Scan scan = scan_of({0.3, 0.8, 1.5, 2.5});
  std::vector<double> variance;
  const pet::DynamicImage image = common_noise(scan, 1000, 0.5, variance);
  const pet::Model& model = GENERATE(std::cref(pet::srtm), std::cref(pet::mrtm)).get();
  const pet::FrameNoise noise =
      pet::frame_noise(model, image, noisy::all_voxels(image), pet::ReferenceRegion(scan.reference), uniform(image));
  double mean = 0.0;
  for (const double v : variance) mean += v / static_cast<double>(variance.size());
  for (std::size_t f = 0; f < variance.size(); ++f) {
    INFO(f);
    CHECK(noise.variance[f] == Approx(variance[f] / mean).epsilon(0.12));  // five standard errors of 4000 voxels
  }
  CHECK(noise.following < 0.15);  // it is the same in all voxels
  const std::vector<double> weights = noise.weights();
  CHECK(weights[3] / weights[4] == Approx(variance[4] / variance[3]).epsilon(0.15));
}

TEST_CASE("Noise of counts is seen to follow the voxel's own curve", "[maps]") {
  const Scan scan = scan_of({0.0, 0.5, 1.5, 3.0});
  const pet::DynamicImage image = noisy::image(scan.targets, 1000, 0.05);
  const pet::FrameNoise noise = pet::frame_noise(pet::srtm, image, noisy::all_voxels(image),
                                                 pet::ReferenceRegion(scan.reference), uniform(image));
  CHECK(noise.following > 0.8);
}

TEST_CASE("Standard errors are right whatever the weights, where the noise of the frames is known", "[maps]") {
  const Scan scan = scan_of({0.3, 1.0, 2.0});
  constexpr std::size_t repeats = 2000;
  const pet::DynamicImage image = noisy::image(scan.targets, repeats, 0.05);
  const pet::ReferenceRegion reference(scan.reference);
  pet::MapOptions options = uniform(image);  // far from the inverse variances
  const auto variance_of_standardised = [&](std::size_t of) {
    const pet::ParametricMaps maps = pet::fit_voxels(pet::srtm, image, noisy::all_voxels(image), reference, options);
    const pet::QuantityMap& BPND = maps.map("BPND");
    const std::array truth = {0.3, 1.0, 2.0};
    double sum = 0.0;
    double count = 0.0;
    for (std::size_t i = of * repeats; i < (of + 1) * repeats; ++i) {
      if (maps.status[i] != pet::FitStatus::ok) continue;
      sum +=
          std::pow((static_cast<double>(BPND.value[i]) - truth[of]) / static_cast<double>(BPND.standard_error[i]), 2);
      count += 1.0;
    }
    CHECK(count > 0.99 * repeats);
    const double freedom = static_cast<double>(image.frames.size()) - 3.0;
    return sum / count * (freedom - 2.0) / freedom;
  };
  const std::size_t of = GENERATE(0, 1, 2);
  CHECK(std::abs(variance_of_standardised(of) - 1.0) > 0.15);
  options.noise = pet::frame_noise(pet::srtm, image, noisy::all_voxels(image), reference, options);
  SECTION("with the weights as they were") {}
  SECTION("with the inverse variances") {
    options.fit.weights = options.noise->weights();
  }
  CHECK(variance_of_standardised(of) == Approx(1.0).margin(0.12));  // four standard errors of 2000 voxels
}

TEST_CASE("The noise of the frames does not depend on the number of threads", "[maps]") {
  const Scan scan = scan_of({0.5, 2.0});
  const pet::DynamicImage image = noisy::image(scan.targets, 200, 0.05);
  pet::MapOptions options = uniform(image);
  const auto noise_with = [&](unsigned threads) {
    options.threads = threads;
    return pet::frame_noise(pet::srtm, image, noisy::all_voxels(image), pet::ReferenceRegion(scan.reference), options);
  };
  const pet::FrameNoise one = noise_with(1);
  const pet::FrameNoise two = noise_with(2);
  CHECK(one.variance == two.variance);
  CHECK(one.mean_curve == two.mean_curve);
  CHECK(one.following == two.following);
}

TEST_CASE("Frames of noise need voxels whose fits are ok", "[maps]") {
  const Scan scan = scan_of({1.0});
  const pet::DynamicImage image = noisy::image(scan.targets, 50, 0.05);
  CHECK_THROWS_AS(pet::frame_noise(pet::srtm, image, noisy::all_voxels(image), pet::ReferenceRegion(scan.reference),
                                   uniform(image)),
                  pet::InputError);
}
