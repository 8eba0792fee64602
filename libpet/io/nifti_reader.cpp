// SPDX-License-Identifier: Apache-2.0
#include <nifti2_io.h>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <span>
#include <type_traits>
#include <vector>

#include "libpet/error.h"
#include "libpet/io/detail/gzip_input.h"
#include "libpet/io/detail/nifti_header.h"
#include "libpet/io/detail/nifti_reader.h"
#include "libpet/io/tsv.h"

namespace pet::detail {
namespace {

namespace fs = std::filesystem;

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

}  // namespace

struct NiftiReader::Input {
  explicit Input(const fs::path& path) : header(read_nifti_header(path)), file(header->iname) {}

  NiftiHeader header;
  GzipInput file;
  std::size_t voxels_left = 0;
  std::vector<unsigned char> bytes;
};

NiftiReader::NiftiReader(const fs::path& path) : source_(path.string()), input_(std::make_unique<Input>(path)) {
  const nifti_image& header = *input_->header;
  grid_ = grid_of(header, source_);
  volumes_ = header.ndim >= 4 ? static_cast<std::size_t>(header.nt) : 1;
  input_->voxels_left = volumes_ * grid_.voxel_count();
  if (!input_->file.skip(static_cast<std::size_t>(header.iname_offset)))
    throw bad_input(source_, "no voxels at byte " + std::to_string(header.iname_offset),
                    "voxels as the header declares");
}

NiftiReader::~NiftiReader() = default;

template <typename Value>
void NiftiReader::read_scaled(std::span<Value> values) {
  nifti_image& header = *input_->header;
  const std::size_t length = values.size() * static_cast<std::size_t>(header.nbyper);
  const bool is_swapped = header.byteorder != nifti_short_order() && header.swapsize > 1;
  const double slope = header.scl_slope != 0.0 ? header.scl_slope : 1.0;
  const double intercept = header.scl_slope != 0.0 ? header.scl_inter : 0.0;
  // Numbers that are stored as they are wanted go straight to their place.
  const bool is_direct =
      std::is_same_v<Value, float> && header.datatype == DT_FLOAT32 && !is_swapped && slope == 1.0 && intercept == 0.0;
  std::vector<unsigned char>& bytes = input_->bytes;
  if (!is_direct) bytes.resize(length);
  if (input_->file.read(is_direct ? std::as_writable_bytes(values) : std::as_writable_bytes(std::span(bytes))) !=
      length)
    throw bad_input(source_, "an end or an error within the voxels", "as many as the header declares");
  // The checksum of compressed data is compared at their end, where nothing follows the voxels.
  assert(values.size() <= input_->voxels_left);
  input_->voxels_left -= values.size();
  if (input_->voxels_left == 0) input_->file.skip(1);
  if (!input_->file.is_whole())
    throw bad_input(source_, "compressed data without their end or checksum", "an undamaged file");

  if (is_direct) return;
  if (is_swapped) nifti_swap_Nbytes(static_cast<std::int64_t>(length) / header.swapsize, header.swapsize, bytes.data());
  convert_as(header.datatype, bytes, slope, intercept, values);
}

void NiftiReader::take_memory(std::size_t bytes, const std::function<void()>& reserve) const {
  try {
    reserve();
  } catch (const std::exception&) {  // of the allocator, or of a vector that cannot be as long
    constexpr double bytes_of_GB = 1e9;
    throw bad_input(source_,
                    "an image of " + format_number(std::ceil(static_cast<double>(bytes) / bytes_of_GB)) + " GB",
                    "one that fits into memory");
  }
}

void NiftiReader::read(std::span<float> values) {
  read_scaled(values);
}

void NiftiReader::read(std::span<double> values) {
  read_scaled(values);
}

}  // namespace pet::detail
