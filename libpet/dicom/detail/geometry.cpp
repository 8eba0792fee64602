// SPDX-License-Identifier: Apache-2.0
#include "libpet/dicom/detail/geometry.h"

#include <cmath>
#include <cstdio>

#include "libpet/error.h"

namespace pet::detail {
namespace {

double dot(const Vector3& a, const Vector3& b) {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

Vector3 scaled(const Vector3& a, double factor) {
  return {a[0] * factor, a[1] * factor, a[2] * factor};
}

std::string text_of(const char* format, double a, double b) {
  char text[160];
  std::snprintf(text, sizeof text, format, a, b);
  return text;
}

constexpr const char* orientation_tag = " tag (0020,0037) ImageOrientationPatient";
constexpr const char* position_tag = " tag (0020,0032) ImagePositionPatient";

bool is_near(const Vector3& a, const Vector3& b, double tolerance) {
  for (int d = 0; d < 3; ++d)
    if (!(std::abs(a[d] - b[d]) <= tolerance)) return false;
  return true;
}

double only_slice_thickness(const Instance& slice) {
  if (slice.slice_thickness_mm && *slice.slice_thickness_mm > 0.0) return *slice.slice_thickness_mm;
  throw bad_input(slice.file.string() + " tag (0018,0050) SliceThickness", "no thickness of the only slice",
                  "a positive number of mm");
}

}  // namespace

Vector3 slice_normal(const Instance& instance) {
  const Vector3& r = instance.row_direction;
  const Vector3& c = instance.column_direction;
  constexpr double tolerance = 1e-3;
  if (!(std::abs(dot(r, r) - 1.0) <= tolerance) || !(std::abs(dot(c, c) - 1.0) <= tolerance) ||
      !(std::abs(dot(r, c)) <= tolerance))
    throw bad_input(instance.file.string() + orientation_tag,
                    text_of("directions of length %.4g and %.4g that are not orthonormal", std::sqrt(dot(r, r)),
                            std::sqrt(dot(c, c))),
                    "orthogonal unit vectors");
  const Vector3 n = {r[1] * c[2] - r[2] * c[1], r[2] * c[0] - r[0] * c[2], r[0] * c[1] - r[1] * c[0]};
  return scaled(n, 1.0 / std::sqrt(dot(n, n)));
}

double slice_position_mm(const Instance& instance, const Vector3& normal) {
  return dot(instance.position_mm, normal);
}

void require_one_geometry(const Series& series) {
  const Instance& first = series.first();
  slice_normal(first);
  for (const Instance& other : series.instances) {
    const std::string file = other.file.string();
    if (other.rows != first.rows || other.columns != first.columns)
      throw bad_input(
          file + " tag (0028,0010) Rows", std::to_string(other.rows) + " x " + std::to_string(other.columns),
          std::to_string(first.rows) + " x " + std::to_string(first.columns) + " as the rest of the series");
    if (!(std::abs(other.row_spacing_mm - first.row_spacing_mm) <= 1e-4 * first.row_spacing_mm) ||
        !(std::abs(other.column_spacing_mm - first.column_spacing_mm) <= 1e-4 * first.column_spacing_mm))
      throw bad_input(
          file + " tag (0028,0030) PixelSpacing",
          text_of("%.6g x %.6g mm", other.row_spacing_mm, other.column_spacing_mm),
          text_of("%.6g x %.6g mm as the rest of the series", first.row_spacing_mm, first.column_spacing_mm));
    if (!is_near(other.row_direction, first.row_direction, 1e-3) ||
        !is_near(other.column_direction, first.column_direction, 1e-3))
      throw bad_input(file + orientation_tag, "another orientation", "that of the rest of the series");
    if (other.frame_of_reference_uid != first.frame_of_reference_uid)
      throw bad_input(file + " tag (0020,0052) FrameOfReferenceUID", "another frame of reference",
                      "that of the rest of the series");
  }
}

Grid grid_of(const std::vector<const Instance*>& slices) {
  const Instance& first = *slices.front();
  const Instance& last = *slices.back();
  const Vector3 normal = slice_normal(first);
  const double start = slice_position_mm(first, normal);
  const std::size_t gaps = slices.size() - 1;
  const double spacing =
      gaps == 0 ? only_slice_thickness(first) : (slice_position_mm(last, normal) - start) / static_cast<double>(gaps);
  for (std::size_t k = 1; k < slices.size(); ++k) {
    const double step = slice_position_mm(*slices[k], normal) - slice_position_mm(*slices[k - 1], normal);
    if (!(std::abs(step - spacing) <= 0.01 * spacing))
      throw bad_input(slices[k]->file.string() + position_tag,
                      text_of("%.5g mm to the slice before, %.5g mm on average", step, spacing),
                      "slices that are evenly spaced within 1 %, none missing");
    const Vector3 straight = scaled(normal, spacing * static_cast<double>(k));
    Vector3 offset{};
    for (int d = 0; d < 3; ++d) offset[d] = slices[k]->position_mm[d] - first.position_mm[d] - straight[d];
    const double along = dot(offset, normal);
    const double across = std::sqrt(std::max(0.0, dot(offset, offset) - along * along));
    if (!(across <= 0.01 * spacing * static_cast<double>(k)))
      throw bad_input(slices[k]->file.string() + position_tag,
                      text_of("%.5g mm beside the normal of slice 1", across, 0), "slices stacked along their normal");
  }
  return {{first.columns, first.rows, static_cast<int>(slices.size())},
          first.position_mm,
          {scaled(first.row_direction, first.column_spacing_mm), scaled(first.column_direction, first.row_spacing_mm),
           scaled(normal, spacing)}};
}

}  // namespace pet::detail
