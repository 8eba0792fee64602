// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

#include "libpet/frames.h"

namespace pet {

/// The divided difference exp[x0, ..., xn] of the exponential function: exp(x0) for one point, (e^x1 - e^x0) / (x1 -
/// x0) for two, the n-th derivative over n! where all points are equal. Accurate to a few units in the last place for
/// any points, equal, nearly equal or far apart. At least one point.
///
/// It is what linear compartments are made of: the convolution of n exponentials, e^{a1 t} (x) ... (x) e^{an t}, is
/// t^(n-1) exp[a1 t, ..., an t] (McCurdy, Ng, Parlett. Math Comp 1984;43:501-528.
/// doi:10.1090/S0025-5718-1984-0758198-0).
double exp_divided_difference(std::span<const double> points);

/// coefficient * (e^{a1 t} (x) ... (x) e^{an t}), one rate a piece in 1/min; a repeated rate makes t e^{at}.
struct ExponentialChain {
  double coefficient = 0.0;
  std::vector<double> rates_per_min;
};

/// A function of time that is zero up to `onset_min` and a sum of convolved exponentials after it. Closed under
/// convolution with an exponential, so that blood and tissue curves are the same kind of thing; its frame averages are
/// exact and lose no digits where rates coincide.
class ConvolvedExponentials {
 public:
  ConvolvedExponentials(double onset_min, std::vector<ExponentialChain> chains);

  double onset_min() const { return onset_min_; }
  double value(double time_min) const;
  /// Integral over [start_min, end_min], in value x minutes.
  double integral(double start_min, double end_min) const;
  /// Mean over every frame.
  std::vector<double> averages(const Frames& frames) const;

  /// This function convolved with exp(rate t); a rate of 0 gives its running integral.
  ConvolvedExponentials convolved(double rate_per_min) const;
  ConvolvedExponentials scaled(double factor) const;
  /// The sum of two functions. Both must start at the same time.
  ConvolvedExponentials plus(const ConvolvedExponentials& other) const;

 private:
  double onset_min_;
  std::vector<ExponentialChain> chains_;
};

}  // namespace pet
