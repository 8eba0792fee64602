// SPDX-License-Identifier: Apache-2.0
// A folder of up to nine files, read as a PET series, as uptake and, by its first file, as a DICOMDIR.
#include "libpet/dicom/pet_image.h"
#include "libpet/dicom/suv_image.h"
#include "libpet/error.h"
#include "tests/fuzz/fuzz_input.h"

namespace {

void read_folder(const std::filesystem::path& folder) {
  pet::PetReadOptions options;
  options.threads = 1;
  try {
    pet::read_suv(folder, pet::SuvType::bw, options);
  } catch (const pet::InputError&) {
  }
  try {
    pet::read_pet_series(folder / "1", options);
  } catch (const pet::InputError&) {
  }
  pet::summarize_pet_series({folder}, 1);
  options.allows_lossy = true;
  pet::read_pet_series(folder, options);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return pet::fuzz::try_files(pet::fuzz::text_of(data, size), {"1", "2", "3", "4", "5", "6", "7", "8", "9"},
                              read_folder);
}
