// SPDX-License-Identifier: Apache-2.0
#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>

#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>
#include <functional>
#include <iterator>

#include "libpet/decay.h"
#include "libpet/dicom/pet_image.h"
#include "libpet/error.h"
#include "tests/libpet/dicom/simulated_series.h"

using namespace pet;
using namespace pet::test;
using Found = DecayCorrection::Found;

namespace {

// Largest difference from the original in units of the slope of its slice, after the scale of its frame.
double worst_error_in_slopes(const DynamicImage& original,
                             const DynamicImage& read,
                             const std::vector<std::filesystem::path>& files) {
  const std::size_t slices = static_cast<std::size_t>(original.grid.size[2]);
  const std::size_t slice_size = original.grid.voxel_count() / slices;
  double worst = 0.0;
  for (std::size_t i = 0; i < files.size(); ++i) {
    double largest = 0.0;
    for (std::size_t v = 0; v < slice_size; ++v)
      largest = std::max(largest, std::abs(static_cast<double>(original.voxels[i * slice_size + v])));
    const double slope = largest / 32767.0;
    for (std::size_t v = 0; v < slice_size; ++v)
      worst = std::max(worst, std::abs(static_cast<double>(original.voxels[i * slice_size + v]) -
                                       static_cast<double>(read.voxels[i * slice_size + v])) /
                                  slope);
  }
  return worst;
}

void require_round_trip(const DynamicImage& image, const PetWriteOptions& options, std::size_t warnings = 0) {
  const TemporaryFolder folder;
  const auto files = write_pet_series(image, options, folder.path());
  const DynamicImage read = read_pet_series(folder.path());
  REQUIRE(read.voxels.size() == image.voxels.size());
  REQUIRE(read.frames.size() == image.frames.size());
  for (std::size_t f = 0; f < image.frames.size(); ++f) {
    CHECK(read.frames[f].start_min == Approx(image.frames[f].start_min).margin(1e-5));
    CHECK(read.frames[f].end_min == Approx(image.frames[f].end_min).margin(1e-5));
  }
  CHECK(same_grid(read.grid, image.grid, 1e-6));
  CHECK(read.unit == ActivityUnit::kBq_per_mL);
  CHECK(read.time_zero == options.injection_datetime);
  CHECK(read.decay.found == options.decay_correction);
  CHECK(read.warnings.size() == warnings);
  // Half a slope, and what single precision adds.
  CHECK(worst_error_in_slopes(image, read, files) < 0.51);
}

}  // namespace

TEST_CASE("A series that was written is read back within half of its slope", "[dicom]") {
  for (const Found decay : {Found::start, Found::administration, Found::none}) {
    INFO("decay correction " << static_cast<int>(decay));
    SECTION("frames from injection " + std::to_string(static_cast<int>(decay))) {
      require_round_trip(small_image(), small_options(decay));
    }
    SECTION("across midnight " + std::to_string(static_cast<int>(decay))) {
      PetWriteOptions options = small_options(decay);
      options.injection_datetime = "2025-12-31T23:58:30.250";
      require_round_trip(small_image(), options);
    }
    SECTION("with gaps " + std::to_string(static_cast<int>(decay))) {
      require_round_trip(small_image({{0.0, 0.5}, {1.5, 3.0}, {40.0, 45.0}}), small_options(decay), 1);
    }
    SECTION("injection long before the scan " + std::to_string(static_cast<int>(decay))) {
      require_round_trip(small_image({{90.0, 100.0}, {100.0, 110.0}}), small_options(decay), 1);
    }
    SECTION("scan started before injection " + std::to_string(static_cast<int>(decay))) {
      require_round_trip(small_image({{-0.5, 0.5}, {0.5, 1.5}}), small_options(decay), 1);
    }
    SECTION("injection on the day before the scan " + std::to_string(static_cast<int>(decay))) {
      PetWriteOptions options = small_options(decay);
      options.injection_datetime = "2026-02-28T23:30:00.000";
      require_round_trip(small_image({{60.0, 70.0}}), options);
    }
  }
}

TEST_CASE("Negative values and empty slices survive a round trip", "[dicom]") {
  DynamicImage image = small_image();
  for (std::size_t v = 0; v < 20; ++v) image.voxels[v] = 0.0f;
  for (std::size_t v = 20; v < 40; ++v) image.voxels[v] = -image.voxels[v];
  const TemporaryFolder folder;
  write_pet_series(image, small_options(), folder.path());
  const DynamicImage read = read_pet_series(folder.path());
  for (std::size_t v = 0; v < 20; ++v) CHECK(read.voxels[v] == 0.0f);
  for (std::size_t v = 20; v < 40; ++v) CHECK(read.voxels[v] == Approx(image.voxels[v]).margin(1e-4));
}

