// SPDX-License-Identifier: Apache-2.0
// Enhanced PET made of a classic series by DCMTK alone: the same image and times are read.
#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>

#include <algorithm>
#include <catch2/catch.hpp>

#include "libpet/dicom/coded_concept.h"
#include "libpet/dicom/parametric_map.h"
#include "libpet/dicom/pet_image.h"
#include "libpet/dicom/scan_description.h"
#include "libpet/dicom/segmentation.h"
#include "libpet/dicom/source_series.h"
#include "libpet/error.h"
#include "libpet/parallel.h"
#include "tests/libpet/dicom/encoded_series.h"
#include "tests/libpet/dicom/enhanced_series.h"
#include "tests/libpet/dicom/simulated_series.h"
#include "tests/libpet/dicom/validator.h"

using namespace pet;
using namespace pet::test;
using Catch::Contains;

namespace {

struct EnhancedOnDisk {
  TemporaryFolder classic;
  TemporaryFolder folder;
  std::vector<std::filesystem::path> slices;
  DynamicImage expected;

  explicit EnhancedOnDisk(const DynamicImage& image = small_image())
      : slices(write_pet_series(image, small_options(), classic.path())), expected(read_pet_series(classic.path())) {}
  std::filesystem::path file() const { return folder / "enhanced.dcm"; }
};

void check_equal(const DynamicImage& read, const DynamicImage& expected) {
  CHECK(read.voxels == expected.voxels);
  CHECK(same_grid(read.grid, expected.grid, 1e-9));
  REQUIRE(read.frames.size() == expected.frames.size());
  for (std::size_t f = 0; f < expected.frames.size(); ++f) {
    CHECK(read.frames[f].start_min == expected.frames[f].start_min);
    CHECK(read.frames[f].end_min == expected.frames[f].end_min);
  }
  CHECK(read.tracer.injected_activity_MBq == expected.tracer.injected_activity_MBq);
}

std::string refusal_of(const Change& change) {
  const EnhancedOnDisk disk;
  write_enhanced(disk.slices, disk.file(), change);
  return refusal(disk.folder.path());
}

}  // namespace

TEST_CASE("Enhanced PET is read to the image of its slices, whatever their order", "[dicom][enhanced]") {
  const EnhancedOnDisk disk;
  write_enhanced(disk.slices, disk.file());
  const DynamicImage read = read_pet_series(disk.folder.path());
  check_equal(read, disk.expected);
  CHECK_THAT(read.decay.evidence, Contains("decay correction time"));
  CHECK(read.warnings.empty());
  const auto summaries = summarize_pet_series({disk.folder.path()}, 1);
  REQUIRE(summaries.size() == 1);
  CHECK(summaries.front().files == 1);
  CHECK(summaries.front().problems.empty());
}

TEST_CASE("Enhanced PET in other transfer syntaxes is the same image", "[dicom][enhanced]") {
  const EnhancedOnDisk disk(smooth_image());
  for (const E_TransferSyntax syntax :
       {EXS_LittleEndianImplicit, EXS_BigEndianExplicit, EXS_DeflatedLittleEndianExplicit, EXS_RLELossless,
        EXS_JPEGLSLossless, EXS_JPEGProcess14SV1, EXS_JPEG2000LosslessOnly}) {
    INFO(DcmXfer(syntax).getXferName());
    const TemporaryFolder folder;
    write_enhanced(disk.slices, folder / "e.dcm");
    encode({folder / "e.dcm"}, syntax);
    const DynamicImage image = read_pet_series(folder.path());
    check_equal(image, disk.expected);

    const DescribedScan scan(folder.path());
    const auto slices = static_cast<std::size_t>(image.grid.size[2]);
    const std::size_t size = image.grid.voxel_count() / slices;
    std::vector<std::vector<float>> stored(slices * image.frames.size(), std::vector<float>(size));
    parallel_for(stored.size(), 3, [&](std::size_t i) { scan.read_stored_slice(i / slices, i % slices, stored[i]); });
    REQUIRE(image.decay.factor_applied.size() == 1);
    const double factor = image.decay.factor_applied.front() / 1e3;
    for (std::size_t v = 0; v < image.voxels.size(); ++v)
      CHECK(image.voxels[v] == Approx(factor * static_cast<double>(stored[v / size][v % size])).epsilon(2e-7));
  }
}

