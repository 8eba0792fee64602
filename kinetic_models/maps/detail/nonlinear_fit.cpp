// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "kinetic_models/detail/frames_used.h"
#include "kinetic_models/detail/least_squares.h"
#include "kinetic_models/detail/solver.h"
#include "kinetic_models/frtm.h"
#include "kinetic_models/maps/detail/block_fit.h"
#include "kinetic_models/maps/detail/blood_search.h"
#include "kinetic_models/maps/detail/frame_jacobian.h"
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

double end_of(const ScanInput& input) {
  return input.is_plasma() ? input.plasma().movable().end_min() : input.reference().movable().end_min();
}

// What a block of voxels is worked on in, kept by each thread from block to block.
struct Workspace {
  VoxelBlock weighted;
  VoxelBlock coordinates;
  VoxelBlock searched;  // coordinates without known blood
  VoxelBlock explained;
  VoxelBlock projections;
  std::array<float, lanes> unexplained;
  std::array<std::int32_t, lanes> best;
  PairSearch::BestPairs best_pairs;
  PairSearch::BestPairs best_pairs_of_least_blood;  // the coefficient of blood being at its lower bound
  VoxelResults results;
};

template <typename Terms>
class NonlinearFit : public BlockFit {
 public:
  static constexpr std::size_t P = Terms::parameters;
  static constexpr bool is_paired = Terms::searched == 2;
  static constexpr std::size_t nodes_between =
      is_paired ? 6 : 4;  ///< of the table from one rate of the grid to the next
  using Vector = std::array<double, P>;

  NonlinearFit(const Model& model, const ScanInput& input, const MapOptions& options, const TimeActivityCurve& mean)
      : model_(model),
        options_(options),
        parameters_(with_bounds(model.parameters, options.fit)),
        used_(frames_used(mean, options.fit, count_fitted(parameters_) + 1, model.name)),
        table_([&](double rate) { return Terms::moved(input, rate, delay_of(options.fit), parameters_); },
               end_of(input),
               Terms::fastest(parameters_),
               Terms::curves(input, delay_of(options.fit)),
               used_),
        search_(table_, held_blood(parameters_), nodes_between, is_paired),
        refinement_(table_, parameters_) {
    if constexpr (is_paired)
      if (!search_.known_blood) least_blood_.emplace(table_, parameters_[Terms::blood].lower, nodes_between, is_paired);
    if (options.noise) own_noise_.emplace(*options.noise, used_);
  }

  void fit(const VoxelBlock& measured,
           std::size_t count,
           std::size_t first,
           ParametricMaps& maps,
           const NextBlock& next) const override {
    Workspace& work = search(measured);
    for (std::size_t part = 0; part < count; part += VoxelResults::lanes) {
      const std::size_t some = std::min(VoxelResults::lanes, count - part);
      for (std::size_t lane = 0; lane < some; ++lane) {
        next.fetch(part + lane, lanes);
        fit_lane(work, part + lane, {lane, work.results});
        if (options_.prior != nullptr) regularise(work, part + lane, first + part + lane, {lane, work.results});
        if (options_.noise && options_.prior == nullptr) take_own_noise({lane, work.results});
      }
      detail::report(model_, options_.fit, P, work.results, some, first + part, maps);
    }
  }

  void examine(const VoxelBlock& measured,
               const std::array<bool, lanes>& is_unusable,
               std::size_t count,
               ResidualPool& pool) const override {
    Workspace& work = search(measured);
    FrameJacobian fit;
    Eigen::VectorXd residual(static_cast<Eigen::Index>(table_.space().frames()));
    for (std::size_t lane = 0; lane < count; ++lane) {
      if (is_unusable[lane]) continue;
      fit_lane(work, lane, {0, work.results});
      if (work.results.status[0] != FitStatus::ok) continue;
      linearise(Place{0, work.results}.parameters(), fit);
      for (Eigen::Index f = 0; f < residual.size(); ++f)
        residual[f] = static_cast<double>(work.weighted.row(static_cast<std::size_t>(f))[lane]) - fit.curve[f];
      pool.add(fit, residual);
    }
  }

