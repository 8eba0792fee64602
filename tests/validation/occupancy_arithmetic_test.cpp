// SPDX-License-Identifier: Apache-2.0
// Occupancy and decay arithmetic against worked cases, to 1e-6.
#include <nlohmann/json.hpp>

#include "kinetic_models/occupancy/errors_in_variables.h"
#include "kinetic_models/occupancy/from_binding.h"
#include "kinetic_models/occupancy/lassen_plot.h"
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
