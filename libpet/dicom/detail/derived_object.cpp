// SPDX-License-Identifier: Apache-2.0
#include "libpet/dicom/detail/derived_object.h"

#include "libpet/dicom/detail/saved_file.h"
#include "libpet/dicom/pet_writer.h"
#include "libpet/io/output_files.h"

namespace pet::detail {

void require_good(const OFCondition& status, const std::string& what, const std::string& step) {
  if (status.bad()) throw OutputError("DICOM " + what + ": " + step + ": " + status.text());
}

CodeSequenceMacro code_macro(const CodedConcept& code) {
  return {code.value, code.scheme, code.meaning};
}

void make_deterministic(const std::string& seed, const std::string& role, const SourceSeries& source, DcmItem& item) {
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

void put_source_references(const SourceSeries& source, DcmItem& item) {
  DcmItem* series = nullptr;
  require_good(item.findOrCreateSequenceItem(DCM_ReferencedSeriesSequence, series), "object", "source series");
  put(*series, DCM_SeriesInstanceUID, source.series_uid);
  for (const SourceImage& image : source.images) {
    DcmItem* instance = nullptr;
    constexpr long append = -2;
    require_good(series->findOrCreateSequenceItem(DCM_ReferencedInstanceSequence, instance, append), "object",
                 "source series");
    put(*instance, DCM_ReferencedSOPClassUID, image.sop_class);
    put(*instance, DCM_ReferencedSOPInstanceUID, image.sop_instance);
  }
}

}  // namespace pet::detail
