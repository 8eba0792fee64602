// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "kinetic_models/occupancy/dose_response.h"

namespace pet {

/// A curve over several subjects who differ:
///
///   EC50_i = EC50 exp(omega_EC50 u_i1),   Omax_i = Omax exp(omega_Omax u_i2),   u standard normal,
///   y_ij = Omax_i C_ij^h / (EC50_i^h + C_ij^h) + e_ij,   e_ij of variance sigma^2 / w_ij
///
/// or for binding BP0_i (1 - O_ij) with a BP0 of each subject and a flat prior.
struct PooledOptions {
  CurveOptions curve;  ///< shape, endpoint, full, level; E0 is held
  bool is_EC50_random = true;
  bool is_Omax_random = false;
};

struct PooledSubject {
  std::string name;
  double EC50 = not_available;  ///< most likely, given the data of all
  double Omax = not_available;
  double BP0 = not_available;  ///< for binding
};

struct PooledFit {
  FitStatus status = FitStatus::failed;
  std::vector<std::string> flags;
  std::vector<Estimate> estimates;  ///< Omax, EC50, hill, omega_EC50, omega_Omax, sigma
  std::vector<PooledSubject> subjects;
  double deviance = not_available;  ///< -2 log likelihood, without N log(2 pi) of constants
  std::size_t observations = 0;
  std::size_t parameters = 0;

  const Estimate& operator[](std::string_view symbol) const;  ///< asserts that there is one
};

/// Maximum likelihood by the Laplace approximation with the Gauss-Newton Hessian (first-order conditional estimation,
/// FOCE): for every subject the most likely u is found, and its integral taken as that of the normal density there,
///
///   deviance = sum_i [ n_i log sigma^2 - sum_j log w_ij + r_i'r_i / sigma^2 + u_i'u_i + log |Z_i'Z_i / sigma^2 + I| ]
///
/// with weighted residuals r and their derivatives Z by u (for a BP0 without the I). Lindstrom MJ, Bates DM. Biometrics
/// 1990;46:673-687; Wolfinger R. Biometrika 1993;80:791-795. Several omegas are started from, because the
/// deviance is even in them and stands still at zero whether or not that is its minimum.
///
/// Intervals of EC50, Omax and h are profiles: a deviance of at most the smallest + rho nu log(1 + t^2 / nu), which is
/// exact for a mean whose variance is profiled too (of rho nu observations). Student's t has the nu degrees of freedom
/// of Satterthwaite, 2 V^2 / Var(V), V being the variance of the logarithm of that parameter at the
/// omegas and sigma, whose own covariance comes from the curvature of the deviance (Fai AH-T, Cornelius PL. J Stat
/// Comput Simul 1996;54:363-378); between one less than subjects, which say what the population is, and one less than
/// observations for each parameter. rho is V at the omegas and sigma of restricted likelihood over that at those of
/// maximum likelihood, by one Newton step on deviance + log |information of EC50, Omax and h| (Patterson HD, Thompson
/// R. Biometrika 1971;58:545-554): maximum likelihood takes no account of what these were fitted. Omegas and sigma have
/// no interval; an omega of zero is an answer (flag no_variation): the subjects do not differ by more than their scans.
///
/// Throws what fit_curve throws, UsageError for two sites, and InputError for fewer than three subjects or one without
/// a name.
PooledFit fit_pooled_curve(const std::vector<CurveObservation>& observations, const PooledOptions& options);

/// The deviance at given parameters (of the scale of the estimates), for tests and profiles.
double pooled_deviance(const std::vector<CurveObservation>& observations,
                       const PooledOptions& options,
                       double Omax,
                       double EC50,
                       double hill,
                       double omega_EC50,
                       double omega_Omax,
                       double sigma);

}  // namespace pet
