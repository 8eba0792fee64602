// SPDX-License-Identifier: Apache-2.0
#include "libpet/dicom/detail/jpeg2000_encoder.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <functional>

#include "libpet/dicom/pet_image.h"
#include "libpet/error.h"
#include "tests/libpet/dicom/encoded_series.h"
#include "tests/libpet/dicom/simulated_series.h"

using namespace pet;
using namespace pet::test;
using Catch::Contains;
using pet::detail::codestream_of;
using pet::detail::CodestreamOptions;
using pet::detail::compress_jpeg2000;
using pet::detail::put_fragments;

namespace {

using Codestream = std::vector<unsigned char>;

struct CompressedSeries {
  explicit CompressedSeries(E_TransferSyntax syntax = EXS_JPEG2000LosslessOnly)
      : files(write_pet_series(smooth_image(), small_options(), folder.path())), sound(read_pet_series(folder.path())) {
    encode(files, syntax);
  }

  TemporaryFolder folder;
  std::vector<std::filesystem::path> files;
  DynamicImage sound;

  std::string refusal() const { return test::refusal(folder.path()); }
};

// The refusal of a series of which one slice, 64 columns of 48 rows of 16 bits, has another codestream.
std::string refusal_with(const Codestream& codestream) {
  const CompressedSeries series;
  damage(series.files[4], [&](DcmDataset& data) { put_fragments(data, EXS_JPEG2000LosslessOnly, {codestream}); });
  return series.refusal();
}

std::vector<std::int32_t> ramp(int count, std::int32_t first = 0) {
  std::vector<std::int32_t> values;
  for (int i = 0; i < count; ++i) values.push_back(first + 7 * i);
  return values;
}

Codestream sound_codestream(bool is_signed = false) {
  return codestream_of(ramp(64 * 48), {.rows = 48, .columns = 64, .bits = 16, .is_signed = is_signed});
}

Codestream with_byte(Codestream codestream, std::size_t at, unsigned char value) {
  codestream.at(at) = value;
  return codestream;
}

// Sets the pixels of every slice, 8 rows of 8 columns, with the sign and number of bits given.
struct SmallSlices {
  TemporaryFolder folder;
  std::vector<std::filesystem::path> files;

  SmallSlices() {
    DynamicImage image = small_image({{0.0, 1.0}});
    image.grid.size = {8, 8, 2};
    image.voxels.assign(128, 1.0f);
    files = write_pet_series(image, small_options(), folder.path());
  }

  DynamicImage read(const std::vector<std::int32_t>& values, int bits, bool is_signed, int allocated = 16) const {
    for (const auto& path : files) {
      DcmFileFormat file;
      REQUIRE(file.loadFile(path.c_str()).good());
      DcmDataset& data = *file.getDataset();
      data.putAndInsertUint16(DCM_BitsAllocated, static_cast<Uint16>(allocated));
      data.putAndInsertUint16(DCM_BitsStored, static_cast<Uint16>(bits));
      data.putAndInsertUint16(DCM_HighBit, static_cast<Uint16>(bits - 1));
      data.putAndInsertUint16(DCM_PixelRepresentation, is_signed);
      data.putAndInsertString(DCM_RescaleSlope, "1000");  // Bq/mL, so that a stored unit is 1 kBq/mL
      data.putAndInsertString(DCM_DecayFactor, "1");
      data.putAndInsertString(DCM_SeriesTime, "120000");
      put_fragments(data, EXS_JPEG2000LosslessOnly,
                    {codestream_of(values, {.rows = 8, .columns = 8, .bits = bits, .is_signed = is_signed})});
      REQUIRE(file.saveFile(path.c_str(), EXS_JPEG2000LosslessOnly).good());
    }
    return read_pet_series(folder.path());
  }
};

void check_values(const DynamicImage& image, const std::vector<std::int32_t>& stored) {
  REQUIRE(image.voxels.size() == 2 * stored.size());
  for (std::size_t v = 0; v < image.voxels.size(); ++v)
    CHECK(image.voxels[v] == static_cast<float>(stored[v % stored.size()]));
}

}  // namespace

TEST_CASE("JPEG 2000 without loss holds the same image", "[dicom][jpeg2000]") {
  const CompressedSeries series;
  CHECK(summarize_pet_series({series.folder.path()}, 1).front().transfer_syntax ==
        DcmXfer(EXS_JPEG2000LosslessOnly).getXferName());
  CHECK(read_pet_series(series.folder.path()).voxels == series.sound.voxels);
}

TEST_CASE("JPEG 2000 of signed and unsigned integers of 8 to 24 bits holds their values", "[dicom][jpeg2000]") {
  const SmallSlices slices;
  for (const int bits : {8, 12, 16, 24}) {
    const int allocated = bits <= 8 ? 8 : bits <= 16 ? 16 : 32;
    const std::int32_t half = 1 << (bits - 1);
    std::vector<std::int32_t> whole = ramp(64), negative = ramp(64, -200 % half);
    for (std::int32_t& value : whole) value %= 2 * half;
    for (std::int32_t& value : negative) value %= half;
    whole.front() = 2 * half - 1;
    negative.front() = -half;
    negative.back() = half - 1;
    CAPTURE(bits);
    check_values(slices.read(whole, bits, false, allocated), whole);
    check_values(slices.read(negative, bits, true, allocated), negative);
  }
}