 private:
  // Where the result of a voxel goes.
  struct Place {
    std::size_t lane;
    VoxelResults& results;

    void put(const Vector& parameters,
             const std::array<double, P * P>& covariance,
             double rss,
             std::size_t frames,
             std::size_t fitted,
             FitStatus status) const {
      for (std::size_t j = 0; j < P; ++j) results.parameter[j][lane] = parameters[j];
      for (std::size_t j = 0; j < P * P; ++j) results.covariance[j][lane] = covariance[j];
      results.weighted_rss[lane] = rss;
      results.frames[lane] = static_cast<double>(frames);
      results.fitted[lane] = static_cast<std::uint8_t>(fitted);
      results.status[lane] = status;
    }

    Vector parameters() const {
      Vector p;
      for (std::size_t j = 0; j < P; ++j) p[j] = results.parameter[j][lane];
      return p;
    }
  };

  // The best rates of the grid for every lane, in a workspace of the thread's own.
  Workspace& search(const VoxelBlock& measured) const {
    const CurveSpace& space = table_.space();
    thread_local Workspace work;
    work.weighted.resize(space.frames());
    work.explained.resize(space.frames());
    work.coordinates.resize(space.dimensions());
    space.weight(measured, work.weighted);
    space.coordinates(work.weighted, work.coordinates);
    space.distance(work.weighted, work.coordinates, work.explained, work.unexplained.data());
    if (least_blood_) {
      project(*least_blood_, work);
      least_blood_->pairs->find(work.projections, work.best_pairs_of_least_blood);
    }
    project(search_, work);
    search_.rates.best_of_one(work.projections, work.best.data());
    if constexpr (is_paired) search_.pairs->find(work.projections, work.best_pairs);
    return work;
  }

  static void project(const BloodSearch& search, Workspace& work) {
    work.searched = work.coordinates;
    search.take_off_blood(work.searched);
    work.projections.resize(search.rates.size());
    search.rates.project(work.searched, work.projections);
  }

  // The fit once more with what is known of its parameters from around it (voxel `at`), from there and from the free
  // fit.
  void regularise(const Workspace& work, std::size_t lane, std::size_t at, const Place& place) const {
    if (place.results.status[place.lane] == FitStatus::failed) return;
    const Vector free = place.parameters();
    const double variance =
        place.results.weighted_rss[place.lane] / static_cast<double>(used_.index.size() - count_fitted(parameters_));
    typename Refinement<Terms>::Penalty penalty;
    penalty.mean = free;
    for (std::size_t j = 0; j < P; ++j) {
      const ParameterPrior& prior = (*options_.prior)[j];
      if (prior.mean.empty() || parameters_[j].is_held()) continue;
      const auto mean = static_cast<double>(prior.mean[at]);
      const auto spread = static_cast<double>(prior.variance[at]);
      if (!std::isfinite(mean) || !(spread > 0.0) || !std::isfinite(spread)) continue;
      penalty.mean[j] = mean;
      penalty.weight[j] = variance / spread;
    }
    Coordinates c;
    c.fill(0.0);
    table_.space().coordinates(work.weighted, lane, c.data());
    constexpr int steps = 100;
    Optimum<P> best = refinement_.minimise(c, penalty.mean, steps, &penalty);
    const Optimum<P> other = refinement_.minimise(c, free, steps, &penalty);
    if (other.cost < best.cost) best = other;
    best.cost -= penalty.at(best.parameters);
    keep(best, static_cast<double>(work.unexplained[lane]), place);
  }

  // The parameters that vary at some point: neither held nor at a bound.
  std::vector<std::size_t> varying(const Vector& parameters) const {
    std::vector<std::size_t> indices;
    for (std::size_t j = 0; j < P; ++j)
      if (!parameters_[j].is_held() && !is_at_bound(parameters[j], parameters_[j])) indices.push_back(j);
    return indices;
  }

