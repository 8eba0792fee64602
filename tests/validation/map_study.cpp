// SPDX-License-Identifier: Apache-2.0
#include "tests/validation/map_study.h"

#include <cmath>
#include <vector>

#include "kinetic_models/maps/map_inputs.h"
#include "kinetic_models/simulation/simulated_scan.h"
#include "kinetic_models/srtm.h"
#include "libpet/io/study_file.h"
#include "libpet/phantom.h"
#include "libpet/tac_table.h"

namespace map_study {
namespace {

// The simulated psilocybin study's first session on the grid and in the frames of a common scan.
pet::Study whole_brain(double noise, int scale) {
  pet::Study study = pet::read_study(std::string(OCCUPET_SOURCE_DIR) + "/data/studies/psilocybin.json");
  const pet::Grid before = study.grid;
  study.grid.size = {96 / scale, 96 / scale, 48 / scale};
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const double factor = static_cast<double>(before.size[axis]) / study.grid.size[axis];
    for (double& component : study.grid.axis_mm[axis]) component *= factor;
    study.grid.origin_mm[axis] *= (1.0 - 1.0 / study.grid.size[axis]) / (1.0 - 1.0 / before.size[axis]);
  }
  std::vector<pet::Frame> frames;
  double start = 0.0;
  for (const auto& [count, seconds] : {std::pair{6, 10}, {6, 20}, {6, 60}, {8, 120}, {12, 300}})
    for (int i = 0; i < count; ++i) {
      frames.push_back({start, start + seconds / 60.0});
      start = frames.back().end_min;
    }
  study.frames = pet::Frames(frames);
  study.noise = {};
  study.noise.cv = noise;
  study.noise.frame = frames.size() - 1;
  study.noise.region = "occipital";
  return study;
}

struct Brain {
  pet::Study study;
  pet::Phantom phantom;
  pet::SimulatedSession truth;
  pet::DynamicImage image;
  std::vector<std::vector<std::uint32_t>> voxels;  // of each region of the study

  Brain(double noise, int scale)
      : study(whole_brain(noise, scale)),
        phantom(pet::draw_phantom(study, "whole brain")),
        truth(pet::simulate_session(study, study.sessions.front())),
        image(pet::simulate_image(study, 0, truth, phantom, 0)),
        voxels(study.regions.size()) {
    for (std::size_t v = 0; v < phantom.region.size(); ++v)
      if (phantom.region[v] >= 0)
        voxels[static_cast<std::size_t>(phantom.region[v])].push_back(static_cast<std::uint32_t>(v));
  }
};

std::size_t index_of(const pet::Study& study, const std::string& name) {
  std::size_t index = 0;
  while (study.regions[index].name != name) ++index;
  return index;
}

// VT; BPND is that over the reference's, less 1 (white matter has less than the reference: its BPND is below 0).
double volume_of(const pet::StudyRegion& region) {
  return region.kinetics.VND * (1.0 + region.kinetics.BPND);
}

std::vector<std::uint32_t> all_voxels(const Brain& brain) {
  std::vector<std::uint32_t> all;
  for (const auto& some : brain.voxels) all.insert(all.end(), some.begin(), some.end());
  return all;
}

// Weights of the voxels of one region.
std::vector<double> weights_of(Weights scheme, const Brain& brain, std::size_t region) {
  const pet::Study& study = brain.study;
  const std::vector<double>& own = brain.truth.curves[region];
  std::vector<double> weights =
      pet::frame_weights(pet::WeightScheme::decay, study.frames, study.tracer.half_life_min, own);
  if (scheme == Weights::decay_all_frames) return weights;
  if (scheme == Weights::counts) {
    weights = pet::map_weights(pet::WeightScheme::counts, brain.image, pet::mean_curve(brain.image, all_voxels(brain)));
  }
  for (std::size_t f = 0; f < weights.size(); ++f) {
    if (scheme == Weights::true_variance && own[f] > 0.0) weights[f] /= own[f];
    if (!(own[f] > 0.0)) weights[f] = 0.0;
  }
  return weights;
}

struct Sum {
  double error = 0.0;
  double square = 0.0;
  std::size_t count = 0;

