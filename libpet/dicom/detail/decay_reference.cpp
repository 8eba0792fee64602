// SPDX-License-Identifier: Apache-2.0
#include "libpet/dicom/detail/decay_reference.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <numbers>

#include "libpet/decay.h"
#include "libpet/error.h"

namespace pet::detail {
namespace {

constexpr double agreement_s = 2.0;  // times of some scanners are cut to whole seconds
constexpr double constancy_s = 1.0;
constexpr double factor_precision = 1e-4;  // some scanners write decay factors with five digits

double lambda_per_s(const DecayClaim& claim) {
  return decay_constant(claim.half_life_s / 60.0) / 60.0;
}

// The difference of times that rounding of the decay factors can make; large for long half-lives.
double factor_precision_s(const DecayClaim& claim) {
  return factor_precision / lambda_per_s(claim);
}

// Time after its start at which the activity of a frame equals its average.
double average_count_time(const FrameWitness& frame, const DecayClaim& claim) {
  return std::log(frame_decay_factor(0.0, frame.duration_s / 60.0, claim.half_life_s / 60.0)) / lambda_per_s(claim);
}

bool is_other_than_one(const FrameWitness& frame) {
  return frame.decay_factor && std::abs(*frame.decay_factor - 1.0) > 1e-9;
}

bool are_factors_witnesses(const std::vector<FrameWitness>& frames) {
  const bool all_positive =
      std::ranges::all_of(frames, [](const FrameWitness& f) { return f.decay_factor && *f.decay_factor > 0.0; });
  return all_positive && std::ranges::any_of(frames, is_other_than_one);
}

std::string seconds_text(double seconds) {
  char text[64];
  std::snprintf(text, sizeof text, "%.1f s", seconds);
  return text;
}

struct FactorTimes {
  DateTime median;
  double spread_s = 0.0;
  bool is_constant = false;
};

// The reference time that each decay factor tells.
FactorTimes times_of_factors(const std::vector<FrameWitness>& frames, const DecayClaim& claim) {
  std::vector<DateTime> times;
  for (const FrameWitness& frame : frames)
    times.push_back(plus_seconds(
        frame.start, average_count_time(frame, claim) - std::log(*frame.decay_factor) / lambda_per_s(claim)));
  std::ranges::sort(times);
  FactorTimes result{.median = times[times.size() / 2], .spread_s = seconds_between(times.front(), times.back())};
  const double tolerance = std::max(constancy_s, factor_precision_s(claim));
  result.is_constant = std::ranges::all_of(
      times, [&](DateTime time) { return std::abs(seconds_between(result.median, time)) <= tolerance; });
  return result;
}

// What frame reference times can be; scanners differ in what they write.
struct Meaning {
  const char* name;
  double worst_s;  // difference from it
};

// What the frame reference times come nearest to, given the series time; nothing where a frame has none.
std::optional<Meaning> meaning_of_references(const std::vector<FrameWitness>& frames,
                                             const DecayClaim& claim,
                                             DateTime series_time) {
  Meaning meanings[] = {
      {"frame starts", 0.0}, {"mid-frame times", 0.0}, {"average-count-rate times", 0.0}, {"zero", 0.0}};
  for (const FrameWitness& frame : frames) {
    if (!frame.frame_reference_s) return std::nullopt;
    const double start = seconds_between(series_time, frame.start);
    const double expected[] = {start, start + frame.duration_s / 2.0, start + average_count_time(frame, claim), 0.0};
    for (int i = 0; i < 4; ++i)
      meanings[i].worst_s = std::max(meanings[i].worst_s, std::abs(*frame.frame_reference_s - expected[i]));
  }
  return *std::ranges::min_element(meanings, {}, &Meaning::worst_s);
}

std::string frame_reference_meaning(const std::vector<FrameWitness>& frames,
                                    const DecayClaim& claim,
                                    DateTime series_time) {
  const auto best = meaning_of_references(frames, claim, series_time);
  if (!best) return "";
  if (best->worst_s > constancy_s) return "; frame reference times match no known meaning";
  return std::string("; frame reference times are ") + best->name;
}

const char* name_of_time(const DecayClaim& claim) {
  return claim.is_decay_time ? "decay correction time" : "series time";
}

std::string factor_count(std::size_t count) {
  return std::to_string(count) + (count == 1 ? " decay factor" : " decay factors");
}

// A time that the header gives for the reference.
struct Stated {
  DateTime time;
  std::string name;
};

std::string scanner_name(const DecayClaim& claim) {
  return "time " + claim.scanner_tag + " of the scanner";
}

// Of START the series time, then the scanner's own; of ADMIN the injection.
std::vector<Stated> stated_times(const DecayClaim& claim) {
  std::vector<Stated> stated;
  if (claim.found == DecayCorrection::Found::start) {
    if (claim.series_time) stated.push_back({*claim.series_time, name_of_time(claim)});
    if (claim.scanner_time) stated.push_back({*claim.scanner_time, scanner_name(claim)});
  } else if (claim.injection) {
    stated.push_back({*claim.injection, "injection time"});
  }
  return stated;
}

std::string distance_warning(const Stated& stated, DateTime used, const std::string& what) {
  return "the " + stated.name + " is " + seconds_text(seconds_between(used, stated.time)) + " from the " + what +
         ", which was used";
}

DecayReference reference_from_factors(const std::vector<FrameWitness>& frames,
                                      const DecayClaim& claim,
                                      const std::string& where) {
  const DateTime scan_start = frames.front().start;
  const FactorTimes factors = times_of_factors(frames, claim);
  if (!factors.is_constant)
    throw bad_input(where + " tag (0054,1321) DecayFactor",
                    "factors that refer to times " + seconds_text(factors.spread_s) + " apart (around " +
                        relative_text(factors.median, scan_start) + ")",
                    "one reference time");
  DecayReference reference{.time = factors.median, .evidence = {}, .warnings = {}};
  const double tolerance = std::max(agreement_s, factor_precision_s(claim));
  const std::vector<Stated> stated = stated_times(claim);
  const auto agreeing = std::ranges::find_if(
      stated, [&](const Stated& s) { return std::abs(seconds_between(s.time, factors.median)) <= tolerance; });
  if (agreeing != stated.end()) {
    reference.time = agreeing->time;
    reference.evidence = agreeing->name + ", confirmed by " + factor_count(frames.size());
    if (agreeing != stated.begin())
      reference.warnings.push_back(distance_warning(stated.front(), agreeing->time, agreeing->name));
  } else if (!stated.empty() && claim.found != DecayCorrection::Found::start) {
    throw bad_input(where + " tag (0054,1102) DecayCorrection",
                    "ADMIN with decay factors that refer to " + relative_text(factors.median, scan_start),
                    "factors that refer to the injection at " + relative_text(stated.front().time, scan_start));
  } else {
    reference.evidence = factor_count(frames.size()) + ", which refer to " + relative_text(factors.median, scan_start);
    if (!stated.empty())
      reference.warnings.push_back(
          distance_warning(stated.front(), factors.median, "time that the decay factors refer to"));
  }
  return reference;
}

// A series time before the scan may be that of the patient's arrival. Frame reference times, which count from it, tell;
// not that of an only frame, which some write as half its duration whatever the series time (IBSI object DRO 3.3).
void require_meaningful_references(const std::vector<FrameWitness>& frames,
                                   const DecayClaim& claim,
                                   const std::string& where) {
  const DateTime scan_start = frames.front().start;
  if (frames.size() < 2 || seconds_between(*claim.series_time, scan_start) <= agreement_s) return;
  const auto best = meaning_of_references(frames, claim, *claim.series_time);
  if (!best || best->worst_s <= constancy_s) return;
  throw bad_input(where + " tag (0008,0031) SeriesTime",
                  "decay correction START without decay factors, a series time " +
                      relative_text(*claim.series_time, scan_start) + " and a first frame reference time of " +
                      seconds_text(*frames.front().frame_reference_s) + ", which is not relative to it",
                  "times that tell the reference");
}

// Whether the scanner's own time, if it can be that of this scan, says another thing than the series time. Dates may
// have been altered in one of them only.
bool is_scanner_time_better(const DecayClaim& claim, DateTime scan_start) {
  constexpr double longest_wait_s = 12 * 3600.0;
  if (!claim.scanner_time) return false;
  const double lead_s = seconds_between(*claim.scanner_time, scan_start);
  if (lead_s < -agreement_s || lead_s > longest_wait_s) return false;
  return !claim.series_time || std::abs(seconds_between(*claim.series_time, *claim.scanner_time)) > agreement_s;
}

// A date that was changed alone would correct by powers of two.
void require_plausible_decay_time(const std::vector<FrameWitness>& frames, DateTime time, const std::string& where) {
  constexpr double longest_wait_s = 12 * 3600.0;
  const DateTime start = frames.front().start;
  const DateTime end = plus_seconds(frames.back().start, frames.back().duration_s);
  if (seconds_between(time, start) > longest_wait_s || time > end)
    throw bad_input(where + " tag (0018,9701) DecayCorrectionDateTime", "a time " + relative_text(time, start),
                    "one between 12 h before the scan and its end");
}

DecayReference reference_without_factors(const std::vector<FrameWitness>& frames,
                                         const DecayClaim& claim,
                                         const std::string& where) {
  const DateTime scan_start = frames.front().start;
  if (claim.found == DecayCorrection::Found::administration) {
    if (!claim.injection)
      throw bad_input(where + " tag (0018,1078) RadiopharmaceuticalStartDateTime",
                      "decay correction ADMIN without an injection time", "one, in the header or given by the user");
    return {*claim.injection,
            "injection time; no decay factor confirms it",
            {"the decay factors are 1 or missing although values are decay-corrected; the injection time was taken"}};
  }
  if (claim.is_decay_time) return {*claim.series_time, "decay correction time of the file", {}};
  const std::string unconfirmed = "the decay factors are 1 or missing although values are decay-corrected";
  if (is_scanner_time_better(claim, scan_start)) {
    DecayReference reference{.time = *claim.scanner_time,
                             .evidence = scanner_name(claim) + "; no decay factor confirms it",
                             .warnings = {unconfirmed + "; the " + scanner_name(claim) + " was taken"}};
    if (claim.series_time)
      reference.warnings.push_back(
          distance_warning({*claim.series_time, name_of_time(claim)}, reference.time, scanner_name(claim)));
    return reference;
  }
  if (!claim.series_time)
    throw bad_input(where + " tag (0008,0031) SeriesTime",
                    "decay correction START without series time or decay factors", "one of them");
  if (seconds_between(scan_start, *claim.series_time) > agreement_s)
    return {scan_start,
            "start of the scan; no decay factor confirms it",
            {unconfirmed + "; the series time is later than the first frame, so the scan start was taken"}};
  constexpr double longest_wait_s = 12 * 3600.0;
  if (seconds_between(*claim.series_time, scan_start) > longest_wait_s)
    throw bad_input(where + " tag (0008,0031) SeriesTime",
                    "a series time " + relative_text(*claim.series_time, scan_start),
                    "a series time at the scan start, or decay factors that tell the reference");
  require_meaningful_references(frames, claim, where);
  return {
      *claim.series_time, "series time; no decay factor confirms it", {unconfirmed + "; the series time was taken"}};
}

}  // namespace

std::string relative_text(DateTime time, DateTime scan_start) {
  const double seconds = seconds_between(scan_start, time);
  if (std::abs(seconds) < 0.05) return "the start of the scan";
  return seconds_text(std::abs(seconds)) + (seconds < 0.0 ? " before" : " after") + " the start of the scan";
}

bool do_factors_differ_from_one(const std::vector<FrameWitness>& frames) {
  return std::ranges::any_of(frames, is_other_than_one);
}

std::optional<DateTime> common_reference_of_factors(const std::vector<FrameWitness>& frames, const DecayClaim& claim) {
  if (!are_factors_witnesses(frames)) return std::nullopt;
  const FactorTimes factors = times_of_factors(frames, claim);
  return factors.is_constant ? std::optional(factors.median) : std::nullopt;
}

DecayClaim decay_claim(const Instance& instance, std::optional<DateTime> injection, double half_life_min) {
  using Found = DecayCorrection::Found;
  const std::string& stated = instance.decay_correction;
  return {.found = stated == "NONE"    ? Found::none
                   : stated == "START" ? Found::start
                   : stated == "ADMIN" ? Found::administration
                                       : Found::unknown,
          .series_time = instance.series_time,
          .injection = injection,
          .half_life_s = half_life_min * 60.0,
          .is_decay_time = instance.is_decay_time_stated,
          .scanner_time = instance.scanner_time,
          .scanner_tag = instance.scanner_time_tag};
}

DecayReference find_decay_reference(const std::vector<FrameWitness>& frames,
                                    const DecayClaim& claim,
                                    const std::string& where) {
  if (claim.is_decay_time) require_plausible_decay_time(frames, *claim.series_time, where);
  DecayReference reference = are_factors_witnesses(frames) ? reference_from_factors(frames, claim, where)
                                                           : reference_without_factors(frames, claim, where);
  if (claim.series_time) reference.evidence += frame_reference_meaning(frames, claim, *claim.series_time);
  return reference;
}

}  // namespace pet::detail
