// SPDX-License-Identifier: Apache-2.0
#include "libpet/dicom/parametric_map.h"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>
#include <dcmtk/dcmfg/fginterface.h>
#include <dcmtk/dcmfg/fgpixmsr.h>
#include <dcmtk/dcmfg/fgplanor.h>
#include <dcmtk/dcmfg/fgplanpo.h>
#include <dcmtk/dcmfg/fgrealworldvaluemapping.h>

#include <algorithm>
#include <limits>
#include <span>

#include "libpet/dicom/detail/dataset.h"
#include "libpet/dicom/detail/segmentation_geometry.h"
#include "libpet/dicom/segmentation.h"
#include "libpet/error.h"

namespace pet {
namespace {

using RWVMItem = FGRealWorldValueMapping::RWVMItem;

// One file that is being read.
struct Reading {
  DcmDataset& data;
  FGInterface groups;
  std::string file;
  int rows = 0;
  int columns = 0;
  std::size_t frames = 0;

  std::string where(const DcmTagKey& tag) const {
    return file + " tag " + tag.toString() + " " + DcmTag(tag).getTagName();
  }
};

template <typename Group>
Group& group_of(Reading& reading, std::size_t frame, DcmFGTypes::E_FGType type, const DcmTagKey& tag) {
  auto* const group = dynamic_cast<Group*>(reading.groups.get(static_cast<Uint32>(frame), type));
  if (group == nullptr)
    throw bad_input(reading.where(tag), "nothing for frame " + std::to_string(frame + 1), "a functional group");
  return *group;
}

std::uint16_t size_of(const Reading& reading, const DcmTagKey& tag) {
  Uint16 value = 0;
  if (reading.data.findAndGetUint16(tag, value).bad() || value == 0)
    throw bad_input(reading.where(tag), "no size", "a number from 1 to 65535");
  return value;
}

void require_class(const Reading& reading) {
  OFString uid;
  reading.data.findAndGetOFString(DCM_SOPClassUID, uid);
  if (uid == UID_ParametricMapStorage) return;
  const char* const name = dcmFindNameOfUID(uid.c_str());
  throw bad_input(reading.where(DCM_SOPClassUID), name ? name : "no class that is known", "ParametricMapStorage");
}

detail::SegmentationGeometry read_geometry(Reading& reading) {
  detail::SegmentationGeometry geometry;
  geometry.rows = reading.rows;
  geometry.columns = reading.columns;
  for (std::size_t f = 0; f < reading.frames; ++f) {
    auto& orientation = group_of<FGPlaneOrientationPatient>(reading, f, DcmFGTypes::EFG_PLANEORIENTPATIENT,
                                                            DCM_PlaneOrientationSequence);
    auto& measures = group_of<FGPixelMeasures>(reading, f, DcmFGTypes::EFG_PIXELMEASURES, DCM_PixelMeasuresSequence);
    auto& plane = group_of<FGPlanePosPatient>(reading, f, DcmFGTypes::EFG_PLANEPOSPATIENT, DCM_PlanePositionSequence);
    Vector3 row{}, column{}, position{};
    if (orientation.getImageOrientationPatient(row[0], row[1], row[2], column[0], column[1], column[2]).bad())
      throw bad_input(reading.where(DCM_ImageOrientationPatient), "no valid value", "six numbers");
    if (plane.getImagePositionPatient(position[0], position[1], position[2]).bad())
      throw bad_input(reading.where(DCM_ImagePositionPatient), "no valid value", "three numbers");
    if (f == 0) {
      geometry.row_direction = row;
      geometry.column_direction = column;
      if (measures.getPixelSpacing(geometry.row_spacing_mm, 0).bad() ||
          measures.getPixelSpacing(geometry.column_spacing_mm, 1).bad() || !(geometry.row_spacing_mm > 0.0) ||
          !(geometry.column_spacing_mm > 0.0))
        throw bad_input(reading.where(DCM_PixelSpacing), "no valid value", "two positive numbers");
      if (measures.getSpacingBetweenSlices(geometry.slice_spacing_mm, 0).bad() && reading.frames == 1)
        measures.getSliceThickness(geometry.slice_spacing_mm, 0);
    } else if (row != geometry.row_direction || column != geometry.column_direction) {
      throw bad_input(reading.where(DCM_ImageOrientationPatient),
                      "another orientation in frame " + std::to_string(f + 1), "one for all frames");
    }
    geometry.frame_positions_mm.push_back(position);
  }
  return geometry;
}

CodedConcept concept_of(CodeSequenceMacro& code) {
  OFString value, scheme, meaning;
  code.getCodeValue(value);
  code.getCodingSchemeDesignator(scheme);
  code.getCodeMeaning(meaning);
  return {value, scheme, meaning};
}

// The code that the definition of the quantity gives to a name; empty: none.
CodedConcept defined(RWVMItem& item, const char* name) {
  for (ContentItemMacro* definition : item.getEntireQuantityDefinitionSequence()) {
    const auto& names = definition->getEntireConceptNameCodeSequence();
    const auto& codes = definition->getEntireConceptCodeSequence();
    if (!names.empty() && !codes.empty() && concept_of(*names.front()).value == name) return concept_of(*codes.front());
  }
  return {};
}

struct Mapping {
  CodedConcept quantity, unit, model, derivation;
  double slope = 1.0;
  double intercept = 0.0;
};

Mapping read_mapping(Reading& reading, std::size_t frame) {
  auto& group = group_of<FGRealWorldValueMapping>(reading, frame, DcmFGTypes::EFG_REALWORLDVALUEMAPPING,
                                                  DCM_RealWorldValueMappingSequence);
  if (group.getRealWorldValueMapping().empty())
    throw bad_input(reading.where(DCM_RealWorldValueMappingSequence), "no item", "one");
  RWVMItem& item = *group.getRealWorldValueMapping().front();
  Mapping mapping;
  mapping.quantity = defined(item, "246205007");
  mapping.model = defined(item, "370129005");
  mapping.derivation = defined(item, "121401");
  mapping.unit = concept_of(item.getMeasurementUnitsCode());
  if (item.getData().findAndGetFloat64(DCM_RealWorldValueSlope, mapping.slope).bad() ||
      item.getData().findAndGetFloat64(DCM_RealWorldValueIntercept, mapping.intercept).bad())
    throw bad_input(reading.where(DCM_RealWorldValueSlope), "no slope and intercept", "a linear mapping");
  return mapping;
}

// Values of all frames as stored. DCMTK holds no more of them than the file has.
template <typename Get>
std::vector<float> stored_values(const Reading& reading, const DcmTagKey& tag, Get get) {
  const std::size_t expected =
      reading.frames * static_cast<std::size_t>(reading.rows) * static_cast<std::size_t>(reading.columns);
  const auto values = get();
  if (values.size() < expected)
    throw bad_input(reading.where(tag), std::to_string(values.size()) + " values",
                    std::to_string(expected) + " (frames x rows x columns)");
  std::vector<float> result(expected);
  std::transform(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(expected), result.begin(),
                 [](auto value) { return static_cast<float>(value); });
  return result;
}

std::vector<float> read_pixels(const Reading& reading) {
  unsigned long count = 0;
  if (reading.data.tagExists(DCM_FloatPixelData))
    return stored_values(reading, DCM_FloatPixelData, [&] {
      const Float32* values = nullptr;
      if (reading.data.findAndGetFloat32Array(DCM_FloatPixelData, values, &count).bad()) count = 0;
      return std::span<const Float32>(values, count);
    });
  if (reading.data.tagExists(DCM_DoubleFloatPixelData))
    return stored_values(reading, DCM_DoubleFloatPixelData, [&] {
      const Float64* values = nullptr;
      if (reading.data.findAndGetFloat64Array(DCM_DoubleFloatPixelData, values, &count).bad()) count = 0;
      return std::span<const Float64>(values, count);
    });
  throw bad_input(reading.where(DCM_FloatPixelData), "none", "float or double pixels");
}

// The real world values of one frame; bit by bit as stored where the mapping is the identity.
void map_values(std::span<const float> stored, const Mapping& mapping, std::span<float> values) {
  std::ranges::copy(stored, values.begin());
  if (mapping.slope == 1.0 && mapping.intercept == 0.0) return;
  for (float& value : values)
    value = static_cast<float>(static_cast<double>(value) * mapping.slope + mapping.intercept);
}

}  // namespace

ParametricMap read_parametric_map(const std::filesystem::path& path) {
  const std::string name = path.string();
  if (!std::filesystem::exists(path)) throw InputNotFound(name + ": no such file");
  if (!is_dicom_file(path)) throw bad_input(name, "a file that is not DICOM", "a DICOM Parametric Map");
  detail::prepare_dcmtk();
  DcmFileFormat file;
  if (file.loadFile(path.c_str()).bad()) throw bad_input(name, "a damaged or truncated file", "a DICOM Parametric Map");
  Reading reading{.data = *file.getDataset(), .groups = {}, .file = name};
  require_class(reading);
  reading.rows = size_of(reading, DCM_Rows);
  reading.columns = size_of(reading, DCM_Columns);
  if (reading.groups.read(reading.data).bad() || reading.groups.getNumberOfFrames() == 0)
    throw bad_input(reading.where(DCM_PerFrameFunctionalGroupsSequence), "no frames", "at least one");
  reading.frames = reading.groups.getNumberOfFrames();

  const std::vector<float> pixels = read_pixels(reading);
  const detail::PlacedFrames placed = detail::place_frames(read_geometry(reading), name);
  const std::size_t slices = static_cast<std::size_t>(placed.grid.size[2]);
  // Checked before memory is taken: two frames may claim to be a kilometre apart.
  if (slices > reading.frames)
    throw bad_input(reading.where(DCM_ImagePositionPatient),
                    std::to_string(reading.frames) + " frames on " + std::to_string(slices) + " slices",
                    "a frame for every slice");
  ParametricMap map;
  map.grid = placed.grid;
  map.values.assign(map.grid.voxel_count(), std::numeric_limits<float>::quiet_NaN());
  std::vector<bool> is_filled(slices, false);
  const std::size_t count = map.grid.voxel_count() / slices;
  for (std::size_t f = 0; f < reading.frames; ++f) {
    const auto slice = static_cast<std::size_t>(placed.slice_of_frame[f]);
    const Mapping mapping = read_mapping(reading, f);
    if (f > 0 && mapping.quantity != map.quantity)
      throw bad_input(reading.where(DCM_RealWorldValueMappingSequence), "several quantities", "one");
    if (is_filled[slice])
      throw bad_input(reading.where(DCM_ImagePositionPatient), "two frames at one position", "one a slice");
    is_filled[slice] = true;
    map.quantity = mapping.quantity;
    map.unit = mapping.unit;
    map.model = mapping.model;
    map.is_standard_error = mapping.derivation == concept_of_standard_error();
    map_values(std::span(pixels).subspan(f * count, count), mapping,
               std::span(map.values).subspan(slice * count, count));
  }
  OFString text;
  if (reading.data.findAndGetOFString(DCM_SeriesDescription, text).good()) map.description = text;
  if (reading.data.findAndGetOFString(DCM_FrameOfReferenceUID, text).good()) map.frame_of_reference_uid = text;
  DcmItem* series = nullptr;
  if (reading.data.findAndGetSequenceItem(DCM_ReferencedSeriesSequence, series).good() &&
      series->findAndGetOFString(DCM_SeriesInstanceUID, text).good())
    map.source_series_uid = text;
  return map;
}

}  // namespace pet
