// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/occupancy/regional_curve.h"

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <boost/math/tools/minima.hpp>
#include <catch2/catch.hpp>
#include <cmath>

#include "kinetic_models/simulation/normal_noise.h"
#include "libpet/error.h"

using namespace pet;

namespace {

constexpr double EC50 = 1.97;
const std::vector<double> plateaus = {0.77, 0.9, 0.6, 0.85};

struct Noise {
  double of_scan = 0.0;
  double of_region = 0.0;
};

// Scans of subjects at several concentrations, four regions each.
std::vector<CurveObservation> study(const Noise& size, std::uint64_t seed, double hill = 1.0, double last_ec50 = EC50) {
  std::vector<CurveObservation> all;
  NormalNoise noise(seed, {1});
  int scan = 0;
  for (const double x : {0.3, 0.7, 1.0, 1.6, 2.5, 3.0, 4.0, 7.0, 11.0, 20.0}) {
    const double shared = size.of_scan * noise.next();
    const std::string subject = "sub-" + std::to_string(scan++ % 5);
    for (std::size_t r = 0; r < plateaus.size(); ++r) {
      const double half = r + 1 == plateaus.size() ? last_ec50 : EC50;
      const double y = plateaus[r] * std::pow(x, hill) / (std::pow(half, hill) + std::pow(x, hill));
      all.push_back(
          {x, y + shared + size.of_region * noise.next(), not_available, subject, "region-" + std::to_string(r)});
    }
  }
  return all;
}

bool has_flag(const RegionalCurveFit& fit, const std::string& flag) {
  return std::ranges::find(fit.flags, flag) != fit.flags.end();
}

}  // namespace

TEST_CASE("Exact occupancies of several regions give their one EC50 and Hill coefficient and their own Omax",
          "[regional]") {
  for (const double hill : {1.0, 1.6}) {
    for (const double noise : {0.0, 1e-9}) {
      const auto data = study({0.0, noise}, 1, hill);
      CurveOptions options;
      options.shape = hill == 1.0 ? CurveShape::emax : CurveShape::hill;
      const RegionalCurveFit fit = fit_regional_curve(data, options);
      CHECK(fit.status == FitStatus::ok);
      CHECK(fit["EC50"].value == Approx(EC50).epsilon(1e-6));
      CHECK(fit["EC50"].lower == Approx(EC50).epsilon(1e-6));
      CHECK(fit["EC50"].upper == Approx(EC50).epsilon(1e-6));
      CHECK(fit["hill"].value == Approx(hill).epsilon(1e-6));
      REQUIRE(fit.Omax.size() == 4);
      for (std::size_t r = 0; r < 4; ++r) CHECK(fit.Omax[r].value == Approx(plateaus[r]).epsilon(1e-6));
      CHECK(fit["sigma"].value < 1e-7);
      CHECK(fit.scans == 10);
      CHECK(fit.parameters == (hill == 1.0 ? 5 : 6));
    }
  }
}

// With the same regions in all scans and one plateau the mean of a scan says all of EC50, and its variance between
// scans is that of restricted likelihood: the curve through the means of scans has the same interval.
TEST_CASE("Where regions differ in nothing their EC50 has the interval of the means of the scans", "[regional]") {
  std::vector<CurveObservation> data = study({0.05, 0.02}, 7);
  std::vector<CurveObservation> means;
  for (std::size_t i = 0; i < data.size(); ++i) {
    data[i].y += (0.8 - plateaus[i % 4]) * data[i].x / (EC50 + data[i].x);
    if (i % 4 == 0) means.push_back({data[i].x, 0.0});
    means.back().y += 0.25 * data[i].y;
  }
  CurveOptions options;
  options.Omax = 0.8;
  const RegionalCurveFit fit = fit_regional_curve(data, options);
  const CurveFit of_means = fit_curve(means, options);
  REQUIRE(fit["tau"].value > 0.0);
  CHECK(fit["EC50"].value == Approx(of_means["EC50"].value).epsilon(1e-5));
  CHECK(fit["EC50"].lower == Approx(of_means["EC50"].lower).epsilon(1e-4));
  CHECK(fit["EC50"].upper == Approx(of_means["EC50"].upper).epsilon(1e-4));
  CHECK(fit.degrees_of_freedom == Approx(9.0).epsilon(1e-3));
  // Mean squares of the analysis of variance: sigma^2 within scans, that of the means is tau^2 + sigma^2 / 4.
  double within = 0.0;
  for (std::size_t i = 0; i < data.size(); ++i) within += std::pow(data[i].y - means[i / 4].y, 2) / 30.0;
  CHECK(fit["sigma"].value == Approx(std::sqrt(within)).epsilon(1e-3));
  CHECK(std::pow(fit["tau"].value, 2) + 0.25 * within == Approx(of_means.rss / 9.0).epsilon(1e-3));
}

