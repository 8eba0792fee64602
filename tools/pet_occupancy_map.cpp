// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <fstream>
#include <limits>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>

#include "kinetic_models/maps/map_inputs.h"
#include "kinetic_models/maps/occupancy_maps.h"
#include "libpet/error.h"
#include "libpet/io/nifti.h"
#include "libpet/io/sidecar.h"
#include "tools/arguments.h"
#include "tools/commands.h"
#include "tools/endpoint.h"
#include "tools/map_names.h"
#include "tools/tool.h"

namespace {

struct Options {
  std::optional<std::string> baseline;
  std::vector<std::string> drugs;
  std::string method = "ratio";
  std::optional<std::string> mask;
  std::vector<std::string> concentrations;
  std::string concentration_unit = "unknown";
  std::optional<double> radius_mm;
  std::optional<double> noise_fwhm_mm;
  std::optional<std::string> tracer;
  std::optional<std::string> drug_name;
  bool is_uncompressed = false;
};

std::vector<std::string> scans_of(const Options& options) {
  std::vector<std::string> scans;
  if (options.baseline) scans.push_back(*options.baseline);
  scans.insert(scans.end(), options.drugs.begin(), options.drugs.end());
  return scans;
}

// The tracer that the sidecar of a map names; empty: none.
std::string tracer_of(const std::string& map) {
  std::ifstream file(pet::map_sidecar_path(map));
  const nlohmann::json sidecar = nlohmann::json::parse(file, nullptr, false);
  return sidecar.is_object() && sidecar.contains("TracerName") && sidecar["TracerName"].is_string()
             ? sidecar["TracerName"].get<std::string>()
             : "";
}

// Maps of what binds, of different scans, of a tracer whose occupancy may be called so.
void require_binding(const Options& options) {
  const std::string expected = options.method == "lassen" ? "VT" : "BPND";
  std::map<std::string, std::string> seen;
  for (const std::string& scan : scans_of(options)) {
    const std::string measure = pet::measure_of_map(scan);
    if (!measure.empty() && measure != expected)
      throw pet::bad_input(scan, "a map of " + measure, expected + " for method " + options.method);
    const auto [first, is_new] = seen.emplace(pet::checksum(scan).sha256, scan);
    if (!is_new) throw pet::bad_input(scan, "the same bytes as in " + first->second, "the map of another scan");
    pet::require_endpoint(options.tracer, tracer_of(scan), options.drug_name.value_or(""),
                          options.method == "lassen" ? pet::OccupancyMethod::lassen : pet::OccupancyMethod::bpnd);
  }
}

void check(const Options& options) {
  const bool is_curve = options.method == "emax";
  if (!is_curve && !options.baseline) throw pet::UsageError("--method " + options.method + " needs --baseline");
  if (!is_curve && options.drugs.size() != 1)
    throw pet::UsageError("--method " + options.method + " compares one --drug with the --baseline");
  if (is_curve && options.concentrations.size() != options.drugs.size())
    throw pet::UsageError("--method emax needs --concentrations, one for each --drug");
  if (!is_curve && !options.concentrations.empty()) throw pet::UsageError("--concentrations goes with --method emax");
  if (options.method != "lassen" && (options.radius_mm || options.noise_fwhm_mm))
    throw pet::UsageError("--radius and --noise-fwhm go with --method lassen");
  if (options.method == "lassen" && !options.noise_fwhm_mm)
    throw pet::UsageError(
        "--method lassen needs --noise-fwhm, the smoothness of the maps' noise (0: voxels are independent)");
}

// All maps are on the grid of the first.
struct Maps {
  pet::Grid grid;
  std::vector<std::uint32_t> voxels;
  std::vector<pet::ScanMap> scans;  ///< baseline (if given), then the scans with the drug
  std::vector<std::string> files;
};

pet::VolumeMap read_on_grid(const std::string& path, const pet::Grid& grid, const std::string& first) {
  pet::VolumeMap map = pet::read_volume_map(path);
  if (!pet::same_grid(map.grid, grid))
    throw pet::bad_input(path, pet::describe(map.grid), pet::describe(grid) + " as " + first);
  return map;
}

std::vector<float> at_voxels(const std::vector<std::uint32_t>& voxels, const std::vector<float>& grid_values) {
  std::vector<float> values;
  values.reserve(voxels.size());
  for (const std::uint32_t voxel : voxels) values.push_back(grid_values[voxel]);
  return values;
}

// A map with what pet-map wrote beside it: standard errors and the status of the fits. Outside of its mask pet-map
// writes zeros, which are no measurement.
pet::ScanMap read_scan(const std::string& path, const std::vector<float>& values, Maps& maps) {
  pet::ScanMap scan{path, at_voxels(maps.voxels, values), {}, {}};
  const std::string& first = maps.files.front();
  if (const auto errors = pet::companion_map(path, pet::MapCompanion::standard_error)) {
    scan.standard_error = at_voxels(maps.voxels, read_on_grid(*errors, maps.grid, first).voxels);
    maps.files.push_back(*errors);
  }
  if (const auto status = pet::companion_map(path, pet::MapCompanion::status)) {
    for (const float s : at_voxels(maps.voxels, read_on_grid(*status, maps.grid, first).voxels))
      scan.is_ok.push_back(s == 1.0F);
    maps.files.push_back(*status);
  }
  for (std::size_t v = 0; v < scan.value.size(); ++v)
    if (scan.value[v] == 0.0F && (scan.standard_error.empty() || scan.standard_error[v] == 0.0F))
      scan.value[v] = std::numeric_limits<float>::quiet_NaN();
  return scan;
}

// The voxels of the mask, or those that have a number in the first map: pet-map writes 0 where it did not fit.
std::vector<std::uint32_t> voxels_of(const Options& options, const pet::VolumeMap& first, const std::string& path) {
  if (options.mask) {
    const pet::LabelMap mask = pet::read_label_map(*options.mask);
    if (!pet::same_grid(mask.grid, first.grid))
      throw pet::bad_input(*options.mask, pet::describe(mask.grid), pet::describe(first.grid) + " as " + path);
    return pet::voxels_of(mask, *options.mask);
  }
  std::vector<std::uint32_t> voxels;
  for (const std::uint32_t voxel : pet::all_voxels(first.grid))
    if (std::isfinite(first.voxels[voxel]) && first.voxels[voxel] != 0.0F) voxels.push_back(voxel);
  if (voxels.empty()) throw pet::bad_input(path, "no voxel with a number", "a map of binding");
  return voxels;
}

Maps read_maps(const Options& options) {
  Maps maps;
  maps.files = scans_of(options);
  const std::vector<std::string> scans = maps.files;
  const pet::VolumeMap first = pet::read_volume_map(scans.front());
  maps.grid = first.grid;
  maps.voxels = voxels_of(options, first, scans.front());
  for (const std::string& path : scans)
    maps.scans.push_back(read_scan(
        path, path == scans.front() ? first.voxels : read_on_grid(path, maps.grid, scans.front()).voxels, maps));
  if (options.mask) maps.files.push_back(*options.mask);
  return maps;
}

pet::ParametricMaps estimate(const Options& options, const Maps& maps, unsigned threads) {
  if (options.method == "ratio") return pet::ratio_occupancy_maps(maps.voxels, maps.scans[0], maps.scans[1], threads);
  if (options.method == "lassen") {
    pet::LassenFilterOptions filter;
    filter.radius_mm = options.radius_mm.value_or(filter.radius_mm);
    filter.noise_fwhm_mm = options.noise_fwhm_mm.value_or(filter.noise_fwhm_mm);
    filter.threads = threads;
    return pet::lassen_occupancy_maps(maps.grid, maps.voxels, maps.scans[0], maps.scans[1], filter);
  }
  std::vector<double> concentrations;
  if (options.baseline) concentrations.push_back(0.0);
  for (const std::string& text : options.concentrations)
    concentrations.push_back(pet::number_argument("--concentrations", text));
  return pet::emax_maps(maps.voxels, maps.scans, concentrations, options.concentration_unit, threads);
}

std::string label_of(const std::string& method) {
  if (method == "ratio") return "Ratio";
  return method == "lassen" ? "Lassen" : "Emax";
}

nlohmann::ordered_json common_members(const Options& options) {
  nlohmann::ordered_json members;
  members["Method"] = options.method;
  if (options.tracer) members["TracerName"] = *options.tracer;
  if (options.drug_name) members["Drug"] = *options.drug_name;
  if (options.method == "lassen") {
    const pet::LassenFilterOptions filter;
    members["RadiusMillimetres"] = options.radius_mm.value_or(filter.radius_mm);
    members["NoiseFWHMMillimetres"] = options.noise_fwhm_mm.value_or(filter.noise_fwhm_mm);
  }
  if (!options.concentrations.empty()) {
    members["Concentrations"] = options.concentrations;
    members["ConcentrationUnits"] = options.concentration_unit;
  }
  members["Missing"] = "NaN where there is no estimate, 0 outside of the mask";
  return members;
}

// One file to be written: a quantity, its errors, or the status.
struct Output {
  std::string symbol;
  bool is_standard_error = false;
  std::string path;
};

std::vector<Output> outputs_of(const Options& options, const std::string& prefix) {
  std::vector<std::string> symbols = {"occupancy"};
  if (options.method == "lassen") symbols = {"occupancy", "VND"};
  if (options.method == "emax") symbols = {"EC50", "Omax", "BP0"};
  std::vector<Output> outputs;
  const std::string ending = options.is_uncompressed ? "_mimap.nii" : "_mimap.nii.gz";
  const auto add = [&](const std::string& symbol, bool is_stderr) {
    outputs.push_back({symbol, is_stderr, pet::map_stem(prefix, label_of(options.method), symbol, is_stderr) + ending});
  };
  for (const std::string& symbol : symbols) {
    add(symbol, false);
    add(symbol, true);
  }
  add("status", false);
  return outputs;
}

void write(const Output& output,
           const pet::ParametricMaps& maps,
           const pet::Grid& grid,
           nlohmann::ordered_json members,
           const pet::Provenance& provenance,
           unsigned threads,
           pet::OutputFiles& files) {
  const std::filesystem::path path = files.temporary(output.path);
  if (output.symbol == "status") {
    pet::write_label_map(pet::status_map(grid, maps), path, threads);
    members["Levels"] = {{"0", "outside"}};
    for (std::size_t i = 0; i < pet::all_statuses.size(); ++i)
      members["Levels"][std::to_string(i + 1)] = pet::name_of(pet::all_statuses[i]);
  } else {
    const pet::QuantityMap& map = maps.map(output.symbol);
    pet::write_nifti_volume(
        grid, pet::on_grid(grid, maps.voxels, output.is_standard_error ? map.standard_error : map.value, 0.0F), path,
        "", threads);
    members["Description"] = (output.is_standard_error ? "standard error of " : "") + output.symbol;
    members["Units"] = map.unit;
  }
  files.write(pet::map_sidecar_path(output.path), pet::sidecar_text(members.dump(), provenance));
}

int run(const Options& options, const pet::Common& common) {
  check(options);
  require_binding(options);
  pet::OutputFiles files(common.force);
  const std::vector<Output> outputs = outputs_of(options, common.output);
  for (const Output& output : outputs) {
    files.declare(output.path);
    files.declare(pet::map_sidecar_path(output.path));
  }
  const Maps inputs = read_maps(options);
  const pet::ParametricMaps maps = estimate(options, inputs, common.threads);
  const pet::Provenance provenance = pet::provenance_of(common, pet::with_sidecars(inputs.files));
  for (const Output& output : outputs)
    write(output, maps, inputs.grid, common_members(options), provenance, common.threads, files);
  files.commit();
  pet::say(common, std::to_string(maps.count(pet::FitStatus::ok)) + " of " + std::to_string(maps.voxels.size()) +
                       " voxels identify it");
  return maps.count(pet::FitStatus::ok) > 0 ? pet::success : pet::some_failed;
}

void declare(pet::Tool& tool, Options& options) {
  tool.description(
          "Takes maps of pet-map on one grid. Method ratio: 1 - BPND_drug / BPND_baseline. Method lassen: occupancy "
          "and "
          "VND by a Lassen plot of the voxels around each, from maps of VT. Method emax: EC50, Omax and BP0 from maps "
          "of "
          "BPND at several concentrations. Standard errors and statuses of the maps are read from beside them, and "
          "every "
          "output has its own.")
      .example(
          "pet-occupancy-map --baseline base_model-SRTM_meas-BPND_mimap.nii.gz "
          "--drug drug_model-SRTM_meas-BPND_mimap.nii.gz -o sub-01",
          "occupancy, its standard error and status")
      .example(
          "pet-occupancy-map --method lassen --baseline base_model-Logan_meas-VT_mimap.nii.gz "
          "--drug drug_model-Logan_meas-VT_mimap.nii.gz --noise-fwhm 5 -o sub-01",
          "occupancy and VND by local Lassen plots")
      .option("baseline", options.baseline, "FILE", "map of the scan without the drug")
      .required("drug", options.drugs, "FILE", "map of a scan with the drug; several for emax")
      .option("method", options.method, "METHOD", "how occupancy is found")
      .choices("method", {"ratio", "lassen", "emax"})
      .option("mask", options.mask, "FILE", "label map; voxels above 0 are used; default: all with a number")
      .option("concentrations", options.concentrations, "C,...", "emax: concentration of the drug in each --drug scan")
      .option("concentration-unit", options.concentration_unit, "UNIT", "emax: its unit")
      .option("radius", options.radius_mm, "MM", "lassen: of the ball of voxels of one plot; default: 8")
      .option("noise-fwhm", options.noise_fwhm_mm, "MM",
              "lassen: smoothness of the maps' noise, which neighbours share; 0: independent")
      .option("tracer", options.tracer, "NAME", "tracer (name, label or alias); default: that of the sidecars")
      .option("drug-name", options.drug_name, "TEXT", "name of the drug, for the sidecar")
      .option("uncompressed", options.is_uncompressed, "write .nii instead of .nii.gz")
      .required_output("PREFIX", "beginning of the names of the maps")
      .citation("Lassen NA et al. J Cereb Blood Flow Metab 1995;15:152-165")
      .citation("Fuller WA. Measurement Error Models. Wiley 1987");
}

}  // namespace

pet::Command pet::pet_occupancy_map_command() {
  const auto options = std::make_shared<Options>();
  Command command{Tool("pet-occupancy-map", "receptor occupancy of every voxel from maps of two or more scans"),
                  [options](const Common& common) { return run(*options, common); }};
  declare(command.tool, *options);
  return command;
}

std::vector<std::filesystem::path> pet::pet_occupancy_map_outputs(const std::vector<std::string>& words) {
  Options options;
  Tool tool("pet-occupancy-map", "");
  declare(tool, options);
  const std::string prefix = tool.parse(words).output;
  std::vector<std::filesystem::path> outputs;
  for (const Output& output : outputs_of(options, prefix)) {
    outputs.emplace_back(output.path);
    outputs.push_back(map_sidecar_path(output.path));
  }
  return outputs;
}
