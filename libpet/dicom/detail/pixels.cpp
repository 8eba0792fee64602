// SPDX-License-Identifier: Apache-2.0
#include "libpet/dicom/detail/pixels.h"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>
#include <memory>
#include <optional>
#include <vector>

#include "libpet/dicom/detail/dataset.h"
#include "libpet/dicom/detail/encapsulated.h"
#include "libpet/dicom/detail/file_bytes.h"
#include "libpet/dicom/detail/inflated.h"
#include "libpet/dicom/detail/jpeg2000.h"
#include "libpet/error.h"

namespace pet::detail {
namespace {

static_assert(std::endian::native == std::endian::little, "pixels are taken from files as they are");

std::string where(const Instance& instance) {
  return instance.file.string() + " tag (7fe0,0010) PixelData";
}

void swap_bytes(std::span<unsigned char> bytes, std::size_t size) {
  for (std::size_t i = 0; i + size <= bytes.size(); i += size)
    std::reverse(bytes.begin() + static_cast<std::ptrdiff_t>(i), bytes.begin() + static_cast<std::ptrdiff_t>(i + size));
}

constexpr const char* readable = "RLE, JPEG-LS, JPEG lossless or JPEG 2000, or no compression";

thread_local std::filesystem::path kept_path;
thread_local std::unique_ptr<DcmFileFormat> kept;
thread_local std::optional<EncapsulatedPixels> kept_fragments;
thread_local std::vector<unsigned char> kept_data_set;  // of a deflated file

void let_go() {
  kept_path.clear();
  kept.reset();
  kept_fragments.reset();
  kept_data_set.clear();
}

void decode_jpeg2000_of(const Instance& instance, std::span<unsigned char> bytes) {
  const PixelFormat& pixels = instance.pixels;
  if (!kept_fragments || kept_path != instance.file) {
    let_go();
    kept_fragments.emplace(instance.file, pixels.offset, pixels.frames, where(instance));
    kept_path = instance.file;
  }
  decode_jpeg2000(kept_fragments->frame(pixels.frame), instance, bytes);
}

// One frame of several. The file is kept while its frames are read one after another.
void decode_frame(const Instance& instance, std::span<unsigned char> bytes) {
  prepare_dcmtk();
  if (!kept || kept_path != instance.file) {
    let_go();
    kept = std::make_unique<DcmFileFormat>();
    kept_path = instance.file;
    if (kept->loadFile(instance.file.c_str()).bad()) kept.reset();
  }
  DcmElement* element = nullptr;
  Uint32 fragment = 0;
  OFString colours;
  if (!kept || kept->getDataset()->findAndGetElement(DCM_PixelData, element).bad() ||
      element
          ->getUncompressedFrame(kept->getDataset(), static_cast<Uint32>(instance.pixels.frame), fragment, bytes.data(),
                                 static_cast<Uint32>(bytes.size()), colours)
          .bad())
    throw bad_input(where(instance),
                    "frame " + std::to_string(instance.pixels.frame + 1) + " compressed as " +
                        quote(instance.transfer_syntax) + " that cannot be decoded",
                    readable);
}

// Little-endian integers of a file that is compressed.
void decode(const Instance& instance, std::span<unsigned char> bytes) {
  if (is_jpeg2000(instance.transfer_syntax)) return decode_jpeg2000_of(instance, bytes);
  if (instance.pixels.frames > 1) return decode_frame(instance, bytes);
  prepare_dcmtk();
  DcmFileFormat file;
  DcmDataset& data = *file.getDataset();
  if (file.loadFile(instance.file.c_str()).bad() ||
      data.chooseRepresentation(EXS_LittleEndianExplicit, nullptr).bad() ||
      !data.canWriteXfer(EXS_LittleEndianExplicit))
    throw bad_input(where(instance),
                    "pixels compressed as " + quote(instance.transfer_syntax) + " that cannot be decoded", readable);
  const std::size_t size = static_cast<std::size_t>(instance.pixels.bits_allocated / 8);
  unsigned long count = 0;
  const void* from = nullptr;
  if (size == 1) {
    const Uint8* values = nullptr;
    if (data.findAndGetUint8Array(DCM_PixelData, values, &count).good()) from = values;
  } else {
    const Uint16* values = nullptr;
    if (data.findAndGetUint16Array(DCM_PixelData, values, &count).good()) from = values;
    count *= sizeof(Uint16);
  }
  if (from == nullptr || count < bytes.size())
    throw bad_input(where(instance), std::to_string(count) + " bytes", std::to_string(bytes.size()));
  std::memcpy(bytes.data(), from, bytes.size());
}

// The stored values as the little-endian bytes of their type. The buffer is this thread's own.
std::span<unsigned char> stored_bytes(const Instance& instance, std::vector<unsigned char>& buffer) {
  const PixelFormat& pixels = instance.pixels;
  // Words are counted from the first frame; others may begin and end within one.
  const std::size_t word = pixels.is_native ? pixels.word_bytes : 1;
  const std::size_t before = pixels.frame * pixels.length % word;
  const std::size_t size = (before + pixels.length + word - 1) / word * word;
  buffer.resize(std::max(buffer.size(), size));
  const std::span<unsigned char> bytes(buffer.data(), size);
  if (pixels.is_native) {
    const std::size_t count = read_native(instance.file, pixels.is_deflated, pixels.offset - before, word, bytes);
    if (count < size) throw bad_input(where(instance), std::to_string(count) + " bytes", std::to_string(size));
  } else {
    decode(instance, bytes);
  }
  return bytes.subspan(before, pixels.length);
}

template <typename Stored>
void rescale(std::span<const unsigned char> bytes, const PixelFormat& pixels, double factor, std::span<float> values) {
  const double slope = pixels.slope * factor;
  const double intercept = pixels.intercept * factor;
  [[maybe_unused]] const int unused_bits = pixels.bits_allocated - pixels.bits_stored;
  for (std::size_t i = 0; i < values.size(); ++i) {
    Stored stored;
    std::memcpy(&stored, bytes.data() + i * sizeof stored, sizeof stored);
    // Bits above BitsStored may hold anything; the shifts drop them and extend the sign.
    if constexpr (std::numeric_limits<Stored>::is_integer)
      stored = static_cast<Stored>(static_cast<Stored>(stored << unused_bits) >> unused_bits);
    values[i] = static_cast<float>(slope * static_cast<double>(stored) + intercept);
  }
}

}  // namespace

DecodingScope::DecodingScope() {
  let_go();
}

DecodingScope::~DecodingScope() {
  let_go();
}

std::size_t read_native(const std::filesystem::path& path,
                        bool is_deflated,
                        std::size_t offset,
                        std::size_t word_bytes,
                        std::span<unsigned char> bytes) {
  if (!is_deflated) {
    const std::size_t count = FileBytes(path).read(bytes.data(), offset, bytes.size());
    if (word_bytes > 1) swap_bytes(bytes, word_bytes);
    return count;
  }
  if (kept_data_set.empty() || kept_path != path) {
    let_go();
    const FileBytes file(path);
    std::vector<unsigned char> whole(file.size());
    whole.resize(file.read(whole.data(), 0, whole.size()));
    if (const auto data_set = deflated_data_set(whole))
      kept_data_set = inflated(Bytes(whole).subspan(*data_set)).value_or(std::vector<unsigned char>());
    kept_path = path;
  }
  const std::size_t from = std::min(offset, kept_data_set.size());
  const std::size_t count = std::min(bytes.size(), kept_data_set.size() - from);
  std::copy_n(kept_data_set.begin() + static_cast<std::ptrdiff_t>(from), count, bytes.begin());
  return count;
}

void read_pixels(const Instance& instance, double factor, std::span<float> values) {
  static thread_local std::vector<unsigned char> buffer;
  const auto bytes = stored_bytes(instance, buffer);
  const PixelFormat& pixels = instance.pixels;
  if (pixels.element == 0x0008) return rescale<float>(bytes, pixels, factor, values);
  if (pixels.element == 0x0009) return rescale<double>(bytes, pixels, factor, values);
  switch (pixels.bits_allocated) {
    case 8:
      return pixels.is_signed ? rescale<std::int8_t>(bytes, pixels, factor, values)
                              : rescale<std::uint8_t>(bytes, pixels, factor, values);
    case 16:
      return pixels.is_signed ? rescale<std::int16_t>(bytes, pixels, factor, values)
                              : rescale<std::uint16_t>(bytes, pixels, factor, values);
    default:
      return pixels.is_signed ? rescale<std::int32_t>(bytes, pixels, factor, values)
                              : rescale<std::uint32_t>(bytes, pixels, factor, values);
  }
}

bool same_pixels(const Instance& a, const Instance& b) {
  if (a.pixels.length != b.pixels.length || a.pixels.element != b.pixels.element ||
      a.pixels.bits_stored != b.pixels.bits_stored || a.pixels.is_signed != b.pixels.is_signed ||
      a.pixels.slope != b.pixels.slope || a.pixels.intercept != b.pixels.intercept)
    return false;
  std::vector<unsigned char> bytes_a, bytes_b;
  return std::ranges::equal(stored_bytes(a, bytes_a), stored_bytes(b, bytes_b));
}

}  // namespace pet::detail
