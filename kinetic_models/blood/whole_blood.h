// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "libpet/blood/samples.h"

namespace pet {

/// The samples corrected for the dispersion exp(-t / tau) / tau of a sampling line: C = g + tau dg/dt, where g and its
/// slope are those of a parabola fitted by least squares to the samples within max(2 tau, 2.5 median distances) of
/// each (Iida H et al. J Cereb Blood Flow Metab 1986;6:536-545). Noise grows: the correction is a derivative.
/// Throws InputError for fewer than five samples, UsageError for tau <= 0.
SampleSeries without_dispersion(const SampleSeries& dispersed, double tau_min);

/// Whole blood of one scan as one series.
struct WholeBlood {
  SampleSeries samples;                       ///< joined, kBq/mL, none below zero
  std::optional<double> autosampler_end_min;  ///< the last sample that is the autosampler's
  std::optional<double> dispersion_min;       ///< what was corrected
  std::vector<std::string> notes;
};

/// The autosampler until its end (or `autosampler_end_min`), samples drawn by hand after it. `dispersion_min`: the
/// time constant to correct the autosampler for. In the overlap, from one minute after the autosampler's peak, the two
/// are compared (autosampler: mean of the samples within 5 s); a median that differs by more than 10 % is noted. Values
/// below zero (noise around zero) are set to zero after the correction, and counted in the notes.
WholeBlood join_whole_blood(const BloodSamples& blood,
                            std::optional<double> dispersion_min,
                            std::optional<double> autosampler_end_min = {});

}  // namespace pet