TEST_CASE("Errors that the regions of a scan share widen the interval of their EC50 as those of means do",
          "[regional]") {
  std::vector<CurveObservation> data = study({0.03, 0.005}, 3);
  for (std::size_t i = 0; i < data.size(); ++i) data[i].y += (0.8 - plateaus[i % 4]) * data[i].x / (EC50 + data[i].x);
  CurveOptions options;
  options.Omax = 0.8;
  const RegionalCurveFit fit = fit_regional_curve(data, options);
  CHECK(fit["tau"].value == Approx(0.03).epsilon(0.5));
  CHECK(fit["sigma"].value == Approx(0.005).epsilon(0.3));
  // Of the variance of a mean, which that of the means about their curve is, four independent regions would have a
  // quarter of what they have.
  const CurveFit independent = fit_curve(data, options);
  std::vector<CurveObservation> means;
  for (std::size_t i = 0; i < data.size(); ++i) {
    if (i % 4 == 0) means.push_back({data[i].x, 0.0});
    means.back().y += 0.25 * data[i].y;
  }
  const double of_mean = fit_curve(means, options).rss / 9.0;
  const double wider = student_factor(0.95, 9.0) / student_factor(0.95, 39.0) *
                       std::sqrt(of_mean / (0.25 * std::pow(independent.sigma, 2)));
  CHECK(wider > 1.8);
  CHECK(std::log(fit["EC50"].upper / fit["EC50"].lower) ==
        Approx(wider * std::log(independent["EC50"].upper / independent["EC50"].lower)).epsilon(0.03));
}

TEST_CASE("One EC50 for all regions is doubted where one of them has another", "[regional]") {
  CHECK_FALSE(has_flag(fit_regional_curve(study({0.03, 0.02}, 5), {}), "EC50_differs"));
  const RegionalCurveFit fit = fit_regional_curve(study({0.03, 0.02}, 5, 1.0, 3.0 * EC50), {});
  CHECK(has_flag(fit, "EC50_differs"));
  CHECK(fit.heterogeneity_p < 1e-3);
}

// The sum of squares of regions with one EC50 and an Omax of each, of which least squares has a closed form.
double squares_at(const std::vector<CurveObservation>& data, double log_ec50, double hill = 1.0) {
  double sum = 0.0;
  for (std::size_t r = 0; r < plateaus.size(); ++r) {
    double along = 0.0, length = 0.0, squares = 0.0;
    for (const CurveObservation& o : data) {
      if (o.region != "region-" + std::to_string(r)) continue;
      const double u = std::pow(o.x, hill) / (std::exp(hill * log_ec50) + std::pow(o.x, hill));
      along += u * o.y;
      length += u * u;
      squares += o.y * o.y;
    }
    if (length > 0.0) sum += squares - along * along / length;
  }
  return sum;
}

// Ten scans of each of two regions, each scan of one of them.
std::vector<CurveObservation> scans_of_one_region() {
  std::vector<CurveObservation> single;
  for (const std::uint64_t seed : {8, 9}) {
    const auto data = study({0.0, 0.03}, seed);
    for (std::size_t i = 0; i < data.size(); i += 4) {
      single.push_back(data[i + (i / 4 + seed) % 2]);
      single.back().session = std::to_string(seed) + "-" + std::to_string(i);
    }
  }
  return single;
}