TEST_CASE("A compressed file that was replaced is read anew", "[dicom][enhanced]") {
  const EnhancedOnDisk first(smooth_image());
  DynamicImage doubled = smooth_image();
  for (float& value : doubled.voxels) value = 2.0f * value + 1.0f;
  const EnhancedOnDisk second(doubled);
  write_enhanced(first.slices, first.file());
  encode({first.file()}, EXS_RLELossless);
  check_equal(read_pet_series(first.folder.path()), first.expected);
  write_enhanced(second.slices, first.file());
  encode({first.file()}, EXS_RLELossless);
  check_equal(read_pet_series(first.folder.path()), second.expected);
}

TEST_CASE("One Enhanced file a frame is a dynamic scan", "[dicom][enhanced]") {
  const EnhancedOnDisk disk;
  for (int f = 0; f < 3; ++f)
    write_enhanced({disk.slices.begin() + 3 * f, disk.slices.begin() + 3 * f + 3},
                   disk.folder / (std::to_string(f) + ".dcm"), {}, "1.2.3." + std::to_string(f));
  check_equal(read_pet_series(disk.folder.path()), disk.expected);
}

TEST_CASE("A concatenation of which a part is missing is refused", "[dicom][enhanced]") {
  const EnhancedOnDisk disk;
  const auto part = [&](int number) {
    const auto begin = disk.slices.begin() + 3 * (number - 1);
    write_enhanced(
        {begin, begin + 3}, disk.folder / (std::to_string(number) + ".dcm"),
        [&](DcmItem& data) {
          put(data, DCM_ConcatenationUID, "1.2.9");
          data.putAndInsertUint16(DCM_InConcatenationNumber, static_cast<Uint16>(number));
          data.putAndInsertUint16(DCM_InConcatenationTotalNumber, 3);
        },
        "1.2.3." + std::to_string(number));
  };
  part(1);
  part(2);
  CHECK_THAT(refusal(disk.folder.path()), Contains("(0020,9163)") && Contains("found 2 parts, expected 3"));
  part(3);
  check_equal(read_pet_series(disk.folder.path()), disk.expected);
}

TEST_CASE("A concatenation is read as one image", "[dicom][enhanced]") {
  const EnhancedOnDisk disk;
  const auto middle = disk.slices.begin() + 4;
  write_enhanced({disk.slices.begin(), middle}, disk.folder / "1.dcm", {}, "1.2.3.1");
  write_enhanced({middle, disk.slices.end()}, disk.folder / "2.dcm", {}, "1.2.3.2");
  check_equal(read_pet_series(disk.folder.path()), disk.expected);
}

