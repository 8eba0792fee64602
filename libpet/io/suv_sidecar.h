// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

#include "libpet/dicom/suv_image.h"
#include "libpet/io/bids_pet.h"
#include "libpet/provenance.h"

namespace pet {

/// "sub-01/ses-a/pet/sub-01_ses-a_trc-X_desc-SUVBW_pet", without extension: bids_pet_path with a description. Throws as
/// that does.
std::filesystem::path bids_uptake_path(const BidsEntities& entities, SuvType type);

/// The sidecar of an uptake image: what it is, its unit, how decay was taken care of, provenance.
std::string suv_sidecar_text(const SuvImage& image, const Provenance& provenance);

/// Throws UsageError where `root` is a BIDS dataset that is not one of derived data.
void require_derivative_dataset(const std::filesystem::path& root);

/// A `dataset_description.json` of derived data.
std::string derivative_description_text(const std::string& name, const Provenance& provenance);

}  // namespace pet
