// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/maps/parametric_maps.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstdio>
#include <limits>
#include <numeric>

#include "kinetic_models/frtm.h"
#include "kinetic_models/logan.h"
#include "kinetic_models/logan_ref.h"
#include "kinetic_models/ma1.h"
#include "kinetic_models/maps/map_inputs.h"
#include "kinetic_models/mrtm.h"
#include "kinetic_models/mrtm2.h"
#include "kinetic_models/one_tissue.h"
#include "kinetic_models/patlak.h"
#include "kinetic_models/patlak_ref.h"
#include "kinetic_models/srtm.h"
#include "kinetic_models/srtm2.h"
#include "kinetic_models/suvr.h"
#include "kinetic_models/two_tissue.h"
#include "kinetic_models/two_tissue_irreversible.h"
#include "libpet/error.h"
#include "tests/kinetic_models/maps/noisy_image.h"
#include "tests/kinetic_models/simulated_scan.h"

namespace {

#ifdef NDEBUG
constexpr std::size_t voxel_count = 10000;
constexpr std::size_t linear_voxel_count = 2000;
#else
constexpr std::size_t voxel_count = 500;  // with sanitizers
constexpr std::size_t linear_voxel_count = 200;
#endif

// Reference and 20 targets from low to high binding.
struct Scan {
  pet::TimeActivityCurve reference;
  std::vector<pet::TimeActivityCurve> targets;
};

const Scan& srtm_scan() {
  static const Scan scan = [] {
    Scan result;
    for (int i = 0; i < 20; ++i) {
      simulated::SrtmTruth truth;
      truth.BPND = 0.15 * (i + 1);
      truth.R1 = 0.8 + 0.1 * (i % 5);
      const simulated::Scan one = simulated::srtm_scan(truth, simulated::cimbi36_frames());
      result.reference = one.reference;
      result.targets.push_back(one.target);
    }
    return result;
  }();
  return scan;
}

// Plasma samples every 0.05 min while the bolus passes, then every minute; whole blood is the plasma.
pet::InputFunction blood() {
  pet::InputFunction input;
  for (double t = 0.0; t < 10.0; t += 0.05) input.time_min.push_back(t);
  for (double t = 10.0; t <= 120.0; t += 1.0) input.time_min.push_back(t);
  for (const double t : input.time_min) input.parent_plasma.push_back(simulated::plasma(t));
  input.whole_blood = input.parent_plasma;
  return input;
}

std::vector<pet::TimeActivityCurve> two_tissue_targets(double k4, double vB) {
  std::vector<pet::TimeActivityCurve> targets;
  for (int i = 0; i < 20; ++i) {
    simulated::TwoTissueTruth truth;
    truth.K1 = 0.2 + 0.02 * i;
    truth.k2 = truth.K1 / (4.0 + i % 5);
    truth.k3 = 0.02 + 0.006 * (i % 7);
    truth.k4 = k4;
    truth.vB = vB;
    targets.push_back(simulated::two_tissue_target(truth, simulated::cimbi36_frames()));
  }
  return targets;
}

pet::FitOptions decay_weights(const pet::DynamicImage& image) {
  pet::FitOptions options;
  options.weights = pet::frame_weights(pet::WeightScheme::decay, image.frames, image.tracer.half_life_min, {});
  return options;
}

// A voxel where map and fit differ: in which quantity most, and whose sum of squares is lower.
struct Difference {
  std::size_t voxel;
  std::string_view symbol;
  double of_map;
  double of_fit;
  double of_fit_se;
  double excess;  ///< of the map's sum of squares, relative
};

// How many voxels of those where both fits are ok agree in every quantity and standard error.
struct Agreement {
  std::size_t both_ok = 0;
  std::size_t same_status = 0;
  std::size_t agree = 0;
  std::size_t errors_agree = 0;
  std::size_t lower =
      0;  ///< do not agree, and the map's sum of squares is the lower one: the fit is not at the minimum
  std::size_t with_rss = 0;  ///< neither fit failed, whatever their status
  std::size_t as_low = 0;    ///< of those, the map's sum of squares is not above that of the fit
  std::vector<Difference> differences;
};

Agreement compare(const pet::Model& model,
                  const pet::DynamicImage& image,
                  const pet::ScanInput& input,
                  const pet::FitOptions& options,
                  double error_tolerance = 1e-3) {
  pet::MapOptions map_options;
  map_options.fit = options;
  const pet::ParametricMaps maps = pet::fit_voxels(model, image, noisy::all_voxels(image), input, map_options);
  Agreement agreement;
  for (std::size_t v = 0; v < maps.voxels.size(); ++v) {
    const pet::Fit fit = pet::fit(model, noisy::curve(image, v), input, options);
    agreement.same_status += fit.status == maps.status[v] ? 1 : 0;
    constexpr double rounding = 1e-5;  // of sums of squares, in single precision and with interpolated curves
    const double excess = static_cast<double>(maps.weighted_rss[v]) / fit.weighted_rss - 1.0;
    agreement.with_rss += std::isfinite(excess) ? 1 : 0;
    agreement.as_low += excess <= rounding ? 1 : 0;
    if (fit.status != pet::FitStatus::ok || maps.status[v] != pet::FitStatus::ok) continue;
    ++agreement.both_ok;
    bool agrees = true;
    bool errors_agree = true;
    Difference largest{v, "", 0.0, 0.0, 0.0, excess};
    double farthest = 0.0;
    for (std::size_t q = 0; q < fit.estimates.size(); ++q) {
      const double value = fit.estimates[q].value;
      const double error = fit.estimates[q].standard_error;
      if (std::isnan(value)) continue;
      agrees = agrees && std::abs(maps.quantities[q].value[v] - value) <= 1e-4 * std::abs(value) + 1e-7;
      if (const double far = std::abs(maps.quantities[q].value[v] / value - 1.0); far > farthest) {
        farthest = far;
        largest = {v, fit.estimates[q].symbol, maps.quantities[q].value[v], value, error, excess};
      }
      errors_agree =
          errors_agree && std::abs(maps.quantities[q].standard_error[v] - error) <= error_tolerance * error + 1e-7;
    }
    agreement.agree += agrees ? 1 : 0;
    if (!agrees) agreement.differences.push_back(largest);
    agreement.errors_agree += errors_agree ? 1 : 0;
    agreement.lower += !agrees && excess < -0.1 * rounding ? 1 : 0;
  }
  return agreement;
}

void check_agreement(const Agreement& agreement, std::size_t least_ok, double share_of_errors = 0.999) {
  CHECK(agreement.both_ok >= least_ok);
  CHECK(static_cast<double>(agreement.agree) >= 0.999 * static_cast<double>(agreement.both_ok));
  CHECK(static_cast<double>(agreement.errors_agree) >= share_of_errors * static_cast<double>(agreement.both_ok));
}

// Models of two rates have several minima. The regional fit, from one start, is not always in the lowest: where the two
// differ and the map's sum of squares is lower, the map is right. In whatever voxel, at a bound or not, the map's is
// not the higher one.
// The bar of 99.9 % is for thousands of voxels. Of the few hundred that sanitizers leave time for, it would allow none,
// where flat minima make a few in ten thousand differ: there it is 99 %.
void check_agreement_of_minima(const Agreement& agreement, std::size_t least_ok) {
  const double share = agreement.both_ok >= 5000 ? 0.999 : 0.99;
  INFO(agreement.both_ok << " ok, " << agreement.agree << " agree, " << agreement.lower << " lower");
  CHECK(agreement.both_ok >= least_ok);
  CHECK(static_cast<double>(agreement.agree + agreement.lower) >= share * static_cast<double>(agreement.both_ok));
  CHECK(static_cast<double>(agreement.agree) >= 0.99 * static_cast<double>(agreement.both_ok));
  CHECK(static_cast<double>(agreement.as_low) >= 0.999 * static_cast<double>(agreement.with_rss));
}

// A scan that starts late and pauses twice.
std::vector<pet::Frame> late_with_pauses() {
  std::vector<pet::Frame> frames;
  for (const pet::Frame& frame : simulated::cimbi36_frames())
    if (frame.start_min > 0.5 && !(frame.start_min > 9.0 && frame.start_min < 16.0) &&
        !(frame.start_min > 60.0 && frame.start_min < 66.0))
      frames.push_back(frame);
  return frames;
}

}  // namespace

