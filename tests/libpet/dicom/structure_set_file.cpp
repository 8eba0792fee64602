// SPDX-License-Identifier: Apache-2.0
#include "tests/libpet/dicom/structure_set_file.h"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>

#include <cmath>
#include <sstream>
#include <stdexcept>

namespace pet::test {

Grid turned_grid() {
  const double c = std::cos(0.3), s = std::sin(0.3);
  return {{12, 10, 5}, {-30.0, 12.0, 7.0}, {Vector3{2 * c, 2 * s, 0}, Vector3{-3 * s, 3 * c, 0}, Vector3{0, 0, 4}}};
}

Points rectangle(double i0, double i1, double j0, double j1, double k) {
  return {{i0, j0, k}, {i1, j0, k}, {i1, j1, k}, {i0, j1, k}};
}

namespace {

std::string contour_text(const Points& points, const Grid& grid) {
  std::ostringstream text;
  text.precision(12);
  for (const Vector3& p : points) {
    const Vector3 mm = grid.position_mm(p[0], p[1], p[2]);
    for (const double x : mm) text << (text.tellp() > 0 ? "\\" : "") << std::round(x * 1e6) / 1e6;
  }
  return text.str();
}

}  // namespace

void write_structure_set(const std::vector<Roi>& rois, const Grid& grid, const std::filesystem::path& path) {
  DcmFileFormat file;
  DcmDataset& data = *file.getDataset();
  data.putAndInsertString(DCM_SOPClassUID, UID_RTStructureSetStorage);
  data.putAndInsertString(DCM_SOPInstanceUID, "1.2.3.4");
  data.putAndInsertString(DCM_PatientName, "Miller^Anne");
  for (std::size_t r = 0; r < rois.size(); ++r) {
    const std::string number = std::to_string(10 * r);
    DcmItem* item = nullptr;
    data.findOrCreateSequenceItem(DCM_StructureSetROISequence, item, static_cast<long>(r));
    item->putAndInsertString(DCM_ROINumber, number.c_str());
    item->putAndInsertString(DCM_ROIName, rois[r].name.c_str());
    item->putAndInsertString(DCM_ReferencedFrameOfReferenceUID, "1.2.3");
    data.findOrCreateSequenceItem(DCM_ROIContourSequence, item, static_cast<long>(r));
    item->putAndInsertString(DCM_ReferencedROINumber, number.c_str());
    for (std::size_t c = 0; c < rois[r].contours.size(); ++c) {
      DcmItem* contour = nullptr;
      item->findOrCreateSequenceItem(DCM_ContourSequence, contour, static_cast<long>(c));
      contour->putAndInsertString(DCM_ContourGeometricType, rois[r].type.c_str());
      contour->putAndInsertString(DCM_ContourData, contour_text(rois[r].contours[c], grid).c_str());
    }
  }
  if (file.saveFile(path.c_str(), EXS_LittleEndianExplicit).bad())
    throw std::runtime_error("a structure set cannot be saved");
}

}  // namespace pet::test
