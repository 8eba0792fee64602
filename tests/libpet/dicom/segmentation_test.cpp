// SPDX-License-Identifier: Apache-2.0
#include "libpet/dicom/segmentation.h"
#include "libpet/dicom/detail/segmentation_geometry.h"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <fstream>
#include <functional>
#include <iterator>
#include <set>

#include "libpet/dicom/structure_set.h"
#include "libpet/error.h"
#include "tests/libpet/dicom/dicom_item.h"
#include "tests/libpet/dicom/encoded_series.h"
#include "tests/libpet/dicom/simulated_series.h"
#include "tests/libpet/dicom/validator.h"

using namespace pet;
using namespace pet::test;
using Catch::Contains;

namespace {

// Two regions on the grid of the small image: a block in slices 1 and 2, one voxel in slice 0.
LabelMap small_labels() {
  LabelMap labels;
  labels.grid = small_image().grid;
  labels.labels.assign(labels.grid.voxel_count(), 0);
  for (int k = 1; k < 3; ++k)
    for (int i = 1; i < 4; ++i) labels.labels[static_cast<std::size_t>(20 * k + 5 + i)] = 1;
  labels.labels[13] = 2;
  labels.names = {{1, "cerebellum"}, {2, "frontal cortex"}};
  return labels;
}

struct SegmentationOnDisk {
  TemporaryFolder folder;
  std::filesystem::path file = folder / "seg.dcm";

