// SPDX-License-Identifier: Apache-2.0
// Time of converting a dynamic series of 3,600 slices to NIfTI with sidecar, with pet-convert and with dcm2niix where
// that is installed, in turns in one run with the files in the page cache; compressed and not.
// Usage: convert_benchmark PET_CONVERT [BOUND [REPEATS]]; ends with 1 if dcm2niix takes less than BOUND times as long.
#include <sys/wait.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>

#include "libpet/dicom/pet_writer.h"

namespace {

namespace fs = std::filesystem;

constexpr int frame_count = 45;
constexpr int slice_count = 80;
constexpr int side = 128;

// A noisy head in air, which is empty or as noisy as the head.
pet::DynamicImage head(bool is_air_noisy) {
  pet::DynamicImage image;
  image.grid = {{side, side, slice_count}, {-128.0, -128.0, -80.0}, {{{2.0, 0, 0}, {0, 2.0, 0}, {0, 0, 2.0}}}};
  std::vector<pet::Frame> frames;
  for (int f = 0; f < frame_count; ++f) frames.push_back({2.0 * f, 2.0 * (f + 1)});
  image.frames = pet::Frames(frames);
  image.voxels.reserve(image.grid.voxel_count() * frame_count);
  std::uint32_t state = 1;
  for (int f = 0; f < frame_count; ++f)
    for (int k = 0; k < slice_count; ++k)
      for (int j = 0; j < side; ++j)
        for (int i = 0; i < side; ++i) {
          const double x = (i - 63.5) / 40.0, y = (j - 63.5) / 48.0, z = (k - 39.5) / 38.0;
          state = state * 1664525u + 1013904223u;
          const double noise = static_cast<double>(state >> 8) / 16777216.0;
          const double mean = x * x + y * y + z * z < 1.0 ? 5.0 + f * 0.1 : 0.0;
          image.voxels.push_back(mean > 0.0 || is_air_noisy ? static_cast<float>(mean + 3.0 * noise) : 0.0f);
        }
  image.unit = pet::ActivityUnit::kBq_per_mL;
  image.tracer.radionuclide = "C11";
  image.tracer.half_life_min = 20.334;
  return image;
}

// Seconds that a line of the shell takes.
double seconds_of(const std::string& line) {
  const auto start = std::chrono::steady_clock::now();
  const int status = std::system((line + " > /dev/null 2>&1").c_str());
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) throw std::runtime_error("failed: " + line);
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

struct Times {
  double ours = INFINITY;
  double theirs = INFINITY;
};

// The best of several turns; the first warms the page cache and does not count.
Times measure(const fs::path& folder, const std::string& convert, bool compress, bool has_other, int repeats) {
  const std::string from = (folder / "dicom").string(), to = (folder / "out").string();
  const std::string ours =
      convert + " " + from + " -q --force --subject 01 -o " + to + (compress ? "" : " --uncompressed");
  const std::string theirs =
      std::string("dcm2niix -b y -w 1 -z ") + (compress ? "y" : "n") + " -f x -o " + to + " " + from;
  Times best;
  for (int repeat = -1; repeat < repeats; ++repeat) {
    const Times times = {seconds_of(ours), has_other ? seconds_of(theirs) : INFINITY};
    if (repeat < 0) continue;
    best = {std::min(best.ours, times.ours), std::min(best.theirs, times.theirs)};
  }
  return best;
}

int run(const fs::path& folder, const std::string& convert, double bound, int repeats) {
  pet::PetWriteOptions options;
  options.uid_seed = "benchmark";
  options.injection_datetime = "2026-01-31T12:00:00.000";
  fs::create_directories(folder / "out");
  const bool has_other = std::system("command -v dcm2niix > /dev/null 2>&1") == 0;
  if (!has_other) std::fputs("convert_benchmark: dcm2niix is not installed; only pet-convert is measured\n", stderr);
  bool is_fast = true;
  std::printf("air\toutput\tpet_convert_s\tdcm2niix_s\tratio\n");
  for (const bool is_air_noisy : {true, false}) {
    pet::write_pet_series(head(is_air_noisy), options, folder / "dicom");
    for (const bool compress : {true, false}) {
      const Times times = measure(folder, convert, compress, has_other, repeats);
      std::printf("%s\t%s\t%.3f\t%.3f\t%.2f\n", is_air_noisy ? "noisy" : "empty", compress ? "nii.gz" : "nii",
                  times.ours, times.theirs, times.theirs / times.ours);
      is_fast = is_fast && !(times.theirs < bound * times.ours);
    }
  }
  return is_fast ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fputs("usage: convert_benchmark PET_CONVERT [BOUND [REPEATS]]\n", stderr);
    return 2;
  }
  const double bound = argc > 2 ? std::atof(argv[2]) : 2.5;
  const int repeats = argc > 3 ? std::atoi(argv[3]) : 3;
  std::string name = (fs::temp_directory_path() / "occupet-benchmark-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) return 2;
  int status = 2;
  try {
    status = run(name, argv[1], bound, std::max(1, repeats));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "convert_benchmark: %s\n", error.what());
  }
  fs::remove_all(name);
  return status;
}
