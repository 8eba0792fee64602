// SPDX-License-Identifier: Apache-2.0
// The whole of `pet-map --model srtm` on a simulated brain (96 x 96 x 48 voxels, 38 frames), as a multiple of reading
// the image into memory, taken in turns in one run with the files in the page cache, and its peak memory.
//   map_command_benchmark COMMANDS_DIR [REPEATS]
// Prints best wall times and their ratios and bounds. Plain reading is what a simple program does on one core, in pages
// as they come: the bytes of a .nii read into new memory, every DICOM file loaded by DCMTK and its pixels rescaled one
// after the other, `gzip -dc` of a .nii.gz. Own reading is that of this library, which uses large pages and, for DICOM,
// all cores. Bounds are for plain reading (docs/decisions/0013-what-reading-is.md).
#include <dcmtk/config/osconfig.h>
//
#include <dcmtk/dcmdata/dctk.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <memory>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "libpet/dicom/pet_image.h"
#include "libpet/io/nifti.h"

namespace {

namespace fs = std::filesystem;

struct Cost {
  double wall_s = 1e9;
  double peak_MB = 0.0;

  void keep_best(const Cost& other) {
    wall_s = std::min(wall_s, other.wall_s);
    peak_MB = std::max(peak_MB, other.peak_MB);
  }
};

// Does the work in a process of its own, whose memory is known exactly.
Cost cost_of(const std::function<int()>& work) {
  const auto start = std::chrono::steady_clock::now();
  const pid_t child = fork();
  if (child == 0) _exit(work());
  int status = 0;
  rusage usage{};
  wait4(child, &status, 0, &usage);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) throw std::runtime_error("a command failed");
  return {std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count(),
          static_cast<double>(usage.ru_maxrss) / 1024.0};
}

Cost cost_of_command(const std::string& line) {
  return cost_of([&] {
    execl("/bin/sh", "sh", "-c", ("exec " + line).c_str(), static_cast<char*>(nullptr));
    return 127;
  });
}

void write_study(const fs::path& path) {
  nlohmann::json study =
      nlohmann::json::parse(std::ifstream(std::string(OCCUPET_SOURCE_DIR) + "/data/studies/psilocybin.json"));
  study["image"]["matrix"] = {96, 96, 48};
  study["image"]["voxel_mm"] = {2.0, 2.0, 2.9};
  study["framing"]["frames"] = {{6, 10}, {6, 20}, {6, 60}, {8, 120}, {12, 300}};
  study["noise"]["frame"] = 38;
  study["noise"]["voxel_cv_percent"] = 10.0;
  std::ofstream(path) << study.dump();
}

// Reads all bytes of a file into memory that nobody had before.
int read_bytes(const std::string& path) {
  const auto size = static_cast<std::streamsize>(fs::file_size(path));
  const auto bytes = std::make_unique_for_overwrite<char[]>(static_cast<std::size_t>(size));
  return std::ifstream(path, std::ios::binary).read(bytes.get(), size) ? 0 : 1;
}

// Loads every file of a folder by DCMTK and appends its rescaled pixels to an array of the right size.
int load_series(const std::string& folder) {
  const auto files = static_cast<std::size_t>(
      std::distance(fs::recursive_directory_iterator(folder), fs::recursive_directory_iterator()));
  std::vector<float> voxels;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    DcmFileFormat file;
    if (file.loadFile(entry.path().c_str()).bad()) return 1;
    double slope = 1.0;
    double intercept = 0.0;
    const Uint16* pixels = nullptr;
    unsigned long count = 0;
    file.getDataset()->findAndGetFloat64(DCM_RescaleSlope, slope);
    file.getDataset()->findAndGetFloat64(DCM_RescaleIntercept, intercept);
    if (file.getDataset()->findAndGetUint16Array(DCM_PixelData, pixels, &count).bad()) return 1;
    if (voxels.empty()) voxels.reserve(files * count);
    for (unsigned long i = 0; i < count; ++i)
      voxels.push_back(static_cast<float>(slope * static_cast<std::int16_t>(pixels[i]) + intercept));
  }
  return voxels.empty() ? 1 : 0;
}

