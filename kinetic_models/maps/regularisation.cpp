// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/maps/regularisation.h"

#include <algorithm>
#include <cmath>

#include "libpet/error.h"
#include "libpet/smoothing.h"

namespace pet {
namespace {

// Sums over the neighbourhood of each voxel, as three volumes that are smoothed together: how many voxels are known,
// their squared deviations from the smoothed image in standard errors, and the logarithms of their squared errors.
class Neighbourhood {
 public:
  Neighbourhood(const Grid& grid, const std::vector<std::uint32_t>& voxels) : voxels_(voxels) {
    sums_.grid = grid;
    sums_.frames = Frames({{0.0, 1.0}, {1.0, 2.0}, {2.0, 3.0}});
    sums_.voxels.assign(3 * grid.voxel_count(), 0.0F);
  }

  void add(std::size_t i, float deviation, float standard_error) {
    const float in_errors = deviation / standard_error;
    at(0, i) = 1.0F;
    at(1, i) = in_errors * in_errors;
    at(2, i) = 2.0F * std::log(standard_error);
  }

  void smooth(double fwhm_mm, unsigned threads) { pet::smooth(sums_, fwhm_mm, threads); }

  // By how much parameters vary beyond noise; NaN where no neighbour is known.
  float variance(std::size_t i) {
    constexpr float least = 0.05F;
    const float beyond = std::max(at(1, i) / at(0, i) - 1.0F, least);
    return beyond * std::exp(at(2, i) / at(0, i));
  }

 private:
  float& at(std::size_t volume, std::size_t i) { return sums_.voxels[volume * sums_.grid.voxel_count() + voxels_[i]]; }

  const std::vector<std::uint32_t>& voxels_;
  DynamicImage sums_;
};

bool is_known(const ParametricMaps& maps, const QuantityMap& map, std::size_t i) {
  return maps.status[i] == FitStatus::ok && std::isfinite(map.value[i]) && map.standard_error[i] > 0.0F;
}

MapPrior prior_of(const Model& model,
                  const ParametricMaps& free,
                  const ParametricMaps& smoothed,
                  const Grid& grid,
                  double fwhm_mm,
                  unsigned threads) {
  MapPrior prior;
  for (const Parameter& parameter : model.parameters) {
    const auto has_symbol = [&](const QuantityMap& q) { return q.symbol == parameter.symbol; };
    const auto own = std::find_if(free.quantities.begin(), free.quantities.end(), has_symbol);
    if (own == free.quantities.end()) {  // one that is given, such as the delay
      prior.push_back({});
      continue;
    }
    const QuantityMap& around = smoothed.map(parameter.symbol);
    Neighbourhood neighbours(grid, free.voxels);
    for (std::size_t i = 0; i < free.voxels.size(); ++i)
      if (is_known(free, *own, i) && is_known(smoothed, around, i))
        neighbours.add(i, own->value[i] - around.value[i], own->standard_error[i]);
    neighbours.smooth(fwhm_mm, threads);
    ParameterPrior of_parameter;
    for (std::size_t i = 0; i < free.voxels.size(); ++i) {
      of_parameter.mean.push_back(is_known(smoothed, around, i) ? around.value[i] : NAN);
      of_parameter.variance.push_back(neighbours.variance(i));
    }
    prior.push_back(std::move(of_parameter));
  }
  return prior;
}

}  // namespace

ParametricMaps fit_voxels_regularised(const Model& model,
                                      const DynamicImage& image,
                                      const std::vector<std::uint32_t>& voxels,
                                      const ScanInput& input,
                                      const MapOptions& options,
                                      double fwhm_mm) {
  if (model.parameters.empty())
    throw UsageError("model " + std::string(model.name) + " is a linear method, which takes no regularisation");
  MapOptions pass = options;
  pass.on_voxels = {};
  const ParametricMaps free = fit_voxels(model, image, voxels, input, pass);
  MapPrior prior;
  {
    DynamicImage smooth_image = image;
    smooth(smooth_image, fwhm_mm, options.threads);
    const ParametricMaps smoothed = fit_voxels(model, smooth_image, voxels, input, pass);
    prior = prior_of(model, free, smoothed, image.grid, fwhm_mm, options.threads);
  }
  pass.on_voxels = options.on_voxels;
  pass.prior = &prior;
  return fit_voxels(model, image, voxels, input, pass);
}

}  // namespace pet