TEST_CASE("What is known of the tracer survives a round trip", "[dicom]") {
  const TemporaryFolder folder;
  write_pet_series(small_image(), small_options(), folder.path());
  const Radiopharmaceutical tracer = read_pet_series(folder.path()).tracer;
  CHECK(tracer.name == "[11C]Cimbi-36");
  CHECK(tracer.radionuclide == "C11");
  CHECK(tracer.half_life_min.value() == Approx(1220.04 / 60.0).epsilon(1e-12));
  CHECK(tracer.injected_activity_MBq.value() == Approx(512.5).epsilon(1e-12));
  CHECK(tracer.molar_activity_GBq_per_umol.value() == Approx(80.0).epsilon(1e-12));
}

TEST_CASE("Stored values carry the decay correction that the header claims", "[dicom]") {
  // A uniform image of 8 kBq/mL at injection, first frame at 20.334 min, one half-life after injection.
  DynamicImage image = small_image({{20.334, 22.334}});
  std::fill(image.voxels.begin(), image.voxels.end(), 8.0f);
  const double lambda_T = std::log(2.0) * 2.0 / 20.334;
  const std::vector<std::pair<Found, double>> expected = {
      {Found::administration, 8000.0},
      {Found::start, 4000.0},
      {Found::none, 4000.0 * (1.0 - std::exp(-lambda_T)) / lambda_T}};
  for (const auto& [decay, Bq] : expected) {
    const TemporaryFolder folder;
    const auto files = write_pet_series(image, small_options(decay), folder.path());
    DcmFileFormat file;
    REQUIRE(file.loadFile(files.front().c_str()).good());
    Float64 slope = 0.0;
    Uint16 stored = 0;
    REQUIRE(file.getDataset()->findAndGetFloat64(DCM_RescaleSlope, slope).good());
    REQUIRE(file.getDataset()->findAndGetUint16(DCM_PixelData, stored).good());
    CHECK(slope * stored == Approx(Bq).epsilon(1e-5));
  }
}

TEST_CASE("The same seed gives the same bytes, whatever the number of threads", "[dicom]") {
  const auto bytes_of = [](const std::vector<std::filesystem::path>& files) {
    std::string bytes;
    for (const auto& file : files) {
      std::ifstream stream(file, std::ios::binary);
      bytes.append(std::istreambuf_iterator<char>(stream), {});
    }
    return bytes;
  };
  const TemporaryFolder first, second, third;
  PetWriteOptions options = small_options();
  const std::string bytes = bytes_of(write_pet_series(small_image(), options, first.path()));
  options.threads = 3;
  CHECK(bytes_of(write_pet_series(small_image(), options, second.path())) == bytes);
  options.uid_seed = "another";
  CHECK(bytes_of(write_pet_series(small_image(), options, third.path())) != bytes);
}

TEST_CASE("Files may have any name and lie in any folder", "[dicom]") {
  const TemporaryFolder folder;
  const DynamicImage image = small_image();
  const auto files = write_pet_series(image, small_options(), folder.path());
  const DynamicImage in_order = read_pet_series(folder.path());
  std::filesystem::create_directories(folder / "inner/deep");
  for (std::size_t i = 0; i < files.size(); ++i) {
    // 7 is coprime to the 9 files, so this is a permutation.
    const std::string name = "IM" + std::to_string(i * 7 % files.size());
    std::filesystem::rename(files[i], folder / (i % 2 ? "inner/" + name : "inner/deep/" + name));
  }
  std::ofstream(folder / "readme.txt") << "not DICOM\n";
  const DynamicImage shuffled = read_pet_series(folder.path());
  CHECK(shuffled.voxels == in_order.voxels);
  CHECK(shuffled.frames == in_order.frames);
}

TEST_CASE("Slices that are stacked against their normal are read in the order of the normal", "[dicom]") {
  DynamicImage image = small_image();
  image.grid.axis_mm[2] = {0.0, 0.0, -3.125};
  const TemporaryFolder folder;
  write_pet_series(image, small_options(), folder.path());
  const DynamicImage read = read_pet_series(folder.path());
  CHECK(read.grid.axis_mm[2][2] == Approx(3.125));
  CHECK(read.grid.origin_mm[2] == Approx(-30.25 - 2 * 3.125));
  for (std::size_t v = 0; v < 20; ++v) CHECK(read.voxels[40 + v] == Approx(image.voxels[v]).epsilon(1e-3));
}

TEST_CASE("A UID is made of its seed and role alone", "[dicom]") {
  CHECK(uid_from("a", "series") == uid_from("a", "series"));
  CHECK(uid_from("a", "series") != uid_from("a", "study"));
  CHECK(uid_from("a", "series") != uid_from("b", "series"));
  // SHA-256("test\0role") by sha256sum, its first 32 digits as a decimal number by another program.
  CHECK(uid_from("test", "role") == "2.25.264939321886045043220703910043013112494");
  CHECK(uid_from("a", "series").size() <= 64);
}

