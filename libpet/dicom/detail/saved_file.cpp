// SPDX-License-Identifier: Apache-2.0
#include "libpet/dicom/detail/saved_file.h"

#include <dcmtk/dcmdata/dcrleerg.h>
#include <dcmtk/dcmjpeg/djencode.h>
#include <dcmtk/dcmjpeg/djrplol.h>

#include <algorithm>
#include <array>
#include <mutex>

#include "libpet/dicom/detail/jpeg2000_encoder.h"
#include "libpet/error.h"
#include "libpet/io/output_files.h"

namespace pet::detail {
namespace {

struct Encoding {
  PetEncoding encoding;
  std::string_view name;
  E_TransferSyntax syntax;
};

constexpr std::array<Encoding, 8> encodings = {{
    {PetEncoding::explicit_little, "explicit", EXS_LittleEndianExplicit},
    {PetEncoding::implicit_little, "implicit", EXS_LittleEndianImplicit},
    {PetEncoding::explicit_big, "big-endian", EXS_BigEndianExplicit},
    {PetEncoding::deflated, "deflated", EXS_DeflatedLittleEndianExplicit},
    {PetEncoding::rle, "rle", EXS_RLELossless},
    {PetEncoding::jpeg, "jpeg", EXS_JPEGProcess14},
    {PetEncoding::jpeg_sv1, "jpeg-sv1", EXS_JPEGProcess14SV1},
    {PetEncoding::jpeg2000, "jpeg2000", EXS_JPEG2000LosslessOnly},
}};

const Encoding& known(PetEncoding encoding) {
  return *std::ranges::find(encodings, encoding, &Encoding::encoding);
}

bool is_jpeg(PetEncoding encoding) {
  return encoding == PetEncoding::jpeg || encoding == PetEncoding::jpeg_sv1;
}

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

void prepare_encoding(PetEncoding encoding) {
  static std::once_flag rle, jpeg;
  if (encoding == PetEncoding::rle) std::call_once(rle, [] { DcmRLEEncoderRegistration::registerCodecs(); });
  if (is_jpeg(encoding)) std::call_once(jpeg, [] { DJEncoderRegistration::registerCodecs(); });
}

void save(DcmFileFormat& file, const std::filesystem::path& path, PetEncoding encoding) {
  const E_TransferSyntax syntax = known(encoding).syntax;
  const DJ_RPLossless lossless;
  if (encoding == PetEncoding::jpeg2000)
    compress_jpeg2000(*file.getDataset(), syntax);
  else if (encoding != PetEncoding::explicit_little)
    require(file.getDataset()->chooseRepresentation(syntax, is_jpeg(encoding) ? &lossless : nullptr), path.string());
  require(file.validateMetaInfo(syntax), path.string());
  // DCMTK would write its own version here; the bytes shall not change with it.
  put(*file.getMetaInfo(), DCM_ImplementationClassUID, uid_from("Occupet", "implementation class"));
  put(*file.getMetaInfo(), DCM_ImplementationVersionName, "OCCUPET");
  require(file.getMetaInfo()->computeGroupLengthAndPadding(EGL_recalcGL, EPD_noChange, EXS_LittleEndianExplicit,
                                                           EET_ExplicitLength),
          path.string());
  const bool is_encapsulated = DcmXfer(syntax).isEncapsulated();
  require(file.saveFile(path.c_str(), syntax, is_encapsulated ? EET_UndefinedLength : EET_ExplicitLength, EGL_recalcGL,
                        EPD_noChange, 0, 0, EWM_dontUpdateMeta),
          path.string());
}

}  // namespace pet::detail

namespace pet {

PetEncoding pet_encoding(std::string_view name) {
  std::string names;
  for (const detail::Encoding& encoding : detail::encodings) {
    if (encoding.name == name) return encoding.encoding;
    names += (names.empty() ? "" : ", ") + std::string(encoding.name);
  }
  throw UsageError("no transfer syntax '" + std::string(name) + "'; there are: " + names);
}

}  // namespace pet
