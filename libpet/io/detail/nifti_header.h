// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nifti2_io.h>

#include <filesystem>
#include <memory>
#include <string>

#include "libpet/grid.h"

namespace pet::detail {

struct FreeNifti {
  void operator()(nifti_image* image) const { nifti_image_free(image); }
};
using NiftiHeader = std::unique_ptr<nifti_image, FreeNifti>;

/// The header of a NIfTI-1/2 file of real numbers in at most four dimensions. Throws InputNotFound, or InputError for
/// what is none, for a scale that is not finite, or for a file too short for the voxels it declares.
NiftiHeader read_nifti_header(const std::filesystem::path& path);

/// sform, else qform, from RAS+ to LPS+ and to mm. Throws InputError for neither, or for axes that are not independent.
Grid grid_of(const nifti_image& header, const std::string& source);

}  // namespace pet::detail
