// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "libpet/image.h"

namespace pet {

/// Smooths every frame of an image with a Gaussian of the given full width at half maximum in mm, along the three axes
/// of the grid in turn. The kernel ends at four standard deviations; where it reaches beyond the image, the mean of
/// what is inside is taken. A voxel that is not finite spreads to those within reach. Throws UsageError for a width
/// that is not above 0. The result does not depend on the number of threads (0: as many as the machine has).
void smooth(DynamicImage& image, double fwhm_mm, unsigned threads = 0);

/// Takes noise from every frame with the help of the whole scan (HYPR-LR): composite x (smoothed frame) / (smoothed
/// composite), where the composite is the mean of all frames by their duration and smoothing is that of `smooth`. Edges
/// are those of the composite; time courses are those of the neighbourhood, which is wrong where neighbours have other
/// kinetics. Christian BT, Vandehey NT, Floberg JM, Mistretta CA. J Nucl Med 2010;51:1147-1154 (there with a kernel of
/// equal weights). Where the smoothed composite is nearly 0 a voxel is only smoothed. Throws as `smooth` does.
void reduce_noise_by_composite(DynamicImage& image, double fwhm_mm, unsigned threads = 0);

}  // namespace pet