  void linearise(const Vector& parameters, FrameJacobian& fit) const {
    Coordinates curve;
    std::array<Coordinates, P> columns;
    refinement_.linearise(parameters, curve, columns);
    const auto frames = static_cast<Eigen::Index>(table_.space().frames());
    const std::vector<std::size_t> indices = varying(parameters);
    fit.curve.resize(frames);
    fit.columns.resize(frames, static_cast<Eigen::Index>(indices.size()));
    table_.space().at_frames(curve.data(), fit.curve.data());
    for (std::size_t i = 0; i < indices.size(); ++i)
      table_.space().at_frames(columns[indices[i]].data(), fit.columns.col(static_cast<Eigen::Index>(i)).data());
  }

  // The covariance of a fit with the variances that the noise of the frames gives its voxel, in place of the weights'.
  void take_own_noise(const Place& place) const {
    const FitStatus status = place.results.status[place.lane];
    if (status != FitStatus::ok && status != FitStatus::at_bound) return;
    const Vector parameters = place.parameters();
    thread_local FrameJacobian fit;
    linearise(parameters, fit);
    const Eigen::MatrixXd covariance =
        sandwich(fit, own_noise_->relative_variance(fit.curve), place.results.weighted_rss[place.lane]);
    if (covariance.size() == 0) return;
    const std::vector<std::size_t> indices = varying(parameters);
    for (std::size_t i = 0; i < indices.size(); ++i)
      for (std::size_t k = 0; k < indices.size(); ++k)
        place.results.covariance[indices[i] * P + indices[k]][place.lane] =
            covariance(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(k));
  }

  void fit_lane(const Workspace& work, std::size_t lane, const Place& place) const {
    const auto best = static_cast<std::size_t>(work.best[lane]);
    const auto unexplained = static_cast<double>(work.unexplained[lane]);
    if constexpr (Terms::is_one_to_one && Terms::searched == 1)
      if (fit_in_closed_form(of_lane(work.searched, lane), best, unexplained, place)) return;
    // The curve once more in double precision: along flat valleys the optimum moves far for little.
    Coordinates c;
    c.fill(0.0);
    table_.space().coordinates(work.weighted, lane, c.data());
    if constexpr (is_paired)
      keep(optimum_of_pairs(c, best, work, lane), unexplained, place);
    else
      keep(optimum_from(c, best), unexplained, place);
  }

  static double delay_of(const FitOptions& options) { return options.delay_min.value.value_or(0.0); }

  static std::optional<double> held_blood(const std::vector<Parameter>& parameters) {
    if constexpr (Terms::blood < 0) return std::nullopt;
    const Parameter& blood = parameters[static_cast<std::size_t>(std::max(Terms::blood, 0))];
    return blood.is_held() ? std::optional(blood.held) : std::nullopt;
  }

  Coordinates of_lane(const VoxelBlock& coordinates, std::size_t lane) const {
    Coordinates c;
    std::fill_n(c.begin(), table_.width(), 0.0);
    for (std::size_t d = 0; d < coordinates.rows(); ++d) c[d] = static_cast<double>(coordinates.row(d)[lane]);
    return c;
  }

  // The optimum from the best rate of the grid. Of several starts the best after a few steps is followed to its end.
  Optimum<P> optimum_from(const Coordinates& c, std::size_t best) const {
    const Coordinates searched = search_.without_blood(c);
    const auto maximum = search_.rates.maximum_near(best, searched);
    const GridPoint<double> point =
        grid_point(search_, searched, {maximum ? search_.rates.rate(*maximum) : search_.rates.rate(best)});
    if constexpr (Terms::starts == 1) return refinement_.minimise(c, Terms::start(point, parameters_, 0));
    constexpr int few_steps = 15;
    Optimum<P> leader;
    for (std::size_t s = 0; s < Terms::starts; ++s) {
      const Optimum<P> tried = refinement_.minimise(c, Terms::start(point, parameters_, s), few_steps);
      if (tried.cost < leader.cost) leader = tried;
    }
    return leader.converged ? leader : refinement_.minimise(c, leader.parameters);
  }

