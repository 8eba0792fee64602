// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "kinetic_models/blood/arterial_input.h"
#include "kinetic_models/blood/interpolation.h"
#include "kinetic_models/blood/parent_fraction.h"
#include "kinetic_models/blood/plasma_ratio.h"
#include "kinetic_models/blood/whole_blood.h"
#include "libpet/blood/input_function.h"
#include "libpet/blood/samples.h"

namespace pet {

/// How the samples become an input function.
struct BloodOptions {
  std::string parent_fraction = "auto";  ///< one of parent_fraction_choices(), or "none": all plasma is parent
  bool is_start_fitted = false;          ///< the parent fraction at injection, else 1
  std::string ratio = "interpolation";   ///< one of plasma_ratio_choices()
  std::string aif = "interpolation";     ///< or "triexp", "feng"
  std::optional<double> dispersion_min;  ///< in place of the file's; 0: no correction
  std::optional<double> autosampler_end_min;
  double delay_min = 0.0;  ///< the tissue sees the blood that much later than it was sampled
  std::optional<double> until_min;
  AfterLast after_last = AfterLast::hold;
};

/// An input function and how it was made.
struct ProcessedBlood {
  InputFunction input;
  WholeBlood whole_blood;
  PlasmaRatio ratio;                      ///< without a curve where it was not needed
  ParentFraction parent_fraction;         ///< without a curve where plasma came corrected, or "none"
  std::optional<ArterialInput> arterial;  ///< where a model was fitted to it
  double last_sample_min = 0.0;           ///< of plasma
  double end_min = 0.0;                   ///< of the output
  std::string after_last;                 ///< one sentence
  std::vector<std::string> notes;         ///< in the order of the work, those of the samples first
};

/// Makes the input function of a scan. Plasma is whole blood x plasma-to-blood ratio while the autosampler runs and the
/// plasma samples after it, with straight lines between and from zero at injection to the first. Its parent is plasma
/// x parent fraction, or a model of that. `source` names the samples in messages. Throws InputError for samples that
/// cannot give an input function (no plasma, no parent fraction), UsageError for options that contradict the samples.
ProcessedBlood process_blood(const BloodSamples& samples, const BloodOptions& options, const std::string& source);

}  // namespace pet
