// SPDX-License-Identifier: Apache-2.0
#include <pthread.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <mutex>
#include <thread>

#include "libpet/io/detail/temporaries.h"
#include "libpet/io/output_files.h"

namespace pet {
namespace {

bool is_ignored(int signal) {
  struct sigaction action {};
  return sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

// Never returns. The lock is kept to the end, so that no other thread creates or renames an output any more.
void end_by(int signal) {
  detail::Temporaries& temporaries = detail::temporaries();
  temporaries.mutex.lock();
  for (const auto& path : temporaries.paths) detail::remove_for_good(path);

  std::signal(signal, SIG_DFL);
  sigset_t only;
  sigemptyset(&only);
  sigaddset(&only, signal);
  pthread_sigmask(SIG_UNBLOCK, &only, nullptr);
  raise(signal);
  _exit(128 + signal);
}

void start_waiting() {
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
  sigset_t awaited;
  sigemptyset(&awaited);
  // What the parent ignores (nohup) stays ignored: Linux would hand it over once it is blocked.
  for (const int signal : {SIGINT, SIGTERM, SIGHUP})
    if (!is_ignored(signal)) sigaddset(&awaited, signal);
  pthread_sigmask(SIG_BLOCK, &awaited, nullptr);
  std::thread([awaited] {
    int signal = 0;
    if (sigwait(&awaited, &signal) == 0) end_by(signal);
  }).detach();
}

}  // namespace

namespace detail {

Temporaries& temporaries() {
  static auto* const of_this_process = new Temporaries;
  return *of_this_process;
}

void remove_for_good(const std::filesystem::path& path) noexcept {
  namespace fs = std::filesystem;
  std::error_code error;
  if (!fs::is_directory(fs::symlink_status(path, error))) {
    fs::remove(path, error);
    return;
  }
  // Out of the way first: writers that still run then fail instead of filling the folder again. One of them may make
  // the folder anew, hence the second look.
  const fs::path doomed = path.native() + ".removed";
  for (int attempt = 0; attempt < 100; ++attempt) {
    fs::rename(path, doomed, error);
    fs::remove_all(doomed, error);
    if (!fs::exists(path, error) && !fs::exists(doomed, error)) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
}

}  // namespace detail

void remove_outputs_on_signals() {
  static std::once_flag once;
  std::call_once(once, start_waiting);
}

}  // namespace pet
