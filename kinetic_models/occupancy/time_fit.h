// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kinetic_models/occupancy/dose_response.h"

namespace pet {

/// How the occupancy follows the drug in plasma C(t) over hours and days:
///
///   direct   O = Omax C / (EC50 + C)
///   effect   O = Omax Ce / (EC50 + Ce),   dCe/dt = ke0 (C - Ce)
///   binding  dO/dt = kon C (Omax - O) - koff O,   KD = koff / kon
///
/// With effect and binding the occupancy at one plasma level is less while the drug rises than while it falls
/// (hysteresis); binding with fast rates is direct with EC50 = KD. Abanades S et al. J Cereb Blood Flow Metab
/// 2011;31:944-952; Salinas C et al. NeuroImage 2013;75:252-260.
enum class TimeModel { direct, effect, binding };

TimeModel time_model(std::string_view name);  ///< throws UsageError that lists the names
std::string_view name_of(TimeModel model);
const std::vector<std::string>& time_model_names();

/// One scan after a dose at time zero. A scan before the dose has a negative time.
struct TimeObservation {
  double time_h = 0.0;
  double y = 0.0;  ///< occupancy as a fraction, or binding
  double standard_error = not_available;
  std::string subject{};
};

/// Samples of the drug in plasma; straight lines between them, zero before the first, a falling exponential after the
/// last (sampled_concentration).
struct DrugPlasma {
  std::string subject{};  ///< empty: of all subjects
  std::vector<double> time_h;
  std::vector<double> concentration;
};

struct TimeCourseOptions {
  TimeModel model = TimeModel::direct;
  CurveEndpoint endpoint = CurveEndpoint::occupancy;
  std::optional<double> Omax{};  ///< held
  double level = 0.95;
};

struct TimeCourseFit {
  TimeModel model = TimeModel::direct;
  FitStatus status = FitStatus::failed;
  std::vector<std::string> flags;
  std::vector<Estimate> estimates;  ///< Omax, EC50 (binding: KD), then ke0, or koff and kon; per hour
  std::vector<std::string> subjects;
  std::vector<Estimate> baselines;  ///< BP0, one a subject, for binding
  double rss = not_available;       ///< weighted, weights of mean 1
  double sigma = not_available;
  std::size_t observations = 0;
  std::size_t parameters = 0;  ///< fitted
  double aic = not_available;  ///< as those of CurveFit
  double aicc = not_available;
  double bic = not_available;

  const Estimate& operator[](std::string_view symbol) const;  ///< asserts that there is one
};

/// Fits one of the models to the scans of one or several subjects, each with its own plasma curve (or all with one), by
/// least squares with weights as fit_curve has them. EC50, KD and the rates are fitted as logarithms; kon is koff / KD.
/// The equations are solved by collocation of order six in steps of at most 0.1 h that end at samples and scans.
/// Intervals by profile, an end being infinite where the data set none (flag <symbol>_unbounded; status unidentifiable
/// for EC50 and KD); kon has a standard error alone. Throws InputError for fewer scans than parameters + 1, a subject
/// without plasma, two plasma curves of one, values that are all equal, a standard error that is not positive, and
/// binding without subjects.
TimeCourseFit fit_time_course(const std::vector<TimeObservation>& observations,
                              const std::vector<DrugPlasma>& plasma,
                              const TimeCourseOptions& options);

/// The occupancy over time of a subject's plasma curve (as fraction of all receptors), with the interval of the mean by
/// the delta method and that of one more observation of mean weight (occupancies only).
std::vector<CurvePoint> predict_time_course(const std::vector<TimeObservation>& observations,
                                            const std::vector<DrugPlasma>& plasma,
                                            const TimeCourseOptions& options,
                                            const DrugPlasma& of,
                                            const std::vector<double>& time_h);

/// The occupancy at increasing times for given Omax, EC50 (binding: KD) and rate (effect: ke0, binding: koff; direct:
/// not used).
std::vector<double> time_course_occupancy(TimeModel model,
                                          const DrugPlasma& plasma,
                                          double Omax,
                                          double EC50,
                                          double rate,
                                          const std::vector<double>& time_h);

}  // namespace pet