// Lists the voxels in which maps and fits differ; run by name or tag, for docs/maps.md.
TEST_CASE("Voxels whose maps and fits differ", "[.listing]") {
  const pet::ReferenceRegion reference(srtm_scan().reference);
  const pet::Plasma plasma(blood(), simulated::cimbi36_frames());
  const auto list = [](const pet::Model& model, const Agreement& agreement) {
    std::printf("%s: %zu ok in both, %zu differ by more than 1e-4\n", std::string(model.name).c_str(),
                agreement.both_ok, agreement.differences.size());
    std::size_t higher = 0;
    for (const Difference& d : agreement.differences) {
      const bool is_valley = std::abs(d.of_map - d.of_fit) <= 1e-3 * d.of_fit_se;
      std::printf("  voxel %zu: %s %.6g in the map, %.6g in the fit (SE %.2g); sum of squares %+.1e: %s\n", d.voxel,
                  std::string(d.symbol).c_str(), d.of_map, d.of_fit, d.of_fit_se, d.excess,
                  is_valley      ? "one valley, less than a thousandth of the SE apart"
                  : d.excess < 0 ? "the map is at the lower minimum"
                                 : "the fit is at the lower minimum");
      higher += is_valley || d.excess < 0.0 ? 0 : 1;
    }
    CHECK(static_cast<double>(higher) <= 0.001 * static_cast<double>(agreement.both_ok));
  };
  const pet::DynamicImage with_reference = noisy::image(srtm_scan().targets, voxel_count / 20, 0.1);
  list(pet::srtm, compare(pet::srtm, with_reference, reference, decay_weights(with_reference)));
  pet::FitOptions with_k2prime = decay_weights(with_reference);
  with_k2prime.k2prime = 0.042;
  list(pet::srtm2, compare(pet::srtm2, with_reference, reference, with_k2prime));
  const pet::DynamicImage less_noisy = noisy::image(srtm_scan().targets, voxel_count / 20, 0.02);
  list(pet::frtm, compare(pet::frtm, less_noisy, reference, decay_weights(less_noisy)));
  const pet::DynamicImage with_plasma = noisy::image(two_tissue_targets(0.06, 0.04), voxel_count / 20, 0.05);
  pet::FitOptions with_blood = decay_weights(with_plasma);
  for (const pet::Choice& vB : {pet::Choice{0.04, false}, pet::Choice{std::nullopt, true}}) {
    with_blood.vB = vB;
    for (const pet::Model* model : {&pet::one_tissue, &pet::two_tissue})
      list(*model, compare(*model, with_plasma, plasma, with_blood));
  }
}

