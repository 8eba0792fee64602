// SPDX-License-Identifier: Apache-2.0
#include "libpet/dicom/detail/layout.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "libpet/dicom/detail/geometry.h"
#include "libpet/dicom/detail/pixels.h"
#include "libpet/error.h"

namespace pet::detail {
namespace {

constexpr std::int64_t time_tolerance_us = 1000;  // DICOM states times of frames to the millisecond
constexpr double position_tolerance_mm = 0.01;

struct Slice {
  const Instance* instance;
  double position_mm;
  std::size_t place = 0;  ///< index of its position, ascending
};

std::string start_text(DateTime start) {
  return clock_text(start.us - day_of(start).us);
}

std::string frame_text(std::size_t frame, DateTime start) {
  return "frame " + std::to_string(frame + 1) + " (start " + start_text(start) + ")";
}

std::string position_text(double position_mm) {
  char text[64];
  std::snprintf(text, sizeof text, "%.5g mm", position_mm);
  return text;
}

// Sorted by position, each with its place. Returns the number of places.
std::size_t assign_places(std::vector<Slice>& slices) {
  std::stable_sort(slices.begin(), slices.end(),
                   [](const Slice& a, const Slice& b) { return a.position_mm < b.position_mm; });
  std::size_t place = 0;
  double at = slices.front().position_mm;
  for (Slice& slice : slices) {
    if (slice.position_mm - at > position_tolerance_mm) {
      ++place;
      at = slice.position_mm;
    }
    slice.place = place;
  }
  return place + 1;
}

// Whether two files say the same of one slice; their UIDs do not tell, for copies are altered and UIDs go missing.
bool same_values(const Instance& a, const Instance& b) {
  return a.decay_factor == b.decay_factor && a.duration_s == b.duration_s &&
         a.philips_activity_factor == b.philips_activity_factor && same_pixels(a, b);
}

// Slices at the same place and time: one is kept if they hold the same values.
void drop_duplicates(std::vector<Slice>& slices, std::vector<std::string>& warnings) {
  std::stable_sort(slices.begin(), slices.end(), [](const Slice& a, const Slice& b) {
    return a.place != b.place ? a.place < b.place : a.instance->start < b.instance->start;
  });
  std::vector<Slice> kept;
  for (const Slice& slice : slices) {
    const bool is_repeat = !kept.empty() && kept.back().place == slice.place &&
                           slice.instance->start.us - kept.back().instance->start.us <= time_tolerance_us;
    if (!is_repeat) {
      kept.push_back(slice);
      continue;
    }
    const Instance& before = *kept.back().instance;
    if (!same_values(before, *slice.instance))
      throw bad_input(slice.instance->file.string(),
                      "another image of the same slice and time as " + before.file.filename().string(),
                      "one image a slice and frame");
  }
  if (kept.size() < slices.size())
    warnings.push_back("duplicated slices passed over: " + std::to_string(slices.size() - kept.size()));
  slices = std::move(kept);
}

std::vector<std::vector<Slice>> cluster_by_start(std::vector<Slice> slices) {
  std::stable_sort(slices.begin(), slices.end(),
                   [](const Slice& a, const Slice& b) { return a.instance->start < b.instance->start; });
  std::vector<std::vector<Slice>> frames;
  for (const Slice& slice : slices) {
    if (frames.empty() || slice.instance->start.us - frames.back().front().instance->start.us > time_tolerance_us)
      frames.emplace_back();
    frames.back().push_back(slice);
  }
  for (auto& frame : frames)
    std::stable_sort(frame.begin(), frame.end(), [](const Slice& a, const Slice& b) { return a.place < b.place; });
  return frames;
}

// All frames hold the same number of images of each slice, but not at the same times.
bool is_slice_timed(const std::vector<Slice>& slices, std::size_t places, std::size_t clusters) {
  std::vector<std::size_t> count(places, 0);
  for (const Slice& slice : slices) ++count[slice.place];
  return clusters > count[0] && std::ranges::all_of(count, [&](std::size_t n) { return n == count[0]; });
}

// Where a file says when a slice starts: the start of a message.
std::string start_tag(const Instance& slice, const char* classic) {
  const char* tag = slice.is_enhanced_pet() ? "(0018,9074) FrameAcquisitionDateTime" : classic;
  return slice.file.string() + " tag " + tag;
}

void require_complete(const std::vector<std::vector<Slice>>& frames,
                      const std::vector<Slice>& slices,
                      std::size_t places) {
  if (is_slice_timed(slices, places, frames.size())) {
    const Instance& other = *frames[1].front().instance;
    throw bad_input(start_tag(other, "(0008,0032) AcquisitionTime"),
                    start_text(other.start) + " where other slices of the frame start at " +
                        start_text(frames[0].front().instance->start),
                    "slices of a frame that start together (within 1 ms)");
  }
  for (std::size_t f = 0; f < frames.size(); ++f) {
    if (frames[f].size() == places) continue;
    std::size_t missing = 0;
    while (missing < frames[f].size() && frames[f][missing].place == missing) ++missing;
    double position = 0.0;
    for (const Slice& slice : slices)
      if (slice.place == missing) position = slice.position_mm;
    throw bad_input(frames[f].front().instance->file.parent_path().string() + ": " +
                        frame_text(f, frames[f].front().instance->start),
                    std::to_string(frames[f].size()) + " slices, none at " + position_text(position),
                    std::to_string(places) + " as in the rest of the series");
  }
}

void require_one_duration(const std::vector<std::vector<Slice>>& frames) {
  for (const auto& frame : frames)
    for (const Slice& slice : frame)
      if (std::abs(slice.instance->duration_s - frame.front().instance->duration_s) > 1.001e-3)
        throw bad_input(slice.instance->file.string() + " tag (0018,1242) ActualFrameDuration",
                        std::to_string(slice.instance->duration_s * 1e3) + " ms",
                        std::to_string(frame.front().instance->duration_s * 1e3) + " as the frame's first slice");
}

void require_no_overlap(const std::vector<std::vector<Slice>>& frames) {
  for (std::size_t f = 1; f < frames.size(); ++f) {
    const Instance& before = *frames[f - 1].front().instance;
    const Instance& here = *frames[f].front().instance;
    const DateTime end = plus_seconds(before.start, before.duration_s);
    if (end.us - here.start.us > time_tolerance_us)
      throw bad_input(start_tag(here, "(0008,0032) AcquisitionTime"),
                      frame_text(f, here.start) + " overlapping the one before, which ends at " + start_text(end),
                      "frames that follow each other");
  }
}

// Dates that were blanked are one for all, so that frames after midnight come before the others, a day apart.
void require_one_day(const std::vector<std::vector<Slice>>& frames) {
  constexpr double longest_gap_s = 12 * 3600.0;
  const DateTime first_day = day_of(frames.front().front().instance->start);
  if (day_of(frames.back().front().instance->start) != first_day) return;
  for (std::size_t f = 1; f < frames.size(); ++f) {
    const Instance& here = *frames[f].front().instance;
    const double wait_s = seconds_between(frames[f - 1].front().instance->start, here.start);
    if (wait_s <= longest_gap_s) continue;
    char text[64];
    std::snprintf(text, sizeof text, " %.1f h after the one before", wait_s / 3600.0);
    throw bad_input(start_tag(here, "(0008,0022) AcquisitionDate"), frame_text(f, here.start) + text,
                    "at most 12 h: dates that were altered do not tell days apart");
  }
}

// Frames may lack where nothing counts them, so each gap is told.
void tell_gaps(const std::vector<std::vector<Slice>>& frames, std::vector<std::string>& warnings) {
  std::string gaps;
  for (std::size_t f = 1; f < frames.size(); ++f) {
    const Instance& before = *frames[f - 1].front().instance;
    const double gap_s =
        seconds_between(plus_seconds(before.start, before.duration_s), frames[f].front().instance->start);
    if (gap_s * 1e6 <= 2.0 * static_cast<double>(time_tolerance_us)) continue;
    char text[96];
    std::snprintf(text, sizeof text, "%s%.6g s after frame %zu", gaps.empty() ? "" : ", ", gap_s, f);
    gaps += text;
  }
  if (!gaps.empty()) warnings.push_back("nothing was measured or frames are missing: " + gaps);
}

InputError missing_frames(const Instance& at, std::size_t frames, const std::string& expected) {
  return bad_input(at.file.parent_path().string() + ": series " + at.series_uid, std::to_string(frames) + " frames",
                   expected);
}

// Image Index = (time slice - 1) x slices + slice tells a missing frame from a gap in the acquisition.
void require_all_frames(const std::vector<std::vector<Slice>>& frames, std::vector<std::string>& warnings) {
  const Instance& first = *frames.front().front().instance;
  if (first.series_type.starts_with("STATIC")) {
    if (frames.size() > 1) throw missing_frames(first, frames.size(), "one in a STATIC series");
    return;
  }
  if (first.slice_count && *first.slice_count != static_cast<long>(frames.front().size())) {
    warnings.push_back("Number of Slices is " + std::to_string(*first.slice_count) + ", there are " +
                       std::to_string(frames.front().size()));
  } else if (first.slice_count && first.image_index) {
    long previous = 0;
    for (std::size_t f = 0; f < frames.size(); ++f) {
      const auto index = frames[f].front().instance->image_index;
      const long time_slice = index ? (*index - 1) / *first.slice_count + 1 : 0;
      if (time_slice <= previous) {
        warnings.emplace_back("Image Index does not follow the time of acquisition and was not used");
        break;
      }
      if (time_slice != previous + 1)
        throw missing_frames(first, frames.size(),
                             "time slice " + std::to_string(previous + 1) + " before " +
                                 frame_text(f, frames[f].front().instance->start) +
                                 ", whose Image Index says time slice " + std::to_string(time_slice));
      previous = time_slice;
    }
  }
  if (first.time_slice_count && *first.time_slice_count != static_cast<long>(frames.size()))
    throw missing_frames(first, frames.size(), std::to_string(*first.time_slice_count) + " (Number of Time Slices)");
}

}  // namespace

Layout arrange(const Series& series) {
  require_one_geometry(series);
  const Vector3 normal = slice_normal(series.first());
  std::vector<Slice> slices;
  for (const Instance& instance : series.instances) slices.push_back({&instance, slice_position_mm(instance, normal)});

  Layout layout;
  const std::size_t places = assign_places(slices);
  drop_duplicates(slices, layout.warnings);
  const auto frames = cluster_by_start(slices);
  require_complete(frames, slices, places);
  require_one_duration(frames);
  require_no_overlap(frames);
  require_one_day(frames);
  require_all_frames(frames, layout.warnings);
  tell_gaps(frames, layout.warnings);
  if (series.joined > 1)
    layout.warnings.push_back(std::to_string(series.joined) + " series that hold one frame each were joined");
  for (const auto& frame : frames) {
    auto& row = layout.frames.emplace_back();
    for (const Slice& slice : frame) row.push_back(slice.instance);
  }
  layout.grid = grid_of(layout.frames.front());
  return layout;
}

}  // namespace pet::detail
