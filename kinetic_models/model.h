// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <cstddef>
#include <span>
#include <string_view>
#include <variant>
#include <vector>

#include "kinetic_models/fit.h"
#include "kinetic_models/scan_input.h"

namespace pet {

inline constexpr double not_held = not_available;

/// A parameter of a nonlinear fit.
struct Parameter {
  std::string_view symbol;
  std::string_view unit;
  double initial;
  double lower;
  double upper;
  double floor;            ///< the model is not defined at or below it (BPND = -1, a rate of 0): bounds must lie above
  double held = not_held;  ///< the value at which it is held unless a fit of it is asked for

  bool is_held() const { return !std::isnan(held); }
};

/// A quantity that a model reports, fitted or derived, in the order of its output.
struct Quantity {
  std::string_view symbol;
  std::string_view unit;
  std::string_view meaning;
  bool needs_fP = false;  ///< reported only where the plasma free fraction is given
};

/// Whether a model takes an option.
enum class Use { no, optional, required };

using ReferenceFit = Fit (*)(const TimeActivityCurve& target, const ReferenceRegion&, const FitOptions&);
using PlasmaFit = Fit (*)(const TimeActivityCurve& target, const Plasma&, const FitOptions&);

/// The curve of a nonlinear model, one value a frame, from all its parameters; `jacobian` (frames x parameters,
/// row-major) holds the derivatives unless it is empty.
using Predict = void (*)(std::span<const double> parameters,
                         const ScanInput& input,
                         std::span<double> predicted,
                         std::span<double> jacobian);

/// What a model reports, one value a quantity, from its parameters (nonlinear) or coefficients (linear); `gradient`
/// (quantities x parameters, row-major) holds the derivatives unless it is empty.
using Derive = void (*)(std::span<const double> parameters,
                        const FitOptions& options,
                        std::span<double> values,
                        std::span<double> gradient);

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
  Use vB = Use::no;
  Use delay = Use::no;
  Use VND = Use::no;
  bool needs_blood = false;  ///< a reference model that needs whole blood beside the reference
  bool uses_weights = true;
  bool divides_by_target = false;    ///< its points are over the noisy target curve (Logan, MRTM0)
  std::string_view shares{};         ///< a parameter that all regions of a scan have in common
  std::string_view k2prime_model{};  ///< the full form that estimates k2prime in a region
  Predict predict = nullptr;         ///< of a nonlinear model
  Derive derive = nullptr;
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

/// The same with either input.
Fit fit(const Model& model, const TimeActivityCurve& target, const ScanInput& input, const FitOptions& options = {});

/// The parameters of a nonlinear model as the options want them: bounds, starts, and which are held; none for a linear
/// model. Throws UsageError for a symbol that the model does not have.
std::vector<Parameter> bounds_used(const Model& model, const FitOptions& options);

}  // namespace pet
