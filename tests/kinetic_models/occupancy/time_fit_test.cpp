// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/occupancy/time_fit.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "kinetic_models/occupancy/time_course.h"
#include "kinetic_models/simulation/normal_noise.h"
#include "libpet/error.h"

using namespace pet;

namespace {

// After an oral dose; both the fit and the integration join the samples by straight lines.
DrugPlasma plasma_of(const std::string& subject, double dose) {
  DrugPlasma plasma{subject, {}, {}};
  const Concentration oral = oral_concentration(dose, 1.2, 0.3);
  for (double t = 0.0; t < 6.0; t += 0.25) {
    plasma.time_h.push_back(t);
    plasma.concentration.push_back(oral(t));
  }
  for (double t = 6.0; t <= 24.0; t += 2.0) {
    plasma.time_h.push_back(t);
    plasma.concentration.push_back(oral(t));
  }
  return plasma;
}

const std::vector<double> times = {-3.0, 0.5, 1.0, 2.0, 4.0, 7.0, 12.0, 18.0, 24.0};

// Occupancies by the adaptive integration of time_course.h.
std::vector<double> integrated(TimeModel model, const DrugPlasma& plasma, double Omax, double EC50, double rate) {
  const Concentration C = sampled_concentration(plasma.time_h, plasma.concentration);
  const std::vector<double> after(times.begin() + 1, times.end());
  std::vector<double> occupancy = {0.0};
  if (model == TimeModel::binding) {
    for (const double o : binding_occupancy(C, rate / EC50, rate, after)) occupancy.push_back(Omax * o);
    return occupancy;
  }
  for (const double Ce : effect_concentration(C, rate, after)) occupancy.push_back(Omax * Ce / (EC50 + Ce));
  return occupancy;
}

std::vector<TimeObservation> study(TimeModel model, double Omax, double EC50, double rate) {
  std::vector<TimeObservation> all;
  for (const auto& [name, dose] : {std::pair{"a", 10.0}, {"b", 30.0}}) {
    const std::vector<double> occupancy = integrated(model, plasma_of(name, dose), Omax, EC50, rate);
    for (std::size_t i = 0; i < times.size(); ++i)
      all.push_back({.time_h = times[i], .y = occupancy[i], .subject = name});
  }
  return all;
}

const std::vector<DrugPlasma> both = {plasma_of("a", 10.0), plasma_of("b", 30.0)};

}  // namespace

TEST_CASE("Occupancies over time are those of the worked examples", "[time-course]") {
  // A level of 10 from time zero on, kon 0.088 and koff 0.221 per hour.
  const DrugPlasma level{"", {0.0, 30.0}, {10.0, 10.0}};
  const std::vector<double> bound =
      time_course_occupancy(TimeModel::binding, level, 1.0, 0.221 / 0.088, 0.221, {1.0, 4.0, 24.0});
  CHECK(bound[0] == Approx(0.533484).margin(1e-6));
  CHECK(bound[1] == Approx(0.789500).margin(1e-6));
  CHECK(bound[2] == Approx(0.799274).margin(1e-6));
  // An effect compartment with ke0 0.5 behind 20 exp(-0.25 t): 6.890805, 9.301766 and 1.892333.
  DrugPlasma falling;
  for (double t = 0.0; t < 12.001; t += 0.002) {
    falling.time_h.push_back(t);
    falling.concentration.push_back(20.0 * std::exp(-0.25 * t));
  }
  const std::vector<double> delayed =
      time_course_occupancy(TimeModel::effect, falling, 1.0, 5.0, 0.5, {1.0, 4.0, 12.0});
  CHECK(delayed[0] == Approx(6.890805 / 11.890805).margin(1e-6));
  CHECK(delayed[1] == Approx(9.301766 / 14.301766).margin(1e-6));
  CHECK(delayed[2] == Approx(1.892333 / 6.892333).margin(1e-6));
}

TEST_CASE("Exact time courses give back their parameters, and AICc the model they came from",
          "[time-course][lengthy]") {
  for (const TimeModel truth : {TimeModel::effect, TimeModel::binding}) {
    auto observations = study(truth, 0.8, 3.0, 0.35);
    for (std::size_t i = 0; i < observations.size(); ++i) {
      NormalNoise noise(8, {i});
      observations[i].y += 1e-4 * noise.next();
    }
    const TimeCourseFit fit = fit_time_course(observations, both, {.model = truth});
    CAPTURE(name_of(truth));
    CHECK(fit.status == FitStatus::ok);
    CHECK(fit["Omax"].value == Approx(0.8).epsilon(2e-3));
    CHECK(fit[truth == TimeModel::effect ? "EC50" : "KD"].value == Approx(3.0).epsilon(5e-3));
    CHECK(fit[truth == TimeModel::effect ? "ke0" : "koff"].value == Approx(0.35).epsilon(5e-3));
    if (truth == TimeModel::binding) CHECK(fit["kon"].value == Approx(0.35 / 3.0).epsilon(5e-3));
    for (const TimeModel other : {TimeModel::direct, TimeModel::effect, TimeModel::binding})
      if (other != truth) CHECK(fit_time_course(observations, both, {.model = other}).aicc > fit.aicc + 10.0);
  }
}

