// SPDX-License-Identifier: Apache-2.0
#include "libpet/dicom/scan_description.h"
#include "libpet/dicom/suv_image.h"
#include "libpet/error.h"
#include "libpet/io/bids_pet.h"
#include "libpet/io/nifti.h"
#include "libpet/io/suv_sidecar.h"
#include "tools/tool.h"

namespace {

namespace fs = std::filesystem;

struct Options {
  std::string folder;
  pet::BidsEntities entities;
  std::string series;
  std::optional<std::string> injection_time;
  std::optional<std::string> decay_reference;
  std::optional<std::string> metadata;
  std::vector<std::string> pairs;
  std::optional<std::string> suv;
  bool is_uncompressed = false;
};

// Folders that were made for outputs; those that stay empty are removed, so that a failure leaves nothing behind.
class NewFolders {
 public:
  explicit NewFolders(const fs::path& path) {
    for (fs::path folder = path; !folder.empty() && !fs::exists(folder); folder = folder.parent_path())
      made_.push_back(folder);
    std::error_code error;
    fs::create_directories(path, error);
    if (error) throw pet::OutputError(path.string() + ": " + error.message());
  }
  ~NewFolders() {
    std::error_code error;
    for (const fs::path& folder : made_) fs::remove(folder, error);  // removes nothing that is not empty
  }
  NewFolders(const NewFolders&) = delete;
  NewFolders& operator=(const NewFolders&) = delete;

 private:
  std::vector<fs::path> made_;
};

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

void say_what_is_missing(const pet::PetSidecar& sidecar, const pet::Common& common) {
  if (!sidecar.replaced.empty())
    pet::warn(common, "given in place of what the header says: " + joined(sidecar.replaced));
  if (!sidecar.not_available.empty())
    pet::warn(common, "not known and written as n/a: " + joined(sidecar.not_available) + "; give them with --set");
  std::vector<std::string> to_set;
  for (const std::string& key : sidecar.missing) {
    if (key == "InjectionStart")
      pet::warn(common, "PET-BIDS requires InjectionStart, which the header does not say; give --injection-time");
    else if (key == "ImageDecayCorrectionTime")
      pet::warn(common, "PET-BIDS requires ImageDecayCorrectionTime, but the image is not corrected for decay");
    else
      to_set.push_back(key);
  }
  if (!to_set.empty())
    pet::warn(common, "PET-BIDS requires what the header does not say: " + joined(to_set) + "; give it with --set");
}

// The name of a folder, also of "bids/" and ".".
std::string name_of(const fs::path& folder) {
  const fs::path path = fs::absolute(folder).lexically_normal();
  return (path.has_filename() ? path : path.parent_path()).filename().string();
}

pet::PetReadOptions read_options(const Options& options, const pet::Common& common) {
  return {options.series, options.injection_time, common.threads, options.decay_reference};
}

std::string members_given(const Options& options) {
  std::vector<std::string> pairs = options.pairs;
  if (!options.entities.task.empty()) pairs.insert(pairs.begin(), "TaskName=" + options.entities.task);
  return pet::given_members(options.metadata ? pet::read_members(*options.metadata) : "{}", pairs);
}

// Where an image and what belongs to it go in the dataset.
struct Destination {
  fs::path image;
  fs::path sidecar;
  fs::path description;  // of the dataset, written where there is none

