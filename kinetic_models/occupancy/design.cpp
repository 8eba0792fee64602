// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/occupancy/design.h"

#include <algorithm>
#include <boost/math/distributions/non_central_t.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <string>

#include "libpet/error.h"
#include "libpet/io/tsv.h"

namespace pet {
namespace {

void require_positive(double value, const char* name) {
  if (!(value > 0.0)) throw UsageError(std::string(name) + " " + format_number(value) + ": expected a positive number");
}

// J'J of Omax (times any constant) and EC50 at some concentrations.
struct Information {
  double omax = 0.0;
  double mixed = 0.0;
  double ec50 = 0.0;

  void add(double C, double EC50) {
    const double by_omax = C / (EC50 + C);
    const double by_ec50 = -C / ((EC50 + C) * (EC50 + C));
    omax += by_omax * by_omax;
    mixed += by_omax * by_ec50;
    ec50 += by_ec50 * by_ec50;
  }
  double determinant() const { return omax * ec50 - mixed * mixed; }
};

}  // namespace

double paired_power(double change, double sd, int subjects, double alpha) {
  require_positive(sd, "standard deviation");
  if (subjects < 2) throw UsageError(std::to_string(subjects) + " subjects: a paired test needs two");
  if (!(alpha > 0.0 && alpha < 1.0))
    throw UsageError("level " + format_number(alpha) + ": it must lie between 0 and 1");
  const double freedom = subjects - 1.0;
  const double critical = boost::math::quantile(boost::math::students_t(freedom), 1.0 - 0.5 * alpha);
  const double shift = std::abs(change) / sd * std::sqrt(static_cast<double>(subjects));
  const boost::math::non_central_t statistic(freedom, shift);
  return boost::math::cdf(boost::math::complement(statistic, critical)) + boost::math::cdf(statistic, -critical);
}

int subjects_needed(double change, double sd, double power, double alpha) {
  if (!(power > 0.0 && power < 1.0))
    throw UsageError("power " + format_number(power) + ": it must lie between 0 and 1");
  constexpr int most = 100000;
  int above = 2;
  while (paired_power(change, sd, above, alpha) < power) {
    if (above >= most) throw UsageError("no number of subjects up to 100000 has that power");
    above *= 2;
  }
  int below = above / 2;  // power rises with the number
  while (above - below > 1) {
    const int middle = (above + below) / 2;
    (middle >= 2 && paired_power(change, sd, middle, alpha) >= power ? above : below) = middle;
  }
  return above;
}

double d_optimal_concentration(double EC50, double largest) {
  require_positive(EC50, "EC50");
  require_positive(largest, "largest concentration");
  return EC50 * largest / (2.0 * EC50 + largest);
}

double next_concentration(std::span<const double> made, double EC50, double largest) {
  require_positive(EC50, "EC50");
  require_positive(largest, "largest concentration");
  Information so_far;
  for (const double C : made) {
    if (!(C >= 0.0)) throw UsageError("a concentration of " + std::to_string(C) + ": expected none below zero");
    so_far.add(C, EC50);
  }
  // Without drug nothing is learnt of EC50, so the first concentration is as high as can be.
  if (std::ranges::none_of(made, [](double C) { return C > 0.0; })) return largest;
  constexpr int steps = 4000;
  double best = largest;
  double most = -1.0;
  for (int i = 1; i <= steps; ++i) {
    const double C = largest * std::pow(1e-4, 1.0 - static_cast<double>(i) / steps);
    Information with = so_far;
    with.add(C, EC50);
    if (with.determinant() > most) most = with.determinant(), best = C;
  }
  return best;
}

double mass_dose_occupancy(double free_concentration, double KD) {
  require_positive(KD, "KD");
  if (!(free_concentration >= 0.0))
    throw UsageError("free concentration " + format_number(free_concentration) + ": expected none below zero");
  return free_concentration / (free_concentration + KD);
}

}  // namespace pet
