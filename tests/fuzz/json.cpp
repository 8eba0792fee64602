// SPDX-License-Identifier: Apache-2.0
// Descriptions of studies and tracers, and sidecars; the first byte says of which kind.
#include <fstream>

#include "libpet/io/bids_pet.h"
#include "libpet/io/nifti.h"
#include "libpet/io/study_file.h"
#include "libpet/io/tac_table_file.h"
#include "libpet/io/tracer_file.h"
#include "tests/fuzz/fuzz_input.h"

namespace {

using Folder = std::filesystem::path;

// A table of two frames of which the input is the sidecar.
void read_tacs(const Folder& in) {
  std::ofstream(in / "x_tacs.tsv") << "frame_start\tframe_end\tcerebellum\n0\t60\t1000\n60\t180\t2000\n";
  pet::read_tac_table(in / "x_tacs.tsv");
}

// An image of two frames of two voxels of which the input is the sidecar.
void read_image(const Folder& in) {
  const pet::Grid grid{{2, 1, 1}, {}, {{{2.0, 0.0, 0.0}, {0.0, 2.0, 0.0}, {0.0, 0.0, 2.0}}}};
  const std::vector<float> voxels{1.0f, 2.0f, 3.0f, 4.0f};
  if (!std::filesystem::exists(in / "x_pet.nii"))
    pet::write_nifti_series(grid, pet::Frames({{0.0, 1.0}, {1.0, 3.0}}), voxels, in / "x_pet.nii");
  pet::read_nifti_image(in / "x_pet.nii");
}

const std::vector<pet::fuzz::Reader> readers = {
    {'s', {"study.json"}, [](const Folder& in) { pet::read_study(in / "study.json"); }},
    {'t', {"tracer.json"}, [](const Folder& in) { pet::read_tracer(in / "tracer.json"); }},
    {'m', {"members.json"}, [](const Folder& in) { pet::read_members(in / "members.json"); }},
    {'c', {"x_tacs.json"}, read_tacs},
    {'i', {"x_pet.json"}, read_image}};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return pet::fuzz::try_reader(pet::fuzz::text_of(data, size), readers);
}
