// SPDX-License-Identifier: Apache-2.0
// Time of reading a dynamic series as a multiple of the time of `cat FILES > /dev/null`, taken in turns in one run with
// the files in the page cache. Usage: read_series_benchmark [BOUND [REPEATS]]; ends with 1 if the ratio is above BOUND.
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include "libpet/dicom/pet_image.h"
#include "libpet/dicom/pet_writer.h"

namespace {

namespace fs = std::filesystem;

constexpr int frame_count = 45;
constexpr int slice_count = 80;  // 3,600 files of 128 x 128

pet::DynamicImage large_image() {
  pet::DynamicImage image;
  image.grid = {{128, 128, slice_count}, {-128.0, -128.0, -80.0}, {{{2.0, 0, 0}, {0, 2.0, 0}, {0, 0, 2.0}}}};
  std::vector<pet::Frame> frames;
  for (int f = 0; f < frame_count; ++f) frames.push_back({2.0 * f, 2.0 * (f + 1)});
  image.frames = pet::Frames(frames);
  image.voxels.resize(image.grid.voxel_count() * frame_count);
  std::uint32_t state = 1;
  for (float& value : image.voxels) {
    state = state * 1664525u + 1013904223u;
    value = static_cast<float>(state >> 8) * 1e-6f;
  }
  image.unit = pet::ActivityUnit::kBq_per_mL;
  image.tracer.radionuclide = "C11";
  image.tracer.half_life_min = 20.334;
  return image;
}

double seconds_of(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void run_cat(const std::vector<std::string>& files) {
  const pid_t child = fork();
  if (child == 0) {
    std::vector<char*> arguments{const_cast<char*>("cat")};
    for (const std::string& file : files) arguments.push_back(const_cast<char*>(file.c_str()));
    arguments.push_back(nullptr);
    if (std::freopen("/dev/null", "w", stdout) != nullptr) execvp("cat", arguments.data());
    _exit(127);
  }
  int status = 0;
  waitpid(child, &status, 0);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) throw std::runtime_error("cat failed");
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

int measure(const fs::path& folder, double bound, int repeats) {
  pet::PetWriteOptions options;
  options.uid_seed = "benchmark";
  options.injection_datetime = "2026-01-31T12:00:00.000";
  std::vector<std::string> files;
  for (const fs::path& file : pet::write_pet_series(large_image(), options, folder)) files.push_back(file.string());

  std::vector<double> cat_times, read_times;
  for (int repeat = -1; repeat < repeats; ++repeat) {
    const double cat_time = seconds_of([&] { run_cat(files); });
    float last = 0.0f;
    const double read_time = seconds_of([&] { last = pet::read_pet_series(folder).voxels.back(); });
    if (!std::isfinite(last)) throw std::runtime_error("a value that is not finite");
    if (repeat < 0) continue;  // warms the page cache
    cat_times.push_back(cat_time);
    read_times.push_back(read_time);
  }
  const double best_cat = *std::min_element(cat_times.begin(), cat_times.end());
  const double best_read = *std::min_element(read_times.begin(), read_times.end());
  const double ratio = best_read / best_cat;
  std::printf("files\t%zu\ncat_best_s\t%.4f\ncat_median_s\t%.4f\nread_best_s\t%.4f\nread_median_s\t%.4f\n",
              files.size(), best_cat, median(cat_times), best_read, median(read_times));
  std::printf("ratio_of_best\t%.2f\nratio_of_medians\t%.2f\nbound\t%.2f\n", ratio,
              median(read_times) / median(cat_times), bound);
  return ratio <= bound ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  const double bound = argc > 1 ? std::atof(argv[1]) : 4.0;
  const int repeats = argc > 2 ? std::atoi(argv[2]) : 9;
  std::string name = (fs::temp_directory_path() / "occupet-benchmark-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) return 2;
  int status = 2;
  try {
    status = measure(name, bound, std::max(1, repeats));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "read_series_benchmark: %s\n", error.what());
  }
  fs::remove_all(name);
  return status;
}
