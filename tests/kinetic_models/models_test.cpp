// SPDX-License-Identifier: Apache-2.0
// What every model must pass, over the registry.
#include <catch2/catch.hpp>
#include <cctype>
#include <cmath>
#include <functional>
#include <set>
#include <string>

#include "kinetic_models/registry.h"
#include "libpet/error.h"
#include "tests/kinetic_models/simulated_scan.h"

using namespace pet;

namespace {

constexpr simulated::SrtmTruth truth;

const simulated::Scan& scan() {
  static const simulated::Scan scan = simulated::srtm_scan(truth, simulated::cimbi36_frames());
  return scan;
}

// The plasma curve of the simulation, sampled so finely that straight lines follow it.
InputFunction plasma_samples() {
  InputFunction input;
  const auto add = [&](double t) {
    input.time_min.push_back(t);
    input.parent_plasma.push_back(simulated::plasma(t));
    input.whole_blood.push_back(simulated::plasma(t));
  };
  add(0.0);
  for (int i = 0; i < 3000; ++i) add(0.5 + i * 0.0015);
  for (int i = 1; i <= 2880; ++i) add(5.0 - 0.0015 + i * 0.04);
  return input;
}

const Plasma& plasma() {
  static const Plasma plasma(plasma_samples(), scan().target.frames);
  return plasma;
}

const ReferenceRegion& reference() {
  static const ReferenceRegion reference(scan().reference, Sampling::average, plasma_samples());
  return reference;
}

// Targets that meet the assumptions of a model: one tissue compartment (exact for SRTM and MRTM, and for Logan and MA1
// in integral form), two, or two without release.
constexpr simulated::TwoTissueTruth two_tissue_truth;
constexpr simulated::TwoTissueTruth trapped_truth{.k4 = 0.0};
// k2a = 0: C_T = R1 C_R + k2 int C_R, what the Patlak plot with reference region describes.
constexpr simulated::SrtmTruth trapped_reference_truth{.BPND = 1e15};

// SRTM with a drug at 60 min that takes away 60 % of the binding.
constexpr double onset_min = 60.0;

TimeActivityCurve displaced_by(const std::function<double(double)>& occupancy) {
  const auto k2a = [&](double t) { return truth.k2() / (1.0 + truth.BPND * (1.0 - occupancy(t))); };
  return simulated::displaced_target(truth.R1 * truth.K1_reference, k2a, simulated::cimbi36_frames());
}

// A transient response of the efflux, in the form of lp-ntPET.
TimeActivityCurve with_response() {
  const auto k2a = [&](double t) {
    return truth.k2a() * (1.0 + 0.6 * simulated::gamma_variate(t, onset_min, onset_min + 20.0, 1.0));
  };
  return simulated::displaced_target(truth.R1 * truth.K1_reference, k2a, simulated::cimbi36_frames());
}

const TimeActivityCurve& target_of(const Model& model) {
  static const TimeActivityCurve two = simulated::two_tissue_target(two_tissue_truth, simulated::cimbi36_frames());
  static const TimeActivityCurve trapped = simulated::two_tissue_target(trapped_truth, simulated::cimbi36_frames());
  static const TimeActivityCurve with_blood = [] {
    TimeActivityCurve curve = scan().target;
    const auto blood = simulated::two_tissue_target({.K1 = 0.0, .vB = 1.0}, curve.frames).activity;
    for (std::size_t i = 0; i < blood.size(); ++i) curve.activity[i] = 0.95 * curve.activity[i] + 0.05 * blood[i];
    return curve;
  }();
  static const TimeActivityCurve relative =
      simulated::srtm_scan(trapped_reference_truth, simulated::cimbi36_frames()).target;
  static const TimeActivityCurve displaced =
      displaced_by([](double t) { return 0.6 * simulated::rising(t, onset_min, 0.1); });
  static const TimeActivityCurve transient = with_response();
  if (model.name == "displacement") return displaced;
  if (model.name == "lp-ntpet") return transient;
  if (model.name == "2tcm" || model.name == "2tcm-vnd" || model.name == "sime" || model.name == "ma2") return two;
  if (model.name == "2tcm-irreversible" || model.name == "patlak") return trapped;
  if (model.name == "patlak-ref") return relative;
  if (model.name == "frtm") return two;  // the reference has K1 / k2 = 8 as well
  if (model.name == "srtm-v") return with_blood;
  return scan().target;
}

double truth_of(const Model& model) {
  const auto& [K1, k2, k3, k4, vB, delay] = two_tissue_truth;
  if (model.name == "2tcm" || model.name == "ma2") return two_tissue_truth.VT();
  if (model.name == "patlak-ref") return trapped_reference_truth.k2();
  if (model.name == "2tcm-vnd" || model.name == "sime" || model.name == "frtm") return k3 / k4;
  if (model.name == "2tcm-irreversible" || model.name == "patlak") return K1 * k3 / (k2 + k3);
  return model.needs_plasma() ? truth.R1 * truth.K1_reference / truth.k2a() : truth.BPND;
}

FitOptions options_for(const Model& model) {
  FitOptions options;
  options.plasma_free_fraction = 0.1;
  if (model.needs_blood) {
    options.vB.is_fitted = true;
    options.vB_reference.value = 0.0;
  }
  if (model.VND == Use::required) options.VND.value = two_tissue_truth.K1 / two_tissue_truth.k2;
  if (model.k2prime == Use::required) options.k2prime = truth.k2_reference;
  if (model.t_star == Use::required) options.t_star_min = 30.0;
  if (model.name == "patlak") options.t_star_min = 90.0;  // when what is not trapped is gone: exp(-(k2 + k3) t) < 1e-5
  return options;
}

Fit run(const Model& model, const TimeActivityCurve& target, const FitOptions& options) {
  return model.needs_plasma() ? fit(model, target, plasma(), options) : fit(model, target, reference(), options);
}

std::string main_quantity(const Model& model) {
  return std::string(model.quantities.front().symbol);
}

// Equal, or missing in both.
void check_same(double a, double b, double tolerance) {
  if (std::isnan(a) && std::isnan(b)) return;
  CHECK(a == Approx(b).epsilon(tolerance));
}

TimeActivityCurve scaled(TimeActivityCurve tac, double factor) {
  for (double& a : tac.activity) a *= factor;
  return tac;
}

}  // namespace

