// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <vector>

#include "libpet/error.h"
#include "libpet/io/detail/block_file.h"
#include "libpet/io/detail/nifti_header.h"
#include "libpet/io/detail/nifti_writer.h"

namespace pet::detail {
namespace {

constexpr std::size_t block_size = std::size_t{1} << 18;

int code_of(NiftiType type) {
  if (type == NiftiType::float32) return DT_FLOAT32;
  return type == NiftiType::int16 ? DT_INT16 : DT_INT32;
}

// LPS+ to RAS+.
nifti_dmat44 matrix_of(const Grid& grid) {
  nifti_dmat44 matrix{};
  for (int d = 0; d < 3; ++d) {
    const double sign = d < 2 ? -1.0 : 1.0;
    matrix.m[d][3] = sign * grid.origin_mm[d] + 0.0;
    for (int axis = 0; axis < 3; ++axis) matrix.m[d][axis] = sign * grid.axis_mm[axis][d] + 0.0;  // no -0
  }
  matrix.m[3][3] = 1.0;
  return matrix;
}

void set_orientation(nifti_image& image, const Grid& grid) {
  image.sto_xyz = matrix_of(grid);
  image.sform_code = NIFTI_XFORM_SCANNER_ANAT;
  double step[3];
  nifti_dmat44_to_quatern(image.sto_xyz, &image.quatern_b, &image.quatern_c, &image.quatern_d, &image.qoffset_x,
                          &image.qoffset_y, &image.qoffset_z, &step[0], &step[1], &step[2], &image.qfac);
  image.dx = image.pixdim[1] = step[0];
  image.dy = image.pixdim[2] = step[1];
  image.dz = image.pixdim[3] = step[2];
  image.pixdim[0] = image.qfac;
  // A qform holds rotations only: where the axes are not at right angles it would be wrong.
  const nifti_dmat44 rotation =
      nifti_quatern_to_dmat44(image.quatern_b, image.quatern_c, image.quatern_d, image.qoffset_x, image.qoffset_y,
                              image.qoffset_z, step[0], step[1], step[2], image.qfac);
  double difference = 0.0;
  for (int r = 0; r < 3; ++r)
    for (int c = 0; c < 3; ++c) difference = std::max(difference, std::abs(rotation.m[r][c] - image.sto_xyz.m[r][c]));
  constexpr double tolerance_mm = 1e-4;
  image.qform_code = difference <= tolerance_mm ? NIFTI_XFORM_SCANNER_ANAT : NIFTI_XFORM_UNKNOWN;
}

template <typename NiftiHeader>
std::vector<std::byte> bytes_of(const NiftiHeader& header) {
  std::vector<std::byte> bytes(sizeof header + 4);  // four zero bytes: no extensions
  std::memcpy(bytes.data(), &header, sizeof header);
  return bytes;
}

}  // namespace

std::vector<std::byte> nifti_header_bytes(const NiftiLayout& layout) {
  const std::array<int, 3>& size = layout.grid.size;
  const bool is_4d = layout.has_time || layout.volumes > 1;
  const std::int64_t dims[8] = {
      is_4d ? 4 : 3, size[0], size[1], size[2], static_cast<std::int64_t>(layout.volumes), 1, 1, 1};
  const NiftiHeader image(nifti_make_new_nim(dims, code_of(layout.type), 0));
  if (!image) throw std::bad_alloc();
  set_orientation(*image, layout.grid);
  image->xyz_units = NIFTI_UNITS_MM;
  if (is_4d) {
    image->time_units = NIFTI_UNITS_SEC;
    image->dt = image->pixdim[4] = layout.frame_s;
  }
  image->scl_slope = 1.0;
  layout.description.copy(image->descrip, sizeof image->descrip - 1);

  const std::int64_t largest = *std::max_element(dims + 1, dims + 8);
  if (largest <= 32767) {
    image->nifti_type = NIFTI_FTYPE_NIFTI1_1;
    image->iname_offset = sizeof(nifti_1_header) + 4;
    nifti_1_header header{};
    nifti_convert_nim2n1hdr(image.get(), &header);
    return bytes_of(header);
  }
  image->nifti_type = NIFTI_FTYPE_NIFTI2_1;
  image->iname_offset = sizeof(nifti_2_header) + 4;
  nifti_2_header header{};
  nifti_convert_nim2n2hdr(image.get(), &header);
  return bytes_of(header);
}

void write_nifti(const NiftiLayout& layout,
                 const std::function<void(std::size_t first, std::span<std::byte> bytes)>& fill,
                 const std::filesystem::path& path,
                 std::size_t unit,
                 unsigned threads) {
  const std::string name = path.filename();
  const bool is_compressed = name.ends_with(".nii.gz");
  if (!is_compressed && !name.ends_with(".nii"))
    throw UsageError(path.string() + ": is no name of a NIfTI file; it must end in .nii or .nii.gz");
  // Once: the level is a global of the library, and files are written from several threads.
  [[maybe_unused]] static const bool is_quiet = [] {
    nifti_set_debug_level(0);
    return true;
  }();
  const std::size_t voxels = layout.grid.voxel_count() * layout.volumes;
  const std::size_t bytes_per_voxel = layout.type == NiftiType::int16 ? 2 : 4;
  const std::size_t block_voxels = std::max<std::size_t>(1, block_size / unit) * unit;

  BlockFile file(path, is_compressed);
  const std::vector<std::byte> header = nifti_header_bytes(layout);
  file.append(1, 1, [&](std::size_t, std::vector<std::byte>& bytes) { bytes = header; });
  file.append((voxels + block_voxels - 1) / block_voxels, threads,
              [&](std::size_t block, std::vector<std::byte>& bytes) {
                const std::size_t first = block * block_voxels;
                bytes.resize(std::min(block_voxels, voxels - first) * bytes_per_voxel);
                fill(first, bytes);
              });
  file.close();
}

}  // namespace pet::detail