  void add(double value) {
    error += value;
    square += value * value;
    ++count;
  }
  Errors errors() const {
    const auto n = static_cast<double>(count);
    return {error / n, std::sqrt(square / n)};
  }
};

}  // namespace

std::string name_of(Weights weights) {
  switch (weights) {
    case Weights::decay_all_frames:
      return "`decay`, all frames";
    case Weights::decay:
      return "`decay`";
    case Weights::counts:
      return "`counts` of the mean curve";
    case Weights::true_variance:
      return "true variance";
    case Weights::residuals:
      return "`residuals`, all frames";
  }
  return "";
}

Result run(double noise, Weights scheme, Tissue tissue, std::size_t fit_every, int scale) {
  const Brain brain(noise, scale);
  const std::size_t reference_region = index_of(brain.study, brain.study.reference_region);
  const pet::ReferenceRegion reference(pet::mean_curve(brain.image, brain.voxels[reference_region]));
  pet::MapOptions options;
  if (scheme == Weights::residuals) {
    options.fit.weights = weights_of(Weights::decay_all_frames, brain, reference_region);
    options.noise = pet::frame_noise(pet::srtm, brain.image, all_voxels(brain), reference, options);
    options.fit.weights = options.noise->weights();
  }
  Result result;
  double freedom = 0.0;
  Sum maps_sum, standardised, compared_maps, compared_fits;
  for (std::size_t region = 0; region < brain.voxels.size(); ++region) {
    const double truth =
        volume_of(brain.study.regions[region]) / volume_of(brain.study.regions[reference_region]) - 1.0;
    if (region == reference_region || brain.voxels[region].empty()) continue;
    if ((brain.study.regions[region].label == 0) != (tissue == Tissue::white)) continue;
    if (scheme != Weights::residuals) options.fit.weights = weights_of(scheme, brain, region);
    freedom = -static_cast<double>(pet::srtm.parameters.size());
    for (std::size_t f = 0; f < options.fit.weights.size(); ++f) {
      const bool has_noise = scheme != Weights::residuals || brain.truth.curves[region][f] > 0.0;
      freedom += options.fit.weights[f] > 0.0 && has_noise ? 1.0 : 0.0;
    }
    const pet::ParametricMaps maps = pet::fit_voxels(pet::srtm, brain.image, brain.voxels[region], reference, options);
    const pet::QuantityMap& BPND = maps.map("BPND");
    result.voxels += maps.voxels.size();
    for (std::size_t i = 0; i < maps.voxels.size(); ++i) {
      if (maps.status[i] != pet::FitStatus::ok) continue;
      const double error = static_cast<double>(BPND.value[i]) - truth;
      maps_sum.add(error);
      standardised.add(error / static_cast<double>(BPND.standard_error[i]));
      if (fit_every == 0 || i % fit_every != 0) continue;
      pet::TimeActivityCurve curve{brain.image.frames, {}};
      for (std::size_t f = 0; f < curve.frames.size(); ++f)
        curve.activity.push_back(static_cast<double>(brain.image.frame(f)[maps.voxels[i]]));
      const pet::Fit fit = pet::fit(pet::srtm, curve, reference, options.fit);
      if (fit.status != pet::FitStatus::ok) continue;
      compared_maps.add(error);
      compared_fits.add(fit["BPND"].value - truth);
    }
  }
  result.ok = maps_sum.count;
  result.of_maps = maps_sum.errors();
  result.standardised_variance = std::pow(standardised.errors().rmse, 2) * (freedom - 2.0) / freedom;
  result.compared = compared_maps.count;
  if (result.compared > 0) {
    result.of_compared_maps = compared_maps.errors();
    result.of_fits = compared_fits.errors();
  }
  return result;
}

}  // namespace map_study
