// SPDX-License-Identifier: Apache-2.0
// What scanners, archives and de-identification do to real series, each made here and read or refused as
// docs/formats/dicom-errors.md says.
#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>

#include "libpet/dicom/pet_image.h"
#include "libpet/error.h"
#include "tests/libpet/dicom/dicom_item.h"
#include "tests/libpet/dicom/simulated_series.h"

using namespace pet;
using namespace pet::test;
using Catch::Contains;
using Found = DecayCorrection::Found;

namespace {

std::string bytes_of(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void check_same(const DynamicImage& read, const DynamicImage& expected) {
  CHECK(read.voxels == expected.voxels);
  REQUIRE(read.frames.size() == expected.frames.size());
  for (std::size_t f = 0; f < read.frames.size(); ++f) {
    CHECK(read.frames[f].start_min == expected.frames[f].start_min);
    CHECK(read.frames[f].end_min == expected.frames[f].end_min);
  }
}

// All that is a date becomes one that says nothing.
void blank_dates(const WrittenSeries& series, const char* date, bool is_injection_blanked = true) {
  damage_all(series.files, [&](DcmDataset& data) {
    for (const DcmTagKey& tag : {DCM_StudyDate, DCM_SeriesDate, DCM_AcquisitionDate, DCM_ContentDate})
      put(data, tag, date);
    DcmItem& tracer = tracer_of(data);
    if (is_injection_blanked) tracer.findAndDeleteElement(DCM_RadiopharmaceuticalStartDateTime);
    put(tracer, DCM_RadiopharmaceuticalStartTime, "120000");
  });
}

}  // namespace

TEST_CASE("Reconstructions that were mixed in one series are told apart by how they were made", "[dicom][catalogue]") {
  for (const auto& change : {std::pair{DCM_ReconstructionMethod, "FBP"}, std::pair{DCM_CorrectedImage, "DECY\\NORM"},
                             std::pair{DCM_Units, "CNTS"}}) {
    const WrittenSeries series;
    damage_all(series.files, [](DcmDataset& data) { put(data, DCM_ReconstructionMethod, "PSF+TOF 2i21s"); });
    for (std::size_t i = 0; i < series.files.size(); ++i) {
      const auto copy = series.folder / ("z" + std::to_string(i));
      std::filesystem::copy_file(series.files[i], copy);
      damage(copy, [&](DcmDataset& data) { put(data, change.first, change.second); });
    }
    CHECK_THAT(series.refusal(), Contains("found 2 PET images") && Contains("(9 files, BQML") &&
                                     Contains(std::string(change.second)) && Contains("PSF+TOF 2i21s") &&
                                     Contains("expected one image in a series"));
  }
}

TEST_CASE("Elements of odd length are read with a warning", "[dicom][catalogue]") {
  const WrittenSeries series;
  const DynamicImage sound = series.read();
  // "dynamic brain" has 13 letters and a blank; LO states its length in two bytes.
  const std::string even(
      "\x08\x00\x3E\x10LO\x0E\x00"
      "dynamic brain ",
      22);
  const std::string odd(
      "\x08\x00\x3E\x10LO\x0D\x00"
      "dynamic brain",
      21);
  std::string bytes = bytes_of(series.files[4]);
  const auto at = bytes.find(even);
  REQUIRE(at != std::string::npos);
  std::ofstream(series.files[4], std::ios::binary) << bytes.replace(at, even.size(), odd);
  const DynamicImage read = series.read();
  check_same(read, sound);
  CHECK(read.warnings ==
        std::vector<std::string>{"elements of odd length, which DICOM does not allow, were read as they are"});
}

TEST_CASE("Numbers may be longer than their representation allows, but not have a decimal comma",
          "[dicom][catalogue]") {
  const WrittenSeries series(Found::start, {{1.0, 2.0}});
  const DynamicImage sound = series.read();
  series.set(DCM_ActualFrameDuration, " 6.00000000000000000e+004");
  series.set_tracer([](DcmItem& tracer) { put(tracer, DCM_RadionuclideTotalDose, "5.1250000e+008"); });
  check_same(series.read(), sound);
  CHECK(series.read().tracer.injected_activity_MBq.value() == 512.5);
  series.set(DCM_ActualFrameDuration, "60000,0");
  CHECK_THAT(series.refusal(), Contains("(0018,1242) ActualFrameDuration: found '60000,0'"));
}

TEST_CASE("Times may have colons or blanks, but not be wrong", "[dicom][catalogue]") {
  const auto with_times = [](const char* time) {
    WrittenSeries series(Found::start, {{1.0, 2.0}});
    series.set(DCM_AcquisitionTime, time);
    return series.refusal();
  };
  const WrittenSeries sound(Found::start, {{1.0, 2.0}});
  for (const char* time : {"12:01:00", " 120100", "1201", "120100.000000"}) {
    INFO(time);
    WrittenSeries series(Found::start, {{1.0, 2.0}});
    series.set(DCM_AcquisitionTime, time);
    check_same(series.read(), sound.read());
  }
  CHECK_THAT(with_times("240000"), Contains("(0008,0032) AcquisitionTime: found '240000', expected a time HHMMSS"));
  CHECK_THAT(with_times("120100,5"), Contains("(0008,0032) AcquisitionTime: found '120100,5', expected a time HHMMSS"));
}

TEST_CASE("Dates that were all blanked are as good as others within one day", "[dicom][catalogue]") {
  const WrittenSeries series;
  const DynamicImage sound = series.read();
  for (const char* date : {"19000101", "17000101"}) {
    blank_dates(series, date);
    check_same(series.read(), sound);
  }
  blank_dates(series, "00000000");
  CHECK_THAT(series.refusal(), Contains("tag (0008,00") && Contains("'00000000'"));
}

TEST_CASE("Dates that were blanked beside an injection that was not are refused", "[dicom][catalogue]") {
  const WrittenSeries series;
  blank_dates(series, "19000101", false);
  CHECK_THAT(series.refusal(), Contains("(0018,1078)") && Contains("after the start of the scan"));
}

TEST_CASE("Dates that were blanked in a scan that crosses midnight are refused", "[dicom][catalogue]") {
  const TemporaryFolder folder;
  PetWriteOptions options = small_options();
  options.injection_datetime = "2026-01-31T23:58:00.000";
  options.dialect = PetDialect::philips;  // without decay factors, which would contradict
  const auto files = write_pet_series(small_image({{0.0, 1.0}, {1.0, 3.0}, {3.0, 8.0}}), options, folder.path());
  CHECK(refusal(folder.path()).empty());
  damage_all(files, [](DcmDataset& data) {
    for (const DcmTagKey& tag : {DCM_SeriesDate, DCM_AcquisitionDate}) put(data, tag, "19000101");
    tracer_of(data).findAndDeleteElement(DCM_RadiopharmaceuticalStartDateTime);
  });
  CHECK_THAT(refusal(folder.path()), Contains("(0008,0022) AcquisitionDate: found frame 2 (start 23:58:00.000)") &&
                                         Contains("23.9 h after the one before") && Contains("at most 12 h"));
}

TEST_CASE("Frames of a slow tracer may be days apart", "[dicom][catalogue]") {
  const TemporaryFolder folder;
  DynamicImage image = small_image({{0.0, 10.0}, {1440.0, 1450.0}, {2880.0, 2890.0}});
  image.tracer.radionuclide = "Cu64";
  image.tracer.half_life_min = 45721.0 / 60.0;
  write_pet_series(image, small_options(), folder.path());
  const DynamicImage read = read_pet_series(folder.path());
  CHECK(read.frames.size() == 3);
  CHECK(read.frames[2].start_min == Approx(2880.0));
}

TEST_CASE("Who was scanned is found in nested items too", "[dicom][catalogue]") {
  const WrittenSeries series;
  damage_all(series.files, [](DcmDataset& data) {
    DcmItem* other = nullptr;
    REQUIRE(data.findOrCreateSequenceItem(DCM_OtherPatientIDsSequence, other).good());
    put(*other, DCM_PatientID, "HOSPITAL4711");
    put(data, DCM_SeriesDescription, "brain of hospital4711");
  });
  const DynamicImage read = series.read();
  CHECK(read.description.empty());
  CHECK_THAT(
      read.warnings,
      Catch::VectorContains(std::string("the series description repeats the patient's name or ID and was left out")));
}
