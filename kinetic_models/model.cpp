// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/model.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "kinetic_models/detail/frames_used.h"
#include "kinetic_models/detail/least_squares.h"
#include "libpet/error.h"

namespace pet {
namespace {

void require(Use use, bool is_given, std::string_view model, std::string_view option) {
  if (use == Use::required && !is_given)
    throw UsageError("model " + std::string(model) + " needs " + std::string(option));
  if (use == Use::no && is_given)
    throw UsageError("model " + std::string(model) + " does not take " + std::string(option));
}

void check_options(const Model& model, const FitOptions& options) {
  const auto is_released = [&](std::string_view symbol) {
    return std::find(options.released.begin(), options.released.end(), symbol) != options.released.end();
  };
  const auto is_given = [&](Use use, bool given, std::string_view symbol) {
    return given || (use == Use::required && is_released(symbol));
  };
  require(model.k2prime, is_given(model.k2prime, options.k2prime.has_value(), "k2prime"), model.name, "k2prime");
  require(model.t_star, options.t_star_min.has_value(), model.name, "t*");
  require(model.vB, options.vB.is_given(), model.name, "vB");
  require(model.needs_blood ? Use::optional : Use::no, options.vB_reference.is_given(), model.name,
          "vB of the reference");
  require(model.delay, options.delay_min.is_given(), model.name, "a delay");
  require(model.VND, is_given(model.VND, options.VND.is_given(), "VND"), model.name, "VND");
  if (options.VND.value && !(*options.VND.value > 0.0 && std::isfinite(*options.VND.value)))
    throw UsageError("VND " + std::to_string(*options.VND.value) + " mL/cm3: it must be positive");
  for (const auto& vB : {options.vB.value, options.vB_reference.value})
    if (vB && !(*vB >= 0.0 && *vB < 1.0))
      throw UsageError("vB " + std::to_string(*vB) + ": it must lie from 0 to below 1");
  if (model.parameters.empty() && (options.vB.is_fitted || options.delay_min.is_fitted))
    throw UsageError("model " + std::string(model.name) + " is linear: vB and delay can be given, not fitted");
  if (options.k2prime && !(*options.k2prime > 0.0 && std::isfinite(*options.k2prime)))
    throw UsageError("k2prime " + std::to_string(*options.k2prime) + " /min: it must be positive");
  if (options.starts < 1) throw UsageError("starts " + std::to_string(options.starts) + ": at least one is needed");
  if (!options.bounds.empty() && model.parameters.empty())
    throw UsageError("model " + std::string(model.name) + " is linear and takes no bounds");
  detail::with_bounds(model.parameters, options);
  if (options.loss != Loss::none && model.parameters.empty())
    throw UsageError("model " + std::string(model.name) + " is linear and takes no robust loss");
}

// A result without estimates, for curves on which no model can say anything.
Fit without_estimates(const Model& model, FitStatus status, std::string flag, std::size_t frames) {
  Fit fit;
  fit.status = status;
  fit.flags.push_back(std::move(flag));
  for (const Quantity& quantity : model.quantities) fit.estimates.push_back({quantity.symbol, quantity.unit});
  fit.fitted.assign(frames, not_available);
  return fit;
}

bool is_zero(const TimeActivityCurve& tac) {
  return std::all_of(tac.activity.begin(), tac.activity.end(), [](double a) { return a == 0.0; });
}

// Every reference model has this exact answer for its own reference, where its rate constants are not determined. For
// patlak-ref it is the answer too: C_R = 0 int C_R + 1 C_R.
Fit reference_itself(const Model& model, const TimeActivityCurve& target) {
  Fit fit = without_estimates(model, FitStatus::unidentifiable, "target_is_reference", target.frames.size());
  for (Estimate& estimate : fit.estimates) {
    if (estimate.symbol == "BPND" || estimate.symbol == "Ki") estimate.value = 0.0;
    if (estimate.symbol == "R1" || estimate.symbol == "DVR" || estimate.symbol == "SUVR") estimate.value = 1.0;
  }
  fit.fitted = target.activity;
  return fit;
}

void require_same_frames(const TimeActivityCurve& target, const TimeActivityCurve& reference) {
  if (target.frames != reference.frames)
    throw UsageError("the target has " + std::to_string(target.frames.size()) + " frames, the reference " +
                     std::to_string(reference.frames.size()) + ", or they differ in time: both must be of one scan");
}

// Minutes of the frames used after the last plasma sample, over which the last value is held. A short end is flagged,
// more than 5 % of the time to the last frame used is refused.
double require_plasma_until_end(const TimeActivityCurve& target, const Plasma& plasma, const FitOptions& options) {
  constexpr double most_held = 0.05;
  double end = 0.0;
  for (const Frame& frame : target.frames)
    if (!options.t_end_min || frame.mid_min() <= *options.t_end_min) end = std::max(end, frame.end_min);
  const double held = end - plasma.end_min() - options.delay_min.value.value_or(0.0);
  constexpr double rounding_min = 1e-6;
  if (held <= rounding_min) return 0.0;
  if (held > most_held * end)
    throw bad_input("input function", "a last sample at " + std::to_string(plasma.end_min()) + " min",
                    "samples to the end of the last frame used, " + std::to_string(end) + " min (or an earlier t-end)");
  return held;
}

void require_whole_blood(const Plasma& plasma, const FitOptions& options) {
  const bool is_released = std::find(options.released.begin(), options.released.end(), "vB") != options.released.end();
  const bool is_used = is_released || options.vB.is_fitted || options.vB.value.value_or(0.0) > 0.0;
  if (is_used && !plasma.has_whole_blood())
    throw bad_input("input function", "no whole blood", "a column whole_blood_radioactivity, which vB needs (or vB 0)");
}

// A linear method on the tissue alone: the plasma delayed, the blood in the region taken off.
Fit fit_linear(PlasmaFit function, const TimeActivityCurve& target, const Plasma& plasma, const FitOptions& options) {
  const double delay = options.delay_min.value.value_or(plasma.delay_min());
  const double vB = options.vB.value.value_or(0.0);
  const Plasma delayed = delay == plasma.delay_min() ? plasma : plasma.delayed(delay);
  if (vB == 0.0) return function(target, delayed, options);
  const std::vector<double> blood = plasma.whole_blood().moved(delay).value;
  TimeActivityCurve tissue = target;
  for (std::size_t i = 0; i < blood.size(); ++i) tissue.activity[i] = (target.activity[i] - vB * blood[i]) / (1.0 - vB);
  Fit fit = function(tissue, delayed, options);
  for (std::size_t i = 0; i < blood.size(); ++i) fit.fitted[i] = (1.0 - vB) * fit.fitted[i] + vB * blood[i];
  return fit;
}

}  // namespace

Fit fit(const Model& model,
        const TimeActivityCurve& target,
        const ReferenceRegion& reference,
        const FitOptions& options) {
  const auto* function = std::get_if<ReferenceFit>(&model.fit);
  if (function == nullptr) throw UsageError("model " + std::string(model.name) + " needs a plasma input function");
  check_options(model, options);
  require_same_frames(target, reference.tac());
  if (model.needs_blood && !reference.has_whole_blood())
    throw UsageError("model " + std::string(model.name) + " needs whole blood");
  if (is_zero(target)) return without_estimates(model, FitStatus::failed, "zero_curve", target.frames.size());
  if (is_zero(reference.tac()))
    return without_estimates(model, FitStatus::failed, "zero_reference", target.frames.size());
  if (target.activity == reference.tac().activity) {
    detail::frames_used(target, options, model.least_frames, model.name);
    return reference_itself(model, target);
  }
  return (*function)(target, reference, options);
}

Fit fit(const Model& model, const TimeActivityCurve& target, const Plasma& plasma, const FitOptions& options) {
  const auto* function = std::get_if<PlasmaFit>(&model.fit);
  if (function == nullptr) throw UsageError("model " + std::string(model.name) + " needs a reference region");
  check_options(model, options);
  if (target.frames != plasma.frames())
    throw UsageError("the input function was prepared for other frames than the target's");
  require_whole_blood(plasma, options);
  if (is_zero(target)) return without_estimates(model, FitStatus::failed, "zero_curve", target.frames.size());
  const double held_min = require_plasma_until_end(target, plasma, options);
  Fit result =
      model.parameters.empty() ? fit_linear(*function, target, plasma, options) : (*function)(target, plasma, options);
  if (held_min > 0.0) result.flags.push_back("plasma_held");
  return result;
}

Fit fit(const Model& model, const TimeActivityCurve& target, const ScanInput& input, const FitOptions& options) {
  return input.is_plasma() ? fit(model, target, input.plasma(), options)
                           : fit(model, target, input.reference(), options);
}

std::vector<Parameter> bounds_used(const Model& model, const FitOptions& options) {
  return detail::with_bounds(model.parameters, options);
}

}  // namespace pet
