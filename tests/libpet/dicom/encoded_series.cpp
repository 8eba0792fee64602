// SPDX-License-Identifier: Apache-2.0
#include "tests/libpet/dicom/encoded_series.h"

#include <dcmtk/dcmdata/dcrleerg.h>
#include <dcmtk/dcmjpeg/djencode.h>
#include <dcmtk/dcmjpeg/djrplol.h>
#include <dcmtk/dcmjpls/djencode.h>

#include "libpet/dicom/detail/jpeg2000_encoder.h"
#include "tests/libpet/dicom/dicom_item.h"
#include "tests/libpet/dicom/simulated_series.h"

namespace pet::test {
DynamicImage smooth_image(std::vector<Frame> frames) {
  DynamicImage image = small_image(std::move(frames));
  image.grid.size = {64, 48, 2};
  image.voxels.clear();
  for (std::size_t v = 0; v < image.frames.size() * image.grid.voxel_count(); ++v)
    image.voxels.push_back(0.01f * static_cast<float>(v % 64) + 0.02f * static_cast<float>(v / 64 % 48));
  return image;
}

void encode(const std::vector<std::filesystem::path>& files, E_TransferSyntax syntax, E_FileWriteMode mode) {
  DcmRLEEncoderRegistration::registerCodecs();
  DJEncoderRegistration::registerCodecs();
  DJLSEncoderRegistration::registerCodecs();
  const DJ_RPLossless lossless;
  const bool is_jpeg = syntax == EXS_JPEGProcess14SV1 || syntax == EXS_JPEGProcess14;
  for (const auto& path : files) {
    DcmFileFormat file;
    require(file.loadFile(path.c_str()));
    require(file.loadAllDataIntoMemory());
    if (syntax == EXS_JPEG2000 || syntax == EXS_JPEG2000LosslessOnly)
      detail::compress_jpeg2000(*file.getDataset(), syntax);
    else
      require(file.getDataset()->chooseRepresentation(syntax, is_jpeg ? &lossless : nullptr));
    require(file.saveFile(path.c_str(), syntax, EET_UndefinedLength, EGL_recalcGL, EPD_noChange, 0, 0, mode));
  }
}

}  // namespace pet::test
