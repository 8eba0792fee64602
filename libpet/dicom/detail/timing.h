// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "libpet/dicom/detail/decay_reference.h"
#include "libpet/dicom/detail/layout.h"
#include "libpet/dicom/detail/tracer.h"
#include "libpet/image.h"

namespace pet::detail {

/// Frames of a series relative to time zero, and what turns stored values into values corrected to it.
struct Timing {
  DateTime time_zero;
  bool is_injection = false;  ///< else time zero is the start of the first frame
  Frames frames;
  DecayCorrection decay;
  std::vector<std::string> warnings;
};

/// When a scan began and ended, and the file that says so.
struct ScanSpan {
  DateTime start;
  DateTime end;
  std::string where;
};

/// The injection that is used, and the header's, to which the scanner may have corrected even where a user knows
/// better. Nothing where there is none.
struct InjectionTimes {
  std::optional<DateTime> used;
  std::optional<DateTime> stated;
};

/// Throws as find_timing does for an injection that is not between 12 h before the scan and its end.
InjectionTimes find_injection(const ScanSpan& scan,
                              const Tracer& tracer,
                              const std::optional<std::string>& injection_time);

/// Warnings about an injection long before the scan or during it. Throws InputError, or UsageError where the user gave
/// the time, for one more than ten half-lives before.
std::vector<std::string> check_wait(DateTime injection, double half_life_min, bool is_given, const ScanSpan& scan);

/// Throws InputError where values that are said not to be corrected have decay factors that refer to one time; warns
/// of other factors.
void require_uncorrected(const std::vector<FrameWitness>& frames,
                         const DecayClaim& claim,
                         const std::string& where,
                         std::vector<std::string>& warnings);

/// `injection_time` ("2026-01-31T12:34:56" or "12:34:56") overrides the header's. A time without date gets the day on
/// which it lies between 12 h before the scan and its end. Throws InputError where there is none, where the half-life
/// is not known and where the header contradicts itself; UsageError where `injection_time` is no time.
/// `decay_reference` ("scan-start", "injection", or a time likewise) is to what values are corrected, whatever the
/// header says of it. Throws UsageError where it is neither, or the values are not corrected.
Timing find_timing(const Layout& layout,
                   const Tracer& tracer,
                   const std::optional<std::string>& injection_time,
                   const std::optional<std::string>& decay_reference = std::nullopt);

}  // namespace pet::detail