TEST_CASE("JPEG 2000 with loss is read where that is allowed only", "[dicom][jpeg2000]") {
  const CompressedSeries series(EXS_JPEG2000);
  CHECK_THAT(series.refusal(), Contains("(0028,2110)") && Contains("'01'") && Contains("not quantitative"));
  PetReadOptions options;
  options.allows_lossy = true;
  const DynamicImage read = read_pet_series(series.folder.path(), options);
  CHECK(read.warnings.back() == "pixels were compressed with loss: values are not quantitative");
  const float largest = *std::ranges::max_element(series.sound.voxels);
  float worst = 0.0f;
  for (std::size_t v = 0; v < read.voxels.size(); ++v)
    worst = std::max(worst, std::abs(read.voxels[v] - series.sound.voxels[v]));
  CHECK(worst > 0.0f);
  CHECK(worst < 0.05f * largest);
}

TEST_CASE("A transfer syntax that may lose values is lossy unless the header says it is not", "[dicom][jpeg2000]") {
  const CompressedSeries series(EXS_JPEG2000);
  damage_all(series.files, [](DcmDataset& data) { data.findAndDeleteElement(DCM_LossyImageCompression); });
  CHECK_THAT(series.refusal(), Contains("(0028,2110)") && Contains("JPEG 2000"));
  damage_all(series.files, [](DcmDataset& data) { data.putAndInsertString(DCM_LossyImageCompression, "00"); });
  CHECK(series.refusal().empty());
}

TEST_CASE("A codestream that holds another image than the tags say is refused by file and tag", "[dicom][jpeg2000]") {
  CHECK(refusal_with(sound_codestream()).find("JPEG") == std::string::npos);
  const auto of = [](int rows, int columns, int bits) {
    return refusal_with(codestream_of(ramp(rows * columns), {.rows = rows, .columns = columns, .bits = bits}));
  };
  CHECK_THAT(of(40, 64, 16), Contains("(0028,0010) Rows: found 48, expected 40"));
  CHECK_THAT(of(48, 65, 16), Contains("(0028,0011) Columns: found 64, expected 65"));
  CHECK_THAT(of(48, 64, 15), Contains("(0028,0101) BitsStored: found 16, expected 15"));
  CHECK_THAT(refusal_with(sound_codestream(true)), Contains("(0028,0103) PixelRepresentation: found 0, expected 1"));
  CHECK_THAT(refusal_with(with_byte(sound_codestream(), 41, 3)), Contains("(0028,0002) SamplesPerPixel"));
}

TEST_CASE("A codestream that is damaged or cut short is refused", "[dicom][jpeg2000]") {
  const auto damaged = Contains("(7fe0,0010) PixelData: found a damaged or truncated JPEG 2000 codestream");
  const Codestream sound = sound_codestream();
  CHECK_THAT(refusal_with({}), damaged);
  CHECK_THAT(refusal_with({sound.begin(), sound.begin() + 44}), damaged);
  CHECK_THAT(refusal_with({sound.begin(), sound.begin() + static_cast<std::ptrdiff_t>(sound.size() / 2)}), damaged);
  CHECK_THAT(refusal_with(with_byte(sound, 3, 0)), damaged);
  CHECK_THAT(refusal_with(with_byte(sound, 43, 2)), damaged);
  // Tiles of one pixel: more than the codestream has bytes for.
  Codestream tiny_tiles = sound;
  std::fill_n(tiny_tiles.begin() + 24, 8, static_cast<unsigned char>(0));
  tiny_tiles[27] = tiny_tiles[31] = 1;
  CHECK_THAT(refusal_with(tiny_tiles), damaged);
  // As many of them as fit on the largest reference grid: their number is more than 64 bits hold.
  Codestream far_away = tiny_tiles;
  std::fill_n(far_away.begin() + 8, 16, static_cast<unsigned char>(0xFF));
  far_away[19] = 0xFF - 64;
  far_away[23] = 0xFF - 48;
  CHECK_THAT(refusal_with(far_away), damaged);
}

TEST_CASE("A frame may be several fragments", "[dicom][jpeg2000]") {
  const CompressedSeries series;
  const Codestream whole = sound_codestream();
  const auto middle = whole.begin() + static_cast<std::ptrdiff_t>(whole.size() / 4 * 2);
  const auto halves = [&](DcmDataset& data) {
    put_fragments(data, EXS_JPEG2000LosslessOnly, {{whole.begin(), middle}, {middle, whole.end()}});
  };
  damage(series.files[4], halves);
  const DynamicImage read = read_pet_series(series.folder.path());
  const CompressedSeries once;
  damage(once.files[4], [&](DcmDataset& data) { put_fragments(data, EXS_JPEG2000LosslessOnly, {whole}); });
  CHECK(read.voxels == read_pet_series(once.folder.path()).voxels);
}
