// SPDX-License-Identifier: Apache-2.0
#include "libpet/labels.h"

#include <array>
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <numeric>

#include "libpet/error.h"

namespace {

using Catch::Matchers::Contains;
using pet::Grid;
using pet::LabelMap;
using pet::Vector3;

Grid box(int nx, int ny, int nz, double step = 2.0) {
  return {{nx, ny, nz}, {0.0, 0.0, 0.0}, {Vector3{step, 0.0, 0.0}, {0.0, step, 0.0}, {0.0, 0.0, step}}};
}

// Every voxel its own label, 1, 2, 3, ...
LabelMap numbered(const Grid& grid) {
  LabelMap labels{grid, std::vector<std::int32_t>(grid.voxel_count()), {}, {}};
  std::iota(labels.labels.begin(), labels.labels.end(), 1);
  return labels;
}

// Each label where it lay in space: the position of every voxel of the result has the same label in the original.
void check_same_in_space(const LabelMap& result, const LabelMap& original) {
  const std::array<int, 3>& size = result.grid.size;
  std::size_t voxel = 0;
  for (int k = 0; k < size[2]; ++k)
    for (int j = 0; j < size[1]; ++j)
      for (int i = 0; i < size[0]; ++i, ++voxel) {
        const Vector3 at = original.grid.index_of(result.grid.position_mm(i, j, k));
        const std::array<int, 3>& limit = original.grid.size;
        std::array<long, 3> whole{};
        bool is_inside = true;
        for (int d = 0; d < 3; ++d) {
          whole[d] = std::lround(at[d]);
          is_inside = is_inside && whole[d] >= 0 && whole[d] < limit[d];
        }
        const std::int32_t expected =
            is_inside
                ? original.labels[static_cast<std::size_t>((whole[2] * limit[1] + whole[1]) * limit[0] + whole[0])]
                : 0;
        REQUIRE(result.labels[voxel] == expected);
      }
}

TEST_CASE("Labels on the grid of the image stay as they are", "[labels]") {
  const LabelMap labels = numbered(box(3, 4, 5));
  CHECK(pet::align_labels(labels, box(3, 4, 5), "l").labels == labels.labels);
}

TEST_CASE("Labels with flipped and permuted axes lie at the same place afterwards", "[labels]") {
  const Grid image = box(3, 4, 5);
  Grid turned;
  turned.size = {5, 3, 4};
  turned.origin_mm = {4.0, 0.0, 8.0};
  turned.axis_mm = {Vector3{0.0, 0.0, -2.0}, {-2.0, 0.0, 0.0}, {0.0, 2.0, 0.0}};
  const LabelMap labels = numbered(turned);
  const LabelMap aligned = pet::align_labels(labels, image, "l");
  CHECK(aligned.grid.size == image.size);
  CHECK(std::accumulate(aligned.labels.begin(), aligned.labels.end(), 0) == 60 * 61 / 2);
  check_same_in_space(aligned, labels);
}

TEST_CASE("Slices that the labels do not have are background", "[labels]") {
  Grid part = box(3, 4, 2);
  part.origin_mm[2] = 4.0;
  const LabelMap labels = numbered(part);
  const LabelMap aligned = pet::align_labels(labels, box(3, 4, 5), "l");
  CHECK(aligned.labels[0] == 0);
  CHECK(aligned.labels[24] == 1);
  check_same_in_space(aligned, labels);
}

TEST_CASE("Background beyond the image is cut off, labels there are refused", "[labels]") {
  LabelMap labels = numbered(box(4, 4, 5));
  CHECK_THROWS_AS(pet::align_labels(labels, box(3, 4, 5), "l"), pet::InputError);
  for (std::size_t v = 3; v < labels.labels.size(); v += 4) labels.labels[v] = 0;
  check_same_in_space(pet::align_labels(labels, box(3, 4, 5), "l"), labels);
}

TEST_CASE("Labels between the voxels of the image are refused, with both grids", "[labels]") {
  Grid shifted = box(3, 4, 5);
  shifted.origin_mm[0] = 0.3;  // 0.15 voxels
  CHECK_THROWS_WITH(pet::align_labels(numbered(shifted), box(3, 4, 5), "seg.nii"),
                    Contains("seg.nii: found labels on a grid of 3x4x5") && Contains("resample"));
  shifted.origin_mm[0] = 0.15;
  CHECK_NOTHROW(pet::align_labels(numbered(shifted), box(3, 4, 5), "l"));
}

TEST_CASE("Labels on a finer, coarser or far grid are refused", "[labels]") {
  CHECK_THROWS_AS(pet::align_labels(numbered(box(6, 8, 10, 1.0)), box(3, 4, 5), "l"), pet::InputError);
  CHECK_THROWS_AS(pet::align_labels(numbered(box(2, 2, 2, 4.0)), box(3, 4, 5), "l"), pet::InputError);
  Grid far = box(3, 4, 5);
  far.origin_mm[1] = 1000.0;
  CHECK_THROWS_AS(pet::align_labels(numbered(far), box(3, 4, 5), "l"), pet::InputError);
  Grid nowhere = box(3, 4, 5);
  nowhere.origin_mm[1] = std::numeric_limits<double>::quiet_NaN();
  CHECK_THROWS_AS(pet::align_labels(numbered(nowhere), box(3, 4, 5), "l"), pet::InputError);
}

pet::DynamicImage two_frames() {
  pet::DynamicImage image;
  image.grid = box(2, 2, 1);
  image.frames = pet::Frames({{0.0, 1.0}, {1.0, 3.0}});
  image.voxels = {1.0f, 2.0f, 4.0f, 8.0f, 10.0f, 20.0f, 40.0f, 80.0f};
  image.unit = pet::ActivityUnit::kBq_per_mL;
  image.tracer.name = "X";
  return image;
}

TEST_CASE("A curve is the mean over the voxels of its label", "[labels]") {
  const LabelMap labels{box(2, 2, 1), {7, 0, 3, 7}, {{7, "putamen"}, {9, "absent"}}, {}};
  const pet::TacTable table = pet::extract_tacs(two_frames(), labels, 2);
  CHECK(table.regions == std::vector<std::string>{"label-3", "putamen"});
  CHECK(table.activity[0] == std::vector<double>{4.0, 40.0});
  CHECK(table.activity[1] == std::vector<double>{4.5, 45.0});
  CHECK(*table.volume_mm3[0] == Approx(8.0).epsilon(1e-14));
  CHECK(*table.volume_mm3[1] == Approx(16.0).epsilon(1e-14));
  CHECK(table.unit == pet::ActivityUnit::kBq_per_mL);
  CHECK(table.tracer.name == "X");
  CHECK(table.frames == two_frames().frames);
}

TEST_CASE("A mean over a million voxels keeps its digits", "[labels]") {
  pet::DynamicImage image;
  image.grid = box(100, 100, 100);
  image.frames = pet::Frames({{0.0, 1.0}});
  image.voxels.assign(1000000, 0.1f);
  const LabelMap labels{image.grid, std::vector<std::int32_t>(1000000, 1), {}, {}};
  CHECK(pet::extract_tacs(image, labels, 1).activity[0][0] == Approx(static_cast<double>(0.1f)).epsilon(1e-11));
}

TEST_CASE("The curves are the same for any number of threads", "[labels]") {
  const LabelMap labels{box(2, 2, 1), {1, 2, 1, 2}, {}, {}};
  CHECK(pet::extract_tacs(two_frames(), labels, 1).activity == pet::extract_tacs(two_frames(), labels, 8).activity);
}

TEST_CASE("Labels without a region, or on another grid, are refused", "[labels]") {
  CHECK_THROWS_WITH(pet::extract_tacs(two_frames(), LabelMap{box(2, 2, 1), {0, 0, 0, 0}, {}, {}}, 1),
                    Contains("no voxel with a label"));
  CHECK_THROWS_AS(pet::extract_tacs(two_frames(), numbered(box(2, 1, 2)), 1), pet::InputError);
}

TEST_CASE("Two labels of one name are refused: a table could not tell them apart", "[labels]") {
  const LabelMap labels{box(2, 2, 1), {1, 2, 0, 0}, {{1, "putamen"}, {2, "putamen"}}, {}};
  CHECK_THROWS_WITH(pet::extract_tacs(two_frames(), labels, 1), Contains("'putamen'"));
}

TEST_CASE("A region with voxels that are not numbers is refused by name", "[labels]") {
  pet::DynamicImage image = two_frames();
  image.voxels[5] = std::numeric_limits<float>::quiet_NaN();
  const LabelMap labels{box(2, 2, 1), {1, 2, 1, 1}, {{1, "fine"}, {2, "bad"}}, {}};
  CHECK_THROWS_WITH(pet::extract_tacs(image, labels, 2), Contains("'bad'") && Contains("frame 2"));
}

TEST_CASE("Labels without a name and names without a voxel are told, without the background", "[labels]") {
  LabelMap labels{box(5, 1, 1), {0, 7, 7, 3, 9}, {{0, "background"}, {3, "a"}, {4, "b"}, {8, "c"}}, {}};
  CHECK(pet::labels_without_name(labels) == std::vector<int>{7, 9});
  CHECK(pet::names_without_voxels(labels) == std::vector<std::string>{"b", "c"});
  labels.names = {{7, "x"}, {3, "a"}, {9, "y"}};
  CHECK(pet::labels_without_name(labels).empty());
  CHECK(pet::names_without_voxels(labels).empty());
}

}  // namespace
