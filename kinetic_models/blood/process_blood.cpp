// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/blood/process_blood.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "kinetic_models/blood/sample_times.h"
#include "libpet/error.h"
#include "libpet/io/tsv.h"

namespace pet {
namespace {

std::string seconds(double minutes) {
  return format_seconds(minutes) + " s";
}

double largest(const SampleSeries& s) {
  return *std::max_element(s.value.begin(), s.value.end());
}

void add(std::vector<std::string>& notes, const std::vector<std::string>& more) {
  notes.insert(notes.end(), more.begin(), more.end());
}

std::optional<double> dispersion_of(const BloodSamples& samples, const BloodOptions& options) {
  const bool is_asked = options.dispersion_min && *options.dispersion_min > 0.0;
  if (is_asked && samples.autosampler_whole_blood.empty())
    throw UsageError("--dispersion is of an autosampler; the samples have none");
  if (is_asked && samples.is_dispersion_corrected)
    throw UsageError("--dispersion: the samples say that they are corrected for dispersion (DispersionCorrected)");
  if (samples.autosampler_whole_blood.empty() || samples.is_dispersion_corrected) return {};
  const auto tau = options.dispersion_min ? options.dispersion_min : samples.dispersion_constant_min;
  if (!tau || !(*tau > 0.0)) return {};
  return tau;
}

void append(SampleSeries& s, double time_min, double value) {
  s.time_min.push_back(time_min);
  s.value.push_back(value);
}

// Values at or before injection say nothing that is not known: there was no tracer. Those below zero are noise.
SampleSeries after_injection(const SampleSeries& s, const std::string& what, std::vector<std::string>& notes) {
  SampleSeries kept;
  int early = 0;
  int negative = 0;
  append(kept, 0.0, 0.0);
  for (std::size_t i = 0; i < s.size(); ++i) {
    if (s.time_min[i] <= 0.0) {
      if (s.value[i] != 0.0) ++early;
      continue;
    }
    if (s.value[i] < 0.0) ++negative;
    append(kept, s.time_min[i], std::max(0.0, s.value[i]));
  }
  if (early > 0)
    notes.push_back(std::to_string(early) + " samples of " + what + " at or before injection were taken as zero");
  if (negative > 0) notes.push_back(std::to_string(negative) + " samples of " + what + " below zero were set to zero");
  if (kept.size() > 1 && kept.value[1] > 0.1 * largest(kept))
    notes.push_back("the first sample of " + what + ", at " + seconds(kept.time_min[1]) +
                    ", is above 10 % of the peak; before it there is a straight line from zero at injection");
  return kept;
}

// Straight lines between samples and a tail after the last.
BloodCurve curve_of(const SampleSeries& s, AfterLast after_last) {
  return [line = linear_curve(s), tail = tail_of(s, after_last)](double t) {
    return t > tail.start_min ? tail.at(t) : line(t);
  };
}

void note_implausible(const SampleSeries& s, const std::string& what, std::vector<std::string>& notes) {
  constexpr double least_kBq = 0.5;
  constexpr double most_kBq = 5000.0;
  const double peak = largest(s);
  if (peak < least_kBq || peak > most_kBq)
    notes.push_back("the peak of " + what + " is " + format_number(peak) +
                    " kBq/mL, which is not plausible in a person (0.5 to 5000): are its units kBq/mL or Bq/mL?");
}

// Total plasma as samples: from the autosampler with the ratio, then as drawn.
SampleSeries plasma_samples(const BloodSamples& samples,
                            const BloodOptions& options,
                            const std::string& source,
                            ProcessedBlood& result) {
  const WholeBlood& whole = result.whole_blood;
  const bool needs_ratio = whole.autosampler_end_min || samples.plasma.empty();
  if (!needs_ratio) return samples.plasma;
  if (!samples.plasma_to_blood_ratio.empty())
    result.ratio.samples = samples.plasma_to_blood_ratio;
  else
    result.ratio = measured_ratio(samples.plasma, samples.whole_blood.empty() ? whole.samples : samples.whole_blood);
  if (result.ratio.samples.empty())
    throw bad_input(source, "no plasma with whole blood at its time",
                    "plasma samples, or whole blood with a plasma-to-blood ratio");
  model_ratio(result.ratio, options.ratio, whole.samples.time_min.back());
  const double join = samples.plasma.empty() ? whole.samples.time_min.back() : *whole.autosampler_end_min;
  SampleSeries plasma;
  for (std::size_t i = 0; i < whole.samples.size() && whole.samples.time_min[i] <= join; ++i)
    append(plasma, whole.samples.time_min[i], whole.samples.value[i] * result.ratio.curve(whole.samples.time_min[i]));
  for (std::size_t i = 0; i < samples.plasma.size(); ++i)
    if (samples.plasma.time_min[i] > join) append(plasma, samples.plasma.time_min[i], samples.plasma.value[i]);
  return plasma;
}

struct Curves {
  BloodCurve whole_blood;
  BloodCurve plasma;
  BloodCurve parent_fraction;
  BloodCurve parent_plasma;
  std::vector<double> knots;
};

void check_usable(const BloodSamples& samples, const BloodOptions& options, const std::string& source) {
  const bool has_blood = !samples.whole_blood.empty() || !samples.autosampler_whole_blood.empty();
  if (samples.parent_plasma.empty() && samples.plasma.empty() && !(has_blood && !samples.plasma_to_blood_ratio.empty()))
    throw bad_input(source, has_blood ? "whole blood without plasma" : "no blood sample",
                    "plasma samples, or whole blood with a plasma-to-blood ratio");
  if (samples.parent_plasma.empty() && samples.parent_fraction.empty() && options.parent_fraction != "none")
    throw bad_input(source, "plasma without a parent fraction",
                    "metabolite_parent_fraction, or --parent-fraction none to take all of it as parent");
  for (const SampleSeries* s : {&samples.plasma, &samples.parent_plasma})
    if (!s->empty() && !(largest(*s) > 0.0))
      throw bad_input(source, "plasma that is never above zero", "radioactivity");
}

// Parent in plasma: as the file gives it, or plasma x fraction, or a model of either.
void make_parent(const SampleSeries& points, const BloodOptions& options, Curves& curves, ProcessedBlood& result) {
  if (options.aif == "interpolation") return;
  SampleSeries parent;
  for (const double t : points.time_min) append(parent, t, curves.parent_plasma(t));
  // What is fitted starts after injection: the zero there is no sample.
  parent.time_min.erase(parent.time_min.begin());
  parent.value.erase(parent.value.begin());
  result.arterial = fit_arterial_input(parent, options.aif, curves.parent_plasma);
  curves.parent_plasma = result.arterial->curve;
  if (result.arterial->fit.status != FitStatus::ok)
    result.notes.push_back("the fit of the input function by " + options.aif + " has status " +
                           std::string(name_of(result.arterial->fit.status)));
}

Curves make_curves(const BloodSamples& samples,
                   const BloodOptions& options,
                   const std::string& source,
                   ProcessedBlood& result) {
  Curves curves;
  SampleSeries points;
  const bool is_corrected = !samples.parent_plasma.empty();
  if (!result.whole_blood.samples.empty()) {
    const SampleSeries blood = after_injection(result.whole_blood.samples, "whole blood", result.notes);
    note_implausible(blood, "whole blood", result.notes);
    curves.whole_blood = curve_of(blood, options.after_last);
    curves.knots = blood.time_min;
  }
  if (is_corrected) {
    points = after_injection(samples.parent_plasma, "parent plasma", result.notes);
    curves.parent_plasma = curve_of(points, options.after_last);
  } else {
    points = after_injection(plasma_samples(samples, options, source, result), "plasma", result.notes);
    add(result.notes, result.ratio.notes);
    curves.plasma = curve_of(points, options.after_last);
  }
  note_implausible(points, "plasma", result.notes);
  curves.knots.insert(curves.knots.end(), points.time_min.begin(), points.time_min.end());
  if (!samples.parent_fraction.empty() && options.parent_fraction != "none" && !is_corrected) {
    result.parent_fraction = parent_fraction(samples.parent_fraction, options.parent_fraction, options.is_start_fitted);
    add(result.notes, result.parent_fraction.notes);
    curves.parent_fraction = result.parent_fraction.curve;
    const auto& t = samples.parent_fraction.time_min;
    curves.knots.insert(curves.knots.end(), t.begin(), t.end());
    curves.parent_plasma = [plasma = curves.plasma, fraction = curves.parent_fraction](double time) {
      return plasma(time) * fraction(time);
    };
  } else if (!is_corrected) {
    curves.parent_plasma = curves.plasma;
    result.notes.push_back("all radioactivity in plasma was taken as parent (--parent-fraction none)");
  }
  result.last_sample_min = points.time_min.back();
  make_parent(points, options, curves, result);
  std::sort(curves.knots.begin(), curves.knots.end());
  return curves;
}

// The curves as the tissue sees them, at times that begin with a zero at injection.
InputFunction sampled(const Curves& curves, const BloodOptions& options, double end_min, const std::string& source) {
  std::vector<BloodCurve> concentrations;
  for (const BloodCurve* curve : {&curves.whole_blood, &curves.plasma, &curves.parent_plasma})
    if (*curve) concentrations.push_back(*curve);
  const double delay = options.delay_min;
  if (!(end_min - delay > 0.0)) throw UsageError("--delay " + seconds(delay) + " leaves nothing of the blood");
  std::vector<double> times = {0.0};
  double peak = 0.0;
  for (const double t : sample_times(concentrations, curves.knots, end_min - delay)) {
    if (t + delay > 1e-9) times.push_back(t + delay);
    peak = std::max(peak, curves.parent_plasma(t));
  }
  if (delay < 0.0 && curves.parent_plasma(-delay) > 0.01 * peak)
    throw bad_input(source, "parent in plasma already above 1 % of its peak " + seconds(-delay) + " after injection",
                    "a --delay that moves no radioactivity before injection");
  InputFunction input;
  input.time_min = times;
  for (const double t : times) {
    const auto at = [&](const BloodCurve& curve) { return t - delay <= 0.0 || t == 0.0 ? 0.0 : curve(t - delay); };
    if (curves.whole_blood) input.whole_blood.push_back(at(curves.whole_blood));
    if (curves.plasma) input.plasma.push_back(at(curves.plasma));
    if (curves.parent_fraction)
      input.parent_fraction.push_back(std::clamp(curves.parent_fraction(t - delay), 0.0, 1.0));
    input.parent_plasma.push_back(at(curves.parent_plasma));
  }
  return input;
}

std::string after_last_sentence(const ProcessedBlood& result, const BloodOptions& options, bool has_fraction) {
  const double last = result.last_sample_min + options.delay_min;
  std::string text = "the last plasma sample is at " + seconds(last) + "; ";
  if (result.end_min < last - 1e-9) return text + "the curves were cut at " + seconds(result.end_min);
  if (result.end_min < last + 1e-9) return text + "nothing was extrapolated";
  text += std::string("from there to ") + seconds(result.end_min) + " whole blood and plasma " +
          (options.after_last == AfterLast::hold ? "were held at their last values"
                                                 : "follow an exponential through their last five samples");
  if (has_fraction)
    text += result.parent_fraction.chosen >= 0 ? ", the parent fraction follows its model"
                                               : ", the parent fraction was held too";
  if (result.arterial) text += ", the input function follows its own";
  return text;
}

}  // namespace

ProcessedBlood process_blood(const BloodSamples& samples, const BloodOptions& options, const std::string& source) {
  check_usable(samples, options, source);
  ProcessedBlood result;
  result.notes = samples.notes;
  result.whole_blood = join_whole_blood(samples, dispersion_of(samples, options), options.autosampler_end_min);
  add(result.notes, result.whole_blood.notes);
  if (result.whole_blood.samples.empty())
    result.notes.push_back("there is no whole blood: fits with a vB term need it");
  const Curves curves = make_curves(samples, options, source, result);
  result.end_min = options.until_min.value_or(result.last_sample_min + options.delay_min);
  result.input = sampled(curves, options, result.end_min, source);
  result.after_last = after_last_sentence(result, options, static_cast<bool>(curves.parent_fraction));
  const auto& blood = result.whole_blood.samples;
  if (!blood.empty() && blood.time_min.back() + options.delay_min < result.end_min - 1e-9 &&
      blood.time_min.back() < result.last_sample_min - 1e-9)
    result.notes.push_back("the last sample of whole blood is at " + seconds(blood.time_min.back()) +
                           ", before the last of plasma");
  return result;
}

}  // namespace pet
