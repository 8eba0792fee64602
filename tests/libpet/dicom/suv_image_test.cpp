// SPDX-License-Identifier: Apache-2.0
#include "libpet/dicom/suv_image.h"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>

#include <catch2/catch.hpp>

#include "libpet/error.h"
#include "tests/libpet/dicom/simulated_series.h"

using namespace pet;
using namespace pet::test;
using Catch::Contains;
using Found = DecayCorrection::Found;

namespace {

// A static series of 20 min that begins 30 min after 512.5 MBq were injected into 70 kg.
struct StaticSeries {
  TemporaryFolder folder;
  DynamicImage truth = small_image({{30.0, 50.0}});
  std::vector<std::filesystem::path> files;

  explicit StaticSeries(Found decay = Found::start, PetDialect dialect = PetDialect::plain) {
    PetWriteOptions options = small_options(decay);
    options.dialect = dialect;
    files = write_pet_series(truth, options, folder.path());
    set(DCM_SeriesType, "STATIC\\IMAGE");
    set(DCM_PatientWeight, "70");
  }
  void set(const DcmTagKey& tag, const char* value) const {
    damage_all(files, [&](DcmDataset& data) { data.putAndInsertString(tag, value); });
  }
  SuvImage read(SuvType type = SuvType::bw) const { return read_suv(folder.path(), type); }
  std::string refusal(SuvType type = SuvType::bw) const {
    try {
      read(type);
    } catch (const InputError& error) {
      return error.what();
    }
    return "";
  }
};

// kBq/mL at injection x 70 kg / 512.5 MBq.
constexpr double uptake_of_kBq = 70.0 / 512.5;

}  // namespace

TEST_CASE("Uptake is the same however values are corrected and whoever wrote them", "[dicom][suv]") {
  for (const Found decay : {Found::start, Found::administration, Found::none})
    for (const PetDialect dialect :
         {PetDialect::plain, PetDialect::ge, PetDialect::cps, PetDialect::philips, PetDialect::philips_counts}) {
      CAPTURE(static_cast<int>(decay), static_cast<int>(dialect));
      const StaticSeries series(decay, dialect);
      const SuvImage image = series.read();
      double worst = 0.0;
      for (std::size_t v = 0; v < image.voxels.size(); ++v)
        worst = std::max(worst, std::abs(static_cast<double>(image.voxels[v]) / uptake_of_kBq -
                                         static_cast<double>(series.truth.voxels[v])));
      CHECK(worst < 6.0 / 32767.0);  // one stored unit of the largest value
    }
}

TEST_CASE("Sizes in the wrong unit are told, missing ones named", "[dicom][suv]") {
  const StaticSeries series;
  const float expected = series.read().voxels[7];
  series.set(DCM_PatientWeight, "70000");
  CHECK(series.read().voxels[7] == Approx(expected));
  CHECK_THAT(series.read().warnings,
             Catch::VectorContains(std::string("the weight is above 1000 and was taken to be in grams")));
  series.set(DCM_PatientSize, "175");
  CHECK(series.read(SuvType::bsa).warnings.size() == 2);
  CHECK_THAT(series.refusal(SuvType::lbm), Contains("(0010,0040)"));
  series.set(DCM_PatientWeight, "0");
  CHECK_THAT(series.refusal(), Contains("(0010,1030)"));
}

TEST_CASE("Uptake is refused where dose or time do not allow it", "[dicom][suv]") {
  const auto tracer = [](const StaticSeries& series, const std::function<void(DcmItem&)>& change) {
    damage_all(series.files, [&](DcmDataset& data) { change(tracer_of(data)); });
  };
  const StaticSeries dose;
  tracer(dose, [](DcmItem& item) { item.findAndDeleteElement(DCM_RadionuclideTotalDose); });
  CHECK_THAT(dose.refusal(), Contains("(0018,1074)"));
  const StaticSeries early;
  tracer(early, [](DcmItem& item) {
    item.putAndInsertString(DCM_RadiopharmaceuticalStartDateTime, "20260131010000");
    item.putAndInsertString(DCM_RadiopharmaceuticalStartTime, "010000");
  });
  CHECK_THAT(early.refusal(), Contains("half-lives"));
  const StaticSeries corrected;  // says NONE, but its decay factors refer to the start of the scan
  corrected.set(DCM_DecayCorrection, "NONE");
  corrected.set(DCM_CorrectedImage, "ATTN\\NORM");
  CHECK_THAT(corrected.refusal(), Contains("(0054,1102)") && Contains("NONE with decay factors"));
  const StaticSeries dynamic;
  dynamic.set(DCM_SeriesType, "DYNAMIC\\IMAGE");
  CHECK_THAT(dynamic.refusal(), Contains("(0054,1000)"));
}
