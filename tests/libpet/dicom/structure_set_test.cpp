// SPDX-License-Identifier: Apache-2.0
#include "libpet/dicom/structure_set.h"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <sstream>

#include "libpet/dicom/pet_image.h"
#include "libpet/error.h"
#include "tests/libpet/dicom/simulated_series.h"
#include "tests/libpet/dicom/structure_set_file.h"

using namespace pet;
using namespace pet::test;
using Catch::Contains;

namespace {

struct StructureSetOnDisk {
  test::TemporaryFolder folder;
  Grid grid = turned_grid();
  std::filesystem::path file = folder / "rs.dcm";

  explicit StructureSetOnDisk(const std::vector<Roi>& rois) { test::write_structure_set(rois, grid, file); }
  LabelMap read(const std::vector<std::string>& regions = {}) const { return read_structure_set(file, grid, regions); }
  std::string refusal() const {
    try {
      read();
    } catch (const InputError& error) {
      return error.what();
    }
    return "";
  }
};

std::int32_t at(const LabelMap& map, int i, int j, int k) {
  return map.labels[static_cast<std::size_t>((k * map.grid.size[1] + j) * map.grid.size[0] + i)];
}

std::size_t count(const LabelMap& map, std::int32_t label) {
  return static_cast<std::size_t>(std::ranges::count(map.labels, label));
}

}  // namespace

TEST_CASE("A voxel belongs to a region if its centre lies inside the contours, outside their holes",
          "[dicom][structure-set]") {
  const StructureSetOnDisk disk({{"ring", {rectangle(0.6, 8.4, 1.5, 7.5, 2), rectangle(2.6, 5.4, 3.5, 5.5, 2)}},
                                 {"block", {rectangle(8.6, 30.0, -5.0, 2.2, 3)}}});
  const LabelMap map = disk.read();
  CHECK(map.names == std::map<std::int32_t, std::string>{{1, "ring"}, {2, "block"}});
  CHECK(map.frame_of_reference_uid == "1.2.3");
  for (int k = 0; k < 5; ++k)
    for (int j = 0; j < 10; ++j)
      for (int i = 0; i < 12; ++i) {
        CAPTURE(i, j, k);
        const bool is_outer = i >= 1 && i <= 8 && j >= 2 && j <= 7;
        const bool is_hole = i >= 3 && i <= 5 && j >= 4 && j <= 5;
        const bool is_block = i >= 9 && j <= 2;
        CHECK(at(map, i, j, k) == (k == 2 && is_outer && !is_hole ? 1 : k == 3 && is_block ? 2 : 0));
      }
}

TEST_CASE("The volume of a round region is that of its polygon", "[dicom][structure-set]") {
  Grid grid = turned_grid();
  grid.size = {200, 200, 3};
  Points circle;
  for (int p = 0; p < 60; ++p) {
    const double angle = 2.0 * std::acos(-1.0) * p / 60.0;
    circle.push_back({100.3 + 80.0 * std::cos(angle), 99.8 + 80.0 * std::sin(angle), 1.0});
  }
  const test::TemporaryFolder folder;
  write_structure_set({{"disc", {circle}}}, grid, folder / "rs.dcm");
  // A regular polygon of n corners has the area n r^2 sin(2 pi / n) / 2.
  const double area = 30.0 * 6400.0 * std::sin(2.0 * std::acos(-1.0) / 60.0);
  CHECK(static_cast<double>(count(read_structure_set(folder / "rs.dcm", grid), 1)) == Approx(area).epsilon(2e-3));
}

TEST_CASE("A slice takes the nearest plane of contours, and none beyond half a plane spacing",
          "[dicom][structure-set]") {
  const auto slices_of = [](const std::vector<double>& planes) {
    std::vector<Points> contours;
    for (const double k : planes) contours.push_back(rectangle(0.5, 3.5, 0.5, 2.5, k));
    const LabelMap map = StructureSetOnDisk({{"a", contours}}).read();
    std::string slices;
    for (int k = 0; k < 5; ++k) slices += at(map, 1, 1, k) != 0 ? '1' : '0';
    return slices;
  };
  CHECK(slices_of({1.0, 2.0, 3.0}) == "01110");
  CHECK(slices_of({0.75, 1.25, 1.75, 2.25}) == "01100");  // finer than the slices
  CHECK(slices_of({0.4, 2.4}) == "11110");                // coarser
  CHECK(slices_of({3.8}) == "00001");
}

TEST_CASE("Contours a little apart, as on a tilted scan, are one plane", "[dicom][structure-set]") {
  const LabelMap map =
      StructureSetOnDisk({{"both", {rectangle(0.5, 2.5, 0.5, 2.5, 2.0), rectangle(6.5, 8.5, 0.5, 2.5, 2.05)}}}).read();
  CHECK(at(map, 1, 1, 2) == 1);
  CHECK(at(map, 7, 1, 2) == 1);
  CHECK(count(map, 1) == 8);
}

