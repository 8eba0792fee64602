// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "libpet/dicom/source_series.h"
#include "libpet/io/parameter_table.h"

namespace pet {

/// The regional results of one model.
struct ModelResults {
  std::string label;  ///< "SRTM"
  std::string title;  ///< "Simplified reference tissue model"
  ParameterTable parameters;
};

/// Writes regional results as a measurement report (DICOM PS3.16 TID 1500 in an Enhanced SR document) in the study of
/// the source series. Each region of each model is a measurement group that is tracked by the region's name: every
/// parameter with its unit, its standard error and, where the table has them, the bounds of its interval as
/// measurements of the same quantity with a derivation; then status and flags of the fit. Parameters without a number
/// are measurement failures. With a Segmentation, groups refer to the segment that has the name of their region (TID
/// 1411), without one they have no segment (TID 1501). The object holds the patient's name and ID. UIDs follow from
/// `uid_seed`.
///
/// Returns the names of regions that are no segment. Throws InputError where source or Segmentation cannot be read, lie
/// in different frames of reference, or no region is a segment; UsageError for a unit without UCUM code; OutputError.
std::vector<std::string> write_measurement_report(const std::vector<ModelResults>& results,
                                                  const SourceOfDerivation& source,
                                                  const std::optional<std::filesystem::path>& segmentation,
                                                  const std::string& uid_seed,
                                                  const std::filesystem::path& path,
                                                  const Provenance& provenance = {});

}  // namespace pet
