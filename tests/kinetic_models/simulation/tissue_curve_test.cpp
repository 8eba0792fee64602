// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/simulation/tissue_curve.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

namespace {

using State = std::array<double, 3>;  // free, bound, integral of both

// The state equations of two tissues by Runge-Kutta of order four, the input by its own formula.
struct Integrator {
  pet::FengCurve input;
  pet::TwoTissueRates rates;

  double plasma(double t) const {
    const double u = t - input.t0_min;
    if (u < 0.0) return 0.0;
    const auto& [A1, A2, A3] = input.A;
    const auto& [l1, l2, l3] = input.lambda_per_min;
    return (A1 * u - A2 - A3) * std::exp(l1 * u) + A2 * std::exp(l2 * u) + A3 * std::exp(l3 * u);
  }
  State slope(double t, const State& x) const {
    return {rates.K1 * plasma(t) - (rates.k2 + rates.k3) * x[0] + rates.k4 * x[1], rates.k3 * x[0] - rates.k4 * x[1],
            x[0] + x[1]};
  }
  State step(double t, double h, const State& x) const {
    const auto add = [](const State& a, double s, const State& b) {
      return State{a[0] + s * b[0], a[1] + s * b[1], a[2] + s * b[2]};
    };
    const State k1 = slope(t, x);
    const State k2 = slope(t + 0.5 * h, add(x, 0.5 * h, k1));
    const State k3 = slope(t + 0.5 * h, add(x, 0.5 * h, k2));
    const State k4 = slope(t + h, add(x, h, k3));
    State sum = add(add(k1, 2.0, k2), 2.0, k3);
    return add(x, h / 6.0, add(sum, 1.0, k4));
  }
  // Frame averages; steps end on frame edges and on the onset, where the input has a kink.
  std::vector<double> averages(const pet::Frames& frames, double largest_step) const {
    std::vector<double> means;
    State x{};
    double t = 0.0;
    const auto advance = [&](double to) {
      if (to <= t) return;
      const int steps = static_cast<int>(std::ceil((to - t) / largest_step));
      const double from = t;
      const double h = (to - from) / steps;
      for (int i = 0; i < steps; ++i) x = step(from + i * h, h, x);
      t = to;
    };
    for (const pet::Frame& frame : frames) {
      if (input.t0_min > t && input.t0_min <= frame.start_min) advance(input.t0_min);
      advance(frame.start_min);
      const double before = x[2];
      if (input.t0_min > t && input.t0_min < frame.end_min) advance(input.t0_min);
      advance(frame.end_min);
      means.push_back((x[2] - before) / frame.duration_min());
    }
    return means;
  }
};

pet::Frames dynamic_frames() {
  std::vector<pet::Frame> frames;
  double t = 0.0;
  for (const auto& [count, seconds] :
       std::vector<std::pair<int, double>>{{6, 10}, {6, 20}, {6, 60}, {8, 120}, {19, 300}})
    for (int i = 0; i < count; ++i) {
      frames.push_back({t / 60.0, (t + seconds) / 60.0});
      t += seconds;
    }
  return pet::Frames(frames);
}

const pet::FengCurve feng{{500.0, 12.0, 3.5}, {-5.0, -0.25, -0.012}, 0.5};

double worst_of_peak(const std::vector<double>& found, const std::vector<double>& expected) {
  double worst = 0.0;
  for (std::size_t i = 0; i < expected.size(); ++i) worst = std::max(worst, std::abs(found[i] - expected[i]));
  return worst / *std::max_element(expected.begin(), expected.end());
}

std::vector<std::vector<double>> columns_of(const std::filesystem::path& path, std::vector<std::string>& names) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  std::istringstream header(line);
  for (std::string name; header >> name;) names.push_back(name);
  std::vector<std::vector<double>> columns(names.size());
  while (std::getline(file, line)) {
    std::istringstream cells(line);
    for (auto& column : columns) {
      column.emplace_back();
      cells >> column.back();
    }
  }
  return columns;
}

pet::BloodDescription blood_of(const nlohmann::json& truth) {
  pet::BloodDescription blood;
  const nlohmann::json& input = truth["input"]["parent_plasma"];
  blood.parent_plasma = {input["A_kBq_per_mL"].get<std::array<double, 3>>(),
                         input["lambda_per_min"].get<std::array<double, 3>>(), input["t0_min"].get<double>()};
  return blood;
}

pet::Frames frames_of(const std::vector<std::vector<double>>& columns) {
  std::vector<pet::Frame> frames;
  for (std::size_t f = 0; f < columns[0].size(); ++f) frames.push_back({columns[0][f] / 60.0, columns[1][f] / 60.0});
  return pet::Frames(frames);
}

}  // namespace

