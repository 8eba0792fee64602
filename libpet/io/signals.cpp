// SPDX-License-Identifier: Apache-2.0
#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <csignal>
#include <cstring>
#include <ctime>
#include <mutex>
#include <thread>

#include "libpet/io/detail/temporaries.h"
#include "libpet/io/output_files.h"

namespace pet {
namespace {

// Sent to the other threads before their files are removed; a thread that makes files would otherwise make them again.
int stop_signal() {
  return SIGRTMIN + 4;
}

std::atomic<int> stopped_threads = 0;

extern "C" void stop_here(int) {
  ++stopped_threads;
  while (true) pause();
}

void sleep_a_little() {
  const timespec time = {0, 1'000'000};
  nanosleep(&time, nullptr);
}

// From here on only system calls: a stopped thread may hold the lock of the heap.
class OtherThreads {
 public:
  void stop() {
    const int tasks = open("/proc/self/task", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (tasks < 0) return;
    // A thread that is not stopped yet may start another one: until a look at all of them finds no new one.
    do {
      await();
      lseek(tasks, 0, SEEK_SET);
    } while (send_to_new(tasks));
    close(tasks);
  }

 private:
  bool send_to_new(int tasks) {
    bool has_found = false;
    alignas(dirent64) char buffer[4096];
    for (ssize_t size = 0; (size = getdents64(tasks, buffer, sizeof buffer)) > 0;) {
      for (ssize_t at = 0; at < size;) {
        const auto* const entry = reinterpret_cast<const dirent64*>(buffer + at);
        at += entry->d_reclen;
        has_found = send(entry->d_name) || has_found;
      }
    }
    return has_found;
  }

  bool send(const char* name) {
    int thread = 0;
    const auto [end, error] = std::from_chars(name, name + std::strlen(name), thread);
    if (error != std::errc() || thread == gettid() || count_ == threads_.size()) return false;
    const auto known = threads_.begin() + static_cast<std::ptrdiff_t>(count_);
    if (std::find(threads_.begin(), known, thread) != known) return false;
    threads_[count_++] = thread;
    if (syscall(SYS_tgkill, getpid(), thread, stop_signal()) == 0) ++sent_;
    return true;
  }

  // A thread may be busy in the kernel, or may have ended: not longer than a second.
  void await() const {
    for (int i = 0; i < 1000 && stopped_threads < sent_; ++i) sleep_a_little();
  }

  std::array<int, 4096> threads_{};
  std::size_t count_ = 0;
  int sent_ = 0;
};

// Never returns. The lock is kept to the end; no thread that is stopped can hold it.
void end_by(int signal) {
  static OtherThreads others;
  detail::Temporaries& temporaries = detail::temporaries();
  temporaries.mutex.lock();
  others.stop();
  for (const auto& path : temporaries.paths) detail::remove_tree(path.c_str());

  std::signal(signal, SIG_DFL);
  sigset_t only;
  sigemptyset(&only);
  sigaddset(&only, signal);
  pthread_sigmask(SIG_UNBLOCK, &only, nullptr);
  raise(signal);
  _exit(128 + signal);
}

bool is_ignored(int signal) {
  struct sigaction action {};
  return sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

void start_waiting() {
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
  std::signal(stop_signal(), stop_here);
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

void remove_outputs_on_signals() {
  static std::once_flag once;
  std::call_once(once, start_waiting);
}

}  // namespace pet
