// SPDX-License-Identifier: Apache-2.0
#include "libpet/io/nifti.h"

#include <sys/resource.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <bit>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <limits>
#include <numeric>
#include <vector>

#include "libpet/error.h"
#include "libpet/io/output_files.h"
#include "tests/libpet/io/temporary_folder.h"

namespace {

namespace fs = std::filesystem;
using Catch::Matchers::Contains;
using pet::Grid;
using pet::LabelMap;
using pet::Vector3;
using pet::test::content_of;
using pet::test::TemporaryFolder;

// A NIfTI-1 file made by hand from the layout of nifti1.h, to read what we did not write.
class Handmade {
 public:
  Handmade(std::array<short, 4> size, short datatype, short bits) : bytes_(352, '\0') {
    put<std::int32_t>(0, 348);
    put<short>(40, size[3] > 0 ? 4 : 3);
    for (int d = 0; d < 4; ++d) put<short>(42 + 2 * d, std::max<short>(1, size[d]));
    for (int d = 4; d < 7; ++d) put<short>(42 + 2 * d, 1);
    put<short>(70, datatype);
    put<short>(72, bits);
    for (int d = 0; d < 4; ++d) put<float>(76 + 4 * d, 1.0f);
    put<float>(108, 352.0f);
    put<float>(112, 1.0f);  // scl_slope
    bytes_[123] = 2;        // mm
    std::memcpy(bytes_.data() + 344, "n+1", 4);
  }
  template <typename Value>
  Handmade& put(std::size_t at, Value value) {
    std::memcpy(bytes_.data() + at, &value, sizeof value);
    return *this;
  }
  /// Rows of the sform, RAS+.
  Handmade& sform(std::array<float, 12> rows) {
    put<short>(254, 1);
    for (std::size_t i = 0; i < rows.size(); ++i) put<float>(280 + 4 * i, rows[i]);
    return *this;
  }
  template <typename Value>
  Handmade& voxel(Value value) {
    bytes_.resize(bytes_.size() + sizeof value);
    return put(bytes_.size() - sizeof value, value);
  }
  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

constexpr std::array<float, 12> identity = {1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0};

std::string unzipped(const fs::path& path) {
  const gzFile file = gzopen(path.c_str(), "rb");
  std::string bytes;
  char buffer[65536];
  int count = 0;
  while ((count = gzread(file, buffer, sizeof buffer)) > 0) bytes.append(buffer, static_cast<std::size_t>(count));
  CHECK(gzclose(file) == Z_OK);
  return bytes;
}

Grid oblique() {
  const double c = std::sqrt(3.0) / 2.0;
  return {{4, 3, 2}, {-20.0, 5.0, 100.0}, {Vector3{2.0 * c, 1.0, 0.0}, {-1.5, 3.0 * c, 0.0}, {0.0, 0.0, -4.0}}};
}

void check_same(const Grid& a, const Grid& b, double tolerance) {
  CHECK(a.size == b.size);
  for (int d = 0; d < 3; ++d) {
    CHECK(a.origin_mm[d] == Approx(b.origin_mm[d]).margin(tolerance));
    for (int axis = 0; axis < 3; ++axis) CHECK(a.axis_mm[axis][d] == Approx(b.axis_mm[axis][d]).margin(tolerance));
  }
}

TEST_CASE("An sform of NIfTI's right, front, up becomes DICOM's left, back, up", "[nifti]") {
  const TemporaryFolder folder;
  Handmade file({2, 1, 1, 0}, 4, 16);
  file.sform({2, 0, 0, -10, 0, 3, 0, -20, 0, 0, 4, -30}).voxel<short>(5).voxel<short>(-7);
  const LabelMap labels = pet::read_label_map(folder.file("l.nii", file.bytes()));
  CHECK(labels.grid.size == std::array<int, 3>{2, 1, 1});
  CHECK(labels.grid.origin_mm == Vector3{10.0, 20.0, -30.0});
  CHECK(labels.grid.axis_mm[0] == Vector3{-2.0, 0.0, 0.0});
  CHECK(labels.grid.axis_mm[1] == Vector3{0.0, -3.0, 0.0});
  CHECK(labels.grid.axis_mm[2] == Vector3{0.0, 0.0, 4.0});
  CHECK(labels.labels == std::vector<std::int32_t>{5, -7});
}

TEST_CASE("Without an sform the qform counts, without both the file is refused", "[nifti]") {
  const TemporaryFolder folder;
  Handmade file({1, 1, 1, 0}, 2, 8);
  file.voxel<unsigned char>(1);
  CHECK_THROWS_WITH(pet::read_label_map(folder.file("n.nii", file.bytes())), Contains("neither sform nor qform"));
  // Half a turn about z: quaternion (0, 0, 0, 1), offset 1, 2, 3, voxels of 2, 3, 4 mm.
  file.put<short>(252, 1).put<float>(264, 1.0f).put<float>(268, 1.0f).put<float>(272, 2.0f).put<float>(276, 3.0f);
  file.put<float>(80, 2.0f).put<float>(84, 3.0f).put<float>(88, 4.0f);
  const Grid grid = pet::read_label_map(folder.file("q.nii", file.bytes())).grid;
  CHECK(grid.origin_mm == Vector3{-1.0, -2.0, 3.0});
  CHECK(grid.axis_mm[0][0] == Approx(2.0).epsilon(1e-12));
  CHECK(grid.axis_mm[1][1] == Approx(3.0).epsilon(1e-12));
  CHECK(grid.axis_mm[2][2] == Approx(4.0).epsilon(1e-12));
}

TEST_CASE("Header units of metres are turned to millimetres", "[nifti]") {
  const TemporaryFolder folder;
  Handmade file({1, 1, 1, 0}, 2, 8);
  file.sform({0.002f, 0, 0, 0.01f, 0, 0.002f, 0, 0, 0, 0, 0.002f, 0}).put<char>(123, 1).voxel<unsigned char>(1);
  const Grid grid = pet::read_label_map(folder.file("m.nii", file.bytes())).grid;
  CHECK(grid.axis_mm[2][2] == Approx(2.0).epsilon(1e-6));
  CHECK(grid.origin_mm[0] == Approx(-10.0).epsilon(1e-6));
}

TEST_CASE("Labels are read from every type of whole numbers, scaled or not, in either byte order", "[nifti]") {
  const TemporaryFolder folder;
  Handmade floats({2, 1, 1, 0}, 16, 32);
  floats.sform(identity).voxel(3.0f).voxel(1003.0f);
  CHECK(pet::read_label_map(folder.file("f.nii", floats.bytes())).labels == std::vector<std::int32_t>{3, 1003});
  Handmade wide({1, 1, 1, 0}, 1024, 64);
  wide.sform(identity).voxel<std::int64_t>(2035);
  CHECK(pet::read_label_map(folder.file("w.nii", wide.bytes())).labels[0] == 2035);
  Handmade scaled({1, 1, 1, 0}, 2, 8);
  scaled.sform(identity).put<float>(112, 2.0f).put<float>(116, 1.0f).voxel<unsigned char>(4);
  CHECK(pet::read_label_map(folder.file("s.nii", scaled.bytes())).labels[0] == 9);

  std::string swapped = Handmade({1, 1, 1, 0}, 8, 32).sform(identity).voxel<std::int32_t>(1003).bytes();
  const auto swap = [&](std::size_t at, std::size_t size) { std::reverse(&swapped[at], &swapped[at] + size); };
  for (const std::size_t at : {0, 32, 108, 112, 116, 140, 144}) swap(at, 4);
  for (std::size_t at = 40; at < 56; at += 2) swap(at, 2);
  for (const std::size_t at : {36, 68, 70, 72, 74, 252, 254}) swap(at, 2);
  for (std::size_t at = 76; at < 108; at += 4) swap(at, 4);
  for (std::size_t at = 256; at < 328; at += 4) swap(at, 4);
  swap(352, 4);
  const LabelMap labels = pet::read_label_map(folder.file("b.nii", swapped));
  CHECK(labels.labels[0] == 1003);
  CHECK(labels.grid.axis_mm[2][2] == 1.0);
}

TEST_CASE("A map of real numbers is read as it is, and only one volume is a map", "[nifti]") {
  const TemporaryFolder folder;
  Handmade file({3, 1, 1, 0}, 16, 32);
  file.sform(identity).voxel(1.5f).voxel(-0.25f).voxel(std::numeric_limits<float>::quiet_NaN());
  const pet::VolumeMap map = pet::read_volume_map(folder.file("m.nii", file.bytes()));
  REQUIRE(map.voxels.size() == 3);
  CHECK(map.voxels[0] == 1.5f);
  CHECK(map.voxels[1] == -0.25f);
  CHECK(std::isnan(map.voxels[2]));
  CHECK(map.grid.size == std::array<int, 3>{3, 1, 1});
  Handmade two({1, 1, 1, 2}, 16, 32);
  two.sform(identity).voxel(1.0f).voxel(2.0f);
  CHECK_THROWS_WITH(pet::read_volume_map(folder.file("t.nii", two.bytes())),
                    Contains("found 2 volumes, expected one volume"));
  CHECK_THROWS_AS(pet::read_volume_map(folder / "none.nii"), pet::InputNotFound);
}

TEST_CASE("Values that are no labels are refused", "[nifti]") {
  const TemporaryFolder folder;
  for (const float value :
       {1.5f, 3e9f, std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    INFO(value);
    Handmade file({1, 1, 1, 0}, 16, 32);
    file.sform(identity).voxel(value);
    CHECK_THROWS_WITH(pet::read_label_map(folder.file("f.nii", file.bytes())), Contains("f.nii: found a voxel of"));
  }
  Handmade two({1, 1, 1, 2}, 2, 8);
  two.sform(identity).voxel<unsigned char>(1).voxel<unsigned char>(2);
  CHECK_THROWS_WITH(pet::read_label_map(folder.file("t.nii", two.bytes())), Contains("found 2 volumes"));
  Handmade colour({1, 1, 1, 0}, 128, 24);
  colour.sform(identity).voxel<short>(1).voxel<char>(1);
  CHECK_THROWS_WITH(pet::read_label_map(folder.file("c.nii", colour.bytes())), Contains("voxels of type"));
}

TEST_CASE("A file that is no NIfTI, is cut short or damaged is refused", "[nifti]") {
  const TemporaryFolder folder;
  CHECK_THROWS_AS(pet::read_label_map(folder / "absent.nii"), pet::InputNotFound);
  CHECK_THROWS_AS(pet::read_label_map(folder.path()), pet::InputError);
  CHECK_THROWS_AS(pet::read_label_map(folder.file("empty.nii", "")), pet::InputError);
  CHECK_THROWS_AS(pet::read_label_map(folder.file("text.nii", std::string(1000, 'x'))), pet::InputError);

  LabelMap labels{oblique(), std::vector<std::int32_t>(24, 3), {}, {}};
  pet::write_label_map(labels, folder / "good.nii");
  pet::write_label_map(labels, folder / "good.nii.gz");
  const std::string plain = content_of(folder / "good.nii");
  CHECK_THROWS_WITH(pet::read_label_map(folder.file("short.nii", plain.substr(0, plain.size() - 1))),
                    Contains("short.nii: found a file of") && Contains("that the header declares"));
  const std::string zipped = content_of(folder / "good.nii.gz");
  for (std::size_t length = 0; length < zipped.size(); length += 7) {
    INFO(length);
    CHECK_THROWS_AS(pet::read_label_map(folder.file("short.nii.gz", zipped.substr(0, length))), pet::InputError);
  }
  // Large enough for the voxels to be read before the checksum is.
  labels.grid.size = {400, 300, 2};
  labels.labels.resize(240000);
  for (std::size_t v = 0; v < labels.labels.size(); ++v) labels.labels[v] = static_cast<int>(v * v % 9973);
  pet::write_label_map(labels, folder / "large.nii.gz");
  CHECK(pet::read_label_map(folder / "large.nii.gz").labels == labels.labels);
  std::string wrong = content_of(folder / "large.nii.gz");
  wrong[wrong.size() - 6] ^= 1;  // within the checksum
  CHECK_THROWS_WITH(pet::read_label_map(folder.file("wrong.nii.gz", wrong)), Contains("wrong.nii.gz: found"));
}

TEST_CASE("A value that is no label is found anywhere, and damage is told from it", "[nifti]") {
  const TemporaryFolder folder;
  const pet::Grid grid{{40, 50, 30}, {}, {Vector3{1.0, 0.0, 0.0}, {0.0, 1.0, 0.0}, {0.0, 0.0, 1.0}}};
  std::vector<float> values(60000);
  for (std::size_t v = 0; v < values.size(); ++v) values[v] = static_cast<float>(v * v % 97);
  pet::write_nifti_volume(grid, values, folder / "good.nii");
  const std::string bytes = content_of(folder / "good.nii");
  const auto stored = [&] {  // as gzip data that are not compressed: a changed byte changes nothing but itself
    const fs::path path = folder / "stored.nii.gz";
    const gzFile out = gzopen(path.c_str(), "wb0");
    gzwrite(out, bytes.data(), static_cast<unsigned>(bytes.size()));
    gzclose(out);
    return path;
  };
  CHECK(pet::read_label_map(stored()).labels == std::vector<std::int32_t>(values.begin(), values.end()));
  const std::string good = content_of(stored());
  for (std::size_t place = 5000; place < 5004; ++place) {  // all bytes of a voxel in the first of several pieces
    std::string damaged = good;
    damaged[place] ^= 16;
    CHECK_THROWS_WITH(pet::read_label_map(folder.file("damaged.nii.gz", damaged)), Contains("end or checksum"));
  }
  for (const float odd : {1.5f, std::numeric_limits<float>::quiet_NaN(), 3e9f}) {
    values.back() = odd;
    pet::write_nifti_volume(grid, values, folder / "odd.nii.gz");
    CHECK_THROWS_WITH(pet::read_label_map(folder / "odd.nii.gz"), Contains("whole numbers"));
  }
}

TEST_CASE("Volumes have the same bytes whatever the number of threads", "[nifti]") {
  const TemporaryFolder folder;
  LabelMap labels{{{100, 100, 80}, {}, {Vector3{1.0, 0.0, 0.0}, {0.0, 1.0, 0.0}, {0.0, 0.0, 1.0}}}, {}, {}, {}};
  std::vector<float> values;
  for (std::size_t v = 0; v < labels.grid.voxel_count(); ++v) {
    labels.labels.push_back(static_cast<std::int32_t>(v * v % 9973));
    values.push_back(static_cast<float>(std::sin(static_cast<double>(v))));
  }
  for (const unsigned threads : {1U, 2U, 3U})
    for (const std::string end : {".nii", ".nii.gz"}) {
      pet::write_label_map(labels, folder / ("labels" + std::to_string(threads) + end), threads);
      pet::write_nifti_volume(labels.grid, values, folder / ("map" + std::to_string(threads) + end), "", threads);
    }
  for (const std::string name : {"labels", "map"})
    for (const std::string end : {".nii", ".nii.gz"})
      for (const std::string threads : {"2", "3"})
        CHECK((content_of(folder / (name + threads + end)) == content_of(folder / (name + "1" + end))));
}

TEST_CASE("A header that declares more than the file can hold is refused before memory is taken", "[nifti]") {
  const TemporaryFolder folder;
  Handmade file({32767, 32767, 32767, 32767}, 64, 64);
  file.sform(identity).voxel(1.0);
  CHECK_THROWS_AS(pet::read_label_map(folder.file("huge.nii", file.bytes())), pet::InputError);
  Handmade big({10000, 10000, 1000, 0}, 4, 16);  // 200 GB
  big.sform(identity).voxel<short>(1);
  CHECK_THROWS_WITH(pet::read_label_map(folder.file("big.nii", big.bytes())), Contains("200000000000 bytes"));
  const fs::path zipped = folder / "big.nii.gz";
  const gzFile out = gzopen(zipped.c_str(), "wb");
  gzwrite(out, big.bytes().data(), static_cast<unsigned>(big.bytes().size()));
  gzclose(out);
  CHECK_THROWS_WITH(pet::read_label_map(zipped), Contains("200000000000 bytes"));
  Handmade negative({-5, 2, 2, 0}, 4, 16);
  negative.put<short>(42, -5).sform(identity).voxel<short>(1);
  CHECK_THROWS_AS(pet::read_label_map(folder.file("negative.nii", negative.bytes())), pet::InputError);
  Handmade singular({1, 1, 1, 0}, 4, 16);
  singular.sform({1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0}).voxel<short>(1);
  CHECK_THROWS_WITH(pet::read_label_map(folder.file("singular.nii", singular.bytes())), Contains("singular"));
}

TEST_CASE("A written label map reads back with its grid, and the same map gives the same bytes", "[nifti]") {
  const TemporaryFolder folder;
  LabelMap labels{oblique(), std::vector<std::int32_t>(24), {}, {}};
  std::iota(labels.labels.begin(), labels.labels.end(), -3);
  for (const std::int32_t largest : {20, 32767, 32768, 2147483647}) {
    labels.labels.back() = largest;
    for (const char* name : {"a.nii", "a.nii.gz"}) {
      INFO(largest << " in " << name);
      pet::write_label_map(labels, folder / name);
      const LabelMap back = pet::read_label_map(folder / name);
      CHECK(back.labels == labels.labels);
      check_same(back.grid, labels.grid, 1e-5);
      const std::string bytes = content_of(folder / name);
      pet::write_label_map(labels, folder / name);
      CHECK(content_of(folder / name) == bytes);
    }
    CHECK(unzipped(folder / "a.nii.gz") == content_of(folder / "a.nii"));
    CHECK(content_of(folder / "a.nii").size() == 352u + 24u * (largest > 32767 ? 4u : 2u));
  }
}

TEST_CASE("A written header has sform and qform of one grid, and no qform for sheared axes", "[nifti]") {
  const TemporaryFolder folder;
  LabelMap labels{oblique(), std::vector<std::int32_t>(24, 1), {}, {}};
  pet::write_label_map(labels, folder / "a.nii");
  std::string bytes = content_of(folder / "a.nii");
  CHECK(bytes[254] == 1);
  CHECK(bytes[252] == 1);
  bytes[254] = 0;  // now the qform alone
  check_same(pet::read_label_map(folder.file("q.nii", bytes)).grid, labels.grid, 1e-4);
  labels.grid.axis_mm[0][2] += 0.5;
  pet::write_label_map(labels, folder / "s.nii");
  CHECK(content_of(folder / "s.nii")[252] == 0);
  check_same(pet::read_label_map(folder / "s.nii").grid, labels.grid, 1e-5);
}

TEST_CASE("A grid with a side beyond NIfTI-1 is written as NIfTI-2", "[nifti]") {
  const TemporaryFolder folder;
  Grid grid = oblique();
  grid.size = {40000, 1, 1};
  LabelMap labels{grid, std::vector<std::int32_t>(40000, 2), {}, {}};
  labels.labels.back() = 9;
  pet::write_label_map(labels, folder / "a.nii");
  CHECK(content_of(folder / "a.nii").size() == 544u + 80000u);
  const LabelMap back = pet::read_label_map(folder / "a.nii");
  CHECK(back.labels == labels.labels);
  check_same(back.grid, grid, 1e-12);
}

TEST_CASE("A file that cannot be written is an error with its reason", "[nifti]") {
  const TemporaryFolder folder;
  const LabelMap labels{oblique(), std::vector<std::int32_t>(24, 1), {}, {}};
  CHECK_THROWS_AS(pet::write_label_map(labels, folder / "a.img"), pet::UsageError);
  CHECK_THROWS_WITH(pet::write_label_map(labels, folder / "absent/a.nii"), Contains("No such file or directory"));
  fs::create_symlink("/dev/full", folder / "full.nii");
  CHECK_THROWS_WITH(pet::write_label_map(labels, folder / "full.nii"), Contains("No space left on device"));
  fs::create_symlink("/dev/full", folder / "full.nii.gz");
  CHECK_THROWS_WITH(pet::write_label_map(labels, folder / "full.nii.gz"), Contains("No space left on device"));
}

// A made-up dynamic image of several compressed blocks.
pet::DynamicImage simulated() {
  pet::DynamicImage image;
  image.grid = {{70, 60, 40}, {-70.0, -60.0, -40.0}, {Vector3{2.0, 0.0, 0.0}, {0.0, 2.0, 0.0}, {0.0, 0.0, 2.0}}};
  image.frames = pet::Frames({{0.0, 0.5}, {0.5, 2.5}, {3.0, 8.0}});
  image.voxels.resize(image.grid.voxel_count() * 3);
  for (std::size_t v = 0; v < image.voxels.size(); ++v)
    image.voxels[v] = static_cast<float>(std::sin(static_cast<double>(v) * 0.37) * 20.0);
  image.unit = pet::ActivityUnit::kBq_per_mL;
  image.tracer = {"Cimbi-36", "C11", 20.334, 500.0, {}, {}};
  return image;
}

TEST_CASE("A written image and its sidecar read back", "[nifti]") {
  const TemporaryFolder folder;
  const pet::DynamicImage image = simulated();
  for (const std::string name : {"sub-1_pet.nii", "sub-1_pet.nii.gz"}) {
    pet::write_nifti_series(image.grid, image.frames, image.voxels, folder / name, "simulated", 1000.0);
    folder.file("sub-1_pet.json", pet::image_sidecar_text(image, {}, R"({"BodyPart": "Brain"})"));
    const pet::DynamicImage back = pet::read_nifti_image(folder / name);
    check_same(back.grid, image.grid, 1e-12);
    REQUIRE(back.frames.size() == 3);
    for (std::size_t f = 0; f < 3; ++f) {
      CHECK(back.frames[f].start_min == Approx(image.frames[f].start_min).margin(1e-9));
      CHECK(back.frames[f].end_min == Approx(image.frames[f].end_min).margin(1e-9));
    }
    REQUIRE(back.voxels.size() == image.voxels.size());
    float worst = 0.0f;
    for (std::size_t v = 0; v < back.voxels.size(); ++v)
      worst = std::max(worst, std::abs(back.voxels[v] - image.voxels[v]) / std::max(1e-30f, std::abs(image.voxels[v])));
    CHECK(worst < 2.5e-7f);  // two roundings to single precision
    CHECK(back.unit == pet::ActivityUnit::kBq_per_mL);
    CHECK(back.decay.found == pet::DecayCorrection::Found::administration);
    CHECK(back.decay.factor_applied == std::vector<double>{1.0});
    CHECK(back.tracer.name == "Cimbi-36");
    CHECK(*back.tracer.half_life_min == Approx(20.334).epsilon(1e-12));
    CHECK(back.warnings.empty());
  }
  CHECK(unzipped(folder / "sub-1_pet.nii.gz") == content_of(folder / "sub-1_pet.nii"));
}

TEST_CASE("An image of many pieces whose checksum is wrong is refused", "[nifti]") {
  const TemporaryFolder folder;
  const pet::DynamicImage image = simulated();
  pet::write_nifti_series(image.grid, image.frames, image.voxels, folder / "sub-1_pet.nii.gz", "simulated", 1000.0);
  folder.file("sub-1_pet.json", pet::image_sidecar_text(image, {}, R"({"BodyPart": "Brain"})"));
  CHECK_NOTHROW(pet::read_nifti_image(folder / "sub-1_pet.nii.gz"));
  std::string wrong = content_of(folder / "sub-1_pet.nii.gz");
  wrong[wrong.size() - 6] ^= 1;  // within the checksum
  CHECK_THROWS_WITH(pet::read_nifti_image(folder.file("sub-1_pet.nii.gz", wrong)),
                    Contains("sub-1_pet.nii.gz: found compressed data without their end or checksum"));
}

TEST_CASE("An image that is given slice by slice is the image that is given whole", "[nifti]") {
  const TemporaryFolder folder;
  const pet::DynamicImage image = simulated();
  constexpr std::size_t slice_size = 70 * 60;
  for (const std::string end : {".nii", ".nii.gz"}) {
    pet::write_nifti_series(image.grid, image.frames, image.voxels, folder / ("whole" + end), "simulated");
    pet::write_nifti_series(
        image.grid, image.frames,
        [&](std::size_t frame, std::size_t slice, std::span<float> values) {
          std::ranges::copy(image.frame(frame).subspan(slice * slice_size, slice_size), values.begin());
        },
        folder / ("slices" + end), "simulated");
  }
  CHECK((content_of(folder / "slices.nii") == content_of(folder / "whole.nii")));
  CHECK((unzipped(folder / "slices.nii.gz") == content_of(folder / "whole.nii")));
}

TEST_CASE("Slices larger than a block are written whole", "[nifti]") {
  const TemporaryFolder folder;
  const pet::Grid grid{{600, 500, 3}, {}, {Vector3{1.0, 0.0, 0.0}, {0.0, 1.0, 0.0}, {0.0, 0.0, 1.0}}};
  const auto value = [](std::size_t v) { return static_cast<float>(std::sin(static_cast<double>(v))); };
  for (const std::string end : {".nii", ".nii.gz"}) {
    pet::write_nifti_series(
        grid, pet::Frames({{0.0, 1.0}, {1.0, 2.0}}),
        [&](std::size_t frame, std::size_t slice, std::span<float> values) {
          for (std::size_t v = 0; v < values.size(); ++v) values[v] = value((3 * frame + slice) * values.size() + v);
        },
        folder / ("x" + end), "", 2);
  }
  const std::string bytes = content_of(folder / "x.nii");
  REQUIRE(bytes.size() == 352 + 600 * 500 * 3 * 2 * sizeof(float));
  std::size_t wrong = 0;
  for (std::size_t v = 0; v < std::size_t{600} * 500 * 3 * 2; ++v) {
    float read = 0.0f;
    std::memcpy(&read, bytes.data() + 352 + v * sizeof read, sizeof read);
    wrong += read == value(v) ? 0 : 1;
  }
  CHECK(wrong == 0);
  CHECK((unzipped(folder / "x.nii.gz") == bytes));
}

TEST_CASE("A label map without voxels is a header", "[nifti]") {
  const TemporaryFolder folder;
  pet::write_label_map({}, folder / "x.nii");
  CHECK(fs::file_size(folder / "x.nii") == 352);
}

TEST_CASE("The first slice that cannot be read ends the writing of an image", "[nifti]") {
  const TemporaryFolder folder;
  pet::DynamicImage image = simulated();
  image.frames = pet::Frames({{0.0, 1.0}, {1.0, 2.0}, {2.0, 3.0}, {3.0, 4.0}, {4.0, 5.0}, {5.0, 6.0}, {6.0, 7.0}});
  for (int repeat = 0; repeat < 20; ++repeat)
    CHECK_THROWS_WITH(pet::write_nifti_series(
                          image.grid, image.frames,
                          [](std::size_t frame, std::size_t slice, std::span<float>) {
                            if (frame >= 2)
                              throw pet::InputError("slice " + std::to_string(frame) + "/" + std::to_string(slice));
                          },
                          folder / "x.nii.gz"),
                      "slice 2/0");
}

TEST_CASE("A map of one volume has three dimensions and its description", "[nifti]") {
  const TemporaryFolder folder;
  const std::vector<float> values(24, 0.25f);
  pet::write_nifti_volume(oblique(), values, folder / "m.nii", std::string(200, 'd'));
  const std::string bytes = content_of(folder / "m.nii");
  CHECK(bytes[40] == 3);
  CHECK(bytes.substr(148, 80) == std::string(79, 'd') + '\0');
  float last = 0.0f;
  std::memcpy(&last, bytes.data() + bytes.size() - 4, 4);
  CHECK(last == 0.25f);
  CHECK_THROWS_AS(pet::write_nifti_volume(oblique(), std::vector<float>(23), folder / "x.nii"), std::logic_error);
}

// An image of one voxel and two frames, 30 s and 60 s long, with values 1000 and 2000.
std::string two_frames(const TemporaryFolder& folder, const std::string& sidecar) {
  Handmade file({1, 1, 1, 2}, 4, 16);
  file.sform(identity).voxel<short>(1000).voxel<short>(2000);
  folder.file("x_pet.json", sidecar);
  return folder.file("x_pet.nii", file.bytes());
}

constexpr const char* times = R"("FrameTimesStart": [0, 30], "FrameDuration": [30, 60])";

TEST_CASE("A map in memory has the bytes of the file", "[nifti]") {
  const TemporaryFolder folder;
  const Grid grid{
      {3, 2, 1}, {-1.0, 2.0, 3.0}, {Vector3{2.0, 0.0, 0.0}, Vector3{0.0, 2.0, 0.0}, Vector3{0.0, 0.0, 3.0}}};
  const std::vector<float> voxels = {1, 2, 3, 4, 5, 6};
  pet::write_nifti_volume(grid, voxels, folder / "map.nii");
  CHECK((pet::nifti_volume_bytes(grid, voxels) == content_of(folder / "map.nii")));
}

TEST_CASE("Units of an image are turned to kBq/mL, or are unknown with a warning", "[nifti]") {
  const TemporaryFolder folder;
  const auto read = [&](const std::string& units) {
    return pet::read_nifti_image(two_frames(folder, std::string("{") + times + units + R"(, "InjectionStart": 0,
      "ImageDecayCorrected": true, "ImageDecayCorrectionTime": 0})"));
  };
  for (const char* unit : {"Bq/mL", "Bq/ml", "BQML"}) {
    INFO(unit);
    const pet::DynamicImage image = read(std::string(R"(, "Units": ")") + unit + '"');
    CHECK(image.voxels == std::vector<float>{1.0f, 2.0f});
    CHECK(image.unit == pet::ActivityUnit::kBq_per_mL);
    CHECK(image.warnings.empty());
  }
  CHECK(read(R"(, "Units": "kBq/cc")").voxels == std::vector<float>{1000.0f, 2000.0f});
  for (const char* units : {"", R"(, "Units": "CNTS")", R"(, "Units": "n/a")"}) {
    INFO(units);
    const pet::DynamicImage image = read(units);
    CHECK(image.unit == pet::ActivityUnit::unknown);
    CHECK(image.voxels == std::vector<float>{1000.0f, 2000.0f});
    CHECK(image.warnings.size() == 1);
  }
}

TEST_CASE("An image is corrected for decay to injection and its times count from there", "[nifti]") {
  const TemporaryFolder folder;
  const std::string rest = R"(, "Units": "kBq/mL", "RadionuclideHalfLife": 60)";
  // Injection 60 s before TimeZero; corrected to TimeZero, one half-life later.
  pet::DynamicImage image = pet::read_nifti_image(two_frames(
      folder, std::string("{") + times + rest +
                  R"(, "InjectionStart": -60, "ImageDecayCorrected": true, "ImageDecayCorrectionTime": 0})"));
  CHECK(image.frames[0] == pet::Frame{1.0, 1.5});
  CHECK(image.voxels[0] == Approx(2000.0).epsilon(1e-6));
  CHECK(image.voxels[1] == Approx(4000.0).epsilon(1e-6));
  CHECK(image.decay.found == pet::DecayCorrection::Found::start);
  CHECK(*image.decay.reference_min == Approx(1.0).epsilon(1e-14));

  // Not corrected: the mean over 30 to 90 s of decay with a half-life of 60 s is undone.
  image = pet::read_nifti_image(
      two_frames(folder, std::string("{") + times + rest + R"(, "InjectionStart": 0, "ImageDecayCorrected": false})"));
  const double mean = (std::exp2(-0.5) - std::exp2(-1.5)) / std::log(2.0);
  CHECK(image.voxels[1] == Approx(2000.0 / mean).epsilon(1e-6));
  CHECK(image.decay.found == pet::DecayCorrection::Found::none);
  CHECK(image.decay.factor_applied.size() == 2);
}

TEST_CASE("What must be known about an image and is not stated is asked for", "[nifti]") {
  const TemporaryFolder folder;
  const auto read = [&](const std::string& sidecar) { return pet::read_nifti_image(two_frames(folder, sidecar)); };
  CHECK_THROWS_WITH(read("{}"), Contains("x_pet.json key 'FrameTimesStart': found nothing"));
  CHECK_THROWS_WITH(read(std::string("{") + times + "}"), Contains("key 'ImageDecayCorrected'"));
  CHECK_THROWS_WITH(read(std::string("{") + times + R"(, "ImageDecayCorrected": true})"),
                    Contains("key 'ImageDecayCorrectionTime'"));
  CHECK_THROWS_WITH(read(std::string("{") + times + R"(, "ImageDecayCorrected": false})"),
                    Contains("key 'RadionuclideHalfLife'"));
  CHECK_THROWS_WITH(read(std::string("{") + times + R"(, "ImageDecayCorrected": "yes"})"), Contains("true or false"));
  CHECK_THROWS_WITH(read("{\n\"a\": 1,\n}"), Contains("x_pet.json:3: found text that is not JSON"));
  CHECK_THROWS_WITH(read("[1, 2]"), Contains("a JSON object"));
  CHECK_THROWS_WITH(read(R"({"FrameTimesStart": [0, 1e999]})"), Contains("x_pet.json"));
  const std::string path = two_frames(folder, "{}");
  fs::remove(folder / "x_pet.json");
  CHECK_THROWS_WITH(pet::read_nifti_image(path), Contains("found no sidecar") && Contains("x_pet.json"));
}

TEST_CASE("Frame lists that contradict the image or themselves are refused", "[nifti]") {
  const TemporaryFolder folder;
  const auto read = [&](const std::string& lists) {
    return pet::read_nifti_image(
        two_frames(folder, "{" + lists + R"(, "ImageDecayCorrected": true, "ImageDecayCorrectionTime": 0})"));
  };
  CHECK_THROWS_WITH(read(R"("FrameTimesStart": [0, 30, 90], "FrameDuration": [30, 60, 60])"),
                    Contains("found 3 values, expected 2, the number of volumes"));
  CHECK_THROWS_WITH(read(R"("FrameTimesStart": [0, 30], "FrameDuration": [30])"), Contains("key 'FrameDuration'"));
  CHECK_THROWS_WITH(read(R"("FrameTimesStart": [0, 30], "FrameDuration": [40, 60])"), Contains("overlap"));
  CHECK_THROWS_WITH(read(R"("FrameTimesStart": [0, "30"], "FrameDuration": [30, 60])"), Contains("a list of numbers"));
  CHECK_THROWS_WITH(read(R"("FrameTimesStart": [10, 30], "FrameDuration": [30, 60])"), Contains("frame end times"));
  CHECK(read(R"("FrameTimesStart": [0, 30], "FrameDuration": [30, 60])").frames.size() == 2);
}

TEST_CASE("Values that are not numbers are kept and counted", "[nifti]") {
  const TemporaryFolder folder;
  Handmade file({1, 1, 1, 2}, 16, 32);
  file.sform(identity).voxel(std::numeric_limits<float>::quiet_NaN()).voxel(2.0f);
  folder.file("x_pet.json", std::string("{") + times + R"(, "InjectionStart": 0, "Units": "kBq/mL",
    "ImageDecayCorrected": true, "ImageDecayCorrectionTime": 0})");
  const pet::DynamicImage image = pet::read_nifti_image(folder.file("x_pet.nii", file.bytes()));
  CHECK(std::isnan(image.voxels[0]));
  REQUIRE(image.warnings.size() == 1);
  CHECK_THAT(image.warnings[0], Contains("1 values"));
}

TEST_CASE("The sidecar of pet001, whose durations are end times, is refused as that", "[nifti][reference]") {
  const fs::path path = fs::path(OCCUPET_REFERENCE_DIR) / "bids_examples" / "pet001" / "sub-01" / "ses-01" / "pet" /
                        "sub-01_ses-01_trc-CIMBI36_pet.nii.gz";
  if (!fs::exists(path)) {
    WARN("no reference data: skipped");
    return;
  }
  CHECK_THROWS_WITH(pet::read_nifti_image(path), Contains("key 'FrameDuration': found frame end times"));
}

TEST_CASE("The image of pet001, whose header gives its frames in milliseconds, reads by the times of its sidecar",
          "[nifti][reference]") {
  const fs::path path = fs::path(OCCUPET_REFERENCE_DIR) / "bids_examples" / "pet001" / "sub-01" / "ses-01" / "pet" /
                        "sub-01_ses-01_trc-CIMBI36_pet.nii.gz";
  if (!fs::exists(path)) {
    WARN("no reference data: skipped");
    return;
  }
  const TemporaryFolder folder;
  fs::create_symlink(path, folder / "x_pet.nii.gz");
  std::string starts = "0";
  std::string durations = "300";
  for (int f = 1; f < 21; ++f) {
    starts += ", " + std::to_string(300 * f);
    durations += ", 300";
  }
  folder.file("x_pet.json", R"({"Units": "Bq/mL", "InjectionStart": 0, "ImageDecayCorrected": true,
    "ImageDecayCorrectionTime": 0, "FrameTimesStart": [)" +
                                starts + R"(], "FrameDuration": [)" + durations + "]}");
  const pet::DynamicImage image = pet::read_nifti_image(folder / "x_pet.nii.gz");
  // Sizes, voxel sizes and offsets as a dump of the header shows them.
  CHECK(image.grid.size == std::array<int, 3>{128, 128, 63});
  CHECK(image.frames.size() == 21);
  CHECK(image.frames[20] == pet::Frame{100.0, 105.0});
  CHECK(image.grid.voxel_volume_mm3() == Approx(1.71617 * 1.71617 * 2.425).epsilon(1e-5));
  CHECK(std::all_of(image.voxels.begin(), image.voxels.end(), [](float voxel) { return voxel == 0.0f; }));
}

TEST_CASE("Names of labels are read from every form of table in use", "[nifti]") {
  const TemporaryFolder folder;
  using Map = std::map<std::int32_t, std::string>;
  CHECK(pet::read_label_names(folder.file("a.tsv", "index\tname\tcolor\n8\t\"Left\"\t#ff0000\n47\tRight\t#0000ff\n")) ==
        Map{{8, "Left"}, {47, "Right"}});
  CHECK(pet::read_label_names(folder.file("b.tsv", "id\tlabel\n8\tLeft\n")) == Map{{8, "Left"}});
  CHECK(pet::read_label_names(folder.file("c.tsv", "name\tlabel\nLeft\t8\n")) == Map{{8, "Left"}});
}

TEST_CASE("Numbers and names of labels that occur twice, or are none, are refused with their line", "[nifti]") {
  const TemporaryFolder folder;
  const auto read = [&](const std::string& rows) {
    return pet::read_label_names(folder.file("d.tsv", "index\tname\n" + rows));
  };
  CHECK_THROWS_WITH(read("8\ta\n8\tb\n"), Contains("d.tsv:3 column 'index'") && Contains("a second time"));
  CHECK_THROWS_WITH(read("8\ta\n9\ta\n"), Contains("d.tsv:3 column 'name': found 'a' a second time"));
  CHECK_THROWS_WITH(read("8.5\ta\n"), Contains("d.tsv:2"));
  CHECK_THROWS_WITH(read("8\tn/a\n"), Contains("d.tsv:2"));
  CHECK_THROWS_AS(pet::read_label_names(folder.file("e.tsv", "label\n1\n")), pet::InputError);
}

TEST_CASE("Every label table among the reference data reads", "[nifti][reference]") {
  const fs::path examples = fs::path(OCCUPET_REFERENCE_DIR) / "bids_examples";
  if (!fs::is_directory(examples)) {
    WARN("no reference data: skipped");
    return;
  }
  int files = 0;
  for (const auto& entry : fs::recursive_directory_iterator(examples)) {
    if (!entry.path().filename().string().ends_with("_dseg.tsv")) continue;
    INFO(entry.path());
    ++files;
    const auto names = pet::read_label_names(entry.path().string());
    CHECK(names.at(8) == "Left-Cerebellum-Cortex");
    CHECK(names.at(47) == "Right-Cerebellum-Cortex");
  }
  CHECK(files == 3);
}

TEST_CASE("An infinite scale is refused in NIfTI-1 and NIfTI-2, NaN means that there is none", "[nifti]") {
  const TemporaryFolder folder;
  for (const std::size_t at : {112u, 116u}) {
    INFO("byte " << at);
    Handmade file({1, 1, 1, 0}, 4, 16);
    file.sform(identity).put<float>(at, std::numeric_limits<float>::infinity()).voxel<short>(7);
    CHECK_THROWS_WITH(pet::read_label_map(folder.file("l.nii", file.bytes())),
                      Contains(at == 112u ? "l.nii: found scl_slope" : "l.nii: found scl_inter"));
  }
  Handmade unscaled({1, 1, 1, 0}, 4, 16);
  const float nan = std::numeric_limits<float>::quiet_NaN();
  unscaled.sform(identity).put<float>(112, nan).put<float>(116, nan).voxel<short>(7);
  CHECK(pet::read_label_map(folder.file("n.nii", unscaled.bytes())).labels == std::vector<std::int32_t>{7});
  Grid grid = oblique();
  grid.size = {40000, 1, 1};
  pet::write_label_map({grid, std::vector<std::int32_t>(40000, 2), {}, {}}, folder / "two.nii");
  std::string second = content_of(folder / "two.nii");
  const double infinite = std::numeric_limits<double>::infinity();
  std::memcpy(second.data() + 176, &infinite, sizeof infinite);  // scl_slope of NIfTI-2
  CHECK_THROWS_WITH(pet::read_label_map(folder.file("l.nii", second)), Contains("l.nii: found scl_slope inf"));
}

TEST_CASE("Of an image that ends early no more memory is taken than it has voxels", "[nifti]") {
  const TemporaryFolder folder;
  constexpr short volumes = 24;
  Handmade file({256, 256, 256, volumes}, 2, 8);
  file.sform(identity);
  // One volume of noise, long enough to be the compressed form of all that the header declares.
  std::string bytes = file.bytes();
  std::uint32_t state = 1;
  for (int v = 0; v < 256 * 256 * 256; ++v) bytes += static_cast<char>((state = state * 1664525u + 1013904223u) >> 24);
  const fs::path path = folder / "x_pet.nii.gz";
  const gzFile out = gzopen(path.c_str(), "wb1");
  gzwrite(out, bytes.data(), static_cast<unsigned>(bytes.size()));
  gzclose(out);
  std::string starts = "0";
  std::string durations = "1";
  for (int f = 1; f < volumes; ++f) {
    starts += ", " + std::to_string(f);
    durations += ", 1";
  }
  folder.file("x_pet.json", R"({"Units": "Bq/mL", "ImageDecayCorrected": true, "ImageDecayCorrectionTime": 0,
    "InjectionStart": 0, "FrameTimesStart": [)" +
                                starts + R"(], "FrameDuration": [)" + durations + "]}");
  const auto peak_kB = [] {
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
  };
  const long before = peak_kB();
  CHECK_THROWS_WITH(pet::read_nifti_image(path), Contains("within the voxels"));
  constexpr long volume_kB = 256 * 256 * 256 * 4 / 1024;
  CHECK(peak_kB() - before < 6 * volume_kB);
}

}  // namespace

#ifndef OCCUPET_SANITIZED  // which ends the program where memory is refused
TEST_CASE("An image larger than memory is refused with its size", "[nifti]") {
  const TemporaryFolder folder;
  Handmade file({30000, 30000, 20000, 2}, 2, 8);
  file.sform(identity);
  const fs::path path = folder / "huge_pet.nii.gz";
  const gzFile out = gzopen(path.c_str(), "wb1");
  gzwrite(out, file.bytes().data(), static_cast<unsigned>(file.bytes().size()));
  gzclose(out);
  fs::resize_file(path, 100'000'000'000);  // a hole, as long as the compressed form may be
  folder.file("huge_pet.json", R"({"Units": "Bq/mL", "ImageDecayCorrected": true, "ImageDecayCorrectionTime": 0,
    "InjectionStart": 0, "FrameTimesStart": [0, 1], "FrameDuration": [1, 1]})");
  // 2 x 18 x 10^12 voxels of four bytes: more than processors can address.
  CHECK_THROWS_WITH(pet::read_nifti_image(path), Contains("an image of 144000 GB, expected one that fits into memory"));
}

TEST_CASE("Labels and a map larger than memory are refused with their size", "[nifti]") {
  const TemporaryFolder folder;
  Handmade file({30000, 30000, 20000}, 2, 8);
  file.sform(identity);
  const fs::path path = folder / "huge.nii.gz";
  const gzFile out = gzopen(path.c_str(), "wb1");
  gzwrite(out, file.bytes().data(), static_cast<unsigned>(file.bytes().size()));
  gzclose(out);
  fs::resize_file(path, 100'000'000'000);
  CHECK_THROWS_WITH(pet::read_label_map(path), Contains("an image of 72000 GB, expected one that fits into memory"));
  CHECK_THROWS_WITH(pet::read_volume_map(path), Contains("an image of 72000 GB, expected one that fits into memory"));
}
#endif
