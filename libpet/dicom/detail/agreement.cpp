// SPDX-License-Identifier: Apache-2.0
#include "libpet/dicom/detail/agreement.h"

#include "libpet/dicom/detail/number_text.h"
#include "libpet/error.h"

namespace pet::detail {
namespace {

// The same text, or the same number or time with other digits after it.
bool is_same(const std::string& a, const std::string& b) {
  if (a == b) return true;
  const auto number_a = parse_number(a);
  return number_a && number_a == parse_number(b);
}

InputError disagreement(const Instance& instance, const char* tag) {
  return bad_input(instance.file.string() + " tag " + tag, "another value than in the first file",
                   "one in all files of the series");
}

}  // namespace

void require_agreement(const Series& series) {
  struct Shared {
    std::string StatedTracer::*value;
    const char* tag;
  };
  constexpr Shared shared[] = {{&StatedTracer::half_life, "(0018,1075) RadionuclideHalfLife"},
                               {&StatedTracer::total_dose, "(0018,1074) RadionuclideTotalDose"},
                               {&StatedTracer::start_date_time, "(0018,1078) RadiopharmaceuticalStartDateTime"},
                               {&StatedTracer::start_time, "(0018,1072) RadiopharmaceuticalStartTime"}};
  const Instance& first = series.first();
  for (const Instance& instance : series.instances) {
    if (instance.decay_correction != first.decay_correction)
      throw disagreement(instance, "(0054,1102) DecayCorrection");
    if (instance.series_time != first.series_time) throw disagreement(instance, "(0008,0031) SeriesTime");
    for (const auto& [value, tag] : shared)
      if (!is_same(instance.tracer.*value, first.tracer.*value)) throw disagreement(instance, tag);
  }
}

}  // namespace pet::detail
