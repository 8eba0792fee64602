// SPDX-License-Identifier: Apache-2.0
#include "tests/libpet/dicom/simulated_series.h"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>
#include <unistd.h>

#include <cmath>
#include <cstdlib>
#include <stdexcept>

#include "libpet/dicom/pet_image.h"
#include "libpet/error.h"

namespace pet::test {

namespace fs = std::filesystem;

TemporaryFolder::TemporaryFolder() {
  std::string name = (fs::temp_directory_path() / "occupet-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
  path_ = name;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

DynamicImage small_image(std::vector<Frame> frames) {
  DynamicImage image;
  image.grid = {{5, 4, 3}, {-10.0, 20.5, -30.25}, {{{2.0, 0.0, 0.0}, {0.0, 2.5, 0.0}, {0.0, 0.0, 3.125}}}};
  image.frames = Frames(std::move(frames));
  const std::size_t count = image.grid.voxel_count();
  for (std::size_t f = 0; f < image.frames.size(); ++f)
    for (std::size_t v = 0; v < count; ++v)
      image.voxels.push_back(static_cast<float>(3.0 + std::sin(0.37 * static_cast<double>(v + 100 * f)) * 2.5 +
                                                0.01 * static_cast<double>(v % 20)));
  image.unit = ActivityUnit::kBq_per_mL;
  image.tracer.name = "[11C]Cimbi-36";
  image.tracer.radionuclide = "C11";
  image.tracer.half_life_min = 1220.04 / 60.0;
  image.tracer.injected_activity_MBq = 512.5;
  image.tracer.molar_activity_GBq_per_umol = 80.0;
  return image;
}

PetWriteOptions small_options(DecayCorrection::Found decay) {
  PetWriteOptions options;
  options.uid_seed = "test";
  options.series_description = "dynamic brain";
  options.injection_datetime = "2026-01-31T12:00:00.000";
  options.decay_correction = decay;
  options.threads = 1;
  return options;
}

void damage(const fs::path& path, const std::function<void(DcmDataset&)>& change) {
  DcmFileFormat file;
  if (file.loadFile(path.c_str()).bad() || file.loadAllDataIntoMemory().bad())
    throw std::runtime_error(path.string() + " cannot be loaded");
  change(*file.getDataset());
  if (file.saveFile(path.c_str(), file.getDataset()->getOriginalXfer()).bad())
    throw std::runtime_error(path.string() + " cannot be saved");
}

void damage_all(const std::vector<fs::path>& files, const std::function<void(DcmDataset&)>& change) {
  for (const fs::path& file : files) damage(file, change);
}

WrittenSeries::WrittenSeries(DecayCorrection::Found decay, std::vector<Frame> frames)
    : files(write_pet_series(small_image(std::move(frames)), small_options(decay), folder.path())) {}

DynamicImage WrittenSeries::read(const std::optional<std::string>& injection) const {
  PetReadOptions options;
  options.injection_time = injection;
  return read_pet_series(folder.path(), options);
}

std::string WrittenSeries::refusal() const {
  return test::refusal(folder.path());
}

void WrittenSeries::set(const DcmTagKey& tag, const char* value) const {
  damage_all(files, [&](DcmDataset& data) {
    if (data.putAndInsertString(tag, value).bad()) throw std::runtime_error("an attribute cannot be set");
  });
}

void WrittenSeries::set_tracer(const std::function<void(DcmItem&)>& change) const {
  damage_all(files, [&](DcmDataset& data) { change(tracer_of(data)); });
}

DcmItem& tracer_of(DcmDataset& data) {
  DcmItem* item = nullptr;
  if (data.findAndGetSequenceItem(DCM_RadiopharmaceuticalInformationSequence, item).bad())
    throw std::runtime_error("no radiopharmaceutical");
  return *item;
}

std::string refusal(const fs::path& folder) {
  try {
    read_pet_series(folder);
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

}  // namespace pet::test
