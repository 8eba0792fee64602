// SPDX-License-Identifier: Apache-2.0
// Label maps and images with their sidecar, compressed or not; the first byte says which.
#include "libpet/io/nifti.h"

#include "tests/fuzz/fuzz_input.h"

namespace {

using Folder = std::filesystem::path;

const std::vector<pet::fuzz::Reader> readers = {
    {'l', {"labels.nii"}, [](const Folder& in) { pet::read_label_map(in / "labels.nii"); }},
    {'z', {"labels.nii.gz"}, [](const Folder& in) { pet::read_label_map(in / "labels.nii.gz"); }},
    {'i', {"x_pet.nii", "x_pet.json"}, [](const Folder& in) { pet::read_nifti_image(in / "x_pet.nii"); }},
    {'g', {"x_pet.nii.gz", "x_pet.json"}, [](const Folder& in) { pet::read_nifti_image(in / "x_pet.nii.gz"); }}};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return pet::fuzz::try_reader(pet::fuzz::text_of(data, size), readers);
}
