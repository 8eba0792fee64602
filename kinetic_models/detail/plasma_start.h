// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "kinetic_models/model.h"

namespace pet::detail {

/// An impulse response of one or two exponentials, a start for compartment models with a plasma input:
/// sum of amplitude x exp(-rate t), with the blood that goes with it.
struct Response {
  struct Term {
    double amplitude = 0.0;
    double rate = 0.0;
  };
  Term fast;
  Term slow;  ///< amplitude 0 for one exponential
  double vB = 0.0;
  double delay_min = 0.0;

  double K1() const { return fast.amplitude + slow.amplitude; }
  /// The rate constants of the two-tissue model with this impulse response: k2 = -h'(0) / h(0), k2 k4 = product and
  /// k2 + k3 + k4 = sum of the rates.
  double k2() const { return (fast.amplitude * fast.rate + slow.amplitude * slow.rate) / K1(); }
  double k4() const { return fast.rate * slow.rate / k2(); }
  double k3() const { return fast.rate + slow.rate - k2() - k4(); }
};

/// The best responses of one exponential, one a delay that is tried (several where the delay is fitted), each the best
/// of a grid of rates with amplitude and blood by least squares. Best first; never none.
std::vector<Response> one_rate_responses(const Model& model,
                                         const TimeActivityCurve& target,
                                         const Plasma& plasma,
                                         const FitOptions& options);

/// The same for two exponentials with amplitudes above zero.
std::vector<Response> two_rate_responses(const Model& model,
                                         const TimeActivityCurve& target,
                                         const Plasma& plasma,
                                         const FitOptions& options);

}  // namespace pet::detail
