// SPDX-License-Identifier: Apache-2.0
#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>

#include <catch2/catch.hpp>

#include "libpet/dicom/pet_image.h"
#include "tests/libpet/dicom/simulated_series.h"

using namespace pet;
using namespace pet::test;
using Catch::Contains;

namespace {

// The refusal of a series one of whose files was changed.
std::string refusal_of_one(const std::function<void(DcmDataset&)>& change) {
  const WrittenSeries series;
  damage(series.files[4], change);
  const std::string message = series.refusal();
  if (!message.empty()) CHECK_THAT(message, Contains(series.files[4].string()));
  return message;
}

std::function<void(DcmDataset&)> with_tracer(const DcmTagKey& tag, const char* value) {
  return [=](DcmDataset& data) { REQUIRE(tracer_of(data).putAndInsertString(tag, value).good()); };
}

}  // namespace

TEST_CASE("One slice with another decay correction is refused", "[dicom][agreement]") {
  CHECK_THAT(refusal_of_one([](DcmDataset& data) { data.putAndInsertString(DCM_DecayCorrection, "ADMIN"); }),
             Contains("(0054,1102)") && Contains("another value than in the first file"));
}

TEST_CASE("Files that disagree about the tracer or the series time are refused", "[dicom][agreement]") {
  CHECK_THAT(refusal_of_one(with_tracer(DCM_RadionuclideHalfLife, "1223.4")), Contains("(0018,1075)"));
  CHECK_THAT(refusal_of_one(with_tracer(DCM_RadionuclideTotalDose, "5")), Contains("(0018,1074)"));
  CHECK_THAT(refusal_of_one(with_tracer(DCM_RadiopharmaceuticalStartDateTime, "20260131115900")),
             Contains("(0018,1078)"));
  CHECK_THAT(refusal_of_one(with_tracer(DCM_RadiopharmaceuticalStartTime, "115900")), Contains("(0018,1072)"));
  CHECK_THAT(
      refusal_of_one([](DcmDataset& data) { data.findAndDeleteElement(DCM_RadiopharmaceuticalInformationSequence); }),
      Contains("(0018,1075)"));
  CHECK_THAT(refusal_of_one([](DcmDataset& data) { data.putAndInsertString(DCM_SeriesTime, "120000"); }),
             Contains("(0008,0031)"));
}

TEST_CASE("One value in other digits is no disagreement", "[dicom][agreement]") {
  CHECK(refusal_of_one(with_tracer(DCM_RadionuclideHalfLife, "1220.040")).empty());
  CHECK(refusal_of_one(with_tracer(DCM_RadiopharmaceuticalStartDateTime, "20260131120000")).empty());
}
