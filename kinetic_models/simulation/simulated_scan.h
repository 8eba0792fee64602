// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "kinetic_models/simulation/blood_curves.h"
#include "libpet/image.h"
#include "libpet/phantom.h"
#include "libpet/study.h"

namespace pet {

/// One session of a study as functions and noise-free curves.
struct SimulatedSession {
  BloodCurves blood;
  /// [region of the study][frame], kBq/mL, decay-corrected to injection.
  std::vector<std::vector<double>> curves;
  double noise_alpha = 0.0;  ///< sqrt(kBq/mL min)
};

/// The blood and tissue curves of one session.
SimulatedSession simulate_session(const Study& study, const StudySession& session);

/// The alpha of sigma = alpha sqrt(C e^{lambda t} / dt), t mid-frame: as given, or from the coefficient of variation in
/// one frame of one region of the first session. Throws InputError where that frame has no activity.
double noise_alpha(const Study& study);

/// The noise-free curves of the labelled regions with their volumes in the phantom, in order of their labels.
TacTable true_tacs(const Study& study,
                   const StudySession& session,
                   const SimulatedSession& simulated,
                   const Phantom& phantom);

/// The noisy image: every voxel is the frame average of its region plus independent normal noise. `session_index`
/// counts from 0 and, with the seed of the study, chooses the noise; it is the same for any number of threads. `done`
/// is called once a frame, from several threads.
DynamicImage simulate_image(const Study& study,
                            std::size_t session_index,
                            const SimulatedSession& simulated,
                            const Phantom& phantom,
                            unsigned threads,
                            const std::function<void()>& done = {});

/// What a laboratory would measure in blood samples: plasma, whole blood and parent fraction with the noise of the
/// description. Parent plasma is left empty: it is not measured but computed.
InputFunction simulate_blood_samples(const Study& study, std::size_t session_index, const SimulatedSession& simulated);

}  // namespace pet
