// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/maps/detail/quad_regression.h"

#include <cmath>
#include <numeric>

#include "kinetic_models/maps/detail/vector_versions.h"

namespace pet::detail {
namespace {

// A column counts as dependent where what is new in it is shorter than this, of its length: what scalar products
// resolve in double precision.
constexpr double dependent = 1e-7;

[[gnu::always_inline]] inline void take_root(Quad& x) {
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
  for (QuadCurve* values : {&curve, &integral, &rows, &more_rows, &response, &more_response})
    values->resize(of.frames());
  suffix.resize(of.frames() + 1);
  mean.resize(of.intervals());
  cumulative.resize(of.intervals() + 1);
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

inline void SharedRegression::multiply(const QuadWorkspace& work, Products& p) const {
  p = Products{};
  for (std::size_t f = 0; f < weight_.size(); ++f) {
    if (weight_[f] == 0.0) continue;
    const Quad weighted = weight_[f] * work.curve[f];
    p.y_y += weighted * work.curve[f];
    for (std::size_t s = 0; s < count_; ++s) p.y[s] += along_[s][f] * work.curve[f];
    if (!has_own_integral_) continue;
    p.x_y += weighted * work.integral[f];
    p.x_x += weight_[f] * work.integral[f] * work.integral[f];
    for (std::size_t s = 0; s < count_; ++s) p.x[s] += along_[s][f] * work.integral[f];
  }
}

inline void SharedRegression::respond(QuadWorkspace& work,
                                      const Quad& b,
                                      const Products& p,
                                      const Quad& length,
                                      std::array<Quads, most_columns>& products) const {
  // That of the integral itself, before its parts along the shared columns are taken off.
  const std::size_t frames = weight_.size();
  for (std::size_t f = 0; f < frames; ++f) work.rows[f] = weight_[f] * work.integral[f];
  integral_.transposed(work.rows.data(), 0, 0, work.suffix.data(), work.response.data());
  std::array<Quad, most_shared> with_direct = {};
  std::array<Quad, most_shared> with_carried = {};
  Quad square = {};
  for (std::size_t f = 0; f < frames; ++f) {
    const Quad own = root_variance_[f] * (work.rows[f] - b * work.response[f]);
    square += own * own;
    for (std::size_t s = 0; s < count_; ++s) {
      with_direct[s] += direct_[s][f] * own;
      with_carried[s] += carried_[s][f] * own;
    }
  }
  const std::size_t own = count_;
  for (std::size_t s = 0; s < count_; ++s)
    for (std::size_t t = 0; t < count_; ++t)
      products[s][t] =
          direct_direct_[s][t] - b * (direct_carried_[s][t] + direct_carried_[t][s]) + b * b * carried_carried_[s][t];
  for (std::size_t s = 0; s < count_; ++s) {
    const Quad with_shared = with_direct[s] - b * with_carried[s];
    Quad sum = with_shared;
    square -= 2.0 * p.x[s] * with_shared;
    for (std::size_t t = 0; t < count_; ++t) {
      sum -= p.x[t] * products[t][s];
      square += p.x[s] * p.x[t] * products[s][t];
    }
    products[own][s] = products[s][own] = sum / length;
  }
  products[own][own] = square / (length * length);
}

OCCUPET_VECTOR_VERSIONS void SharedRegression::fit(QuadWorkspace& work, QuadResult& result) const {
  if (has_own_integral_)
    integral_.integrate(work.curve.data(), work.mean.data(), work.cumulative.data(), work.integral.data());
  Products p;
  multiply(work, p);
  const std::size_t columns = count_ + (has_own_integral_ ? 1 : 0);

  // Along the orthonormal columns, the integral's own direction last.
  Quad rest = p.x_x;
  Quad along_rest = p.x_y;
  result.rss = p.y_y;
  for (std::size_t s = 0; s < count_; ++s) {
    rest -= p.x[s] * p.x[s];
    along_rest -= p.x[s] * p.y[s];
    result.rss -= p.y[s] * p.y[s];
  }
  const auto is_new = rest > dependent * dependent * p.x_x;
  result.is_determined = has_own_integral_ ? (is_new ? Quad{} + 1.0 : Quad{}) : Quad{} + 1.0;
  if (!is_determined_) result.is_determined = Quad{};
  Quad length = is_new ? rest : Quad{} + 1.0;
  take_root(length);
  const Quad b = is_new ? along_rest / (length * length) : Quad{};
  if (has_own_integral_) result.rss -= b * along_rest;
  result.rss = result.rss > 0.0 ? result.rss : Quad{};
  result.points = Quad{} + rows_;

  std::array<Quads, most_columns> products = {};
  Quad variance;
  if (has_own_integral_) {
    respond(work, b, p, length, products);
    Quad expected = expected_[0] + b * (expected_[1] + b * expected_[2]);
    for (std::size_t c = 0; c < columns; ++c) expected -= products[c][c];
    variance = result.rss / expected;
  } else {
    for (std::size_t c = 0; c < columns; ++c) products[c][c] = Quad{} + 1.0;
    variance = result.rss / (rows_ - static_cast<double>(columns));
  }

  // From the orthonormal columns to the curves: coefficient of place[c] = sum over d of map[c][d] x that along d.
  std::array<Quads, most_columns> map = {};
  Quads along = {};
  for (std::size_t s = 0; s < count_; ++s) {
    along[s] = p.y[s];
    for (std::size_t t = s; t < count_; ++t) {
      map[s][t] = Quad{} + inverse_[s][t];
      if (has_own_integral_) map[s][count_] -= inverse_[s][t] * p.x[t] / length;
    }
  }
  if (has_own_integral_) {
    along[count_] = b * length;
    map[count_][count_] = 1.0 / length;
  }
  const std::array<std::size_t, most_columns> place =
      has_own_integral_ ? std::array<std::size_t, most_columns>{0, count_ == 1 ? 1U : 2U, 1}
                        : std::array<std::size_t, most_columns>{0, 1, 2};
  for (std::size_t c = 0; c < columns; ++c) {
    Quad coefficient = {};
    Quads response = {};
    for (std::size_t d = 0; d < columns; ++d) {
      coefficient += map[c][d] * along[d];
      for (std::size_t e = 0; e < columns; ++e) response[e] += map[c][d] * products[d][e];
    }
    result.coefficient[place[c]] = coefficient;
    for (std::size_t d = 0; d < columns; ++d) {
      Quad sum = {};
      for (std::size_t e = 0; e < columns; ++e) sum += response[e] * map[d][e];
      result.covariance[place[c]][place[d]] = variance * sum;
    }
  }
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

OCCUPET_VECTOR_VERSIONS void GraphicalRegression::fit(QuadWorkspace& work, QuadResult& result) const {
  integral_.integrate(work.curve.data(), work.mean.data(), work.cumulative.data(), work.integral.data());
  // Sums of the points x = shared / C, y = integral / C.
  Quad sum_w = {}, sum_x = {}, sum_y = {}, sum_xx = {}, sum_xy = {}, sum_yy = {};
  result.points = Quad{};
  for (std::size_t r = 0; r < frame_.size(); ++r) {
    const std::size_t f = frame_[r];
    const auto has_point = work.curve[f] != 0.0;
    const Quad inverse = has_point ? 1.0 / work.curve[f] : Quad{};
    const Quad w = has_point ? Quad{} + weight_[r] : Quad{};
    const Quad x = shared_[f] * inverse;
    const Quad y = work.integral[f] * inverse;
    result.points += has_point ? Quad{} + 1.0 : Quad{};
    sum_w += w;
    sum_x += w * x;
    sum_y += w * y;
    sum_xx += w * x * x;
    sum_xy += w * x * y;
    sum_yy += w * y * y;
  }
  const Quad middle = sum_x / sum_w;
  const Quad spread = sum_xx - sum_x * middle;
  const auto is_new = spread > dependent * dependent * sum_xx;
  result.is_determined = is_new ? Quad{} + 1.0 : Quad{};
  const Quad slope = is_new ? (sum_xy - sum_y * middle) / spread : Quad{};
  const Quad intercept = (sum_y - slope * sum_x) / sum_w;
  result.coefficient[0] = slope;
  result.coefficient[1] = intercept;
  result.rss = sum_yy - sum_y * sum_y / sum_w - slope * (sum_xy - sum_y * middle);
  result.rss = result.rss > 0.0 ? result.rss : Quad{};

  // Responses of the slope and of the mean of y (which do not share noise of the rows) to noise in each frame.
  Quad expected = {};
  Quad settled_slope = {};
  Quad settled_mean = {};
  for (std::size_t f = 0; f < work.rows.size(); ++f) work.rows[f] = work.more_rows[f] = Quad{};
  for (std::size_t r = 0; r < frame_.size(); ++r) {
    const std::size_t f = frame_[r];
    const auto has_point = work.curve[f] != 0.0;
    const Quad inverse = has_point ? 1.0 / work.curve[f] : Quad{};
    const Quad of_mean = (has_point ? Quad{} + weight_[r] : Quad{}) / sum_w;
    const Quad of_slope = of_mean * sum_w * (shared_[f] * inverse - middle) / spread;
    work.rows[f] = of_slope * inverse;
    work.more_rows[f] = of_mean * inverse;
    settled_slope += work.rows[f];
    settled_mean += work.more_rows[f];
    const Quad beta = (work.integral[f] - slope * shared_[f]) * inverse * inverse;
    expected +=
        of_mean * sum_w * (inverse * inverse * squares_[r] + beta * (beta * variance_[f] - 2.0 * inverse * own_[r]));
  }
  const std::size_t first = frame_.front();
  integral_.transposed(work.rows.data(), first, settled_, work.suffix.data(), work.response.data());
  integral_.transposed(work.more_rows.data(), first, settled_, work.suffix.data(), work.more_response.data());
  for (const std::size_t f : frame_) {
    const Quad inverse = work.curve[f] != 0.0 ? 1.0 / work.curve[f] : Quad{};
    const Quad beta_over_alpha = (work.integral[f] - slope * shared_[f]) * inverse;
    work.response[f] -= work.rows[f] * beta_over_alpha;
    work.more_response[f] -= work.more_rows[f] * beta_over_alpha;
  }
  Quad slope_slope = of_settled_ * settled_slope * settled_slope;
  Quad slope_mean = of_settled_ * settled_slope * settled_mean;
  Quad mean_mean = of_settled_ * settled_mean * settled_mean;
  for (std::size_t f = settled_; f < variance_.size(); ++f) {
    slope_slope += variance_[f] * work.response[f] * work.response[f];
    slope_mean += variance_[f] * work.response[f] * work.more_response[f];
    mean_mean += variance_[f] * work.more_response[f] * work.more_response[f];
  }
  // The rows lose what the two coefficients take, along orthonormal columns: mean x sqrt(W), slope x sqrt(spread).
  const Quad variance = result.rss / (expected - mean_mean * sum_w - slope_slope * spread);
  result.covariance[0][0] = variance * slope_slope;
  result.covariance[0][1] = result.covariance[1][0] = variance * (slope_mean - middle * slope_slope);
  result.covariance[1][1] = variance * (mean_mean - 2.0 * middle * slope_mean + middle * middle * slope_slope);
}

}  // namespace pet::detail
