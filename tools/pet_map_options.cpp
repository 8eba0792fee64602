// SPDX-License-Identifier: Apache-2.0
#include "tools/pet_map_options.h"

#include <algorithm>

#include "libpet/error.h"
#include "libpet/io/tsv.h"
#include "tools/arguments.h"
#include "tools/map_names.h"

namespace pet {
namespace {

void declare_input(Tool& tool, PetMapOptions& options) {
  tool.required("model", options.model, "MODEL", "model to fit: " + mappable_model_names())
      .option("reference", options.reference, "REGION",
              "region without the target receptor (reference models), of --reference-tacs or --labels")
      .option("reference-tacs", options.reference_tacs, "FILE", "table of time-activity curves with the reference")
      .option("labels", options.labels, "FILE", "label image with the reference: NIfTI or DICOM Segmentation")
      .option("table", options.table, "FILE", "names of the labels: a dseg.tsv with columns index and name")
      .option("mask", options.mask, "FILE",
              "fit the voxels that are not 0 in this label image or mask; default: all voxels of the image")
      .option("input", options.input, "FILE", "input function table with its sidecar (plasma models)");
}

void declare_fit(Tool& tool, PetMapOptions& options) {
  tool.option("weights", options.weights, "SCHEME",
              "frame weights, common to all voxels: uniform, duration, decay, counts of the mean curve, or residuals: "
              "the inverse variances that fits to some thousand voxels leave, with standard errors by the noise of "
              "each voxel; default: decay if the half-life is known, else duration")
      .option("sampling", options.sampling, "KIND", "average: frames are averages; midframe: values at mid-frame")
      .option("k2prime", options.k2prime, "VALUE|region:NAME|voxels",
              "efflux rate of the reference in 1/min, the region that gives it, or the median of a first pass of srtm "
              "over the voxels of high binding")
      .option("t-star", options.t_star_min, "MIN", "use frames whose mid time is at or after it, in minutes")
      .option("t-end", options.t_end_min, "MIN", "use frames whose mid time is at or before it, in minutes")
      .option("vb", options.vB, "VALUE|fit",
              "fraction of blood; default: fit in compartment models where there is whole blood, else 0")
      .option("delay", options.delay_s, "SECONDS",
              "how much later than it was sampled the tissue sees the blood; default: 0")
      .option("fp", options.plasma_free_fraction, "FRACTION", "free fraction in plasma, for BPF")
      .option("bounds", options.bounds, "P=LOWER:START:UPPER,...",
              "bounds of a parameter of a nonlinear model, in its unit; the start is not used")
      .option("smooth", options.smooth_mm, "MM",
              "smooth every frame first with a Gaussian of this full width at half maximum; regions of --labels are "
              "taken from the image as it was")
      .option("hypr", options.hypr_mm, "MM",
              "take noise from every frame first by HYPR-LR: composite of all frames x smoothed frame / smoothed "
              "composite, with a Gaussian of this full width at half maximum")
      .option("regularise", options.regularise_mm, "MM",
              "srtm: fit with a ridge towards the fit of the image smoothed with a Gaussian of this full width at half "
              "maximum (Zhou et al. 2003)")
      .option("half-life", options.half_life_s, "SECONDS", "half-life of the tracer, in place of the image's");
}

void declare_output(Tool& tool, PetMapOptions& options) {
  tool.option("maps", options.maps, "P,...",
              "quantities to write, each with its standard error, and RSS, AICc or status; default: all")
      .option("format", options.format, "KIND",
              "nifti, or dicom: Parametric Maps in the study of the series, which hold the patient's name; or both")
      .choices("format", {"nifti", "dicom", "nifti,dicom"})
      .option("uncompressed", options.is_uncompressed, "write .nii instead of .nii.gz")
      .option("overview", options.has_overviews,
              "also write a picture of slices with a colour bar beside each NIfTI map (_mimap.png)")
      .required_output("PREFIX", "beginning of the names of the maps");
}

}  // namespace

void declare_pet_map(Tool& tool, PetMapOptions& options) {
  tool.description(
          "Fits a kinetic model to every voxel of a dynamic PET image and writes a map of each of its quantities and "
          "of "
          "their standard errors, of the weighted residual sum of squares, of AICc, and of the status of the fit (0 "
          "not "
          "fitted, 1 ok, 2 at_bound, 3 not_converged, 4 unidentifiable, 5 failed), each with a sidecar. Nonlinear "
          "models end at the optimum that pet-fit finds for the same curve. Ends with 1 where no fit is ok.")
      .example(
          "pet-map dicom/ --model srtm --labels dseg.nii.gz --table dseg.tsv --reference cerebellum --mask "
          "dseg.nii.gz -o sub-01",
          "maps of binding without blood")
      .example("pet-map pet.nii.gz --model 2tcm --input inputfunction.tsv --mask brain.nii.gz -o sub-01",
               "maps of VT with a plasma input");
  options.image.declare(tool);
  declare_input(tool, options);
  declare_fit(tool, options);
  options.image.declare_options(tool);
  declare_output(tool, options);
}

void require_consistent(const PetMapOptions& options, const Model& model) {
  const std::string name(model.name);
  if (options.has_overviews && options.format == "dicom")
    throw UsageError("--overview goes with --format nifti: pictures lie beside NIfTI maps");
  if (options.smooth_mm && !(*options.smooth_mm > 0.0)) throw UsageError("--smooth must be above 0 mm");
  if (options.hypr_mm && !(*options.hypr_mm > 0.0)) throw UsageError("--hypr must be above 0 mm");
  if (options.regularise_mm && !(*options.regularise_mm > 0.0)) throw UsageError("--regularise must be above 0 mm");
  if (options.hypr_mm && options.smooth_mm) throw UsageError("--hypr and --smooth: give one of them");
  if (options.regularise_mm && model.name != "srtm") throw UsageError("--regularise is for model srtm");
  if (options.regularise_mm && options.has_noise_of_residuals())
    throw UsageError("--regularise takes no --weights residuals");
  if (!is_mappable(model)) throw UsageError("model " + name + " has no maps; there are: " + mappable_model_names());
  if (model.needs_plasma()) {
    if (!options.input) throw UsageError("model " + name + " needs --input (a plasma input function)");
    if (options.reference || options.reference_tacs) throw UsageError("model " + name + " takes no reference region");
    return;
  }
  if (options.input) throw UsageError("model " + name + " takes no --input");
  if (!options.reference)
    throw UsageError("model " + name + " needs --reference (a region without the target receptor)");
  if (options.reference_tacs.has_value() == options.labels.has_value())
    throw UsageError("--reference is a region of either --reference-tacs or --labels: give one of them");
}

FitOptions map_fit_options(const PetMapOptions& options, const Model& model, bool has_blood) {
  FitOptions fit;
  fit.t_star_min = options.t_star_min;
  fit.t_end_min = options.t_end_min;
  fit.plasma_free_fraction = options.plasma_free_fraction;
  for (const std::string& bounds : options.bounds) fit.bounds.push_back(parse_bounds(bounds));
  if (options.k2prime && *options.k2prime != "voxels")
    fit.k2prime = value_or_region("--k2prime", *options.k2prime, "1/min").value;
  if (options.delay_s) fit.delay_min.value = *options.delay_s / 60.0;
  if (options.vB == "fit") {
    fit.vB.is_fitted = true;
  } else if (options.vB) {
    fit.vB.value = parse_number(*options.vB);
    if (!fit.vB.value) throw UsageError("--vb '" + *options.vB + "': expected a number in fractions or fit");
  } else if (model.vB != Use::no && !model.parameters.empty()) {
    fit.vB.is_fitted = has_blood;
  }
  return fit;
}

std::vector<MapFile> map_files(const PetMapOptions& options, const Model& model, const std::string& prefix) {
  std::vector<std::string> symbols;
  for (const Quantity& quantity : model.quantities)
    if (!quantity.needs_fP || options.plasma_free_fraction) symbols.emplace_back(quantity.symbol);
  const std::size_t quantities = symbols.size();
  symbols.insert(symbols.end(), {"RSS", "AICc", "status"});
  for (const std::string& wanted : options.maps)
    if (std::find(symbols.begin(), symbols.end(), wanted) == symbols.end())
      throw UsageError("--maps " + wanted + ": model " + std::string(model.name) + " has none" +
                       suggestion(wanted, symbols));
  std::vector<MapFile> files;
  for (std::size_t s = 0; s < symbols.size(); ++s) {
    const std::string& symbol = symbols[s];
    if (!options.maps.empty() && std::find(options.maps.begin(), options.maps.end(), symbol) == options.maps.end())
      continue;
    const auto path = [&](bool is_stderr, const std::string& ending) {
      return map_stem(prefix, std::string(model.label), symbol, is_stderr) + ending;
    };
    const auto add = [&](const std::string& ending, bool has_goodness) {
      if (s < quantities || has_goodness) files.push_back({symbol, false, path(false, ending)});
      if (s < quantities) files.push_back({symbol, true, path(true, ending)});
    };
    if (options.format != "dicom") add(options.is_uncompressed ? "_mimap.nii" : "_mimap.nii.gz", true);
    if (options.format != "nifti") add("_mimap.dcm", false);
  }
  return files;
}

}  // namespace pet
