// SPDX-License-Identifier: Apache-2.0
#include <nifti2_io.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string_view>
#include <vector>

#include "libpet/error.h"
#include "libpet/io/detail/nifti_reader.h"

namespace pet::detail {
namespace {

namespace fs = std::filesystem;

// One bit of deflate never stands for more than about 1032 times as many.
constexpr std::uintmax_t most_per_compressed_byte = 1100;

template <typename Stored, typename Value>
void convert(const std::vector<unsigned char>& bytes, double slope, double intercept, std::span<Value> values) {
  for (std::size_t v = 0; v < values.size(); ++v) {
    Stored stored;
    std::memcpy(&stored, bytes.data() + v * sizeof stored, sizeof stored);
    values[v] = static_cast<Value>(static_cast<double>(stored) * slope + intercept);
  }
}

template <typename Value>
void convert_as(
    int datatype, const std::vector<unsigned char>& bytes, double slope, double intercept, std::span<Value> values) {
  switch (datatype) {
    case DT_UINT8:
      return convert<std::uint8_t>(bytes, slope, intercept, values);
    case DT_INT8:
      return convert<std::int8_t>(bytes, slope, intercept, values);
    case DT_UINT16:
      return convert<std::uint16_t>(bytes, slope, intercept, values);
    case DT_INT16:
      return convert<std::int16_t>(bytes, slope, intercept, values);
    case DT_UINT32:
      return convert<std::uint32_t>(bytes, slope, intercept, values);
    case DT_INT32:
      return convert<std::int32_t>(bytes, slope, intercept, values);
    case DT_UINT64:
      return convert<std::uint64_t>(bytes, slope, intercept, values);
    case DT_INT64:
      return convert<std::int64_t>(bytes, slope, intercept, values);
    case DT_FLOAT32:
      return convert<float>(bytes, slope, intercept, values);
    default:
      return convert<double>(bytes, slope, intercept, values);
  }
}

bool is_real_type(int datatype) {
  constexpr int types[] = {DT_UINT8, DT_INT8,  DT_UINT16, DT_INT16,   DT_UINT32,
                           DT_INT32, DT_INT64, DT_UINT64, DT_FLOAT32, DT_FLOAT64};
  return std::find(std::begin(types), std::end(types), datatype) != std::end(types);
}

double mm_per_unit(int unit) {
  if (unit == NIFTI_UNITS_METER) return 1e3;
  return unit == NIFTI_UNITS_MICRON ? 1e-3 : 1.0;
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

struct FreeImage {
  void operator()(nifti_image* image) const { nifti_image_free(image); }
};

using Header = std::unique_ptr<nifti_image, FreeImage>;

template <typename Value>
Value value_at(const std::array<unsigned char, sizeof(nifti_2_header)>& bytes, std::size_t at, bool is_swapped) {
  std::array<unsigned char, sizeof(Value)> part{};
  std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(at), part.size(), part.begin());
  if (is_swapped) std::reverse(part.begin(), part.end());
  return std::bit_cast<Value>(part);
}

// Whether a file begins with a header of a known type and positive sizes. libnifti would complain on stderr, whatever
// its level.
bool begins_with_header(const fs::path& path) {
  std::array<unsigned char, sizeof(nifti_2_header)> bytes{};
  const gzFile file = gzopen(path.c_str(), "rb");
  if (file == nullptr) return false;
  const int count = gzread(file, bytes.data(), static_cast<unsigned>(bytes.size()));
  gzclose(file);
  if (count < static_cast<int>(sizeof(nifti_1_header))) return false;

  for (const bool is_swapped : {false, true}) {
    const auto size = value_at<std::int32_t>(bytes, 0, is_swapped);
    const bool is_first = size == sizeof(nifti_1_header);
    if (!is_first && (size != sizeof(nifti_2_header) || count < static_cast<int>(bytes.size()))) continue;
    const std::size_t magic = is_first ? offsetof(nifti_1_header, magic) : offsetof(nifti_2_header, magic);
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()) + magic, 3);
    if (!text.starts_with("n") || !(text.ends_with(is_first ? '1' : '2'))) return false;
    const auto dim = [&](std::size_t d) {
      return is_first ? value_at<std::int16_t>(bytes, offsetof(nifti_1_header, dim) + 2 * d, is_swapped)
                      : value_at<std::int64_t>(bytes, offsetof(nifti_2_header, dim) + 8 * d, is_swapped);
    };
    const std::size_t type = is_first ? offsetof(nifti_1_header, datatype) : offsetof(nifti_2_header, datatype);
    if (!nifti_is_valid_datatype(value_at<std::int16_t>(bytes, type, is_swapped))) return false;
    if (dim(0) < 1 || dim(0) > 7) return false;
    for (std::int64_t d = 1; d <= dim(0); ++d)
      if (dim(static_cast<std::size_t>(d)) < 1) return false;
    return true;
  }
  return false;
}

