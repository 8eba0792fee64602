// SPDX-License-Identifier: Apache-2.0
#include "libpet/labels.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "libpet/error.h"
#include "libpet/parallel.h"

namespace pet {
namespace {

constexpr double tolerance_voxels = 0.1;

// The steps along the axes of the image, in voxels of the label map: whole numbers if the grids are compatible.
struct IndexMap {
  Vector3 origin;
  std::array<Vector3, 3> step;
};

IndexMap index_map(const Grid& from, const Grid& to) {
  IndexMap map;
  map.origin = to.index_of(from.origin_mm);
  for (int d = 0; d < 3; ++d) {
    const Vector3 next = to.index_of(from.position_mm(d == 0, d == 1, d == 2));
    for (int e = 0; e < 3; ++e) map.step[d][e] = next[e] - map.origin[e];
  }
  return map;
}

// Rounds the map to whole voxels if no voxel of the image is moved by more than the tolerance.
bool snap(IndexMap& map, const std::array<int, 3>& size) {
  Vector3 error{};
  for (int e = 0; e < 3; ++e) {
    error[e] = std::abs(map.origin[e] - std::round(map.origin[e]));
    map.origin[e] = std::round(map.origin[e]);
    for (int d = 0; d < 3; ++d) {
      error[e] += std::abs(map.step[d][e] - std::round(map.step[d][e])) * (size[d] - 1);
      map.step[d][e] = std::round(map.step[d][e]);
    }
    if (!(error[e] <= tolerance_voxels)) return false;
  }
  return true;
}

std::string name_of(std::int32_t label, const LabelMap& labels) {
  const auto name = labels.names.find(label);
  if (name != labels.names.end()) return name->second;
  std::string text = "label-";
  return text.append(std::to_string(label));
}

}  // namespace

LabelMap align_labels(const LabelMap& labels, const Grid& grid, const std::string& where) {
  const auto mismatch = [&] {
    return bad_input(where, "labels on a grid of " + describe(labels.grid),
                     "the grid of the image: " + describe(grid) + " (resample the labels first)");
  };
  IndexMap map = index_map(grid, labels.grid);
  if (!snap(map, grid.size)) throw mismatch();
  if (std::abs(labels.grid.voxel_volume_mm3() / grid.voxel_volume_mm3() - 1.0) > tolerance_voxels) throw mismatch();

  LabelMap aligned{grid, std::vector<std::int32_t>(grid.voxel_count(), 0), labels.names, labels.frame_of_reference_uid};
  std::size_t covered = 0;
  std::size_t voxel = 0;
  const std::array<int, 3>& size = labels.grid.size;
  // The map is one of whole voxels now.
  const auto whole = [](const Vector3& v) {
    return std::array<long, 3>{std::lround(v[0]), std::lround(v[1]), std::lround(v[2])};
  };
  const std::array<long, 3> origin = whole(map.origin);
  const std::array<std::array<long, 3>, 3> step = {whole(map.step[0]), whole(map.step[1]), whole(map.step[2])};
  for (int k = 0; k < grid.size[2]; ++k) {
    for (int j = 0; j < grid.size[1]; ++j) {
      for (int i = 0; i < grid.size[0]; ++i, ++voxel) {
        std::array<long, 3> at{};
        for (std::size_t e = 0; e < 3; ++e) at[e] = origin[e] + i * step[0][e] + j * step[1][e] + k * step[2][e];
        if (at[0] < 0 || at[1] < 0 || at[2] < 0 || at[0] >= size[0] || at[1] >= size[1] || at[2] >= size[2]) continue;
        aligned.labels[voxel] = labels.labels[static_cast<std::size_t>((at[2] * size[1] + at[1]) * size[0] + at[0])];
        ++covered;
      }
    }
  }
  if (covered == 0) throw mismatch();
  std::size_t labelled_before = 0;
  std::size_t labelled_after = 0;
  for (const auto label : labels.labels) labelled_before += label != 0;
  for (const auto label : aligned.labels) labelled_after += label != 0;
  if (labelled_after != labelled_before) throw mismatch();  // some labels lie outside the image
  return aligned;
}

LabelMap keep_regions(LabelMap labels, const std::vector<std::string>& names) {
  std::set<std::int32_t> kept;
  std::vector<std::string> there;
  for (const int label : label_numbers(labels)) there.push_back(name_of(label, labels));
  if (there.empty()) throw bad_input("labels", "no voxel with a label", "at least one region");
  for (const std::string& name : names)
    if (std::ranges::find(there, name) == there.end())
      throw UsageError("no region '" + name + "' among the labels" + suggestion(name, there));
  for (const int label : label_numbers(labels))
    if (std::ranges::find(names, name_of(label, labels)) != names.end()) kept.insert(label);
  std::int32_t last = 0;
  bool is_last_kept = true;
  for (std::int32_t& label : labels.labels) {  // most voxels have the label of the voxel before
    if (label != last) is_last_kept = kept.contains(last = label);
    if (!is_last_kept) label = 0;
  }
  std::erase_if(labels.names, [&](const auto& named) { return !kept.contains(named.first); });
  return labels;
}

TacTable extract_tacs(const DynamicImage& image, const LabelMap& labels, unsigned threads) {
  if (!same_grid(image.grid, labels.grid))
    throw bad_input("labels", describe(labels.grid), "the grid of the image: " + describe(image.grid));

  std::map<std::int32_t, std::vector<std::size_t>> voxels_of;
  std::vector<std::size_t>* voxels_of_last = nullptr;
  for (std::size_t v = 0; v < labels.labels.size(); ++v) {
    if (labels.labels[v] == 0) continue;
    if (voxels_of_last == nullptr || labels.labels[v] != labels.labels[v - 1])
      voxels_of_last = &voxels_of[labels.labels[v]];
    voxels_of_last->push_back(v);
  }
  if (voxels_of.empty()) throw bad_input("labels", "no voxel with a label", "at least one region");

  TacTable table;
  table.frames = image.frames;
  table.unit = image.unit;
  table.tracer = image.tracer;
  for (const auto& [label, voxels] : voxels_of) {
    table.regions.push_back(name_of(label, labels));
    if (std::find(table.regions.begin(), table.regions.end() - 1, table.regions.back()) != table.regions.end() - 1)
      throw bad_input("labels", "two labels named '" + table.regions.back() + "'", "unique names");
    table.volume_mm3.push_back(static_cast<double>(voxels.size()) * image.grid.voxel_volume_mm3());
    table.activity.emplace_back(image.frames.size());
  }
  parallel_for(image.frames.size(), threads, [&](std::size_t f) {
    const std::span<const float> frame = image.frame(f);
    std::size_t region = 0;
    for (const auto& [label, voxels] : voxels_of) {
      double sum = 0.0;
      for (const std::size_t v : voxels) sum += static_cast<double>(frame[v]);
      if (!std::isfinite(sum))
        throw bad_input("region '" + table.regions[region] + "'",
                        "voxels that are not finite numbers in frame " + std::to_string(f + 1), "finite activities");
      table.activity[region++][f] = sum / static_cast<double>(voxels.size());
    }
  });
  return table;
}

std::vector<int> label_numbers(const LabelMap& labels) {
  std::set<int> numbers;
  int last = 0;
  for (const int label : labels.labels)
    if (label != last) numbers.insert(last = label);
  numbers.erase(0);
  return {numbers.begin(), numbers.end()};
}

std::vector<int> labels_without_name(const LabelMap& labels) {
  std::vector<int> numbers = label_numbers(labels);
  std::erase_if(numbers, [&](int number) { return labels.names.contains(number); });
  return numbers;
}

std::vector<std::string> names_without_voxels(const LabelMap& labels) {
  const std::vector<int> numbers = label_numbers(labels);
  std::vector<std::string> names;
  for (const auto& [label, name] : labels.names)
    if (label != 0 && !std::binary_search(numbers.begin(), numbers.end(), label)) names.push_back(name);
  return names;
}

}  // namespace pet
