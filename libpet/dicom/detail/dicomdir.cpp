// SPDX-License-Identifier: Apache-2.0
#include "libpet/dicom/detail/dicomdir.h"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>

#include <algorithm>
#include <cctype>
#include <iterator>
#include <optional>
#include <system_error>

#include "libpet/dicom/detail/dataset.h"
#include "libpet/dicom/detail/file_header.h"
#include "libpet/dicom/detail/number_text.h"
#include "libpet/error.h"

namespace pet::detail {
namespace {

namespace fs = std::filesystem;

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

// A component of a File ID, which names nothing outside its folder.
bool is_plain_name(const std::string& name) {
  return !name.empty() && name != "." && name != ".." && name.find('/') == std::string::npos &&
         name.find('\0') == std::string::npos;
}

bool is_in_use(const Dataset& record) {
  return record.integer(DCM_RecordInUseFlag).value_or(0xFFFF) != 0;  // DICOM PS3.3 F.3.2.2
}

// Whether a scan lacks slices without the file. A record need not name a class.
bool is_pet_image(const Dataset& record) {
  const std::string sop_class = record.text(DCM_ReferencedSOPClassUIDInFile);
  const std::string_view pet[] = {"", UID_PositronEmissionTomographyImageStorage, UID_EnhancedPETImageStorage,
                                  UID_LegacyConvertedEnhancedPETImageStorage};
  return record.text(DCM_DirectoryRecordType) == "IMAGE" && std::ranges::find(pet, sop_class) != std::end(pet);
}

// Discs have names in capitals that some systems show in small letters. Nothing where there is no such file.
std::optional<fs::path> file_of(const std::string& file_id, const fs::path& folder, const std::string& where) {
  fs::path exact = folder, small = folder;
  for (const std::string_view part : split_values(file_id)) {
    const std::string name(part);
    if (!is_plain_name(name))
      throw bad_input(where, "a file that is not below the DICOMDIR", "names of files below it");
    exact /= name;
    small /= lower(name);
  }
  std::error_code ignored;  // of names that can be none
  for (const fs::path& path : {exact, small})
    if (fs::is_regular_file(path, ignored)) return path;
  return std::nullopt;
}

}  // namespace

std::vector<fs::path> files_of_dicomdir(const fs::path& path) {
  FileHeader header = read_file_header(path);
  const Dataset data(std::move(header.elements), path.string());
  std::vector<fs::path> files;
  std::size_t number = 0;
  for (const Dataset& record : data.items(DCM_DirectoryRecordSequence)) {
    // Names of files may be those of people.
    const std::string where = record.where(DCM_ReferencedFileID) + " of record " + std::to_string(++number);
    const std::string file_id = record.text(DCM_ReferencedFileID);
    if (file_id.empty() || !is_in_use(record)) continue;
    if (auto file = file_of(file_id, path.parent_path(), where))
      files.push_back(std::move(*file));
    else if (is_pet_image(record))
      throw bad_input(where, "a file that is not there", "files that were copied with their DICOMDIR");
  }
  return files;
}

}  // namespace pet::detail
