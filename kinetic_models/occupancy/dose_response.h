// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kinetic_models/fit.h"
#include "kinetic_models/occupancy/interval.h"

namespace pet {

/// One scan: what the drug did at a dose or concentration.
struct CurveObservation {
  double x = 0.0;  ///< dose or concentration, not negative; zero is placebo
  double y = 0.0;  ///< occupancy, or binding
  double standard_error = not_available;
  std::string subject{};  ///< may be empty for occupancies
  std::string region{};   ///< for fit_regional_curve
  std::string session{};  ///< tells scans of a subject at one concentration apart; may be empty
};

/// The shapes of occupancy over dose or concentration C:
///
///   O(C) = E0 + Omax C^h / (EC50^h + C^h)
///
///   emax       h = 1, Omax fitted        emax-full  h = 1, Omax = 1
///   hill       h and Omax fitted         hill-full  h fitted, Omax = 1
///
///   two-site   O(C) = E0 + Omax [w C / (EC50 + C) + (1 - w) C / (EC50_2 + C)],   EC50 <= EC50_2, Omax fitted
///              w = fraction: two receptors that the tracer shows (5-HT2A and 5-HT2C), w of its binding being the first
///   two-state  the same with w = fraction s / (fraction s + 1 - fraction): one receptor in a state of high (EC50) and
///              one of low affinity (EC50_2) for an agonist drug, `fraction` of the receptors being in the first. s,
///              the selectivity, is how many times better the tracer binds to that state: 1 for an antagonist tracer,
///              more for an agonist tracer, which so reads a higher occupancy by an agonist drug.
///
/// Occupancy of one site by the law of mass action is emax-full with E0 = 0; Omax below 1 stands for binding of the
/// tracer that the drug cannot displace, h for more than one site or cooperation. Hill AV. J Physiol 1910;40:iv-vii;
/// Holford NHG, Sheiner LB. Clin Pharmacokinet 1981;6:429-453.
enum class CurveShape { emax, emax_full, hill, hill_full, two_site, two_state };

bool has_two_sites(CurveShape shape);

CurveShape curve_shape(std::string_view name);  ///< throws UsageError that lists the names
std::string_view name_of(CurveShape shape);
const std::vector<std::string>& curve_shape_names();

/// What y is. Binding is fitted as BP0 (1 - O(C)) with a BP0 for each subject, so that scans count whose baseline is
/// missing, and no noise of a baseline is divided by.
enum class CurveEndpoint { occupancy, binding };

/// How an interval is made.
///   student     profile: RSS up to RSS_min (1 + t^2 / (N - p)), Student's t
///   likelihood  profile: RSS up to RSS_min exp(chi^2 / N), of a likelihood whose variance is profiled out; narrow for
///               few observations
///   se          estimate -+ t x standard error
enum class CurveInterval { student, likelihood, standard_error };

struct CurveOptions {
  CurveShape shape = CurveShape::emax;
  CurveEndpoint endpoint = CurveEndpoint::occupancy;
  std::optional<double> Omax{};         ///< held, in the unit of `full`; else as the shape says
  std::optional<double> hill{};         ///< held
  std::optional<double> selectivity{};  ///< of the tracer for the state of high affinity; two-state needs it
  Choice E0{.value = 0.0};              ///< occupancy without drug: the bias that a placebo arm shows
  double full = 1.0;                    ///< full occupancy in the unit of y: 1, or 100 for percent
  CurveInterval interval = CurveInterval::student;
  double level = 0.95;
  std::vector<double> targets{};  ///< occupancies whose concentration is wanted
};

/// The concentrations of a curve.
struct Concentrations {
  std::size_t different = 0;
  double least = 0.0;  ///< of those above zero
  double most = 0.0;
};

/// Throws InputError for a concentration below zero, a standard error that is not positive, fewer than three different
/// concentrations, and values of y that are all equal.
Concentrations concentrations_of(const std::vector<CurveObservation>& observations);

/// Throws UsageError where Omax or the Hill coefficient is held at a number that is not positive.
void require_held_sizes(const CurveOptions& options);

/// The concentration for an occupancy.
struct CurveTarget {
  double occupancy = 0.0;
  double x = not_available;  ///< not available where the curve stays below
  Interval interval;         ///< the upper end is infinite where the data do not exclude that the curve stays below
  bool is_attainable = false;
};

struct CurveFit {
  CurveShape shape = CurveShape::emax;
  FitStatus status = FitStatus::failed;
  std::vector<std::string> flags;
  /// Omax, EC50, hill, E0, of two sites also EC50_2 and fraction; those held have a standard error of 0.
  std::vector<Estimate> estimates;
  std::vector<std::string> subjects;
  std::vector<Estimate> baselines;  ///< BP0, one a subject, for binding
  std::vector<CurveTarget> targets;
  double rss = not_available;          ///< weighted, weights of mean 1
  double sigma = not_available;        ///< residual standard deviation of an observation of mean weight
  double correlation = not_available;  ///< of Omax and EC50
  std::size_t observations = 0;
  std::size_t parameters = 0;   ///< fitted
  double aic = not_available;   ///< N ln(RSS/N) + 2(k+1)
  double aicc = not_available;  ///< AIC + 2(k+1)(k+2)/(N-k-2)
  double bic = not_available;   ///< N ln(RSS/N) + (k+1) ln N

  const Estimate& operator[](std::string_view symbol) const;  ///< asserts that there is one
};

/// Fits a curve by least squares, weights 1 / se^2 where all observations have a standard error (only their ratios
/// count), else equal ones; several starts. EC50 is fitted as its logarithm, EC50_2 as that of EC50_2 / EC50;
/// covariance RSS / (N - p) (J'J)^-1. Two sites of which the observations show one only have status unidentifiable and
/// the flag EC50_2_unidentifiable: the interval of EC50_2 has no end, or that of the fraction reaches 0 or 1. Intervals
/// of all parameters and targets by profile: an end is infinite where the data set none (flag <symbol>_unbounded;
/// status unidentifiable for EC50). Throws UsageError for two-state without a selectivity, for a selectivity of another
/// shape or not positive, and for a Hill coefficient of two sites; InputError for fewer than three different
/// concentrations (of two sites: no more than parameters of the curve), fewer observations than parameters + 1, values
/// of y that are all equal, a negative concentration, a standard error that is not positive, and binding without
/// subjects.
CurveFit fit_curve(const std::vector<CurveObservation>& observations, const CurveOptions& options);

/// The occupancy of a curve at a concentration, with the interval of the mean (profile) and that of one more
/// observation of mean weight.
struct CurvePoint {
  double x = 0.0;
  double y = not_available;
  Interval mean;
  Interval observation;
};

std::vector<CurvePoint> predict_curve(const std::vector<CurveObservation>& observations,
                                      const CurveOptions& options,
                                      const std::vector<double>& x);

/// Concentrations for a drawing: zero, then `points` evenly on a logarithmic axis from a tenth of the smallest positive
/// one to twice the largest.
std::vector<double> drawing_grid(const std::vector<CurveObservation>& observations, int points = 60);

}  // namespace pet
