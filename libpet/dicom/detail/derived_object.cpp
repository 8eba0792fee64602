// SPDX-License-Identifier: Apache-2.0
#include "libpet/dicom/detail/derived_object.h"

#include <algorithm>

#include "libpet/dicom/detail/saved_file.h"
#include "libpet/dicom/pet_writer.h"
#include "libpet/error.h"
#include "libpet/io/output_files.h"

namespace pet::detail {

void require_good(const OFCondition& status, const std::string& what, const std::string& step) {
  if (status.bad()) throw OutputError("DICOM " + what + ": " + step + ": " + status.text());
}

void load_source(const std::filesystem::path& path, DcmFileFormat& file) {
  if (file.loadFileUntilTag(path.c_str(), EXS_Unknown, EGL_noChange, DCM_MaxReadLength, ERM_autoDetect, DCM_PixelData)
          .bad())
    throw bad_input(path.string(), "a damaged or truncated file", "a DICOM PET image");
  if (file.getDataset()->convertToUTF8().bad())
    throw bad_input(path.string() + " tag (0008,0005) SpecificCharacterSet", "a set that cannot be converted to UTF-8",
                    "one of DICOM PS3.3 C.12.1.1.2");
}

CodeSequenceMacro code_macro(const CodedConcept& code) {
  return {code.value, code.scheme, code.meaning};
}

void make_deterministic(const std::string& seed, const std::string& role, const SourceSeries& source, DcmItem& item) {
  put(item, DCM_SpecificCharacterSet, "ISO_IR 192");
  put(item, DCM_SOPInstanceUID, uid_from(seed, role));
  put(item, DCM_SeriesInstanceUID, uid_from(seed, role + " series"));
  for (const DcmTagKey& tag : {DCM_SeriesDate, DCM_ContentDate}) put(item, tag, source.series_date);
  for (const DcmTagKey& tag : {DCM_SeriesTime, DCM_ContentTime}) put(item, tag, source.series_time);
  for (const DcmTagKey& tag : {DCM_InstanceCreationDate, DCM_InstanceCreationTime, DCM_InstanceCreatorUID})
    item.findAndDeleteElement(tag);
}

void put_private_scheme(DcmItem& item) {
  DcmItem* scheme = nullptr;
  require_good(item.findOrCreateSequenceItem(DCM_CodingSchemeIdentificationSequence, scheme), "object",
               "coding scheme");
  put(*scheme, DCM_CodingSchemeDesignator, private_scheme);
  put(*scheme, DCM_CodingSchemeName, "Quantities of kinetic modelling");
  put(*scheme, DCM_CodingSchemeResponsibleOrganization, "Occupet");
}

void put_provenance(const Provenance& provenance, DcmItem& item) {
  if (provenance.command_line.empty() && provenance.inputs.empty()) return;
  std::string text = provenance.command_line;
  for (const InputChecksum& input : provenance.inputs) text += "\r\nSHA-256 " + input.sha256 + " " + input.path;
  constexpr std::size_t longest = 1024;  // VR ST
  std::size_t end = std::min(text.size(), longest);
  while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;  // whole characters
  DcmItem* equipment = nullptr;
  require_good(item.findOrCreateSequenceItem(DCM_ContributingEquipmentSequence, equipment), "object", "provenance");
  put_code(*equipment, DCM_PurposeOfReferenceCodeSequence, "109102", "DCM", "Processing Equipment");
  put(*equipment, DCM_Manufacturer, provenance.software);
  put(*equipment, DCM_ManufacturerModelName, "kinetic modelling");
  put(*equipment, DCM_SoftwareVersions, provenance.software_version);
  put(*equipment, DCM_ContributionDescription, text.substr(0, end));
}

void put_source_references(const SourceSeries& source, DcmItem& item) {
  DcmItem* series = nullptr;
  require_good(item.findOrCreateSequenceItem(DCM_ReferencedSeriesSequence, series), "object", "source series");
  put(*series, DCM_SeriesInstanceUID, source.series_uid);
  for (const SourceImage* image : source.objects()) {
    DcmItem* instance = nullptr;
    constexpr long append = -2;
    require_good(series->findOrCreateSequenceItem(DCM_ReferencedInstanceSequence, instance, append), "object",
                 "source series");
    put(*instance, DCM_ReferencedSOPClassUID, image->sop_class);
    put(*instance, DCM_ReferencedSOPInstanceUID, image->sop_instance);
  }
}

}  // namespace pet::detail
