// SPDX-License-Identifier: Apache-2.0
#include "libpet/labels.h"

#include <catch2/catch.hpp>

#include "libpet/error.h"

namespace {

pet::Grid grid_of(std::array<int, 3> size) {
  return {size, {0.0, 0.0, 0.0}, {{{2.0, 0.0, 0.0}, {0.0, 3.0, 0.0}, {0.0, 0.0, 4.0}}}};
}

pet::LabelMap labels_on(const pet::Grid& grid, std::vector<std::int32_t> labels) {
  return {grid, std::move(labels), {{1, "insula"}}, ""};
}

pet::DynamicImage image_of_two_frames() {
  pet::DynamicImage image;
  image.grid = grid_of({3, 1, 1});
  image.frames = pet::Frames({{0.0, 1.0}, {1.0, 3.0}});
  image.voxels = {1.0F, 2.0F, 6.0F, 10.0F, 20.0F, 60.0F};
  image.unit = pet::ActivityUnit::kBq_per_mL;
  image.tracer.name = "tracer";
  return image;
}

}  // namespace

TEST_CASE("Labels stored along a reversed axis land on the same places", "[labels]") {
  pet::Grid reversed = grid_of({3, 1, 1});
  reversed.origin_mm = {4.0, 0.0, 0.0};
  reversed.axis_mm[0] = {-2.0, 0.0, 0.0};
  const pet::LabelMap aligned = pet::align_labels(labels_on(reversed, {1, 2, 3}), grid_of({3, 1, 1}), "l.nii");
  CHECK(aligned.labels == std::vector<std::int32_t>{3, 2, 1});
  CHECK(aligned.names.at(1) == "insula");
}

TEST_CASE("Labels stored with swapped axes land on the same places", "[labels]") {
  pet::Grid swapped = grid_of({3, 2, 1});
  std::swap(swapped.axis_mm[0], swapped.axis_mm[1]);  // i along y, j along x
  const pet::LabelMap aligned = pet::align_labels(labels_on(swapped, {1, 2, 3, 4, 5, 6}), grid_of({2, 3, 1}), "l.nii");
  CHECK(aligned.labels == std::vector<std::int32_t>{1, 4, 2, 5, 3, 6});
}

TEST_CASE("Slices that the label map lacks are background", "[labels]") {
  pet::Grid second_slice = grid_of({2, 1, 1});
  second_slice.origin_mm = {0.0, 0.0, 4.0};
  const pet::LabelMap aligned = pet::align_labels(labels_on(second_slice, {7, 8}), grid_of({2, 1, 3}), "l.nii");
  CHECK(aligned.labels == std::vector<std::int32_t>{0, 0, 7, 8, 0, 0});
}

TEST_CASE("Labels that would have to be interpolated or cut off are refused with both grids", "[labels]") {
  pet::Grid shifted = grid_of({3, 1, 1});
  shifted.origin_mm = {0.4, 0.0, 0.0};  // 0.2 voxels
  CHECK_THROWS_WITH(pet::align_labels(labels_on(shifted, {1, 2, 3}), grid_of({3, 1, 1}), "l.nii"),
                    Catch::StartsWith("l.nii: found labels on a grid of 3x1x1 voxels of 2x3x4 mm") &&
                        Catch::Contains("expected the grid of the image: 3x1x1"));
  pet::Grid coarse = grid_of({3, 1, 1});
  coarse.axis_mm[0] = {4.0, 0.0, 0.0};
  CHECK_THROWS_AS(pet::align_labels(labels_on(coarse, {1, 2, 3}), grid_of({3, 1, 1}), "l.nii"), pet::InputError);
  pet::Grid beside = grid_of({3, 1, 1});
  beside.origin_mm = {2.0, 0.0, 0.0};
  CHECK_THROWS_AS(pet::align_labels(labels_on(beside, {1, 2, 3}), grid_of({3, 1, 1}), "l.nii"), pet::InputError);
  CHECK_NOTHROW(pet::align_labels(labels_on(beside, {1, 2, 0}), grid_of({3, 1, 1}), "l.nii"));
}

TEST_CASE("A curve is the mean of its label's voxels over each frame", "[labels]") {
  const pet::TacTable table = pet::extract_tacs(image_of_two_frames(), labels_on(grid_of({3, 1, 1}), {4, 1, 4}), 1);
  CHECK(table.regions == std::vector<std::string>{"insula", "label-4"});
  CHECK(table.activity == std::vector<std::vector<double>>{{2.0, 20.0}, {3.5, 35.0}});
  CHECK(table.volume_mm3[0] == Approx(24.0));
  CHECK(table.volume_mm3[1] == Approx(48.0));
  CHECK(table.unit == pet::ActivityUnit::kBq_per_mL);
  CHECK(table.tracer.name == "tracer");
}

TEST_CASE("Curves do not depend on the number of threads", "[labels]") {
  pet::DynamicImage image;
  image.grid = grid_of({10, 10, 10});
  std::vector<pet::Frame> frames;
  for (int f = 0; f < 20; ++f) frames.push_back({f * 1.0, f + 1.0});
  image.frames = pet::Frames(frames);
  for (int v = 0; v < 20000; ++v) image.voxels.push_back(static_cast<float>(v % 977) * 0.1F);
  const pet::LabelMap labels = labels_on(image.grid, std::vector<std::int32_t>(1000, 1));
  CHECK(pet::extract_tacs(image, labels, 1).activity == pet::extract_tacs(image, labels, 7).activity);
}

TEST_CASE("Curves need labels, on the grid of the image", "[labels]") {
  const pet::DynamicImage image = image_of_two_frames();
  CHECK_THROWS_AS(pet::extract_tacs(image, labels_on(grid_of({3, 1, 1}), {0, 0, 0}), 1), pet::InputError);
  CHECK_THROWS_AS(pet::extract_tacs(image, labels_on(grid_of({2, 1, 1}), {1, 1}), 1), pet::InputError);
}
