// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <catch2/catch.hpp>

#include "libpet/io/blood_samples_file.h"
#include "tests/validation/reference_data.h"

namespace {

using pet::BloodSamples;
using pet::read_blood_samples;

// Numbers of samples and values are those that the files show to the eye.
TEST_CASE("Blood of PBR28 is read with its negative noise and its dispersion", "[validation]") {
  const std::string folder = reference_folder("pbr28");
  if (folder.empty()) return;
  const std::string stem = folder + "/sub-cgyu_ses-1_trc-PBR28_recording-";
  const BloodSamples blood = read_blood_samples({stem + "manual_blood.tsv", stem + "autosampler_blood.tsv"});
  CHECK(blood.autosampler_whole_blood.size() == 600);
  CHECK(blood.autosampler_whole_blood.value[1] == -0.1614);
  CHECK(blood.plasma.value.front() == 20.3163);
  CHECK(blood.plasma.time_min.front() == Approx(50.0 / 60.0));
  CHECK(blood.parent_fraction.value[1] == 0.99);
  CHECK(blood.dispersion_constant_min == Approx(2.6 / 60.0));
  CHECK_FALSE(blood.is_dispersion_corrected);
}

TEST_CASE("Blood of SF51 is in Bq/mL and becomes kBq/mL", "[validation]") {
  const std::string folder = reference_folder("ds005619_sf51");
  if (folder.empty()) return;
  const BloodSamples blood = read_blood_samples({folder + "/sub-sf02_ses-baseline_recording-manual_blood.tsv"});
  REQUIRE(blood.plasma.size() > 3);
  CHECK(blood.plasma.time_min.back() == Approx(7201.2 / 60.0));  // rows of zeros follow
  CHECK(blood.plasma.value[2] == Approx(3.6140733732761882));
  CHECK(blood.whole_blood.value[2] == Approx(2.2238251235114617));
}

TEST_CASE("Blood of every MC1 scan is read and its plasma peaks like an arterial input", "[validation]") {
  const std::string folder = reference_folder("ds004869_mc1");
  if (folder.empty()) return;
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string path = entry.path().string();
    if (!path.ends_with("_blood.tsv")) continue;
    INFO(path);
    const BloodSamples blood = read_blood_samples({path});
    const double peak = *std::max_element(blood.plasma.value.begin(), blood.plasma.value.end());
    CHECK(peak > 1.0);
    CHECK(peak < 1000.0);
    CHECK(blood.autosampler_whole_blood.empty());
    ++files;
  }
  CHECK(files > 0);
}

TEST_CASE("Blood of the BIDS examples is read", "[validation]") {
  const std::string folder = reference_folder("bids_examples");
  if (folder.empty()) return;
  const std::string first = folder + "/pet001/sub-01/ses-01/pet/sub-01_ses-01_trc-CIMBI36_recording-";
  const BloodSamples pig = read_blood_samples({first + "manual_blood.tsv", first + "autosampler_blood.tsv"});
  CHECK(pig.autosampler_whole_blood.size() == 901);
  CHECK(pig.plasma.value[1] == 43.31);
  const BloodSamples man =
      read_blood_samples({folder + "/pet003/sub-01/ses-01/pet/sub-01_ses-01_recording-manual_blood.tsv"});
  CHECK(man.whole_blood.empty());
  CHECK(man.plasma.value[1] == Approx(0.02262883));
  const std::string fourth = folder + "/pet004/sub-01/pet/sub-01_recording-";
  const BloodSamples second = read_blood_samples({fourth + "manual_blood.tsv", fourth + "autosampler_blood.tsv"});
  CHECK(second.autosampler_whole_blood.size() == 1614);
}

}  // namespace
