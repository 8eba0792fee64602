// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "kinetic_models/maps/map_inputs.h"
#include "tools/image_arguments.h"
#include "tools/tool.h"

namespace pet {

/// What `pet-map` was asked for, as typed.
struct PetMapOptions {
  ImageArguments image;
  std::string model;
  std::optional<std::string> reference;
  std::optional<std::string> reference_tacs;
  std::optional<std::string> labels;
  std::optional<std::string> table;
  std::optional<std::string> mask;
  std::optional<std::string> input;
  std::string weights;
  std::string sampling = "average";
  std::optional<std::string> k2prime;
  std::optional<double> t_star_min;
  std::optional<double> t_end_min;
  std::optional<std::string> vB;
  std::optional<double> delay_s;
  std::optional<double> plasma_free_fraction;
  std::vector<std::string> bounds;
  std::optional<double> half_life_s;
  std::vector<std::string> maps;
  std::string format = "nifti";
  bool is_uncompressed = false;
  bool has_overviews = false;
  std::optional<double> smooth_mm;
  std::optional<double> hypr_mm;
  std::optional<double> regularise_mm;

  /// Whether the noise of the frames is taken from the residuals of all voxels.
  bool has_noise_of_residuals() const { return weights == "residuals"; }
};

/// Declares the options of pet-map, which fill `options`.
void declare_pet_map(Tool& tool, PetMapOptions& options);

/// Throws UsageError for options that contradict each other or the model.
void require_consistent(const PetMapOptions& options, const Model& model);

/// The options of the fits; `has_blood`: whole blood was measured. k2prime from a region or the voxels is not yet
/// known.
FitOptions map_fit_options(const PetMapOptions& options, const Model& model, bool has_blood);

/// One file of maps. `symbol` is that of a quantity, or "RSS", "AICc", "status".
struct MapFile {
  std::string symbol;
  bool is_standard_error = false;
  std::string path;  ///< PREFIX_model-SRTM_meas-BPND_mimap.nii.gz, its errors PREFIX_..._meas-BPND_desc-stderr_mimap
};

/// The files that are asked for: every quantity with its standard error, RSS, AICc and status, or those of --maps.
/// Throws UsageError for a symbol that the model does not have.
std::vector<MapFile> map_files(const PetMapOptions& options, const Model& model, const std::string& prefix);

}  // namespace pet
