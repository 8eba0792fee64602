// SPDX-License-Identifier: Apache-2.0
#include "tests/libpet/dicom/enhanced_series.h"

namespace pet::test {
DcmItem& sequence_item(DcmItem& item, const DcmTagKey& sequence, long index) {
  DcmItem* result = nullptr;
  require(item.findOrCreateSequenceItem(sequence, result, index));
  return *result;
}

std::string text_of(DcmItem& item, const DcmTagKey& tag) {
  OFString text;
  item.findAndGetOFStringArray(tag, text);
  return text;
}

namespace {

void copy_plane(DcmItem& slice, DcmItem& groups) {
  put(sequence_item(groups, DCM_PlanePositionSequence), DCM_ImagePositionPatient,
      text_of(slice, DCM_ImagePositionPatient));
}

void put_frame(DcmItem& slice, DcmItem& groups) {
  DcmItem& content = sequence_item(groups, DCM_FrameContentSequence);
  put(content, DCM_FrameAcquisitionDateTime, text_of(slice, DCM_AcquisitionDate) + text_of(slice, DCM_AcquisitionTime));
  content.putAndInsertFloat64(DCM_FrameAcquisitionDuration, std::stod(text_of(slice, DCM_ActualFrameDuration)));
  DcmItem& mapping = sequence_item(groups, DCM_RealWorldValueMappingSequence);
  mapping.putAndInsertFloat64(DCM_RealWorldValueSlope, std::stod(text_of(slice, DCM_RescaleSlope)));
  mapping.putAndInsertFloat64(DCM_RealWorldValueIntercept, 0.0);
  put(sequence_item(mapping, DCM_MeasurementUnitsCodeSequence), DCM_CodeValue, "Bq/ml");
  DcmItem& rescaling = sequence_item(groups, DCM_PixelValueTransformationSequence);
  put(rescaling, DCM_RescaleSlope, "1");
  put(rescaling, DCM_RescaleIntercept, "0");
  copy_plane(slice, groups);
}

void put_shared(DcmItem& slice, DcmItem& data) {
  DcmItem& shared = sequence_item(data, DCM_SharedFunctionalGroupsSequence);
  put(sequence_item(shared, DCM_PixelMeasuresSequence), DCM_PixelSpacing, text_of(slice, DCM_PixelSpacing));
  put(sequence_item(shared, DCM_PlaneOrientationSequence), DCM_ImageOrientationPatient,
      text_of(slice, DCM_ImageOrientationPatient));
}

void put_common(DcmItem& slice, DcmItem& data) {
  for (const DcmTagKey& tag : {DCM_SeriesInstanceUID, DCM_SeriesDate, DCM_SeriesTime, DCM_Manufacturer,
                               DCM_FrameOfReferenceUID, DCM_ImageType, DCM_SeriesDescription})
    put(data, tag, text_of(slice, tag));
  for (const DcmTagKey& tag : {DCM_Rows, DCM_Columns, DCM_BitsAllocated, DCM_BitsStored, DCM_HighBit,
                               DCM_PixelRepresentation, DCM_SamplesPerPixel}) {
    Uint16 value = 0;
    require(slice.findAndGetUint16(tag, value));
    require(data.putAndInsertUint16(tag, value));
  }
  put(data, DCM_PhotometricInterpretation, "MONOCHROME2");
  DcmItem* tracer = nullptr;
  require(slice.findAndGetSequenceItem(DCM_RadiopharmaceuticalInformationSequence, tracer));
  DcmSequenceOfItems* copy = new DcmSequenceOfItems(DCM_RadiopharmaceuticalInformationSequence);
  copy->insert(new DcmItem(*tracer));
  data.insert(copy, OFTrue);
}

void put_enhanced(DcmItem& slice, DcmItem& data) {
  put(data, DCM_SOPClassUID, UID_EnhancedPETImageStorage);
  DcmItem* tracer = nullptr;
  require(data.findAndGetSequenceItem(DCM_RadiopharmaceuticalInformationSequence, tracer));
  put(*tracer, DCM_RadionuclideTotalDose, "512.5");  // MBq
  put(data, DCM_DecayCorrected, "YES");
  put(data, DCM_DecayCorrectionDateTime, text_of(slice, DCM_SeriesDate) + text_of(slice, DCM_SeriesTime));
  put(data, DCM_AttenuationCorrected, "YES");
  put(data, DCM_DetectorNormalizationCorrection, "YES");
}

}  // namespace

void write_enhanced(const std::vector<std::filesystem::path>& slices,
                    const std::filesystem::path& path,
                    const Change& change,
                    const std::string& instance) {
  DcmFileFormat file;
  DcmDataset& data = *file.getDataset();
  std::vector<Uint16> pixels;
  for (std::size_t i = 0; i < slices.size(); ++i) {
    DcmFileFormat classic;
    require(classic.loadFile(slices[(7 * i + 2) % slices.size()].c_str()));
    DcmDataset& slice = *classic.getDataset();
    if (i == 0) {
      put_common(slice, data);
      put_shared(slice, data);
      put_enhanced(slice, data);
    }
    put_frame(slice, sequence_item(data, DCM_PerFrameFunctionalGroupsSequence, static_cast<long>(i)));
    const Uint16* values = nullptr;
    unsigned long count = 0;
    require(slice.findAndGetUint16Array(DCM_PixelData, values, &count));
    pixels.insert(pixels.end(), values, values + count);
  }
  put(data, DCM_SOPInstanceUID, instance);
  put(data, DCM_NumberOfFrames, std::to_string(slices.size()));
  require(data.putAndInsertUint16Array(DCM_PixelData, pixels.data(), pixels.size()));
  if (change) change(data);
  require(file.saveFile(path.c_str(), EXS_LittleEndianExplicit));
}

}  // namespace pet::test
