// SPDX-License-Identifier: Apache-2.0
#include <iostream>
#include <memory>

#include "libpet/dicom/segmentation.h"
#include "libpet/dicom/source_series.h"
#include "libpet/io/region_groups_file.h"
#include "libpet/io/series_report.h"
#include "libpet/io/sidecar.h"
#include "libpet/io/tac_table_file.h"
#include "libpet/labels.h"
#include "tools/arguments.h"
#include "tools/commands.h"
#include "tools/image_arguments.h"

namespace {

struct Options {
  pet::ImageArguments image;
  std::optional<std::string> labels;
  std::optional<std::string> table;
  std::optional<std::string> groups;
  std::vector<std::string> regions;
  std::optional<std::string> segmentation;
  std::optional<std::string> sidecar;
  std::optional<std::string> volumes;
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

pet::Provenance provenance(const Options& options, const pet::Common& common) {
  std::vector<std::string> inputs = pet::with_sidecars({options.image.image});
  for (const auto& file : {options.labels, options.table, options.groups, options.sidecar, options.volumes})
    if (file) inputs.push_back(*file);
  return pet::provenance_of(common, inputs);
}

void write_table(const Options& options,
                 const pet::Common& common,
                 const pet::TacTable& table,
                 const std::string& image_members,
                 const std::vector<int>& numbers,
                 pet::OutputFiles& files) {
  const bool is_pmod = common.output.ends_with(".tac");
  const auto sidecar_text = is_pmod ? pet::pmod_tac_sidecar_text : pet::tac_sidecar_text;
  files.write(common.output, is_pmod ? pet::pmod_tac_text(table) : pet::tac_table_text(table));
  files.write(pet::sidecar_of(common.output), sidecar_text(table, provenance(options, common), image_members));
  if (table.volume_mm3.empty()) return;  // curves of a table may have none
  files.write(morph_of(common.output), pet::morph_table_text(table, numbers));
}

// The labels in the study of the series; its identifiers follow from the bytes of both.
void write_segmentation(const Options& options,
                        const pet::Common& common,
                        const pet::LabelMap& labels,
                        pet::OutputFiles& files) {
  const pet::Provenance made_by = provenance(options, common);
  pet::write_dicom_segmentation(
      labels, pet::first_frame_files({options.image.image, options.image.series, common.threads}),
      pet::identity_seed("segmentation", made_by), files.temporary(*options.segmentation), made_by);
}

// The regions of a table of curves that are asked for, in its order.
pet::TacTable kept_regions(const pet::TacTable& table, const std::vector<std::string>& names) {
  if (names.empty()) return table;
  pet::TacTable kept = table;
  kept.regions.clear();
  kept.activity.clear();
  kept.volume_mm3.clear();
  for (const std::size_t index : pet::region_indices(table, names)) {
    kept.regions.push_back(table.regions[index]);
    kept.activity.push_back(table.activity[index]);
    if (!table.volume_mm3.empty()) kept.volume_mm3.push_back(table.volume_mm3[index]);
  }
  return kept;
}

// Curves that another program made, as ours.
int run_on_table(const Options& options, const pet::Common& common, pet::OutputFiles& files) {
  if (options.table || options.segmentation)
    throw pet::UsageError("--table and --seg-out go with an image and its --labels");
  pet::TacTableOptions reading;
  reading.image_sidecar = options.sidecar.value_or("");
  reading.volumes = options.volumes.value_or("");
  pet::TacTable table = pet::read_tac_table(options.image.image, reading);
  if (options.groups) table = pet::merge_regions(table, pet::read_region_groups(*options.groups), *options.groups);
  table = kept_regions(table, options.regions);
  if (!common.output.empty()) write_table(options, common, table, "{}", {}, files);
  files.commit();
  if (common.output.empty()) std::cout << pet::tac_table_text(table) << std::flush;
  return pet::success;
}

bool is_image(const std::string& path) {
  std::error_code ignored;
  return pet::is_nifti(path) || std::filesystem::is_directory(path, ignored) || pet::is_dicom_file(path);
}

int run(const Options& options, const pet::Common& common) {
  pet::OutputFiles files(common.force);
  if (!common.output.empty()) {
    files.declare(common.output);
    files.declare(pet::sidecar_of(common.output));
    files.declare(morph_of(common.output));
  }
  if (options.segmentation) {
    pet::require_dicom_for("seg-out", options.image.image);
    files.declare(*options.segmentation);
  }
  if (!options.labels && !is_image(options.image.image)) return run_on_table(options, common, files);
  if (!options.labels) throw pet::UsageError("missing option --labels FILE: the regions of an image");
  if (options.sidecar || options.volumes)
    throw pet::UsageError("--sidecar and --volumes go with a table of curves; an image has its own");
  const pet::DynamicImage image = pet::read_image(options.image, common);
  const pet::LabelMap labels = pet::read_labels(*options.labels, options.table, image, options.regions);
  warn_of_names(common, labels);
  pet::TacTable table = pet::extract_tacs(image, labels, common.threads);
  if (options.groups) table = pet::merge_regions(table, pet::read_region_groups(*options.groups), *options.groups);
  if (options.segmentation) write_segmentation(options, common, labels, files);
  const std::vector<int> numbers = options.groups ? std::vector<int>() : pet::label_numbers(labels);
  if (!common.output.empty()) write_table(options, common, table, pet::image_members_json(image), numbers, files);
  files.commit();
  if (common.output.empty()) std::cout << pet::tac_table_text(table) << std::flush;
  return pet::success;
}

void declare(pet::Tool& tool, Options& options) {
  tool.description(
          "Averages a dynamic PET image over the regions of a label image and writes a BIDS table of time-activity "
          "curves in seconds after injection and Bq/mL, decay-corrected to injection, with a JSON sidecar and a table "
          "of "
          "volumes (_morph.tsv). Image and labels must be on one grid; nothing is interpolated. Contours of an RT "
          "Structure "
          "Set take the voxels whose centres they enclose. A table of curves that another program made (PETPrep, PMOD, "
          "Turku) in place of an image is written as ours, its regions chosen or merged.")
      .example("pet-tac dicom/ --labels dseg.nii.gz --table dseg.tsv -o sub-01_tacs.tsv",
               "from a folder of DICOM slices")
      .example("pet-tac dicom/ --labels segmentation.dcm -o sub-01_tacs.tsv", "with a DICOM Segmentation")
      .example("pet-tac dicom/ --labels contours.dcm --regions Cerebellum,Frontal -o sub-01_tacs.tsv",
               "with contours of an RT Structure Set")
      .example("pet-tac dicom/ --labels dseg.nii.gz --table dseg.tsv --seg-out regions.dcm -o sub-01_tacs.tsv",
               "and the regions for a DICOM viewer")
      .example("pet-tac sub-01_seg-gtm_desc-preproc_tacs.tsv --groups groups.tsv -o sub-01_tacs.tsv",
               "regions of PETPrep merged by volume");
  options.image.declare(tool);
  tool.option("labels", options.labels, "FILE",
              "label image: NIfTI, DICOM Segmentation or RT Structure Set; none for a table of curves")
      .option("table", options.table, "FILE", "names of the labels: a dseg.tsv with columns index and name")
      .option("regions", options.regions, "REGION,...", "regions to use; default: all")
      .option(
          "groups", options.groups, "FILE",
          "merge regions by volume: a table with columns RegionName and ConstituentRegion; only groups are written");
  tool.option("sidecar", options.sidecar, "FILE",
              "with a table of curves: the _pet.json of its image, for what its own sidecar leaves open")
      .option("volumes", options.volumes, "FILE",
              "with a table of curves: volumes of its regions (_morph.tsv); default: beside it or in ../anat");
  options.image.declare_options(tool);
  tool.option("seg-out", options.segmentation, "FILE",
              "also write the labels as a DICOM Segmentation in the study of the series; it holds the patient's name");
}

}  // namespace

pet::Command pet::pet_tac_command() {
  const auto options = std::make_shared<Options>();
  Command command{Tool("pet-tac", "regional time-activity curves from a dynamic PET image"),
                  [options](const Common& common) { return run(*options, common); }};
  declare(command.tool, *options);
  return command;
}
