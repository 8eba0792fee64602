// SPDX-License-Identifier: Apache-2.0
#include "libpet/dicom/scan_description.h"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>

#include <catch2/catch.hpp>

#include "libpet/dicom/source_series.h"
#include "libpet/error.h"
#include "tests/libpet/dicom/simulated_series.h"

using namespace pet;
using namespace pet::test;

namespace {

ScanDescription describe(const WrittenSeries& series) {
  return DescribedScan(series.folder.path()).description();
}

}  // namespace

TEST_CASE("A scan is described by the header of its first frame", "[dicom][description]") {
  const WrittenSeries series;
  series.set(DCM_Manufacturer, "SIEMENS");
  series.set(DCM_SoftwareVersions, "VG60A");
  series.set(DCM_ReconstructionMethod, "PSF+TOF 2i21s");
  series.set(DCM_ConvolutionKernel, "XYZ Gauss2.00");
  series.set(DCM_AttenuationCorrectionMethod, "measured,AC CT");
  series.set(DCM_ScatterCorrectionMethod, "Model-based");
  series.set(DCM_DoseCalibrationFactor, "29900000");
  series.set(DCM_ScatterFractionFactor, "0.31");
  const ScanDescription scan = describe(series);
  CHECK(scan.manufacturer == "SIEMENS");
  CHECK(scan.software_versions == "VG60A");
  CHECK(scan.reconstruction == "PSF+TOF 2i21s");
  CHECK(scan.convolution_kernel == "XYZ Gauss2.00");
  CHECK(scan.attenuation_method == "measured,AC CT");
  CHECK(scan.scatter_method == "Model-based");
  CHECK(scan.dose_calibration_factor == 29900000.0);
  CHECK(scan.body_weight_kg == 70.0);
  CHECK(scan.scatter_fractions == std::vector<double>{0.31, 0.31, 0.31});
  CHECK(scan.scan_start == "2026-01-31T12:01:00.000");  // a minute after injection
  CHECK(scan.body_part == "BRAIN");
  CHECK(scan.warnings.empty());
}

TEST_CASE("Slices are read as they are stored, whatever the scanner corrected", "[dicom][description]") {
  using Found = DecayCorrection::Found;
  for (const Found decay : {Found::none, Found::start, Found::administration}) {
    const WrittenSeries series(decay);
    const DescribedScan scan(series.folder.path());
    REQUIRE(scan.image().frames.size() == 3);
    CHECK(scan.image().voxels.empty());
    for (std::size_t frame = 0; frame < 3; ++frame)
      for (std::size_t slice = 0; slice < 3; ++slice) {
        DcmFileFormat file;
        REQUIRE(file.loadFile(series.files[3 * frame + slice].c_str()).good());
        Float64 slope = 0.0;
        const Uint16* stored = nullptr;
        REQUIRE(file.getDataset()->findAndGetFloat64(DCM_RescaleSlope, slope).good());
        REQUIRE(file.getDataset()->findAndGetUint16Array(DCM_PixelData, stored).good());
        std::vector<float> values(20);
        scan.read_stored_slice(frame, slice, values);
        for (std::size_t v = 0; v < 20; ++v)
          CHECK(values[v] == static_cast<float>(slope * static_cast<Sint16>(stored[v])));
      }
  }
}

TEST_CASE("A scatter fraction that one frame lacks is left out for all", "[dicom][description]") {
  const WrittenSeries series;
  series.set(DCM_ScatterFractionFactor, "0.31");
  for (std::size_t slice = 3; slice < 6; ++slice)
    damage(series.files[slice], [](DcmDataset& data) { data.findAndDeleteElement(DCM_ScatterFractionFactor); });
  CHECK(describe(series).scatter_fractions.empty());
}

TEST_CASE("The end of an infusion that is a time of day is the first one after its start", "[dicom][description]") {
  const WrittenSeries series;
  series.set_tracer([](DcmItem& tracer) { tracer.putAndInsertString(DCM_RadiopharmaceuticalStopTime, "120130"); });
  CHECK(describe(series).injection_stop == "2026-01-31T12:01:30.000");
  series.set_tracer([](DcmItem& tracer) { tracer.putAndInsertString(DCM_RadiopharmaceuticalStopTime, "001500"); });
  CHECK(describe(series).injection_stop == "2026-02-01T00:15:00.000");
  series.set_tracer(
      [](DcmItem& tracer) { tracer.putAndInsertString(DCM_RadiopharmaceuticalStopDateTime, "20260131120200"); });
  CHECK(describe(series).injection_stop == "2026-01-31T12:02:00.000");
}

TEST_CASE("A text that repeats the patient's name is left out with a warning that does not", "[dicom][description]") {
  const WrittenSeries series;
  series.set(DCM_PatientName, "Meier^Anna");
  series.set(DCM_ReconstructionMethod, "OSEM for anna MEIER");
  const ScanDescription scan = describe(series);
  CHECK(scan.reconstruction.empty());
  REQUIRE(scan.warnings.size() == 1);
  CHECK_THAT(scan.warnings.front(), Catch::Contains("ReconstructionMethod"));
  CHECK_THAT(scan.warnings.front(), !Catch::Contains("eier") && !Catch::Contains("MEIER"));
}

TEST_CASE("A route or manufacturer that repeats the patient's name is left out with a warning",
          "[dicom][description]") {
  const WrittenSeries series;
  series.set(DCM_PatientName, "Siemens^Anna");
  series.set(DCM_Manufacturer, "SIEMENS");
  series.set_tracer([](DcmItem& tracer) { tracer.putAndInsertString(DCM_RadiopharmaceuticalRoute, "anna's arm"); });
  const DescribedScan read(series.folder.path());
  CHECK(read.description().administration_route.empty());
  CHECK_THAT(
      read.description().warnings,
      Catch::VectorContains(std::string("RadiopharmaceuticalRoute repeats the patient's name or ID and was left out")));
  CHECK(read.image().manufacturer.empty());
  CHECK(summarize_pet_series({series.folder.path()}, 1).front().manufacturer.empty());
  CHECK_THAT(read.image().warnings,
             Catch::VectorContains(std::string("the manufacturer repeats the patient's name or ID and was left out")));
}

TEST_CASE("What is malformed and needless is as good as missing", "[dicom][description]") {
  const WrittenSeries series;
  series.set(DCM_PatientWeight, "0");
  series.set(DCM_DoseCalibrationFactor, "1,5");
  const ScanDescription scan = describe(series);
  CHECK_FALSE(scan.body_weight_kg);
  CHECK_FALSE(scan.dose_calibration_factor);
}

TEST_CASE("The files of the first frame are those of its slices", "[dicom][description]") {
  const WrittenSeries series;
  const std::vector<std::filesystem::path> files = first_frame_files({series.folder.path(), "", 1});
  CHECK(files == std::vector<std::filesystem::path>(series.files.begin(), series.files.begin() + 3));
  damage(series.files[4], [](DcmDataset& data) { data.findAndDeleteElement(DCM_SOPInstanceUID); });
  CHECK_THROWS_WITH(first_frame_files({series.folder.path(), "", 1}), Catch::Contains("(0008,0018)"));
  CHECK_THROWS_AS(first_frame_files({series.folder.path(), "1.2.3", 1}), InputError);
}
