// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <future>
#include <limits>
#include <memory>

#include "kinetic_models/fit_table.h"
#include "kinetic_models/maps/regularisation.h"
#include "kinetic_models/registry.h"
#include "libpet/dicom/parametric_map.h"
#include "libpet/error.h"
#include "libpet/io/input_function_file.h"
#include "libpet/io/nifti.h"
#include "libpet/io/png_image.h"
#include "libpet/io/sidecar.h"
#include "libpet/io/tac_table_file.h"
#include "libpet/map_overview.h"
#include "libpet/parallel.h"
#include "libpet/smoothing.h"
#include "tools/arguments.h"
#include "tools/commands.h"
#include "tools/map_names.h"
#include "tools/pet_map_options.h"
#include "tools/pet_map_sidecar.h"
#include "tools/tool.h"

namespace {

using Options = pet::PetMapOptions;

std::optional<pet::LabelMap> read_region_labels(const Options& options, const pet::DynamicImage& image) {
  if (!options.labels) return std::nullopt;
  return pet::read_labels(*options.labels, options.table, image);
}

// The regions that were given: of a table, or means of the image over those of its labels that are asked for.
std::optional<pet::TacTable> read_regions(const Options& options,
                                          const pet::DynamicImage& image,
                                          const std::optional<pet::LabelMap>& labels,
                                          const pet::Common& common) {
  if (options.reference_tacs) return pet::read_tac_table(*options.reference_tacs);
  if (!labels) return std::nullopt;
  std::vector<std::string> names = {*options.reference};
  if (options.k2prime && *options.k2prime != "voxels")
    if (const std::string region = pet::value_or_region("--k2prime", *options.k2prime, "1/min").region; !region.empty())
      names.push_back(region);
  return pet::extract_tacs(image, pet::keep_regions(*labels, names), common.threads);
}

pet::TimeActivityCurve curve_of(const std::string& region,
                                const pet::TacTable& regions,
                                const pet::DynamicImage& image,
                                const Options& options) {
  return pet::curve_for(image, regions, regions.index_of(region), options.reference_tacs.value_or("--labels"));
}

// A file that is both the labels and the mask is read once.
std::vector<std::uint32_t> read_voxels(const Options& options,
                                       const pet::DynamicImage& image,
                                       const std::optional<pet::LabelMap>& labels) {
  if (!options.mask) return pet::all_voxels(image.grid);
  if (labels && options.mask == options.labels) return pet::voxels_of(*labels, *options.mask);
  return pet::voxels_of(pet::read_labels(*options.mask, std::nullopt, image), *options.mask);
}

// Everything that a map is made from.
struct Scan {
  pet::DynamicImage image;
  std::vector<std::uint32_t> voxels;
  std::optional<pet::TacTable> regions;
  std::optional<pet::ReferenceRegion> reference;
  std::optional<pet::Plasma> plasma;
  pet::WeightScheme weights;