TEST_CASE("Regions are chosen by name; points and open contours are no regions", "[dicom][structure-set]") {
  const StructureSetOnDisk disk({{"body", {rectangle(-1, 20, -1, 20, 1)}},
                                 {"isocentre", {{{1, 1, 1}}}, "POINT"},
                                 {"cerebellum", {rectangle(1.5, 4.5, 1.5, 4.5, 1)}}});
  CHECK_THAT(disk.refusal(), Contains("'body' and 'cerebellum' that overlap") && Contains("(3006,0020)"));
  const LabelMap chosen = disk.read({"cerebellum"});
  CHECK(count(chosen, 3) == 9);
  CHECK(chosen.names == std::map<std::int32_t, std::string>{{3, "cerebellum"}});
  const StructureSetOnDisk tilted(
      {{"a", {rectangle(1.5, 4.5, 1.5, 4.5, 1)}}, {"tilted", {{{0, 0, 1}, {4, 0, 2}, {4, 4, 1}}}}});
  CHECK(count(tilted.read({"a"}), 1) == 9);
  CHECK_THROWS_AS(disk.read({"cortex"}), UsageError);
  CHECK_THROWS_AS(disk.read({"isocentre"}), InputError);
}

TEST_CASE("A structure set that cannot be placed on the image is refused with the reason", "[dicom][structure-set]") {
  const auto refusal_of = [](const std::vector<Roi>& rois) { return StructureSetOnDisk(rois).refusal(); };
  CHECK_THAT(refusal_of({{"tilted", {{{0, 0, 1}, {4, 0, 1.5}, {4, 4, 1}}}}}),
             Contains("(3006,0050)") && Contains("0.5 slices"));
  CHECK_THAT(refusal_of({{"line", {{{0, 0, 1}, {4, 0, 1}}}}}), Contains("6 numbers"));
  CHECK_THAT(refusal_of({{"small", {rectangle(1.1, 1.4, 1.1, 1.4, 1)}}}), Contains("no voxel centre"));
  CHECK_THAT(refusal_of({{"solid", {rectangle(1, 4, 1, 4, 1)}, "SOLID"}}), Contains("'SOLID'"));
  CHECK_THAT(refusal_of({{"none", {}}}), Contains("no closed contours"));
  CHECK_THAT(refusal_of({}), Contains("no closed contours"));
}

TEST_CASE("A region's name that repeats the patient's is left out", "[dicom][structure-set]") {
  const LabelMap map = StructureSetOnDisk({{"Miller brain", {rectangle(1, 4, 1, 4, 1)}}}).read();
  CHECK(map.names == std::map<std::int32_t, std::string>{{1, "roi-0"}});
}

TEST_CASE("The structure sets of the reference objects have the area of their contours", "[dicom][reference]") {
  const std::filesystem::path object = std::filesystem::path(OCCUPET_REFERENCE_DIR) / "dicom_ibsi_suv" / "DRO_0_0";
  if (!std::filesystem::is_directory(object)) {
    WARN("the reference objects are not there; nothing was compared");
    return;
  }
  const DynamicImage image = read_pet_series(object / "PT");
  const std::filesystem::path file = std::filesystem::directory_iterator(object / "RS")->path();
  CHECK(label_source(file) == LabelSource::structure_set);
  const LabelMap map = read_structure_set(file, image.grid);
  CHECK(map.names.at(1) == "region_1");
  // The shoelace formula over the contours, read with DCMTK alone; voxels are 4 x 4 mm.
  DcmFileFormat rs;
  REQUIRE(rs.loadFile(file.c_str()).good());
  DcmItem* roi = nullptr;
  REQUIRE(rs.getDataset()->findAndGetSequenceItem(DCM_ROIContourSequence, roi).good());
  double voxels = 0.0;
  DcmItem* contour = nullptr;
  for (long c = 0; roi->findAndGetSequenceItem(DCM_ContourSequence, contour, c).good(); ++c) {
    std::vector<double> x;
    double value = 0.0;
    for (unsigned long i = 0; contour->findAndGetFloat64(DCM_ContourData, value, i).good(); ++i) x.push_back(value);
    double area = 0.0;
    for (std::size_t p = 0; p < x.size(); p += 3) {
      const std::size_t next = (p + 3) % x.size();
      area += 0.5 * (x[p] * x[next + 1] - x[next] * x[p + 1]);
    }
    voxels += std::abs(area) / 16.0;
  }
  CHECK(voxels > 1000.0);
  CHECK(static_cast<double>(count(map, 1)) == Approx(voxels).epsilon(0.01));
}
