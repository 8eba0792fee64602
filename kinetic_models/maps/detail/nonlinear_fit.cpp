// SPDX-License-Identifier: Apache-2.0
#include <Eigen/Eigenvalues>
#include <array>
#include <cmath>
#include <optional>

#include "kinetic_models/detail/frames_used.h"
#include "kinetic_models/detail/least_squares.h"
#include "kinetic_models/detail/solver.h"
#include "kinetic_models/frtm.h"
#include "kinetic_models/maps/detail/block_fit.h"
#include "kinetic_models/maps/detail/rate_search.h"
#include "kinetic_models/maps/detail/refinement.h"
#include "kinetic_models/maps/detail/terms.h"
#include "kinetic_models/maps/detail/voxel_report.h"
#include "kinetic_models/one_tissue.h"
#include "kinetic_models/srtm.h"
#include "kinetic_models/srtm2.h"
#include "kinetic_models/two_tissue.h"
#include "kinetic_models/two_tissue_irreversible.h"

namespace pet::detail {
namespace {

const MovableInput& movable(const ScanInput& input) {
  return input.is_plasma() ? input.plasma().movable() : input.reference().movable();
}

// How far apart the rates of the grid lie, in nodes of the table.
constexpr std::size_t nodes_between_rates = 4;
constexpr std::size_t nodes_between_paired_rates = 6;

template <typename Terms>
class NonlinearFit : public BlockFit {
 public:
  static constexpr std::size_t P = Terms::parameters;

  NonlinearFit(const Model& model, const ScanInput& input, const FitOptions& options, const TimeActivityCurve& mean)
      : model_(model),
        options_(options),
        parameters_(with_bounds(model.parameters, options)),
        used_(frames_used(mean, options, count_fitted(parameters_) + 1, model.name)),
        table_(movable(input),
               options.delay_min.value.value_or(0.0),
               Terms::fastest(parameters_),
               Terms::curves(input, options.delay_min.value.value_or(0.0)),
               used_),
        known_blood_(held_blood(parameters_)),
        search_(table_, free_fixed(), Terms::searched == 1 ? nodes_between_rates : nodes_between_paired_rates),
        refinement_(table_, parameters_) {}

  void fit(const VoxelBlock& measured, std::size_t count, std::size_t first, ParametricMaps& maps) const override {
    const CurveSpace& space = table_.space();
    VoxelBlock weighted(space.frames());
    VoxelBlock coordinates(space.dimensions());
    VoxelBlock scratch(space.frames());
    VoxelBlock projections(search_.size());
    std::array<float, lanes> unexplained;
    std::array<std::int32_t, lanes> best;
    space.weight(measured, weighted);
    space.coordinates(weighted, coordinates);
    space.distance(weighted, coordinates, scratch, unexplained.data());
    VoxelBlock searched = coordinates;
    take_off_blood(searched);
    search_.project(searched, projections);
    if constexpr (Terms::searched == 1)
      search_.best_of_one(projections, best.data());
    else
      search_.best_of_two(projections, best.data());
    for (std::size_t lane = 0; lane < count; ++lane) {
      const Coordinates c = of_lane(coordinates, lane);
      const Optimum<P> optimum = optimum_from(c, of_lane(searched, lane), static_cast<std::size_t>(best[lane]));
      report(optimum, static_cast<double>(unexplained[lane]), first + lane, maps);
    }
  }

 private:
  static std::optional<double> held_blood(const std::vector<Parameter>& parameters) {
    if constexpr (Terms::blood < 0) return std::nullopt;
    const Parameter& blood = parameters[static_cast<std::size_t>(std::max(Terms::blood, 0))];
    return blood.is_held() ? std::optional(blood.held) : std::nullopt;
  }

  // The fixed curves whose coefficients the search leaves free: not that of blood where vB is held.
  std::vector<std::size_t> free_fixed() const {
    std::vector<std::size_t> indices;
    for (std::size_t f = known_blood_ ? 1 : 0; f < Terms::fixed; ++f) indices.push_back(f);
    return indices;
  }

  void take_off_blood(VoxelBlock& coordinates) const {
    if (known_blood_.value_or(0.0) == 0.0) return;
    for (std::size_t d = 0; d < coordinates.rows(); ++d) {
      const auto part = static_cast<float>(*known_blood_ * table_.fixed()[0][d]);
      for (std::size_t lane = 0; lane < lanes; ++lane) coordinates.row(d)[lane] -= part;
    }
  }

  Coordinates of_lane(const VoxelBlock& coordinates, std::size_t lane) const {
    Coordinates c;
    std::fill_n(c.begin(), table_.width(), 0.0);
    for (std::size_t d = 0; d < coordinates.rows(); ++d) c[d] = static_cast<double>(coordinates.row(d)[lane]);
    return c;
  }

  Optimum<P> optimum_from(const Coordinates& c, const Coordinates& searched, std::size_t best) const {
    std::array<double, Terms::searched> rates;
    if constexpr (Terms::searched == 1)
      rates = {search_.between_rates(best, searched)};
    else  // the faster first, as the terms of the models have them
      rates = {search_.rate(best % search_.size()), search_.rate(best / search_.size())};
    const GridPoint point = grid_point(searched, rates);
    if constexpr (Terms::starts == 1) return refinement_.minimise(c, Terms::start(point, parameters_, 0));
    // Of several starts the best after a few steps is followed to its end.
    constexpr int few_steps = 15;
    Optimum<P> leader;
    for (std::size_t s = 0; s < Terms::starts; ++s) {
      const Optimum<P> tried = refinement_.minimise(c, Terms::start(point, parameters_, s), few_steps);
      if (tried.cost < leader.cost) leader = tried;
    }
    return leader.converged ? leader : refinement_.minimise(c, leader.parameters);
  }

