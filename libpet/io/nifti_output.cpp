// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <cstring>
#include <stdexcept>
#include <string>

#include "libpet/io/detail/json.h"
#include "libpet/io/detail/nifti_writer.h"
#include "libpet/io/detail/tracer.h"
#include "libpet/io/nifti.h"
#include "libpet/io/tsv.h"

namespace pet {
namespace {

namespace fs = std::filesystem;

void require_voxels(std::size_t found, std::size_t expected) {
  if (found != expected)
    throw std::logic_error(std::to_string(found) + " voxels for an image of " + std::to_string(expected));
}

void write_floats(const detail::NiftiLayout& layout,
                  std::span<const float> voxels,
                  double factor,
                  const fs::path& path,
                  unsigned threads) {
  require_voxels(voxels.size(), layout.grid.voxel_count() * layout.volumes);
  detail::write_nifti(
      layout,
      [&](std::size_t first, std::span<std::byte> bytes) {
        if (factor == 1.0) {
          std::memcpy(bytes.data(), voxels.data() + first, bytes.size());
          return;
        }
        for (std::size_t v = 0; v < bytes.size() / sizeof(float); ++v) {
          const auto value = static_cast<float>(static_cast<double>(voxels[first + v]) * factor);
          std::memcpy(bytes.data() + v * sizeof value, &value, sizeof value);
        }
      },
      path, 1, threads);
}

detail::NiftiLayout layout_of(const Grid& grid, const Frames& frames, const std::string& description) {
  detail::NiftiLayout layout;
  layout.grid = grid;
  layout.volumes = frames.size();
  layout.has_time = true;
  layout.frame_s = std::round(frames.front().duration_min() * 60e3) / 1e3;
  layout.description = description;
  return layout;
}

}  // namespace

void write_nifti_volume(const Grid& grid,
                        std::span<const float> voxels,
                        const fs::path& path,
                        const std::string& description,
                        unsigned threads) {
  detail::NiftiLayout layout;
  layout.grid = grid;
  layout.description = description;
  write_floats(layout, voxels, 1.0, path, threads);
}

std::string nifti_volume_bytes(const Grid& grid, std::span<const float> voxels) {
  require_voxels(voxels.size(), grid.voxel_count());
  detail::NiftiLayout layout;
  layout.grid = grid;
  const std::vector<std::byte> header = detail::nifti_header_bytes(layout);
  std::string bytes(header.size() + voxels.size_bytes(), '\0');
  std::memcpy(bytes.data(), header.data(), header.size());
  std::memcpy(bytes.data() + header.size(), voxels.data(), voxels.size_bytes());
  return bytes;
}

void write_nifti_series(const Grid& grid,
                        const Frames& frames,
                        std::span<const float> voxels,
                        const fs::path& path,
                        const std::string& description,
                        double factor,
                        unsigned threads) {
  write_floats(layout_of(grid, frames, description), voxels, factor, path, threads);
}

void write_nifti_series(const Grid& grid,
                        const Frames& frames,
                        const std::function<void(std::size_t, std::size_t, std::span<float>)>& read_slice,
                        const fs::path& path,
                        const std::string& description,
                        unsigned threads) {
  const auto slices = static_cast<std::size_t>(grid.size[2]);
  const std::size_t size = static_cast<std::size_t>(grid.size[0]) * static_cast<std::size_t>(grid.size[1]);
  if (grid.voxel_count() == 0) throw std::logic_error("an image without voxels");
  detail::write_nifti(
      layout_of(grid, frames, description),
      [&](std::size_t first, std::span<std::byte> bytes) {
        thread_local std::vector<float> values;
        values.resize(size);
        for (std::size_t slice = first / size; !bytes.empty(); ++slice, bytes = bytes.subspan(size * sizeof(float))) {
          read_slice(slice / slices, slice % slices, values);
          std::memcpy(bytes.data(), values.data(), size * sizeof(float));
        }
      },
      path, size, threads);
}

std::string image_sidecar_text(const DynamicImage& image, const Provenance& provenance, const std::string& extra_json) {
  detail::Json object;
  if (!image.manufacturer.empty()) object["Manufacturer"] = image.manufacturer;
  object["Units"] = image.unit == ActivityUnit::kBq_per_mL ? "Bq/mL" : "unknown";
  detail::add_tracer(object, image.tracer);
  object["InjectionStart"] = 0;
  object["FrameTimesStart"] = detail::Json::array();
  object["FrameDuration"] = detail::Json::array();
  for (const Frame& frame : image.frames) {
    object["FrameTimesStart"].push_back(*parse_number(format_seconds(frame.start_min)));
    object["FrameDuration"].push_back(*parse_number(format_seconds(frame.duration_min())));
  }
  object["ScanStart"] = object["FrameTimesStart"].front();
  object["ImageDecayCorrected"] = true;
  object["ImageDecayCorrectionTime"] = 0;
  object.update(detail::object_from(extra_json));
  detail::add_provenance(object, provenance);
  return detail::text_of(object);
}

}  // namespace pet
