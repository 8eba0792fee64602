// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

#include "libpet/dicom/suv_image.h"
#include "libpet/provenance.h"

namespace pet {

/// The BIDS label of uptake, "SUVBW", for the entity desc.
std::string uptake_label(SuvType type);

/// The sidecar of an uptake image: what it is, its unit, how decay was taken care of, provenance.
std::string suv_sidecar_text(const SuvImage& image, const Provenance& provenance);

/// Throws UsageError where `root` is a BIDS dataset that is not one of derived data.
void require_derivative_dataset(const std::filesystem::path& root);

}  // namespace pet