// F of an EC50 for each of these two, with scans of other regions that say nothing of an EC50 of their own, but have
// `squares` beyond an Omax of their own; the residuals have `freedom` degrees of freedom.
double closed_form_F(const std::vector<CurveObservation>& all, double squares, double freedom) {
  const auto least = [](const std::vector<CurveObservation>& some) {
    return boost::math::tools::brent_find_minima([&](double e) { return squares_at(some, e); }, -2.0, 3.0, 40).second;
  };
  double own = squares;
  for (const char* region : {"region-0", "region-1"}) {
    std::vector<CurveObservation> one = all;
    std::erase_if(one, [&](const CurveObservation& o) { return o.region != region; });
    REQUIRE(one.size() == 10);
    own += least(one);
  }
  return (least(all) - own) / (own / freedom);
}

TEST_CASE("Whether regions differ in EC50 is the F of the sums of squares where scans have one region each",
          "[regional]") {
  const std::vector<CurveObservation> single = scans_of_one_region();
  const RegionalCurveFit fit = fit_regional_curve(single, {});
  REQUIRE(fit.scans == 20);
  const double F = closed_form_F(single, 0.0, 16.0);
  CHECK(fit.heterogeneity_F == Approx(F).epsilon(1e-5));
  // F with 1 and n degrees of freedom is the square of Student's t.
  const boost::math::students_t t(16.0);
  CHECK(fit.heterogeneity_p == Approx(2.0 * boost::math::cdf(boost::math::complement(t, std::sqrt(F)))).epsilon(1e-5));
}

// From the one EC50 for both the steps end elsewhere, with an F of 0.003.
TEST_CASE("The EC50 of each region is looked for over all its concentrations", "[regional]") {
  constexpr double hill = 4.0;
  std::vector<CurveObservation> data;
  NormalNoise noise(1, {1});
  for (const double x : {0.3, 0.7, 1.0, 1.6, 2.5, 3.0, 4.0, 7.0, 11.0, 20.0})
    for (const auto& [region, half] : {std::pair{"region-0", 0.4}, {"region-1", 25.0}}) {
      const double y = 0.8 * std::pow(x, hill) / (std::pow(half, hill) + std::pow(x, hill)) + 0.03 * noise.next();
      data.push_back({x, y, not_available, region, region});
    }
  CurveOptions options;
  options.hill = hill;
  options.shape = CurveShape::hill;
  const RegionalCurveFit fit = fit_regional_curve(data, options);
  const auto least = [&](const std::vector<CurveObservation>& some) {
    double smallest = squares_at(some, 0.0, hill);
    for (double e = -3.0; e < 5.0; e += 1e-3) smallest = std::min(smallest, squares_at(some, e, hill));
    return smallest;
  };
  double own = 0.0;
  for (const char* region : {"region-0", "region-1"}) {
    std::vector<CurveObservation> one = data;
    std::erase_if(one, [&](const CurveObservation& o) { return o.region != region; });
    own += least(one);
  }
  CHECK(fit.heterogeneity_F == Approx((least(data) - own) / (own / 16.0)).epsilon(1e-3));
}

TEST_CASE("Regions at one concentration tell no EC50 of their own, and are not counted as if they did", "[regional]") {
  std::vector<CurveObservation> data = scans_of_one_region();
  data.push_back({5.0, 0.5, not_available, "sub-9", "region-2"});  // Omax is what it has
  // A placebo scan, which no curve moves, and two at one concentration, between which the curve passes.
  data.push_back({0.0, 0.02, not_available, "sub-9", "region-3"});
  data.push_back({3.0, 0.35, not_available, "sub-7", "region-3"});
  data.push_back({3.0, 0.39, not_available, "sub-8", "region-3"});
  const RegionalCurveFit fit = fit_regional_curve(data, {});
  // 24 observations, an EC50 and an Omax of the first two regions, an Omax of the others.
  const double F = closed_form_F(data, 0.02 * 0.02 + 2.0 * 0.02 * 0.02, 18.0);
  CHECK(fit.heterogeneity_F == Approx(F).epsilon(1e-5));
  const boost::math::students_t t(18.0);
  CHECK(fit.heterogeneity_p == Approx(2.0 * boost::math::cdf(boost::math::complement(t, std::sqrt(F)))).epsilon(1e-5));
}

