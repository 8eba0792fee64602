// SPDX-License-Identifier: Apache-2.0
#include "tests/validation/map_study.h"

#include <catch2/catch.hpp>
#include <cmath>

TEST_CASE("Maps of srtm have the errors of the regional fits, and say how large they are", "[maps]") {
  // An eighth of the voxels of docs/validation.md, where the rest of the table is.
  const map_study::Result r = map_study::run(0.02, map_study::Weights::true_variance, map_study::Tissue::grey, 50, 2);
  CHECK(r.voxels > 4000);
  CHECK(r.ok == r.voxels);
  CHECK(r.compared > 60);
  CHECK(std::abs(r.of_compared_maps.bias - r.of_fits.bias) < 1e-3 * r.of_fits.rmse);
  CHECK(r.of_compared_maps.rmse < (1.0 + 1e-3) * r.of_fits.rmse);
  CHECK(r.standardised_variance == Approx(1.0).margin(0.05));
}

TEST_CASE("Standard errors with the noise of the residuals are right in grey and in white matter", "[maps]") {
  // Nothing is known of the noise but the image: all frames, also those before the tracer, which have none. All voxels,
  // as the noise of a smaller reference region would be seen.
  const map_study::Tissue tissue = GENERATE(map_study::Tissue::grey, map_study::Tissue::white);
  const map_study::Result r = map_study::run(0.02, map_study::Weights::residuals, tissue, 0);
  CHECK(r.ok > r.voxels - r.voxels / 1000);
  CHECK(r.standardised_variance == Approx(1.0).margin(0.05));
}

TEST_CASE("Weights from residuals are more precise than those of decay, whose standard errors are too small",
          "[maps]") {
  const map_study::Result known = map_study::run(0.02, map_study::Weights::residuals, map_study::Tissue::grey, 0, 2);
  const map_study::Result decay = map_study::run(0.02, map_study::Weights::decay, map_study::Tissue::grey, 0, 2);
  CHECK(decay.standardised_variance > 1.15);
  CHECK(known.standardised_variance < 1.1);
  CHECK(known.of_maps.rmse < decay.of_maps.rmse);
}
