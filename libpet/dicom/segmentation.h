// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "libpet/labels.h"
#include "libpet/provenance.h"

namespace pet {

/// Whether a file is a DICOM object (with or without preamble).
bool is_dicom_file(const std::filesystem::path& path);

/// Reads a DICOM Segmentation: BINARY, FRACTIONAL (a voxel belongs to the segment that fills more than half of it or
/// is more likely than not) or Label Map. Segments that overlap are an error. Labels are segment numbers, names are
/// segment labels (segment-NUMBER for one that repeats the patient's name or ID). Background is what no frame covers
/// and, of a Label Map, its Pixel Padding Value (0 where it has none).
/// Throws InputNotFound, or InputError naming file and tag.
LabelMap read_dicom_segmentation(const std::filesystem::path& path);

/// Writes `labels` as a binary Segmentation that refers to the PET series in `series_files` (one file a slice of
/// its first frame is enough), whose patient, study and frame of reference it takes over: the one output that
/// holds a patient's name and ID, because DICOM requires them of an object in the same study. DICOM numbers segments
/// from 1 without gaps: the labels that occur are numbered in ascending order, and each segment's description holds its
/// label.  `uid_seed` makes UIDs, and with them the
/// bytes, deterministic. Throws InputError where the series cannot be read, UsageError where there is no label.
void write_dicom_segmentation(const LabelMap& labels,
                              const std::vector<std::filesystem::path>& series_files,
                              const std::string& uid_seed,
                              const std::filesystem::path& path,
                              const Provenance& provenance = {});

}  // namespace pet
