// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "kinetic_models/detail/frames_used.h"
#include "kinetic_models/maps/detail/lane_integral.h"

namespace pet::detail {

inline constexpr std::size_t most_columns = 3;

/// The regressions of four voxels.
struct alignas(sizeof(Quad)) QuadResult {
  std::array<Quad, most_columns> coefficient;
  std::array<std::array<Quad, most_columns>, most_columns> covariance;
  Quad rss;
  Quad points;         ///< rows used
  Quad is_determined;  ///< 1, or 0 where the columns depend on each other
};

/// What a thread works in, mostly one value a frame.
struct QuadWorkspace {
  QuadCurve curve;  ///< the tissue curves of four voxels
  QuadCurve mean;   ///< of intervals
  QuadCurve integral;
  QuadCurve inverse;
  QuadCurve rows;
  QuadCurve more_rows;
  QuadCurve before;  ///< sums of the rows before each frame, and that of all
  QuadCurve more_before;
  QuadCurve response;
  QuadCurve more_response;

  void resize(const LaneIntegral& integral);
};

/// Frames used with their weights, and how noisy all frames are.
struct NoisyFrames {
  FramesUsed used;
  std::vector<double> variance;  ///< of every frame, up to a common factor
};

/// C ~ sum of b_s x shared curve s + b x (running integral of C): weighted least squares in which the shared columns
/// are made orthonormal once for all voxels, so that a voxel needs scalar products only. The covariance is that of
/// propagate_frame_noise: the voxel's own integral carries its noise. Without the integral the rows' noise is their
/// own.
class SharedRegression {
 public:
  SharedRegression(const std::vector<std::vector<double>>& shared,
                   bool has_own_integral,
                   const NoisyFrames& frames,
                   const LaneIntegral& integral);

  /// Coefficients in the order: first shared curve, own integral, second shared curve.
  void fit(QuadWorkspace& work, QuadResult& result) const;

 private:
  static constexpr std::size_t most_shared = 2;
  using Square = std::array<std::array<double, most_shared>, most_shared>;
  using Quads = std::array<Quad, most_columns>;

  // The scalar products of a voxel's curve (y) and running integral (x) with the orthonormal columns and each other.
  struct Products {
    std::array<Quad, most_shared> y;
    std::array<Quad, most_shared> x;
    Quad y_y;
    Quad x_y;
    Quad x_x;
    Quad length;  // of what is new in the integral, beyond the shared columns
    Quad b;       // its coefficient
  };
  // The steps of fit(), in their order; the products of responses are those of all orthonormal coefficients to unit
  // noise, the integral's own direction last. The number of shared columns is known when they are compiled, so that
  // sums stay in registers.
  template <std::size_t shared, bool has_own>
  void fit_columns(QuadWorkspace& work, QuadResult& result) const;
  template <std::size_t shared, bool has_own>
  void multiply(QuadWorkspace& work, Products& p) const;
  template <std::size_t shared, bool has_own>
  void solve(Products& products, QuadResult& result) const;
  template <std::size_t shared>
  void respond(const QuadWorkspace& work, const Products& p, std::array<Quads, most_columns>& responses) const;
  template <std::size_t shared, bool has_own>
  void express(const Products& p,
               const std::array<Quads, most_columns>& responses,
               const Quad& variance,
               QuadResult& result) const;

  std::size_t count_ = 0;  // of shared columns that do not depend on each other
  bool has_own_integral_;
  bool is_determined_ = true;
  const LaneIntegral& integral_;
  std::vector<double> weight_;                          // of every frame, 0 where not used
  std::vector<double> root_variance_;                   // of every frame
  std::array<std::vector<double>, most_shared> along_;  // root of weight x orthonormal column, every frame
  Square inverse_{};                                    // of the triangle: shared columns = orthonormal x triangle
  // Responses of the coefficients of the orthonormal columns to noise of unit variance in a frame: direct - b x
  // carried.
  std::array<std::vector<double>, most_shared> direct_;
  std::array<std::vector<double>, most_shared> carried_;
  Square direct_direct_{};
  Square direct_carried_{};
  Square carried_carried_{};
  std::array<double, 3> expected_{};  // expected sum of squares of all rows for unit noise: polynomial in b
  double rows_ = 0.0;
};

/// (Running integral of C) / C ~ slope x shared / C + intercept, frames without activity having no point.
class GraphicalRegression {
 public:
  GraphicalRegression(const std::vector<double>& shared, const NoisyFrames& frames, const LaneIntegral& integral);

  void fit(QuadWorkspace& work, QuadResult& result) const;

 private:
  // Weighted sums of the points x = shared / C, y = integral / C, and the line through them.
  struct Line {
    Quad w{};
    Quad y{};
    Quad middle{};  // mean of x
    Quad spread{};  // sum of (x - middle)^2
    Quad slope{};
    Quad expected{};  // sum of squares of the rows for unit noise
  };
  // The steps of fit(), in their order.
  void draw(QuadWorkspace& work, Line& line, QuadResult& result) const;
  void respond(QuadWorkspace& work, Line& line) const;
  void propagate(const QuadWorkspace& work, const Line& line, QuadResult& result) const;

  const LaneIntegral& integral_;
  std::vector<double> shared_;
  std::vector<std::size_t> frame_;  // of each row
  std::vector<double> weight_;      // of each row
  std::vector<double> variance_;    // of every frame
  std::vector<double> own_;         // sensitivity of each row to its own frame x its variance
  std::vector<double> squares_;     // sum of squared sensitivities x variance of each row
  std::size_t settled_ = 0;         // frames whose noise all rows carry alike
  double of_settled_ = 0.0;         // sum of their squared late values x variance
};

}  // namespace pet::detail
