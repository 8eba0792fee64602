// SPDX-License-Identifier: Apache-2.0
#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>

#include <catch2/catch.hpp>

#include "libpet/dicom/pet_image.h"
#include "libpet/io/series_report.h"
#include "tests/libpet/dicom/simulated_series.h"

using namespace pet;
using namespace pet::test;
using Catch::Contains;

namespace {

void set_identity(const WrittenSeries& series) {
  series.set(DCM_PatientName, "Quigley^Zoe");
  series.set(DCM_PatientID, "47-11-X");
  series.set(DCM_PatientBirthDate, "19610412");
  series.set(DCM_AccessionNumber, "ACC900417");
}

// All that is said of a series: the report, its JSON and the sidecar of an image.
std::string all_that_is_said(const WrittenSeries& series) {
  const auto summaries = summarize_pet_series({series.folder.path()}, 1);
  return series_report_text(summaries) + series_report_json(summaries) + image_members_json(series.read());
}

std::string description_as_read(const char* character_set, const char* description) {
  const WrittenSeries series;
  series.set(DCM_SpecificCharacterSet, character_set);
  series.set(DCM_SeriesDescription, description);
  all_that_is_said(series);
  return series.read().description;
}

}  // namespace

TEST_CASE("A description that repeats who was scanned is left out and this is told", "[dicom][identity]") {
  for (const char* text :
       {"PET QUIGLEY", "dyn_zoe_1", "brain 471 47-11-x", "brain 47 11 X", "born 1961-04-12", "acc900417"}) {
    INFO(text);
    const WrittenSeries series;
    set_identity(series);
    series.set(DCM_SeriesDescription, text);
    const std::string said = all_that_is_said(series);
    CHECK_THAT(said, !Contains(text));
    CHECK_THAT(said, Contains("the series description repeats the patient's name or ID"));
    CHECK(series.read().description.empty());
  }
}

TEST_CASE("A description that repeats nobody is told", "[dicom][identity]") {
  const WrittenSeries series;
  set_identity(series);
  series.set(DCM_SeriesDescription, "dynamic 90 min, 11 frames");
  CHECK_THAT(all_that_is_said(series), Contains("dynamic 90 min, 11 frames"));
  CHECK(series.read().warnings.empty());
}

TEST_CASE("A radiopharmaceutical that repeats who was scanned has no name", "[dicom][identity]") {
  const WrittenSeries series;
  set_identity(series);
  series.set_tracer([](DcmItem& item) { item.putAndInsertString(DCM_Radiopharmaceutical, "FDG for Quigley"); });
  const std::string said = all_that_is_said(series);
  CHECK_THAT(said, !Contains("Quigley"));
  CHECK_THAT(said, Contains("the name of the radiopharmaceutical repeats"));
}

TEST_CASE("A list of series to choose from repeats nobody", "[dicom][identity]") {
  const WrittenSeries series;
  set_identity(series);
  series.set(DCM_SeriesDescription, "Quigley");
  damage(series.files[0], [](DcmDataset& data) { data.putAndInsertString(DCM_ImageType, "DERIVED\\SECONDARY"); });
  const std::string message = series.refusal();
  CHECK_THAT(message, Contains("2 PET images"));
  CHECK_THAT(message, !Contains("Quigley"));
}

TEST_CASE("Descriptions are decoded from the character set of the file", "[dicom][identity]") {
  CHECK(description_as_read("ISO_IR 100", "t\xeate") == "t\xc3\xaate");
  CHECK(description_as_read("ISO_IR 192", "t\xc3\xaate") == "t\xc3\xaate");
  CHECK(description_as_read("ISO_IR 192", "t\xeate") == "t?te");
  CHECK(description_as_read("", "t\xeate") == "t?te");
}

TEST_CASE("Text holds no control characters", "[dicom][identity]") {
  CHECK(description_as_read("ISO_IR 192", "a\x1b[31mb\x07") == "a?[31mb?");
  CHECK(description_as_read("ISO_IR 192",
                            "a\xc2\x9b"
                            "31m") == "a??31m");
  const WrittenSeries series;
  series.set(DCM_Units, "BQ\x1bML");
  CHECK_THAT(series.refusal(), Contains("(0054,1001)") && Contains("'BQ?ML'"));
}