TEST_CASE("Maps of srtm equal the fits of the same curves", "[maps]") {
  const pet::ReferenceRegion reference(srtm_scan().reference);
  const pet::DynamicImage image = noisy::image(srtm_scan().targets, voxel_count / 20, 0.1);
  check_agreement(compare(pet::srtm, image, reference, decay_weights(image)), voxel_count / 2);
}

TEST_CASE("Maps of srtm2 equal the fits of the same curves", "[maps]") {
  const pet::ReferenceRegion reference(srtm_scan().reference);
  const pet::DynamicImage image = noisy::image(srtm_scan().targets, voxel_count / 20, 0.1);
  pet::FitOptions options = decay_weights(image);
  options.k2prime = 0.042;
  check_agreement(compare(pet::srtm2, image, reference, options), voxel_count / 2);
}

TEST_CASE("Maps of frtm equal the fits of the same curves", "[maps]") {
  const pet::ReferenceRegion reference(srtm_scan().reference);
  const pet::DynamicImage image = noisy::image(srtm_scan().targets, voxel_count / 20, 0.02);
  check_agreement_of_minima(compare(pet::frtm, image, reference, decay_weights(image)), voxel_count / 10);
}

TEST_CASE("Maps of compartment models with plasma equal the fits of the same curves", "[maps]") {
  const pet::Plasma plasma(blood(), simulated::cimbi36_frames());
  const bool fits_blood = GENERATE(false, true);
  const pet::DynamicImage image = noisy::image(two_tissue_targets(0.06, 0.04), voxel_count / 20, 0.05);
  pet::FitOptions options = decay_weights(image);
  options.vB = fits_blood ? pet::Choice{std::nullopt, true} : pet::Choice{0.04, false};
  check_agreement(compare(pet::one_tissue, image, plasma, options), voxel_count / 2);
  check_agreement_of_minima(compare(pet::two_tissue, image, plasma, options), voxel_count / 2);
}

TEST_CASE("Maps of the two-tissue model equal the fits where blood is bounded from below, and where it is not measured",
          "[maps]") {
  const double vB = GENERATE(0.0, 0.04);
  const pet::DynamicImage image = noisy::image(two_tissue_targets(0.06, vB), voxel_count / 20, 0.05);
  pet::FitOptions options = decay_weights(image);
  pet::InputFunction input = blood();
  if (vB == 0.0) {
    input.whole_blood.clear();
    const pet::Plasma plasma(input, simulated::cimbi36_frames());
    check_agreement_of_minima(compare(pet::two_tissue, image, plasma, options), voxel_count / 2);
  } else {
    options.vB.is_fitted = true;
    options.bounds = {pet::parse_bounds("vB=0.04:0.05:0.3")};
    const pet::Plasma plasma(input, simulated::cimbi36_frames());
    const Agreement agreement = compare(pet::two_tissue, image, plasma, options);
    CHECK(agreement.with_rss - agreement.both_ok > voxel_count / 10);  // at the bound
    check_agreement_of_minima(agreement, voxel_count / 4);
  }
}