TEST_CASE("A region with a single scan leaves the test of the others' EC50 as it is", "[regional]") {
  std::vector<CurveObservation> data = study({0.03, 0.02}, 5, 1.0, 1.5 * EC50);
  const RegionalCurveFit without = fit_regional_curve(data, {});
  data.push_back(data[20]);
  data.back().region = "seen once";
  const RegionalCurveFit with = fit_regional_curve(data, {});
  REQUIRE(with.scans == without.scans);
  CHECK(with["tau"].value == Approx(without["tau"].value).epsilon(1e-3));
  CHECK(with.heterogeneity_F == Approx(without.heterogeneity_F).epsilon(1e-3));
  CHECK(with.heterogeneity_p == Approx(without.heterogeneity_p).epsilon(1e-3));
}

TEST_CASE("Occupancies all above the plateau or below zero give an EC50 with one end, and say so", "[regional]") {
  const auto noise = study({0.02, 0.02}, 3);
  for (const bool is_above : {true, false}) {
    CAPTURE(is_above);
    auto data = noise;
    for (CurveObservation& o : data) {
      const double off =
          o.y - plateaus[static_cast<std::size_t>(o.region.back() - '0')] * o.x / (EC50 + o.x);  // the noise
      o.y = is_above ? 1.05 + std::abs(off) : -0.05 - std::abs(off);
    }
    CurveOptions options;
    options.shape = CurveShape::emax_full;
    const RegionalCurveFit fit = fit_regional_curve(data, options);
    CHECK(fit.status == FitStatus::unidentifiable);
    CHECK(has_flag(fit, "EC50_at_bound"));
    CHECK(has_flag(fit, "EC50_unbounded"));
    CHECK(fit["sigma"].value > 0.0);
    if (is_above) {
      CHECK(fit["EC50"].lower == 0.0);
      CHECK(fit["EC50"].upper < 0.3);
    } else {
      CHECK(fit["EC50"].lower > 20.0);
      CHECK(std::isinf(fit["EC50"].upper));
    }
  }
}

TEST_CASE("What two concentrations of regions alike do not determine has no ends", "[regional]") {
  std::vector<CurveObservation> data;
  NormalNoise noise(11, {1});
  int scan = 0;
  for (const double x : {0.0, 1.0, 4.0, 0.0, 1.0, 4.0}) {
    const std::string subject = "sub-" + std::to_string(scan++);
    for (const double of_all : {1.0, 0.5}) {
      const double y = of_all * (x == 0.0 ? 0.0 : x == 1.0 ? 0.4 : 0.6) + 1e-3 * noise.next();
      data.push_back({x, y, not_available, subject, of_all == 1.0 ? "a" : "b"});
    }
  }
  CurveOptions options;
  options.shape = CurveShape::hill;
  const RegionalCurveFit fit = fit_regional_curve(data, options);
  CHECK(fit.status == FitStatus::unidentifiable);
  CHECK(std::isinf(fit["EC50"].upper));
  CHECK(std::isfinite(fit["sigma"].value));
}

TEST_CASE("Regions without an error of their own, as copies of one, have no interval, and say why", "[regional]") {
  const RegionalCurveFit fit = fit_regional_curve(study({0.05, 0.0}, 7), {});
  CHECK(has_flag(fit, "sigma_at_bound"));
  CHECK_FALSE(has_flag(fit, "EC50_unbounded"));
  CHECK(fit.status == FitStatus::unidentifiable);
  CHECK(std::isfinite(fit["EC50"].value));
  CHECK(std::isnan(fit["EC50"].lower));
  CHECK(std::isnan(fit["sigma"].value));
  CHECK(std::isnan(fit.heterogeneity_p));
}

