// SPDX-License-Identifier: Apache-2.0
#include "libpet/dicom/detail/dicomdir.h"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>

#include <algorithm>
#include <cctype>

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

// Discs have names in capitals that some systems show in small letters.
fs::path file_of(const std::string& file_id, const fs::path& folder, const std::string& where) {
  fs::path exact = folder, small = folder;
  for (const std::string_view part : split_values(file_id)) {
    const std::string name(part);
    if (!is_plain_name(name))
      throw bad_input(where, "a file that is not below the DICOMDIR", "names of files below it");
    exact /= name;
    small /= lower(name);
  }
  for (const fs::path& path : {exact, small})
    if (fs::is_regular_file(path)) return path;
  throw bad_input(where, "the file " + exact.lexically_relative(folder).string() + ", which is not there",
                  "files that were copied with their DICOMDIR");
}

}  // namespace

std::optional<std::vector<fs::path>> files_of_dicomdir(const fs::path& path) {
  FileHeader header = read_file_header(path);
  if (!header.is_dicom) return std::nullopt;
  const Dataset data(std::move(header.elements), path.string());
  if (!data.has(DCM_DirectoryRecordSequence)) return std::nullopt;
  std::vector<fs::path> files;
  for (const Dataset& record : data.items(DCM_DirectoryRecordSequence))
    if (const std::string file_id = record.text(DCM_ReferencedFileID); !file_id.empty())
      files.push_back(file_of(file_id, path.parent_path(), record.where(DCM_ReferencedFileID)));
  return files;
}

}  // namespace pet::detail
