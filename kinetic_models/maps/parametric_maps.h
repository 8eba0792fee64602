// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kinetic_models/maps/frame_noise.h"
#include "kinetic_models/model.h"
#include "libpet/image.h"

namespace pet {

/// One quantity of a model in every voxel, NaN where it could not be estimated.
struct QuantityMap {
  std::string symbol;
  std::string unit;
  std::vector<float> value;
  std::vector<float> standard_error;
};

/// The fits of one model to many voxels: what `fit` gives for a region, one array a number.
struct ParametricMaps {
  std::vector<std::uint32_t> voxels;    ///< indices into the image, i fastest; the arrays below are in their order
  std::vector<QuantityMap> quantities;  ///< those of the model, in its order
  std::vector<float> weighted_rss;      ///< as in Fit
  std::vector<float> aicc;              ///< as in Fit
  std::vector<FitStatus> status;

  std::size_t count(FitStatus status) const;
  /// The map of that symbol; asserts that there is one.
  const QuantityMap& map(std::string_view symbol) const;
};

/// What is known of a parameter in every voxel before it is fitted, from the voxels around it. NaN: nothing.
struct ParameterPrior {
  std::vector<float> mean;
  std::vector<float> variance;
};
using MapPrior = std::vector<ParameterPrior>;  ///< one a parameter, empty for one that is not regularised

struct MapOptions {
  FitOptions fit;                                   ///< weights are common to all voxels
  std::optional<FrameNoise> noise = {};             ///< for standard errors where weights are no inverse variances
  const MapPrior* prior = nullptr;                  ///< of nonlinear models (maps/regularisation.h)
  unsigned threads = 0;                             ///< 0: as many as the machine has
  std::function<void(std::size_t)> on_voxels = {};  ///< told from time to time how many voxels more are done
};

/// Whether `fit_voxels` knows the model.
bool is_mappable(const Model& model);
/// The names of those, for help and messages.
std::string mappable_model_names();

/// Fits a model to every one of `voxels` of an image. Nonlinear models end at the optimum that `fit` finds for the same
/// curve, weights and bounds; docs/maps.md says how, how far the two agree, and where they differ. Voxels whose curve
/// is zero or not finite have status `failed`. The delay of a plasma input is the given one, or 0. The result depends
/// neither on the number of threads nor on which other voxels are fitted.
///
/// Throws what `fit` throws for options that make no sense and for too few frames, UsageError for a model that has no
/// maps, a robust loss, several starts or a delay to be fitted, InputError for no voxels.
ParametricMaps fit_voxels(const Model& model,
                          const DynamicImage& image,
                          std::vector<std::uint32_t> voxels,
                          const ScanInput& input,
                          const MapOptions& options = {});

}  // namespace pet
