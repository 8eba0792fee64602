// SPDX-License-Identifier: Apache-2.0
#include "libpet/dicom/detail/file_header.h"

#include <dcmtk/dcmdata/dcistrmb.h>

#include <algorithm>
#include <cctype>
#include <cstring>
#include <vector>

#include "libpet/dicom/detail/dataset.h"
#include "libpet/dicom/detail/file_bytes.h"
#include "libpet/error.h"

namespace pet::detail {
namespace {

constexpr std::size_t preamble_bytes = 132;
// Most headers fit; those that do not (private elements of some scanners) are read again with a larger part.
constexpr std::size_t first_part_bytes = 16384;

std::uint32_t number_at(const unsigned char* bytes, int count, bool is_big_endian) {
  std::uint32_t value = 0;
  for (int i = 0; i < count; ++i) value |= std::uint32_t{bytes[i]} << 8 * (is_big_endian ? count - 1 - i : i);
  return value;
}

// Reads where the pixels are from the bytes before `end`, at which the parser stopped. False if it did not stop there.
bool find_pixels(const std::vector<unsigned char>& bytes, std::size_t end, FileHeader& header) {
  const DcmXfer syntax(header.syntax);
  const bool is_big_endian = syntax.getByteOrder() == EBO_BigEndian;
  const std::size_t tag_bytes = syntax.isExplicitVR() ? 12 : 8;
  if (end < tag_bytes) return false;
  const unsigned char* tag = bytes.data() + end - tag_bytes;
  if (number_at(tag, 2, is_big_endian) != 0x7FE0) return false;
  header.pixel_element = static_cast<std::uint16_t>(number_at(tag + 2, 2, is_big_endian));
  header.pixel_offset = end;
  header.pixel_length = number_at(bytes.data() + end - 4, 4, is_big_endian);
  return header.pixel_element == 0x0008 || header.pixel_element == 0x0009 || header.pixel_element == 0x0010;
}

// Parses the bytes there are. Returns whether this was enough to know everything before the pixels.
bool parse(std::vector<unsigned char>& bytes, std::size_t count, FileHeader& header) {
  header.file = std::make_unique<DcmFileFormat>();
  DcmInputBufferStream stream;
  stream.setBuffer(bytes.data(), static_cast<offile_off_t>(count));
  stream.setEos();
  header.file->transferInit();
  const OFCondition status =
      header.file->readUntilTag(stream, EXS_Unknown, EGL_noChange, DCM_MaxReadLength, DcmTagKey(0x7FE0, 0x0008));
  header.file->transferEnd();
  if (status.bad()) return false;
  header.syntax = header.file->getDataset()->getOriginalXfer();
  header.is_deflated = DcmXfer(header.syntax).getStreamCompression() != ESC_none;
  if (header.is_deflated) {
    header.pixel_element = 0x0010;
    return count == header.file_size;
  }
  const auto end = static_cast<std::size_t>(stream.tell());
  return find_pixels(bytes, std::min(end, count), header) || count == header.file_size;
}

}  // namespace

bool looks_like_dicom(const unsigned char* bytes, std::size_t count) {
  if (count >= preamble_bytes && std::memcmp(bytes + 128, "DICM", 4) == 0) return true;
  if (count < 12) return false;
  for (const bool is_big_endian : {false, true}) {
    const std::uint32_t group = number_at(bytes, 2, is_big_endian);
    const std::uint32_t element = number_at(bytes + 2, 2, is_big_endian);
    if ((group != 0x0002 && group != 0x0008) || element > 0x0070) continue;
    if (std::isupper(bytes[4]) && std::isupper(bytes[5])) return true;
    if (!is_big_endian && number_at(bytes + 4, 4, false) <= 256) return true;
  }
  return false;
}

FileHeader read_file_header(const std::filesystem::path& path) {
  prepare_dcmtk();
  static thread_local std::vector<unsigned char> bytes;
  const FileBytes file(path);
  FileHeader header;
  header.file_size = file.size();
  std::size_t part = std::min(first_part_bytes, header.file_size);
  while (true) {
    bytes.resize(std::max(bytes.size(), part));
    const std::size_t count = file.read(bytes.data(), 0, part);
    if (count < part) throw bad_input(path.string(), "a file that shrinks", "one that stays as it is");
    if (!looks_like_dicom(bytes.data(), count)) return {};
    if (parse(bytes, count, header)) return header;
    if (part == header.file_size) throw bad_input(path.string(), "a damaged or truncated header", "a DICOM object");
    part = std::min(header.file_size, part * 8);
  }
}

}  // namespace pet::detail
