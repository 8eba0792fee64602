// SPDX-License-Identifier: Apache-2.0
#include "libpet/dicom/detail/saved_file.h"

#include "libpet/dicom/pet_writer.h"
#include "libpet/io/output_files.h"

namespace pet::detail {
namespace {

void require(const OFCondition& status, const std::string& what) {
  if (status.bad()) throw OutputError(what + ": " + status.text());
}

}  // namespace

void put(DcmItem& item, const DcmTagKey& tag, const std::string& value) {
  require(item.putAndInsertString(tag, value.c_str()), std::string("cannot set ") + tag.toString());
}

void put(DcmItem& item, const DcmTagKey& tag, std::uint16_t value) {
  require(item.putAndInsertUint16(tag, value), std::string("cannot set ") + tag.toString());
}

void put_code(DcmItem& item,
              const DcmTagKey& sequence,
              const std::string& value,
              const std::string& scheme,
              const std::string& meaning) {
  DcmItem* code = nullptr;
  require(item.findOrCreateSequenceItem(sequence, code), std::string("cannot add ") + sequence.toString());
  put(*code, DCM_CodeValue, value);
  put(*code, DCM_CodingSchemeDesignator, scheme);
  put(*code, DCM_CodeMeaning, meaning);
}

void save(DcmFileFormat& file, const std::filesystem::path& path) {
  require(file.validateMetaInfo(EXS_LittleEndianExplicit), path.string());
  // DCMTK would write its own version here; the bytes shall not change with it.
  put(*file.getMetaInfo(), DCM_ImplementationClassUID, uid_from("Occupet", "implementation class"));
  put(*file.getMetaInfo(), DCM_ImplementationVersionName, "OCCUPET");
  require(file.getMetaInfo()->computeGroupLengthAndPadding(EGL_recalcGL, EPD_noChange, EXS_LittleEndianExplicit,
                                                           EET_ExplicitLength),
          path.string());
  require(file.saveFile(path.c_str(), EXS_LittleEndianExplicit, EET_ExplicitLength, EGL_recalcGL, EPD_noChange, 0, 0,
                        EWM_dontUpdateMeta),
          path.string());
}

}  // namespace pet::detail