TEST_CASE("The direct model is the curve of the concentrations at the scans", "[time-course]") {
  std::vector<TimeObservation> observations;
  std::vector<CurveObservation> scans;
  const Concentration C = sampled_concentration(both[0].time_h, both[0].concentration);
  for (std::size_t i = 0; i < times.size(); ++i) {
    NormalNoise noise(3, {i});
    const double y = 0.7 * C(times[i]) / (2.0 + C(times[i])) + 0.02 * noise.next();
    observations.push_back({.time_h = times[i], .y = y});
    scans.push_back({.x = C(times[i]), .y = y});
  }
  const TimeCourseFit fit = fit_time_course(observations, {{"", both[0].time_h, both[0].concentration}}, {});
  const CurveFit curve = fit_curve(scans, {});
  CHECK(fit["EC50"].value == Approx(curve["EC50"].value).epsilon(1e-5));
  CHECK(fit["EC50"].upper == Approx(curve["EC50"].upper).epsilon(1e-4));
  CHECK(fit["Omax"].lower == Approx(curve["Omax"].lower).epsilon(1e-4));
  CHECK(fit.aicc == Approx(curve.aicc));
}

TEST_CASE("Binding over time gives the rates and a baseline that was never scanned", "[time-course]") {
  auto observations = study(TimeModel::binding, 0.8, 3.0, 0.35);
  for (TimeObservation& o : observations) o.y = (o.subject == "a" ? 1.4 : 1.1) * (1.0 - o.y);
  std::erase_if(observations, [](const TimeObservation& o) { return o.subject == "b" && o.time_h < 0.0; });
  const TimeCourseFit fit =
      fit_time_course(observations, both, {.model = TimeModel::binding, .endpoint = CurveEndpoint::binding});
  REQUIRE(fit.baselines.size() == 2);
  CHECK(fit.baselines[0].value == Approx(1.4).epsilon(1e-3));
  CHECK(fit.baselines[1].value == Approx(1.1).epsilon(1e-3));
  CHECK(fit["koff"].value == Approx(0.35).epsilon(5e-3));
}

TEST_CASE("The band of a prediction holds the truth about as often as it says", "[time-course][lengthy]") {
  const auto exact = study(TimeModel::effect, 0.8, 3.0, 0.35);
  const std::vector<double> at = {1.5, 5.0, 16.0};
  const std::vector<double> truth = time_course_occupancy(TimeModel::effect, both[0], 0.8, 3.0, 0.35, at);
  int held = 0;
  constexpr int studies = 20;
  for (std::uint64_t s = 0; s < studies; ++s) {
    auto observations = exact;
    NormalNoise noise(17, {s});
    for (TimeObservation& o : observations) o.y += 0.03 * noise.next();
    const auto points = predict_time_course(observations, both, {.model = TimeModel::effect}, both[0], at);
    for (std::size_t i = 0; i < at.size(); ++i)
      held += points[i].mean.lower <= truth[i] && truth[i] <= points[i].mean.upper ? 1 : 0;
  }
  // Of 60 intervals of 95 % 52 or more hold the truth with a probability above 99 %.
  CHECK(held >= 52);
}

TEST_CASE("Scans and plasma that make no time course are refused in one line", "[time-course]") {
  auto observations = study(TimeModel::effect, 0.8, 3.0, 0.35);
  CHECK_THROWS_WITH(fit_time_course(observations, {both[0]}, {}), Catch::Contains("no plasma curve of subject 'b'"));
  CHECK_THROWS_WITH(fit_time_course(observations, {both[0], both[0], both[1]}, {}), Catch::Contains("two curves"));
  CHECK_THROWS_WITH(fit_time_course({observations[0], observations[3]}, {both[0]}, {}), Catch::Contains("2 scans"));
  auto nothing = both;
  for (DrugPlasma& p : nothing)
    for (double& c : p.concentration) c = 0.0;
  CHECK_THROWS_WITH(fit_time_course(observations, nothing, {}), Catch::Contains("no concentration above zero"));
  for (TimeObservation& o : observations) o.y = 0.4;
  CHECK_THROWS_WITH(fit_time_course(observations, both, {}), Catch::Contains("same value"));
  CHECK_THROWS_WITH(time_model("efect"), Catch::Contains("did you mean 'effect'"));
}
