// SPDX-License-Identifier: Apache-2.0
#include "libpet/dicom/segmentation.h"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>
#include <dcmtk/dcmfg/fgpixmsr.h>
#include <dcmtk/dcmfg/fgplanor.h>
#include <dcmtk/dcmfg/fgplanpo.h>
#include <dcmtk/dcmfg/fgseg.h>
#include <dcmtk/dcmseg/segdoc.h>
#include <dcmtk/dcmseg/segment.h>
#include <dcmtk/dcmseg/segutils.h>

#include <array>
#include <memory>

#include "libpet/dicom/detail/dataset.h"
#include "libpet/dicom/detail/file_bytes.h"
#include "libpet/dicom/detail/file_header.h"
#include "libpet/dicom/detail/number_text.h"
#include "libpet/dicom/detail/segmentation_geometry.h"
#include "libpet/error.h"

namespace pet {
namespace {

void require_binary_segmentation(const detail::Dataset& data) {
  const std::string sop_class = data.text(DCM_SOPClassUID);
  if (sop_class != UID_SegmentationStorage) {
    const char* name = dcmFindNameOfUID(sop_class.c_str());
    throw bad_input(data.where(DCM_SOPClassUID), name ? name : data.quoted(sop_class), "Segmentation Storage");
  }
  const std::string type = data.text(DCM_SegmentationType);
  if (type != "BINARY")
    throw bad_input(data.where(DCM_SegmentationType), data.quoted(type), "BINARY; threshold other types first");
}

std::unique_ptr<DcmSegmentation> load(DcmDataset& data, const std::string& file) {
  DcmSegmentation* segmentation = nullptr;
  const OFCondition status = DcmSegmentation::loadDataset(data, segmentation);
  std::unique_ptr<DcmSegmentation> owner(segmentation);
  if (status.bad() || !owner) throw bad_input(file, std::string("a Segmentation with ") + status.text(), "a valid one");
  if (owner->getNumberOfFrames() == 0) throw bad_input(file, "a Segmentation without frames", "at least one");
  return owner;
}

// A functional group of a frame, be it shared or its own.
template <typename Group>
Group& group_of(DcmSegmentation& segmentation, std::size_t frame, DcmFGTypes::E_FGType type, const std::string& file) {
  OFBool is_per_frame = OFFalse;
  auto* group =
      dynamic_cast<Group*>(segmentation.getFunctionalGroups().get(static_cast<Uint32>(frame), type, is_per_frame));
  if (group == nullptr)
    throw bad_input(file + " frame " + std::to_string(frame + 1), "no " + DcmFGTypes::FGType2OFString(type), "one");
  return *group;
}

void read_orientation(DcmSegmentation& segmentation,
                      std::size_t frame,
                      const std::string& file,
                      detail::SegmentationGeometry& geometry) {
  auto& group = group_of<FGPlaneOrientationPatient>(segmentation, frame, DcmFGTypes::EFG_PLANEORIENTPATIENT, file);
  Vector3 row{}, column{};
  if (group.getImageOrientationPatient(row[0], row[1], row[2], column[0], column[1], column[2]).bad())
    throw bad_input(file + " tag (0020,0037) ImageOrientationPatient", "no valid value", "six numbers");
  if (frame > 0 && (row != geometry.row_direction || column != geometry.column_direction))
    throw bad_input(file + " tag (0020,0037) ImageOrientationPatient",
                    "another orientation in frame " + std::to_string(frame + 1), "one orientation");
  geometry.row_direction = row;
  geometry.column_direction = column;
}

detail::SegmentationGeometry read_geometry(DcmSegmentation& segmentation,
                                           const detail::Dataset& data,
                                           const std::string& file) {
  detail::SegmentationGeometry geometry;
  geometry.rows = static_cast<int>(data.required_integer(DCM_Rows, 1, 65535));
  geometry.columns = static_cast<int>(data.required_integer(DCM_Columns, 1, 65535));
  auto& measures = group_of<FGPixelMeasures>(segmentation, 0, DcmFGTypes::EFG_PIXELMEASURES, file);
  Float64 thickness = 0.0;
  if (measures.getPixelSpacing(geometry.row_spacing_mm, 0).bad() ||
      measures.getPixelSpacing(geometry.column_spacing_mm, 1).bad() || !(geometry.row_spacing_mm > 0.0) ||
      !(geometry.column_spacing_mm > 0.0))
    throw bad_input(file + " tag (0028,0030) PixelSpacing", "no valid value", "two positive numbers");
  if (measures.getSpacingBetweenSlices(geometry.slice_spacing_mm).bad()) geometry.slice_spacing_mm = 0.0;
  for (std::size_t f = 0; f < segmentation.getNumberOfFrames(); ++f) {
    read_orientation(segmentation, f, file, geometry);
    Vector3 position{};
    auto& plane = group_of<FGPlanePosPatient>(segmentation, f, DcmFGTypes::EFG_PLANEPOSPATIENT, file);
    if (plane.getImagePositionPatient(position[0], position[1], position[2]).bad())
      throw bad_input(file + " tag (0020,0032) ImagePositionPatient", "no valid value", "three numbers");
    geometry.frame_positions_mm.push_back(position);
  }
  // One slice alone has no spacing but may have a thickness.
  const bool is_one_slice = geometry.frame_positions_mm.size() == 1;
  if (is_one_slice && !(geometry.slice_spacing_mm > 0.0) && measures.getSliceThickness(thickness).good())
    geometry.slice_spacing_mm = thickness;
  return geometry;
}

void add_frame(DcmSegmentation& segmentation, std::size_t frame, int slice, const std::string& file, LabelMap& map) {
  Uint16 segment = 0;
  auto& group = group_of<FGSegmentation>(segmentation, frame, DcmFGTypes::EFG_SEGMENTATION, file);
  if (group.getReferencedSegmentNumber(segment).bad() || segment == 0)
    throw bad_input(file + " tag (0062,000b) ReferencedSegmentNumber", "no valid value", "a segment number");
  const auto rows = static_cast<Uint16>(map.grid.size[1]);
  const auto columns = static_cast<Uint16>(map.grid.size[0]);
  const std::unique_ptr<DcmIODTypes::Frame> unpacked(
      DcmSegUtils::unpackBinaryFrame(segmentation.getFrame(frame), rows, columns));
  const std::size_t count = static_cast<std::size_t>(rows) * columns;
  if (!unpacked || unpacked->length < count)
    throw bad_input(file + " tag (7fe0,0010) PixelData", "frame " + std::to_string(frame + 1) + " cut short",
                    "a bit for every pixel");
  for (std::size_t v = 0; v < count; ++v) {
    if (unpacked->pixData[v] == 0) continue;
    std::int32_t& label = map.labels[static_cast<std::size_t>(slice) * count + v];
    if (label != 0 && label != segment)
      throw bad_input(file + " tag (0062,0002) SegmentSequence",
                      "segments " + std::to_string(label) + " and " + std::to_string(segment) + " that overlap",
                      "segments that share no voxel");
    label = segment;
  }
}

void read_names(DcmSegmentation& segmentation, LabelMap& map) {
  for (std::size_t number = 1; number <= segmentation.getNumberOfSegments(); ++number) {
    OFString name;
    DcmSegment* segment = segmentation.getSegment(number);
    if (segment != nullptr && segment->getSegmentLabel(name).good() && !name.empty())
      map.names[static_cast<std::int32_t>(number)] = std::string(detail::trimmed(name));
  }
}

}  // namespace

bool is_dicom_file(const std::filesystem::path& path) {
  if (!std::filesystem::is_regular_file(path)) return false;
  std::array<unsigned char, 132> bytes{};
  const std::size_t count = detail::FileBytes(path).read(bytes.data(), 0, bytes.size());
  return detail::looks_like_dicom(bytes.data(), count);
}

LabelMap read_dicom_segmentation(const std::filesystem::path& path) {
  const std::string name = path.string();
  if (!std::filesystem::exists(path)) throw InputNotFound(name + ": no such file");
  if (!is_dicom_file(path)) throw bad_input(name, "a file that is not DICOM", "a DICOM Segmentation");
  detail::prepare_dcmtk();
  detail::FileHeader header = detail::read_file_header(path);
  const detail::Dataset data(std::move(header.elements), name);
  require_binary_segmentation(data);
  DcmFileFormat file;
  if (file.loadFile(path.c_str()).bad()) throw bad_input(name, "a damaged or truncated file", "a DICOM Segmentation");
  const auto segmentation = load(*file.getDataset(), name);
  const detail::PlacedFrames placed = detail::place_frames(read_geometry(*segmentation, data, name), name);

  LabelMap map;
  map.grid = placed.grid;
  map.labels.assign(map.grid.voxel_count(), 0);
  map.frame_of_reference_uid = data.text(DCM_FrameOfReferenceUID);
  read_names(*segmentation, map);
  for (std::size_t f = 0; f < placed.slice_of_frame.size(); ++f)
    add_frame(*segmentation, f, placed.slice_of_frame[f], name, map);
  return map;
}

}  // namespace pet
