// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "kinetic_models/maps/map_inputs.h"
#include "libpet/error.h"
#include "tests/kinetic_models/maps/noisy_image.h"
#include "tests/kinetic_models/simulated_scan.h"

namespace {

// A thousand voxels with each of these bindings.
pet::Estimate k2prime_of(const std::vector<double>& bindings, double noise) {
  pet::TimeActivityCurve reference;
  std::vector<pet::TimeActivityCurve> targets;
  for (const double BPND : bindings) {
    simulated::SrtmTruth truth;
    truth.BPND = BPND;
    const simulated::Scan scan = simulated::srtm_scan(truth, simulated::cimbi36_frames());
    reference = scan.reference;
    targets.push_back(scan.target);
  }
  const pet::DynamicImage image = noisy::image(targets, 1000, noise);
  pet::MapOptions options;
  options.fit.weights =
      pet::frame_weights(pet::WeightScheme::decay, image.frames, noisy::half_life_min, std::vector<double>{});
  return pet::k2prime_of_voxels(image, noisy::all_voxels(image), pet::ReferenceRegion(reference), options);
}

}  // namespace

TEST_CASE("k2prime comes from voxels that bind beyond noise", "[maps]") {
  const pet::Estimate k2prime = k2prime_of({0.2, 0.4, 1.5, 2.0}, 0.1);
  CHECK(k2prime.value == Approx(simulated::SrtmTruth().k2_reference).epsilon(0.05));
}

TEST_CASE("Voxels that seem to bind because of their noise give no k2prime", "[maps]") {
  // As after a drug: nothing binds with 0.5, but noise makes some voxels look so, with a k2prime far too low.
  CHECK_THROWS_WITH(k2prime_of({0.1, 0.2, 0.3, 0.4}, 0.3), Catch::Contains("the baseline scan"));
}
