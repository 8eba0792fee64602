// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "libpet/image.h"

namespace pet {

/// Whose way of writing a classic PET series is imitated. Scanners agree on the values and differ in what the times
/// mean; what follows is what their files were seen to hold.
///   plain           Frame Reference Time is the average-count-rate time; decay factors with full precision
///   siemens         the same, with slopes and decay factors of six digits; the time to which values are corrected
///                   again in (0071,1022)
///   ge              Frame Reference Time is the start of the frame; always signed; slopes and decay factors of six
///                   digits; the scan's time again in (0009,100D)
///   cps             Frame Reference Time 0 in every slice; slopes and decay factors of eight digits; weight 0; dose in
///                   exponents
///   philips         Frame Reference Time is mid-frame, decay factors are 1 although values are corrected, and the
///                   series time, to which they are corrected, is 58 s before the first frame
///   philips-counts  the same with Units CNTS and the activity concentration factor (7053,1009)
///   enhanced        one Enhanced PET object of all slices and frames (DICOM PS3.3 A.56), whose real world value
///                   mapping gives Bq/mL and whose decay correction date and time says to what they are corrected
enum class PetDialect { plain, siemens, ge, cps, philips, philips_counts, enhanced };

PetDialect pet_dialect(std::string_view name);  ///< throws UsageError that lists the names

/// Transfer syntaxes (DICOM PS3.5 chapter 10) in which a series can be written, all without loss. JPEG-LS is not among
/// them: the encoder of DCMTK 3.6.7 writes past its buffer where an image grows.
enum class PetEncoding {
  explicit_little,
  implicit_little,
  explicit_big,
  deflated,
  rle,
  jpeg,      ///< process 14
  jpeg_sv1,  ///< process 14, selection value 1
  jpeg2000
};

PetEncoding pet_encoding(std::string_view name);  ///< throws UsageError that lists the names

/// How a simulated scan is stored.
struct PetWriteOptions {
  std::string uid_seed;                ///< all UIDs are 2.25.<hash of seed and role>: same seed, same bytes
  std::string patient_id = "SIM01";    ///< simulated, never real
  std::string study_key;               ///< sessions with the same key share the study UID
  std::string frame_of_reference_key;  ///< images with the same key share the frame of reference
  int series_number = 1;
  std::string series_description;
  std::string injection_datetime;  ///< "2026-01-31T23:30:00.000" (DICOM local time)
  DecayCorrection::Found decay_correction = DecayCorrection::Found::start;
  double patient_weight_kg = 70.0;
  PetDialect dialect = PetDialect::plain;
  PetEncoding encoding = PetEncoding::explicit_little;
  bool is_shuffled = false;  ///< names of files say nothing of their order
  std::string drug;          ///< goes into the series description only
  unsigned threads = 0;
};

/// Writes a dynamic image (kBq/mL, corrected to injection) as a PET series: one file a slice (enhanced: one in all),
/// 16-bit with the slope of each slice chosen from its maximum, BQML, decay-corrected to scan start (START) or
/// injection (ADMIN) or not at all, ActualFrameDuration, DecayFactor, ImageIndex, radiopharmaceutical item. Returns the
/// files in order of frame and slice.
std::vector<std::filesystem::path> write_pet_series(const DynamicImage& image,
                                                    const PetWriteOptions& options,
                                                    const std::filesystem::path& folder);

/// Deterministic DICOM UID 2.25.<decimal of 128 bits of SHA-256(seed, role)>.
std::string uid_from(const std::string& seed, const std::string& role);

}  // namespace pet
