// SPDX-License-Identifier: Apache-2.0
#include "libpet/phantom.h"

#include <catch2/catch.hpp>
#include <numbers>

#include "libpet/error.h"
#include "libpet/io/study_file.h"
#include "tests/libpet/study_text.h"

namespace {

pet::Study ball_study() {
  pet::Study study;
  study.grid.size = {41, 41, 41};
  for (std::size_t d = 0; d < 3; ++d) {
    study.grid.origin_mm[d] = -40.0;
    study.grid.axis_mm[d][d] = 2.0;
  }
  study.brain = {{{0, 0, 0}, {30, 30, 30}}};
  study.background = "rest";
  study.regions = {{"rest", 0, {}, {}, {}},
                   {"first", 1, {}, {{{10, 0, 0}, {8, 8, 8}, true}}, {}},
                   {"second", 2, {}, {{{10, 0, 0}, {4, 4, 4}}}, {}}};
  return study;
}

}  // namespace

TEST_CASE("A phantom has the volumes of its shapes, and later regions win") {
  const pet::Study study = ball_study();
  const pet::Phantom phantom = pet::draw_phantom(study, "study");
  const auto ball_voxels = [](double radius) { return 4.0 / 3.0 * std::numbers::pi * radius * radius * radius / 8.0; };
  CHECK(static_cast<double>(phantom.voxel_count(2)) == Approx(ball_voxels(4.0)).epsilon(0.1));
  CHECK(static_cast<double>(phantom.voxel_count(1)) == Approx(2.0 * ball_voxels(8.0) - ball_voxels(4.0)).epsilon(0.05));
  const std::size_t all = phantom.voxel_count(0) + phantom.voxel_count(1) + phantom.voxel_count(2);
  CHECK(static_cast<double>(all) == Approx(ball_voxels(30.0)).epsilon(0.01));
}

TEST_CASE("A mirrored region is symmetric about x = 0") {
  pet::Study study = ball_study();
  study.regions.pop_back();
  const pet::Phantom phantom = pet::draw_phantom(study, "study");
  for (std::size_t row = 0; row < phantom.region.size(); row += 41)
    for (std::size_t i = 0; i < 41; ++i) REQUIRE(phantom.region[row + i] == phantom.region[row + 40 - i]);
}

TEST_CASE("The label map has the labels and names of the regions, and no label for label 0") {
  const pet::Study study = ball_study();
  const pet::Phantom phantom = pet::draw_phantom(study, "study");
  const pet::LabelMap map = pet::label_map(study, phantom);
  CHECK(map.names == std::map<std::int32_t, std::string>{{1, "first"}, {2, "second"}});
  CHECK(static_cast<std::size_t>(std::count(map.labels.begin(), map.labels.end(), 2)) == phantom.voxel_count(2));
}

TEST_CASE("A region that no voxel shows is an error that names it") {
  pet::Study study = ball_study();
  study.regions[2].ellipsoids[0].centre_mm = {100, 0, 0};
  CHECK_THROWS_WITH(pet::draw_phantom(study, "study.json"),
                    Catch::Contains("study.json: found no voxel of region 'second'"));
}

TEST_CASE("The regions of the psilocybin study have sizes like those of a brain") {
  const pet::Study study = pet::read_study(std::string(OCCUPET_SOURCE_DIR) + "/data/studies/psilocybin.json");
  const pet::Phantom phantom = pet::draw_phantom(study, "psilocybin.json");
  for (std::size_t r = 0; r < study.regions.size(); ++r) {
    const double volume = static_cast<double>(phantom.voxel_count(r)) * study.grid.voxel_volume_mm3();
    INFO(study.regions[r].name << " " << volume << " mm3");
    CHECK(volume > 2000.0);
    if (study.regions[r].label != 0) CHECK(volume < 120000.0);
  }
}