TEST_CASE("Maps of the irreversible model equal the fits of the same curves", "[maps]") {
  const pet::Plasma plasma(blood(), simulated::cimbi36_frames(), pet::Sampling::average, 0.1);
  const pet::DynamicImage image = noisy::image(two_tissue_targets(0.0, 0.04), voxel_count / 20, 0.05);
  pet::FitOptions options = decay_weights(image);
  options.vB.is_fitted = true;
  options.delay_min.value = 0.1;
  check_agreement(compare(pet::two_tissue_irreversible, image, plasma, options), voxel_count / 2);
}

TEST_CASE("Maps of linear methods with a reference equal the fits of the same curves", "[maps]") {
  const pet::Sampling sampling = GENERATE(pet::Sampling::average, pet::Sampling::midframe);
  // Standard errors of maps are those where the limiter of the running integral does not act: within 3 % in 99 %.
  const double tolerance = sampling == pet::Sampling::midframe ? 1e-3 : 0.03;
  const double share = sampling == pet::Sampling::midframe ? 0.999 : 0.99;
  const pet::ReferenceRegion reference(srtm_scan().reference, sampling);
  const pet::DynamicImage image = noisy::image(srtm_scan().targets, linear_voxel_count / 20, 0.1);
  pet::FitOptions options = decay_weights(image);
  check_agreement(compare(pet::mrtm, image, reference, options, tolerance), linear_voxel_count / 2, share);
  options.k2prime = 0.042;
  check_agreement(compare(pet::mrtm2, image, reference, options, tolerance), linear_voxel_count / 2, share);
  options.t_star_min = 30.0;
  check_agreement(compare(pet::logan_ref, image, reference, options, tolerance), linear_voxel_count / 2, share);
  options.k2prime.reset();
  check_agreement(compare(pet::mrtm, image, reference, options, tolerance), linear_voxel_count / 2, share);
  check_agreement(compare(pet::patlak_ref, image, reference, options, tolerance), linear_voxel_count / 2, share);
  check_agreement(compare(pet::suvr, image, reference, options, tolerance), linear_voxel_count / 2, share);
}

TEST_CASE("Maps of linear methods equal the fits where frames are missing or few", "[maps]") {
  const std::vector<std::vector<pet::Frame>> scans = {
      late_with_pauses(),
      {{0.0, 20.0}, {20.0, 50.0}, {50.0, 90.0}},
      {{0.0, 10.0}, {10.0, 30.0}, {30.0, 60.0}, {60.0, 90.0}},
      {{0.0, 10.0}, {10.0, 30.0}, {40.0, 60.0}, {60.0, 90.0}},
  };
  const std::vector<pet::Frame>& frames = scans[GENERATE(0U, 1U, 2U, 3U)];
  CAPTURE(frames.size());
  std::vector<pet::TimeActivityCurve> targets;
  std::optional<pet::ReferenceRegion> reference;
  for (int i = 0; i < 20; ++i) {
    simulated::SrtmTruth truth;
    truth.BPND = 0.15 * (i + 1);
    const simulated::Scan one = simulated::srtm_scan(truth, pet::Frames(frames));
    reference.emplace(one.reference);
    targets.push_back(one.target);
  }
  const pet::DynamicImage image = noisy::image(targets, 10, 0.02);
  pet::FitOptions options = decay_weights(image);
  options.k2prime = 0.042;
  check_agreement(compare(pet::mrtm2, image, *reference, options, 0.03), 100, 0.99);
  options.t_star_min = 0.0;
  check_agreement(compare(pet::logan_ref, image, *reference, options, 0.03), 100, 0.99);
}

TEST_CASE("Maps of linear methods with plasma equal the fits of the same curves", "[maps]") {
  const pet::Plasma plasma(blood(), simulated::cimbi36_frames());
  const pet::DynamicImage image = noisy::image(two_tissue_targets(0.06, 0.04), linear_voxel_count / 20, 0.1);
  pet::FitOptions options = decay_weights(image);
  options.t_star_min = 30.0;
  options.vB.value = 0.04;
  options.delay_min.value = GENERATE(0.0, 0.2);
  check_agreement(compare(pet::logan, image, plasma, options, 0.03), linear_voxel_count / 2, 0.99);
  check_agreement(compare(pet::ma1, image, plasma, options, 0.03), linear_voxel_count / 2, 0.99);
  check_agreement(compare(pet::patlak, image, plasma, options, 0.03), linear_voxel_count / 2, 0.99);
}

