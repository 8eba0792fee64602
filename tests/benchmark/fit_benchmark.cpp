// SPDX-License-Identifier: Apache-2.0
// How long regional fits take: one SRTM fit in this process, and the whole pet-fit of a table of 100 regions.
//   fit_benchmark PET_FIT [MOST_MS_PER_FIT MOST_S_PER_TABLE]       (0.5 ms and 0.3 s)
// Prints the medians and ends with 1 where one is above its bound.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "kinetic_models/srtm.h"
#include "libpet/io/tsv.h"
#include "tests/kinetic_models/simulated_scan.h"

namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

// The target with one of many noise patterns of 2 %.
pet::TimeActivityCurve noisy(pet::TimeActivityCurve target, int pattern) {
  for (std::size_t i = 0; i < target.activity.size(); ++i)
    target.activity[i] *= 1.0 + 0.02 * std::sin(12.9898 * static_cast<double>(i) + 78.233 * pattern);
  return target;
}

double time_per_fit(const simulated::Scan& scan) {
  const pet::ReferenceRegion reference(scan.reference);
  constexpr int fits = 200;
  std::vector<double> times;
  for (int repeat = 0; repeat < 5; ++repeat) {
    const auto start = Clock::now();
    for (int i = 0; i < fits; ++i) pet::fit(pet::srtm, noisy(scan.target, i), reference);
    times.push_back(seconds_since(start) / fits);
  }
  return median(times);
}

void write_table(const simulated::Scan& scan, const std::filesystem::path& path) {
  std::vector<std::string> header = {"frame_start", "frame_end", "reference"};
  std::vector<pet::TimeActivityCurve> targets;
  for (int i = 0; i < 99; ++i) {
    header.push_back("region" + std::to_string(i));
    targets.push_back(noisy(scan.target, i));
  }
  pet::TsvWriter table(header);
  for (std::size_t f = 0; f < scan.reference.frames.size(); ++f) {
    const pet::Frame& frame = scan.reference.frames[f];
    std::vector<std::string> row = {pet::format_seconds(frame.start_min), pet::format_seconds(frame.end_min),
                                    pet::format_number(scan.reference.activity[f])};
    for (const auto& target : targets) row.push_back(pet::format_number(target.activity[f]));
    table.row(row);
  }
  std::ofstream(path) << table.text();
}

double time_per_table(const simulated::Scan& scan, const std::string& pet_fit) {
  const auto path = std::filesystem::temp_directory_path() / "occupet_fit_benchmark_tacs.tsv";
  write_table(scan, path);
  const std::string line = pet_fit + " " + path.string() + " --model srtm --reference reference > /dev/null";
  std::vector<double> times;
  for (int repeat = 0; repeat < 7; ++repeat) {
    const auto start = Clock::now();
    if (std::system(line.c_str()) != 0) {
      std::fprintf(stderr, "fit_benchmark: %s failed\n", pet_fit.c_str());
      std::exit(2);
    }
    times.push_back(seconds_since(start));
  }
  std::filesystem::remove(path);
  return median(times);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2 && argc != 4) {
    std::fprintf(stderr, "usage: fit_benchmark PET_FIT [MOST_MS_PER_FIT MOST_S_PER_TABLE]\n");
    return 2;
  }
  const double most_ms = argc == 4 ? std::atof(argv[2]) : 0.5;
  const double most_s = argc == 4 ? std::atof(argv[3]) : 0.3;
  const simulated::Scan scan = simulated::srtm_scan({}, simulated::cimbi36_frames());
  const double fit_ms = 1e3 * time_per_fit(scan);
  const double table_s = time_per_table(scan, argv[1]);
  std::printf("regional SRTM fit of 45 frames with standard errors  %.3f ms (bound %.3g)\n", fit_ms, most_ms);
  std::printf("pet-fit of a table of 100 regions                    %.3f s (bound %.3g)\n", table_s, most_s);
  return fit_ms <= most_ms && table_s <= most_s ? 0 : 1;
}
