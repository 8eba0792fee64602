// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/maps/detail/quad_regression.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "libpet/detail/vector_versions.h"

namespace pet::detail {
namespace {

// A column counts as dependent where what is new in it is shorter than this, of its length: what scalar products
// resolve in double precision.
constexpr double dependent = 1e-7;

OCCUPET_INLINED void take_root(Quad& x) {
  for (std::size_t lane = 0; lane < quad_lanes; ++lane) x[lane] = std::sqrt(x[lane]);
}

double dot(const std::vector<double>& a, const std::vector<double>& b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

std::vector<double> roots(const std::vector<double>& values) {
  std::vector<double> result;
  for (const double value : values) result.push_back(std::sqrt(value));
  return result;
}

// Weights of all frames, 0 where they are not used.
std::vector<double> by_frame(const FramesUsed& used, std::size_t frames) {
  std::vector<double> weight(frames, 0.0);
  for (std::size_t r = 0; r < used.index.size(); ++r) weight[used.index[r]] = used.weight[r];
  return weight;
}

// sum over i of sensitivity(i, j) x rows_i.
std::vector<double> carried_by(const LaneIntegral& integral, const std::vector<double>& rows) {
  std::vector<double> result(rows.size(), 0.0);
  for (std::size_t i = 0; i < rows.size(); ++i)
    for (std::size_t j = 0; j < rows.size(); ++j) result[j] += integral.sensitivity(i, j) * rows[i];
  return result;
}

double squared_sensitivity(const LaneIntegral& integral, std::size_t frame, const std::vector<double>& variance) {
  double sum = 0.0;
  for (std::size_t j = 0; j < variance.size(); ++j)
    sum += integral.sensitivity(frame, j) * integral.sensitivity(frame, j) * variance[j];
  return sum;
}

}  // namespace

void QuadWorkspace::resize(const LaneIntegral& of) {
  for (QuadCurve* values : {&curve, &integral, &inverse, &rows, &more_rows, &response, &more_response})
    values->resize(of.frames());
  for (QuadCurve* values : {&before, &more_before}) values->resize(of.frames() + 1);
  mean.resize(of.means());
}

SharedRegression::SharedRegression(const std::vector<std::vector<double>>& shared,
                                   bool has_own_integral,
                                   const NoisyFrames& frames,
                                   const LaneIntegral& integral)
    : has_own_integral_(has_own_integral),
      integral_(integral),
      weight_(by_frame(frames.used, integral.frames())),
      root_variance_(roots(frames.variance)),
      rows_(static_cast<double>(frames.used.index.size())) {
  // Gram and Schmidt on the weighted columns.
  const std::size_t count = integral.frames();
  const std::vector<double> root_weight = roots(weight_);
  Square triangle{};
  std::array<std::vector<double>, most_shared> unit;
  for (const std::vector<double>& curve : shared) {
    std::vector<double>& column = unit[count_];
    for (std::size_t f = 0; f < count; ++f) column.push_back(root_weight[f] * curve[f]);
    const double whole = std::sqrt(dot(column, column));
    for (std::size_t s = 0; s < count_; ++s) {
      triangle[s][count_] = dot(unit[s], column);
      for (std::size_t f = 0; f < count; ++f) column[f] -= triangle[s][count_] * unit[s][f];
    }
    const double length = std::sqrt(dot(column, column));
    is_determined_ = is_determined_ && length > dependent * whole;
    triangle[count_][count_] = is_determined_ ? length : 1.0;
    for (double& value : column) value /= triangle[count_][count_];
    ++count_;
  }
  for (std::size_t s = 0; s < count_; ++s) inverse_[s][s] = 1.0 / triangle[s][s];
  if (count_ == 2) inverse_[0][1] = -triangle[0][1] * inverse_[0][0] * inverse_[1][1];

  for (std::size_t s = 0; s < count_; ++s) {
    for (std::size_t f = 0; f < count; ++f) along_[s].push_back(root_weight[f] * unit[s][f]);
    carried_[s] = carried_by(integral, along_[s]);
    direct_[s] = along_[s];
    for (std::size_t f = 0; f < count; ++f) {
      carried_[s][f] *= root_variance_[f];
      direct_[s][f] *= root_variance_[f];
    }
  }
  for (std::size_t s = 0; s < count_; ++s)
    for (std::size_t t = 0; t < count_; ++t) {
      direct_direct_[s][t] = dot(direct_[s], direct_[t]);
      direct_carried_[s][t] = dot(direct_[s], carried_[t]);
      carried_carried_[s][t] = dot(carried_[s], carried_[t]);
    }
  for (const std::size_t f : frames.used.index) {
    expected_[0] += weight_[f] * frames.variance[f];
    expected_[1] -= 2.0 * weight_[f] * integral.sensitivity(f, f) * frames.variance[f];
    expected_[2] += weight_[f] * squared_sensitivity(integral, f, frames.variance);
  }
}

template <std::size_t shared, bool has_own>
OCCUPET_INLINED void SharedRegression::multiply(QuadWorkspace& work, Products& p) const {
  Quad y_y = {};
  Quad x_y = {};
  Quad x_x = {};
  std::array<Quad, shared> along_y = {};
  std::array<Quad, shared> along_x = {};
  const double* const along[] = {along_[0].data(), along_[shared - 1].data()};
  const double* const weights = weight_.data();
  const std::size_t frames = weight_.size();
  const Quad* const curve = work.curve.data();
  if constexpr (has_own) {
    Quad* const rows = work.rows.data();
    Quad* const before = work.before.data();
    Quad sum = {};
    integral_.integrate(
        curve, work.mean.data(), [&](std::size_t f, const Quad& x) __attribute__((always_inline)) {
          const Quad y = curve[f];
          const Quad row = weights[f] * x;
          y_y += weights[f] * y * y;
          x_y += row * y;
          x_x += row * x;
          for (std::size_t s = 0; s < shared; ++s) {
            along_y[s] += along[s][f] * y;
            along_x[s] += along[s][f] * x;
          }
          rows[f] = row;
          before[f] = sum;
          sum += row;
        });
    before[frames] = sum;
  } else {
    for (std::size_t f = 0; f < frames; ++f) {
      y_y += weights[f] * curve[f] * curve[f];
      for (std::size_t s = 0; s < shared; ++s) along_y[s] += along[s][f] * curve[f];
    }
  }
  p.y_y = y_y;
  p.x_y = x_y;
  p.x_x = x_x;
  std::copy(along_y.begin(), along_y.end(), p.y.begin());
  std::copy(along_x.begin(), along_x.end(), p.x.begin());
}

template <std::size_t shared, bool has_own>
OCCUPET_INLINED void SharedRegression::solve(Products& p, QuadResult& result) const {
  Quad rest = p.x_x;
  Quad along_rest = p.x_y;
  result.rss = p.y_y;
  for (std::size_t s = 0; s < shared; ++s) {
    rest -= p.x[s] * p.x[s];
    along_rest -= p.x[s] * p.y[s];
    result.rss -= p.y[s] * p.y[s];
  }
  result.points = Quad{} + rows_;
  result.is_determined = Quad{} + (is_determined_ ? 1.0 : 0.0);
  if constexpr (has_own) {
    const auto is_new = rest > dependent * dependent * p.x_x;
    result.is_determined = is_new ? result.is_determined : Quad{};
    p.length = is_new ? rest : Quad{} + 1.0;
    p.b = is_new ? along_rest / p.length : Quad{};
    take_root(p.length);
    result.rss -= p.b * along_rest;
  }
  result.rss = result.rss > 0.0 ? result.rss : Quad{};
}

template <std::size_t shared>
OCCUPET_INLINED void SharedRegression::respond(const QuadWorkspace& work,
                                               const Products& p,
                                               std::array<Quads, most_columns>& responses) const {
  // That of the integral itself, before its parts along the shared columns are taken off.
  const Quad* const rows = work.rows.data();
  const double* const root_variance = root_variance_.data();
  const double* const direct[] = {direct_[0].data(), direct_[shared - 1].data()};
  const double* const carried[] = {carried_[0].data(), carried_[shared - 1].data()};
  std::array<Quad, shared> with_direct = {};
  std::array<Quad, shared> with_carried = {};
  Quad square = {};
  const Quad b = p.b;
  integral_.transpose(
      rows, work.before.data(), 0, [&](std::size_t f, const Quad& response) __attribute__((always_inline)) {
        const Quad own = root_variance[f] * (rows[f] - b * response);
        square += own * own;
        for (std::size_t s = 0; s < shared; ++s) {
          with_direct[s] += direct[s][f] * own;
          with_carried[s] += carried[s][f] * own;
        }
      });
  for (std::size_t s = 0; s < shared; ++s)
    for (std::size_t t = 0; t < shared; ++t)
      responses[s][t] =
          direct_direct_[s][t] - b * (direct_carried_[s][t] + direct_carried_[t][s]) + b * b * carried_carried_[s][t];
  for (std::size_t s = 0; s < shared; ++s) {
    const Quad with_shared = with_direct[s] - b * with_carried[s];
    Quad sum = with_shared;
    square -= 2.0 * p.x[s] * with_shared;
    for (std::size_t t = 0; t < shared; ++t) {
      sum -= p.x[t] * responses[t][s];
      square += p.x[s] * p.x[t] * responses[s][t];
    }
    responses[shared][s] = responses[s][shared] = sum / p.length;
  }
  responses[shared][shared] = square / (p.length * p.length);
}

// From the orthonormal columns to the curves: coefficient c = sum over d of map[c][d] x that along d.
template <std::size_t shared, bool has_own>
OCCUPET_INLINED void SharedRegression::express(const Products& p,
                                               const std::array<Quads, most_columns>& responses,
                                               const Quad& variance,
                                               QuadResult& result) const {
  constexpr std::size_t columns = shared + (has_own ? 1 : 0);
  constexpr std::size_t last = shared - 1;
  constexpr std::array<std::size_t, most_columns> place =
      has_own ? std::array<std::size_t, most_columns>{0, shared == 1 ? 1 : 2, 1}
              : std::array<std::size_t, most_columns>{0, 1, 2};
  std::array<Quads, most_columns> map = {};
  Quads along = {};
  for (std::size_t s = 0; s < shared; ++s) {
    along[s] = p.y[s];
    for (std::size_t t = s; t < shared; ++t) {
      map[s][t] = Quad{} + inverse_[s][t];
      if constexpr (has_own) map[s][shared] -= inverse_[s][t] * p.x[t] / p.length;
    }
  }
  if constexpr (has_own) {
    along[last + 1] = p.b * p.length;
    map[last + 1][last + 1] = 1.0 / p.length;
  }
  for (std::size_t c = 0; c < columns; ++c) {
    Quad coefficient = {};
    Quads response = {};
    for (std::size_t d = 0; d < columns; ++d) {
      coefficient += map[c][d] * along[d];
      for (std::size_t e = 0; e < columns; ++e) response[e] += map[c][d] * responses[d][e];
    }
    result.coefficient[place[c]] = coefficient;
    for (std::size_t d = 0; d <= c; ++d) {
      Quad sum = {};
      for (std::size_t e = 0; e < columns; ++e) sum += response[e] * map[d][e];
      result.covariance[place[c]][place[d]] = result.covariance[place[d]][place[c]] = variance * sum;
    }
  }
}

template <std::size_t shared, bool has_own>
OCCUPET_INLINED void SharedRegression::fit_columns(QuadWorkspace& work, QuadResult& result) const {
  Products p;
  multiply<shared, has_own>(work, p);
  solve<shared, has_own>(p, result);
  std::array<Quads, most_columns> responses;
  Quad expected = Quad{} + rows_ - static_cast<double>(shared);
  if constexpr (has_own) {
    respond<shared>(work, p, responses);
    expected = expected_[0] + p.b * (expected_[1] + p.b * expected_[2]);
    for (std::size_t c = 0; c <= shared; ++c) expected -= responses[c][c];
  } else {
    for (std::size_t c = 0; c < shared; ++c)
      for (std::size_t d = 0; d < shared; ++d) responses[c][d] = Quad{} + (c == d ? 1.0 : 0.0);
  }
  const Quad variance = result.rss / expected;
  express<shared, has_own>(p, responses, variance, result);
}

OCCUPET_VECTOR_VERSIONS void SharedRegression::fit(QuadWorkspace& work, QuadResult& result) const {
  if (!has_own_integral_)
    fit_columns<2, false>(work, result);
  else if (count_ == 1)
    fit_columns<1, true>(work, result);
  else
    fit_columns<2, true>(work, result);
}

GraphicalRegression::GraphicalRegression(const std::vector<double>& shared,
                                         const NoisyFrames& frames,
                                         const LaneIntegral& integral)
    : integral_(integral),
      shared_(shared),
      frame_(frames.used.index),
      weight_(frames.used.weight),
      variance_(frames.variance),
      settled_(integral.settled_before(frames.used.index.front())) {
  for (const std::size_t f : frame_) {
    own_.push_back(integral.sensitivity(f, f) * variance_[f]);
    squares_.push_back(squared_sensitivity(integral, f, variance_));
  }
  for (std::size_t j = 0; j < settled_; ++j)
    of_settled_ += integral.late_value(j) * integral.late_value(j) * variance_[j];
}

OCCUPET_INLINED void GraphicalRegression::draw(QuadWorkspace& work, Line& line, QuadResult& result) const {
  Quad sum_x = {};
  Quad sum_xx = {};
  Quad sum_xy = {};
  Quad sum_yy = {};
  line = Line{};
  result.points = Quad{};
  for (std::size_t r = 0; r < frame_.size(); ++r) {
    const std::size_t f = frame_[r];
    const auto has_point = work.curve[f] != 0.0;
    const Quad inverse = has_point ? 1.0 / work.curve[f] : Quad{};
    const Quad w = has_point ? Quad{} + weight_[r] : Quad{};
    const Quad x = shared_[f] * inverse;
    const Quad y = work.integral[f] * inverse;
    work.inverse[f] = inverse;
    result.points += has_point ? Quad{} + 1.0 : Quad{};
    line.w += w;
    line.y += w * y;
    sum_x += w * x;
    sum_xx += w * x * x;
    sum_xy += w * x * y;
    sum_yy += w * y * y;
  }
  line.middle = sum_x / line.w;
  line.spread = sum_xx - sum_x * line.middle;
  const Quad along = sum_xy - line.y * line.middle;
  const auto is_new = line.spread > dependent * dependent * sum_xx;
  line.slope = is_new ? along / line.spread : Quad{};
  result.is_determined = is_new ? Quad{} + 1.0 : Quad{};
  result.coefficient[0] = line.slope;
  result.coefficient[1] = (line.y - line.slope * sum_x) / line.w;
  result.rss = sum_yy - line.y * line.y / line.w - line.slope * along;
  result.rss = result.rss > 0.0 ? result.rss : Quad{};
}

// Responses of the slope and of the mean of y to noise in each frame; the residual of a row depends on the integral by
// 1 / C and on the activity by -(integral - slope x shared) / C^2.
OCCUPET_INLINED void GraphicalRegression::respond(QuadWorkspace& work, Line& line) const {
  Quad* const rows = work.rows.data();
  Quad* const more_rows = work.more_rows.data();
  for (std::size_t f = 0; f < work.rows.size(); ++f) rows[f] = more_rows[f] = Quad{};
  const Quad per_spread = 1.0 / line.spread;
  const Quad per_weight = 1.0 / line.w;
  for (std::size_t r = 0; r < frame_.size(); ++r) {
    const std::size_t f = frame_[r];
    const Quad inverse = work.inverse[f];
    const Quad w = inverse != 0.0 ? Quad{} + weight_[r] : Quad{};
    rows[f] = w * (shared_[f] * inverse - line.middle) * per_spread * inverse;
    more_rows[f] = w * per_weight * inverse;
    const Quad by_activity = (work.integral[f] - line.slope * shared_[f]) * inverse * inverse;
    line.expected +=
        w * (inverse * inverse * squares_[r] + by_activity * (by_activity * variance_[f] - 2.0 * inverse * own_[r]));
  }
  Quad sum = {};
  Quad more_sum = {};
  for (std::size_t f = 0; f < work.rows.size(); ++f) {
    work.before[f] = sum;
    work.more_before[f] = more_sum;
    sum += rows[f];
    more_sum += more_rows[f];
  }
  work.before[work.rows.size()] = sum;
  work.more_before[work.rows.size()] = more_sum;
  Quad* const response = work.response.data();
  Quad* const more_response = work.more_response.data();
  integral_.transpose(
      rows, work.before.data(),
      settled_, [&](std::size_t f, const Quad& of_frame) __attribute__((always_inline)) { response[f] = of_frame; });
  integral_.transpose(
      more_rows, work.more_before.data(),
      settled_, [&](std::size_t f, const Quad& of_frame) __attribute__((always_inline)) {
        more_response[f] = of_frame;
      });
  for (const std::size_t f : frame_) {
    const Quad ratio = (work.integral[f] - line.slope * shared_[f]) * work.inverse[f];
    response[f] -= rows[f] * ratio;
    more_response[f] -= more_rows[f] * ratio;
  }
}

OCCUPET_INLINED void GraphicalRegression::propagate(const QuadWorkspace& work,
                                                    const Line& line,
                                                    QuadResult& result) const {
  // All rows carry the noise of the frames long before them alike.
  Quad of_slope = {};
  Quad of_mean = {};
  for (const std::size_t f : frame_) {
    of_slope += work.rows[f];
    of_mean += work.more_rows[f];
  }
  Quad slope_slope = of_settled_ * of_slope * of_slope;
  Quad slope_mean = of_settled_ * of_slope * of_mean;
  Quad mean_mean = of_settled_ * of_mean * of_mean;
  for (std::size_t f = settled_; f < variance_.size(); ++f) {
    slope_slope += variance_[f] * work.response[f] * work.response[f];
    slope_mean += variance_[f] * work.response[f] * work.more_response[f];
    mean_mean += variance_[f] * work.more_response[f] * work.more_response[f];
  }
  // The rows lose what slope and mean take.
  const Quad variance = result.rss / (line.expected - mean_mean * line.w - slope_slope * line.spread);
  result.covariance[0][0] = variance * slope_slope;
  result.covariance[0][1] = result.covariance[1][0] = variance * (slope_mean - line.middle * slope_slope);
  result.covariance[1][1] =
      variance * (mean_mean - 2.0 * line.middle * slope_mean + line.middle * line.middle * slope_slope);
}

OCCUPET_VECTOR_VERSIONS void GraphicalRegression::fit(QuadWorkspace& work, QuadResult& result) const {
  Quad* const integral = work.integral.data();
  integral_.integrate(
      work.curve.data(), work.mean.data(), [&](std::size_t f, const Quad& of_frame) __attribute__((always_inline)) {
        integral[f] = of_frame;
      });
  Line line;
  draw(work, line, result);
  respond(work, line);
  propagate(work, line, result);
}

}  // namespace pet::detail
