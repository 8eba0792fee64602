// SPDX-License-Identifier: Apache-2.0
#include "libpet/slices.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace pet {
namespace {

// Which axis of the voxels runs along which axis of the patient (left, back, head), and whether against it.
struct Orientation {
  std::array<std::size_t, 3> axis{};
  std::array<bool, 3> is_reversed{};
};

double length_of(const Vector3& v) {
  return std::hypot(v[0], v[1], v[2]);
}

// The permutation whose axes deviate least from the patient's.
Orientation orientation_of(const Grid& grid) {
  std::array<std::size_t, 3> permutation = {0, 1, 2};
  Orientation best;
  double best_sum = -1.0;
  do {
    double sum = 0.0;
    for (std::size_t a = 0; a < 3; ++a)
      sum += std::abs(grid.axis_mm[permutation[a]][a]) / length_of(grid.axis_mm[permutation[a]]);
    if (sum > best_sum) {
      best_sum = sum;
      best.axis = permutation;
    }
  } while (std::next_permutation(permutation.begin(), permutation.end()));
  for (std::size_t a = 0; a < 3; ++a) best.is_reversed[a] = grid.axis_mm[best.axis[a]][a] < 0.0;
  return best;
}

using Position = std::array<int, 3>;  // along left, back, head

// A volume by the patient's axes.
class Volume {
 public:
  Volume(const Grid& grid, std::span<const float> voxels)
      : grid_(grid), voxels_(voxels), orientation_(orientation_of(grid)) {}

  int size(std::size_t a) const { return grid_.size[orientation_.axis[a]]; }
  double spacing_mm(std::size_t a) const { return length_of(grid_.axis_mm[orientation_.axis[a]]); }

  float at(const Position& position) const {
    const Position v = voxel_of(position);
    const auto row =
        static_cast<std::size_t>(v[2]) * static_cast<std::size_t>(grid_.size[1]) + static_cast<std::size_t>(v[1]);
    return voxels_[row * static_cast<std::size_t>(grid_.size[0]) + static_cast<std::size_t>(v[0])];
  }

  double coordinate_mm(const Position& position, std::size_t a) const {
    const Position v = voxel_of(position);
    return grid_.position_mm(v[0], v[1], v[2])[a];
  }

 private:
  Position voxel_of(const Position& position) const {
    Position voxel{};
    for (std::size_t a = 0; a < 3; ++a)
      voxel[orientation_.axis[a]] = orientation_.is_reversed[a] ? size(a) - 1 - position[a] : position[a];
    return voxel;
  }

  const Grid& grid_;
  std::span<const float> voxels_;
  Orientation orientation_;
};

bool is_shown(float value) {
  return std::isfinite(value) && value != 0.0F;
}

struct Box {
  Position first{};
  Position last{};
  bool is_empty = true;
};

Box box_of(const Volume& volume) {
  Box box;
  Position p{};
  for (p[2] = 0; p[2] < volume.size(2); ++p[2])
    for (p[1] = 0; p[1] < volume.size(1); ++p[1])
      for (p[0] = 0; p[0] < volume.size(0); ++p[0]) {
        if (!is_shown(volume.at(p))) continue;
        for (std::size_t a = 0; a < 3; ++a) {
          box.first[a] = box.is_empty ? p[a] : std::min(box.first[a], p[a]);
          box.last[a] = box.is_empty ? p[a] : std::max(box.last[a], p[a]);
        }
        box.is_empty = false;
      }
  return box;
}

// Axes of a plane: to the right, down, and through it; whether they run against the patient's.
struct View {
  std::size_t across;
  std::size_t down;
  std::size_t through;
  bool is_head_up;
};

View view_of(Plane plane) {
  switch (plane) {
    case Plane::coronal:
      return {0, 2, 1, true};
    case Plane::sagittal:
      return {1, 2, 0, true};
    case Plane::axial:
      break;
  }
  return {0, 1, 2, false};
}

Slice slice_at(const Volume& volume, const Box& box, const View& view, int through) {
  Slice slice;
  slice.width = box.last[view.across] - box.first[view.across] + 1;
  slice.height = box.last[view.down] - box.first[view.down] + 1;
  slice.pixel_width_mm = volume.spacing_mm(view.across);
  slice.pixel_height_mm = volume.spacing_mm(view.down);
  Position p{};
  p[view.through] = through;
  slice.position_mm = volume.coordinate_mm(p, view.through);
  slice.values.reserve(static_cast<std::size_t>(slice.width) * static_cast<std::size_t>(slice.height));
  for (int row = 0; row < slice.height; ++row)
    for (int column = 0; column < slice.width; ++column) {
      p[view.across] = box.first[view.across] + column;
      p[view.down] = view.is_head_up ? box.last[view.down] - row : box.first[view.down] + row;
      slice.values.push_back(volume.at(p));
    }
  return slice;
}

}  // namespace

