// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <iostream>
#include <mutex>

#include "tools/tool.h"
#include "tools/tool_invocation.h"

namespace pet {

using Clock = std::chrono::steady_clock;

struct Progress::State {
  std::string what;
  std::size_t total = 0;
  std::size_t done = 0;
  bool is_shown = false;
  Clock::time_point start = Clock::now();
  Clock::time_point next_drawing = start;
  std::mutex mutex;
};

namespace {

std::string time_left(double seconds) {
  const long whole = std::lround(std::ceil(seconds));
  if (whole < 60) return std::to_string(whole) + " s left";
  if (whole < 3600) return std::to_string(whole / 60) + " min " + std::to_string(whole % 60) + " s left";
  return std::to_string(whole / 3600) + " h " + std::to_string(whole % 3600 / 60) + " min left";
}

// "pet-map: fitting [#####...............]  25 % 12 s left"
std::string bar(const std::string& what, double fraction, double elapsed_seconds) {
  constexpr std::size_t cells = 20;
  const auto filled = static_cast<std::size_t>(fraction * static_cast<double>(cells));
  std::string text = invocation().name + ": " + what + " [" + std::string(filled, '#') +
                     std::string(cells - filled, '.') + "] " + std::to_string(std::lround(100.0 * fraction)) + " %";
  if (fraction > 0.0) text += " " + time_left(elapsed_seconds * (1.0 - fraction) / fraction);
  return text;
}

constexpr const char* to_start_and_clear = "\r\033[K";

}  // namespace

Progress::Progress(const Common& common, std::string what, std::size_t total) : state_(std::make_unique<State>()) {
  state_->what = std::move(what);
  state_->total = std::max<std::size_t>(total, 1);
  state_->is_shown = common.shows("info") && isatty(STDERR_FILENO) == 1;
}

Progress::~Progress() {
  if (state_->is_shown) std::cerr << to_start_and_clear << std::flush;
}

void Progress::advance(std::size_t steps) {
  if (!state_->is_shown) return;
  const std::lock_guard lock(state_->mutex);
  state_->done = std::min(state_->done + steps, state_->total);
  const Clock::time_point now = Clock::now();
  if (now < state_->next_drawing) return;
  state_->next_drawing = now + std::chrono::milliseconds(100);
  const double fraction = static_cast<double>(state_->done) / static_cast<double>(state_->total);
  const double elapsed = std::chrono::duration<double>(now - state_->start).count();
  std::cerr << to_start_and_clear << bar(state_->what, fraction, elapsed) << std::flush;
}

}  // namespace pet
