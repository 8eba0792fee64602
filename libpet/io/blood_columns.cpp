// SPDX-License-Identifier: Apache-2.0
#include "libpet/error.h"
#include "libpet/io/detail/blood_table.h"
#include "libpet/io/units.h"

namespace pet::detail {

const char* name_of(BloodKind kind) {
  switch (kind) {
    case BloodKind::whole_blood:
      return "whole blood";
    case BloodKind::plasma:
      return "plasma";
    case BloodKind::parent_plasma:
      return "metabolite-corrected plasma";
    case BloodKind::plasma_to_blood_ratio:
      return "plasma-to-blood ratio";
    case BloodKind::parent_fraction:
      return "parent fraction";
  }
  return "";
}

bool is_activity(BloodKind kind) {
  return kind != BloodKind::plasma_to_blood_ratio && kind != BloodKind::parent_fraction;
}

double per_kBq_per_mL(const std::optional<std::string>& stated,
                      const std::string& by_hand,
                      const std::string& where,
                      const std::string& how) {
  const auto factor = [&](const std::string& unit) {
    // bloodstream writes the activity of one mL as "Bq".
    if (const auto found = in_kBq_per_mL(in_MBq(unit) ? unit + "/mL" : unit)) return *found;
    throw bad_input(where, "the unit '" + unit + "'", "Bq/mL or kBq/mL");
  };
  if (!stated && by_hand.empty()) throw bad_input(where, "no unit", how + " or one stated with the request");
  if (stated && !by_hand.empty() && factor(*stated) != factor(by_hand))
    throw bad_input(where, "the unit '" + *stated + "'", "'" + by_hand + "' as stated with the request");
  return 1.0 / factor(stated ? *stated : by_hand);
}

std::vector<BloodSample> blood_samples(const Tsv& tsv,
                                       std::size_t column,
                                       const std::vector<double>& time_min,
                                       double per_unit,
                                       std::vector<std::string>& notes) {
  std::vector<BloodSample> samples;
  for (std::size_t r = 0; r < time_min.size(); ++r) {
    const auto number = tsv.number(r, column);
    if (!number) continue;
    const BloodSample sample = {time_min[r], *number / per_unit, tsv.where(r, column)};
    if (!samples.empty() && !(sample.time_min > samples.back().time_min)) {
      const BloodSample& before = samples.back();
      if (sample.time_min < before.time_min)
        throw bad_input(sample.where, "a time before that of " + before.where, "samples in order of time");
      if (sample.value != before.value)
        throw bad_input(sample.where, "another value at the time of " + before.where, "one value a time");
      notes.push_back(sample.where + ": the same time and value as " + before.where + "; kept once");
      continue;
    }
    samples.push_back(sample);
  }
  return samples;
}

}  // namespace pet::detail
