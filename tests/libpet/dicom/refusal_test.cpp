// SPDX-License-Identifier: Apache-2.0
#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>

#include <catch2/catch.hpp>
#include <fstream>

#include "libpet/dicom/pet_image.h"
#include "libpet/error.h"
#include "tests/libpet/dicom/simulated_series.h"

using namespace pet;
using namespace pet::test;
using Catch::Contains;
using Found = DecayCorrection::Found;

namespace {

// A sound series on disk, to be damaged. Files are in order of frame and slice: 3 frames of 3 slices.
struct SeriesOnDisk {
  TemporaryFolder folder;
  std::vector<std::filesystem::path> files;

  explicit SeriesOnDisk(const DynamicImage& image = small_image(), const PetWriteOptions& options = small_options())
      : files(write_pet_series(image, options, folder.path())) {}

  std::string refusal() const { return test::refusal(folder.path()); }
};

void set(DcmDataset& data, const DcmTagKey& tag, const char* value) {
  REQUIRE(data.putAndInsertString(tag, value).good());
}

DcmItem& radiopharmaceutical(DcmDataset& data) {
  DcmItem* item = nullptr;
  REQUIRE(data.findAndGetSequenceItem(DCM_RadiopharmaceuticalInformationSequence, item).good());
  return *item;
}

// Sets one text attribute in all files of a fresh series and returns the message of the refusal.
std::string refusal_of(const DcmTagKey& tag, const char* value) {
  const SeriesOnDisk series;
  damage_all(series.files, [&](DcmDataset& data) { set(data, tag, value); });
  return series.refusal();
}

}  // namespace

TEST_CASE("Every unit but activity per volume is refused by name", "[dicom][refusal]") {
  for (const char* units : {"GML", "CM2ML", "PROPCNTS", "PROPCPS", "CPS", "NONE", "1CM"}) {
    const std::string message = refusal_of(DCM_Units, units);
    CHECK_THAT(message, Contains("(0054,1001)") && Contains("found '" + std::string(units) + "'") && Contains("BQML"));
  }
}

TEST_CASE("Counts are refused without the Philips factor and used with it", "[dicom][refusal]") {
  const SeriesOnDisk series;
  const DynamicImage in_Bq = read_pet_series(series.folder.path());
  damage_all(series.files, [](DcmDataset& data) { set(data, DCM_Units, "CNTS"); });
  CHECK_THAT(series.refusal(), Contains("'CNTS'") && Contains("(7053,1009)"));
  damage_all(series.files, [](DcmDataset& data) {
    const DcmTag creator(0x7053, 0x0010, EVR_LO);
    const DcmTag factor(0x7053, 0x1009, EVR_DS);
    data.putAndInsertString(creator, "Philips PET Private Group");
    data.putAndInsertString(factor, "0.25");
  });
  const DynamicImage in_counts = read_pet_series(series.folder.path());
  CHECK(in_counts.voxels[7] == Approx(0.25 * static_cast<double>(in_Bq.voxels[7])));
  CHECK(in_counts.warnings.size() == 1);
  damage_all(series.files, [](DcmDataset& data) { data.putAndInsertString(DcmTag(0x7053, 0x1009, EVR_DS), "0"); });
  CHECK_THAT(series.refusal(), Contains("(7053,1009)"));
}

TEST_CASE("Series types that are no frames of one volume are refused", "[dicom][refusal]") {
  for (const char* type : {"DYNAMIC\\REPROJECTION", "GATED\\IMAGE", "WHOLE BODY\\IMAGE", "DYNAMIC"})
    CHECK_THAT(refusal_of(DCM_SeriesType, type), Contains("(0054,1000)") && Contains("found '" + std::string(type)));
}

TEST_CASE("A static series is one frame", "[dicom][refusal]") {
  const SeriesOnDisk one(small_image({{30.0, 60.0}}));
  damage_all(one.files, [](DcmDataset& data) { set(data, DCM_SeriesType, "STATIC\\IMAGE"); });
  CHECK(read_pet_series(one.folder.path()).frames.size() == 1);
  CHECK_THAT(refusal_of(DCM_SeriesType, "STATIC\\IMAGE"), Contains("found 3 frames") && Contains("STATIC"));
}