TEST_CASE("Every model's record is complete", "[models]") {
  std::set<std::string_view> names;
  for (const Model* model : models()) {
    INFO(model->name);
    CHECK(names.insert(model->name).second);
    CHECK_FALSE(model->title.empty());
    CHECK_FALSE(model->limits.empty());
    CHECK(model->doi.starts_with("10."));
    CHECK(model->citation.find_first_of("0123456789") != std::string_view::npos);
    for (const char c : model->label) CHECK(std::isalnum(static_cast<unsigned char>(c)));
    CHECK_FALSE(model->quantities.empty());
    for (const Parameter& p : model->parameters) CHECK((p.lower < p.initial && p.initial < p.upper));
    CHECK((model->predict != nullptr) == !model->parameters.empty());
    CHECK((model->k2prime == Use::no) == model->k2prime_model.empty());
    if (!model->k2prime_model.empty()) CHECK_NOTHROW(find_model(model->k2prime_model));
  }
}

TEST_CASE("Every reference model finds BPND 0 and R1 1 in the reference region itself, without NaN", "[models]") {
  for (const Model* model : models()) {
    if (model->needs_plasma()) continue;
    INFO(model->name);
    const Fit fit = run(*model, scan().reference, options_for(*model));
    CHECK(fit[main_quantity(*model)].value == 0.0);
    CHECK(fit.status == FitStatus::unidentifiable);
    for (const Estimate& e : fit.estimates)
      if (e.symbol == "R1" || e.symbol == "DVR" || e.symbol == "SUVR") CHECK(e.value == 1.0);
    for (const double c : fit.fitted) CHECK(std::isfinite(c));
  }
}

