// SPDX-License-Identifier: Apache-2.0
// Tables with their sidecars; the first byte says of which kind.
#include "libpet/io/blood_samples_file.h"
#include "libpet/io/input_function_file.h"
#include "libpet/io/nifti.h"
#include "libpet/io/parameter_table.h"
#include "libpet/io/region_groups_file.h"
#include "libpet/io/tac_table_file.h"
#include "tests/fuzz/fuzz_input.h"

namespace {

using Folder = std::filesystem::path;

const std::vector<pet::fuzz::Reader> readers = {
    {'t', {"x_tacs.tsv", "x_tacs.json"}, [](const Folder& in) { pet::read_tac_table(in / "x_tacs.tsv"); }},
    {'p', {"x.tac", "x.json"}, [](const Folder& in) { pet::read_tac_table(in / "x.tac"); }},
    {'d', {"x.dft"}, [](const Folder& in) { pet::read_tac_table(in / "x.dft"); }},
    {'c', {"x.csv", "x.json"}, [](const Folder& in) { pet::read_tac_table(in / "x.csv"); }},
    {'v', {"x.voistat", "x.acqtimes"}, [](const Folder& in) { pet::read_tac_table(in / "x.voistat"); }},
    {'i',
     {"x_inputfunction.tsv", "x_inputfunction.json"},
     [](const Folder& in) { pet::read_input_function(in / "x_inputfunction.tsv"); }},
    {'b', {"x_blood.tsv", "x_blood.json"}, [](const Folder& in) { pet::read_blood_samples({in / "x_blood.tsv"}); }},
    {'l', {"x.bld"}, [](const Folder& in) { pet::read_blood_samples({in / "x.bld"}); }},
    {'k', {"x_kinpar.tsv", "x_kinpar.json"}, [](const Folder& in) { pet::read_parameter_table(in / "x_kinpar.tsv"); }},
    {'o',
     {"x_occupancy.tsv", "x_occupancy.json"},
     [](const Folder& in) { pet::read_occupancy_table(in / "x_occupancy.tsv"); }},
    {'g', {"groups.tsv"}, [](const Folder& in) { pet::read_region_groups(in / "groups.tsv"); }},
    {'n', {"dseg.tsv"}, [](const Folder& in) { pet::read_label_names(in / "dseg.tsv"); }}};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return pet::fuzz::try_reader(pet::fuzz::text_of(data, size), readers);
}