  pet::ScanInput input() const { return plasma ? pet::ScanInput(*plasma) : pet::ScanInput(*reference); }
};

std::unique_ptr<Scan> read_scan(const Options& options, const pet::Model& model, const pet::Common& common) {
  auto scan = std::make_unique<Scan>();
  scan->image = pet::read_image(options.image, common);
  if (options.half_life_s) scan->image.tracer.half_life_min = *options.half_life_s / 60.0;
  const std::optional<pet::LabelMap> labels = read_region_labels(options, scan->image);
  scan->voxels = read_voxels(options, scan->image, labels);
  scan->weights = pet::map_weight_scheme(scan->image, options.has_noise_of_residuals() ? "" : options.weights);
  const pet::Sampling sampling = pet::sampling(options.sampling);
  if (model.needs_plasma()) {
    if (scan->image.unit == pet::ActivityUnit::unknown)
      throw pet::bad_input(options.image.image, "no unit of activity", "one, for a model with a plasma input");
    scan->plasma.emplace(pet::read_input_function(*options.input), scan->image.frames, sampling);
  } else {
    scan->regions = read_regions(options, scan->image, labels, common);
    scan->reference.emplace(curve_of(*options.reference, *scan->regions, scan->image, options), sampling);
  }
  if (options.smooth_mm) pet::smooth(scan->image, *options.smooth_mm, common.threads);
  if (options.hypr_mm) pet::reduce_noise_by_composite(scan->image, *options.hypr_mm, common.threads);
  return scan;
}

// k2prime where a region or the voxels give it.
std::optional<pet::Estimate> estimate_k2prime(const Options& options,
                                              const pet::Model& model,
                                              const Scan& scan,
                                              const pet::MapOptions& map) {
  if (!options.k2prime || map.fit.k2prime) return std::nullopt;
  if (*options.k2prime == "voxels") return pet::k2prime_of_voxels(scan.image, scan.voxels, *scan.reference, map);
  const std::string region = pet::value_or_region("--k2prime", *options.k2prime, "1/min").region;
  pet::FitOptions weighted;
  weighted.weights = map.fit.weights;
  return pet::k2prime_of_curve(model, curve_of(region, *scan.regions, scan.image, options), *scan.reference, weighted,
                               region);
}

std::vector<std::string> inputs_of(const Options& options) {
  std::vector<std::string> inputs = {options.image.image};
  for (const std::optional<std::string>& path : {options.reference_tacs, options.input})
    if (path) inputs.push_back(*path);
  inputs = pet::with_sidecars(inputs);
  for (const std::optional<std::string>& path : {options.labels, options.table, options.mask})
    if (path && std::find(inputs.begin(), inputs.end(), *path) == inputs.end()) inputs.push_back(*path);
  return inputs;
}

const std::vector<float>& values_of(const pet::MapFile& file, const pet::ParametricMaps& maps) {
  if (file.symbol == "RSS") return maps.weighted_rss;
  if (file.symbol == "AICc") return maps.aicc;
  const pet::QuantityMap& map = maps.map(file.symbol);
  return file.is_standard_error ? map.standard_error : map.value;
}

bool is_dicom(const pet::MapFile& file) {
  return file.path.ends_with(".dcm");
}

// A map in the study of the series; its identifiers follow from the bytes of the inputs and from what it shows.
void write_dicom_map(const pet::MapFile& file,
                     const pet::ParametricMaps& maps,
                     const pet::DynamicImage& image,
                     const pet::MapSidecar& made_by,
                     const pet::ParametricMapWriter& writer,
                     pet::OutputFiles& files) {
  const pet::Model& model = made_by.model;
  constexpr float nothing = std::numeric_limits<float>::quiet_NaN();
  pet::ParametricMap map;
  map.grid = image.grid;
  map.values = pet::on_grid(image.grid, maps.voxels, values_of(file, maps), nothing);
  map.quantity = pet::concept_of_quantity(file.symbol);
  map.unit = pet::concept_of_unit(maps.map(file.symbol).unit);
  map.model = pet::concept_of_model(std::string(model.label), std::string(model.title));
  map.is_standard_error = file.is_standard_error;
  map.description =
      file.symbol + (file.is_standard_error ? " standard error (" : " (") + std::string(model.label) + ")";
  map.frame_of_reference_uid = image.frame_of_reference_uid;
  const std::string seed =
      pet::identity_seed("map " + map.description + " " + made_by.provenance.command_line, made_by.provenance);
  writer.write(map, seed, files.temporary(file.path), made_by.provenance);
}

void write_volume(const pet::MapFile& file,
                  const pet::ParametricMaps& maps,
                  const pet::Grid& grid,
                  const std::filesystem::path& path,
                  unsigned threads) {
  if (file.symbol == "status")
    pet::write_label_map(pet::status_map(grid, maps), path, threads);
  else
    pet::write_nifti_volume(grid, pet::on_grid(grid, maps.voxels, values_of(file, maps), 0.0F), path, "", threads);
}

// The NIfTI volumes, two at a time, which share the threads: one is copied and converted while the other goes to its
// file.
void write_volumes(const std::vector<pet::MapFile>& wanted,
                   const pet::ParametricMaps& maps,
                   const pet::Grid& grid,
                   const pet::Common& common,
                   pet::OutputFiles& files) {
  std::vector<std::pair<const pet::MapFile*, std::filesystem::path>> volumes;
  for (const pet::MapFile& file : wanted)
    if (!is_dicom(file)) volumes.emplace_back(&file, files.temporary(file.path));
  const unsigned threads = pet::thread_count(common.threads);
  const unsigned at_once = volumes.size() > 1 ? std::min(threads, 2U) : 1U;
  pet::parallel_for(volumes.size(), at_once, [&](std::size_t i) {
    write_volume(*volumes[i].first, maps, grid, volumes[i].second, threads / at_once);
  });
}

// Names of the levels of a map of statuses.
std::vector<pet::MapLevel> status_levels() {
  std::vector<pet::MapLevel> levels;
  for (std::size_t i = 0; i < pet::all_statuses.size(); ++i)
    levels.push_back({static_cast<int>(i + 1), std::string(pet::name_of(pet::all_statuses[i]))});
  return levels;
}

std::string unit_of(const pet::MapFile& file, const pet::ParametricMaps& maps, pet::ActivityUnit unit) {
  if (file.symbol == "RSS") return unit == pet::ActivityUnit::kBq_per_mL ? "(kBq/mL)^2" : "unit unknown";
  return file.symbol == "AICc" ? "" : std::string(maps.map(file.symbol).unit);
}

// The slices of a map as a picture.
std::string overview_of(const pet::MapFile& file,
                        const pet::ParametricMaps& maps,
                        const pet::Model& model,
                        const pet::DynamicImage& image) {
  const std::string title =
      file.symbol + (file.is_standard_error ? ", standard error, " : ", ") + std::string(model.label);
  if (file.symbol == "status") {
    const std::vector<std::int32_t> labels = pet::status_map(image.grid, maps).labels;
    return pet::png_bytes(
        pet::map_overview(image.grid, std::vector<float>(labels.begin(), labels.end()), {title, "", status_levels()}));
  }
  return pet::png_bytes(pet::map_overview(image.grid,
                                          pet::on_grid(image.grid, maps.voxels, values_of(file, maps), 0.0F),
                                          {title, unit_of(file, maps, image.unit)}));
}

void tell_counts(const pet::Common& common, const pet::ParametricMaps& maps) {
  std::string text = std::to_string(maps.voxels.size()) + " voxels:";
  for (const pet::FitStatus status : pet::all_statuses)
    if (const std::size_t count = maps.count(status); count > 0)
      text += " " + std::to_string(count) + " " + std::string(pet::name_of(status)) + ",";
  text.pop_back();
  pet::say(common, text);
}

// The files of one map.
std::vector<std::filesystem::path> paths_of(const pet::MapFile& file, const Options& options) {
  std::vector<std::filesystem::path> paths = {file.path};
  if (is_dicom(file)) return paths;
  paths.push_back(pet::map_sidecar_path(file.path));
  if (options.has_overviews) paths.push_back(pet::map_overview_path(file.path));
  return paths;
}

int run(const Options& options, const pet::Common& common) {
  const pet::Model& model = pet::find_model(options.model);
  pet::require_consistent(options, model);
  if (options.format != "nifti") pet::require_dicom_for("format " + options.format, options.image.image);
  const std::vector<pet::MapFile> wanted = pet::map_files(options, model, common.output);
  pet::OutputFiles files(common.force);
  for (const pet::MapFile& file : wanted)
    for (const std::filesystem::path& path : paths_of(file, options)) files.declare(path);
  // The checksums of the inputs are computed beside the work.
  std::future<pet::Provenance> provenance =
      std::async(std::launch::async, [&] { return pet::provenance_of(common, inputs_of(options)); });
  const std::unique_ptr<Scan> scan = read_scan(options, model, common);
  pet::Progress progress(common, "fitting", scan->voxels.size());
  pet::MapOptions map;
  map.threads = common.threads;
  map.fit = pet::map_fit_options(options, model, scan->plasma && scan->plasma->has_whole_blood());
  pet::TimeActivityCurve mean{scan->image.frames, {}};
  if (scan->weights == pet::WeightScheme::counts) mean = pet::mean_curve(scan->image, scan->voxels, common.threads);
  map.fit.weights = pet::map_weights(scan->weights, scan->image, mean);
  const std::optional<pet::Estimate> k2prime = estimate_k2prime(options, model, *scan, map);
  if (k2prime) map.fit.k2prime = k2prime->value;
  if (options.has_noise_of_residuals()) {
    map.noise = pet::frame_noise(model, scan->image, scan->voxels, scan->input(), map);
    map.fit.weights = map.noise->weights();
  }
  map.on_voxels = [&](std::size_t count) { progress.advance(count); };
  pet::ParametricMaps maps =
      options.regularise_mm
          ? pet::fit_voxels_regularised(model, scan->image, scan->voxels, scan->input(), map, *options.regularise_mm)
          : pet::fit_voxels(model, scan->image, scan->voxels, scan->input(), map);
  map.on_voxels = {};
  if (k2prime) pet::add_k2prime_error(maps, model, scan->image, *scan->reference, map, k2prime->standard_error);

  const pet::MapSidecar sidecar{model,   options,          map.fit,          scan->weights,          map.noise,
                                k2prime, scan->image.unit, provenance.get(), scan->image.tracer.name};
  std::optional<pet::ParametricMapWriter> writer;
  if (options.format != "nifti")
    writer.emplace(pet::SourceOfDerivation{options.image.image, options.image.series, common.threads});
  write_volumes(wanted, maps, scan->image.grid, common, files);
  for (const pet::MapFile& file : wanted) {
    if (is_dicom(file)) {
      write_dicom_map(file, maps, scan->image, sidecar, *writer, files);
      continue;
    }
    files.write(pet::map_sidecar_path(file.path), pet::map_sidecar_text(file, sidecar));
    if (options.has_overviews)
      files.write(pet::map_overview_path(file.path), overview_of(file, maps, model, scan->image));
  }
  files.commit();
  tell_counts(common, maps);
  return maps.count(pet::FitStatus::ok) > 0 ? pet::success : pet::some_failed;
}

}  // namespace

pet::Command pet::pet_map_command() {
  const auto options = std::make_shared<Options>();
  Command command{Tool("pet-map", "fit a kinetic model to every voxel of a dynamic PET image"),
                  [options](const Common& common) { return run(*options, common); }};
  declare_pet_map(command.tool, *options);
  return command;
}

std::vector<std::filesystem::path> pet::pet_map_outputs(const std::vector<std::string>& words) {
  Options options;
  Tool tool("pet-map", "");
  declare_pet_map(tool, options);
  const std::string prefix = tool.parse(words).output;
  std::vector<std::filesystem::path> outputs;
  for (const MapFile& file : map_files(options, find_model(options.model), prefix))
    for (std::filesystem::path& path : paths_of(file, options)) outputs.push_back(std::move(path));
  return outputs;
}