TEST_CASE("An image that classic PET cannot hold is not written", "[dicom]") {
  const TemporaryFolder folder;
  const auto write = [&](const std::function<void(DynamicImage&, PetWriteOptions&)>& change) {
    DynamicImage image = small_image();
    PetWriteOptions options = small_options();
    change(image, options);
    write_pet_series(image, options, folder / "pet");
  };
  CHECK_THROWS_AS(write([](auto& image, auto&) { image.voxels[3] = std::nanf(""); }), UsageError);
  CHECK_THROWS_AS(write([](auto& image, auto&) { image.tracer.half_life_min.reset(); }), UsageError);
  CHECK_THROWS_AS(write([](auto& image, auto&) { image.grid.axis_mm[2] = {1.0, 0.0, 3.0}; }), UsageError);
  CHECK_THROWS_AS(write([](auto&, auto& options) { options.injection_datetime = "noon"; }), UsageError);
  CHECK_THROWS_AS(write([](auto&, auto& options) { options.decay_correction = Found::unknown; }), UsageError);
  CHECK_FALSE(std::filesystem::exists(folder / "pet"));
}

TEST_CASE("Sessions share a study and a frame of reference by their keys", "[dicom]") {
  const auto uid_of = [](const std::string& seed, const DcmTagKey& tag) {
    const TemporaryFolder folder;
    PetWriteOptions options = small_options();
    options.uid_seed = seed;
    options.study_key = "study of sub-01";
    options.frame_of_reference_key = "head of sub-01";
    DcmFileFormat file;
    REQUIRE(file.loadFile(write_pet_series(small_image(), options, folder.path()).front().c_str()).good());
    OFString uid;
    REQUIRE(file.getDataset()->findAndGetOFString(tag, uid).good());
    return uid;
  };
  CHECK(uid_of("baseline", DCM_StudyInstanceUID) == uid_of("drug", DCM_StudyInstanceUID));
  CHECK(uid_of("baseline", DCM_FrameOfReferenceUID) == uid_of("drug", DCM_FrameOfReferenceUID));
  CHECK(uid_of("baseline", DCM_SeriesInstanceUID) != uid_of("drug", DCM_SeriesInstanceUID));
  CHECK(uid_of("baseline", DCM_SOPInstanceUID) != uid_of("drug", DCM_SOPInstanceUID));
}

TEST_CASE("An image does not depend on the number of threads that read it", "[dicom]") {
  const TemporaryFolder folder;
  write_pet_series(small_image(), small_options(Found::none), folder.path());
  PetReadOptions one, many;
  one.threads = 1;
  many.threads = 5;
  CHECK(read_pet_series(folder.path(), one).voxels == read_pet_series(folder.path(), many).voxels);
}

TEST_CASE("A long description is cut between characters, one with a backslash refused", "[dicom]") {
  const TemporaryFolder folder;
  PetWriteOptions options = small_options();
  std::string accents;
  for (int i = 0; i < 65; ++i) accents += "\xc3\xa9";
  options.series_description = "a" + accents;
  write_pet_series(small_image(), options, folder / "long");
  CHECK(read_pet_series(folder / "long").description == "a" + accents.substr(0, 126));
  options.series_description = "a\\b";
  CHECK_THROWS_AS(write_pet_series(small_image(), options, folder / "values"), InputError);
}

TEST_CASE("A scan that was stored as one series a frame is joined, and only then", "[dicom]") {
  const WrittenSeries whole;
  const DynamicImage expected = whole.read();
  const auto split = [](const WrittenSeries& series) {
    for (std::size_t i = 0; i < series.files.size(); ++i)
      damage(series.files[i], [&](DcmDataset& data) {
        const std::string frame = std::to_string(i / 3 + 1);
        data.putAndInsertString(DCM_SeriesInstanceUID, ("1.2.3." + frame).c_str());
        data.putAndInsertString(DCM_SeriesType, "STATIC\\IMAGE");
        data.putAndInsertString(DCM_NumberOfTimeSlices, "1");
        data.putAndInsertString(DCM_ImageIndex, std::to_string(i % 3 + 1).c_str());
      });
  };
  const WrittenSeries frames;
  split(frames);
  const DynamicImage joined = frames.read();
  CHECK(joined.voxels == expected.voxels);
  REQUIRE(joined.frames.size() == 3);
  CHECK(joined.frames[2].start_min == expected.frames[2].start_min);
  CHECK_THAT(joined.warnings, Catch::VectorContains(std::string("3 series that hold one frame each were joined")));

  // Two images of one time are reconstructions, others may belong to another scan.
  const WrittenSeries reconstructions;
  split(reconstructions);
  for (std::size_t i = 3; i < 6; ++i)
    damage(reconstructions.files[i], [](DcmDataset& data) { data.putAndInsertString(DCM_AcquisitionTime, "120100"); });
  CHECK_THAT(reconstructions.refusal(), Catch::Contains("3 PET images"));
  const WrittenSeries elsewhere;
  split(elsewhere);
  damage(elsewhere.files[8], [](DcmDataset& data) { data.putAndInsertString(DCM_FrameOfReferenceUID, "1.2.9"); });
  CHECK_THAT(elsewhere.refusal(), Catch::Contains("3 PET images"));
}