TEST_CASE("Transmission counts and uncorrected images are refused", "[dicom][refusal]") {
  CHECK_THAT(refusal_of(DCM_CountsSource, "TRANSMISSION"), Contains("(0054,1002)") && Contains("EMISSION"));
  CHECK_THAT(refusal_of(DCM_CorrectedImage, "NORM\\DECY"), Contains("(0028,0051)") && Contains("ATTN"));
  CHECK_THAT(refusal_of(DCM_CorrectedImage, "ATTN\\DECY"), Contains("(0028,0051)") && Contains("NORM"));
}

TEST_CASE("Decay correction and corrections that contradict each other are refused", "[dicom][refusal]") {
  CHECK_THAT(refusal_of(DCM_CorrectedImage, "NORM\\ATTN"), Contains("(0054,1102)") && Contains("lacks DECY"));
  CHECK_THAT(refusal_of(DCM_DecayCorrection, "NONE"), Contains("(0054,1102)") && Contains("holds DECY"));
  CHECK_THAT(refusal_of(DCM_DecayCorrection, "SOMETIMES"),
             Contains("found 'SOMETIMES', expected START, ADMIN or NONE"));
}

TEST_CASE("Lossy compression is refused", "[dicom][refusal]") {
  CHECK_THAT(refusal_of(DCM_LossyImageCompression, "01"), Contains("(0028,2110)") && Contains("lossy"));
}

TEST_CASE("Numbers that are none or not positive are refused with their tag", "[dicom][refusal]") {
  CHECK_THAT(refusal_of(DCM_RescaleSlope, "0"), Contains("(0028,1053)") && Contains("positive"));
  CHECK_THAT(refusal_of(DCM_RescaleSlope, "-1.5"), Contains("(0028,1053)"));
  CHECK_THAT(refusal_of(DCM_RescaleSlope, "1,5"), Contains("(0028,1053)") && Contains("'1,5'"));
  CHECK_THAT(refusal_of(DCM_RescaleSlope, "nan"), Contains("(0028,1053)"));
  CHECK_THAT(refusal_of(DCM_RescaleSlope, ""), Contains("(0028,1053)"));
  CHECK_THAT(refusal_of(DCM_ActualFrameDuration, "0"), Contains("(0018,1242)"));
  CHECK_THAT(refusal_of(DCM_ActualFrameDuration, ""), Contains("(0018,1242)"));
  CHECK_THAT(refusal_of(DCM_AcquisitionTime, ""), Contains("(0008,0032)"));
  CHECK_THAT(refusal_of(DCM_AcquisitionTime, "240000"), Contains("(0008,0032)") && Contains("'240000'"));
  CHECK_THAT(refusal_of(DCM_AcquisitionDate, "00000000"), Contains("(0008,0022)"));
  CHECK_THAT(refusal_of(DCM_PixelSpacing, "2\\0"), Contains("(0028,0030)"));
  CHECK_THAT(refusal_of(DCM_PixelSpacing, "2"), Contains("(0028,0030)") && Contains("2 numbers"));
}

TEST_CASE("A half-life that is not positive is refused, a missing one taken from the radionuclide",
          "[dicom][refusal]") {
  const SeriesOnDisk series;
  damage_all(series.files,
             [](DcmDataset& data) { radiopharmaceutical(data).putAndInsertString(DCM_RadionuclideHalfLife, "-20"); });
  CHECK_THAT(series.refusal(), Contains("(0018,1075)") && Contains("positive"));
  damage_all(series.files,
             [](DcmDataset& data) { radiopharmaceutical(data).findAndDeleteElement(DCM_RadionuclideHalfLife); });
  CHECK(read_pet_series(series.folder.path()).tracer.half_life_min.value() == Approx(1220.04 / 60.0));
  damage_all(series.files,
             [](DcmDataset& data) { radiopharmaceutical(data).findAndDeleteElement(DCM_RadionuclideCodeSequence); });
  CHECK_THAT(series.refusal(), Contains("(0018,1075)") && Contains("no half-life"));
}

TEST_CASE("A missing slice is named by its frame and position", "[dicom][refusal]") {
  const SeriesOnDisk series;
  std::filesystem::remove(series.files[4]);  // frame 2, slice 2
  CHECK_THAT(series.refusal(), Contains("frame 2 (start 12:01:00.000)") &&
                                   Contains("found 2 slices, none at -27.125 mm") && Contains("expected 3"));
}

