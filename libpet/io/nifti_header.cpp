// SPDX-License-Identifier: Apache-2.0
#include <zlib.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include "libpet/error.h"
#include "libpet/io/detail/nifti_header.h"

namespace pet::detail {
namespace {

namespace fs = std::filesystem;
using namespace std::string_literals;

// One bit of deflate never stands for more than about 1032 times as many.
constexpr std::uintmax_t most_per_compressed_byte = 1100;

bool is_real_type(int datatype) {
  constexpr int types[] = {DT_UINT8, DT_INT8,  DT_UINT16, DT_INT16,   DT_UINT32,
                           DT_INT32, DT_INT64, DT_UINT64, DT_FLOAT32, DT_FLOAT64};
  return std::find(std::begin(types), std::end(types), datatype) != std::end(types);
}

double mm_per_unit(int unit) {
  if (unit == NIFTI_UNITS_METER) return 1e3;
  return unit == NIFTI_UNITS_MICRON ? 1e-3 : 1.0;
}

template <typename Value>
Value value_at(const std::array<unsigned char, sizeof(nifti_2_header)>& bytes, std::size_t at, bool is_swapped) {
  std::array<unsigned char, sizeof(Value)> part{};
  std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(at), part.size(), part.begin());
  if (is_swapped) std::reverse(part.begin(), part.end());
  return std::bit_cast<Value>(part);
}

// The header as it is stored: libnifti complains on stderr, whatever its level, and takes numbers that are not finite
// for 0.
struct StoredHeader {
  std::array<unsigned char, sizeof(nifti_2_header)> bytes{};
  bool is_first = false;  ///< NIfTI-1
  bool is_swapped = false;

  template <typename First, typename Second>
  Second value(std::size_t at_first, std::size_t at_second) const {
    if (is_first) return static_cast<Second>(value_at<First>(bytes, at_first, is_swapped));
    return value_at<Second>(bytes, at_second, is_swapped);
  }
};

std::optional<StoredHeader> stored_header(const fs::path& path) {
  StoredHeader header;
  const gzFile file = gzopen(path.c_str(), "rb");
  if (file == nullptr) return std::nullopt;
  const int count = gzread(file, header.bytes.data(), static_cast<unsigned>(header.bytes.size()));
  gzclose(file);
  if (count < static_cast<int>(sizeof(nifti_1_header))) return std::nullopt;
  for (const bool is_swapped : {false, true}) {
    const auto size = value_at<std::int32_t>(header.bytes, 0, is_swapped);
    header.is_swapped = is_swapped;
    header.is_first = size == sizeof(nifti_1_header);
    if (header.is_first || (size == sizeof(nifti_2_header) && count == static_cast<int>(header.bytes.size())))
      return header;
  }
  return std::nullopt;
}

// Whether the magic is right, the type known and every size positive.
bool is_usable(const StoredHeader& header) {
  const std::size_t magic = header.is_first ? offsetof(nifti_1_header, magic) : offsetof(nifti_2_header, magic);
  const std::string_view text(reinterpret_cast<const char*>(header.bytes.data()) + magic, 3);
  if (!text.starts_with("n") || !(text.ends_with(header.is_first ? '1' : '2'))) return false;
  const auto type =
      header.value<std::int16_t, std::int16_t>(offsetof(nifti_1_header, datatype), offsetof(nifti_2_header, datatype));
  if (!nifti_is_valid_datatype(type)) return false;
  const auto dim = [&](std::int64_t d) {
    const auto at = static_cast<std::size_t>(d);
    return header.value<std::int16_t, std::int64_t>(offsetof(nifti_1_header, dim) + 2 * at,
                                                    offsetof(nifti_2_header, dim) + 8 * at);
  };
  if (dim(0) < 1 || dim(0) > 7) return false;
  for (std::int64_t d = 1; d <= dim(0); ++d)
    if (dim(d) < 1) return false;
  return true;
}

// libnifti would read voxels with an infinite scale as if they had none. NaN is how some programs say that there is
// none.
void check_scale(const StoredHeader& header, const std::string& source) {
  const auto check = [&](const char* name, double value) {
    if (std::isinf(value))
      throw bad_input(source, name + (value > 0.0 ? " inf"s : " -inf"s),
                      "a finite number (scl_slope 0 or NaN where voxels are not scaled)");
  };
  check("scl_slope",
        header.value<float, double>(offsetof(nifti_1_header, scl_slope), offsetof(nifti_2_header, scl_slope)));
  check("scl_inter",
        header.value<float, double>(offsetof(nifti_1_header, scl_inter), offsetof(nifti_2_header, scl_inter)));
}

// The number of bytes that the header declares. Every factor is checked, so that the product cannot overflow.
std::uintmax_t declared_bytes(const nifti_image& header, const std::string& source) {
  constexpr std::uintmax_t most = std::uintmax_t{1} << 50;
  std::uintmax_t bytes = static_cast<std::uintmax_t>(header.nbyper);
  for (int d = 1; d <= 7; ++d) {
    const std::int64_t size = d <= header.ndim ? header.dim[d] : 1;
    if (size < 1 || size > std::numeric_limits<int>::max() || bytes > most / static_cast<std::uintmax_t>(size))
      throw bad_input(source, std::to_string(size) + " voxels in dimension " + std::to_string(d), "a possible size");
    if (d > 4 && size > 1) throw bad_input(source, std::to_string(header.ndim) + " dimensions", "three or four");
    bytes *= static_cast<std::uintmax_t>(size);
  }
  return bytes;
}

void check_length(const nifti_image& header, const std::string& source) {
  const std::uintmax_t declared = declared_bytes(header, source);
  std::error_code error;
  const std::uintmax_t length = fs::file_size(header.iname, error);
  if (error) throw InputNotFound(std::string(header.iname) + ": " + error.message());
  const bool is_compressed = fs::path(header.iname).extension() == ".gz";
  const auto offset = static_cast<std::uintmax_t>(std::max<std::int64_t>(0, header.iname_offset));
  const bool fits = is_compressed ? declared / most_per_compressed_byte <= length : declared + offset <= length;
  if (!fits)
    throw bad_input(source, "a file of " + std::to_string(length) + " bytes",
                    "room for the " + std::to_string(declared) + " bytes of voxels that the header declares");
}

}  // namespace

