// SPDX-License-Identifier: Apache-2.0
// Occupancy and decay arithmetic against worked cases, to 1e-6.
#include <nlohmann/json.hpp>

#include "kinetic_models/occupancy/design.h"
#include "kinetic_models/occupancy/dose_response.h"
#include "kinetic_models/occupancy/errors_in_variables.h"
#include "kinetic_models/occupancy/from_binding.h"
#include "kinetic_models/occupancy/lassen_plot.h"
#include "kinetic_models/occupancy/time_course.h"
#include "libpet/decay.h"
#include "tests/validation/reference_data.h"

using namespace pet;

namespace {

nlohmann::json cases() {
  const std::string folder = reference_folder("synthetic");
  if (folder.empty()) return {};
  std::ifstream file(folder + "/occupancy_reference.json");
  return nlohmann::json::parse(file);
}

}  // namespace

TEST_CASE("Ratio occupancies and their standard errors equal the worked cases", "[validation]") {
  const nlohmann::json all = cases();
  if (all.is_null()) return;
  for (const auto& example : all["bpnd_change"]) {
    if (!example.contains("occ")) continue;
    const Occupancy occupancy = occupancy_from_binding({example["b"], example.value("sb", not_available)},
                                                       {example["d"], example.value("sd", not_available)});
    CHECK(occupancy.value == Approx(example["occ"].get<double>()).margin(1e-6));
    if (example.contains("se")) CHECK(occupancy.standard_error == Approx(example["se"].get<double>()).margin(1e-6));
  }
}

TEST_CASE("Lassen plots equal the worked cases", "[validation]") {
  const nlohmann::json all = cases();
  if (all.is_null()) return;
  const auto& exact = all["lassen_exact"];
  const LassenPlot plain =
      lassen_plot(exact["VT_base"].get<std::vector<double>>(), exact["VT_drug"].get<std::vector<double>>());
  CHECK(plain.occupancy == Approx(exact["occ"].get<double>()).margin(1e-12));
  CHECK(plain.VND == Approx(exact["VND"].get<double>()).margin(1e-11));

  const auto& noisy = all["lassen_noisy"];
  const auto baseline = noisy["VT_base"].get<std::vector<double>>();
  const auto drug = noisy["VT_drug"].get<std::vector<double>>();
  const LassenPlot ordinary = lassen_plot(baseline, drug);
  CHECK(ordinary.occupancy == Approx(noisy["OLS"]["occ"].get<double>()).margin(1e-6));
  CHECK(ordinary.occupancy_se == Approx(noisy["OLS"]["se_occ"].get<double>()).margin(1e-6));
  CHECK(ordinary.VND == Approx(noisy["OLS"]["VND"].get<double>()).margin(1e-6));
  CHECK(ordinary.VND_se == Approx(noisy["OLS"]["se_VND"].get<double>()).margin(1e-6));
  CHECK(ordinary.r2 == Approx(noisy["OLS"]["r2"].get<double>()).margin(1e-6));
  CHECK(ordinary.occupancy_interval.lower == Approx(noisy["occ_CI"][0].get<double>()).margin(1e-6));
  CHECK(ordinary.occupancy_interval.upper == Approx(noisy["occ_CI"][1].get<double>()).margin(1e-6));
  CHECK(ordinary.VND_interval.lower == Approx(noisy["VND_CI_fieller"][0].get<double>()).margin(1e-6));
  CHECK(ordinary.VND_interval.upper == Approx(noisy["VND_CI_fieller"][1].get<double>()).margin(1e-6));
  const std::vector<double> alike(baseline.size(), 1.0);
  for (const LassenRegression regression :
       {LassenRegression::orthogonal, LassenRegression::deming, LassenRegression::likelihood}) {
    const LassenPlot line =
        lassen_plot(baseline, drug, {.regression = regression, .errors = independent_errors(alike, alike)});
    CHECK(line.occupancy == Approx(noisy["TLS_identity"]["occ"].get<double>()).margin(1e-6));
    CHECK(line.VND == Approx(noisy["TLS_identity"]["VND"].get<double>()).margin(1e-6));
  }
}

TEST_CASE("Emax fits equal the worked case, with Omax free and at 100 %", "[validation]") {
  const nlohmann::json all = cases();
  if (all.is_null()) return;
  const auto& data = all["emax_fit"];
  std::vector<CurveObservation> observations;
  for (std::size_t i = 0; i < data["conc"].size(); ++i)
    observations.push_back({.x = data["conc"][i], .y = data["occ_pct"][i]});
  const auto check = [](double found, const nlohmann::json& expected) {
    CHECK(found == Approx(expected.get<double>()).epsilon(1e-6));
  };
  const auto& free = data["Emax_EC50"];
  const CurveFit emax = fit_curve(observations, {.full = 100.0, .interval = CurveInterval::likelihood});
  CHECK(emax.status == FitStatus::ok);
  check(emax["Omax"].value, free["par"][0]);
  check(emax["EC50"].value, free["par"][1]);
  check(emax["Omax"].standard_error, free["se"][0]);
  check(emax["EC50"].standard_error, free["se"][1]);
  check(emax.correlation, free["corr"][0][1]);
  check(emax.rss, free["RSS"]);
  check(emax.sigma, free["sigma"]);
  check(emax.aic, free["AIC"]);
  check(emax.aicc, free["AICc"]);
  check(emax.bic, free["BIC"]);
  check(emax["EC50"].lower, free["EC50_profile95"][0]);
  check(emax["EC50"].upper, free["EC50_profile95"][1]);

  const auto& full = data["EC50_only_Omax100"];
  const CurveFit held = fit_curve(observations, {.shape = CurveShape::emax_full, .full = 100.0});
  check(held["EC50"].value, full["par"][0]);
  check(held["EC50"].standard_error, full["se"][0]);
  check(held.rss, full["RSS"]);
  check(held.sigma, full["sigma"]);
  check(held.aic, full["AIC"]);
  check(held.aicc, full["AICc"]);
  check(held.bic, full["BIC"]);
}

