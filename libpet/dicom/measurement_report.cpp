// SPDX-License-Identifier: Apache-2.0
#include "libpet/dicom/measurement_report.h"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>
#include <dcmtk/dcmsr/cmr/tid1500.h>
#include <dcmtk/dcmsr/dsrdoc.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "libpet/dicom/coded_concept.h"
#include "libpet/dicom/detail/dataset.h"
#include "libpet/dicom/detail/derived_object.h"
#include "libpet/dicom/detail/file_header.h"
#include "libpet/dicom/detail/number_text.h"
#include "libpet/dicom/detail/saved_file.h"
#include "libpet/dicom/pet_writer.h"
#include "libpet/dicom/segmentation.h"
#include "libpet/error.h"
#include "libpet/provenance.h"

namespace pet {
namespace {

using Groups1411 = TID1500_MeasurementReport::TID1411_Measurements;
using Groups1501 = TID1500_MeasurementReport::TID1501_Measurements;
using Value = CMR_SRNumericMeasurementValueWithUnits<CID7181_AbstractMultiDimensionalImageModelComponentUnits>;

void require(const OFCondition& status, const char* step) {
  detail::require_good(status, "measurement report", step);
}

DSRCodedEntryValue entry(const CodedConcept& code) {
  return {code.value, code.scheme, code.meaning};
}

// What a report says of a Segmentation.
struct Segments {
  std::string sop_class, sop_instance, series_uid, study_uid;
  std::map<std::string, std::uint16_t> number_of;
};

Segments read_segments(const std::filesystem::path& path, const detail::SourceSeries& source) {
  const std::string name = path.string();
  if (!std::filesystem::exists(path)) throw InputNotFound(name + ": no such file");
  if (!is_dicom_file(path)) throw bad_input(name, "a file that is not DICOM", "a DICOM Segmentation");
  DcmFileFormat file;
  if (file.loadFileUntilTag(path.c_str(), EXS_Unknown, EGL_noChange, DCM_MaxReadLength, ERM_autoDetect, DCM_PixelData)
          .bad())
    throw bad_input(name, "a damaged or truncated file", "a DICOM Segmentation");
  const detail::FileHeader header = detail::read_file_header(path);
  const detail::Dataset data(header.elements, name);
  Segments segments;
  segments.sop_class = data.required_text(DCM_SOPClassUID);
  segments.sop_instance = data.required_text(DCM_SOPInstanceUID);
  segments.series_uid = data.required_text(DCM_SeriesInstanceUID);
  segments.study_uid = data.required_text(DCM_StudyInstanceUID);
  const std::string frame_of_reference = data.text(DCM_FrameOfReferenceUID);
  if (!frame_of_reference.empty() && !source.frame_of_reference_uid.empty() &&
      frame_of_reference != source.frame_of_reference_uid)
    throw bad_input(data.where(DCM_FrameOfReferenceUID), frame_of_reference,
                    source.frame_of_reference_uid + ", the source's");
  DcmItem* segment = nullptr;
  for (long i = 0; file.getDataset()->findAndGetSequenceItem(DCM_SegmentSequence, segment, i).good(); ++i) {
    Uint16 number = 0;
    OFString label;
    if (segment->findAndGetUint16(DCM_SegmentNumber, number).good() &&
        segment->findAndGetOFString(DCM_SegmentLabel, label).good())
      segments.number_of[std::string(detail::trimmed(label))] = number;
  }
  if (segments.number_of.empty())
    throw bad_input(data.where(DCM_SegmentSequence), "no segment", "a DICOM Segmentation");
  return segments;
}

// A number as text of at most 16 characters and as double, which no text of that length can hold.
Value measured(double number, const CodedConcept& unit) {
  Value value(detail::decimal_string(number), entry(unit));
  require(value.setFloatingPointRepresentation(number), "number");
  return value;
}

struct Derivation {
  std::optional<double> number;
  CodedConcept code;
};

template <typename Groups>
void add_measurement(Groups& groups, const CodedConcept& quantity, const Value& value, const CodedConcept* derivation) {
  require(groups.addMeasurement(entry(quantity), value), "measurement");
  if (derivation != nullptr) require(groups.getMeasurement().setDerivation(entry(*derivation)), "derivation");
}

template <typename Groups>
void add_parameter(Groups& groups, const std::string& symbol, const CodedConcept& unit, const ParameterCell& cell) {
  const CodedConcept quantity = concept_of_quantity(symbol);
  if (!cell.value || !std::isfinite(*cell.value)) {
    add_measurement(groups, quantity, Value(CID42_NumericValueQualifier::MeasurementFailure), nullptr);
    return;
  }
  add_measurement(groups, quantity, measured(*cell.value, unit), nullptr);
  for (const Derivation& derived :
       {Derivation{cell.standard_error, concept_of_standard_error()},
        Derivation{cell.lower, {"CI-LOWER", private_scheme, "Lower bound of the confidence interval"}},
        Derivation{cell.upper, {"CI-UPPER", private_scheme, "Upper bound of the confidence interval"}}})
    if (derived.number && std::isfinite(*derived.number))
      add_measurement(groups, quantity, measured(*derived.number, unit), &derived.code);
}

std::string joined(const std::vector<std::string>& flags) {
  std::string text;
  for (const std::string& flag : flags) text += (text.empty() ? "" : ";") + flag;
  return text;
}

// What both kinds of measurement group hold.
template <typename Groups>
void fill_group(Groups& groups, const ModelResults& results, const ParameterRow& row, const std::string& tracking_uid) {
  require(groups.setTrackingIdentifier(row.name), "tracking identifier");
  require(groups.setTrackingUniqueIdentifier(tracking_uid), "tracking identifier");
  require(groups.setMeasurementMethod(entry(concept_of_model(results.label, results.title))), "method");
  const ParameterTable& table = results.parameters;
  for (std::size_t p = 0; p < table.parameters.size(); ++p)
    add_parameter(groups, table.parameters[p], concept_of_unit(p < table.units.size() ? table.units[p] : ""),
                  row.cells[p]);
  if (!table.reference_region.empty())
    require(groups.addQualitativeEvaluation(DSRCodedEntryValue("REFERENCE", private_scheme, "Reference region"),
                                            table.reference_region),
            "reference region");
  if (!row.status.empty())
    require(
        groups.addQualitativeEvaluation(DSRCodedEntryValue("STATUS", private_scheme, "Status of the fit"), row.status),
        "status");
  if (!row.flags.empty())
    require(groups.addQualitativeEvaluation(DSRCodedEntryValue("FLAGS", private_scheme, "Flags of the fit"),
                                            joined(row.flags)),
            "flags");
}

void add_region(TID1500_MeasurementReport& report,
                const ModelResults& results,
                const ParameterRow& row,
                const detail::SourceSeries& source,
                const std::optional<Segments>& segments) {
  const std::string tracking_uid = uid_from(source.series_uid, "region " + row.name);
  const bool is_segment = segments && segments->number_of.contains(row.name);
  if (!is_segment) {
    require(report.addIndividualMeasurements(), "measurement group");
    fill_group(report.getIndividualMeasurements(), results, row, tracking_uid);
    return;
  }
  require(report.addVolumetricROIMeasurements(), "measurement group");
  Groups1411& groups = report.getVolumetricROIMeasurements();
  DSRImageReferenceValue segment(segments->sop_class, segments->sop_instance);
  segment.getSegmentList().addItem(segments->number_of.at(row.name));
  require(groups.setReferencedSegment(segment), "segment");
  require(groups.setSourceSeriesForSegmentation(source.series_uid), "source series");
  fill_group(groups, results, row, tracking_uid);
}

// The images of the first frame stand for the series; evidence below lists all.
void add_image_library(TID1500_MeasurementReport& report, const detail::SourceSeries& source) {
  require(report.getImageLibrary().createNewImageLibrary(), "image library");
  require(report.getImageLibrary().addImageGroup(), "image library");
  for (const detail::SourceImage* image : source.objects()) {
    if (image->start != source.images.front().start) break;
    DcmFileFormat file;
    require(file.loadFileUntilTag(image->file.c_str(), EXS_Unknown, EGL_noChange, DCM_MaxReadLength, ERM_autoDetect,
                                  DCM_PixelData),
            "source image");
    const OFCondition added =
        report.getImageLibrary().addImageEntry(*file.getDataset(), TID1600_ImageLibrary::withoutDescriptors);
    if (added != CMR_EC_NoImageLibraryEntryDescriptorsToBeAdded) require(added, "image library");
  }
}

std::vector<std::string> build(TID1500_MeasurementReport& report,
                               const std::vector<ModelResults>& results,
                               const detail::SourceSeries& source,
                               const std::optional<Segments>& segments) {
  require(report.setLanguage(CID5000_Languages::English), "language");
  require(report.getObservationContext().addDeviceObserver(uid_from("Occupet " + version(), "device"), "Occupet",
                                                           "Occupet", "kinetic modelling"),
          "observer");
  require(report.addProcedureReported(CID100_QuantitativeDiagnosticImagingProcedures::PETUnspecifiedBodyRegion),
          "procedure");
  add_image_library(report, source);
  std::set<std::string> without_segment;
  std::size_t with_segment = 0;
  for (const ModelResults& model : results)
    for (const ParameterRow& row : model.parameters.rows) {
      add_region(report, model, row, source, segments);
      if (!segments || segments->number_of.contains(row.name))
        ++with_segment;
      else
        without_segment.insert(row.name);
    }
  if (segments && with_segment == 0) {
    std::string names;
    for (const auto& [name, number] : segments->number_of) names += (names.empty() ? "'" : ", '") + name + "'";
    throw InputError("no region of the results is a segment; the Segmentation has " + names);
  }
  return {without_segment.begin(), without_segment.end()};
}

// Patient and study of the source, and all that the report refers to.
void fill_document(DSRDocument& document, const detail::SourceSeries& source, const std::optional<Segments>& segments) {
  DcmFileFormat first;
  detail::load_source(source.first_file(), first);
  require(document.setSpecificCharacterSetType(DSRTypes::CS_UTF8), "character set");
  require(document.readPatientData(*first.getDataset()), "patient");
  require(document.readStudyData(*first.getDataset()), "study");
  require(document.setSeriesNumber("1002"), "series number");
  require(document.setSeriesDescription("Regional results"), "series description");
  require(document.setManufacturer("Occupet"), "manufacturer");
  require(document.setManufacturerModelName("kinetic modelling"), "manufacturer");
  require(document.setDeviceSerialNumber("0"), "manufacturer");
  require(document.setSoftwareVersions(version()), "software");
  auto& evidence = document.getCurrentRequestedProcedureEvidence();
  for (const detail::SourceImage* image : source.objects())
    require(evidence.addItem(source.study_uid, source.series_uid, image->sop_class, image->sop_instance), "evidence");
  if (segments)
    require(evidence.addItem(segments->study_uid, segments->series_uid, segments->sop_class, segments->sop_instance),
            "evidence");
  require(document.completeDocument(), "completion");
}

}  // namespace

std::vector<std::string> write_measurement_report(const std::vector<ModelResults>& results,
                                                  const SourceOfDerivation& source,
                                                  const std::optional<std::filesystem::path>& segmentation,
                                                  const std::string& uid_seed,
                                                  const std::filesystem::path& path,
                                                  const Provenance& provenance) {
  detail::prepare_dcmtk();
  const detail::SourceSeries series = detail::read_source_series(source.folder, source.series_uid, source.threads);
  std::optional<Segments> segments;
  if (segmentation) segments = read_segments(*segmentation, series);
  TID1500_MeasurementReport report(CID7021_MeasurementReportDocumentTitles::PETMeasurementReport);
  const std::vector<std::string> without_segment = build(report, results, series, segments);

  DSRDocument document;
  require(document.createNewDocument(DSRTypes::DT_EnhancedSR), "document");
  require(document.setTreeFromRootTemplate(report), "content");
  fill_document(document, series, segments);
  DcmFileFormat file;
  require(document.write(*file.getDataset()), "data set");
  detail::make_deterministic(uid_seed, "measurement report", series, *file.getDataset());
  file.getDataset()->findAndDeleteElement(DCM_TimezoneOffsetFromUTC);
  detail::put_provenance(provenance, *file.getDataset());
  detail::put_private_scheme(*file.getDataset());
  detail::save(file, path);
  return without_segment;
}

}  // namespace pet
