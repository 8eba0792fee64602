// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "tests/libpet/dicom/dicom_item.h"

namespace pet::test {

/// The item of a sequence, made where there is none.
DcmItem& sequence_item(DcmItem& item, const DcmTagKey& sequence, long index = 0);
/// The text of an element; empty where there is none.
std::string text_of(DcmItem& item, const DcmTagKey& tag);

using Change = std::function<void(DcmItem& data)>;

/// Writes Enhanced PET made of the files of a classic series by DCMTK alone: one file of all slices, in an order that
/// has nothing to do with time or place.
void write_enhanced(const std::vector<std::filesystem::path>& slices,
                    const std::filesystem::path& path,
                    const Change& change = {},
                    const std::string& instance = "1.2.3.4");

}  // namespace pet::test