TEST_CASE("Every reference model finds BPND near 0 in a curve that is almost the reference's", "[models]") {
  // Not the reference itself, so that the models have to find it. With k2prime free the rate constants are not
  // determined, BPND hardly.
  TimeActivityCurve target = scan().reference;
  for (std::size_t i = 0; i < target.activity.size(); ++i)
    target.activity[i] *= 1.0 + 1e-6 * std::sin(3.0 * static_cast<double>(i));
  for (const Model* model : models()) {
    if (model->needs_plasma()) continue;
    INFO(model->name);
    const Fit fit = run(*model, target, options_for(*model));
    CHECK(fit[main_quantity(*model)].value == Approx(0.0).margin(1e-3));
  }
}

TEST_CASE("Every model gives the same result whatever the unit of activity", "[models]") {
  for (const Model* model : models()) {
    INFO(model->name);
    const FitOptions options = options_for(*model);
    TimeActivityCurve target = target_of(*model);
    for (std::size_t i = 0; i < target.activity.size(); ++i)
      target.activity[i] *= 1.0 + 0.01 * std::sin(7.0 * static_cast<double>(i));
    Fit one = run(*model, target, options);
    Fit other;
    InputFunction input = plasma_samples();
    for (double& c : input.parent_plasma) c *= 1000.0;
    for (double& c : input.whole_blood) c *= 1000.0;
    if (model->needs_plasma()) {
      other = fit(*model, scaled(target, 1000.0), Plasma(input, target.frames), options);
    } else {
      other = fit(*model, scaled(target, 1000.0),
                  ReferenceRegion(scaled(scan().reference, 1000.0), Sampling::average, input), options);
    }
    for (std::size_t q = 0; q < one.estimates.size(); ++q) {
      INFO(one.estimates[q].symbol);
      check_same(other.estimates[q].value, one.estimates[q].value, 1e-6);
      check_same(other.estimates[q].standard_error, one.estimates[q].standard_error, 1e-5);
    }
  }
}

TEST_CASE("Every model says that a curve of zeros cannot be fitted, and gives no number for it", "[models]") {
  for (const Model* model : models()) {
    INFO(model->name);
    const TimeActivityCurve zeros{scan().target.frames, std::vector<double>(scan().target.frames.size(), 0.0)};
    const Fit fit = run(*model, zeros, options_for(*model));
    CHECK(fit.status == FitStatus::failed);
    CHECK(fit.flags == std::vector<std::string>{"zero_curve"});
    for (const Estimate& e : fit.estimates) CHECK(std::isnan(e.value));
  }
}

TEST_CASE("Every model refuses fewer frames than it has parameters", "[models]") {
  for (const Model* model : models()) {
    INFO(model->name);
    if (model->t_star == Use::no) {
      FitOptions options = options_for(*model);
      options.t_end_min = 0.1;
      CHECK_THROWS_AS(run(*model, scan().target, options), InputError);
    } else {
      FitOptions options = options_for(*model);
      options.t_star_min = 119.0;
      CHECK_THROWS_AS(run(*model, scan().target, options), InputError);
    }
  }
}

TEST_CASE("Every model takes the options it names and refuses the others", "[models]") {
  for (const Model* model : models()) {
    INFO(model->name);
    FitOptions options = options_for(*model);
    if (model->k2prime == Use::required) {
      options.k2prime.reset();
      CHECK_THROWS_AS(run(*model, scan().target, options), UsageError);
    } else if (model->k2prime == Use::no) {
      options.k2prime = 0.1;
      CHECK_THROWS_AS(run(*model, scan().target, options), UsageError);
    }
    options = options_for(*model);
    options.weights = {1.0, 2.0};
    if (model->name != "suvr") CHECK_THROWS_AS(run(*model, scan().target, options), UsageError);
    options = options_for(*model);
    options.bounds = {{"nonsense", 0.0, 1.0, 2.0}};
    CHECK_THROWS_AS(run(*model, scan().target, options), UsageError);
  }
}

