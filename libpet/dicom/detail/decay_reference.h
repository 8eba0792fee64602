// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "libpet/dicom/detail/date_time.h"
#include "libpet/dicom/detail/instance.h"
#include "libpet/image.h"

namespace pet::detail {

/// What a header says about the time and the decay of one frame.
struct FrameWitness {
  DateTime start;
  double duration_s = 0.0;
  std::optional<double> decay_factor;
  std::optional<double> frame_reference_s;  ///< after the series time
};

/// What a header says about the decay correction of all frames.
struct DecayClaim {
  DecayCorrection::Found found = DecayCorrection::Found::unknown;
  std::optional<DateTime> series_time;
  std::optional<DateTime> injection;
  double half_life_s = 0.0;
  bool is_decay_time = false;  ///< `series_time` is Decay Correction DateTime (0018,9701) of Enhanced PET
  std::optional<DateTime> scanner_time =
      std::nullopt;              ///< the same as `series_time`, in an element of the scanner's own
  std::string scanner_tag = {};  ///< "(0009,100D)"
};

struct DecayReference {
  DateTime time;         ///< to which the stored values are corrected
  std::string evidence;  ///< how it was found, one sentence
  std::vector<std::string> warnings;
};

/// What the header of a file claims of values whose activity halves in that time. `injection` is the header's.
DecayClaim decay_claim(const Instance& instance, std::optional<DateTime> injection, double half_life_min);

/// The reference time of values that are decay-corrected to the start of the scan or to administration. The decay
/// factors DF = exp(lambda (t - t_ref)) lambda T / (1 - exp(-lambda T)) (DICOM PS3.3 C.8.9.4) are the
/// best witness, unless all are 1: then the series time (START), or the scanner's own time where it says another, or
/// the injection (ADMIN) is all there is. Throws InputError, starting with `where`, with the numbers where the header
/// contradicts itself.
DecayReference find_decay_reference(const std::vector<FrameWitness>& frames,
                                    const DecayClaim& claim,
                                    const std::string& where);

/// "12.0 s before the start of the scan": a time without the date of a patient's scan.
std::string relative_text(DateTime time, DateTime scan_start);

/// Whether any frame states a decay factor other than 1.
bool do_factors_differ_from_one(const std::vector<FrameWitness>& frames);

/// The one time that the decay factors of all frames refer to; nothing where they are 1 or missing or disagree.
std::optional<DateTime> common_reference_of_factors(const std::vector<FrameWitness>& frames, const DecayClaim& claim);

}  // namespace pet::detail
