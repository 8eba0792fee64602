// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "libpet/dicom/detail/instance.h"

namespace pet::detail {

/// Writes (slope x stored + intercept) x `factor` of every pixel to `values`, row by row. Native pixels are read from
/// where they lie in the file; encapsulated ones are decoded by DCMTK and OpenJPEG. Throws InputError if that fails.
void read_pixels(const Instance& instance, double factor, std::span<float> values);

/// Reads native pixels, which lie at an offset of the file or, of a deflated one (always little endian), of its data
/// set, inflated. The bytes of each word of `word_bytes` are reversed. Returns how many bytes there were.
std::size_t read_native(const std::filesystem::path& file,
                        bool is_deflated,
                        std::size_t offset,
                        std::size_t word_bytes,
                        std::span<unsigned char> bytes);

/// While one exists on a thread, files with several compressed frames are kept there from frame to frame; they are let
/// go with it. Threads that work for it let go of theirs when they end.
struct DecodingScope {
  DecodingScope();
  ~DecodingScope();
  DecodingScope(const DecodingScope&) = delete;
  DecodingScope& operator=(const DecodingScope&) = delete;
};

/// Whether the stored pixels and what turns them into values are the same.
bool same_pixels(const Instance& a, const Instance& b);

}  // namespace pet::detail
