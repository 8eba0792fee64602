// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "libpet/dicom/pet_writer.h"
#include "libpet/image.h"

class DcmDataset;
class DcmItem;
class DcmTagKey;

namespace pet::test {

/// A folder that is new and empty, and removed with the object.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

/// A small C-11 image of 5 x 4 x 3 voxels on the given frames (minutes after injection). Values differ in every voxel.
DynamicImage small_image(std::vector<Frame> frames = {{0.0, 1.0}, {1.0, 3.0}, {3.0, 8.0}});

/// Injection at 12:00 on 31 January 2026.
PetWriteOptions small_options(DecayCorrection::Found decay = DecayCorrection::Found::start);

/// Changes one file with DCMTK and saves it in its transfer syntax.
void damage(const std::filesystem::path& file, const std::function<void(DcmDataset&)>& change);
void damage_all(const std::vector<std::filesystem::path>& files, const std::function<void(DcmDataset&)>& change);

/// A sound series on disk, to be changed. Files are in order of frame and slice: 3 slices a frame.
struct WrittenSeries {
  TemporaryFolder folder;
  std::vector<std::filesystem::path> files;

  explicit WrittenSeries(DecayCorrection::Found decay = DecayCorrection::Found::start,
                         std::vector<Frame> frames = {{1.0, 2.0}, {2.0, 4.0}, {4.0, 9.0}});

  DynamicImage read(const std::optional<std::string>& injection = std::nullopt) const;
  /// The message of the InputError that reading throws; empty if it throws none.
  std::string refusal() const;
  void set(const DcmTagKey& tag, const char* value) const;
  void set_tracer(const std::function<void(DcmItem&)>& change) const;
};

/// The radiopharmaceutical item of a data set.
DcmItem& tracer_of(DcmDataset& data);

/// The message of the InputError that reading the folder throws; empty if it throws none.
std::string refusal(const std::filesystem::path& folder);

}  // namespace pet::test
