// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/maps/detail/curve_space.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace pet::detail {
namespace {

constexpr double negligible = 1e-8;

double dot(const std::vector<double>& a, const std::vector<double>& b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

void remove_part_along(const std::vector<double>& direction, std::vector<double>& curve) {
  const double part = dot(direction, curve);
  for (std::size_t i = 0; i < curve.size(); ++i) curve[i] -= part * direction[i];
}

void scale_to_unit(std::vector<double>& curve) {
  const double length = std::sqrt(dot(curve, curve));
  for (double& value : curve) value /= length;
}

}  // namespace

CurveSpace::CurveSpace(const std::vector<std::vector<double>>& curves, const FramesUsed& used) : used_(used) {
  for (const double weight : used.weight) root_weight_.push_back(std::sqrt(weight));
  std::vector<std::vector<double>> rest;
  for (const std::vector<double>& curve : curves) {
    rest.push_back(weighted(curve));
    if (dot(rest.back(), rest.back()) > 0.0)
      scale_to_unit(rest.back());
    else
      rest.pop_back();
  }
  while (!rest.empty() && basis_.size() < used.index.size()) {
    const auto farthest =
        std::max_element(rest.begin(), rest.end(), [](const auto& a, const auto& b) { return dot(a, a) < dot(b, b); });
    if (dot(*farthest, *farthest) <= negligible * negligible) break;
    std::vector<double> direction = *farthest;
    rest.erase(farthest);
    scale_to_unit(direction);
    for (const auto& other : basis_) remove_part_along(other, direction);  // once more: orthogonal to rounding
    scale_to_unit(direction);
    for (auto& curve : rest) remove_part_along(direction, curve);
    basis_.push_back(std::move(direction));
  }

  const std::size_t frames = used.index.size();
  std::vector<double> rows;
  along_basis_.resize(frames * basis_.size());
  for (std::size_t d = 0; d < basis_.size(); ++d) {
    rows.insert(rows.end(), basis_[d].begin(), basis_[d].end());
    for (std::size_t f = 0; f < frames; ++f) along_basis_[f * basis_.size() + d] = basis_[d][f];
  }
  to_space_ = BlockMatrix(rows, basis_.size(), frames);
  from_space_ = BlockMatrix(along_basis_, frames, basis_.size());
}

std::vector<double> CurveSpace::weighted(const std::vector<double>& curve) const {
  std::vector<double> result;
  for (std::size_t r = 0; r < used_.index.size(); ++r) result.push_back(root_weight_[r] * curve[used_.index[r]]);
  return result;
}

std::vector<double> CurveSpace::coordinates(const std::vector<double>& curve) const {
  const std::vector<double> frames = weighted(curve);
  std::vector<double> result;
  for (const auto& direction : basis_) result.push_back(dot(direction, frames));
  return result;
}

void CurveSpace::at_frames(const double* coordinates, double* curve) const {
  std::fill_n(curve, frames(), 0.0);
  for (std::size_t d = 0; d < basis_.size(); ++d)
    for (std::size_t f = 0; f < frames(); ++f) curve[f] += coordinates[d] * basis_[d][f];
}

void CurveSpace::weight(const VoxelBlock& measured, VoxelBlock& weighted) const {
  for (std::size_t r = 0; r < root_weight_.size(); ++r) {
    const auto factor = static_cast<float>(root_weight_[r]);
    const float* from = measured.row(used_.index[r]);
    float* to = weighted.row(r);
    for (std::size_t lane = 0; lane < lanes; ++lane) to[lane] = factor * from[lane];
  }
}

void CurveSpace::coordinates(const VoxelBlock& weighted, std::size_t lane, double* result) const {
  std::fill_n(result, basis_.size(), 0.0);
  for (std::size_t r = 0; r < frames(); ++r) {
    const auto value = static_cast<double>(weighted.row(r)[lane]);
    const double* along = along_basis_.data() + r * basis_.size();
    for (std::size_t d = 0; d < basis_.size(); ++d) result[d] += along[d] * value;
  }
}

void CurveSpace::distance(const VoxelBlock& weighted,
                          const VoxelBlock& coordinates,
                          VoxelBlock& scratch,
                          float* squared) const {
  from_space_.multiply(coordinates, scratch);
  std::fill(squared, squared + lanes, 0.0F);
  for (std::size_t r = 0; r < root_weight_.size(); ++r) {
    const float* measured = weighted.row(r);
    const float* explained = scratch.row(r);
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      const float rest = measured[lane] - explained[lane];
      squared[lane] += rest * rest;
    }
  }
}

}  // namespace pet::detail
