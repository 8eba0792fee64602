// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/simulation/simulated_scan.h"

#include <algorithm>
#include <cmath>

#include "kinetic_models/simulation/normal_noise.h"
#include "kinetic_models/simulation/tissue_curve.h"
#include "libpet/decay.h"
#include "libpet/error.h"
#include "libpet/parallel.h"

namespace pet {
namespace {

// What a stream of noise is for: the first of its keys.
constexpr std::uint64_t image_noise = 1;
constexpr std::uint64_t blood_noise = 2;

BloodCurves blood_of(const Study& study, const StudySession& session) {
  return BloodCurves(study.blood, session.injected_activity_MBq / study.injected_activity_MBq);
}

Radiopharmaceutical radiopharmaceutical(const Study& study, const StudySession& session) {
  Radiopharmaceutical tracer;
  tracer.name = study.tracer.name;
  tracer.radionuclide = study.tracer.radionuclide;
  tracer.half_life_min = study.tracer.half_life_min;
  tracer.injected_activity_MBq = session.injected_activity_MBq;
  return tracer;
}

// sqrt(e^{lambda t} / dt), t mid-frame: the noise of a voxel of 1 kBq/mL for alpha = 1.
double frame_noise(const Study& study, std::size_t f) {
  const Frame& frame = study.frames[f];
  const double lambda = decay_constant(study.tracer.half_life_min);
  return std::sqrt(std::exp(lambda * frame.mid_min()) / frame.duration_min());
}

}  // namespace

double noise_alpha(const Study& study) {
  if (study.noise.alpha) return *study.noise.alpha;
  const StudySession& session = study.sessions.front();
  const Kinetics kinetics = during(session, study.region(study.noise.region).kinetics);
  const double activity = tissue_curve(kinetics, blood_of(study, session), study.frames)[study.noise.frame];
  if (!(activity > 0.0))
    throw bad_input("noise of the study",
                    "frame " + std::to_string(study.noise.frame + 1) + " of region '" + study.noise.region +
                        "', which has no activity",
                    "a later frame, for its coefficient of variation");
  return study.noise.cv * std::sqrt(activity) / frame_noise(study, study.noise.frame);
}

SimulatedSession simulate_session(const Study& study, const StudySession& session) {
  SimulatedSession simulated{blood_of(study, session), {}, noise_alpha(study)};
  for (const StudyRegion& region : study.regions)
    simulated.curves.push_back(tissue_curve(during(session, region.kinetics), simulated.blood, study.frames));
  return simulated;
}

TacTable true_tacs(const Study& study,
                   const StudySession& session,
                   const SimulatedSession& simulated,
                   const Phantom& phantom) {
  std::vector<std::size_t> order;
  for (std::size_t r = 0; r < study.regions.size(); ++r)
    if (study.regions[r].label != 0) order.push_back(r);
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return study.regions[a].label < study.regions[b].label; });
  TacTable table;
  table.frames = study.frames;
  table.unit = ActivityUnit::kBq_per_mL;
  table.tracer = radiopharmaceutical(study, session);
  for (const std::size_t r : order) {
    table.regions.push_back(study.regions[r].name);
    table.activity.push_back(simulated.curves[r]);
    table.volume_mm3.push_back(static_cast<double>(phantom.voxel_count(r)) * phantom.grid.voxel_volume_mm3());
  }
  return table;
}

DynamicImage simulate_image(const Study& study,
                            std::size_t session_index,
                            const SimulatedSession& simulated,
                            const Phantom& phantom,
                            unsigned threads,
                            const std::function<void()>& done) {
  const StudySession& session = study.sessions[session_index];
  DynamicImage image;
  image.grid = study.grid;
  image.frames = study.frames;
  image.unit = ActivityUnit::kBq_per_mL;
  image.decay = {DecayCorrection::Found::administration, 0.0, std::vector(study.frames.size(), 1.0), "simulated"};
  image.tracer = radiopharmaceutical(study, session);
  image.time_zero = session.injection;
  image.voxels.resize(study.frames.size() * study.grid.voxel_count());
  const auto slices = static_cast<std::size_t>(study.grid.size[2]);
  const std::size_t slice_voxels = study.grid.voxel_count() / slices;
  parallel_for(study.frames.size(), threads, [&](std::size_t f) {
    const double noise = simulated.noise_alpha * frame_noise(study, f);
    for (std::size_t slice = 0; slice < slices; ++slice) {
      NormalNoise normal(study.seed, {image_noise, session_index, f, slice});
      for (std::size_t v = slice * slice_voxels; v < (slice + 1) * slice_voxels; ++v) {
        const double deviate = normal.next();
        if (phantom.region[v] < 0) continue;
        const double activity = simulated.curves[static_cast<std::size_t>(phantom.region[v])][f];
        const double sigma = noise * std::sqrt(std::max(activity, 0.0));
        image.voxels[f * study.grid.voxel_count() + v] = static_cast<float>(activity + sigma * deviate);
      }
    }
    if (done) done();
  });
  return image;
}

InputFunction simulate_blood_samples(const Study& study, std::size_t session_index, const SimulatedSession& simulated) {
  InputFunction samples = simulated.blood.at(study.blood.sample_times_min);
  samples.parent_plasma.clear();
  NormalNoise normal(study.seed, {blood_noise, session_index});
  for (std::size_t i = 0; i < samples.time_min.size(); ++i) {
    samples.whole_blood[i] *= 1.0 + study.blood.sample_noise * normal.next();
    samples.plasma[i] *= 1.0 + study.blood.sample_noise * normal.next();
    const double fraction = samples.parent_fraction[i] * (1.0 + study.blood.sample_noise * normal.next());
    samples.parent_fraction[i] = std::clamp(fraction, 0.0, 1.0);
  }
  return samples;
}

}  // namespace pet
