// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "tests/validation/occupancy_study.h"

// Simulated studies of joint fits with plasma and of many scans at once.
namespace occupancy_study {

/// A baseline and a drug scan (occupancy 0.6, flow 10 % lower) of six regions with two tissue compartments and VND 8,
/// noise of counts, and an error of the plasma of each scan with that standard deviation, which the joint fit is told
/// of. Lassen plots are of the same curves.
std::vector<Method> run_joint_plasma(int studies, double plasma_error, std::uint64_t seed = 2027);

/// Ten subjects who differ by 15 %, and in every region by another 8 %; eight have a baseline, five a placebo scan, all
/// have two scans with the drug at occupancies between 0.15 and 0.85. A second scan reads 4 % less binding without any
/// drug; between scans 1 + BPND varies by 2 % in all regions and by 1 % in each. Answers are errors: the truth is 0.
std::vector<Method> run_scans(int studies, std::uint64_t seed = 2028);

constexpr double true_bias = 0.04;

}  // namespace occupancy_study