TEST_CASE("Two-tissue frame averages agree with Runge-Kutta to 1e-10 of the peak") {
  const pet::Frames frames = dynamic_frames();
  const std::vector<pet::TwoTissueRates> cases = {
      {0.34, 0.0425, 0.0864, 0.06},  // a region of synthA
      {0.1, 0.1, 0.05, 0.0},         // irreversible
      {0.1, 0.1, 0.0, 0.03},         // one tissue
      {0.3, 0.05, 1e-9, 0.05},       // roots nearly equal
      {0.3, 0.25, 0.1, 0.25},        // a root near a rate of the input
      {0.1, 0.0, 0.05, 0.03},        // nothing leaves
  };
  for (const pet::TwoTissueRates& rates : cases) {
    const std::vector<double> found = pet::two_tissue_response(pet::feng_curve(feng), rates).averages(frames);
    const std::vector<double> expected = Integrator{feng, rates}.averages(frames, 1.0 / 600.0);
    INFO("k2 " << rates.k2 << " k3 " << rates.k3 << " k4 " << rates.k4);
    CHECK(worst_of_peak(found, expected) < 1e-10);
  }
}

TEST_CASE("A rate that equals a rate of the input is an ordinary point") {
  const pet::Frames frames = dynamic_frames();
  const auto curve = [&](double k2) {
    return pet::one_tissue_response(pet::feng_curve(feng), 0.3, k2).averages(frames);
  };
  CHECK(worst_of_peak(curve(0.25 * (1.0 + 1e-12)), curve(0.25)) < 1e-12);
  CHECK(worst_of_peak(curve(0.25 * (1.0 - 1e-12)), curve(0.25)) < 1e-12);
}

TEST_CASE("The two-tissue curve of the analytic reference set is met to 1e-9 of its peak") {
  const std::filesystem::path folder = std::filesystem::path(OCCUPET_REFERENCE_DIR) / "analytic_2tcm";
  if (!std::filesystem::exists(folder)) {
    WARN("no reference data: skipped");
    return;
  }
  const auto truth = nlohmann::json::parse(std::ifstream(folder / "truth.json"));
  std::vector<std::string> names;
  const auto columns = columns_of(folder / "sub-analytic_seg-synth_tacs.tsv", names);
  const pet::BloodCurves blood(blood_of(truth));
  const double K1 = truth["K1"];
  const double k2 = truth["k2"];
  const double k3 = truth["k3"];
  const double k4 = truth["k4"];
  pet::Kinetics kinetics{pet::TissueModel::two_tissue, K1, K1 / k2, k3 / k4, k4, truth["vB"].get<double>()};
  std::vector<double> found = pet::tissue_curve(kinetics, blood, frames_of(columns));
  for (double& value : found) value *= 1000.0;
  REQUIRE(names[2] == "frame_average");
  CHECK(worst_of_peak(found, columns[2]) < 1e-9);
}

TEST_CASE("The curves of synthA are met to their printed digits") {
  const std::filesystem::path folder = std::filesystem::path(OCCUPET_REFERENCE_DIR) / "synthetic" / "synthA";
  if (!std::filesystem::exists(folder)) {
    WARN("no reference data: skipped");
    return;
  }
  const auto truth = nlohmann::json::parse(std::ifstream(folder / "truth.json"));
  const pet::BloodCurves blood(blood_of(truth));
  for (const std::string scan : {"baseline", "drug60"}) {
    std::vector<std::string> names;
    const auto columns = columns_of(folder / ("sub-synthA_ses-" + scan + "_seg-synth_tacs.tsv"), names);
    const pet::Frames frames = frames_of(columns);
    REQUIRE(names.size() > 8);
    for (std::size_t column = 2; column < names.size(); ++column) {
      const auto& region = truth["scans"][scan]["regions"][names[column]];
      const double k4 = region["k4"];
      const pet::Kinetics kinetics{pet::TissueModel::two_tissue, region["K1"].get<double>(),
                                   region["K1_over_k2"].get<double>(), region["k3"].get<double>() / k4, k4};
      std::vector<double> found = pet::tissue_curve(kinetics, blood, frames);
      INFO(scan << " " << names[column]);
      // Ten decimals of Bq/mL are printed, of values up to 1e5 with some fifteen digits.
      for (std::size_t f = 0; f < found.size(); ++f) CHECK(std::abs(1000.0 * found[f] - columns[column][f]) < 2e-6);
    }
  }
}

TEST_CASE("SRTM kinetics reach equilibrium at VND (1 + BPND) times a constant input") {
  // An input that hardly falls: 10 kBq/mL exp(-1e-9 t) after a fast rise.
  pet::BloodDescription constant;
  constant.parent_plasma = {{0.0, 0.0, 10.0}, {-50.0, -1.0, -1e-9}, 0.0};
  const pet::Kinetics kinetics{pet::TissueModel::srtm, 0.3, 8.0, 1.5};
  const double late = pet::tissue_curve(kinetics, pet::BloodCurves(constant), pet::Frames({{2000.0, 2010.0}}))[0];
  CHECK(late == Approx(10.0 * 8.0 * 2.5).epsilon(1e-5));
}

TEST_CASE("A drug lowers displaceable binding by its occupancy and leaves VND") {
  pet::StudySession session;
  session.occupancy = 0.6;
  session.K1_factor = 0.9;
  const pet::Kinetics baseline{pet::TissueModel::two_tissue, 0.4, 8.0, 1.5, 0.06};
  const pet::Kinetics drug = pet::during(session, baseline);
  CHECK(drug.BPND == Approx(0.6));
  CHECK(drug.VND == 8.0);
  CHECK(drug.K1 == Approx(0.36));
  pet::Kinetics fixed = baseline;
  fixed.is_displaceable = false;
  CHECK(pet::during(session, fixed).BPND == 1.5);
}
