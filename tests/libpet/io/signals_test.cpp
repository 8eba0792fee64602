// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "libpet/io/output_files.h"
#include "tests/libpet/io/temporary_folder.h"

namespace {

namespace fs = std::filesystem;
using pet::OutputError;
using pet::OutputFiles;
using pet::test::content_of;
using pet::test::TemporaryFolder;

// A process of its own, as the tools are: signals, limits and threads end with it.
class Child {
 public:
  explicit Child(const std::function<int()>& work) : pid_(fork()) {
    if (pid_ != 0) return;
    int status = 99;
    try {
      pet::remove_outputs_on_signals();
      status = work();
    } catch (...) {
    }
    _exit(status);
  }
  ~Child() {
    if (pid_ <= 0) return;
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  void send(int signal) const { kill(pid_, signal); }
  int wait() {
    int status = 0;
    waitpid(std::exchange(pid_, -1), &status, 0);
    return status;
  }

 private:
  pid_t pid_;
};

void wait_for(const fs::path& path) {
  for (int i = 0; i < 2000 && !fs::exists(path); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  REQUIRE(fs::exists(path));
}

// Four threads that write files into an output folder without end.
int write_without_end(const TemporaryFolder& folder, const fs::path& ready) {
  OutputFiles outputs(true);
  outputs.write(folder / "old.tsv", "new");
  outputs.write(folder / "table.tsv", "table");
  const fs::path series = outputs.temporary_folder(folder / "series");
  std::atomic<int> next = 0;
  std::vector<std::jthread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      while (true) {
        const int i = next++;
        std::error_code error;
        fs::create_directories(series / std::to_string(i % 7), error);
        std::ofstream(series / std::to_string(i % 7) / std::to_string(i)) << std::string(1000, 'x');
        if (i == 200) std::ofstream(ready) << "ready";
      }
    });
  return 0;
}

TEST_CASE("A signal in the middle of writing leaves nothing behind and nothing changed", "[output_files][signals]") {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    for (int round = 0; round < 5; ++round) {
      const TemporaryFolder folder;
      const TemporaryFolder elsewhere;
      folder.file("old.tsv", "old");
      Child child([&] { return write_without_end(folder, elsewhere / "ready"); });
      wait_for(elsewhere / "ready");
      child.send(signal);
      const int status = child.wait();
      INFO("signal " << signal << ", status " << status);
      REQUIRE(WIFSIGNALED(status));
      CHECK(WTERMSIG(status) == signal);
      for (const auto& entry : fs::directory_iterator(folder.path())) CHECK(entry.path().filename() == "old.tsv");
      CHECK(content_of(folder / "old.tsv") == "old");
    }
  }
}

TEST_CASE("A signal that the parent ignores, as nohup does, stays ignored", "[output_files][signals]") {
  const TemporaryFolder folder;
  const TemporaryFolder elsewhere;
  const auto before = std::signal(SIGHUP, SIG_IGN);
  Child child([&] {
    OutputFiles outputs(false);
    outputs.write(folder / "a.tsv", "a");
    std::ofstream(elsewhere / "ready") << "ready";
    while (!fs::exists(elsewhere / "go on")) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    outputs.commit();
    return 0;
  });
  std::signal(SIGHUP, before);
  wait_for(elsewhere / "ready");
  child.send(SIGHUP);
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  elsewhere.file("go on", "");
  const int status = child.wait();
  CHECK(WIFEXITED(status));
  CHECK(content_of(folder / "a.tsv") == "a");
}

TEST_CASE("A limit on the size of files is an error with its reason and leaves nothing", "[output_files][signals]") {
  const TemporaryFolder folder;
  Child child([&] {
    const rlimit limit = {4096, 4096};
    setrlimit(RLIMIT_FSIZE, &limit);
    OutputFiles outputs(false);
    outputs.write(folder / "small.tsv", "fits");
    try {
      outputs.write(folder / "a.tsv", std::string(100000, 'x'));
    } catch (const OutputError& error) {
      return std::string(error.what()).find("File too large") != std::string::npos ? 7 : 8;
    }
    return 9;
  });
  const int status = child.wait();
  REQUIRE(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 7);
  CHECK(fs::is_empty(folder.path()));
}

TEST_CASE("A reader that goes away is an error with its reason", "[output_files][signals]") {
  Child child([] {
    int ends[2];
    if (pipe(ends) != 0) return 1;
    close(ends[0]);
    dup2(ends[1], STDOUT_FILENO);
    OutputFiles outputs(false);
    outputs.write("/dev/stdout", "text");
    try {
      outputs.commit();
    } catch (const OutputError& error) {
      return std::string(error.what()).find("Broken pipe") != std::string::npos ? 7 : 8;
    }
    return 9;
  });
  const int status = child.wait();
  REQUIRE(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 7);
}

TEST_CASE("Standard output that is redirected to a file goes on where it was", "[output_files][signals]") {
  const TemporaryFolder folder;
  Child child([&] {
    const int file = open((folder / "out.txt").c_str(), O_CREAT | O_WRONLY, 0600);
    dup2(file, STDOUT_FILENO);
    if (write(STDOUT_FILENO, "before ", 7) != 7) return 1;
    OutputFiles outputs(false);
    outputs.write("/dev/stdout", "table ");
    outputs.write("/proc/self/fd/1", "more");
    outputs.commit();
    return 0;
  });
  CHECK(child.wait() == 0);
  CHECK(content_of(folder / "out.txt") == "before table more");
}

}  // namespace
