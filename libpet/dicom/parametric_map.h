// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "libpet/dicom/coded_concept.h"
#include "libpet/dicom/source_series.h"
#include "libpet/grid.h"
#include "libpet/provenance.h"

namespace pet {
namespace detail {
struct SourceSeries;
}

/// A map of one quantity, for a DICOM Parametric Map object (PS3.3 A.75).
struct ParametricMap {
  Grid grid;
  std::vector<float> values;       ///< i fastest; NaN where there is no value
  CodedConcept quantity;           ///< concept_of_quantity("BPND")
  CodedConcept unit;               ///< concept_of_unit("1")
  CodedConcept model;              ///< by which it was made; empty: not stated
  bool is_standard_error = false;  ///< the map shows the standard error of the quantity
  std::string description;         ///< series description, "BPND (SRTM)"
  std::string frame_of_reference_uid;
  std::string source_series_uid;  ///< the PET series that it was derived from; set by the reader
};

/// Writes a map as Parametric Map with float pixels, which the same bytes give again when read. Patient, study and
/// frame of reference are those of the source series, which is referred to as a whole and, slice by slice, as what the
/// frame was derived from. The object holds the patient's name and ID, as DICOM requires within a study. UIDs follow
/// from `uid_seed`, dates from the source series: same input, same bytes. Command and checksums are part of the object.
/// Throws InputError where the source cannot be read, or its slices do not lie on the slices of the map; OutputError.
void write_parametric_map(const ParametricMap& map,
                          const SourceOfDerivation& source,
                          const std::string& uid_seed,
                          const std::filesystem::path& path,
                          const Provenance& provenance = {});

/// The same for several maps of one series, whose headers are read once.
class ParametricMapWriter {
 public:
  explicit ParametricMapWriter(const SourceOfDerivation& source);
  ~ParametricMapWriter();
  ParametricMapWriter(const ParametricMapWriter&) = delete;
  ParametricMapWriter& operator=(const ParametricMapWriter&) = delete;

  void write(const ParametricMap& map,
             const std::string& uid_seed,
             const std::filesystem::path& path,
             const Provenance& provenance = {}) const;

 private:
  std::unique_ptr<const detail::SourceSeries> source_;
};

/// Reads a Parametric Map with Float or Double Float Pixel Data that holds one quantity. The real world value mapping
/// is applied; where it is the identity the values are those of the file bit by bit. Throws InputNotFound, or
/// InputError naming file and tag.
ParametricMap read_parametric_map(const std::filesystem::path& path);

}  // namespace pet
