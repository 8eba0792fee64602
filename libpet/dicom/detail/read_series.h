// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "libpet/dicom/detail/layout.h"
#include "libpet/dicom/detail/pixels.h"
#include "libpet/dicom/detail/series.h"
#include "libpet/dicom/pet_image.h"

namespace pet::detail {

/// A series whose slices have their places and times, and whose pixels are read where they are wanted.
class PlacedSeries {
 public:
  /// Throws as read_pet_series does for anything but pixels.
  PlacedSeries(Series series, const PetReadOptions& options);
  PlacedSeries(const PlacedSeries&) = delete;
  PlacedSeries& operator=(const PlacedSeries&) = delete;

  const Series& series() const { return series_; }
  /// The image without its voxels.
  const DynamicImage& image() const { return image_; }

  /// What is stored for a slice, rescaled, in Bq/mL; see DescribedScan.
  void read_stored_slice(std::size_t frame, std::size_t slice, std::span<float> values) const;
  /// The image with its voxels in kBq/mL, corrected to injection.
  DynamicImage read(unsigned threads) const;

 private:
  void read_slice(std::size_t frame, std::size_t slice, double factor, std::span<float> values) const;
  Series series_;
  DecodingScope decoding_;
  Layout layout_;
  DynamicImage image_;
};

}  // namespace pet::detail