TEST_CASE("Legacy Converted Enhanced PET keeps classic attributes where its frames do not have them",
          "[dicom][enhanced]") {
  const EnhancedOnDisk disk;
  write_enhanced(disk.slices, disk.file(), [](DcmItem& data) {
    put(data, DCM_SOPClassUID, UID_LegacyConvertedEnhancedPETImageStorage);
    for (const DcmTagKey& tag : {DCM_DecayCorrected, DCM_DecayCorrectionDateTime, DCM_AttenuationCorrected,
                                 DCM_DetectorNormalizationCorrection})
      data.findAndDeleteElement(tag);
    DcmItem* tracer = nullptr;
    REQUIRE(data.findAndGetSequenceItem(DCM_RadiopharmaceuticalInformationSequence, tracer).good());
    put(*tracer, DCM_RadionuclideTotalDose, "512500000");  // Bq, as in classic PET
    DcmItem& shared = sequence_item(data, DCM_SharedFunctionalGroupsSequence);
    DcmItem& classic = sequence_item(shared, DCM_UnassignedSharedConvertedAttributesSequence);
    put(classic, DCM_Units, "BQML");
    put(classic, DCM_DecayCorrection, "START");
    put(classic, DCM_CorrectedImage, "ATTN\\NORM\\DECY");
    put(classic, DCM_CountsSource, "EMISSION");
    put(classic, DCM_SeriesType, "DYNAMIC\\IMAGE");
    DcmItem* groups = nullptr;
    for (long f = 0; data.findAndGetSequenceItem(DCM_PerFrameFunctionalGroupsSequence, groups, f).good(); ++f) {
      DcmItem* mapping = nullptr;
      REQUIRE(groups->findAndGetSequenceItem(DCM_RealWorldValueMappingSequence, mapping).good());
      Float64 slope = 0.0;
      REQUIRE(mapping->findAndGetFloat64(DCM_RealWorldValueSlope, slope).good());
      char text[32];
      std::snprintf(text, sizeof text, "%.10g", slope);
      put(sequence_item(*groups, DCM_PixelValueTransformationSequence), DCM_RescaleSlope, text);
      groups->findAndDeleteElement(DCM_RealWorldValueMappingSequence);
      DcmItem* content = nullptr;
      REQUIRE(groups->findAndGetSequenceItem(DCM_FrameContentSequence, content).good());
      Float64 duration = 0.0;
      REQUIRE(content->findAndGetFloat64(DCM_FrameAcquisitionDuration, duration).good());
      const std::string start = text_of(*content, DCM_FrameAcquisitionDateTime);
      groups->findAndDeleteElement(DCM_FrameContentSequence);
      DcmItem& unassigned = sequence_item(*groups, DCM_UnassignedPerFrameConvertedAttributesSequence);
      put(unassigned, DCM_AcquisitionDate, start.substr(0, 8));
      put(unassigned, DCM_AcquisitionTime, start.substr(8));
      put(unassigned, DCM_ActualFrameDuration, std::to_string(std::lround(duration)));
    }
  });
  check_equal(read_pet_series(disk.folder.path()), disk.expected);
}

TEST_CASE("Enhanced PET that cannot be used is refused for its frame's reason", "[dicom][enhanced]") {
  const auto group = [](DcmItem& data, long frame, const DcmTagKey& sequence) -> DcmItem& {
    return sequence_item(sequence_item(data, DCM_PerFrameFunctionalGroupsSequence, frame), sequence);
  };
  CHECK_THAT(refusal_of([](DcmItem& data) { put(data, DCM_NumberOfFrames, "8"); }),
             Contains("(5200,9230)") && Contains("9 items") && Contains("8, one a frame"));
  CHECK_THAT(refusal_of([](DcmItem& data) { put(data, DCM_AttenuationCorrected, "NO"); }), Contains("(0028,0051)"));
  CHECK_THAT(refusal_of([&](DcmItem& data) {
               group(data, 3, DCM_FrameContentSequence).findAndDeleteElement(DCM_FrameAcquisitionDuration);
             }),
             Contains("(0018,9220)") && Contains("(frame 4)"));
  CHECK_THAT(refusal_of([](DcmItem& data) { data.findAndDeleteElement(DCM_DecayCorrected); }),
             Contains("(0018,9758)") && Contains("YES or NO"));
  CHECK_THAT(refusal_of([](DcmItem& data) { put(data, DCM_DecayCorrectionDateTime, "20260130120000"); }),
             Contains("(0018,9701)") && Contains("before the start of the scan"));
  CHECK_THAT(refusal_of([&](DcmItem& data) {
               group(data, 0, DCM_RealWorldValueMappingSequence).putAndInsertFloat64(DCM_RealWorldValueSlope, 0.0);
             }),
             Contains("(0040,9225)") && Contains("positive"));
  CHECK_THAT(refusal_of([&](DcmItem& data) {
               for (long f = 0; f < 9; ++f)
                 put(sequence_item(group(data, f, DCM_RealWorldValueMappingSequence), DCM_MeasurementUnitsCodeSequence),
                     DCM_CodeValue, "g/ml{SUVbw}");
             }),
             Contains("(0054,1001)"));
  CHECK_THAT(refusal_of([](DcmItem& data) {
               std::vector<Uint16> few(40, 1);
               REQUIRE(data.putAndInsertUint16Array(DCM_PixelData, few.data(), few.size()).good());
             }),
             Contains("(7fe0,0010)") && Contains("80 bytes"));
}