std::string_view name_of(Plane plane) {
  if (plane == Plane::coronal) return "coronal";
  return plane == Plane::sagittal ? "sagittal" : "axial";
}

std::string_view reading_of(Plane plane) {
  if (plane == Plane::coronal) return "seen from the front: left is the patient's right";
  return plane == Plane::sagittal ? "seen from the patient's left: left is the front"
                                  : "seen from below: left is the patient's right";
}

std::vector<Slice> slices_of(const Grid& grid, std::span<const float> voxels, Plane plane, int count) {
  constexpr int around = 2;
  const Volume volume(grid, voxels);
  Box box = box_of(volume);
  if (box.is_empty) return {};
  const View view = view_of(plane);
  const double first = box.first[view.through];
  const double extent = box.last[view.through] - first;
  for (std::size_t a = 0; a < 3; ++a) {
    box.first[a] = std::max(box.first[a] - around, 0);
    box.last[a] = std::min(box.last[a] + around, volume.size(a) - 1);
  }
  std::vector<Slice> slices;
  for (int i = 0; i < count; ++i) {
    const double share = count == 1 ? 0.5 : 0.1 + 0.8 * i / (count - 1);
    slices.push_back(slice_at(volume, box, view, static_cast<int>(std::lround(first + share * extent))));
  }
  return slices;
}

VolumeMap cropped(const Grid& grid, std::span<const float> voxels) {
  std::array<int, 3> first = grid.size;
  std::array<int, 3> last{};
  std::size_t index = 0;
  const auto over_voxels = [](const std::array<int, 3>& from, const std::array<int, 3>& to, auto&& visit) {
    std::array<int, 3> at{};
    for (at[2] = from[2]; at[2] <= to[2]; ++at[2])
      for (at[1] = from[1]; at[1] <= to[1]; ++at[1])
        for (at[0] = from[0]; at[0] <= to[0]; ++at[0]) visit(at);
  };
  over_voxels({}, {grid.size[0] - 1, grid.size[1] - 1, grid.size[2] - 1}, [&](const std::array<int, 3>& at) {
    if (!is_shown(voxels[index++])) return;
    for (std::size_t a = 0; a < 3; ++a) {
      first[a] = std::min(first[a], at[a]);
      last[a] = std::max(last[a], at[a]);
    }
  });
  if (first == grid.size) first = last = {};
  VolumeMap part{grid, {}};
  part.grid.origin_mm = grid.position_mm(first[0], first[1], first[2]);
  for (std::size_t a = 0; a < 3; ++a) part.grid.size[a] = last[a] - first[a] + 1;
  part.voxels.reserve(part.grid.voxel_count());
  over_voxels(first, last, [&](const std::array<int, 3>& at) {
    const auto row =
        static_cast<std::size_t>(at[2]) * static_cast<std::size_t>(grid.size[1]) + static_cast<std::size_t>(at[1]);
    part.voxels.push_back(voxels[row * static_cast<std::size_t>(grid.size[0]) + static_cast<std::size_t>(at[0])]);
  });
  return part;
}

double display_limit(std::span<const float> voxels) {
  const double high = quantile_of_voxels(voxels, 0.9);
  const double fence = high + 1.5 * (high - quantile_of_voxels(voxels, 0.5));
  return std::min(quantile_of_voxels(voxels, 0.99), fence);
}

double quantile_of_voxels(std::span<const float> voxels, double fraction) {
  std::vector<float> shown;
  std::copy_if(voxels.begin(), voxels.end(), std::back_inserter(shown), is_shown);
  if (shown.empty()) return 0.0;
  const auto rank = static_cast<std::ptrdiff_t>(fraction * static_cast<double>(shown.size() - 1));
  std::nth_element(shown.begin(), shown.begin() + rank, shown.end());
  return shown[static_cast<std::size_t>(rank)];
}

}  // namespace pet
