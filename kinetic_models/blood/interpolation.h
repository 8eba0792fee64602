// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "libpet/blood/samples.h"

namespace pet {

/// A quantity of blood as a function of time in minutes after injection.
using BloodCurve = std::function<double(double time_min)>;

/// Straight lines through the samples; the first value held before the first, the last after the last. At least one.
BloodCurve linear_curve(SampleSeries samples);

/// The monotone cubic through the samples (Fritsch FN, Carlson RE. SIAM J Numer Anal 1980;17:238-246; slopes of
/// Fritsch and Butland as in Boost.Math), held likewise. Straight lines where there are fewer than four samples.
BloodCurve monotone_curve(SampleSeries samples);

/// What a curve does after its last sample.
enum class AfterLast { hold, exponential };

/// A curve after its last sample: C_last exp(-lambda (t - t_last)), lambda from a straight line through the logarithms
/// of the last five samples that are above zero and later than the largest.
struct Tail {
  double start_min = 0.0;
  double value = 0.0;           ///< of the last sample
  double lambda_per_min = 0.0;  ///< 0: held, also where fewer than three samples are left or they rise

  double at(double time_min) const;
};
Tail tail_of(const SampleSeries& samples, AfterLast after_last);

}  // namespace pet
