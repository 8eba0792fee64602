// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "libpet/image.h"

namespace pet {

/// Smooths every frame of an image with a Gaussian of the given full width at half maximum in mm, along the three axes
/// of the grid in turn. The kernel ends at four standard deviations; where it reaches beyond the image, the mean of
/// what is inside is taken. A voxel that is not finite spreads to those within reach. Throws UsageError for a width that
/// is not above 0. The result does not depend on the number of threads (0: as many as the machine has).
void smooth(DynamicImage& image, double fwhm_mm, unsigned threads = 0);

}  // namespace pet
