// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <variant>
#include <vector>

#include "kinetic_models/fit.h"
#include "kinetic_models/plasma.h"
#include "kinetic_models/reference_region.h"

namespace pet {

/// A free parameter of a nonlinear fit.
struct Parameter {
  std::string_view symbol;
  std::string_view unit;
  double initial;
  double lower;
  double upper;
  double floor;  ///< the model is not defined at or below it (BPND = -1, a rate of 0): bounds must lie above
};

/// A quantity that a model reports, fitted or derived, in the order of its output.
struct Quantity {
  std::string_view symbol;
  std::string_view unit;
  std::string_view meaning;
};

/// Whether a model takes an option.
enum class Use { no, optional, required };

using ReferenceFit = Fit (*)(const TimeActivityCurve& target, const ReferenceRegion&, const FitOptions&);
using PlasmaFit = Fit (*)(const TimeActivityCurve& target, const Plasma&, const FitOptions&);

/// The curve of a nonlinear model, one value a frame, from its free parameters and the prepared input; `jacobian`
/// (frames x parameters, row-major) holds the derivatives unless it is empty.
using Predict = void (*)(std::span<const double> parameters,
                         const SampledInput& input,
                         const FitOptions& options,
                         std::span<double> predicted,
                         std::span<double> jacobian);

/// Everything the toolkit knows of a model: help, documentation, tests and commands follow from these records.
struct Model {
  std::string_view name;   ///< registry name, "srtm"
  std::string_view label;  ///< in BIDS file names, "SRTM"
  std::string_view title;
  std::string_view citation;
  std::string_view doi;
  std::string_view limits;                  ///< when not to use it, one sentence
  std::span<const Parameter> parameters{};  ///< of a nonlinear fit; empty for linear methods
  std::span<const Quantity> quantities;     ///< what it reports
  std::size_t least_frames;                 ///< frames that a fit needs
  Use k2prime = Use::no;
  Use t_star = Use::no;
  bool uses_weights = true;
  std::string_view k2prime_model{};  ///< the full form that estimates k2prime in a region
  Predict predict = nullptr;            ///< of a nonlinear model
  std::variant<ReferenceFit, PlasmaFit> fit;

  bool needs_plasma() const { return std::holds_alternative<PlasmaFit>(fit); }
};

/// Fits a reference tissue model. The target must be on the reference's frames. The reference region itself gives
/// BPND = 0 and R1 = 1 with status `unidentifiable`; a curve of zeros gives `failed`. Throws UsageError for options
/// that the model needs and lacks, InputError where fewer frames than parameters are left.
Fit fit(const Model& model,
        const TimeActivityCurve& target,
        const ReferenceRegion& reference,
        const FitOptions& options = {});

/// Fits a model with a plasma input.
Fit fit(const Model& model, const TimeActivityCurve& target, const Plasma& plasma, const FitOptions& options = {});

/// The free parameters of a nonlinear model with the overrides of the options; none for a linear model. Throws
/// UsageError for a symbol that the model does not have.
std::vector<Parameter> bounds_used(const Model& model, const FitOptions& options);

}  // namespace pet