Header read_header(const fs::path& path) {
  if (!fs::exists(path)) throw InputNotFound(path.string() + ": no such file");
  if (!fs::is_regular_file(path)) throw bad_input(path.string(), "no regular file", "a NIfTI file (.nii, .nii.gz)");
  nifti_set_debug_level(0);
  if (!begins_with_header(path))
    throw bad_input(path.string(), "no header with positive sizes and a known type",
                    "a NIfTI-1 or NIfTI-2 file (.nii, .nii.gz)");
  Header header(nifti_image_read(path.c_str(), 0));
  if (!header || header->nifti_type == NIFTI_FTYPE_ANALYZE || header->iname == nullptr)
    throw bad_input(path.string(), "an unusable header", "a NIfTI-1 or NIfTI-2 file (.nii, .nii.gz)");
  if (!is_real_type(header->datatype))
    throw bad_input(path.string(), "voxels of type " + std::string(nifti_datatype_string(header->datatype)),
                    "integers or real numbers");
  return header;
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

struct NiftiReader::Input {
  Header header;
  gzFile file = nullptr;
  std::size_t volumes_left = 0;
  std::vector<unsigned char> bytes;

  ~Input() {
    if (file != nullptr) gzclose(file);
  }
};

NiftiReader::NiftiReader(const fs::path& path) : source_(path.string()), input_(std::make_unique<Input>()) {
  input_->header = read_header(path);
  nifti_image& header = *input_->header;
  check_length(header, source_);
  grid_ = grid_of(header, source_);
  volumes_ = header.ndim >= 4 ? static_cast<std::size_t>(header.nt) : 1;
  input_->volumes_left = volumes_;

  input_->file = gzopen(header.iname, "rb");  // reads what is not compressed as it is
  if (input_->file == nullptr) throw InputNotFound(source_ + ": cannot be opened: " + std::strerror(errno));
  gzbuffer(input_->file, 1 << 20);
  if (gzseek(input_->file, header.iname_offset, SEEK_SET) != header.iname_offset)
    throw bad_input(source_, "no voxels at byte " + std::to_string(header.iname_offset),
                    "voxels as the header declares");
}

NiftiReader::~NiftiReader() = default;

template <typename Value>
void NiftiReader::read_scaled(std::span<Value> values) {
  nifti_image& header = *input_->header;
  const std::size_t length = values.size() * static_cast<std::size_t>(header.nbyper);
  std::vector<unsigned char>& bytes = input_->bytes;
  bytes.resize(length);
  for (std::size_t done = 0; done < length;) {
    const auto chunk = static_cast<unsigned>(std::min<std::size_t>(length - done, 1u << 30));
    const int count = gzread(input_->file, bytes.data() + done, chunk);
    if (count <= 0) throw bad_input(source_, "an end or an error within the voxels", "as many as the header declares");
    done += static_cast<std::size_t>(count);
  }
  // The checksum of a compressed file is compared when its end is reached.
  unsigned char rest = 0;
  int error = Z_OK;
  if (--input_->volumes_left == 0) {
    gzread(input_->file, &rest, 1);
    gzerror(input_->file, &error);
  }
  if (error != Z_OK && error != Z_STREAM_END)
    throw bad_input(source_, "compressed data without their end or checksum", "an undamaged file");

  if (header.byteorder != nifti_short_order() && header.swapsize > 1)
    nifti_swap_Nbytes(static_cast<std::int64_t>(length) / header.swapsize, header.swapsize, bytes.data());
  const bool is_scaled = header.scl_slope != 0.0;
  convert_as(header.datatype, bytes, is_scaled ? header.scl_slope : 1.0, is_scaled ? header.scl_inter : 0.0, values);
}

void NiftiReader::read(std::span<float> values) {
  read_scaled(values);
}

void NiftiReader::read(std::span<double> values) {
  read_scaled(values);
}

}  // namespace pet::detail