  // Where the minimum of a zone of pairs is sought within the bounds: at it, or on the grid where it is not known.
  struct Start {
    double least_cost;  // of the minimum that the zone's best pair leads to
    Vector parameters;
    bool is_minimum;
  };

  // The optimum from the best pairs of rates of each zone. The lowest of their minima is taken for that of the model
  // where it is within the bounds, or with the least blood that they allow; else those of all zones are followed to
  // where the bounds let them, and the best is taken.
  Optimum<P> optimum_of_pairs(const Coordinates& c,
                              std::size_t best_rate,
                              const Workspace& work,
                              std::size_t lane) const {
    const Coordinates searched = search_.without_blood(c);
    std::array<Start, PairSearch::zones> starts;
    std::size_t count = 0;
    for (std::size_t zone = 0; zone < PairSearch::zones; ++zone)
      if (work.best_pairs[zone][lane] >= 0)
        starts[count++] =
            start_of_zone(c, searched, work.best_pairs[zone][lane], work.best_pairs_of_least_blood[zone][lane]);
    if (count == 0) {  // no pair: the best single rate twice
      const auto place = static_cast<double>(search_.rates.node_of(best_rate));
      starts[count++] = {0.0, start_at(search_, {place, place}, searched), false};
    }
    for (std::size_t s = 1; s < count; ++s)  // the lowest first
      for (std::size_t t = s; t > 0 && starts[t].least_cost < starts[t - 1].least_cost; --t)
        std::swap(starts[t], starts[t - 1]);
    if (starts[0].is_minimum) return refinement_.minimise(c, starts[0].parameters);
    constexpr int few_steps = 8;
    Optimum<P> leader;
    for (std::size_t s = 0; s < count; ++s) {
      if (leader.cost <= starts[s].least_cost) break;
      const Optimum<P> optimum = refinement_.minimise(c, starts[s].parameters, few_steps);
      if (optimum.cost < leader.cost) leader = optimum;
      if (starts[s].is_minimum) break;  // those behind are no lower
    }
    return leader.converged ? leader : refinement_.minimise(c, leader.parameters);
  }

  // The minimum that the best pair of a zone leads to, all coefficients being free, or where that has too little blood,
  // with as little as the bounds allow: noise takes about one voxel in five there.
  Start start_of_zone(const Coordinates& c,
                      const Coordinates& searched,
                      std::int32_t best,
                      std::int32_t best_of_least_blood) const {
    const PairSearch::Place of_grid = search_.pairs->of_grid(best);
    const PairSearch::Place refined = search_.pairs->refined(of_grid, searched);
    const Vector free = start_at(search_, refined, searched);
    const double cost = search_.cost(refined, searched);
    if (are_inside(free)) return {cost, free, true};
    if (least_blood_ && best_of_least_blood >= 0 && free[Terms::blood] < parameters_[Terms::blood].lower) {
      const Coordinates rest = least_blood_->without_blood(c);
      const PairSearch::Place place =
          least_blood_->pairs->refined(least_blood_->pairs->of_grid(best_of_least_blood), rest);
      const Vector bounded = start_at(*least_blood_, place, rest);
      if (are_inside(bounded, Terms::blood)) return {least_blood_->cost(place, rest), bounded, true};
    }
    return {cost, start_at(search_, of_grid, searched), false};
  }

  Vector start_at(const BloodSearch& search, const PairSearch::Place& place, const Coordinates& searched) const {
    // The faster first, as the terms of the models have them.
    const std::array rates = {search.rates.rate_at(place.fast), search.rates.rate_at(place.slow)};
    return Terms::start(grid_point(search, searched, rates), parameters_, 0);
  }

