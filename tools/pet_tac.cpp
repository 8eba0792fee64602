// SPDX-License-Identifier: Apache-2.0
#include <iostream>

#include "libpet/io/series_report.h"
#include "libpet/io/sidecar.h"
#include "libpet/io/tac_table_file.h"
#include "libpet/labels.h"
#include "tools/image_arguments.h"
#include "tools/tool.h"

namespace {

struct Options {
  pet::ImageArguments image;
  std::string labels;
  std::optional<std::string> table;
};

void warn_of_names(const pet::Common& common, const pet::LabelMap& labels) {
  if (labels.names.empty()) return;
  const auto warn = [&](const std::string& what, const std::vector<std::string>& which) {
    std::string list;
    for (const std::string& one : which) list += (list.empty() ? "" : ", ") + one;
    if (!which.empty()) pet::warn(common, what + ": " + list);
  };
  std::vector<std::string> numbers;
  for (const int number : pet::labels_without_name(labels)) numbers.push_back(std::to_string(number));
  warn("labels without a name", numbers);
  warn("names without a voxel", pet::names_without_voxels(labels));
}

// "sub-01_tacs.tsv" goes with "sub-01_morph.tsv", any other "name.tsv" with "name_morph.tsv".
std::filesystem::path morph_of(const std::filesystem::path& tacs) {
  std::string stem = tacs.stem().string();
  if (stem.ends_with("_tacs")) stem.resize(stem.size() - std::string_view("_tacs").size());
  return tacs.parent_path() / (stem + "_morph.tsv");
}

int run(const Options& options, const pet::Common& common) {
  pet::OutputFiles files(common.force);
  std::filesystem::path sidecar = common.output;
  sidecar.replace_extension(".json");
  if (!common.output.empty()) {
    files.declare(common.output);
    files.declare(sidecar);
    files.declare(morph_of(common.output));
  }
  const pet::DynamicImage image = pet::read_image(options.image, common);
  const pet::LabelMap labels = pet::read_labels(options.labels, options.table, image);
  warn_of_names(common, labels);
  const pet::TacTable table = pet::extract_tacs(image, labels, common.threads);
  if (common.output.empty()) {
    std::cout << pet::tac_table_text(table) << std::flush;
    return pet::success;
  }
  std::vector<std::string> inputs = pet::with_sidecars({options.image.image});
  inputs.push_back(options.labels);
  if (options.table) inputs.push_back(*options.table);
  const bool is_pmod = common.output.ends_with(".tac");
  const auto sidecar_text = is_pmod ? pet::pmod_tac_sidecar_text : pet::tac_sidecar_text;
  files.write(common.output, is_pmod ? pet::pmod_tac_text(table) : pet::tac_table_text(table));
  files.write(sidecar, sidecar_text(table, pet::provenance_of(inputs), pet::image_members_json(image)));
  files.write(morph_of(common.output), pet::morph_table_text(table, pet::label_numbers(labels)));
  files.commit();
  return pet::success;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  pet::Tool tool("pet-tac", "regional time-activity curves from a dynamic PET image");
  tool.description(
          "Averages a dynamic PET image over the regions of a label image and writes a BIDS table of time-activity "
          "curves in seconds after injection and Bq/mL, decay-corrected to injection, with a JSON sidecar and a table "
          "of "
          "volumes (_morph.tsv). Image and labels must be on one grid; nothing is interpolated.")
      .example("pet-tac dicom/ --labels dseg.nii.gz --table dseg.tsv -o sub-01_tacs.tsv",
               "from a folder of DICOM slices")
      .example("pet-tac dicom/ --labels segmentation.dcm -o sub-01_tacs.tsv", "with a DICOM Segmentation");
  options.image.declare(tool);
  tool.required("labels", options.labels, "FILE", "label image: NIfTI or DICOM Segmentation")
      .option("table", options.table, "FILE", "names of the labels: a dseg.tsv with columns index and name");
  options.image.declare_options(tool);
  return tool.main(argc, argv, [&](const pet::Common& common) { return run(options, common); });
}
