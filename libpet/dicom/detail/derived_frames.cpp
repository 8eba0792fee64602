// SPDX-License-Identifier: Apache-2.0
#include "libpet/dicom/detail/derived_frames.h"

#include <array>
#include <cmath>
#include <limits>

#include "libpet/dicom/detail/derived_object.h"
#include "libpet/dicom/detail/number_text.h"
#include "libpet/io/output_files.h"

namespace pet::detail {
namespace {

void require(const OFCondition& status, const char* step) {
  require_good(status, "object", step);
}

double length(const Vector3& a) {
  return std::hypot(a[0], a[1], a[2]);
}

// Which frame of the object is meant, where it has several.
void add_frame_number(const SourceImage& image, SourceImageItem& item) {
  if (image.frame > std::numeric_limits<Uint16>::max())
    throw OutputError("frame " + std::to_string(image.frame) + " of " + image.file.string() +
                      ": DCMTK can refer to the first 65535 frames of an object");
  if (image.frame > 0)
    require(item.getImageSOPInstanceReference().addReferencedFrameNumber(static_cast<Uint16>(image.frame)),
            "frame of the source image");
}

}  // namespace

SharedGeometry shared_geometry(const Grid& grid) {
  SharedGeometry geometry;
  FGPixelMeasures& measures = geometry.measures;
  require(measures.setPixelSpacing(decimal_string(length(grid.axis_mm[1])) + "\\" +
                                   decimal_string(length(grid.axis_mm[0]))),
          "pixel spacing");
  require(measures.setSliceThickness(decimal_string(length(grid.axis_mm[2]))), "slice thickness");
  require(measures.setSpacingBetweenSlices(decimal_string(length(grid.axis_mm[2]))), "slice spacing");
  std::array<std::string, 6> direction;
  for (std::size_t axis = 0; axis < 2; ++axis)
    for (std::size_t d = 0; d < 3; ++d)
      direction[std::size_t{3} * axis + d] = decimal_string(grid.axis_mm[axis][d] / length(grid.axis_mm[axis]));
  geometry.orientation.reset(FGPlaneOrientationPatient::createMinimal(direction[0], direction[1], direction[2],
                                                                      direction[3], direction[4], direction[5]));
  return geometry;
}

std::unique_ptr<FGPlanePosPatient> plane_position(const Vector3& position_mm) {
  return std::unique_ptr<FGPlanePosPatient>(FGPlanePosPatient::createMinimal(
      decimal_string(position_mm[0]), decimal_string(position_mm[1]), decimal_string(position_mm[2])));
}

void add_derivation(const std::vector<const SourceImage*>& images,
                    const CodedConcept& how,
                    const std::string& description,
                    FGDerivationImage& derivation) {
  DerivationImageItem* item = nullptr;
  require(derivation.addDerivationImageItem(code_macro(how), description, item), "derivation");
  std::string last;
  for (const SourceImage* image : images) {
    if (image->sop_instance == last) {
      add_frame_number(*image, *item->getSourceImageItems().back());
      continue;
    }
    last = image->sop_instance;
    auto source = std::make_unique<SourceImageItem>();
    require(source->getPurposeOfReferenceCode().set("121322", "DCM", "Source image for image processing operation"),
            "purpose");
    auto& reference = source->getImageSOPInstanceReference();
    require(reference.setReferencedSOPClassUID(image->sop_class), "source image");
    require(reference.setReferencedSOPInstanceUID(image->sop_instance), "source image");
    add_frame_number(*image, *source);
    item->getSourceImageItems().push_back(source.release());
  }
}

}  // namespace pet::detail