  // Whether all parameters but one are away from their bounds, or held.
  bool are_inside(const Vector& p, int but = -1) const {
    for (std::size_t j = 0; j < P; ++j)
      if (static_cast<int>(j) != but && !parameters_[j].is_held() && !is_inside(p[j], parameters_[j])) return false;
    return true;
  }

  // The linear coefficients at given rates, by normal equations.
  GridPoint<double> grid_point(const BloodSearch& search,
                               const Coordinates& searched,
                               const std::array<double, Terms::searched>& rates) const {
    constexpr std::size_t most = Terms::fixed + Terms::searched;
    std::array<Coordinates, most> curves;
    std::array<std::size_t, most> active{};
    std::size_t count = 0;
    Coordinates unused;
    for (std::size_t f = 0; f < Terms::fixed; ++f) {
      curves[f] = table_.fixed()[f];
      if (f > 0 || !search.known_blood) active[count++] = f;
    }
    for (std::size_t r = 0; r < Terms::searched; ++r) {
      table_.at(rates[r], curves[Terms::fixed + r], unused);
      if (r == 0 || rates[r] != rates[0]) active[count++] = Terms::fixed + r;
    }
    std::array<std::array<double, most>, most> gram{};
    std::array<double, most> x{};
    for (std::size_t i = 0; i < count; ++i) {
      for (std::size_t j = 0; j <= i; ++j)
        gram[active[i]][active[j]] = gram[active[j]][active[i]] =
            dot(curves[active[i]], curves[active[j]], table_.width());
      x[active[i]] = dot(curves[active[i]], searched, table_.width());
    }
    const Cholesky<most> factors(gram, active, count);
    if (factors.is_positive())
      factors.solve(x);
    else
      x.fill(0.0);
    GridPoint<double> point;
    for (std::size_t f = 0; f < Terms::fixed; ++f) point.fixed[f] = x[f];
    if (search.known_blood) point.fixed[0] = *search.known_blood;
    for (std::size_t r = 0; r < Terms::searched; ++r) point.moving[r] = {rates[r], x[Terms::fixed + r]};
    return point;
  }

  // The best fit by one rate, where that is inside the rates of the table and its parameters inside the bounds: then it
  // is the optimum of the model. False where it is not.
  bool fit_in_closed_form(const Coordinates& c, std::size_t best, double unexplained, const Place& place) const {
    const auto maximum = search_.rates.maximum_near(best, c);
    if (!maximum) return false;
    if constexpr (Terms::blood >= 0)
      if (search_.known_blood) return take_optimum<Terms::fixed + 1>(*maximum, c, unexplained, place);
    return take_optimum<Terms::fixed + 2>(*maximum, c, unexplained, place);
  }

  template <std::size_t count>
  bool take_optimum(const RateSearch::Maximum& maximum,
                    const Coordinates& c,
                    double unexplained,
                    const Place& place) const {
    const OneRateOptimum<count> optimum = search_.rates.template optimum_at<count>(maximum, c);
    if (!optimum.is_determined()) return false;

    // Numbers with their derivatives by (fixed coefficients, coefficient, rate).
    using OfPoint = ceres::Jet<double, static_cast<int>(count)>;
    GridPoint<OfPoint> point;
    constexpr std::size_t known = Terms::fixed + 2 - count;
    if constexpr (known > 0) point.fixed[0] = OfPoint(*search_.known_blood);
    for (std::size_t f = 0; f + 2 < count; ++f) point.fixed[known + f] = OfPoint(optimum.fixed[f], static_cast<int>(f));
    point.moving[0].coefficient = OfPoint(optimum.coefficient, static_cast<int>(count - 2));
    point.moving[0].rate = OfPoint(optimum.rate, static_cast<int>(count - 1));
    const std::array<OfPoint, P> parameters = Terms::start(point, parameters_, 0);
    std::array<double, P> values;
    for (std::size_t j = 0; j < P; ++j) {
      values[j] = parameters_[j].is_held() ? parameters_[j].held : parameters[j].a;
      if (!parameters_[j].is_held() && !is_inside(values[j], parameters_[j])) return false;
    }
    const std::size_t frames = used_.index.size();
    const double rss = unexplained + std::max(dot(c, c, table_.width()) - optimum.explained, 0.0);
    const std::array<double, P* P> covariance =
        covariance_of<count>(parameters, optimum.inverse(), rss / static_cast<double>(frames - count));
    const FitStatus status = std::isfinite(rss) ? FitStatus::ok : FitStatus::failed;
    place.put(values, covariance, rss, frames, count, status);
    return true;
  }