  Destination(const Options& options, const pet::BidsEntities& entities, const fs::path& root)
      : description(root / "dataset_description.json") {
    const std::string stem = (root / pet::bids_pet_path(entities)).string();
    image = stem + (options.is_uncompressed ? ".nii" : ".nii.gz");
    sidecar = stem + ".json";
  }
};

void write_description(const Destination& to, const std::string& type, pet::OutputFiles& files) {
  if (!fs::exists(to.description))
    files.write(to.description, pet::dataset_description_text(name_of(to.description.parent_path()), type));
}

// Standardised uptake, which is derived data: the image has the entity desc-SUVBW and its dataset says so.
int write_uptake(const Options& options, const pet::Common& common) {
  if (options.metadata || !options.pairs.empty())
    throw pet::UsageError("--set and --metadata describe raw data; they do not go with --suv");
  const pet::SuvType type = pet::suv_type(*options.suv);
  pet::require_derivative_dataset(common.output);
  const pet::SuvImage image = pet::read_suv(options.folder, type, read_options(options, common));
  for (const std::string& warning : image.warnings) pet::warn(common, warning);
  pet::BidsEntities entities = options.entities;
  entities.description = pet::uptake_label(type);
  if (entities.tracer.empty()) entities.tracer = pet::tracer_label(image.tracer.name);
  const Destination to(options, entities, common.output);
  const NewFolders folders(to.image.parent_path());
  pet::OutputFiles files(common.force);
  files.declare(to.image);
  files.declare(to.sidecar);
  pet::write_nifti_volume(image.grid, image.voxels, files.temporary(to.image), "", common.threads);
  files.write(to.sidecar, pet::suv_sidecar_text(image, pet::provenance_of(common, {options.folder})));
  write_description(to, "derivative", files);
  files.commit();
  pet::say(common, "wrote " + to.image.string());
  return pet::success;
}

int run(const Options& options, const pet::Common& common) {
  if (fs::exists(common.output) && !fs::is_directory(common.output))
    throw pet::UsageError("--output " + common.output + ": is no folder");
  pet::bids_pet_path(options.entities);  // refused before the work begins
  if (options.suv) return write_uptake(options, common);
  const std::string given = members_given(options);
  const pet::DescribedScan scan(options.folder, read_options(options, common));
  const pet::DynamicImage& image = scan.image();
  for (const auto* warnings : {&image.warnings, &scan.description().warnings})
    for (const std::string& warning : *warnings) pet::warn(common, warning);

  pet::BidsEntities entities = options.entities;
  const std::string given_name = pet::text_member(given, "TracerName");
  if (entities.tracer.empty()) entities.tracer = pet::tracer_label(given_name.empty() ? image.tracer.name : given_name);
  const Destination to(options, entities, common.output);
  const NewFolders folders(to.image.parent_path());
  pet::OutputFiles files(common.force);
  files.declare(to.image);
  files.declare(to.sidecar);
  std::vector<std::string> inputs = {options.folder};
  if (options.metadata) inputs.push_back(*options.metadata);
  const pet::PetSidecar sidecar =
      pet::pet_sidecar(image, scan.description(), given, pet::provenance_of(common, inputs));
  pet::write_nifti_series(
      image.grid, image.frames,
      [&](std::size_t frame, std::size_t slice, std::span<float> values) {
        scan.read_stored_slice(frame, slice, values);
      },
      files.temporary(to.image), "", common.threads);
  files.write(to.sidecar, sidecar.text);
  write_description(to, "raw", files);
  files.commit();
  say_what_is_missing(sidecar, common);
  pet::say(common, "wrote " + to.image.string());
  return pet::success;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  pet::BidsEntities& entities = options.entities;
  return pet::Tool("pet-convert", "convert a DICOM PET series to a BIDS image with its sidecar")
      .description(
          "Writes a PET series as 4-D NIfTI (float32, Bq/mL, corrected for decay as the scanner did it) and a JSON "
          "sidecar with what PET-BIDS requires and recommends, into a BIDS dataset. What the header does not say is "
          "given with --set or --metadata, or named as missing; nothing is guessed. No name, ID, date or UID of the "
          "patient's data is taken over.")
      .example("pet-convert dicom/ -o bids --subject 01 --session baseline --set ModeOfAdministration=bolus",
               "bids/sub-01/ses-baseline/pet/sub-01_ses-baseline_trc-CIMBI36_pet.nii.gz")
      .example("pet-convert dicom/ -o bids --subject 02 --metadata scanner.json --injection-time 12:34:56",
               "with what holds for all scans of a laboratory from a file")
      .example("pet-convert dicom/ -o derivatives/suv --subject 01 --suv bw",
               "uptake by body weight of a static or whole-body series")
      .argument("DICOM_DIR", options.folder, "folder of a DICOM PET series, searched recursively")
      .required("subject", entities.subject, "LABEL", "BIDS label of the participant: letters and digits")
      .option("session", entities.session, "LABEL", "BIDS label of the session")
      .option("task", entities.task, "LABEL", "BIDS label of the task")
      .option("trc", entities.tracer, "LABEL", "BIDS label of the tracer; default: made of its name")
      .option("rec", entities.reconstruction, "LABEL", "BIDS label of the reconstruction")
      .option("run", entities.run, "N", "BIDS index of the run")
      .option("series", options.series, "UID", "which PET series of the folder, if it holds several")
      .option("injection-time", options.injection_time, "TIME",
              "injection as 2026-01-31T12:34:56 or 12:34:56, in place of the header's")
      .option(
          "decay-reference", options.decay_reference, "TIME",
          "to what stored values are corrected, in place of what the header tells: scan-start, injection, or a time")
      .option("set", options.pairs, "KEY=VALUE", "a member of the sidecar, text or JSON, also in place of the header's")
      .option("metadata", options.metadata, "FILE", "JSON object with members of the sidecar; --set goes before it")
      .option("suv", options.suv, "TYPE",
              "write standardised uptake of a static series instead: bw, lbm, lbmjames128, lbmjanma, ibw or bsa")
      .choices("suv", {"bw", "lbm", "lbmjames128", "lbmjanma", "ibw", "bsa"})
      .option("uncompressed", options.is_uncompressed, "write .nii, not .nii.gz")
      .required_output("DIR", "BIDS dataset to write into; made if it is not there")
      .main(argc, argv, [&](const pet::Common& common) { return run(options, common); });
}
