// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <fstream>

#include "kinetic_models/simulation/simulated_scan.h"
#include "kinetic_models/simulation/study_truth.h"
#include "libpet/dicom/pet_writer.h"
#include "libpet/dicom/segmentation.h"
#include "libpet/error.h"
#include "libpet/io/blood_samples_file.h"
#include "libpet/io/input_function_file.h"
#include "libpet/io/nifti.h"
#include "libpet/io/study_file.h"
#include "libpet/io/tac_table_file.h"
#include "libpet/io/truth_file.h"
#include "libpet/io/tsv.h"
#include "tools/tool.h"

namespace {

namespace fs = std::filesystem;

struct Options {
  std::string study;
  std::optional<double> seed;
  bool is_tables_only = false;
  std::string dialect = "plain";
  std::string decay_correction = "start";
  std::string transfer_syntax = "explicit";
  bool is_shuffled = false;
};

// One run of the command: what was asked for, and what all sessions share.
struct Run {
  pet::Study study;
  pet::Phantom phantom;
  pet::LabelMap labels;
  pet::Provenance provenance;
  std::string uid_seed;
  fs::path folder;
  bool is_tables_only = false;
  pet::PetWriteOptions dicom;  ///< what is the same for all sessions
  unsigned threads = 0;
};

void write_text(const fs::path& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  if (!file) throw pet::OutputError(path.filename().string() + ": cannot be written");
}

std::uint64_t seed_from(double number) {
  if (number < 0.0 || number > 9e15 || number != std::floor(number))
    throw pet::UsageError("--seed " + pet::format_number(number) + ": a whole number from 0 to 9000000000000000");
  return static_cast<std::uint64_t>(number);
}

pet::DecayCorrection::Found decay_correction_of(const std::string& name) {
  using Found = pet::DecayCorrection::Found;
  return name == "start" ? Found::start : name == "admin" ? Found::administration : Found::none;
}

Run prepare(const Options& options, const pet::Common& common) {
  Run run;
  run.study = pet::read_study(options.study);
  if (options.seed) run.study.seed = seed_from(*options.seed);
  run.phantom = pet::draw_phantom(run.study, options.study);
  run.labels = pet::label_map(run.study, run.phantom);
  run.provenance = pet::provenance_of({options.study});
  run.uid_seed = run.provenance.inputs.front().sha256 + " " + std::to_string(run.study.seed);
  run.is_tables_only = options.is_tables_only;
  run.dicom.dialect = pet::pet_dialect(options.dialect);
  run.dicom.encoding = pet::pet_encoding(options.transfer_syntax);
  run.dicom.decay_correction = decay_correction_of(options.decay_correction);
  run.dicom.is_shuffled = options.is_shuffled;
  run.threads = common.threads;
  return run;
}

// "sub-01_ses-baseline_trc-CIMBI36", with which all files of a session begin.
std::string stem_of(const Run& run, const pet::StudySession& session) {
  return "sub-" + run.study.subject + "_ses-" + session.label + "_trc-" + run.study.tracer.label;
}

std::vector<int> label_numbers(const Run& run) {
  std::vector<int> numbers;
  for (const auto& [label, name] : run.labels.names) numbers.push_back(label);
  return numbers;
}

void write_tacs(const Run& run, const fs::path& stem, const pet::TacTable& tacs, const std::string& what) {
  const std::string extra = "{\"Description\": \"" + what + "\", \"ReferenceRegion\": \"" + run.study.reference_region +
                            "\", \"BodyWeight\": " + pet::format_number(run.study.body_weight_kg) +
                            ", \"BodyWeightUnits\": \"kg\"}";
  write_text(stem.string() + "_tacs.tsv", pet::tac_table_text(tacs));
  write_text(stem.string() + "_tacs.json", pet::tac_sidecar_text(tacs, run.provenance, extra));
}

void write_blood(const Run& run,
                 std::size_t session_index,
                 const pet::SimulatedSession& simulated,
                 const std::string& stem) {
  const pet::InputFunction input = simulated.blood.sampled(run.study.frames.back().end_min);
  write_text(stem + "_inputfunction.tsv", pet::input_function_text(input));
  write_text(stem + "_inputfunction.json", pet::input_function_sidecar_text(input, run.provenance));
  const pet::InputFunction samples = pet::simulate_blood_samples(run.study, session_index, simulated);
  write_text(stem + "_recording-manual_blood.tsv", pet::blood_samples_text(samples));
  write_text(stem + "_recording-manual_blood.json",
             pet::blood_samples_sidecar_text(samples, "simulated", run.provenance));
}

void write_labels(const Run& run, const std::string& stem) {
  pet::TsvWriter names({"index", "name"});
  for (const auto& [label, name] : run.labels.names) names.row({std::to_string(label), name});
  write_text(stem + "_dseg.tsv", names.text());
  pet::write_label_map(run.labels, stem + "_dseg.nii.gz", run.threads);
}

std::vector<fs::path> write_dicom(const Run& run,
                                  std::size_t session_index,
                                  const pet::DynamicImage& image,
                                  const fs::path& folder) {
  const pet::StudySession& session = run.study.sessions[session_index];
  pet::PetWriteOptions options = run.dicom;
  options.uid_seed = run.uid_seed + " " + session.label;
  options.patient_id = "SIM" + run.study.subject;
  options.frame_of_reference_key = run.uid_seed;
  options.series_number = static_cast<int>(session_index) + 1;
  options.series_description = run.study.tracer.name + " " + session.label;
  options.injection_datetime = session.injection;
  options.patient_weight_kg = run.study.body_weight_kg;
  if (session.drug) options.drug = session.drug->name;
  options.threads = run.threads;
  fs::create_directories(folder);
  return pet::write_pet_series(image, options, folder);
}

void write_session(const Run& run, std::size_t session_index, pet::Progress& progress) {
  const pet::StudySession& session = run.study.sessions[session_index];
  const fs::path folder = run.folder / ("ses-" + session.label);
  fs::create_directories(folder);
  const std::string stem = (folder / stem_of(run, session)).string();
  const std::string segmented = stem + "_seg-phantom";

  const pet::SimulatedSession simulated = pet::simulate_session(run.study, session);
  write_blood(run, session_index, simulated, stem);
  const pet::TacTable truth = pet::true_tacs(run.study, session, simulated, run.phantom);
  write_tacs(run, segmented + "_desc-truth", truth, "noise-free curves");
  write_text(segmented + "_morph.tsv", pet::morph_table_text(truth, label_numbers(run)));

  const pet::DynamicImage image =
      pet::simulate_image(run.study, session_index, simulated, run.phantom, run.threads, [&] { progress.advance(); });
  const pet::TacTable tacs = pet::extract_tacs(image, run.labels, run.threads);
  write_tacs(run, segmented, tacs, "region means of the noisy image before it was rounded to integers");
  if (run.is_tables_only) return;
  write_labels(run, segmented);
  std::vector<fs::path> series = write_dicom(run, session_index, image, folder / "dicom");
  // The first frame says where all slices are; Enhanced PET is one file.
  series.resize(std::min(series.size(), static_cast<std::size_t>(run.study.grid.size[2])));
  pet::write_dicom_segmentation(run.labels, series, run.uid_seed + " " + session.label + " labels",
                                segmented + "_dseg.dcm");
  progress.advance(run.study.frames.size());
}

int run(const Options& options, const pet::Common& common) {
  Run run = prepare(options, common);
  pet::OutputFiles outputs(common.force);
  run.folder = outputs.temporary_folder(common.output);
  const double alpha = pet::noise_alpha(run.study);
  write_text(run.folder / "truth.tsv", pet::truth_table_text(pet::study_truth(run.study)));
  write_text(run.folder / "truth.json", pet::truth_text(run.study, alpha, run.provenance));
  fs::copy_file(options.study, run.folder / "study.json");

  const std::size_t steps = run.study.frames.size() * (run.is_tables_only ? 1 : 2);
  pet::Progress progress(common, "simulating", run.study.sessions.size() * steps);
  for (std::size_t s = 0; s < run.study.sessions.size(); ++s) write_session(run, s, progress);
  outputs.commit();
  pet::say(common, "wrote " + std::to_string(run.study.sessions.size()) + " sessions to " + common.output);
  return pet::success;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  return pet::Tool("pet-simulate", "write a study with known truth, as a scanner and a laboratory would")
      .description(
          "Reads the description of a study (docs/formats/study.md): tracer, blood curves, regions with their shapes "
          "and kinetics, frames, noise, and sessions with their drug. Writes for every session a PET DICOM "
          "series, the label map as NIfTI and as DICOM segmentation, the input function, blood samples and "
          "time-activity curves with and without noise; and for the study truth.tsv and truth.json, which say what "
          "an analysis should find. The same description and seed give the same bytes.")
      .example("pet-simulate data/studies/psilocybin.json -o psilocybin", "a scan before and one after psilocybin")
      .example("pet-simulate study.json -o replicate-7 --seed 7 --tables-only", "curves of one more noise realisation")
      .citation("Feng D, Huang SC, Wang X. Int J Biomed Comput 1993;32:95-110. doi:10.1016/0020-7101(93)90049-C")
      .argument("study", options.study, "description of the study, JSON")
      .option("seed", options.seed, "N", "seed of the noise and of the identifiers, instead of the study's")
      .option("dialect", options.dialect, "NAME", "whose way of writing DICOM series is imitated")
      .choices("dialect", {"plain", "siemens", "ge", "cps", "philips", "philips-counts", "enhanced"})
      .option("decay-correction", options.decay_correction, "NAME", "to what stored values are corrected")
      .choices("decay-correction", {"start", "admin", "none"})
      .option("transfer-syntax", options.transfer_syntax, "NAME", "how the files of the series are encoded")
      .choices("transfer-syntax",
               {"explicit", "implicit", "big-endian", "deflated", "rle", "jpeg", "jpeg-sv1", "jpeg2000"})
      .option("shuffle-names", options.is_shuffled, "name files of the series in no order")
      .option("tables-only", options.is_tables_only, "write no images: curves, blood and truth only")
      .required_output("DIR", "folder to write")
      .main(argc, argv, [&](const pet::Common& common) { return run(options, common); });
}