TEST_CASE("A slice that is missing from every frame leaves a gap that is refused", "[dicom][refusal]") {
  DynamicImage image = small_image();
  image.grid.size = {5, 4, 4};
  image.voxels.resize(240, 1.0f);
  const SeriesOnDisk series(image);
  for (const std::size_t i : {1u, 5u, 9u}) std::filesystem::remove(series.files[i]);
  CHECK_THAT(series.refusal(), Contains("(0020,0032)") && Contains("6.25 mm to the slice before") && Contains("1 %"));
}

TEST_CASE("A missing frame is told from a gap in the acquisition", "[dicom][refusal]") {
  const SeriesOnDisk middle;
  for (const std::size_t i : {3u, 4u, 5u}) std::filesystem::remove(middle.files[i]);
  CHECK_THAT(middle.refusal(), Contains("found 2 frames") && Contains("time slice 2 before frame 2"));
  const SeriesOnDisk last;
  for (const std::size_t i : {6u, 7u, 8u}) std::filesystem::remove(last.files[i]);
  CHECK_THAT(last.refusal(), Contains("found 2 frames, expected 3 (Number of Time Slices)"));
  const SeriesOnDisk uncounted;
  damage_all(uncounted.files, [](DcmDataset& data) {
    data.findAndDeleteElement(DCM_ImageIndex);
    data.findAndDeleteElement(DCM_NumberOfTimeSlices);
  });
  CHECK(read_pet_series(uncounted.folder.path()).warnings.empty());
  for (const std::size_t i : {3u, 4u, 5u}) std::filesystem::remove(uncounted.files[i]);
  CHECK(read_pet_series(uncounted.folder.path()).warnings ==
        std::vector<std::string>{"nothing was measured or frames are missing: 120 s after frame 1"});
  const SeriesOnDisk gap(small_image({{0.0, 1.0}, {20.0, 22.0}, {22.0, 25.0}}));
  CHECK(read_pet_series(gap.folder.path()).frames.gap_count() == 1);
}

TEST_CASE("Copies of a slice are passed over, different images of it refused", "[dicom][refusal]") {
  const SeriesOnDisk series;
  const DynamicImage sound = read_pet_series(series.folder.path());
  const auto copy = series.folder / "copy.dcm";
  std::filesystem::copy_file(series.files[4], copy);
  CHECK(read_pet_series(series.folder.path()).voxels == sound.voxels);
  damage(copy, [](DcmDataset& data) { set(data, DCM_SOPInstanceUID, "2.25.4711"); });
  const DynamicImage repeated = read_pet_series(series.folder.path());
  CHECK(repeated.voxels == sound.voxels);
  CHECK(repeated.warnings == std::vector<std::string>{"duplicated slices passed over: 1"});
  damage(copy, [](DcmDataset& data) { set(data, DCM_SOPInstanceUID, ""); });
  CHECK(read_pet_series(series.folder.path()).voxels == sound.voxels);
  damage(copy, [](DcmDataset& data) {
    const std::vector<Uint16> other(20, 7);
    data.putAndInsertUint16Array(DCM_PixelData, other.data(), other.size());
  });
  CHECK_THAT(series.refusal(), Contains("another image of the same slice and time"));
}

TEST_CASE("One UID does not make two images of a slice one", "[dicom][refusal]") {
  const auto refusal_of_copy = [](const std::function<void(DcmDataset&)>& change) {
    const SeriesOnDisk series;
    damage_all(series.files, [](DcmDataset& data) { set(data, DCM_SOPInstanceUID, "2.25.4711"); });
    const auto copy = series.folder / "zz.dcm";
    std::filesystem::copy_file(series.files[4], copy);
    damage(copy, change);
    return series.refusal();
  };
  const auto another = Contains("zz.dcm: found another image of the same slice and time");
  CHECK(refusal_of_copy([](DcmDataset&) {}).empty());
  CHECK_THAT(refusal_of_copy([](DcmDataset& data) { set(data, DCM_RescaleSlope, "3"); }), another);
  CHECK_THAT(refusal_of_copy([](DcmDataset& data) { set(data, DCM_RescaleIntercept, "3"); }), another);
  CHECK_THAT(refusal_of_copy([](DcmDataset& data) { set(data, DCM_DecayFactor, "1.5"); }), another);
  CHECK_THAT(refusal_of_copy([](DcmDataset& data) {
               const std::vector<Uint16> other(20, 7);
               data.putAndInsertUint16Array(DCM_PixelData, other.data(), other.size());
             }),
             another);
}

