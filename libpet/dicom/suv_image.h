// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "libpet/dicom/pet_image.h"
#include "libpet/grid.h"
#include "libpet/suv.h"

namespace pet {

/// Standardised uptake of a static or whole-body scan, in single precision.
struct SuvImage {
  Grid grid;
  std::vector<float> voxels;  ///< i fastest
  SuvType type = SuvType::bw;
  std::string unit;  ///< "g/mL", for bsa "cm2/mL"
  Radiopharmaceutical tracer;
  std::string evidence;  ///< to which time dose and activity were corrected, and how that was found; one sentence
  std::vector<std::string> warnings;
};

/// Reads a STATIC or WHOLE BODY series as uptake: activity concentration x size / dose, dose and activity corrected to
/// one time (QIBA vendor-neutral pseudocode 2018-06-26). Values in BQML (or Philips CNTS) that were corrected to START
/// have the dose decayed to that time; ADMIN the dose as injected; uncorrected ones (NONE) are corrected to injection
/// slice by slice, as beds start one after another. Values that are uptake already (GML, CM2ML, with their SUV Type)
/// are turned to `type` by the sizes alone. Throws as read_pet_series does, UsageError where `options` ask for a decay
/// reference or lossy pixels, and InputError where dose, weight, height
/// or sex are needed and missing, and for a dynamic series.
SuvImage read_suv(const std::filesystem::path& folder, SuvType type, const PetReadOptions& options = {});

}  // namespace pet