TEST_CASE("Occupancies and concentrations on a curve equal the worked ones, and 80 % is not attained", "[validation]") {
  const nlohmann::json all = cases();
  if (all.is_null()) return;
  // The worked curve (Omax 76.6 %, EC50 1.97), from exact points that it passes through.
  std::vector<CurveObservation> observations;
  std::vector<double> x;
  for (const auto& point : all["madsen_curve"]) {
    observations.push_back({.x = point["psilocin_ug_L"], .y = point["occ_pct"]});
    x.push_back(point["psilocin_ug_L"]);
  }
  CurveOptions options{.full = 100.0};
  for (const auto& point : all["conc_for_occ"]) options.targets.push_back(point["occ_pct"]);
  options.targets.push_back(80.0);
  const CurveFit fit = fit_curve(observations, options);
  CHECK(fit["Omax"].value == Approx(76.6).epsilon(1e-6));
  CHECK(fit["EC50"].value == Approx(1.97).epsilon(1e-6));
  for (std::size_t i = 0; i < all["conc_for_occ"].size(); ++i)
    CHECK(fit.targets[i].x == Approx(all["conc_for_occ"][i]["conc"].get<double>()).epsilon(1e-6));
  CHECK_FALSE(fit.targets.back().is_attainable);
  CHECK(std::isnan(fit.targets.back().x));
  const std::vector<CurvePoint> points = predict_curve(observations, options, x);
  for (std::size_t i = 0; i < x.size(); ++i)
    CHECK(points[i].y == Approx(all["madsen_curve"][i]["occ_pct"].get<double>()).epsilon(1e-6));
}

TEST_CASE("The delta-method interval of VND equals the worked one", "[validation]") {
  const nlohmann::json all = cases();
  if (all.is_null()) return;
  const auto& noisy = all["lassen_noisy"];
  const LassenPlot plot =
      lassen_plot(noisy["VT_base"].get<std::vector<double>>(), noisy["VT_drug"].get<std::vector<double>>());
  const double t = noisy["t975"];
  CHECK(interval_factor(0.95, 8) == Approx(t).margin(1e-6));
  CHECK(plot.VND - t * plot.VND_se == Approx(noisy["VND_CI_delta"][0].get<double>()).margin(1e-6));
  CHECK(plot.VND + t * plot.VND_se == Approx(noisy["VND_CI_delta"][1].get<double>()).margin(1e-6));
}

TEST_CASE("Occupancies over time equal the worked ones: slow binding and an effect compartment", "[validation]") {
  const nlohmann::json all = cases();
  if (all.is_null()) return;
  const auto& slow = all["kon_koff"];
  std::size_t compared = 0;
  for (const auto& point : slow["constant_Cp"]) {
    const double Cp = point["Cp"];
    const std::vector<double> time = {point["t_h"].get<double>()};
    const double occupancy = binding_occupancy([&](double) { return Cp; }, slow["kon"], slow["koff"], time).front();
    CHECK(occupancy == Approx(point["occ"].get<double>()).margin(1e-6));
    CHECK(slow["BP0"].get<double>() * (1.0 - occupancy) == Approx(point["BP"].get<double>()).margin(1e-6));
    ++compared;
  }
  CHECK(compared == 18);
  for (const auto& point : all["effect_cmt"]) {
    const std::vector<double> time = {point["t_h"].get<double>()};
    const double Ce = effect_concentration([](double t) { return 20.0 * std::exp(-0.25 * t); }, 0.5, time).front();
    CHECK(Ce == Approx(point["Ce"].get<double>()).margin(1e-6));
    CHECK(76.6 * Ce / (1.97 + Ce) == Approx(point["occ_pct"].get<double>()).margin(1e-6));
  }
}

TEST_CASE("Designs equal the worked ones: power, optimal concentration, mass of the tracer", "[validation]") {
  const nlohmann::json all = cases();
  if (all.is_null()) return;
  for (const auto& example : all["power_paired"])
    CHECK(paired_power(example["delta"], example["sd"], example["n"]) ==
          Approx(example["power"].get<double>()).margin(1e-6));
  const auto& optimal = all["d_optimal"];
  CHECK(d_optimal_concentration(1.97, optimal["cmax"]) == Approx(optimal["analytic"].get<double>()).margin(1e-6));
  CHECK(d_optimal_concentration(1.97, optimal["cmax"]) == Approx(optimal["grid"].get<double>()).margin(1e-3));
  for (const auto& example : all["tracer_mass"])
    CHECK(mass_dose_occupancy(example["free_nM"], example["KD_nM"]) ==
          Approx(example["occ"].get<double>()).margin(1e-6));
}

TEST_CASE("Frame decay factors equal the worked cases", "[validation]") {
  const nlohmann::json all = cases();
  if (all.is_null()) return;
  for (const auto& example : all["decay"]) {
    if (!example.contains("factor")) continue;
    CHECK(frame_decay_factor(example["start_s"].get<double>() / 60.0, example["end_s"].get<double>() / 60.0,
                             example["halflife_s"].get<double>() / 60.0) ==
          Approx(example["factor"].get<double>()).epsilon(1e-9));
  }
}
