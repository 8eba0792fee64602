// SPDX-License-Identifier: Apache-2.0
#include "libpet/dicom/suv_image.h"

#include <algorithm>
#include <cctype>
#include <cmath>

#include "libpet/decay.h"
#include "libpet/dicom/detail/agreement.h"
#include "libpet/dicom/detail/dataset.h"
#include "libpet/dicom/detail/decay_reference.h"
#include "libpet/dicom/detail/file_header.h"
#include "libpet/dicom/detail/geometry.h"
#include "libpet/dicom/detail/number_text.h"
#include "libpet/dicom/detail/pixels.h"
#include "libpet/dicom/detail/series.h"
#include "libpet/dicom/detail/timing.h"
#include "libpet/error.h"
#include "libpet/parallel.h"

namespace pet {
namespace {

using detail::Instance;

constexpr double grams_per_kg = 1000.0;
constexpr double cm2_per_m2 = 1e4;

// Who was scanned. Sizes in the wrong unit are common: grams, centimetres.
Body read_body(const detail::Dataset& data, std::vector<std::string>& warnings) {
  constexpr double most_kg = 1000.0;
  constexpr double most_m = 3.0;
  Body body;
  body.weight_kg = data.number(DCM_PatientWeight);
  body.height_m = data.number(DCM_PatientSize);
  if (body.weight_kg && *body.weight_kg > most_kg) {
    *body.weight_kg /= grams_per_kg;
    warnings.emplace_back("the weight is above 1000 and was taken to be in grams");
  }
  if (body.height_m && *body.height_m > most_m) {
    *body.height_m /= 100.0;
    warnings.emplace_back("the height is above 3 and was taken to be in centimetres");
  }
  if (body.weight_kg && !(*body.weight_kg > 0.0)) body.weight_kg.reset();
  if (body.height_m && !(*body.height_m > 0.0)) body.height_m.reset();
  if (const std::string sex = data.text(DCM_PatientSex); !sex.empty()) body.sex = sex.front();
  return body;
}

// What uptake is per unit of size over dose: grams in a kilogram, cm2 in a m2.
double size_in_unit(SuvType type, const Body& body, const std::string& where) {
  return suv_size(type, body, where) * (type == SuvType::bsa ? cm2_per_m2 : grams_per_kg);
}

InputError refusal(const Instance& instance, const char* tag, const std::string& found, const std::string& expected) {
  return bad_input(instance.file.string() + " tag " + tag, instance.quoted(found), expected);
}

void require_usable(const detail::Series& series) {
  for (const Instance& instance : series.instances) {
    if (!instance.problem.empty()) throw InputError(instance.problem);
    const auto type = detail::split_values(instance.series_type);
    const bool is_one_time = type.front() == "STATIC" || type.front() == "WHOLE BODY" || type.front() == "WHOLEBODY";
    if (!is_one_time || type.size() < 2 || type[1] != "IMAGE")
      throw refusal(instance, "(0054,1000) SeriesType", instance.series_type,
                    "STATIC\\IMAGE or WHOLE BODY\\IMAGE for an uptake image");
    detail::require_emission(instance);
    detail::require_lossless(instance);
    if (!detail::has_correction(instance, "ATTN"))
      throw refusal(instance, "(0028,0051) CorrectedImage", instance.corrected_image, "ATTN among the corrections");
  }
}

// One image of every slice, ascending along the normal.
std::vector<const Instance*> ordered(const detail::Series& series) {
  constexpr double same_position_mm = 0.01;
  detail::require_one_geometry(series);
  const Vector3 normal = detail::slice_normal(series.first());
  std::vector<const Instance*> slices;
  for (const Instance& instance : series.instances) slices.push_back(&instance);
  std::ranges::stable_sort(slices, {}, [&](const Instance* i) { return detail::slice_position_mm(*i, normal); });
  for (std::size_t i = 1; i < slices.size(); ++i)
    if (detail::slice_position_mm(*slices[i], normal) - detail::slice_position_mm(*slices[i - 1], normal) <
        same_position_mm)
      throw bad_input(slices[i]->file.string() + " tag (0020,0032) ImagePositionPatient",
                      "the position of " + slices[i - 1]->file.filename().string() + " too", "one image a slice");
  return slices;
}

// What turns stored values into uptake, one factor a slice.
struct Factors {
  std::vector<double> of_slice;
  std::string evidence;
};

SuvType stored_type(const detail::Dataset& data, const std::string& units) {
  if (units == "CM2ML") return SuvType::bsa;
  std::string name = data.text(DCM_SUVType);
  std::ranges::transform(name, name.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  try {
    return name.empty() ? SuvType::bw : suv_type(name);
  } catch (const UsageError&) {
    throw bad_input(data.where(DCM_SUVType), data.quoted(name), "a type that DICOM defines");
  }
}

Factors factors_of_uptake(const std::vector<const Instance*>& slices,
                          const detail::Dataset& data,
                          const Body& body,
                          SuvType type,
                          const std::string& where) {
  const SuvType stored = stored_type(data, slices.front()->units);
  const double factor = stored == type ? 1.0 : size_in_unit(type, body, where) / size_in_unit(stored, body, where);
  return {std::vector<double>(slices.size(), factor),
          "the file holds uptake (SUV type " + std::string(name_of(stored)) + ")"};
}

// One witness of the decay for each bed: slices that start together.
std::vector<detail::FrameWitness> beds(const std::vector<const Instance*>& slices) {
  std::vector<const Instance*> firsts(slices);
  std::ranges::stable_sort(firsts, {}, [](const Instance* i) { return i->start; });
  const auto is_same_bed = [](const Instance* a, const Instance* b) { return a->start == b->start; };
  firsts.erase(std::unique(firsts.begin(), firsts.end(), is_same_bed), firsts.end());
  std::vector<detail::FrameWitness> witnesses;
  for (const Instance* i : firsts)
    witnesses.push_back({i->start, i->duration_s, i->decay_factor, i->frame_reference_s});
  return witnesses;
}

Factors factors_of_activity(const std::vector<const Instance*>& slices,
                            const detail::Tracer& tracer,
                            const Body& body,
                            const SuvImage& image,
                            const PetReadOptions& options,
                            std::vector<std::string>& warnings) {
  const std::string where = slices.front()->file.string();
  for (const Instance* slice : slices) detail::require_decay_claim(*slice);
  if (!tracer.drug.injected_activity_MBq)
    throw bad_input(where + " tag (0018,1074) RadionuclideTotalDose", "no injected activity", "one, for uptake");
  if (!tracer.drug.half_life_min)
    throw bad_input(where + " tag (0018,1075) RadionuclideHalfLife", "no half-life and no known radionuclide",
                    "one of them, to correct for decay");
  const double g_per_Bq = size_in_unit(image.type, body, where) / (*tracer.drug.injected_activity_MBq * 1e6);
  const std::vector<detail::FrameWitness> witnesses = beds(slices);
  const detail::FrameWitness& last = witnesses.back();
  const detail::ScanSpan span{witnesses.front().start, detail::plus_seconds(last.start, last.duration_s), where};
  const detail::InjectionTimes times = detail::find_injection(span, tracer, options.injection_time);
  if (!times.used)
    throw bad_input(where + " tag (0018,1078) RadiopharmaceuticalStartDateTime", "no injection time",
                    "one, in the header or given by the user (--injection-time)");
  const double half_life_min = *tracer.drug.half_life_min;
  for (std::string& warning : detail::check_wait(*times.used, half_life_min, options.injection_time.has_value(), span))
    warnings.push_back(std::move(warning));
  Factors factors;
  const auto add = [&](const Instance& slice, double decay) {
    factors.of_slice.push_back(g_per_Bq * decay * (slice.units == "CNTS" ? *slice.philips_activity_factor : 1.0));
  };
  const detail::DecayClaim claim =
      detail::decay_claim(*slices.front(), times.stated ? times.stated : times.used, half_life_min);
  if (slices.front()->decay_correction == "NONE") {
    detail::require_uncorrected(witnesses, claim, where, warnings);
    for (const Instance* slice : slices) {
      const double start_min = detail::seconds_between(*times.used, slice->start) / 60.0;
      add(*slice, frame_decay_factor(start_min, start_min + slice->duration_s / 60.0, half_life_min));
    }
    factors.evidence = "values without decay correction were corrected to injection, slice by slice";
    return factors;
  }
  const detail::DecayReference reference = detail::find_decay_reference(witnesses, claim, where);
  const double wait_min = detail::seconds_between(*times.used, reference.time) / 60.0;
  for (const Instance* slice : slices) add(*slice, decay_reference_shift(wait_min, 0.0, half_life_min));
  factors.evidence = "dose and activity at one time: " + reference.evidence;
  warnings.insert(warnings.end(), reference.warnings.begin(), reference.warnings.end());
  return factors;
}

}  // namespace

SuvImage read_suv(const std::filesystem::path& folder, SuvType type, const PetReadOptions& options) {
  if (options.decay_reference || options.allows_lossy)
    throw UsageError("uptake takes neither a decay reference nor lossy pixels");
  const detail::DecodingScope decoding;
  const detail::Scan scan = detail::scan_for_pet({folder}, options.threads);
  const detail::Series& series = detail::choose_series(scan, options.series_uid, folder.string());
  require_usable(series);
  detail::require_agreement(series);
  const std::vector<const Instance*> slices = ordered(series);
  const Instance& first = *slices.front();
  const std::string where = first.file.string();
  detail::FileHeader header = detail::read_file_header(first.file);
  const detail::Dataset data(std::move(header.elements), where);

  SuvImage image;
  image.grid = detail::grid_of(slices);
  image.type = type;
  image.unit = type == SuvType::bsa ? "cm2/mL" : "g/mL";
  const Body body = read_body(data, image.warnings);
  const detail::Tracer tracer = detail::read_tracer(first.file);
  image.tracer = tracer.drug;
  image.warnings.insert(image.warnings.end(), tracer.warnings.begin(), tracer.warnings.end());
  if (std::ranges::any_of(slices, [](const Instance* slice) { return slice->pixels.intercept != 0.0; }))
    image.warnings.emplace_back("rescale intercepts are not zero; they were applied");
  Factors factors;
  if (first.units == "GML" || first.units == "CM2ML") {
    factors = factors_of_uptake(slices, data, body, type, where);
  } else if (first.units == "BQML" || (first.units == "CNTS" && std::ranges::all_of(slices, [](const Instance* slice) {
                                         return slice->philips_activity_factor.value_or(0.0) > 0.0;
                                       }))) {
    factors = factors_of_activity(slices, tracer, body, image, options, image.warnings);
  } else {
    throw refusal(first, "(0054,1001) Units", first.units,
                  "BQML, CNTS with the Philips activity concentration factor (7053,1009), GML or CM2ML");
  }
  image.evidence = factors.evidence;
  const std::size_t slice_size = image.grid.voxel_count() / slices.size();
  // Compressed pixels may be fewer than the file claims, which one slice tells before memory is taken for all.
  if (!first.pixels.is_native) {
    std::vector<float> values(slice_size);
    detail::read_pixels(first, 1.0, values);
  }
  image.voxels.resize(image.grid.voxel_count());
  parallel_for(slices.size(), options.threads, [&](std::size_t i) {
    detail::read_pixels(*slices[i], factors.of_slice[i], std::span(image.voxels).subspan(i * slice_size, slice_size));
  });
  return image;
}

}  // namespace pet