TEST_CASE("Frames that overlap are refused", "[dicom][refusal]") {
  const SeriesOnDisk series;
  damage_all({series.files[0], series.files[1], series.files[2]},
             [](DcmDataset& data) { set(data, DCM_ActualFrameDuration, "61000"); });
  CHECK_THAT(series.refusal(), Contains("frame 2 (start 12:01:00.000) overlapping") && Contains("12:01:01.000"));
}

TEST_CASE("Slices of one frame must agree in time within a millisecond", "[dicom][refusal]") {
  const SeriesOnDisk rounding;
  damage(rounding.files[4], [](DcmDataset& data) { set(data, DCM_AcquisitionTime, "120100.001"); });
  CHECK(rounding.refusal().empty());
  const SeriesOnDisk shifted;
  for (const std::size_t i : {1u, 4u, 7u})
    damage(shifted.files[i], [](DcmDataset& data) {
      OFString time;
      data.findAndGetOFString(DCM_AcquisitionTime, time);
      time.replace(6, 4, ".500");
      set(data, DCM_AcquisitionTime, time.c_str());
    });
  CHECK_THAT(shifted.refusal(), Contains("12:00:00.500") && Contains("slices of a frame that start together"));
  const SeriesOnDisk longer;
  damage(longer.files[4], [](DcmDataset& data) { set(data, DCM_ActualFrameDuration, "119000"); });
  CHECK_THAT(longer.refusal(), Contains("(0018,1242)") && Contains("119000"));
}

TEST_CASE("Slices of different geometry are refused", "[dicom][refusal]") {
  const SeriesOnDisk spacing;
  damage(spacing.files[4], [](DcmDataset& data) { set(data, DCM_PixelSpacing, "2.6\\2"); });
  CHECK_THAT(spacing.refusal(), Contains("(0028,0030)") && Contains("2.6 x 2 mm"));
  const SeriesOnDisk orientation;
  damage(orientation.files[4], [](DcmDataset& data) { set(data, DCM_ImageOrientationPatient, "0\\1\\0\\-1\\0\\0"); });
  CHECK_THAT(orientation.refusal(), Contains("(0020,0037)") && Contains("another orientation"));
  const SeriesOnDisk matrix;
  damage(matrix.files[4], [](DcmDataset& data) {
    data.putAndInsertUint16(DCM_Rows, 5);
    data.putAndInsertUint16(DCM_Columns, 4);
  });
  CHECK_THAT(matrix.refusal(), Contains("(0028,0010)") && Contains("found 5 x 4, expected 4 x 5"));
  const SeriesOnDisk reference;
  damage(reference.files[4], [](DcmDataset& data) { set(data, DCM_FrameOfReferenceUID, "2.25.1"); });
  CHECK_THAT(reference.refusal(), Contains("(0020,0052)"));
}

TEST_CASE("Orientations that are not orthonormal are refused, a negative zero is not", "[dicom][refusal]") {
  CHECK_THAT(refusal_of(DCM_ImageOrientationPatient, "1\\0\\0\\0.1\\1\\0"),
             Contains("(0020,0037)") && Contains("orthonormal"));
  CHECK_THAT(refusal_of(DCM_ImageOrientationPatient, "2\\0\\0\\0\\1\\0"),
             Contains("(0020,0037)") && Contains("length 2 "));
  CHECK(refusal_of(DCM_ImageOrientationPatient, "1\\-0\\0\\0\\1\\-0").empty());
}

TEST_CASE("Slices that are not stacked along their normal are refused", "[dicom][refusal]") {
  const SeriesOnDisk series;
  for (const std::size_t i : {2u, 5u, 8u})
    damage(series.files[i], [](DcmDataset& data) { set(data, DCM_ImagePositionPatient, "-9\\20.5\\-24"); });
  CHECK_THAT(series.refusal(), Contains("(0020,0032)") && Contains("1 mm beside the normal"));
}

TEST_CASE("Pixels that are cut short are refused before memory is taken", "[dicom][refusal]") {
  const SeriesOnDisk cut;
  std::filesystem::resize_file(cut.files[4], std::filesystem::file_size(cut.files[4]) - 10);
  CHECK_THAT(cut.refusal(), Contains("(7fe0,0010)") && Contains("found 30 bytes, expected 40"));
  const SeriesOnDisk claimed;
  damage_all(claimed.files, [](DcmDataset& data) {
    data.putAndInsertUint16(DCM_Rows, 65535);
    data.putAndInsertUint16(DCM_Columns, 65535);
  });
  CHECK_THAT(claimed.refusal(), Contains("found 40 bytes, expected 8589672450"));
}

