// SPDX-License-Identifier: Apache-2.0
#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>

#include <catch2/catch.hpp>

#include "libpet/dicom/pet_image.h"
#include "libpet/error.h"
#include "tests/libpet/dicom/simulated_series.h"

using namespace pet;
using namespace pet::test;
using Catch::Contains;

TEST_CASE("A summary states what a reader would find", "[dicom][summary]") {
  const TemporaryFolder folder;
  write_pet_series(small_image({{0.0, 1.0}, {1.0, 3.0}, {13.0, 18.0}}), small_options(), folder / "pet");
  const auto summaries = summarize_pet_series({folder.path()}, 1);
  REQUIRE(summaries.size() == 1);
  const SeriesSummary& summary = summaries.front();
  CHECK(summary.series_uid == uid_from("test", "series"));
  CHECK(summary.description == "dynamic brain");
  CHECK(summary.units == "BQML");
  CHECK(summary.series_type == "DYNAMIC\\IMAGE");
  CHECK(summary.decay_correction == "START");
  CHECK(summary.transfer_syntax == "Little Endian Explicit");
  CHECK(summary.files == 9);
  CHECK(same_grid(summary.grid, small_image().grid));
  CHECK(summary.frames.size() == 3);
  CHECK(summary.frames.gap_count() == 1);
  CHECK(summary.is_time_zero_injection);
  CHECK(summary.tracer.radionuclide == "C11");
  CHECK(summary.decay.evidence ==
        "series time, confirmed by 3 decay factors; frame reference times are average-count-rate times");
  CHECK(summary.warnings ==
        std::vector<std::string>{"nothing was measured or frames are missing: 600 s after frame 2"});
  CHECK(summary.problems.empty());
}

TEST_CASE("A summary lists every reason for which a reader would stop", "[dicom][summary]") {
  const TemporaryFolder folder;
  const auto files = write_pet_series(small_image(), small_options(), folder.path());
  damage_all(files, [](DcmDataset& data) {
    data.putAndInsertString(DCM_Units, "GML");
    data.putAndInsertString(DCM_CorrectedImage, "DECY");
  });
  std::filesystem::remove(files[4]);
  const auto problems = summarize_pet_series({folder.path()}, 1).front().problems;
  REQUIRE(problems.size() == 3);
  CHECK_THAT(problems[0], Contains("'GML'"));
  CHECK_THAT(problems[1], Contains("ATTN and NORM"));
  CHECK_THAT(problems[2], Contains("found 2 slices"));
}

TEST_CASE("Several series have a summary each, files of other kinds none", "[dicom][summary]") {
  const TemporaryFolder folder;
  const auto files = write_pet_series(small_image(), small_options(), folder / "a");
  PetWriteOptions options = small_options();
  options.uid_seed = "second";
  const auto others = write_pet_series(small_image(), options, folder / "b");
  damage(others.back(), [](DcmDataset& data) { data.putAndInsertString(DCM_SOPClassUID, UID_CTImageStorage); });
  const auto summaries = summarize_pet_series({folder / "a", folder / "b"}, 2);
  REQUIRE(summaries.size() == 2);
  CHECK(summaries[0].files == 9);
  CHECK(summaries[1].files == 8);
  CHECK(summaries[1].problems.size() == 1);
  CHECK_THROWS_AS(summarize_pet_series({folder / "absent"}, 1), InputNotFound);
}

TEST_CASE("An unreadable attribute is a problem of its series, not of the scan of the folder", "[dicom][summary]") {
  const TemporaryFolder folder;
  const auto files = write_pet_series(small_image(), small_options(), folder.path());
  damage(files[2], [](DcmDataset& data) { data.putAndInsertString(DCM_RescaleSlope, "steep"); });
  const auto summaries = summarize_pet_series({folder.path()}, 1);
  REQUIRE(summaries.size() == 1);
  REQUIRE(summaries[0].problems.size() == 1);
  CHECK_THAT(summaries[0].problems[0], Contains(files[2].string()) && Contains("'steep'"));
  CHECK(summaries[0].tracer.name == "[11C]Cimbi-36");
}

TEST_CASE("A damaged file is a problem of the series beside it", "[dicom][summary]") {
  const TemporaryFolder folder;
  const auto files = write_pet_series(small_image(), small_options(), folder.path());
  std::filesystem::resize_file(files[4], 700);
  const auto problems = summarize_pet_series({folder.path()}, 1).front().problems;
  REQUIRE(problems.size() == 2);
  CHECK_THAT(problems[0], Contains("found 2 slices"));
  CHECK_THAT(problems[1], Contains(files[4].string()) && Contains("truncated"));
  CHECK_THROWS_AS(summarize_pet_series({files[4]}, 1), InputError);
}
