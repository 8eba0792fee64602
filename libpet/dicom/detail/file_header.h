// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

namespace pet::detail {

/// Whether the first bytes of a file are those of a DICOM object, with or without preamble.
bool looks_like_dicom(const unsigned char* bytes, std::size_t count);

/// The part of a DICOM file before its pixels, and where the pixels are.
struct FileHeader {
  std::unique_ptr<DcmFileFormat> file;
  std::size_t file_size = 0;
  E_TransferSyntax syntax = EXS_Unknown;
  std::uint16_t pixel_element = 0;  ///< 0x0008 Float, 0x0009 Double Float, 0x0010 Pixel Data of group 7FE0; 0: none
  std::size_t pixel_offset = 0;     ///< of the first byte of the value; no meaning where `is_deflated`
  std::uint32_t pixel_length = 0;   ///< 0xFFFFFFFF where encapsulated
  bool is_deflated = false;
};

/// Reads a file up to its pixels. Returns no `file` if it is not DICOM. Throws InputNotFound if it cannot be opened,
/// InputError if it is DICOM but damaged.
FileHeader read_file_header(const std::filesystem::path& path);

}  // namespace pet::detail
