// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "libpet/grid.h"

namespace pet {

/// A map of one quantity.
struct VolumeMap {
  Grid grid;
  std::vector<float> voxels;  ///< i fastest; NaN where there is no number
};

/// Planes of the patient. Seen as radiologists do: axial from below and coronal from the front (the patient's right is
/// on the left), sagittal from the patient's left (front on the left).
enum class Plane { axial, coronal, sagittal };

/// "axial".
std::string_view name_of(Plane plane);

/// From where it is seen: "seen from below: left is the patient's right".
std::string_view reading_of(Plane plane);

/// A slice of a volume, row by row from its upper left corner; NaN where the volume has no number.
struct Slice {
  int width = 0;
  int height = 0;
  double pixel_width_mm = 1.0;
  double pixel_height_mm = 1.0;
  double position_mm = 0.0;  ///< along the normal: to the left, back or head
  std::vector<float> values;
};

/// Slices of a volume (i fastest), evenly spaced from one tenth to nine tenths of what is not zero, cropped to that
/// with two voxels around. The axes of the volume are taken for the patient's axes that they are nearest to; nothing
/// is interpolated. Empty where all voxels are zero or no number.
std::vector<Slice> slices_of(const Grid& grid, std::span<const float> voxels, Plane plane, int count);

/// The part of a volume that holds all voxels which are numbers and not zero, with its place in space. One voxel where
/// there are none. Precondition: the volume has a voxel.
VolumeMap cropped(const Grid& grid, std::span<const float> voxels);

/// Where the colours of a map should end: the 99th percentile of its voxels, or the 90th and 1.5 times its distance
/// from the median where that is less, so that some voxels at a bound do not set the scale, and regions of high binding
/// in a brain that mostly does not bind are not cut off.
double display_limit(std::span<const float> voxels);

/// The value below which a fraction of the voxels lies that are numbers and not zero; 0 where there are none.
double quantile_of_voxels(std::span<const float> voxels, double fraction);

}  // namespace pet
