// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>
#include <dcmtk/dcmiod/iodmacro.h>

#include <filesystem>
#include <string>

#include "libpet/dicom/coded_concept.h"
#include "libpet/dicom/detail/source_series.h"
#include "libpet/provenance.h"

namespace pet::detail {

/// What objects that are derived from a PET series have in common.

/// Throws OutputError "DICOM WHAT: STEP: reason".
void require_good(const OFCondition& status, const std::string& what, const std::string& step);

/// The header of the source as UTF-8, from which patient and study are taken over; the rest of a derived object is
/// UTF-8 too. Throws InputError for a character set that cannot be converted.
void load_source(const std::filesystem::path& path, DcmFileFormat& file);

CodeSequenceMacro code_macro(const CodedConcept& code);

/// Replaces what DCMTK fills with the clock or with random UIDs: instance and series UID follow from `seed` and `role`,
/// dates and times are those of the source series. States the character set, UTF-8.
void make_deterministic(const std::string& seed, const std::string& role, const SourceSeries& source, DcmItem& item);

/// Names the private coding scheme (0008,0110), so that its codes can be told from those of others.
void put_private_scheme(DcmItem& item);

/// Who made the object, with which command and from which bytes: Contributing Equipment Sequence (0018,A001). Adds
/// nothing where the provenance names neither. What does not fit into 1024 characters is cut off.
void put_provenance(const Provenance& provenance, DcmItem& item);

/// Referenced Series Sequence (0008,1115) with all images of the source.
void put_source_references(const SourceSeries& source, DcmItem& item);

}  // namespace pet::detail