TEST_CASE("Maps do not depend on the threads, on the other voxels, or on their order", "[maps]") {
  const pet::ReferenceRegion reference(srtm_scan().reference);
  const pet::DynamicImage image = noisy::image(srtm_scan().targets, 20, 0.1);
  const pet::Model& model = GENERATE(std::cref(pet::srtm), std::cref(pet::mrtm)).get();
  pet::MapOptions options;
  options.threads = 1;
  std::vector<std::uint32_t> voxels = noisy::all_voxels(image);
  const pet::ParametricMaps all = pet::fit_voxels(model, image, voxels, reference, options);
  options.threads = 2;
  std::reverse(voxels.begin(), voxels.end());
  voxels.resize(133);
  const pet::ParametricMaps some = pet::fit_voxels(model, image, voxels, reference, options);
  for (std::size_t i = 0; i < voxels.size(); ++i)
    for (std::size_t q = 0; q < all.quantities.size(); ++q) {
      CHECK(some.quantities[q].value[i] == all.quantities[q].value[voxels[i]]);
      const float error = all.quantities[q].standard_error[voxels[i]];
      CHECK((std::isnan(error) || some.quantities[q].standard_error[i] == error));
    }
}

TEST_CASE("Maps refuse requests that have no maps", "[maps]") {
  const pet::ReferenceRegion reference(srtm_scan().reference);
  const pet::DynamicImage image = noisy::image(srtm_scan().targets, 1, 0.1);
  const auto fitted = [&](const pet::FitOptions& fit) {
    pet::MapOptions options;
    options.fit = fit;
    return pet::fit_voxels(pet::srtm, image, noisy::all_voxels(image), reference, options);
  };
  pet::FitOptions robust;
  robust.loss = pet::Loss::huber;
  CHECK_THROWS_AS(fitted(robust), pet::UsageError);
  pet::FitOptions with_starts;
  with_starts.starts = 3;
  CHECK_THROWS_AS(fitted(with_starts), pet::UsageError);
  pet::FitOptions with_k2prime;
  with_k2prime.k2prime = 0.05;
  CHECK_THROWS_AS(fitted(with_k2prime), pet::UsageError);
  CHECK_THROWS_AS(pet::fit_voxels(pet::srtm, image, {}, reference, {}), pet::InputError);
}

TEST_CASE("A first pass over the voxels finds the k2prime of their simulation", "[maps]") {
  const pet::ReferenceRegion reference(srtm_scan().reference);
  const pet::DynamicImage image = noisy::image(srtm_scan().targets, 100, 0.05);
  pet::MapOptions options;
  options.fit = decay_weights(image);
  const pet::Estimate k2prime = pet::k2prime_of_voxels(image, noisy::all_voxels(image), reference, options);
  CHECK(k2prime.value == Approx(simulated::SrtmTruth().k2_reference).epsilon(0.03));
  CHECK(std::abs(k2prime.value - simulated::SrtmTruth().k2_reference) < 5.0 * k2prime.standard_error);
}

TEST_CASE("The standard error of k2prime is carried into maps as into regional fits", "[maps]") {
  const pet::ReferenceRegion reference(srtm_scan().reference);
  const pet::DynamicImage image = noisy::image(srtm_scan().targets, 5, 0.05);
  const pet::Model& model = GENERATE(std::cref(pet::srtm2), std::cref(pet::mrtm2)).get();
  pet::MapOptions options;
  options.fit = decay_weights(image);
  options.fit.k2prime = 0.042;
  constexpr double error = 0.004;
  pet::ParametricMaps maps = pet::fit_voxels(model, image, noisy::all_voxels(image), reference, options);
  const pet::ParametricMaps exact = maps;
  pet::add_k2prime_error(maps, model, image, reference, options, error);
  for (std::size_t v = 0; v < maps.voxels.size(); v += 7) {
    if (maps.status[v] != pet::FitStatus::ok) continue;
    // The fit at k2prime plus its error differs by about the part that is added.
    pet::FitOptions moved = options.fit;
    moved.k2prime = 0.042 + 0.1 * error;
    const double slope = (pet::fit(model, noisy::curve(image, v), reference, moved)["BPND"].value -
                          static_cast<double>(exact.map("BPND").value[v])) /
                         (0.1 * error);
    CHECK(static_cast<double>(maps.map("BPND").standard_error[v]) ==
          Approx(std::hypot(static_cast<double>(exact.map("BPND").standard_error[v]), slope * error)).epsilon(0.02));
  }
}
