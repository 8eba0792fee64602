// SPDX-License-Identifier: Apache-2.0
#include "libpet/dicom/detail/timing.h"

#include <cmath>
#include <cstdio>

#include "libpet/decay.h"
#include "libpet/dicom/detail/decay_reference.h"
#include "libpet/error.h"

namespace pet::detail {
namespace {

using Found = DecayCorrection::Found;

constexpr double longest_wait_s = 12 * 3600.0;

std::string hours_text(double seconds) {
  char text[64];
  std::snprintf(text, sizeof text, "%.2f h", seconds / 3600.0);
  return text;
}

// Dates of a patient's scan are not told.
std::string relation_to_start(DateTime injection, const ScanSpan& scan) {
  const double wait_s = seconds_between(injection, scan.start);
  return "an injection " + hours_text(std::abs(wait_s)) + (wait_s >= 0.0 ? " before" : " after") +
         " the start of the scan";
}

InputError implausible(const ScanSpan& scan, const std::string& found) {
  return bad_input(scan.where + " tag (0018,1078) RadiopharmaceuticalStartDateTime", found,
                   "an injection between 12 h before the scan's start at " +
                       clock_text(scan.start.us - day_of(scan.start).us) + " and its end");
}

bool is_plausible(DateTime injection, const ScanSpan& scan) {
  return seconds_between(injection, scan.start) <= longest_wait_s && injection <= scan.end;
}

DateTime on_plausible_day(std::int64_t clock_us, const ScanSpan& scan) {
  for (const int day : {0, -1, 1}) {
    const DateTime injection{day_of(scan.start).us + day * us_per_day + clock_us};
    if (is_plausible(injection, scan)) return injection;
  }
  throw implausible(scan, clock_text(clock_us) + " (no date)");
}

DateTime given_injection(const std::string& text, const ScanSpan& scan) {
  const std::string option = "injection time '" + text + "' (--injection-time): ";
  try {
    if (const auto time = parse_iso_date_time(text)) {
      if (!is_plausible(*time, scan)) throw implausible(scan, relation_to_start(*time, scan));
      return *time;
    }
    if (const auto clock = parse_time_of_day(text)) return on_plausible_day(*clock, scan);
  } catch (const InputError&) {
    throw UsageError(option + "give one between 12 h before the scan's start at " +
                     clock_text(scan.start.us - day_of(scan.start).us) + " and its end");
  }
  throw UsageError(option + "give 2026-01-31T12:34:56 or 12:34:56");
}

std::optional<DateTime> header_injection(const Tracer& tracer, const ScanSpan& scan) {
  if (!tracer.injection_problem.empty()) throw InputError(tracer.injection_problem);
  if (tracer.injection) {
    if (!is_plausible(*tracer.injection, scan)) throw implausible(scan, relation_to_start(*tracer.injection, scan));
    return tracer.injection;
  }
  if (tracer.injection_clock_us) return on_plausible_day(*tracer.injection_clock_us, scan);
  return std::nullopt;
}

// What the scanner corrected to may be the header's time even where the user knows better when the injection was.
std::optional<DateTime> plausible_header_injection(const Tracer& tracer, const ScanSpan& scan) {
  try {
    return header_injection(tracer, scan);
  } catch (const InputError&) {
    return std::nullopt;
  }
}

// One witness a frame; slices of a frame must state the same decay factor.
std::vector<FrameWitness> witnesses(const Layout& layout) {
  std::vector<FrameWitness> result;
  for (const auto& frame : layout.frames) {
    const Instance& first = *frame.front();
    for (const Instance* slice : frame) {
      const double factor = slice->decay_factor.value_or(1.0);
      if (!(std::abs(factor - first.decay_factor.value_or(1.0)) <= 1e-4 * std::abs(factor)))
        throw bad_input(slice->file.string() + " tag (0054,1321) DecayFactor", std::to_string(factor),
                        std::to_string(first.decay_factor.value_or(1.0)) + " as the frame's first slice");
    }
    result.push_back({first.start, first.duration_s, first.decay_factor, first.frame_reference_s});
  }
  return result;
}

Frames frames_after(DateTime zero, const Layout& layout) {
  std::vector<Frame> frames;
  for (const auto& slices : layout.frames) {
    const double start_s = seconds_between(zero, slices.front()->start);
    frames.push_back({start_s / 60.0, (start_s + slices.front()->duration_s) / 60.0});
  }
  return Frames(std::move(frames));
}

double required_half_life_min(const Tracer& tracer, const ScanSpan& scan) {
  if (tracer.drug.half_life_min) return *tracer.drug.half_life_min;
  throw bad_input(scan.where + " tag (0018,1075) RadionuclideHalfLife", "no half-life and no known radionuclide",
                  "one of them, to correct for decay");
}

DateTime given_reference(const std::string& text, const ScanSpan& scan, const Timing& timing) {
  if (text == "scan-start") return scan.start;
  if (text == "injection" && timing.is_injection) return timing.time_zero;
  std::optional<DateTime> time = parse_iso_date_time(text);
  if (const auto clock = parse_time_of_day(text); clock && !time)
    for (const int day : {-1, 0, 1})
      if (const DateTime on_day{day_of(scan.start).us + day * us_per_day + *clock}; is_plausible(on_day, scan))
        time = on_day;
  if (time && is_plausible(*time, scan)) return *time;
  throw UsageError("decay reference '" + text +
                   "' (--decay-reference): give scan-start, injection where it is known, or a time"
                   " between 12 h before the scan's start at " +
                   clock_text(scan.start.us - day_of(scan.start).us) + " and its end");
}

void set_decay(DateTime reference, const DecayClaim& claim, const std::string& evidence, Timing& timing) {
  if (claim.found == Found::none)
    throw UsageError("--decay-reference: the values are not decay-corrected (Decay Correction NONE)");
  DecayCorrection& decay = timing.decay;
  decay.found = claim.found;
  decay.reference_min = seconds_between(timing.time_zero, reference) / 60.0;
  decay.factor_applied = {decay_reference_shift(*decay.reference_min, 0.0, claim.half_life_s / 60.0)};
  decay.evidence = evidence;
}

// Values corrected to one reference need one factor; uncorrected ones need one a frame.
void fill_decay(const Layout& layout, const DecayClaim& claim, const std::string& where, Timing& timing) {
  const double half_life_min = claim.half_life_s / 60.0;
  DecayCorrection& decay = timing.decay;
  decay.found = claim.found;
  if (claim.found == Found::none) {
    require_uncorrected(witnesses(layout), claim, where, timing.warnings);
    for (const Frame& frame : timing.frames)
      decay.factor_applied.push_back(frame_decay_factor(frame.start_min, frame.end_min, half_life_min));
    decay.evidence = "values are not decay-corrected in the file (Decay Correction NONE)";
    return;
  }
  const DecayReference reference = find_decay_reference(witnesses(layout), claim, where);
  set_decay(reference.time, claim, reference.evidence, timing);
  timing.warnings.insert(timing.warnings.end(), reference.warnings.begin(), reference.warnings.end());
}

}  // namespace

std::vector<std::string> check_wait(DateTime injection, double half_life_min, bool is_given, const ScanSpan& scan) {
  // After ten half-lives a thousandth of the activity is left: the time is wrong rather than the scan that late.
  std::vector<std::string> warnings;
  constexpr double most_half_lives = 10.0;
  constexpr double many_half_lives = 4.0;
  constexpr double clock_precision_s = 1.0;
  const double wait_s = seconds_between(injection, scan.start);
  const double half_lives = wait_s / 60.0 / half_life_min;
  char text[64];
  std::snprintf(text, sizeof text, ", %.1f half-lives", half_lives);
  const std::string found = relation_to_start(injection, scan) + text;
  if (half_lives > most_half_lives && is_given)
    throw UsageError("injection time (--injection-time): " + found + "; give one that is at most 10 before it");
  if (half_lives > most_half_lives)
    throw bad_input(scan.where + " tag (0018,1078) RadiopharmaceuticalStartDateTime", found, "at most 10");
  if (half_lives > many_half_lives) warnings.push_back(found);
  if (wait_s < -clock_precision_s)
    warnings.push_back("the injection is " + std::to_string(std::lround(-wait_s)) +
                       " s after the start of the first frame; frames before it have negative times");
  return warnings;
}

void require_uncorrected(const std::vector<FrameWitness>& frames,
                         const DecayClaim& claim,
                         const std::string& where,
                         std::vector<std::string>& warnings) {
  if (!do_factors_differ_from_one(frames)) return;
  if (const auto reference = common_reference_of_factors(frames, claim))
    throw bad_input(where + " tag (0054,1102) DecayCorrection",
                    "NONE with decay factors that refer to " + relative_text(*reference, frames.front().start),
                    "no decay factors, or START or ADMIN");
  warnings.emplace_back(
      "decay factors that refer to no common time were passed over: the values are not decay-corrected");
}

InjectionTimes find_injection(const ScanSpan& scan,
                              const Tracer& tracer,
                              const std::optional<std::string>& injection_time) {
  if (!injection_time) {
    const auto stated = header_injection(tracer, scan);
    return {stated, stated};
  }
  return {given_injection(*injection_time, scan), plausible_header_injection(tracer, scan)};
}

Timing find_timing(const Layout& layout,
                   const Tracer& tracer,
                   const std::optional<std::string>& injection_time,
                   const std::optional<std::string>& decay_reference) {
  const Instance& first = *layout.frames.front().front();
  const Instance& last = *layout.frames.back().front();
  const ScanSpan scan{first.start, plus_seconds(last.start, last.duration_s), first.file.string()};

  const auto [injection, stated] = find_injection(scan, tracer, injection_time);

  Timing timing;
  timing.is_injection = injection.has_value();
  timing.time_zero = injection.value_or(scan.start);
  if (!injection) timing.warnings.emplace_back("the injection time is unknown; time zero is the start of the scan");
  const double half_life_min = required_half_life_min(tracer, scan);
  if (injection)
    for (std::string& warning : check_wait(*injection, half_life_min, injection_time.has_value(), scan))
      timing.warnings.push_back(std::move(warning));
  timing.frames = frames_after(timing.time_zero, layout);
  const DecayClaim claim = decay_claim(first, stated ? stated : injection, half_life_min);
  if (decay_reference)
    set_decay(given_reference(*decay_reference, scan, timing), claim, "given by the user", timing);
  else
    fill_decay(layout, claim, scan.where, timing);
  return timing;
}

}  // namespace pet::detail