NiftiHeader read_nifti_header(const fs::path& path) {
  if (!fs::exists(path)) throw InputNotFound(path.string() + ": no such file");
  if (!fs::is_regular_file(path)) throw bad_input(path.string(), "no regular file", "a NIfTI file (.nii, .nii.gz)");
  nifti_set_debug_level(0);
  const std::optional<StoredHeader> stored = stored_header(path);
  if (!stored || !is_usable(*stored))
    throw bad_input(path.string(), "no header with positive sizes and a known type",
                    "a NIfTI-1 or NIfTI-2 file (.nii, .nii.gz)");
  check_scale(*stored, path.string());
  NiftiHeader header(nifti_image_read(path.c_str(), 0));
  if (!header || header->nifti_type == NIFTI_FTYPE_ANALYZE || header->iname == nullptr)
    throw bad_input(path.string(), "an unusable header", "a NIfTI-1 or NIfTI-2 file (.nii, .nii.gz)");
  if (!is_real_type(header->datatype))
    throw bad_input(path.string(), "voxels of type " + std::string(nifti_datatype_string(header->datatype)),
                    "integers or real numbers");
  check_length(*header, path.string());
  return header;
}

Grid grid_of(const nifti_image& header, const std::string& source) {
  if (header.sform_code <= 0 && header.qform_code <= 0)
    throw bad_input(source, "neither sform nor qform", "a NIfTI file that says where its voxels lie");
  const nifti_dmat44& matrix = header.sform_code > 0 ? header.sto_xyz : header.qto_xyz;
  const double mm = mm_per_unit(header.xyz_units);
  Grid grid;
  grid.size = {static_cast<int>(header.nx), static_cast<int>(header.ny), static_cast<int>(header.nz)};
  for (int d = 0; d < 3; ++d) {
    const double sign = d < 2 ? -mm : mm;  // RAS+ to LPS+
    grid.origin_mm[d] = sign * matrix.m[d][3];
    for (int axis = 0; axis < 3; ++axis) grid.axis_mm[axis][d] = sign * matrix.m[d][axis];
  }
  const double volume = grid.voxel_volume_mm3();
  if (!(volume > 0.0) || !std::isfinite(volume) ||
      !std::isfinite(grid.position_mm(0, 0, 0)[0] + grid.origin_mm[1] + grid.origin_mm[2]))
    throw bad_input(source,
                    std::string(header.sform_code > 0 ? "an sform" : "a qform") + " that is singular or not finite",
                    "three independent axes");
  return grid;
}

}  // namespace pet::detail
