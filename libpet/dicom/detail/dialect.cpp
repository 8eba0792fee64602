// SPDX-License-Identifier: Apache-2.0
#include "libpet/dicom/detail/dialect.h"

#include <algorithm>
#include <array>
#include <string>

#include "libpet/error.h"

namespace pet {
namespace detail {
namespace {

constexpr double philips_lead_s = 58.0;
constexpr double philips_activity_factor = 0.159047;

constexpr std::array<Dialect, 7> dialects = {{
    {.dialect = PetDialect::plain, .name = "plain", .manufacturer = "Occupet", .model = "simulation"},
    {.dialect = PetDialect::siemens,
     .name = "siemens",
     .manufacturer = "SIEMENS",
     .model = "Biograph128_mCT",
     .digits = 6},
    {.dialect = PetDialect::ge,
     .name = "ge",
     .manufacturer = "GE MEDICAL SYSTEMS",
     .model = "Discovery ST",
     .frame_reference = FrameReference::frame_start,
     .digits = 6,
     .is_always_signed = true},
    {.dialect = PetDialect::cps,
     .name = "cps",
     .manufacturer = "CPS",
     .model = "1023",
     .frame_reference = FrameReference::zero,
     .digits = 8},
    {.dialect = PetDialect::philips,
     .name = "philips",
     .manufacturer = "Philips Medical Systems",
     .model = "GEMINI TF TOF 16",
     .frame_reference = FrameReference::mid_frame,
     .has_decay_factors = false,
     .series_lead_s = philips_lead_s,
     .is_always_signed = true},
    {.dialect = PetDialect::philips_counts,
     .name = "philips-counts",
     .manufacturer = "Philips Medical Systems",
     .model = "GEMINI TF TOF 16",
     .frame_reference = FrameReference::mid_frame,
     .has_decay_factors = false,
     .series_lead_s = philips_lead_s,
     .is_always_signed = true,
     .activity_factor = philips_activity_factor},
    {.dialect = PetDialect::enhanced, .name = "enhanced", .manufacturer = "Occupet", .model = "simulation"},
}};

}  // namespace

const Dialect& dialect_of(PetDialect dialect) {
  return *std::ranges::find(dialects, dialect, &Dialect::dialect);
}

}  // namespace detail

PetDialect pet_dialect(std::string_view name) {
  std::string known;
  for (const detail::Dialect& dialect : detail::dialects) {
    if (dialect.name == name) return dialect.dialect;
    known += (known.empty() ? "" : ", ") + std::string(dialect.name);
  }
  throw UsageError("no dialect '" + std::string(name) + "'; there are: " + known);
}

}  // namespace pet
