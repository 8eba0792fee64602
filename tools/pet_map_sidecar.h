// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "libpet/provenance.h"
#include "tools/pet_map_options.h"

namespace pet {

/// What the maps of one command have in common.
struct MapSidecar {
  const Model& model;
  const PetMapOptions& options;
  const FitOptions& fit;
  WeightScheme weights;
  std::optional<FrameNoise> noise;  ///< where it was estimated from residuals
  std::optional<Estimate> k2prime;  ///< where it was estimated
  ActivityUnit unit;
  Provenance provenance;
  std::string tracer{};  ///< empty: unknown
};

/// The sidecar of one map: what it holds and in which unit, then model, input, weights, values held, bounds,
/// provenance.
std::string map_sidecar_text(const MapFile& file, const MapSidecar& sidecar);

}  // namespace pet
