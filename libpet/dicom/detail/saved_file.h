// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>

#include <filesystem>
#include <string>

#include "libpet/dicom/pet_writer.h"

namespace pet::detail {

/// Adds an element; the text must fit its VR. Throws OutputError if DCMTK refuses.
void put(DcmItem& item, const DcmTagKey& tag, const std::string& value);
void put(DcmItem& item, const DcmTagKey& tag, std::uint16_t value);
/// Adds a sequence with one item that holds a code.
void put_code(DcmItem& item,
              const DcmTagKey& sequence,
              const std::string& value,
              const std::string& scheme,
              const std::string& meaning);

/// Makes the encoder known to DCMTK that a transfer syntax needs; before save() on several threads.
void prepare_encoding(PetEncoding encoding);

/// Writes a file whose bytes depend on its dataset and the encoding alone. Throws OutputError.
void save(DcmFileFormat& file, const std::filesystem::path& path, PetEncoding encoding = PetEncoding::explicit_little);

}  // namespace pet::detail
