// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>
#include <dcmtk/dcmfg/fgderimg.h>
#include <dcmtk/dcmfg/fgpixmsr.h>
#include <dcmtk/dcmfg/fgplanor.h>
#include <dcmtk/dcmfg/fgplanpo.h>

#include <memory>
#include <string>
#include <vector>

#include "libpet/dicom/coded_concept.h"
#include "libpet/dicom/detail/source_series.h"
#include "libpet/grid.h"

namespace pet::detail {

/// Functional groups (DICOM PS3.3 C.7.6.16) of multi-frame objects that are derived from a PET series.

/// Those of all frames, which lie on the slices of one grid.
struct SharedGeometry {
  FGPixelMeasures measures;
  std::unique_ptr<FGPlaneOrientationPatient> orientation;
};
SharedGeometry shared_geometry(const Grid& grid);

/// That of a frame whose first voxel lies at `position_mm`.
std::unique_ptr<FGPlanePosPatient> plane_position(const Vector3& position_mm);

/// What a frame was derived from, and how.
void add_derivation(const std::vector<const SourceImage*>& images,
                    const CodedConcept& how,
                    const std::string& description,
                    FGDerivationImage& derivation);

}  // namespace pet::detail
