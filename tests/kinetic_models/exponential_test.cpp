// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/exponential.h"

#include <ceres/jet.h>

#include <boost/math/quadrature/gauss_kronrod.hpp>
#include <catch2/catch.hpp>
#include <cmath>

using namespace pet;

namespace {

// phi_k(z) = integral over [0, 1] of exp((1 - s) z) s^(k-1) / (k-1)! ds.
double phi_by_quadrature(int k, double z) {
  const auto integrand = [&](double s) { return std::exp((1.0 - s) * z) * std::pow(s, k - 1) / std::tgamma(k); };
  return boost::math::quadrature::gauss_kronrod<double, 61>::integrate(integrand, 0.0, 1.0, 10, 1e-15);
}

template <std::size_t N>
void check_values(const PhiValues<double, N>& values, double z) {
  for (std::size_t k = 1; k <= N; ++k) {
    INFO("phi_" << k << "(" << z << ") of " << N);
    CHECK(values[k - 1] == Approx(phi_by_quadrature(static_cast<int>(k), z)).epsilon(3e-14));
  }
}

}  // namespace

TEST_CASE("The phi functions equal their integrals for slow and fast rates", "[exponential]") {
  for (const double z :
       {-1e-12, -1e-6, -0.01, -0.0999, -0.1001, -0.3, -0.4999, -0.5001, -1.4999, -1.5001, -3.0, -12.0, -40.0, 0.7}) {
    check_values(phi<double, 3>(z), z);
    check_values(phi<double, 4>(z), z);
    check_values(phi<double, 5>(z), z);
  }
}

// phi_k' = phi_k - k phi_{k+1}
TEST_CASE("The phi functions of a dual number carry their derivatives", "[exponential]") {
  using Dual = ceres::Jet<double, 1>;
  for (const double z : {-1e-6, -0.0999, -0.1001, -0.4999, -0.5001, -1.4999, -1.5001, -12.0}) {
    const PhiValues<Dual> values = phi(Dual(z, 0));
    for (int k = 1; k <= 4; ++k) {
      INFO("phi_" << k << "(" << z << ")");
      const double expected = phi_by_quadrature(k, z) - k * phi_by_quadrature(k + 1, z);
      CHECK(values[static_cast<std::size_t>(k - 1)].v[0] == Approx(expected).epsilon(1e-12));
    }
  }
}

TEST_CASE("The phi functions at zero are inverse factorials", "[exponential]") {
  const PhiValues<double> values = phi(0.0);
  CHECK(values[0] == 1.0);
  CHECK(values[1] == 0.5);
  CHECK(values[2] == Approx(1.0 / 6.0).epsilon(1e-15));
  CHECK(values[3] == Approx(1.0 / 24.0).epsilon(1e-15));
}

TEST_CASE("The phi functions meet where the series hands over to the recurrence", "[exponential]") {
  const PhiValues<double> below = phi(-1.5 + 1e-12);
  const PhiValues<double> above = phi(-1.5 - 1e-12);
  for (std::size_t k = 0; k < 4; ++k) CHECK(below[k] == Approx(above[k]).epsilon(1e-11));
}