TEST_CASE("Enhanced PET that is written is read to the image, whatever it is corrected to", "[dicom][enhanced]") {
  const DynamicImage truth = small_image({{1.0, 2.0}, {2.0, 4.0}, {4.0, 9.0}});
  for (const auto decay :
       {DecayCorrection::Found::start, DecayCorrection::Found::administration, DecayCorrection::Found::none}) {
    const TemporaryFolder folder;
    PetWriteOptions options = small_options(decay);
    options.dialect = PetDialect::enhanced;
    const auto files = write_pet_series(truth, options, folder.path());
    CHECK(files.size() == 1);
    const DynamicImage read = read_pet_series(folder.path());
    // The object says a time, not what that time is.
    using Found = DecayCorrection::Found;
    CHECK((read.decay.found == Found::none) == (decay == Found::none));
    if (decay != Found::none)
      CHECK(read.decay.reference_min.value() == Approx(decay == Found::start ? 1.0 : 0.0).margin(1e-5));
    REQUIRE(read.frames.size() == truth.frames.size());
    for (std::size_t f = 0; f < truth.frames.size(); ++f)
      CHECK(read.frames[f].start_min == Approx(truth.frames[f].start_min).margin(1e-3 / 60.0));
    REQUIRE(read.voxels.size() == truth.voxels.size());
    const float largest = *std::max_element(truth.voxels.begin(), truth.voxels.end());
    for (std::size_t v = 0; v < truth.voxels.size(); ++v)
      CHECK(read.voxels[v] == Approx(truth.voxels[v]).margin(static_cast<double>(largest) / 32767.0));
    CHECK(read.tracer.injected_activity_MBq.value() == Approx(truth.tracer.injected_activity_MBq.value()));
    if (!is_validator_there()) continue;
    const std::string text = validator_output(files.front());
    INFO(text);
    CHECK(text.find("EnhancedPETImage") != std::string::npos);
    CHECK(text.find("Error") == std::string::npos);
  }
}

TEST_CASE("Results go into the study of Enhanced PET and name its frames", "[dicom][enhanced]") {
  const TemporaryFolder folder;
  const DynamicImage image = small_image();
  PetWriteOptions options = small_options();
  options.dialect = PetDialect::enhanced;
  const auto files = write_pet_series(image, options, folder / "dicom");
  CHECK(first_frame_files({folder / "dicom", "", 1}) == files);

  ParametricMap map;
  map.grid = image.grid;
  map.values.assign(image.grid.voxel_count(), 1.5f);
  map.quantity = concept_of_quantity("BPND");
  map.unit = concept_of_unit("1");
  map.description = "BPND";
  write_parametric_map(map, {folder / "dicom", "", 1}, "seed", folder / "map.dcm");
  LabelMap labels{image.grid, std::vector<std::int32_t>(image.grid.voxel_count(), 1), {{1, "all"}}, {}};
  write_dicom_segmentation(labels, files, "seed", folder / "seg.dcm");

  for (const char* name : {"map.dcm", "seg.dcm"}) {
    CAPTURE(name);
    DcmFileFormat file;
    REQUIRE(file.loadFile((folder / name).c_str()).good());
    DcmDataset& data = *file.getDataset();
    DcmItem* series = nullptr;
    REQUIRE(data.findAndGetSequenceItem(DCM_ReferencedSeriesSequence, series).good());
    DcmSequenceOfItems* instances = nullptr;
    REQUIRE(series->findAndGetSequence(DCM_ReferencedInstanceSequence, instances).good());
    CHECK(instances->card() == 1);
    // Slices of the object stand by time, then along the normal: slice 2 of 3 is 2, 5, 8 of three frames.
    DcmItem& groups = sequence_item(data, DCM_PerFrameFunctionalGroupsSequence, 1);
    DcmItem& derivation = sequence_item(groups, DCM_DerivationImageSequence);
    DcmItem& source = sequence_item(derivation, DCM_SourceImageSequence);
    REQUIRE(image.grid.size[2] == 3);
    REQUIRE(image.frames.size() == 3);
    CHECK(text_of(source, DCM_ReferencedFrameNumber) == "2\\5\\8");
    if (is_validator_there()) {
      const std::string text = validator_output(folder / name);
      INFO(text);
      CHECK(text.find("Error") == std::string::npos);
    }
  }
}