  explicit SegmentationOnDisk(const LabelMap& labels) {
    auto files = write_pet_series(small_image(), small_options(), folder / "pet");
    files.resize(3);
    write_dicom_segmentation(labels, files, "seed", file);
  }
};

// A frame of the file that small_labels() is written to: which voxels of a slice are in a segment.
struct Slice {
  std::size_t slice = 0;
  std::vector<bool> is_in;
};

// In order of segments, then slices.
std::vector<Slice> frames_of(const LabelMap& labels) {
  std::vector<Slice> frames;
  for (const int label : {1, 2})
    for (std::size_t k = 0; k < 3; ++k) {
      Slice frame{k, {}};
      for (std::size_t v = 0; v < 20; ++v) frame.is_in.push_back(labels.labels[20 * k + v] == label);
      if (std::ranges::count(frame.is_in, true) > 0) frames.push_back(frame);
    }
  return frames;
}

// Pixels of 8 or 16 bits in place of single ones; to be filled.
void make_bytes(DcmDataset& data, int bits) {
  data.findAndDeleteElement(DCM_PixelData);
  data.putAndInsertUint16(DCM_BitsAllocated, static_cast<Uint16>(bits));
  data.putAndInsertUint16(DCM_BitsStored, static_cast<Uint16>(bits));
  data.putAndInsertUint16(DCM_HighBit, static_cast<Uint16>(bits - 1));
}

// Bytes as words, as in big endian; a byte of padding where they are odd.
void put_words(DcmDataset& data, const std::vector<Uint8>& bytes) {
  std::vector<Uint16> words((bytes.size() + 1) / 2);
  for (std::size_t i = 0; i < bytes.size(); ++i)
    words[i / 2] = static_cast<Uint16>(words[i / 2] | bytes[i] << 8 * (i % 2));
  REQUIRE(data.putAndInsertUint16Array(DCM_PixelData, words.data(), words.size()).good());
}

// Each slice of small_labels() has one segment, so that its frames are those of a label map.
void make_label_map(DcmDataset& data, const LabelMap& labels, int bits, int background = 0) {
  make_bytes(data, bits);
  put(data, DCM_SOPClassUID, detail::label_map_segmentation_class);
  put(data, DCM_SegmentationType, "LABELMAP");
  std::vector<Uint8> bytes;
  std::vector<Uint16> words;
  DcmItem* frame = nullptr;
  long f = 0;
  for (const Slice& slice : frames_of(labels)) {
    REQUIRE(data.findAndGetSequenceItem(DCM_PerFrameFunctionalGroupsSequence, frame, f++).good());
    frame->findAndDeleteElement(DCM_SegmentIdentificationSequence);
    for (std::size_t v = 0; v < 20; ++v) {
      const std::int32_t label = labels.labels[20 * slice.slice + v];
      bytes.push_back(static_cast<Uint8>(label == 0 ? background : label));
      words.push_back(bytes.back());
    }
  }
  if (bits == 8)
    put_words(data, bytes);
  else
    REQUIRE(data.putAndInsertUint16Array(DCM_PixelData, words.data(), words.size()).good());
}

std::string message_of(const std::filesystem::path& file) {
  try {
    read_dicom_segmentation(file);
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("Labels that were written as a Segmentation are read back voxel by voxel", "[dicom][segmentation]") {
  const LabelMap labels = small_labels();
  const SegmentationOnDisk disk(labels);
  const LabelMap read = read_dicom_segmentation(disk.file);
  CHECK(same_grid(read.grid, labels.grid, 1e-6));
  CHECK(read.labels == labels.labels);
  CHECK(read.names == labels.names);
  CHECK(read.frame_of_reference_uid == uid_from("test", "frame of reference"));
}

TEST_CASE("Slices that no frame covers are background", "[dicom][segmentation]") {
  LabelMap labels = small_labels();
  // Only slices 0 and 2 are left.
  std::fill(labels.labels.begin() + 20, labels.labels.begin() + 40, 0);
  const SegmentationOnDisk disk(labels);
  CHECK(read_dicom_segmentation(disk.file).labels == labels.labels);
}

TEST_CASE("A Segmentation begins at its first frame and can be put on the image's grid", "[dicom][segmentation]") {
  LabelMap labels = small_labels();
  labels.labels[13] = 0;
  const SegmentationOnDisk disk(labels);
  const LabelMap read = read_dicom_segmentation(disk.file);
  CHECK(read.grid.size == std::array<int, 3>{5, 4, 2});
  CHECK(read.grid.origin_mm[2] == Approx(-30.25 + 3.125));
  CHECK(align_labels(read, labels.grid, "seg").labels == labels.labels);
}

TEST_CASE("Labels are numbered from 1 in ascending order", "[dicom][segmentation]") {
  LabelMap labels = small_labels();
  for (std::int32_t& label : labels.labels) label = label == 1 ? 70 : label == 2 ? 30 : 0;
  labels.names = {{70, "cerebellum"}, {30, "frontal cortex"}};
  const SegmentationOnDisk disk(labels);
  const LabelMap read = read_dicom_segmentation(disk.file);
  CHECK(read.names == std::map<std::int32_t, std::string>{{1, "frontal cortex"}, {2, "cerebellum"}});
  CHECK(read.labels[13] == 1);
  CHECK(read.labels[26] == 2);
}

TEST_CASE("Segments have colours of their own and the numbers of their labels", "[dicom][segmentation]") {
  LabelMap labels = small_labels();
  labels.labels.assign(labels.labels.size(), 0);
  for (int label = 1; label <= 40; ++label) labels.labels[static_cast<std::size_t>(label)] = 10 * label;
  const SegmentationOnDisk disk(labels);
  DcmFileFormat file;
  REQUIRE(file.loadFile(disk.file.c_str()).good());
  std::set<std::vector<Uint16>> colours;
  DcmItem* segment = nullptr;
  for (long i = 0; file.getDataset()->findAndGetSequenceItem(DCM_SegmentSequence, segment, i).good(); ++i) {
    std::vector<Uint16> colour(3);
    for (unsigned long c = 0; c < 3; ++c)
      REQUIRE(segment->findAndGetUint16(DCM_RecommendedDisplayCIELabValue, colour[c], c).good());
    colours.insert(colour);
    OFString description;
    REQUIRE(segment->findAndGetOFString(DCM_SegmentDescription, description).good());
    CHECK(description == "label " + std::to_string(10 * (i + 1)));
  }
  CHECK(colours.size() == 40);
}

TEST_CASE("The same labels and seed give the same Segmentation", "[dicom][segmentation]") {
  const auto bytes_of = [](const std::filesystem::path& file) {
    std::ifstream stream(file, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(stream), {});
  };
  const SegmentationOnDisk first(small_labels()), second(small_labels());
  CHECK(bytes_of(first.file) == bytes_of(second.file));
  CHECK(bytes_of(first.file).size() > 1000);
}

TEST_CASE("dciodvfy finds no error in a written Segmentation", "[dicom][segmentation]") {
  if (!is_validator_there()) {
    WARN("dciodvfy is not installed; nothing was validated");
    return;
  }
  const SegmentationOnDisk disk(small_labels());
  const std::string text = validator_output(disk.file);
  INFO(text);
  CHECK(text.find("Segmentation") != std::string::npos);
  CHECK(text.find("Error") == std::string::npos);
}

TEST_CASE("Segments that overlap are refused", "[dicom][segmentation]") {
  const SegmentationOnDisk disk(small_labels());
  // The frame of segment 2 (slice 0) becomes a copy of a frame of segment 1 in its place.
  damage(disk.file, [](DcmDataset& data) {
    DcmItem *first = nullptr, *last = nullptr, *to = nullptr;
    OFString position[3];
    REQUIRE(data.findAndGetSequenceItem(DCM_PerFrameFunctionalGroupsSequence, first, 0).good());
    REQUIRE(data.findAndGetSequenceItem(DCM_PerFrameFunctionalGroupsSequence, last, 2).good());
    DcmItem* from = nullptr;
    REQUIRE(first->findAndGetSequenceItem(DCM_PlanePositionSequence, from).good());
    REQUIRE(last->findAndGetSequenceItem(DCM_PlanePositionSequence, to).good());
    OFString text;
    REQUIRE(from->findAndGetOFStringArray(DCM_ImagePositionPatient, text).good());
    REQUIRE(to->putAndInsertOFStringArray(DCM_ImagePositionPatient, text).good());
    // All pixels of every frame are set: 3 frames of 20 bits are 60 bits.
    const std::vector<Uint8> ones(8, 0xFF);
    REQUIRE(data.putAndInsertUint8Array(DCM_PixelData, ones.data(), ones.size()).good());
  });
  CHECK(message_of(disk.file).find("segments 1 and 2 that overlap") != std::string::npos);
}

TEST_CASE("A voxel of a fractional Segmentation is in the segment that has more than half of it",
          "[dicom][segmentation]") {
  const LabelMap labels = small_labels();
  for (const int whole : {255, 100, 1}) {
    const SegmentationOnDisk disk(labels);
    damage(disk.file, [&](DcmDataset& data) {
      make_bytes(data, 8);
      put(data, DCM_SegmentationType, "FRACTIONAL");
      put(data, DCM_SegmentationFractionalType, "PROBABILITY");
      data.putAndInsertUint16(DCM_MaximumFractionalValue, static_cast<Uint16>(whole));
      std::vector<Uint8> pixels;
      for (const Slice& frame : frames_of(labels))
        for (const bool is_in : frame.is_in) pixels.push_back(static_cast<Uint8>(is_in ? whole / 2 + 1 : whole / 2));
      data.putAndInsertUint8Array(DCM_PixelData, pixels.data(), pixels.size());
    });
    const LabelMap read = read_dicom_segmentation(disk.file);
    CHECK(read.labels == labels.labels);
    CHECK(read.names == labels.names);
  }
  const SegmentationOnDisk disk(labels);
  damage(disk.file, [](DcmDataset& data) {
    make_bytes(data, 8);
    put_words(data, std::vector<Uint8>(60));
    put(data, DCM_SegmentationType, "FRACTIONAL");
  });
  CHECK_THAT(message_of(disk.file), Contains("(0062,000e) MaximumFractionalValue"));
  damage(disk.file, [](DcmDataset& data) { put(data, DCM_SegmentationType, "TERNARY"); });
  CHECK_THAT(message_of(disk.file), Contains("(0062,0001)") && Contains("found 'TERNARY', expected BINARY or"));
}

TEST_CASE("A Label Map Segmentation holds segment numbers as pixels", "[dicom][segmentation]") {
  const LabelMap labels = small_labels();
  for (const int bits : {8, 16}) {
    const SegmentationOnDisk disk(labels);
    damage(disk.file, [&](DcmDataset& data) { make_label_map(data, labels, bits); });
    CHECK(label_source(disk.file) == LabelSource::segmentation);
    const LabelMap read = read_dicom_segmentation(disk.file);
    CHECK(read.labels == labels.labels);
    CHECK(read.names == labels.names);
    encode({disk.file}, EXS_RLELossless);
    CHECK(read_dicom_segmentation(disk.file).labels == labels.labels);
  }
}

TEST_CASE("The background of a Label Map Segmentation is its padding value", "[dicom][segmentation]") {
  const LabelMap labels = small_labels();
  for (const int bits : {8, 16}) {
    const SegmentationOnDisk disk(labels);
    damage(disk.file, [&](DcmDataset& data) {
      make_label_map(data, labels, bits, 255);
      REQUIRE(data.putAndInsertUint16(DCM_PixelPaddingValue, 255).good());
      constexpr long at_end = -2;
      DcmItem* segment = nullptr;
      require(data.findOrCreateSequenceItem(DCM_SegmentSequence, segment, at_end));
      require(segment->putAndInsertUint16(DCM_SegmentNumber, 255));
      put(*segment, DCM_SegmentLabel, "Background");
    });
    const LabelMap read = read_dicom_segmentation(disk.file);
    CHECK(read.labels == labels.labels);
    CHECK(read.names == labels.names);
  }
  const SegmentationOnDisk disk(labels);
  damage(disk.file, [&](DcmDataset& data) {
    make_label_map(data, labels, 8);
    REQUIRE(data.putAndInsertUint16(DCM_PixelPaddingValue, 255).good());
  });
  CHECK_THAT(message_of(disk.file),
             Contains("(7fe0,0010) PixelData: found a voxel of segment 0, expected segments from 1, or 255"));
}

TEST_CASE("A Segmentation of any type in big endian holds the same labels", "[dicom][segmentation]") {
  const LabelMap labels = small_labels();
  const auto check = [&](const std::function<void(DcmDataset&)>& change) {
    const SegmentationOnDisk disk(labels);
    damage(disk.file, change);
    CHECK(read_dicom_segmentation(disk.file).labels == labels.labels);
    encode({disk.file}, EXS_BigEndianExplicit);
    DcmFileFormat file;
    DcmElement* pixels = nullptr;
    REQUIRE(file.loadFile(disk.file.c_str()).good());
    REQUIRE(file.getDataset()->findAndGetElement(DCM_PixelData, pixels).good());
    REQUIRE(pixels->getTag().getEVR() == EVR_OW);
    CHECK(read_dicom_segmentation(disk.file).labels == labels.labels);
  };
  check([](DcmDataset& data) {
    const Uint8* bits = nullptr;
    unsigned long count = 0;
    if (data.findAndGetUint8Array(DCM_PixelData, bits, &count).bad()) return;  // words already
    put_words(data, {bits, bits + count});
  });
  check([&](DcmDataset& data) {
    make_bytes(data, 8);
    put(data, DCM_SegmentationType, "FRACTIONAL");
    data.putAndInsertUint16(DCM_MaximumFractionalValue, 200);
    std::vector<Uint8> pixels;
    for (const Slice& frame : frames_of(labels))
      for (const bool is_in : frame.is_in) pixels.push_back(is_in ? 150 : 50);
    put_words(data, pixels);
  });
  check([&](DcmDataset& data) { make_label_map(data, labels, 8); });
  check([&](DcmDataset& data) { make_label_map(data, labels, 16); });
}

TEST_CASE("Frames in big endian may begin within a word", "[dicom][segmentation]") {
  const SegmentationOnDisk disk(small_labels());
  std::vector<Uint8> pixels;  // 3 rows of 5 columns, 3 frames
  for (int v = 0; v < 45; ++v) pixels.push_back(static_cast<Uint8>(v % 4));
  damage(disk.file, [&](DcmDataset& data) {
    make_label_map(data, small_labels(), 8);
    data.putAndInsertUint16(DCM_Rows, 3);
    put_words(data, pixels);
  });
  encode({disk.file}, EXS_BigEndianExplicit);
  // Frames are those of slices 1 and 2, then 0.
  std::vector<std::int32_t> expected(pixels.begin() + 30, pixels.end());
  expected.insert(expected.end(), pixels.begin(), pixels.begin() + 30);
  CHECK(read_dicom_segmentation(disk.file).labels == expected);
}

TEST_CASE("A Segmentation that was compressed with loss is refused", "[dicom][segmentation]") {
  const SegmentationOnDisk disk(small_labels());
  damage(disk.file, [](DcmDataset& data) { put(data, DCM_LossyImageCompression, "01"); });
  CHECK_THAT(message_of(disk.file), Contains("(0028,2110) LossyImageCompression: found '01'"));
  damage(disk.file, [](DcmDataset& data) {
    make_label_map(data, small_labels(), 8);
    put(data, DCM_LossyImageCompression, "01");
  });
  CHECK_THAT(message_of(disk.file), Contains("(0028,2110) LossyImageCompression: found '01'"));
}

TEST_CASE("The pixels of a Segmentation are those of its type", "[dicom][segmentation]") {
  const auto message = [](const std::function<void(DcmDataset&)>& change) {
    const SegmentationOnDisk disk(small_labels());
    damage(disk.file, [&](DcmDataset& data) {
      make_label_map(data, small_labels(), 8);
      change(data);
    });
    return message_of(disk.file);
  };
  const auto bits = [](int count) {
    return [count](DcmDataset& data) {
      make_bytes(data, count);
      put_words(data, std::vector<Uint8>(240));
    };
  };
  CHECK(message(bits(8)).empty());
  CHECK_THAT(message(bits(32)), Contains("(0028,0100) BitsAllocated: found 32, expected 8 or 16 of LABELMAP"));
  CHECK_THAT(message(bits(1)), Contains("(0028,0100) BitsAllocated: found 1, expected 8 or 16 of LABELMAP"));
  const auto fractional = [&](int count) {
    return message([&](DcmDataset& data) {
      bits(count)(data);
      put(data, DCM_SOPClassUID, UID_SegmentationStorage);
      put(data, DCM_SegmentationType, "FRACTIONAL");
      data.putAndInsertUint16(DCM_MaximumFractionalValue, 255);
    });
  };
  CHECK_THAT(fractional(1), Contains("(0028,0100) BitsAllocated: found 1, expected 8 of FRACTIONAL"));
  CHECK_THAT(fractional(16), Contains("(0028,0100) BitsAllocated: found 16, expected 8 of FRACTIONAL"));
  CHECK_THAT(message([](DcmDataset& data) { data.putAndInsertUint16(DCM_PixelRepresentation, 1); }),
             Contains("(0028,0103) PixelRepresentation: found signed pixels, expected 0"));
  CHECK_THAT(message([](DcmDataset& data) {
               data.findAndDeleteElement(DCM_PixelData);
               const std::vector<Float32> values(60);
               REQUIRE(data.putAndInsertFloat32Array(DCM_FloatPixelData, values.data(), values.size()).good());
             }),
             Contains("(7fe0,0010) PixelData: found no whole numbers"));
}

TEST_CASE("A Segmentation smaller than it says is refused before memory is taken", "[dicom][segmentation][memory]") {
  for (const int bits : {1, 8}) {
    const SegmentationOnDisk disk(small_labels());
    damage(disk.file, [&](DcmDataset& data) {
      if (bits == 8) make_label_map(data, small_labels(), 8);
      data.putAndInsertUint16(DCM_Rows, 65535);
      data.putAndInsertUint16(DCM_Columns, 65535);
    });
    CHECK_THAT(message_of(disk.file), Contains("(7fe0,0010) PixelData: found "));
  }
}

TEST_CASE("Functional groups may be shared by all frames, but must be there", "[dicom][segmentation]") {
  LabelMap labels = small_labels();
  labels.labels[13] = 0;
  const SegmentationOnDisk disk(labels);
  const auto move_group = [&](const DcmTagKey& sequence, bool is_kept) {
    damage(disk.file, [&](DcmDataset& data) {
      DcmItem *shared = nullptr, *frame = nullptr;
      REQUIRE(data.findOrCreateSequenceItem(DCM_SharedFunctionalGroupsSequence, shared).good());
      for (long f = 0; data.findAndGetSequenceItem(DCM_PerFrameFunctionalGroupsSequence, frame, f).good(); ++f) {
        DcmElement* group = frame->remove(DcmTag(sequence));
        if (is_kept && f == 0)
          REQUIRE(shared->insert(group).good());
        else
          delete group;
      }
    });
  };
  move_group(DCM_SegmentIdentificationSequence, true);
  CHECK(align_labels(read_dicom_segmentation(disk.file), labels.grid, "seg").labels == labels.labels);
  move_group(DCM_PlanePositionSequence, false);
  CHECK_THAT(message_of(disk.file), Contains("(0020,9113) PlanePositionSequence frame 1: found no functional group"));
}

TEST_CASE("A segment whose name repeats the patient's has its number for a name", "[dicom][segmentation]") {
  const SegmentationOnDisk disk(small_labels());
  damage(disk.file, [](DcmDataset& data) {
    put(data, DCM_PatientName, "Miller^Anne");
    DcmItem* segment = nullptr;
    REQUIRE(data.findAndGetSequenceItem(DCM_SegmentSequence, segment, 1).good());
    put(*segment, DCM_SegmentLabel, "tumour of anne");
  });
  CHECK(read_dicom_segmentation(disk.file).names ==
        std::map<std::int32_t, std::string>{{1, "cerebellum"}, {2, "segment-2"}});
}

TEST_CASE("A PET image is refused where a Segmentation is wanted", "[dicom][segmentation]") {
  const SegmentationOnDisk disk(small_labels());
  const auto image = disk.folder / "pet/frame-001_slice-001.dcm";
  CHECK(message_of(image).find("(0008,0016)") != std::string::npos);
}

TEST_CASE("A file that is cut short is no Segmentation", "[dicom][segmentation]") {
  const SegmentationOnDisk disk(small_labels());
  std::filesystem::resize_file(disk.file, std::filesystem::file_size(disk.file) - 6);
  CHECK(message_of(disk.file).find(disk.file.string()) != std::string::npos);
}

TEST_CASE("DICOM files are known by their content", "[dicom]") {
  const SegmentationOnDisk disk(small_labels());
  CHECK(is_dicom_file(disk.file));
  std::ofstream(disk.folder / "text.dcm") << "no DICOM object, whatever its name says, and long enough to look at\n";
  CHECK_FALSE(is_dicom_file(disk.folder / "text.dcm"));
  std::ofstream(disk.folder / "empty.dcm");
  CHECK_FALSE(is_dicom_file(disk.folder / "empty.dcm"));
  CHECK_FALSE(is_dicom_file(disk.folder / "absent.dcm"));
  CHECK_THROWS_AS(read_dicom_segmentation(disk.folder / "absent.dcm"), InputNotFound);
}

TEST_CASE("Few frames far apart are no grid", "[dicom][segmentation]") {
  detail::SegmentationGeometry geometry{.rows = 4,
                                        .columns = 5,
                                        .row_direction = {1.0, 0.0, 0.0},
                                        .column_direction = {0.0, 1.0, 0.0},
                                        .row_spacing_mm = 2.0,
                                        .column_spacing_mm = 2.0,
                                        .slice_spacing_mm = 1.0,
                                        .frame_positions_mm = {{0.0, 0.0, 0.0}, {0.0, 0.0, 511.0}}};
  CHECK(detail::place_frames(geometry, "file").grid.size[2] == 512);
  geometry.frame_positions_mm[1][2] = 3999.0;
  CHECK_THROWS_WITH(detail::place_frames(geometry, "file"),
                    Catch::Contains("(0020,0032)") && Catch::Contains("3999 slices from the first"));
  // Large frames are bounded by the memory that slices between them take.
  geometry.rows = geometry.columns = 8192;
  geometry.frame_positions_mm[1][2] = 31.0;
  CHECK(detail::place_frames(geometry, "file").grid.size[2] == 32);
  geometry.frame_positions_mm[1][2] = 32.0;
  CHECK_THROWS_WITH(detail::place_frames(geometry, "file"), Catch::Contains("32 slices from the first"));
}
