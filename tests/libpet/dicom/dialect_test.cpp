// SPDX-License-Identifier: Apache-2.0
// One truth, written as different scanners write it, is read to the same image and times.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <set>

#include "libpet/dicom/pet_image.h"
#include "libpet/error.h"
#include "tests/libpet/dicom/encoded_series.h"
#include "tests/libpet/dicom/simulated_series.h"

using namespace pet;
using namespace pet::test;
using Catch::Contains;
using Found = DecayCorrection::Found;

namespace {

constexpr PetDialect dialects[] = {PetDialect::plain,   PetDialect::siemens, PetDialect::ge,
                                   PetDialect::cps,     PetDialect::philips, PetDialect::philips_counts,
                                   PetDialect::enhanced};
constexpr Found corrections[] = {Found::start, Found::administration, Found::none};
constexpr const char* conditions[] = {"plain", "midnight", "gap", "shuffled"};
constexpr E_TransferSyntax syntaxes[] = {
    EXS_LittleEndianExplicit, EXS_LittleEndianImplicit, EXS_BigEndianExplicit, EXS_DeflatedLittleEndianExplicit,
    EXS_RLELossless,          EXS_JPEGProcess14,        EXS_JPEGProcess14SV1,  EXS_JPEGLSLossless,
    EXS_JPEG2000LosslessOnly};

struct Case {
  PetDialect dialect = PetDialect::plain;
  Found correction = Found::start;
  std::string condition = "plain";
  E_TransferSyntax syntax = EXS_LittleEndianExplicit;
};

DynamicImage image_of(const std::string& condition) {
  if (condition == "gap") return smooth_image({{0.5, 1.5}, {1.5, 3.5}, {9.0, 14.0}});
  return smooth_image({{0.5, 1.5}, {1.5, 3.5}, {3.5, 8.5}});
}

// Files in an order that has nothing to do with time or place.
void shuffle(const std::vector<std::filesystem::path>& files) {
  for (std::size_t i = 0; i < files.size(); ++i)
    std::filesystem::rename(files[i], files[i].parent_path() / ("i" + std::to_string(i * 7919 % 104729)));
}

DynamicImage written_and_read(const Case& c, const DynamicImage& truth) {
  const TemporaryFolder folder;
  PetWriteOptions options = small_options(c.correction);
  options.dialect = c.dialect;
  if (c.condition == "midnight") options.injection_datetime = "2026-01-31T23:56:00.000";
  const auto files = write_pet_series(truth, options, folder.path());
  if (c.syntax != EXS_LittleEndianExplicit) encode(files, c.syntax);
  if (c.condition == "shuffled") shuffle(files);
  return read_pet_series(folder.path());
}

// Each value is within one stored unit of the truth: the largest of a slice has the number 32767 or, where slopes have
// few digits, one a little below.
void check_same(const DynamicImage& read, const DynamicImage& truth) {
  const auto slice_size = static_cast<std::size_t>(truth.grid.size[0]) * static_cast<std::size_t>(truth.grid.size[1]);
  REQUIRE(read.voxels.size() == truth.voxels.size());
  double worst = 0.0;
  for (std::size_t begin = 0; begin < truth.voxels.size(); begin += slice_size) {
    const auto first = truth.voxels.begin() + static_cast<std::ptrdiff_t>(begin);
    const double unit =
        static_cast<double>(*std::max_element(first, first + static_cast<std::ptrdiff_t>(slice_size))) / 32767.0;
    for (std::size_t v = begin; v < begin + slice_size; ++v)
      worst =
          std::max(worst, std::abs(static_cast<double>(read.voxels[v]) - static_cast<double>(truth.voxels[v])) / unit);
  }
  CHECK(worst <= 1.0);
  REQUIRE(read.frames.size() == truth.frames.size());
  constexpr double ms = 1e-3 / 60.0;
  for (std::size_t f = 0; f < truth.frames.size(); ++f) {
    CHECK(std::abs(read.frames[f].start_min - truth.frames[f].start_min) <= ms);
    CHECK(std::abs(read.frames[f].end_min - truth.frames[f].end_min) <= ms);
  }
}

}  // namespace

TEST_CASE("Every pair of dialect, decay correction, condition and transfer syntax is read to the same image",
          "[dicom][dialect]") {
  std::set<std::string> pairs;
  for (std::size_t s = 0; s < std::size(syntaxes); ++s)
    for (std::size_t d = 0; d < std::size(dialects); ++d) {
      // Sums that step through 3 and 4 together meet in all pairs.
      const std::size_t c = (s + d) % std::size(corrections);
      const std::size_t k = (s + d) % std::size(conditions);
      CAPTURE(d, c, conditions[k], DcmXfer(syntaxes[s]).getXferName());
      const DynamicImage truth = image_of(conditions[k]);
      check_same(written_and_read({dialects[d], corrections[c], conditions[k], syntaxes[s]}, truth), truth);
      const std::string values[] = {"s" + std::to_string(s), "d" + std::to_string(d), "c" + std::to_string(c),
                                    "k" + std::to_string(k)};
      for (const std::string& a : values)
        for (const std::string& b : values)
          if (a < b) pairs.insert(a + b);
    }
  CHECK(pairs.size() == 9 * 7 + 9 * 3 + 9 * 4 + 7 * 3 + 7 * 4 + 3 * 4);
}

TEST_CASE("What a scanner's times mean is found and told", "[dicom][dialect]") {
  const auto evidence = [](PetDialect dialect) {
    return written_and_read({.dialect = dialect}, image_of("plain")).decay.evidence;
  };
  CHECK_THAT(evidence(PetDialect::siemens), Contains("confirmed by 3 decay factors") && Contains("average-count-rate"));
  CHECK_THAT(evidence(PetDialect::ge), Contains("confirmed by 3 decay factors") && Contains("frame starts"));
  CHECK_THAT(evidence(PetDialect::cps), Contains("confirmed by 3 decay factors") && Contains("zero"));
  CHECK_THAT(evidence(PetDialect::philips), Contains("no decay factor confirms it") && Contains("mid-frame"));
}

TEST_CASE("A dialect is known by its name", "[dicom][dialect]") {
  CHECK(pet_dialect("philips-counts") == PetDialect::philips_counts);
  CHECK_THROWS_AS(pet_dialect("Philips"), UsageError);
}
