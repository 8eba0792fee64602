// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "kinetic_models/occupancy/interval.h"

// How far occupancies and curves are from the truth, and how often their intervals hold it: simulated studies of a
// baseline and a drug scan, fitted as a user would.
namespace occupancy_study {

struct Settings {
  int studies = 500;
  double occupancy = 0.6;
  double plasma_error = 0.04;     ///< standard deviation of what all volumes of a scan have in common
  double reference_noise = 0.01;  ///< of the last frame of the reference; targets have 0.015 to 0.04 by region
  int test_retest_subjects = 12;
  std::uint64_t seed = 2026;
};

/// One estimate of one study.
struct Answer {
  double value = 0.0;
  pet::Interval interval;
  bool is_flagged = false;  ///< its status is not ok, or VND is not identified
};

/// The estimates of a method over all studies.
struct Method {
  std::string name;
  std::vector<Answer> occupancy;
  std::vector<Answer> VND;  ///< empty where the method gives none
};

/// Simulates and estimates. Each study has twelve regions with the BPND of [11C]Cimbi-36 and a subject's own scale,
/// curves of one tissue compartment (which SRTM and 1TCM describe exactly) with noise of counts in every region, in the
/// reference and a common error of the plasma in each scan, a fall of flow by 10 % with the drug, and test-retest scans
/// of other subjects with the same errors.
std::vector<Method> run(const Settings& settings);

constexpr double true_VND = 8.0;

/// Studies of a curve: 20 scans with occupancies around Omax 0.766, EC50 1.97 at concentrations of 0.3 to 20.
struct CurveAnswers {
  std::vector<Answer> EC50;
  std::vector<Answer> Omax;
  std::vector<Answer> target;  ///< the concentration for 0.5
};

constexpr double true_EC50 = 1.97;
constexpr double true_Omax = 0.766;

CurveAnswers run_curves(int studies, double scatter = 0.05);

/// Studies of subjects who differ in EC50 (log-normal, 0.3): 10 subjects, 4 scans each, scatter 0.04; pooled, and as if
/// all scans were independent. The truth of EC50 is the median of the population.
struct PooledAnswers {
  CurveAnswers pooled;
  CurveAnswers independent;
};

PooledAnswers run_pooled(int studies);

struct Summary {
  double bias = 0.0;
  double rmse = 0.0;
  double held = 0.0;  ///< share of the intervals that hold the truth
  double flagged = 0.0;
  double unbounded = 0.0;
  double width = 0.0;  ///< median
};

Summary summary(const std::vector<Answer>& answers, double truth);

}  // namespace occupancy_study
