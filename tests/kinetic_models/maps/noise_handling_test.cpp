// SPDX-License-Identifier: Apache-2.0
// What smoothing, HYPR-LR and the ridge towards the smoothed image make of bias and noise of BPND, against the truth.
#include <catch2/catch.hpp>
#include <cmath>
#include <functional>

#include "kinetic_models/maps/regularisation.h"
#include "kinetic_models/mrtm.h"
#include "kinetic_models/srtm.h"
#include "libpet/error.h"
#include "libpet/smoothing.h"
#include "tests/kinetic_models/maps/noisy_image.h"
#include "tests/kinetic_models/simulated_scan.h"

namespace {

constexpr std::array<int, 3> size = {20, 20, 12};
constexpr double fwhm_mm = 6.0;

// Voxels of 2 mm: half with a BPND of 0.5, half with 1, and in the second half a cube of 16 mm with 2.
struct Phantom {
  pet::TimeActivityCurve reference;
  pet::DynamicImage image;
  std::vector<double> truth;
  std::vector<bool> is_inner;  // 6 mm or more from any other region

  explicit Phantom(double noise) {
    std::vector<pet::TimeActivityCurve> of_region;
    constexpr std::array binding = {0.5, 1.0, 2.0};
    for (const double BPND : binding) {
      simulated::SrtmTruth parameters;
      parameters.BPND = BPND;
      const simulated::Scan scan = simulated::srtm_scan(parameters, simulated::cimbi36_frames());
      reference = scan.reference;
      of_region.push_back(scan.target);
    }
    std::vector<pet::TimeActivityCurve> curves;
    for (int k = 0; k < size[2]; ++k)
      for (int j = 0; j < size[1]; ++j)
        for (int i = 0; i < size[0]; ++i) {
          curves.push_back(of_region[region(i, j, k)]);
          truth.push_back(binding[region(i, j, k)]);
          bool inner = true;
          for (const int step : {-3, 3})
            inner = inner && region(i + step, j, k) == region(i, j, k) && region(i, j + step, k) == region(i, j, k) &&
                    region(i, j, k + step) == region(i, j, k);
          is_inner.push_back(inner);
        }
    image = noisy::image(curves, 1, noise);
    image.grid.size = size;
    for (std::size_t a = 0; a < 3; ++a) image.grid.axis_mm[a][a] = 2.0;
  }

  static std::size_t region(int i, int j, int k) {
    if (i < size[0] / 2) return 0;
    return i >= 11 && i < 19 && j >= 6 && j < 14 && k >= 2 && k < 10 ? 2 : 1;
  }
};

struct Errors {
  double rmse = 0.0;
  double bias_inside = 0.0;
  double standardised = 0.0;  // root mean square of error / standard error inside regions
};

Errors errors_of(const Phantom& phantom, const pet::ParametricMaps& maps) {
  const pet::QuantityMap& BPND = maps.map("BPND");
  Errors errors;
  double count = 0.0;
  double inside = 0.0;
  for (std::size_t v = 0; v < phantom.truth.size(); ++v) {
    if (maps.status[v] != pet::FitStatus::ok) continue;
    const double error = static_cast<double>(BPND.value[v]) - phantom.truth[v];
    errors.rmse += error * error;
    count += 1.0;
    if (!phantom.is_inner[v]) continue;
    inside += 1.0;
    errors.bias_inside += error;
    errors.standardised += std::pow(error / static_cast<double>(BPND.standard_error[v]), 2);
  }
  CHECK(count > 0.95 * static_cast<double>(phantom.truth.size()));
  return {std::sqrt(errors.rmse / count), errors.bias_inside / inside, std::sqrt(errors.standardised / inside)};
}

pet::MapOptions options_for(const pet::DynamicImage& image) {
  pet::MapOptions options;
  options.fit.weights =
      pet::frame_weights(pet::WeightScheme::decay, image.frames, noisy::half_life_min, std::vector<double>{});
  return options;
}

Errors fitted(const Phantom& phantom, const std::function<void(pet::DynamicImage&)>& prepare) {
  pet::DynamicImage image = phantom.image;
  prepare(image);
  return errors_of(phantom, pet::fit_voxels(pet::srtm, image, noisy::all_voxels(image),
                                            pet::ReferenceRegion(phantom.reference), options_for(image)));
}

Errors regularised(const Phantom& phantom) {
  return errors_of(phantom, pet::fit_voxels_regularised(pet::srtm, phantom.image, noisy::all_voxels(phantom.image),
                                                        pet::ReferenceRegion(phantom.reference),
                                                        options_for(phantom.image), fwhm_mm));
}

}  // namespace

TEST_CASE("HYPR-LR and the ridge lower the error of BPND, and bias it inside no region", "[maps]") {
  const Phantom phantom(0.1);
  const Errors plain = fitted(phantom, [](pet::DynamicImage&) {});
  const Errors smoothed = fitted(phantom, [](pet::DynamicImage& image) { pet::smooth(image, fwhm_mm); });
  const Errors hypr = fitted(phantom, [](pet::DynamicImage& image) { pet::reduce_noise_by_composite(image, fwhm_mm); });
  const Errors ridge = regularised(phantom);
  for (const auto& [name, errors] :
       {std::pair{"none", plain}, {"smooth", smoothed}, {"HYPR-LR", hypr}, {"ridge", ridge}})
    UNSCOPED_INFO(name << ": RMSE " << errors.rmse << ", bias inside " << errors.bias_inside
                       << ", RMS of error / SE inside " << errors.standardised);
  CHECK(hypr.rmse < plain.rmse);
  CHECK(ridge.rmse < plain.rmse);
  CHECK(ridge.rmse < smoothed.rmse);
  CHECK(std::abs(smoothed.bias_inside) < 0.05);
  CHECK(std::abs(hypr.bias_inside) < 0.05);
  CHECK(std::abs(ridge.bias_inside) < 0.05);
  CHECK(ridge.standardised < 1.2);
}

TEST_CASE("Without noise the ridge leaves the truth where it is", "[maps]") {
  const Phantom phantom(1e-4);
  CHECK(regularised(phantom).rmse < 5e-3);
}

TEST_CASE("Regularised maps do not depend on the number of threads", "[maps]") {
  const Phantom phantom(0.1);
  pet::MapOptions options = options_for(phantom.image);
  const auto maps_with = [&](unsigned threads) {
    options.threads = threads;
    return pet::fit_voxels_regularised(pet::srtm, phantom.image, noisy::all_voxels(phantom.image),
                                       pet::ReferenceRegion(phantom.reference), options, fwhm_mm);
  };
  CHECK(maps_with(1).map("BPND").value == maps_with(2).map("BPND").value);
}

TEST_CASE("Linear methods take no ridge", "[maps]") {
  const Phantom phantom(0.1);
  CHECK_THROWS_AS(
      pet::fit_voxels_regularised(pet::mrtm, phantom.image, noisy::all_voxels(phantom.image),
                                  pet::ReferenceRegion(phantom.reference), options_for(phantom.image), fwhm_mm),
      pet::UsageError);
}
