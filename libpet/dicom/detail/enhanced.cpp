// SPDX-License-Identifier: Apache-2.0
#include "libpet/dicom/detail/enhanced.h"

#include <algorithm>
#include <utility>

#include "libpet/dicom/detail/functional_groups.h"
#include "libpet/dicom/detail/instance_parts.h"

namespace pet::detail {
namespace {

// Where the attributes of a frame are, in the order in which they are looked for.
class Scope {
 public:
  explicit Scope(std::vector<const Dataset*> parts) : parts_(std::move(parts)) {}

  // The first part with a value of that tag; the last, the data set, where there is none.
  const Dataset& of(const DcmTagKey& tag) const {
    for (const Dataset* part : parts_)
      if (part->has(tag)) return *part;
    return *parts_.back();
  }
  bool has(const DcmTagKey& tag) const { return of(tag).has(tag); }
  bool is_data_set(const Dataset& part) const { return &part == parts_.back(); }
  std::string text(const DcmTagKey& tag) const { return of(tag).text(tag); }
  std::optional<double> number(const DcmTagKey& tag) const { return of(tag).number(tag); }

 private:
  std::vector<const Dataset*> parts_;
};

bool is_activity(const Dataset& mapping) {
  const auto unit = mapping.first_item(DCM_MeasurementUnitsCodeSequence);
  const std::string code = unit ? unit->text(DCM_CodeValue) : "";
  return code == "Bq/ml" || code == "Bq/mL";
}

// The groups of one item of functional groups, taken apart; of several real world mappings that to activity.
std::vector<Dataset> groups_of(const Dataset& item) {
  std::vector<Dataset> groups;
  for (const DcmTagKey& tag :
       {DCM_FrameContentSequence, DCM_PlanePositionSequence, DCM_PlaneOrientationSequence, DCM_PixelMeasuresSequence,
        DCM_PixelValueTransformationSequence, DCM_PETFrameCorrectionFactorsSequence, DCM_PETFrameTypeSequence,
        DCM_UnassignedPerFrameConvertedAttributesSequence, DCM_UnassignedSharedConvertedAttributesSequence})
    if (auto group = item.first_item(tag)) groups.push_back(std::move(*group));
  const std::vector<Dataset> mappings = item.items(DCM_RealWorldValueMappingSequence);
  const auto activity = std::ranges::find_if(mappings, is_activity);
  if (activity != mappings.end())
    groups.push_back(*activity);
  else if (!mappings.empty())
    groups.push_back(mappings.front());
  return groups;
}

void append_to(std::vector<const Dataset*>& parts, const std::vector<Dataset>& groups) {
  for (const Dataset& group : groups) parts.push_back(&group);
}

// The real world value mapping speaks of stored numbers, as the rescaling does, so that one of them is used.
void read_values(const Scope& scope, Instance& frame) {
  const Dataset& mapping = scope.of(DCM_RealWorldValueSlope);
  if (mapping.has(DCM_RealWorldValueSlope) && is_activity(mapping)) {
    frame.units = "BQML";
    frame.pixels.slope = mapping.required_number(DCM_RealWorldValueSlope);
    frame.pixels.intercept = mapping.number(DCM_RealWorldValueIntercept).value_or(0.0);
    if (!(frame.pixels.slope > 0.0))
      throw bad_input(mapping.where(DCM_RealWorldValueSlope), std::to_string(frame.pixels.slope), "a positive slope");
    return;
  }
  frame.units = scope.text(DCM_Units);
  const Dataset& rescaling = scope.of(DCM_RescaleSlope);
  frame.pixels.slope = rescaling.required_number(DCM_RescaleSlope);
  if (!(frame.pixels.slope > 0.0))
    throw bad_input(rescaling.where(DCM_RescaleSlope), rescaling.quoted(rescaling.text(DCM_RescaleSlope)),
                    "a positive slope");
  frame.pixels.intercept = rescaling.number(DCM_RescaleIntercept).value_or(0.0);
}

// Flags of what was done, in the words of classic PET.
std::string corrections_of(const Scope& scope) {
  if (scope.has(DCM_CorrectedImage)) return scope.text(DCM_CorrectedImage);
  const std::pair<DcmTagKey, const char*> flags[] = {
      {DCM_AttenuationCorrected, "ATTN"}, {DCM_DetectorNormalizationCorrection, "NORM"},
      {DCM_ScatterCorrected, "SCAT"},     {DCM_RandomsCorrected, "RAN"},
      {DCM_DeadTimeCorrected, "DTIM"},    {DCM_DecayCorrected, "DECY"}};
  std::string text;
  for (const auto& [tag, word] : flags)
    if (scope.text(tag) == "YES") text += (text.empty() ? "" : "\\") + std::string(word);
  return text;
}

void read_decay(const Scope& scope, std::optional<int> utc_offset_min, Instance& frame) {
  frame.series_time = scope.of(DCM_SeriesDate).date_time(DCM_SeriesDate, DCM_SeriesTime);
  frame.decay_factor = scope.number(DCM_DecayFactor);
  frame.decay_correction = scope.text(DCM_DecayCorrection);
  if (!frame.decay_correction.empty()) return;
  const std::string is_corrected = scope.text(DCM_DecayCorrected);
  if (is_corrected != "YES" && is_corrected != "NO")
    throw bad_input(scope.of(DCM_DecayCorrected).where(DCM_DecayCorrected),
                    scope.of(DCM_DecayCorrected).quoted(is_corrected), "YES or NO");
  frame.decay_correction = is_corrected == "YES" ? "START" : "NONE";
  if (const auto time =
          scope.of(DCM_DecayCorrectionDateTime).local_date_time(DCM_DecayCorrectionDateTime, utc_offset_min)) {
    frame.series_time = time;
    frame.is_decay_time_stated = true;
  }
}

// Date and time may be in different groups. The time of the data set is that of its first frame.
std::optional<DateTime> start_of(const Scope& scope, std::optional<int> utc_offset_min, bool is_only_frame) {
  if (auto start = scope.of(DCM_FrameAcquisitionDateTime).local_date_time(DCM_FrameAcquisitionDateTime, utc_offset_min))
    return start;
  const auto date = parse_date(scope.text(DCM_AcquisitionDate));
  const auto time = scope.of(DCM_AcquisitionTime).time_of_day(DCM_AcquisitionTime);
  if (date && time) return DateTime{date->us + *time};
  const Dataset& holder = scope.of(DCM_AcquisitionDateTime);
  if (!is_only_frame && scope.is_data_set(holder)) return std::nullopt;
  return holder.local_date_time(DCM_AcquisitionDateTime, utc_offset_min);
}

void read_times(const Scope& scope, std::optional<int> utc_offset_min, Instance& frame) {
  const auto start = start_of(scope, utc_offset_min, frame.pixels.frames == 1);
  if (!start)
    throw bad_input(scope.of(DCM_FrameAcquisitionDateTime).where(DCM_FrameAcquisitionDateTime),
                    "no date and time of acquisition", "the start of the frame");
  frame.start = *start;
  const DcmTagKey duration = scope.has(DCM_ActualFrameDuration) && !scope.has(DCM_FrameAcquisitionDuration)
                                 ? DCM_ActualFrameDuration
                                 : DCM_FrameAcquisitionDuration;
  frame.duration_s = scope.of(duration).required_number(duration) * 1e-3;
  if (!(frame.duration_s > 0.0))
    throw bad_input(scope.of(duration).where(duration), std::to_string(frame.duration_s * 1e3), "milliseconds");
  const auto reference =
      scope.of(DCM_FrameReferenceDateTime).local_date_time(DCM_FrameReferenceDateTime, utc_offset_min);
  if (reference && frame.series_time)
    frame.frame_reference_s = seconds_between(*frame.series_time, *reference);
  else if (const auto ms = scope.number(DCM_FrameReferenceTime))
    frame.frame_reference_s = *ms * 1e-3;
}

void read_plane(const Scope& scope, Instance& frame) {
  const Dataset& measures = scope.of(DCM_PixelSpacing);
  set_plane(scope.of(DCM_ImagePositionPatient).required_numbers(DCM_ImagePositionPatient, 3),
            scope.of(DCM_ImageOrientationPatient).required_numbers(DCM_ImageOrientationPatient, 6),
            measures.required_numbers(DCM_PixelSpacing, 2), measures.where(DCM_PixelSpacing), frame);
  frame.slice_thickness_mm = scope.number(DCM_SliceThickness);
}

// What tells images apart first, so that a frame with a problem stays with its own.
void read_frame(const Scope& scope, std::optional<int> utc_offset_min, Instance& frame) {
  frame.corrected_image = corrections_of(scope);
  frame.counts_source = scope.text(DCM_CountsSource);
  if (frame.counts_source.empty()) frame.counts_source = "EMISSION";
  frame.series_type = scope.text(DCM_SeriesType);
  read_values(scope, frame);
  read_plane(scope, frame);
  read_decay(scope, utc_offset_min, frame);
  read_times(scope, utc_offset_min, frame);
}

}  // namespace

std::vector<Instance> read_enhanced(const Dataset& data, const FileHeader& header, const Instance& common) {
  const auto count = static_cast<std::size_t>(data.required_integer(DCM_NumberOfFrames, 1, 2147483647));
  Instance first = common;
  read_origin(data, first);
  first.image_type = data.text(DCM_ImageType);
  first.tracer = read_stated_tracer(data);
  first.concatenation_uid = data.text(DCM_ConcatenationUID);
  first.concatenation_part = data.integer(DCM_InConcatenationNumber);
  first.concatenation_parts = data.integer(DCM_InConcatenationTotalNumber);
  read_stored_pixels(data, header, count, first);  // no more frames than the file can hold
  const FunctionalGroups groups(data, count);
  const std::vector<Dataset> shared = groups.shared() ? groups_of(*groups.shared()) : std::vector<Dataset>();
  const auto utc_offset_min = data.utc_offset_min();
  std::vector<Instance> frames;
  for (std::size_t f = 0; f < count; ++f) {
    Instance& frame = frames.emplace_back(first);
    go_to_frame(f, frame);
    try {
      const std::vector<Dataset> own = groups_of(groups.own(f));
      std::vector<const Dataset*> parts;
      append_to(parts, own);
      append_to(parts, shared);
      parts.push_back(&data);
      read_frame(Scope(std::move(parts)), utc_offset_min, frame);
    } catch (const InputError& error) {
      frame.problem = std::string(error.what()) + " (frame " + std::to_string(f + 1) + ")";
    }
  }
  return frames;
}

}  // namespace pet::detail