// Errors a hundred times smaller than those of the others and ten thousand times say the same: what is all but exact.
TEST_CASE("One observation that is known far better than the others leaves the variances of these as they are",
          "[regional]") {
  const auto with_first_known = [](double standard_error) {
    std::vector<CurveObservation> data = study({0.03, 0.02}, 5);
    for (CurveObservation& o : data) o.standard_error = 0.02;
    data.front().standard_error = standard_error;
    return fit_regional_curve(data, {});
  };
  const RegionalCurveFit well = with_first_known(2e-4), far_better = with_first_known(2e-6);
  REQUIRE(well.status == FitStatus::ok);
  CHECK(far_better.status == FitStatus::ok);
  CHECK_FALSE(has_flag(far_better, "sigma_at_bound"));
  CHECK(far_better["tau"].value == Approx(0.03).epsilon(0.5));
  CHECK(far_better["tau"].value == Approx(well["tau"].value).epsilon(1e-3));
  // sigma is that of an observation of mean weight, which is nearly a 40th of that of the first.
  const double of_others = far_better["sigma"].value * 0.02 / (2e-6 * std::sqrt(40.0));
  CHECK(of_others == Approx(0.02).epsilon(0.3));
  CHECK(far_better["EC50"].value == Approx(well["EC50"].value).epsilon(1e-3));
  CHECK(far_better["EC50"].lower == Approx(well["EC50"].lower).epsilon(1e-3));
  CHECK(far_better["EC50"].upper == Approx(well["EC50"].upper).epsilon(1e-3));
}

TEST_CASE("Where half the observations are known far better than the others, these still have an error of their own",
          "[regional]") {
  std::vector<CurveObservation> data = study({0.03, 0.02}, 5);
  const std::vector<CurveObservation> better = study({0.03, 2e-4}, 5);
  REQUIRE(data.size() % 2 == 0);
  for (std::size_t i = 0; i < data.size(); ++i) {
    if (i % 2 == 0) data[i] = better[i];
    data[i].standard_error = i % 2 == 0 ? 2e-4 : 0.02;
  }
  const RegionalCurveFit fit = fit_regional_curve(data, {});
  CHECK_FALSE(has_flag(fit, "sigma_at_bound"));
  CHECK(fit.status == FitStatus::ok);
  CHECK(fit["tau"].value == Approx(0.03).epsilon(0.5));
}

// Of an EC50 of 2. With the slopes of each ratio's own fit the restricted likelihood grew without end as EC50 ran away,
// to 1938 here; by an independent search over the variances EC50 is 3.02.
TEST_CASE("The likelihood of the variances does not send EC50 away", "[regional]") {
  struct Scan {
    double x;
    const char* subject;
    std::vector<double> y;
  };
  const std::vector<Scan> scans = {
      {0.5, "a", {0.146692, 0.121583, 0.083958}}, {0.5, "b", {0.11036, 0.034757, 0.134563}},
      {1, "a", {0.201278, 0.22993, 0.101313}},    {1, "b", {0.16891, 0.162981, 0.199969}},
      {3, "a", {0.400444, 0.408162, 0.394151}},   {3, "b", {0.450946, 0.448741, 0.385466}},
      {8, "a", {0.69305, 0.523517, 0.46736}},     {8, "b", {0.617824, 0.561403, 0.48149}}};
  std::vector<CurveObservation> observations;
  for (const Scan& scan : scans)
    for (std::size_t r = 0; r < 3; ++r)
      observations.push_back({scan.x, scan.y[r], not_available, scan.subject, "region-" + std::to_string(r)});
  const RegionalCurveFit fit = fit_regional_curve(observations, {});
  CHECK(fit["EC50"].value == Approx(3.02).epsilon(0.01));
  CHECK(std::isfinite(fit["EC50"].upper));
  CHECK(fit["tau"].value < fit["sigma"].value);
}

