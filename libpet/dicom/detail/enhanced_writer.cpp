// SPDX-License-Identifier: Apache-2.0
#include "libpet/dicom/detail/enhanced_writer.h"

#include <algorithm>
#include <cmath>

#include "libpet/decay.h"
#include "libpet/dicom/detail/number_text.h"
#include "libpet/dicom/detail/pet_modules.h"
#include "libpet/io/output_files.h"
#include "libpet/provenance.h"

namespace pet::detail {
namespace {

using Found = DecayCorrection::Found;

constexpr double Bq_per_MBq = 1e6;

DcmItem& item_of(DcmItem& parent, const DcmTagKey& sequence, long index = 0) {
  DcmItem* item = nullptr;
  if (parent.findOrCreateSequenceItem(sequence, item, index).bad())
    throw OutputError(std::string("cannot add ") + sequence.toString());
  return *item;
}

std::string date_time(DateTime value) {
  return dicom_date(value) + dicom_time(value);
}

// Index of a frame in the object: its place in time first, then along the normal.
struct Place {
  std::size_t frame = 0;
  int slice = 0;  ///< of the grid
};

std::vector<Place> places(const StoredSeries& series) {
  std::vector<Place> all;
  const int slices = series.image.grid.size[2];
  for (std::size_t f = 0; f < series.frames.size(); ++f)
    for (int s = 0; s < slices; ++s) all.push_back({f, place_along_normal(series, s)});
  return all;
}

void put_equipment_and_image(const StoredSeries& series, DcmItem& item) {
  put(item, DCM_SOPClassUID, UID_EnhancedPETImageStorage);
  put(item, DCM_SOPInstanceUID, uid_from(series.options.uid_seed, "instance 1"));
  put(item, DCM_InstanceNumber, "1");
  put(item, DCM_DeviceSerialNumber, "0");
  put(item, DCM_SoftwareVersions, version());
  put(item, DCM_ImageType, "ORIGINAL\\PRIMARY\\VOLUME\\NONE");
  put(item, DCM_PixelPresentation, "MONOCHROME");
  put(item, DCM_VolumetricProperties, "VOLUME");
  put(item, DCM_VolumeBasedCalculationTechnique, "NONE");
  put(item, DCM_ContentQualification, "RESEARCH");
  put(item, DCM_BurnedInAnnotation, "NO");
  put(item, DCM_PresentationLUTShape, "IDENTITY");
  put_date_time(item, DCM_ContentDate, DCM_ContentTime, series.frames.front().start);
  put(item, DCM_AcquisitionDateTime, date_time(series.frames.front().start));
  const StoredFrame& last = series.frames.back();
  item.putAndInsertFloat64(DCM_AcquisitionDuration, seconds_between(series.frames.front().start, last.start) +
                                                        1e-3 * static_cast<double>(last.duration_ms));
}

void put_acquisition(const StoredSeries& series, DcmItem& item) {
  for (const DcmTagKey& done : {DCM_AttenuationCorrected, DCM_ScatterCorrected, DCM_DeadTimeCorrected,
                                DCM_RandomsCorrected, DCM_DetectorNormalizationCorrection, DCM_SensitivityCalibrated})
    put(item, done, "YES");
  for (const DcmTagKey& not_done : {DCM_GantryMotionCorrected, DCM_PatientMotionCorrected,
                                    DCM_CountLossNormalizationCorrected, DCM_NonUniformRadialSamplingCorrected})
    put(item, not_done, "NO");
  put(item, DCM_TimeOfFlightInformationUsed, "FALSE");
  put(item, DCM_AttenuationCorrectionSource, "CT");
  put(item, DCM_AttenuationCorrectionTemporalRelationship, "SEPARATE");
  put(item, DCM_ScatterCorrectionMethod, "simulated");
  put(item, DCM_RandomsCorrectionMethod, "DLYD");
  put(item, DCM_CountsSource, "EMISSION");
  put(item, DCM_CollimatorType, "NONE");
  put(item, DCM_TypeOfDetectorMotion, "STATIONARY");
  put(item, DCM_AcquisitionStartCondition, "MANU");
  put(item, DCM_AcquisitionTerminationCondition, "MANU");
  // Of a ring that never was.
  put(item, DCM_DetectorGeometry, "CYLINDRICAL_RING");
  put(item, DCM_TableMotion, "STATIC");
  for (const DcmTagKey& size :
       {DCM_TransverseDetectorSeparation, DCM_AxialDetectorDimension, DCM_CoincidenceWindowWidth})
    item.putAndInsertFloat64(size, 4.0);
  DcmItem& window = item_of(item, DCM_EnergyWindowRangeSequence);
  put(window, DCM_EnergyWindowLowerLimit, "435");
  put(window, DCM_EnergyWindowUpperLimit, "650");
  put_code(item, DCM_ViewCodeSequence, "81654009", "SCT", "Coronal");
  const bool is_corrected = series.options.decay_correction != Found::none;
  put(item, DCM_DecayCorrected, is_corrected ? "YES" : "NO");
  if (is_corrected)
    put(item, DCM_DecayCorrectionDateTime,
        date_time(series.options.decay_correction == Found::start ? series.series_time : series.injection));
  item.insertEmptyElement(DCM_AcquisitionContextSequence);
}

void put_isotope(const StoredSeries& series, DcmItem& data) {
  DcmItem& item = put_tracer(series, Bq_per_MBq, data);
  item.findAndDeleteElement(DCM_RadiopharmaceuticalStartTime);
  item.findAndDeleteElement(DCM_Radiopharmaceutical);
  put(item, DCM_RadiopharmaceuticalAgentNumber, std::uint16_t{1});
  put(item, DCM_RadionuclidePositronFraction, "1");
  put(item, DCM_RadiopharmaceuticalStopDateTime, date_time(series.injection));
  put_code(item, DCM_AdministrationRouteCodeSequence, "47625008", "SCT", "Intravenous route");
  DcmItem& agent = item_of(item, DCM_RadiopharmaceuticalCodeSequence);
  put(agent, DCM_CodeValue, "TRACER");
  put(agent, DCM_CodingSchemeDesignator, "99OCCUPET");
  put(agent, DCM_CodeMeaning, series.image.tracer.name);
}

void put_dimensions(const StoredSeries& series, DcmItem& data) {
  const std::string organization = uid_from(series.options.uid_seed, "dimension organization");
  put(item_of(data, DCM_DimensionOrganizationSequence), DCM_DimensionOrganizationUID, organization);
  const std::pair<DcmTagKey, const char*> dimensions[] = {{DCM_TemporalPositionIndex, "Time"},
                                                          {DCM_InStackPositionNumber, "Slice"}};
  for (std::size_t d = 0; d < std::size(dimensions); ++d) {
    DcmItem& index = item_of(data, DCM_DimensionIndexSequence, static_cast<long>(d));
    put(index, DCM_DimensionOrganizationUID, organization);
    index.putAndInsertTagKey(DCM_DimensionIndexPointer, dimensions[d].first);
    index.putAndInsertTagKey(DCM_FunctionalGroupPointer, DCM_FrameContentSequence);
    put(index, DCM_DimensionDescriptionLabel, dimensions[d].second);
  }
}

void put_shared_groups(const StoredSeries& series, DcmItem& data) {
  const Grid& grid = series.image.grid;
  const double diameter_mm = series.column_spacing_mm * static_cast<double>(grid.size[0]);
  const Vector3 first = grid.position_mm(0, 0, 0);
  const Vector3 last = grid.position_mm(grid.size[0] - 1, grid.size[1] - 1, grid.size[2] - 1);
  Vector3 centre;
  for (std::size_t d = 0; d < centre.size(); ++d) centre[d] = 0.5 * (first[d] + last[d]);
  DcmItem& shared = item_of(data, DCM_SharedFunctionalGroupsSequence);
  DcmItem& measures = item_of(shared, DCM_PixelMeasuresSequence);
  put(measures, DCM_PixelSpacing,
      decimal_string(series.row_spacing_mm) + "\\" + decimal_string(series.column_spacing_mm));
  put(measures, DCM_SliceThickness, decimal_string(series.slice_spacing_mm));
  put(item_of(shared, DCM_PlaneOrientationSequence), DCM_ImageOrientationPatient,
      values_of(series.row) + "\\" + values_of(series.column));
  DcmItem& anatomy = item_of(shared, DCM_FrameAnatomySequence);
  put(anatomy, DCM_FrameLaterality, "U");
  put_code(anatomy, DCM_AnatomicRegionSequence, "12738006", "SCT", "Brain");
  DcmItem& type = item_of(shared, DCM_PETFrameTypeSequence);
  put(type, DCM_FrameType, "ORIGINAL\\PRIMARY\\VOLUME\\NONE");
  put(type, DCM_PixelPresentation, "MONOCHROME");
  put(type, DCM_VolumetricProperties, "VOLUME");
  put(type, DCM_VolumeBasedCalculationTechnique, "NONE");
  item_of(shared, DCM_RadiopharmaceuticalUsageSequence).putAndInsertUint16(DCM_RadiopharmaceuticalAgentNumber, 1);
  DcmItem& acquisition = item_of(shared, DCM_PETFrameAcquisitionSequence);
  for (const DcmTagKey& tag : {DCM_TableHeight, DCM_GantryDetectorTilt}) put(acquisition, tag, "0");
  acquisition.putAndInsertFloat64(DCM_GantryDetectorSlew, 0.0);
  put(acquisition, DCM_DataCollectionDiameter, decimal_string(diameter_mm));
  DcmItem& position = item_of(shared, DCM_PETPositionSequence);
  put(position, DCM_TablePosition, "0");
  for (const DcmTagKey& tag : {DCM_DataCollectionCenterPatient, DCM_ReconstructionTargetCenterPatient})
    position.putAndInsertFloat64Array(tag, centre.data(), centre.size());
  DcmItem& reconstruction = item_of(shared, DCM_PETReconstructionSequence);
  put(reconstruction, DCM_ReconstructionAlgorithm, "FILTER_BACK_PROJ");
  reconstruction.putAndInsertFloat64(DCM_ReconstructionDiameter, diameter_mm);
  put(reconstruction, DCM_ReconstructionType, "3D");
  put(reconstruction, DCM_IterativeReconstructionMethod, "NO");
}

void put_times(const StoredSeries& series, const Place& place, int place_in_stack, DcmItem& groups) {
  const StoredFrame& frame = series.frames[place.frame];
  const double ms = static_cast<double>(frame.duration_ms);
  DcmItem& content = item_of(groups, DCM_FrameContentSequence);
  put(content, DCM_FrameAcquisitionDateTime, date_time(frame.start));
  const double mean_s = std::log(frame_decay_factor(0.0, ms / 60000.0, series.half_life_min)) /
                        decay_constant(series.half_life_min) * 60.0;
  put(content, DCM_FrameReferenceDateTime, date_time(plus_seconds(frame.start, mean_s)));
  content.putAndInsertFloat64(DCM_FrameAcquisitionDuration, ms);
  put(content, DCM_StackID, "1");
  content.putAndInsertUint32(DCM_InStackPositionNumber, static_cast<Uint32>(place_in_stack));
  content.putAndInsertUint32(DCM_TemporalPositionIndex, static_cast<Uint32>(place.frame + 1));
  const Uint32 indices[] = {static_cast<Uint32>(place.frame + 1), static_cast<Uint32>(place_in_stack)};
  content.putAndInsertUint32Array(DCM_DimensionIndexValues, indices, std::size(indices));
}

// Stored numbers times the slope are Bq/mL; viewers that know of no mapping show the same by the rescaling.
void put_values(const StoredSeries& series, const std::string& slope, DcmItem& groups) {
  DcmItem& transformation = item_of(groups, DCM_PixelValueTransformationSequence);
  put(transformation, DCM_RescaleIntercept, "0");
  put(transformation, DCM_RescaleSlope, slope);
  put(transformation, DCM_RescaleType, "US");
  DcmItem& mapping = item_of(groups, DCM_RealWorldValueMappingSequence);
  if (series.is_signed) {
    mapping.putAndInsertSint16(DcmTag(DCM_RealWorldValueFirstValueMapped, EVR_SS), -32768);
    mapping.putAndInsertSint16(DcmTag(DCM_RealWorldValueLastValueMapped, EVR_SS), 32767);
  } else {
    mapping.putAndInsertUint16(DcmTag(DCM_RealWorldValueFirstValueMapped, EVR_US), 0);
    mapping.putAndInsertUint16(DcmTag(DCM_RealWorldValueLastValueMapped, EVR_US), 65535);
  }
  mapping.putAndInsertFloat64(DCM_RealWorldValueIntercept, 0.0);
  mapping.putAndInsertFloat64(DCM_RealWorldValueSlope, parse_number(slope).value());
  put(mapping, DCM_LUTExplanation, "activity concentration");
  put(mapping, DCM_LUTLabel, "ACTIVITY");
  put_code(mapping, DCM_MeasurementUnitsCodeSequence, "Bq/ml", "UCUM", "Becquerels/milliliter");
}

void put_frame_groups(
    const StoredSeries& series, const Place& place, int place_in_stack, const std::string& slope, DcmItem& groups) {
  put_times(series, place, place_in_stack, groups);
  put(item_of(groups, DCM_PlanePositionSequence), DCM_ImagePositionPatient,
      values_of(series.image.grid.position_mm(0, 0, place.slice)));
  put_values(series, slope, groups);
  DcmItem& corrections = item_of(groups, DCM_PETFrameCorrectionFactorsSequence);
  put(corrections, DCM_PrimaryPromptsCountsAccumulated, "1");
  for (const DcmTagKey& factor : {DCM_SliceSensitivityFactor, DCM_DeadTimeFactor, DCM_ScatterFractionFactor})
    put(corrections, factor, "1");
  if (series.options.decay_correction != Found::none)
    put(corrections, DCM_DecayFactor, decimal_string(series.frames[place.frame].decay_factor));
}

}  // namespace

void write_enhanced(const StoredSeries& series, const std::filesystem::path& path) {
  DcmFileFormat file;
  DcmItem& data = *file.getDataset();
  put_patient_and_study(series, data);
  put_series_and_equipment(series, data);
  put_equipment_and_image(series, data);
  put_acquisition(series, data);
  put_isotope(series, data);
  put_dimensions(series, data);
  put_shared_groups(series, data);
  put_pixel_description(series, data);
  const std::vector<Place> all = places(series);
  put(data, DCM_NumberOfFrames, std::to_string(all.size()));
  const auto slices = static_cast<std::size_t>(series.image.grid.size[2]);
  const std::size_t count = all.size() * static_cast<std::size_t>(series.image.grid.size[0]) *
                            static_cast<std::size_t>(series.image.grid.size[1]);
  constexpr std::size_t most = 0xFFFFFFFE / sizeof(Uint16);  // the length of an element has 32 bits
  if (count > most)
    throw OutputError(path.string() + ": " + std::to_string(count) + " pixels; an object holds at most " +
                      std::to_string(most));
  std::vector<Uint16> pixels;
  pixels.reserve(count);
  for (std::size_t i = 0; i < all.size(); ++i) {
    const StoredSlice stored = stored_slice(series, all[i].frame, all[i].slice);
    pixels.insert(pixels.end(), stored.values.begin(), stored.values.end());
    put_frame_groups(series, all[i], static_cast<int>(i % slices) + 1, stored.slope,
                     item_of(data, DCM_PerFrameFunctionalGroupsSequence, static_cast<long>(i)));
  }
  if (data.putAndInsertUint16Array(DCM_PixelData, pixels.data(), static_cast<unsigned long>(pixels.size())).bad())
    throw OutputError(path.string() + ": the pixels cannot be set");
  save(file, path, series.options.encoding);
}

}  // namespace pet::detail
