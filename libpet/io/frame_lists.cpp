// SPDX-License-Identifier: Apache-2.0
#include "libpet/io/detail/frame_lists.h"

#include <string>
#include <vector>

#include "libpet/frames.h"
#include "libpet/io/bids_pet.h"

namespace pet {
namespace detail {
namespace {

bool are_end_times(const std::vector<double>& starts, const std::vector<double>& durations) {
  bool overlap = false;
  for (std::size_t i = 0; i + 1 < starts.size(); ++i) {
    if (durations[i] != starts[i + 1]) return false;
    overlap = overlap || starts[i] + durations[i] > starts[i + 1];
  }
  return overlap;
}

}  // namespace

void require_durations(const Sidecar& sidecar) {
  const auto starts = sidecar.numbers("FrameTimesStart");
  const auto durations = sidecar.numbers("FrameDuration");
  if (starts && durations && starts->size() == durations->size() && are_end_times(*starts, *durations))
    throw sidecar.error("FrameDuration", "frame end times (each equals the start of the next frame)",
                        "durations in seconds");
}

}  // namespace detail

void require_sound_frames(const std::filesystem::path& pet_sidecar) {
  const detail::Sidecar sidecar(pet_sidecar);
  detail::require_durations(sidecar);
  const auto starts = sidecar.numbers("FrameTimesStart");
  const auto durations = sidecar.numbers("FrameDuration");
  if (!starts || !durations) return;
  if (starts->size() != durations->size())
    throw sidecar.error("FrameDuration", std::to_string(durations->size()) + " values",
                        std::to_string(starts->size()) + ", as FrameTimesStart has");
  std::vector<Frame> frames;
  for (std::size_t f = 0; f < starts->size(); ++f)
    frames.push_back({(*starts)[f] / 60.0, ((*starts)[f] + (*durations)[f]) / 60.0});
  try {
    const Frames checked(std::move(frames));
  } catch (const InputError& error) {
    throw InputError(sidecar.source() + ": " + error.what());
  }
}

}  // namespace pet