TEST_CASE("Sessions tell scans of a subject at one concentration apart", "[regional]") {
  auto data = study({0.02, 0.02}, 1);
  const auto once_more = study({0.02, 0.02}, 2);
  for (std::size_t i = 0; i < data.size(); ++i) data[i].session = std::to_string(i / 4);
  for (std::size_t r = 0; r < 4; ++r) {
    data.push_back(once_more[r]);
    data.back().session = "again";
  }
  CHECK(fit_regional_curve(data, {}).scans == 11);
  data.back().x *= 1.1;
  CHECK_THROWS_WITH(fit_regional_curve(data, {}), Catch::Matchers::Contains("session 'again' of 'sub-0'"));
}

TEST_CASE("Regions at doses far below EC50 say that it has no upper end", "[regional]") {
  std::vector<CurveObservation> data = study({0.01, 0.01}, 2);
  for (CurveObservation& o : data) {
    o.y -= plateaus[static_cast<std::size_t>(o.region.back() - '0')] *
           (o.x / (EC50 + o.x) - 0.02 * o.x / (EC50 + 0.02 * o.x));
    o.x *= 0.02;
  }
  const RegionalCurveFit fit = fit_regional_curve(data, {});
  CHECK(fit.status == FitStatus::unidentifiable);
  CHECK(std::isinf(fit["EC50"].upper));
  CHECK(has_flag(fit, "EC50_unbounded"));
}

TEST_CASE("Too few observations for an EC50 of each region leave the one of all as it is", "[regional]") {
  const auto data = study({0.01, 0.02}, 4);
  std::vector<CurveObservation> few;  // three scans of two regions
  for (const std::size_t scan : {0u, 4u, 9u})
    for (std::size_t r = 0; r < 2; ++r) few.push_back(data[4 * scan + r]);
  CurveOptions options;
  options.shape = CurveShape::hill;
  const RegionalCurveFit fit = fit_regional_curve(few, options);
  CHECK(fit.observations == 6);
  CHECK(std::isfinite(fit["EC50"].value));
  CHECK(std::isnan(fit.heterogeneity_p));
}

TEST_CASE("Where no scan has two regions what they would share is left out, and said to be", "[regional]") {
  std::vector<CurveObservation> single;
  const auto data = study({0.02, 0.02}, 6);
  for (std::size_t i = 0; i < data.size(); i += 4) single.push_back(data[i + (i / 4) % 2]);
  const RegionalCurveFit fit = fit_regional_curve(single, {});
  CHECK(fit["tau"].value == 0.0);
  CHECK(has_flag(fit, "scan_error_left_out"));
  CHECK(fit.degrees_of_freedom == Approx(10.0 - 3.0));
}

TEST_CASE("What is no set of regions is refused", "[regional]") {
  const auto data = study({0.02, 0.02}, 1);
  const auto refused = [](std::vector<CurveObservation> changed, const char* why) {
    CHECK_THROWS_WITH(fit_regional_curve(changed, {}), Catch::Matchers::Contains(why));
  };
  auto changed = data;
  changed.push_back(data.front());
  refused(changed, "twice in the scan");
  changed = data;
  changed.front().region.clear();
  refused(changed, "without a subject or region");
  refused({data[0], data[4], data[8]}, "one region");
  changed = data;
  changed.front().standard_error = 0.0;
  refused(changed, "standard error");
  refused({data.begin(), data.begin() + 8}, "concentrations");
  CurveOptions options;
  options.endpoint = CurveEndpoint::binding;
  CHECK_THROWS_AS(fit_regional_curve(data, options), UsageError);
  options = {};
  options.targets = {0.5};
  CHECK_THROWS_AS(fit_regional_curve(data, options), UsageError);
  changed = data;
  for (CurveObservation& o : changed) o.y = 0.4;
  refused(changed, "the same value");
  options = {};
  options.shape = CurveShape::two_site;
  CHECK_THROWS_AS(fit_regional_curve(data, options), UsageError);
}
