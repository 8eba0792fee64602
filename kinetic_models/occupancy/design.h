// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

namespace pet {

/// Power of a two-sided paired t test of `subjects` with a mean change and a standard deviation of the change in the
/// same unit, by the noncentral t distribution: P(|T| > t_crit), noncentrality change / sd sqrt(n). Throws UsageError
/// for fewer than two subjects, a standard deviation that is not positive and a level outside 0 ... 1.
double paired_power(double change, double sd, int subjects, double alpha = 0.05);

/// The smallest number of subjects with at least that power. Throws UsageError too where there is none up to 100,000.
int subjects_needed(double change, double sd, double power, double alpha = 0.05);

/// The lower of the two concentrations that determine EC50 and Omax best (D-optimality, equal errors) where the highest
/// possible is `largest`: EC50 largest / (2 EC50 + largest); half of the scans belong there and half at `largest`.
/// Throws UsageError for numbers that are not positive.
double d_optimal_concentration(double EC50, double largest);

/// The concentration up to `largest` at which one scan more adds most to det(J'J) of EC50 and Omax, given those of the
/// scans made so far: where to go next. Without scans that determine both it is `largest` or the lower optimal one.
double next_concentration(std::span<const double> made, double EC50, double largest);

/// The occupancy by the tracer itself, F / (F + KD), from its free concentration in tissue and its KD in one unit. It
/// should stay below 0.05. Throws UsageError for a negative concentration and a KD that is not positive.
double mass_dose_occupancy(double free_concentration, double KD);

}  // namespace pet
