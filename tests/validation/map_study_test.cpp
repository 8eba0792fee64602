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
