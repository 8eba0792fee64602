// SPDX-License-Identifier: Apache-2.0
// Raw blood against the input functions that others made of it: [11C]PBR28 of two volunteers (kinfitr's data set) and
// [18F]SF51 (OpenNeuro ds005619, bloodstream). docs/validation.md has the numbers and the reasons of the differences.
#include <algorithm>
#include <cmath>

#include "kinetic_models/blood/process_blood.h"
#include "libpet/io/blood_samples_file.h"
#include "libpet/io/input_function_file.h"
#include "tests/validation/reference_data.h"

using namespace pet;

namespace {

// The area under straight lines through the values, from `from_min` to `to_min`.
double area(const std::vector<double>& time, const std::vector<double>& value, double from_min, double to_min) {
  double sum = 0.0;
  for (std::size_t i = 0; i + 1 < time.size(); ++i) {
    const double a = std::max(time[i], from_min);
    const double b = std::min(time[i + 1], to_min);
    if (!(b > a)) continue;
    const double slope = (value[i + 1] - value[i]) / (time[i + 1] - time[i]);
    sum += (b - a) * (value[i] + slope * (0.5 * (a + b) - time[i]));
  }
  return sum;
}

struct Difference {
  double parent_plasma;
  double whole_blood;
};

// Relative differences of the areas over the time that both have.
Difference compare(const InputFunction& ours, const InputFunction& theirs, double from_min) {
  const double end = std::min(ours.time_min.back(), theirs.time_min.back());
  return {
      area(ours.time_min, ours.parent_plasma, from_min, end) /
              area(theirs.time_min, theirs.parent_plasma, from_min, end) -
          1.0,
      area(ours.time_min, ours.whole_blood, from_min, end) / area(theirs.time_min, theirs.whole_blood, from_min, end) -
          1.0};
}

InputFunction process(const std::vector<std::string>& paths, const BloodOptions& options) {
  return process_blood(read_blood_samples(paths), options, paths.front()).input;
}

}  // namespace

TEST_CASE("The areas under the PBR28 input functions are within 3 % of those made with the data set", "[validation]") {
  const std::string folder = reference_folder("pbr28");
  if (folder.empty()) return;
  // As that input function was made: the autosampler for five minutes, everything interpolated.
  BloodOptions options;
  options.parent_fraction = "interpolation";
  options.autosampler_end_min = 5.0;
  for (const std::string subject : {"cgyu", "flfp"}) {
    CAPTURE(subject);
    const std::string prefix = folder + "/sub-" + subject + "_ses-1_trc-PBR28_";
    const std::vector<std::string> paths = {prefix + "recording-autosampler_blood.tsv",
                                            prefix + "recording-manual_blood.tsv"};
    const Difference found = compare(process(paths, options), read_input_function(prefix + "inputfunction.tsv"), 0.0);
    CAPTURE(found.parent_plasma, found.whole_blood);
    CHECK(std::abs(found.parent_plasma) < 0.03);
    CHECK(std::abs(found.whole_blood) < 0.03);
  }
}

TEST_CASE("From 2 min on the area under the SF51 input function is within 5 % of bloodstream's", "[validation]") {
  const std::string folder = reference_folder("ds005619_sf51");
  if (folder.empty()) return;
  const std::string prefix = folder + "/sub-sf02_ses-baseline_";
  const InputFunction theirs = read_input_function(prefix + "inputfunction.tsv");
  for (const char* model : {"auto", "interpolation", "monotone"}) {
    CAPTURE(model);
    BloodOptions options;
    options.parent_fraction = model;
    const Difference found = compare(process({prefix + "recording-manual_blood.tsv"}, options), theirs, 2.0);
    CAPTURE(found.parent_plasma, found.whole_blood);
    CHECK(std::abs(found.parent_plasma) < 0.05);
    CHECK(std::abs(found.whole_blood) < 0.05);
  }
}
