// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "libpet/dicom/detail/elements.h"

namespace pet::detail {

/// Whether the first bytes of a file are those of a DICOM object, with or without preamble.
bool looks_like_dicom(const unsigned char* bytes, std::size_t count);

/// The part of a DICOM file before its pixels, and where the pixels are.
struct FileHeader {
  FileHeader() = default;
  FileHeader(FileHeader&&) = default;
  FileHeader& operator=(FileHeader&&) = default;

  bool is_dicom = false;
  std::size_t file_size = 0;        ///< of a deflated file that of the data set, inflated
  std::string transfer_syntax;      ///< its name, "Little Endian Explicit"
  bool is_big_endian = false;       ///< of native pixels
  bool is_native = true;            ///< pixels are not encapsulated: they lie at `pixel_offset`
  bool is_deflated = false;         ///< offsets are those in the data set, inflated
  std::uint16_t pixel_element = 0;  ///< 0x0008 Float, 0x0009 Double Float, 0x0010 Pixel Data of group 7FE0; 0: none
  std::size_t pixel_offset = 0;     ///< of the first byte of the value, where native
  std::uint32_t pixel_length = 0;
  std::size_t pixel_word_bytes = 1;  ///< of words whose bytes are reversed, as in big endian; 1: none are

  std::vector<unsigned char> bytes;  ///< what `elements` is a view of
  Elements elements;
};

/// Reads a file up to its pixels. Plain explicit little endian, which scanners write, is split where it lies, an order
/// of magnitude faster than a parse; everything else is parsed by DCMTK and turned into that form. Not `is_dicom` if it
/// is no DICOM object. Throws InputNotFound if it cannot be opened, InputError if it is DICOM but damaged.
FileHeader read_file_header(const std::filesystem::path& path);

}  // namespace pet::detail
