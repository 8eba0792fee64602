// SPDX-License-Identifier: Apache-2.0
// One file, read as Segmentation, as RT Structure Set and as Parametric Map.
#include "libpet/dicom/parametric_map.h"
#include "libpet/dicom/segmentation.h"
#include "libpet/dicom/structure_set.h"
#include "libpet/error.h"
#include "tests/fuzz/fuzz_input.h"
#include "tests/libpet/dicom/structure_set_file.h"

namespace {

void read_object(const std::filesystem::path& folder) {
  const std::filesystem::path file = folder / "object";
  if (!std::filesystem::exists(file)) return;
  switch (pet::label_source(file)) {
    case pet::LabelSource::segmentation:
      pet::read_dicom_segmentation(file);
      break;
    case pet::LabelSource::structure_set:
      pet::read_structure_set(file, pet::test::turned_grid());
      break;
    case pet::LabelSource::other:
      pet::read_parametric_map(file);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return pet::fuzz::try_files(pet::fuzz::text_of(data, size), {"object"}, read_object);
}