struct Row {
  const char* name;
  std::string image;
  double bound;
  std::function<Cost()> read_plainly;
  std::function<Cost()> read;
};

void measure(const fs::path& folder, const std::string& commands, int repeats) {
  write_study(folder / "study.json");
  cost_of_command(commands + "/pet-simulate " + (folder / "study.json").string() + " -q -o " +
                  (folder / "made").string());
  const fs::path session = folder / "made/ses-baseline";
  const std::string dicom = (session / "dicom").string();
  const std::string labels = (session / "sub-01_ses-baseline_trc-CIMBI36_seg-phantom_dseg").string();
  cost_of_command(commands + "/pet-convert " + dicom + " -q --subject 01 -o " + (folder / "bids").string());
  std::string compressed;
  for (const auto& entry : fs::recursive_directory_iterator(folder / "bids"))
    if (entry.path().string().ends_with(".nii.gz")) compressed = entry.path().string();
  const std::string nifti = (folder / "pet.nii").string();
  cost_of_command("gzip -dc " + compressed + " > " + nifti);
  fs::copy_file(compressed.substr(0, compressed.size() - 7) + ".json", folder / "pet.json");

  const auto own = [](auto read) { return [=] { return cost_of([=] { return read().voxels.empty() ? 1 : 0; }); }; };
  const std::vector<Row> rows = {
      {".nii", nifti, 2.0, [=] { return cost_of([=] { return read_bytes(nifti); }); },
       own([=] { return pet::read_nifti_image(nifti); })},
      {"DICOM", dicom, 1.5, [=] { return cost_of([=] { return load_series(dicom); }); },
       own([=] { return pet::read_pet_series(dicom); })},
      {".nii.gz", compressed, 1.0, [=] { return cost_of_command("gzip -dc " + compressed + " > /dev/null"); },
       own([=] { return pet::read_nifti_image(compressed); })}};
  const pet::DynamicImage image = pet::read_nifti_image(nifti);
  constexpr double maps = 12.0;  // 5 quantities with errors, RSS, AICc
  const double size_MB = static_cast<double>(image.voxels.size()) * 4.0 / 1048576.0;
  const double maps_MB = maps * static_cast<double>(image.grid.voxel_count()) * 4.0 / 1048576.0;
  std::printf("%-8s %14s %12s %8s %14s %7s %12s %9s\n", "input", "plain read, s", "own read, s", "map, s",
              "map/plain read", "bound", "map/own read", "peak MB");
  for (const Row& row : rows) {
    Cost plain, read, map;
    for (int repeat = 0; repeat < repeats; ++repeat) {
      plain.keep_best(row.read_plainly());
      read.keep_best(row.read());
      map.keep_best(cost_of_command(commands + "/pet-map " + row.image + " -q --force --model srtm --uncompressed " +
                                    "--labels " + labels + ".nii.gz --table " + labels +
                                    ".tsv --reference cerebellum " + "--mask " + labels + ".nii.gz -o " +
                                    (folder / "map").string()));
    }
    std::printf("%-8s %14.3f %12.3f %8.3f %14.2f %7.2f %12.2f %9.0f\n", row.name, plain.wall_s, read.wall_s, map.wall_s,
                map.wall_s / plain.wall_s, row.bound, map.wall_s / read.wall_s, map.peak_MB);
  }
  std::printf("bound of memory: 1.3 x %.0f MB of image + %.0f MB of maps = %.0f MB\n", size_MB, maps_MB,
              1.3 * size_MB + maps_MB);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  std::string name = (fs::temp_directory_path() / "occupet-benchmark-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) return 2;
  int status = 0;
  try {
    measure(name, argv[1], argc > 2 ? std::max(1, std::atoi(argv[2])) : 9);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "map_command_benchmark: %s\n", error.what());
    status = 2;
  }
  fs::remove_all(name);
  return status;
}
