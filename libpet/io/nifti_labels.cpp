// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <optional>
#include <span>
#include <stdexcept>
#include <vector>

#include "libpet/error.h"
#include "libpet/io/detail/nifti_reader.h"
#include "libpet/io/detail/nifti_writer.h"
#include "libpet/io/nifti.h"
#include "libpet/io/tsv.h"

namespace pet {
namespace {

bool is_whole(double value) {
  return value == std::floor(value) && std::abs(value) <= std::numeric_limits<std::int32_t>::max();
}

InputError no_label(double value, const std::string& source) {
  return bad_input(source, "a voxel of " + format_number(value), "whole numbers (labels)");
}

std::int32_t whole_number(double value, const std::string& source) {
  if (!is_whole(value)) throw no_label(value, source);
  return static_cast<std::int32_t>(value);
}

// Appends values as labels; whether all are. (Most are, which is quickly seen.)
bool append_whole_numbers(std::span<const double> values, std::vector<std::int32_t>& labels) {
  constexpr double end = 2147483648.0;
  bool are_whole = true;
  for (const double value : values) {
    const bool is_inside = value > -end && value < end;
    labels.push_back(static_cast<std::int32_t>(is_inside ? value : 0.0));
    are_whole = are_whole & is_inside & (static_cast<double>(labels.back()) == value);
  }
  return are_whole;
}

template <typename Stored>
void store(const std::vector<std::int32_t>& labels, std::size_t first, std::span<std::byte> bytes) {
  for (std::size_t i = 0; i < bytes.size() / sizeof(Stored); ++i) {
    const auto stored = static_cast<Stored>(labels[first + i]);
    std::memcpy(bytes.data() + i * sizeof stored, &stored, sizeof stored);
  }
}

std::optional<std::size_t> first_of(const Tsv& tsv, std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names)
    if (const auto column = tsv.find(name)) return column;
  return std::nullopt;
}

}  // namespace

LabelMap read_label_map(const std::filesystem::path& path) {
  detail::NiftiReader reader(path);
  if (reader.volumes() != 1)
    throw bad_input(path.string(), std::to_string(reader.volumes()) + " volumes", "one volume of labels");
  LabelMap labels;
  labels.grid = reader.grid();
  const std::size_t count = labels.grid.voxel_count();
  reader.take_memory(count * sizeof(std::int32_t), [&] { labels.labels.reserve(count); });
  // Judged at the end: before, compressed values are not known to be those that were written.
  std::optional<double> odd;
  reader.read_pieces<double>(count, [&](std::span<const double> values) {
    if (!append_whole_numbers(values, labels.labels) && !odd) odd = *std::ranges::find_if_not(values, is_whole);
  });
  if (odd) throw no_label(*odd, path.string());
  return labels;
}

VolumeMap read_volume_map(const std::filesystem::path& path) {
  detail::NiftiReader reader(path);
  if (reader.volumes() != 1)
    throw bad_input(path.string(), std::to_string(reader.volumes()) + " volumes", "one volume");
  VolumeMap map{reader.grid(), {}};
  const std::size_t count = map.grid.voxel_count();
  reader.take_memory(count * sizeof(float), [&] { map.voxels.reserve(count); });
  reader.read_pieces<float>(
      count, [&](std::span<const float> voxels) { map.voxels.insert(map.voxels.end(), voxels.begin(), voxels.end()); });
  return map;
}

void write_label_map(const LabelMap& labels, const std::filesystem::path& path, unsigned threads) {
  if (labels.labels.size() != labels.grid.voxel_count())
    throw std::logic_error("a label map with another number of voxels than its grid");
  const auto [least, greatest] = std::minmax_element(labels.labels.begin(), labels.labels.end());
  using Short = std::numeric_limits<std::int16_t>;
  const bool is_short = labels.labels.empty() || (*least >= Short::min() && *greatest <= Short::max());
  detail::NiftiLayout layout;
  layout.grid = labels.grid;
  layout.type = is_short ? detail::NiftiType::int16 : detail::NiftiType::int32;
  detail::write_nifti(
      layout,
      [&](std::size_t first, std::span<std::byte> bytes) {
        is_short ? store<std::int16_t>(labels.labels, first, bytes) : store<std::int32_t>(labels.labels, first, bytes);
      },
      path, 1, threads);
}

std::map<std::int32_t, std::string> read_label_names(const std::string& path) {
  const Tsv tsv = Tsv::read(path);
  const auto number = first_of(tsv, {"index", "id", "label", "value"});
  const auto name = first_of(tsv, {"name", "label", "region"});
  if (!number || !name || number == name)
    throw bad_input(path + ":1", "no columns of numbers and names", "index and name");
  std::map<std::int32_t, std::string> names;
  std::map<std::string, std::int32_t> numbers;
  for (std::size_t r = 0; r < tsv.rows(); ++r) {
    const std::int32_t label = whole_number(tsv.required_number(r, *number), tsv.where(r, *number));
    const std::string& text = tsv.cell(r, *name);
    if (text.empty() || text == "n/a") throw bad_input(tsv.where(r, *name), "'" + text + "'", "a name");
    if (!names.emplace(label, text).second)
      throw bad_input(tsv.where(r, *number), std::to_string(label) + " a second time", "every number once");
    if (!numbers.emplace(text, label).second)
      throw bad_input(tsv.where(r, *name), "'" + text + "' a second time", "every name once");
  }
  return names;
}

}  // namespace pet