TEST_CASE("Every nonlinear model's derivatives equal finite differences", "[models]") {
  for (const Model* model : models()) {
    if (model->predict == nullptr) continue;
    INFO(model->name);
    const ScanInput input = model->needs_plasma() ? ScanInput(plasma()) : ScanInput(reference());
    std::vector<double> p;
    for (const Parameter& parameter : model->parameters)
      p.push_back(parameter.initial == 0.0 ? 0.1 * parameter.upper : 0.7 * parameter.initial);
    const std::size_t frames = input.frames().size();
    std::vector<double> predicted(frames), jacobian(frames * p.size()), above(frames), below(frames);
    model->predict(p, input, predicted, jacobian);
    for (std::size_t j = 0; j < p.size(); ++j) {
      const double h = 1e-5 * p[j];
      auto shifted = p;
      shifted[j] = p[j] + h;
      model->predict(shifted, input, above, {});
      shifted[j] = p[j] - h;
      model->predict(shifted, input, below, {});
      for (std::size_t i = 0; i < frames; ++i) {
        INFO(model->parameters[j].symbol << " frame " << i + 1);
        CHECK(jacobian[i * p.size() + j] == Approx((above[i] - below[i]) / (2.0 * h)).epsilon(1e-6).margin(1e-6));
      }
    }
  }
}

TEST_CASE("Every model recovers its quantity from a noiseless scan that meets its assumptions", "[models]") {
  for (const Model* model : models()) {
    if (model->name == "suvr") continue;  // no bolus scan meets its assumption; tested on its own
    INFO(model->name);
    FitOptions options = options_for(*model);
    if (model->k2prime == Use::optional) options.k2prime = truth.k2_reference;
    const Fit fit = run(*model, target_of(*model), options);
    CHECK(fit.status == FitStatus::ok);
    const double value = fit.estimates.front().value;
    if (main_quantity(*model) == "BPND")
      CHECK(1.0 + value == Approx(1.0 + truth_of(*model)).epsilon(1e-4));
    else
      // The lines of a spectrum lie on a grid with steps of 8 %.
      CHECK(value == Approx(truth_of(*model)).epsilon(model->name == "spectral" ? 1e-3 : 1e-4));
  }
}

TEST_CASE("Every model's standard error is the scatter of its estimates under noise", "[models][lengthy]") {
  // Weighted noise; each model uses the true inverse variances, so that the mean squared standard error is the
  // variance.
  for (const Model* model : models()) {
    if (model->name == "suvr" || model->name == "spectral") continue;          // spectral has none
    if (model->name == "lp-ntpet" || model->name == "displacement") continue;  // tests/validation has them
    INFO(model->name);
    constexpr int repeats = 400;
    FitOptions options = options_for(*model);
    if (model->k2prime == Use::optional) options.k2prime = truth.k2_reference;  // without it the plot is curved
    const TimeActivityCurve& target = target_of(*model);
    std::vector<double> sigma;
    for (std::size_t i = 0; i < target.frames.size(); ++i) {
      const Frame& frame = target.frames[i];
      sigma.push_back(0.02 *
                      std::sqrt((target.activity[i] + 0.1) * std::exp(0.034 * frame.mid_min()) / frame.duration_min()));
      options.weights.push_back(1.0 / (sigma[i] * sigma[i]));
    }
    double sum = 0.0, squares = 0.0, errors = 0.0;
    std::uint64_t state = 12345;
    const auto uniform = [&] {
      state = state * 6364136223846793005ULL + 1442695040888963407ULL;
      return (static_cast<double>(state >> 11) + 0.5) * 0x1.0p-53;
    };
    for (int r = 0; r < repeats; ++r) {
      TimeActivityCurve noisy = target;
      for (std::size_t i = 0; i < noisy.activity.size(); ++i)
        noisy.activity[i] += sigma[i] * std::sqrt(-2.0 * std::log(uniform())) * std::cos(6.283185307179586 * uniform());
      const Estimate estimate = run(*model, noisy, options)[main_quantity(*model)];
      sum += estimate.value;
      squares += estimate.value * estimate.value;
      errors += estimate.standard_error * estimate.standard_error;
    }
    const double variance = (squares - sum * sum / repeats) / (repeats - 1);
    // The variance of a sample variance of 400 normal values: 7 % standard error.
    CHECK(errors / repeats == Approx(variance).epsilon(0.2));
  }
}