  // The linear coefficients at given rates, by normal equations.
  GridPoint grid_point(const Coordinates& searched, const std::array<double, Terms::searched>& rates) const {
    constexpr std::size_t most = Terms::fixed + Terms::searched;
    std::array<Coordinates, most> curves;
    std::array<std::size_t, most> active{};
    std::size_t count = 0;
    Coordinates unused;
    for (std::size_t f = 0; f < Terms::fixed; ++f) {
      curves[f] = table_.fixed()[f];
      if (f > 0 || !known_blood_) active[count++] = f;
    }
    for (std::size_t r = 0; r < Terms::searched; ++r) {
      table_.at(rates[r], curves[Terms::fixed + r], unused);
      if (r == 0 || rates[r] != rates[0]) active[count++] = Terms::fixed + r;
    }
    std::array<std::array<double, most>, most> gram{};
    std::array<double, most> x{};
    for (std::size_t i = 0; i < count; ++i) {
      for (std::size_t j = 0; j <= i; ++j)
        gram[active[i]][active[j]] = gram[active[j]][active[i]] = dot(curves[active[i]], curves[active[j]]);
      x[active[i]] = dot(curves[active[i]], searched);
    }
    if (!solve(gram, x, active, count)) x.fill(0.0);
    GridPoint point;
    for (std::size_t f = 0; f < Terms::fixed; ++f) point.fixed[f] = x[f];
    if (known_blood_) point.fixed[0] = *known_blood_;
    for (std::size_t r = 0; r < Terms::searched; ++r) point.moving[r] = {rates[r], x[Terms::fixed + r]};
    return point;
  }

  double dot(const Coordinates& a, const Coordinates& b) const {
    double sum = 0.0;
    for (std::size_t d = 0; d < table_.width(); ++d) sum += a[d] * b[d];
    return sum;
  }

  void report(const Optimum<P>& optimum, double unexplained, std::size_t at, ParametricMaps& maps) const {
    const std::size_t fitted = count_fitted(parameters_);
    const std::size_t frames = used_.index.size();
    const double rss = unexplained + optimum.cost;
    Covariance covariance = covariance_of(optimum, rss / static_cast<double>(frames - fitted));
    FitStatus status = optimum.converged ? FitStatus::ok : FitStatus::not_converged;
    if (status == FitStatus::ok && covariance.is_at_bound) status = FitStatus::at_bound;
    if (optimum.converged && !covariance.is_determined) status = FitStatus::unidentifiable;
    if (!std::isfinite(rss)) status = FitStatus::failed;
    detail::report(model_, options_, {optimum.parameters, covariance.values, rss, frames, fitted, status}, at, maps);
  }

  struct Covariance {
    std::array<double, P * P> values;
    bool is_at_bound = false;
    bool is_determined = true;
  };

  // s^2 (J'J)^-1 of what is free at the optimum, as the regional fits have it: NaN at a bound, 0 where held.
  Covariance covariance_of(const Optimum<P>& optimum, double variance) const {
    Covariance result;
    result.values.fill(not_available);
    std::array<std::size_t, P> free{};
    std::size_t count = 0;
    for (std::size_t j = 0; j < P; ++j) {
      if (parameters_[j].is_held()) {
        for (std::size_t k = 0; k < P; ++k) result.values[j * P + k] = result.values[k * P + j] = 0.0;
      } else if (is_at_bound(optimum.parameters[j], parameters_[j])) {
        result.is_at_bound = true;
      } else {
        free[count++] = j;
      }
    }
    for (std::size_t i = 0; i < count; ++i) {
      std::array<double, P> column{};
      column[free[i]] = variance;
      if (!solve(optimum.normal, column, free, count)) {
        result.is_determined = false;
        return result;
      }
      for (std::size_t k = 0; k < count; ++k) result.values[free[k] * P + free[i]] = column[free[k]];
    }
    return result;
  }

  const Model& model_;
  FitOptions options_;
  std::vector<Parameter> parameters_;
  FramesUsed used_;
  RateTable table_;
  std::optional<double> known_blood_;
  RateSearch search_;
  Refinement<Terms> refinement_;
};

template <typename Terms>
std::unique_ptr<BlockFit> make(const Model& model,
                               const ScanInput& input,
                               const FitOptions& options,
                               const TimeActivityCurve& mean) {
  return std::make_unique<NonlinearFit<Terms>>(model, input, options, mean);
}

struct Entry {
  const Model* model;
  std::unique_ptr<BlockFit> (*make)(const Model&, const ScanInput&, const FitOptions&, const TimeActivityCurve&);
};

constexpr std::array entries = {
    Entry{&srtm, make<SrtmTerms>},
    Entry{&srtm2, make<Srtm2Terms>},
    Entry{&frtm, make<FrtmTerms>},
    Entry{&one_tissue, make<OneTissueTerms>},
    Entry{&two_tissue, make<TwoTissueTerms>},
    Entry{&two_tissue_irreversible, make<TwoTissueIrreversibleTerms>},
};

}  // namespace

bool has_terms(const Model& model) {
  for (const Entry& entry : entries)
    if (entry.model->name == model.name) return true;
  return false;
}

std::unique_ptr<BlockFit> nonlinear_fit(const Model& model,
                                        const ScanInput& input,
                                        const FitOptions& options,
                                        const TimeActivityCurve& mean) {
  for (const Entry& entry : entries)
    if (entry.model->name == model.name) return entry.make(model, input, options, mean);
  return nullptr;
}

}  // namespace pet::detail
