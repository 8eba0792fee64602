// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/detail/solver.h"

#include <glog/logging.h>

#include <algorithm>
#include <cmath>
#include <mutex>

namespace pet::detail {
namespace {

// Ceres prints through glog when an evaluation fails. The result says so; nothing is printed, unless the application
// has set glog up for itself.
void silence_ceres() {
  static std::once_flag once;
  std::call_once(once, [] {
    if (!google::IsGoogleLoggingInitialized()) FLAGS_minloglevel = google::GLOG_FATAL;
  });
}

}  // namespace

ceres::Solver::Options solver_options(Effort effort) {
  silence_ceres();
  ceres::Solver::Options options;
  options.linear_solver_type = ceres::DENSE_QR;
  options.logging_type = ceres::SILENT;
  options.max_num_iterations = effort == Effort::few_steps ? 8 : 200;
  options.function_tolerance = effort == Effort::few_steps ? 1e-4 : effort == Effort::to_the_profile ? 1e-9 : 1e-14;
  options.parameter_tolerance = effort == Effort::few_steps ? 1e-4 : 1e-11;
  options.gradient_tolerance = 1e-15;
  return options;
}

bool is_at_bound(double value, const Parameter& parameter) {
  if (parameter.is_held()) return false;
  const double margin = 1e-6 * (parameter.upper - parameter.lower);
  return value - parameter.lower <= std::min(margin, 1e-3 * std::max(std::abs(parameter.lower), 1e-3)) ||
         parameter.upper - value <= margin;
}

}  // namespace pet::detail
