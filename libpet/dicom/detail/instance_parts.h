// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "libpet/dicom/detail/dataset.h"
#include "libpet/dicom/detail/file_header.h"
#include "libpet/dicom/detail/instance.h"

namespace pet::detail {

/// Who made the file, what it calls itself, in which frame of reference it lies, whether it is lossy.
void read_origin(const Dataset& data, Instance& instance);

/// Where `frames` slices of pixels lie in the file and what their numbers are; the first of them. Throws InputError
/// where the file is too short for the size that it claims, so that no such size is ever allocated.
void read_stored_pixels(const Dataset& data, const FileHeader& header, std::size_t frames, Instance& instance);

/// Makes the first slice of a file one of the others: its pixels are those of frame `frame`, counted from 0.
void go_to_frame(std::size_t frame, Instance& instance);

/// Position, orientation (row, then column direction) and spacing (between rows, then columns). Throws InputError for a
/// spacing that is not positive.
void set_plane(const std::vector<double>& position,
               const std::vector<double>& orientation,
               const std::vector<double>& spacing,
               const std::string& where_spacing,
               Instance& instance);

StatedTracer read_stated_tracer(const Dataset& data);

}  // namespace pet::detail
