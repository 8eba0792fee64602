// SPDX-License-Identifier: Apache-2.0
#include "tools/workflow/plan.h"

#include <algorithm>
#include <set>

#include "libpet/error.h"
#include "libpet/io/bids_pet.h"
#include "libpet/io/sidecar.h"
#include "tools/arguments.h"

namespace pet {
namespace {

namespace fs = std::filesystem;

std::string state_name(const fs::path& output) {
  return output.stem().string();
}

// Files of the segmentation and partial-volume correction that the configuration wants.
std::vector<BidsFile> wanted(const std::vector<BidsFile>& files, const Configuration& configuration) {
  std::vector<BidsFile> kept;
  for (const BidsFile& file : files) {
    const bool is_segmentation = configuration.segmentation.empty() || file.entity("seg") == configuration.segmentation;
    if (is_segmentation && file.entity("pvc") == configuration.pvc) kept.push_back(file);
  }
  return kept;
}

std::string listed(const std::vector<BidsFile>& files) {
  std::string list;
  for (const BidsFile& file : files) list += (list.empty() ? "" : ", ") + file.path.string();
  return list;
}

// An image and the labels on its grid, as far as names say.
struct Labelled {
  BidsFile image;
  BidsFile labels;
};

std::optional<Labelled> labelled_image(const Scan& scan, const Configuration& configuration) {
  const std::vector<BidsFile> labels = wanted(scan.labels, configuration);
  std::vector<Labelled> pairs;
  for (const BidsFile& image : scan.images)
    for (const BidsFile& one : labels)
      if (image.entity("space") == one.entity("space") && image.entity("res") == one.entity("res"))
        pairs.push_back({image, one});
  if (pairs.empty() && scan.images.size() == 1 && labels.size() == 1) pairs.push_back({scan.images[0], labels[0]});
  if (pairs.empty()) return std::nullopt;
  std::set<fs::path> different;
  for (const Labelled& pair : pairs) different.insert(pair.labels.path);
  if (different.size() > 1)
    throw bad_input(scan.name() + ": segmentations", listed(labels),
                    "one; \"segmentation\" of the configuration chooses by the entity seg");
  return pairs.back();  // preprocessed images come after the raw one
}

// Where names of labels are: NAME_dseg.tsv beside the image, else the only table of this segmentation.
std::optional<fs::path> label_table(const SubjectFiles& subject, const BidsFile& labels) {
  fs::path beside = labels.path;
  beside.replace_filename(beside.filename().string().substr(0, beside.filename().string().find('.')) + ".tsv");
  if (fs::is_regular_file(beside)) return beside;
  std::vector<fs::path> found;
  for (const BidsFile& table : subject.tables)
    if (table.suffix == "dseg" && table.entity("seg") == labels.entity("seg") &&
        are_compatible(table.entities, labels.entities))
      found.push_back(table.path);
  if (found.size() == 1) return found.front();
  return std::nullopt;
}

const BidsFile& only_table(const Scan& scan, const std::vector<BidsFile>& tables) {
  if (tables.size() == 1) return tables.front();
  throw bad_input(scan.name() + ": tables of curves", listed(tables),
                  "one; \"segmentation\" and \"pvc\" of the configuration choose by the entities seg and pvc");
}

void add_read(Step& step, const std::vector<std::string>& files) {
  for (const std::string& file : files) step.read.emplace_back(file);
}

// The file that a value "FILE" or "FILE:COLUMN" of the configuration names; nothing for other values.
std::optional<fs::path> file_of_value(const std::string& value) {
  for (const std::size_t length : {value.size(), value.rfind(':')}) {
    const fs::path path = value.substr(0, length);
    if (path.is_absolute() && fs::is_regular_file(path)) return path;
  }
  return std::nullopt;
}

void add_words(Step& step, const ConfiguredCommand& configured) {
  for (const std::string& word : configured.words) {
    // A file of the configuration is an input like any other.
    const std::size_t equals = word.find('=');
    const std::string value = equals == std::string::npos ? "" : word.substr(equals + 1);
    if (const auto file = file_of_value(value)) {
      step.words.push_back({word.substr(0, equals + 1), value});
      add_read(step, with_sidecars({file->string()}));
    } else {
      step.words.push_back({word});
    }
  }
}

fs::path morph_beside(const fs::path& tacs) {
  std::string name = tacs.filename().string();
  name.replace(name.rfind("_tacs"), std::string_view("_tacs").size(), "_morph");
  return tacs.parent_path() / name;
}

// The volumes of the regions of a table of curves: of its session, else the only ones of the subject, whose anatomy was
// scanned once.
std::optional<fs::path> volumes_of(const SubjectFiles& subject, const BidsFile& tacs) {
  std::vector<fs::path> of_session;
  std::vector<fs::path> all;
  for (const BidsFile& table : subject.tables) {
    if (table.suffix != "morph" || table.entity("seg") != tacs.entity("seg")) continue;
    all.push_back(table.path);
    if (table.entity("ses") == tacs.entity("ses")) of_session.push_back(table.path);
  }
  const std::vector<fs::path>& found = of_session.empty() ? all : of_session;
  if (found.size() == 1) return found.front();
  return std::nullopt;
}

std::vector<std::string> texts_of(const std::vector<StepWord>& words) {
  std::vector<std::string> texts;
  for (const StepWord& word : words) texts.push_back(word.text + word.path.string());
  return texts;
}

// Whether a file of maps is of a quantity, its standard error or a sidecar of these.
bool is_about(const fs::path& file, const std::string& measure) {
  return file.filename().string().find("_meas-" + measure + "_") != std::string::npos;
}

// The map of a quantity among those of a step, which configurations ask for (complete_occupancy_maps).
fs::path map_in(const Step& maps, const std::string& measure) {
  const auto found = std::find_if(maps.written.begin(), maps.written.end(),
                                  [&](const fs::path& file) { return is_about(file, measure); });
  return *found;
}

}  // namespace

ResultNames::ResultNames(fs::path results, const Scan& scan, const std::string& segmentation)
    : folder_(std::move(results)), entities_(scan.entities), segmentation_(segmentation) {
  folder_ /= "sub-" + entities_.at("sub");
  if (!scan.session().empty()) folder_ /= "ses-" + scan.session();
  folder_ /= "pet";
  if (!entities_.contains("trc") && !scan.tracer.empty()) entities_["trc"] = tracer_label(scan.tracer);
  const auto tracer = entities_.find("trc");
  tracer_ = tracer == entities_.end() ? "" : tracer->second;
}

BidsLabels ResultNames::with_own(BidsLabels more) const {
  more.insert(entities_.begin(), entities_.end());
  return more;
}

fs::path ResultNames::named(BidsLabels more, const std::string& suffix) const {
  return folder_ / bids_file_name(with_own(std::move(more)), suffix, ".tsv");
}

fs::path ResultNames::tacs() const {
  return named({{"seg", segmentation_}}, "tacs");
}

fs::path ResultNames::input() const {
  return named({}, "inputfunction");
}

fs::path ResultNames::kinpar(const std::string& label) const {
  return named({{"seg", segmentation_}, {"model", label}}, "kinpar");
}

fs::path ResultNames::fitted(const std::string& label) const {
  return named({{"seg", segmentation_}, {"desc", label + "fitted"}}, "tacs");
}

fs::path ResultNames::maps(const std::string& space) const {
  std::string name = bids_file_name(with_own({{"space", space}, {"seg", segmentation_}}), "", "");
  name.pop_back();  // the last _
  return folder_ / name;
}

std::string segmentation_of(const Scan& scan, const Configuration& configuration) {
  const std::vector<BidsFile> tables = wanted(scan.tacs, configuration);
  if (!tables.empty()) return only_table(scan, tables).entity("seg");
  if (const auto pair = labelled_image(scan, configuration)) return pair->labels.entity("seg");
  const std::string found = !scan.tacs.empty()     ? "tables of curves " + listed(scan.tacs)
                            : !scan.images.empty() ? "an image without a segmentation"
                            : scan.labels.empty()  ? "neither image nor table of curves"
                                                   : "a segmentation without an image";
  throw bad_input(scan.name(), found,
                  "_tacs.tsv, or _pet.nii.gz with _dseg.nii.gz, in the dataset or its derivatives" +
                      (configuration.segmentation.empty() ? "" : " (segmentation " + configuration.segmentation + ")"));
}

Step tac_step(const SubjectFiles& subject,
              const Scan& scan,
              const Configuration& configuration,
              const fs::path& results) {
  const ResultNames names(results, scan, segmentation_of(scan, configuration));
  Step step;
  step.command = "pet-tac";
  step.make = pet_tac_command;
  step.what = scan.name() + ": pet-tac";
  step.written = {names.tacs(), sidecar_of(names.tacs())};
  step.written.push_back(morph_beside(names.tacs()));
  step.id = state_name(names.tacs());
  const std::vector<BidsFile> tables = wanted(scan.tacs, configuration);
  if (!tables.empty()) {
    const fs::path table = only_table(scan, tables).path;
    step.words = {{"", table}};
    add_read(step, with_sidecars({table.string()}));
    if (scan.sidecar) {
      step.words.push_back({"--sidecar=", *scan.sidecar});
      step.read.push_back(*scan.sidecar);
    }
    if (const auto volumes = volumes_of(subject, only_table(scan, tables))) {
      step.words.push_back({"--volumes=", *volumes});
      step.read.push_back(*volumes);
    }
  } else {
    const Labelled pair = *labelled_image(scan, configuration);
    step.words = {{"", pair.image.path}, {"--labels=", pair.labels.path}};
    add_read(step, with_sidecars({pair.image.path.string()}));
    step.read.push_back(pair.labels.path);
    if (const auto table = label_table(subject, pair.labels)) {
      step.words.push_back({"--table=", *table});
      step.read.push_back(*table);
    }
  }
  add_words(step, configuration.tac);
  step.words.push_back({"--output=", names.tacs()});
  return step;
}

Step input_step(const Scan& scan, const Configuration& configuration, const fs::path& output) {
  Step step;
  step.command = "pet-input";
  step.make = pet_input_command;
  step.what = scan.name() + ": pet-input";
  step.written = {output, sidecar_of(output)};
  step.id = state_name(output);
  std::vector<std::string> tables;
  for (const BidsFile& recording : scan.blood) {
    step.words.push_back({"", recording.path});
    tables.push_back(recording.path.string());
  }
  add_read(step, with_sidecars(tables));
  for (const std::string& table : tables)
    if (fs::is_regular_file(sidecar_of(table))) step.read.push_back(sidecar_of(table));
  if (scan.sidecar) step.read.push_back(*scan.sidecar);  // for InjectionStart
  add_words(step, configuration.input);
  step.words.push_back({"--output=", output});
  return step;
}

Step fit_step(const Scan& scan,
              const ConfiguredCommand& fit,
              const fs::path& tacs,
              const fs::path& input,
              const ResultNames& names) {
  Step step;
  step.command = "pet-fit";
  step.make = pet_fit_command;
  step.what = scan.name() + ": pet-fit " + fit.label;
  const fs::path output = names.kinpar(fit.label);
  const fs::path fitted = names.fitted(fit.label);
  step.written = {output, sidecar_of(output), fitted, sidecar_of(fitted)};
  step.id = state_name(output);
  step.words = {{"", tacs}};
  std::vector<std::string> tables = {tacs.string()};
  if (!input.empty()) {
    step.words.push_back({"--input=", input});
    tables.push_back(input.string());
  }
  add_read(step, with_sidecars(tables));
  if (const fs::path volumes = morph_beside(tacs); fs::is_regular_file(volumes)) step.read.push_back(volumes);
  add_words(step, fit);
  step.words.push_back({"--fitted=", fitted});
  step.words.push_back({"--output=", output});
  return step;
}

Step occupancy_step(const Scan& drug,
                    const ConfiguredCommand& occupancy,
                    const fs::path& baseline_table,
                    const fs::path& drug_table,
                    const fs::path& output) {
  Step step;
  step.command = "pet-occupancy";
  step.make = pet_occupancy_command;
  step.what = drug.name() + ": pet-occupancy " + occupancy.label;
  step.written = {output, sidecar_of(output)};
  step.id = state_name(output);
  step.words = {{"--baseline=", baseline_table}, {"--drug=", drug_table}};
  add_read(step, with_sidecars({baseline_table.string(), drug_table.string()}));
  add_words(step, occupancy);
  if (!drug.drug.empty()) step.words.push_back({"--drug-name=" + drug.drug});
  if (!drug.dose.empty()) step.words.push_back({"--dose=" + drug.dose});
  if (!drug.plasma_level.empty()) step.words.push_back({"--plasma-level=" + drug.plasma_level});
  step.words.push_back({"--output=", output});
  return step;
}

std::optional<MappedImage> mapped_image(const Scan& scan, const std::string& segmentation) {
  std::optional<MappedImage> mapped;
  for (const BidsFile& image : scan.images) {
    std::optional<fs::path> mask;
    for (const BidsFile& labels : scan.labels)
      if (labels.entity("seg") == segmentation && labels.entity("space") == image.entity("space") &&
          labels.entity("res") == image.entity("res"))
        mask = labels.path;
    if (mask || !mapped || !mapped->mask) mapped = {image, mask};  // preprocessed images come after the raw one
  }
  return mapped;
}

Step map_step(const Scan& scan,
              const ConfiguredCommand& map,
              const MappedImage& mapped,
              const fs::path& tacs,
              const fs::path& input,
              const ResultNames& names) {
  Step step;
  step.command = "pet-map";
  step.make = pet_map_command;
  step.what = scan.name() + ": pet-map " + map.label;
  const fs::path prefix = names.maps(mapped.image.entity("space"));
  step.id = prefix.filename().string() + "_model-" + map.label + "_mimap";
  step.words = {{"", mapped.image.path}};
  std::vector<std::string> inputs = {mapped.image.path.string()};
  if (input.empty()) {
    step.words.push_back({"--reference-tacs=", tacs});
    inputs.push_back(tacs.string());
  } else {
    step.words.push_back({"--input=", input});
    inputs.push_back(input.string());
  }
  add_read(step, with_sidecars(inputs));
  if (const fs::path volumes = morph_beside(tacs); input.empty() && fs::is_regular_file(volumes))
    step.read.push_back(volumes);
  if (mapped.mask) {
    step.words.push_back({"--mask=", *mapped.mask});
    step.read.push_back(*mapped.mask);
  }
  add_words(step, map);
  step.words.push_back({"--output=", prefix});
  step.written = pet_map_outputs(texts_of(step.words));
  return step;
}

Step occupancy_map_step(const Scan& drug,
                        const ConfiguredCommand& occupancy,
                        const Step& baseline_maps,
                        const Step& drug_maps) {
  const std::string measure = occupancy.label == "Lassen" ? "VT" : "BPND";
  Step step;
  step.command = "pet-occupancy-map";
  step.make = pet_occupancy_map_command;
  step.what = drug.name() + ": pet-occupancy-map " + occupancy.label;
  step.words = {{"--baseline=", map_in(baseline_maps, measure)}, {"--drug=", map_in(drug_maps, measure)}};
  for (const Step* const maps : {&baseline_maps, &drug_maps})
    for (const fs::path& file : maps->written)
      if (is_about(file, measure) || is_about(file, "status")) step.read.push_back(file);
  add_words(step, occupancy);
  if (!drug.drug.empty()) step.words.push_back({"--drug-name=" + drug.drug});
  const fs::path prefix = drug_maps.words.back().path;
  step.id = prefix.filename().string() + "_model-" + occupancy.label + "_mimap";
  step.words.push_back({"--output=", prefix});
  step.written = pet_occupancy_map_outputs(texts_of(step.words));
  return step;
}

std::string drug_label(const Scan& drug) {
  const std::string named = bids_label(drug.drug);
  if (!named.empty()) return named;
  return drug.session().empty() ? "drug" : bids_label(drug.session());
}

std::string suffix_of(const ConfiguredCommand& occupancy) {
  return occupancy.value("method") == "change" ? "change" : "occupancy";
}

fs::path occupancy_file(const fs::path& results,
                        const Scan& drug,
                        const std::string& tracer,
                        const std::string& segmentation,
                        const ConfiguredCommand& occupancy,
                        bool is_one_of_several) {
  BidsLabels entities = {{"sub", drug.entities.at("sub")},
                         {"trc", tracer},
                         {"seg", segmentation},
                         {"desc", drug_label(drug)},
                         {"model", occupancy.label}};
  fs::path folder = results / ("sub-" + drug.entities.at("sub"));
  if (is_one_of_several)
    for (const char* const key : {"ses", "task", "rec", "run"})
      if (const auto found = drug.entities.find(key); found != drug.entities.end()) entities[key] = found->second;
  if (is_one_of_several && !drug.session().empty()) folder /= "ses-" + drug.session();
  return folder / "pet" / bids_file_name(entities, suffix_of(occupancy), ".tsv");
}

}  // namespace pet
