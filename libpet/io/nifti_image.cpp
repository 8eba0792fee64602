// SPDX-License-Identifier: Apache-2.0
#include <bit>
#include <cmath>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "libpet/decay.h"
#include "libpet/detail/vector_versions.h"
#include "libpet/error.h"
#include "libpet/io/detail/frame_lists.h"
#include "libpet/io/detail/json.h"
#include "libpet/io/detail/nifti_reader.h"
#include "libpet/io/detail/table_sidecars.h"
#include "libpet/io/detail/tracer.h"
#include "libpet/io/nifti.h"
#include "libpet/io/tsv.h"
#include "libpet/io/units.h"
#include "libpet/large_pages.h"

namespace pet {
namespace {

namespace fs = std::filesystem;
using detail::Sidecar;

constexpr double millisecond_min = 1e-3 / 60.0;

Sidecar sidecar_of(const fs::path& path) {
  const fs::path beside = detail::own_sidecar(path);
  if (!fs::is_regular_file(beside))
    throw InputNotFound(path.string() + ": found no sidecar, expected " + beside.string());
  return Sidecar(beside);
}

std::vector<double> required_list(const Sidecar& sidecar, const char* key, std::size_t volumes) {
  auto list = sidecar.numbers(key);
  if (!list) throw sidecar.error(key, "nothing", "one time in seconds for each frame");
  if (list->size() != volumes)
    throw sidecar.error(key, std::to_string(list->size()) + " values",
                        std::to_string(volumes) + ", the number of volumes of the image");
  return *std::move(list);
}

Frames frames_of(const Sidecar& sidecar, std::size_t volumes, double injection_s) {
  // Before the lengths are compared with the image: this mistake is the better explanation.
  detail::require_durations(sidecar);
  std::vector<Frame> frames(volumes);
  const std::vector<double> start = required_list(sidecar, "FrameTimesStart", volumes);
  const std::vector<double> duration = required_list(sidecar, "FrameDuration", volumes);
  for (std::size_t f = 0; f < volumes; ++f) {
    frames[f].start_min = (start[f] - injection_s) / 60.0;
    frames[f].end_min = (start[f] + duration[f] - injection_s) / 60.0;
  }
  try {
    return Frames(std::move(frames));
  } catch (const InputError& error) {
    throw InputError(sidecar.source() + ": " + error.what());
  }
}

DecayCorrection decay_of(const Sidecar& sidecar, const DynamicImage& image, double injection_s) {
  const auto is_corrected = sidecar.boolean("ImageDecayCorrected");
  if (!is_corrected) throw sidecar.error("ImageDecayCorrected", "nothing", "true or false");
  const auto& half_life = image.tracer.half_life_min;
  const auto require_half_life = [&] {
    if (!half_life)
      throw sidecar.error("RadionuclideHalfLife", "nothing (nor a known TracerRadionuclide)",
                          "a half-life in seconds, to correct for decay to injection");
  };
  DecayCorrection decay;
  if (!*is_corrected) {
    require_half_life();
    decay.found = DecayCorrection::Found::none;
    for (const Frame& frame : image.frames)
      decay.factor_applied.push_back(frame_decay_factor(frame.start_min, frame.end_min, *half_life));
    decay.evidence = "ImageDecayCorrected is false";
    return decay;
  }
  const auto reference_s = sidecar.number("ImageDecayCorrectionTime");
  if (!reference_s)
    throw sidecar.error("ImageDecayCorrectionTime", "nothing", "the time in seconds that the image is corrected to");
  decay.reference_min = (*reference_s - injection_s) / 60.0;
  decay.evidence = "ImageDecayCorrectionTime of the sidecar";
  if (std::abs(*decay.reference_min) <= millisecond_min)
    decay.found = DecayCorrection::Found::administration;
  else if (std::abs(*decay.reference_min - image.frames.front().start_min) <= millisecond_min)
    decay.found = DecayCorrection::Found::start;
  double factor = 1.0;
  if (*decay.reference_min != 0.0) {
    require_half_life();
    factor = decay_reference_shift(*decay.reference_min, 0.0, *half_life);
  }
  decay.factor_applied = {factor};
  return decay;
}

// Factor to kBq/mL; 1 with a warning where the unit is none of concentration.
double read_unit(const Sidecar& sidecar, DynamicImage& image) {
  const std::string unit = sidecar.text("Units").value_or("");
  if (const auto factor = in_kBq_per_mL(unit)) {
    image.unit = ActivityUnit::kBq_per_mL;
    return *factor;
  }
  image.warnings.push_back(unit.empty() ? "no Units in the sidecar: the unit of the image is unknown"
                                        : "Units '" + unit + "' are no activity concentration: the unit is unknown");
  return 1.0;
}

// Returns how many voxels are not finite. (Their exponents, all ones, are counted without a branch.)
OCCUPET_VECTOR_VERSIONS
std::uint32_t scale_voxels(std::span<float> voxels, double scale) {
  constexpr std::uint32_t exponent = 0x7f800000;
  std::uint32_t not_finite = 0;
  for (float& voxel : voxels) {
    voxel = static_cast<float>(static_cast<double>(voxel) * scale);
    not_finite += (std::bit_cast<std::uint32_t>(voxel) & exponent) == exponent ? 1 : 0;
  }
  return not_finite;
}

void read_voxels(detail::NiftiReader& reader, DynamicImage& image, double factor) {
  const std::size_t count = image.grid.voxel_count();
  // Memory is taken as the file turns out to have voxels: a short one may declare many.
  const std::size_t all = count * image.frames.size();
  reader.take_memory(all * sizeof(float), [&] { reserve_in_large_pages(image.voxels, all); });
  std::size_t not_finite = 0;
  for (std::size_t f = 0; f < image.frames.size(); ++f) {
    const std::vector<double>& decay = image.decay.factor_applied;
    const double scale = factor * decay[decay.size() == 1 ? 0 : f];
    // Scaled before they leave the cache, and no page is touched before its voxels are there.
    reader.read_pieces<float>(count, [&](std::span<float> voxels) {
      not_finite += scale_voxels(voxels, scale);
      image.voxels.insert(image.voxels.end(), voxels.begin(), voxels.end());
    });
  }
  if (not_finite > 0)
    image.warnings.push_back(std::to_string(not_finite) + " values of the image are not finite numbers");
}

}  // namespace

DynamicImage read_nifti_image(const fs::path& path) {
  detail::NiftiReader reader(path);
  const Sidecar sidecar = sidecar_of(path);
  DynamicImage image;
  image.grid = reader.grid();
  image.tracer = detail::tracer_of(sidecar);
  const auto injection_s = sidecar.number("InjectionStart");
  if (!injection_s)
    image.warnings.push_back("no InjectionStart in the sidecar: times are taken to count from injection");
  image.frames = frames_of(sidecar, reader.volumes(), injection_s.value_or(0.0));
  image.decay = decay_of(sidecar, image, injection_s.value_or(0.0));
  image.manufacturer = sidecar.text("Manufacturer").value_or("");
  const double factor = read_unit(sidecar, image);
  read_voxels(reader, image, factor);
  return image;
}

}  // namespace pet