TEST_CASE("A header that is cut short is refused", "[dicom][refusal]") {
  const SeriesOnDisk series;
  std::filesystem::resize_file(series.files[4], 700);
  CHECK_THAT(series.refusal(), Contains(series.files[4].string()) && Contains("truncated"));
}

TEST_CASE("Several series without a choice are listed and refused", "[dicom][refusal]") {
  const SeriesOnDisk series;
  PetWriteOptions options = small_options();
  options.uid_seed = "second";
  options.series_description = "another reconstruction";
  write_pet_series(small_image(), options, series.folder / "second");
  const std::string first_uid = uid_from("test", "series");
  const std::string second_uid = uid_from("second", "series");
  CHECK_THAT(series.refusal(), Contains("2 PET images") && Contains(first_uid + " 'dynamic brain'") &&
                                   Contains(second_uid + " 'another reconstruction'"));
  PetReadOptions read;
  read.series_uid = second_uid;
  CHECK(read_pet_series(series.folder.path(), read).description == "another reconstruction");
  read.series_uid = "2.25.99";
  CHECK_THROWS_WITH(read_pet_series(series.folder.path(), read), Contains("no series 2.25.99") && Contains(first_uid));
}

TEST_CASE("Two kinds of image under one series UID are refused", "[dicom][refusal]") {
  const SeriesOnDisk series;
  damage_all({series.files[0], series.files[1]},
             [](DcmDataset& data) { set(data, DCM_ImageType, "DERIVED\\SECONDARY"); });
  CHECK_THAT(series.refusal(), Contains("2 PET images") && Contains("one image in a series"));
}

TEST_CASE("Folders without a PET series say what they hold", "[dicom][refusal]") {
  const TemporaryFolder folder;
  std::ofstream(folder / "notes.txt") << "a text that is long enough to be looked at by the reader\n";
  CHECK_THAT(refusal(folder.path()), Contains("no DICOM object in 1 files"));
  const SeriesOnDisk series;
  damage_all(series.files, [](DcmDataset& data) { set(data, DCM_SOPClassUID, UID_NuclearMedicineImageStorage); });
  CHECK_THAT(series.refusal(), Contains("9 of NuclearMedicineImageStorage") && Contains("expected a PET series"));
  CHECK_THROWS_AS(read_pet_series(folder / "absent"), InputNotFound);
}

TEST_CASE("A series behind a link to its folder is read, and a loop of links is no problem", "[dicom][refusal]") {
  const SeriesOnDisk series;
  const TemporaryFolder folder;
  std::filesystem::create_directory(folder / "study");
  std::filesystem::create_directory_symlink(series.folder.path(), folder / "study" / "series");
  std::filesystem::create_directory_symlink(folder.path(), folder / "study" / "back");
  CHECK(read_pet_series(folder.path()).voxels == read_pet_series(series.folder.path()).voxels);
}

TEST_CASE("No refusal quotes the patient", "[dicom][refusal]") {
  const SeriesOnDisk series;
  damage_all(series.files, [](DcmDataset& data) {
    set(data, DCM_PatientName, "Secret^Person");
    set(data, DCM_PatientID, "S3CRET");
    set(data, DCM_RescaleSlope, "abc");
  });
  const std::string message = series.refusal();
  CHECK_THAT(message, Contains("'abc'"));
  CHECK_THAT(message, !Contains("Secret") && !Contains("S3CRET"));
}

TEST_CASE("Slice spacing may vary by one per cent and no more", "[dicom][refusal]") {
  // The middle of three slices 3.125 mm apart, moved by 0.6 % and by 1.6 % of that.
  const auto refusal_with = [](const char* position) {
    const SeriesOnDisk series;
    for (const std::size_t i : {1u, 4u, 7u})
      damage(series.files[i], [&](DcmDataset& data) { set(data, DCM_ImagePositionPatient, position); });
    return series.refusal();
  };
  CHECK(refusal_with("-10\\20.5\\-27.106").empty());
  CHECK_THAT(refusal_with("-10\\20.5\\-27.075"), Contains("(0020,0032)") && Contains("3.175 mm to the slice before"));
}