  // s^2 D R^-1 R^-T D', D being the derivatives of the parameters.
  template <std::size_t count>
  std::array<double, P * P> covariance_of(const std::array<ceres::Jet<double, static_cast<int>(count)>, P>& parameters,
                                          const typename OneRateOptimum<count>::Triangle& inverse,
                                          double variance) const {
    std::array<std::array<double, count>, P> error{};  // of each parameter for unit noise along Q
    for (std::size_t j = 0; j < P; ++j)
      for (std::size_t q = 0; q < count && !parameters_[j].is_held(); ++q)
        for (std::size_t r = 0; r <= q; ++r) error[j][q] += parameters[j].v[static_cast<int>(r)] * inverse[r][q];
    std::array<double, P * P> covariance{};
    for (std::size_t j = 0; j < P; ++j)
      for (std::size_t k = 0; k <= j; ++k) {
        for (std::size_t q = 0; q < count; ++q) covariance[j * P + k] += variance * error[j][q] * error[k][q];
        covariance[k * P + j] = covariance[j * P + k];
      }
    return covariance;
  }

  static bool is_inside(double value, const Parameter& parameter) {
    return value > parameter.lower && value < parameter.upper && !is_at_bound(value, parameter);
  }

  void keep(const Optimum<P>& optimum, double unexplained, const Place& place) const {
    const std::size_t fitted = count_fitted(parameters_);
    const std::size_t frames = used_.index.size();
    const double rss = unexplained + optimum.cost;
    Covariance covariance = covariance_of(optimum, rss / static_cast<double>(frames - fitted));
    FitStatus status = optimum.converged ? FitStatus::ok : FitStatus::not_converged;
    if (status == FitStatus::ok && covariance.is_at_bound) status = FitStatus::at_bound;
    if (optimum.converged && !covariance.is_determined) status = FitStatus::unidentifiable;
    if (!std::isfinite(rss)) status = FitStatus::failed;
    place.put(optimum.parameters, covariance.values, rss, frames, fitted, status);
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
    const Cholesky<P> factors(optimum.normal, free, count);
    result.is_determined = factors.is_positive();
    for (std::size_t i = 0; i < count && result.is_determined; ++i) {
      std::array<double, P> column{};
      column[free[i]] = variance;
      factors.solve(column);
      for (std::size_t k = 0; k < count; ++k) result.values[free[k] * P + free[i]] = column[free[k]];
    }
    return result;
  }

  const Model& model_;
  MapOptions options_;
  std::vector<Parameter> parameters_;
  FramesUsed used_;
  RateTable table_;
  BloodSearch search_;
  std::optional<BloodSearch> least_blood_;  // with as little blood as the bounds allow, where it is free
  Refinement<Terms> refinement_;
  std::optional<OwnNoise> own_noise_;
};

template <typename Terms>
std::unique_ptr<BlockFit> make(const Model& model,
                               const ScanInput& input,
                               const MapOptions& options,
                               const TimeActivityCurve& mean) {
  return std::make_unique<NonlinearFit<Terms>>(model, input, options, mean);
}

struct Entry {
  const Model* model;
  std::unique_ptr<BlockFit> (*make)(const Model&, const ScanInput&, const MapOptions&, const TimeActivityCurve&);
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
                                        const MapOptions& options,
                                        const TimeActivityCurve& mean) {
  for (const Entry& entry : entries)
    if (entry.model->name == model.name) return entry.make(model, input, options, mean);
  return nullptr;
}

}  // namespace pet::detail
