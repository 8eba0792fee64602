// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace pet {

/// The output files of one command as one transaction: each is written under a temporary name beside its place,
/// and all are renamed by `commit`. Without it (an exception, a signal) nothing is left behind and nothing that was
/// there has changed.
class OutputFiles {
 public:
  explicit OutputFiles(bool force) : force_(force) {}
  ~OutputFiles();
  OutputFiles(const OutputFiles&) = delete;
  OutputFiles& operator=(const OutputFiles&) = delete;

  /// Announces an output. Throws UsageError if the file exists and `force` is false, or if its folder does not
  /// exist. Call it before the long work.
  void declare(const std::filesystem::path& path);
  /// Writes the whole content of an output (declared or not) under its temporary name. Throws OutputError
  /// with the reason ("No space left on device").
  void write(const std::filesystem::path& path, std::string_view content);
  /// For writers that need a path (NIfTI): the temporary name, with the extension of `path`, to be filled
  /// by the caller before `commit`.
  std::filesystem::path temporary(const std::filesystem::path& path);
  /// A whole output folder: returns a temporary folder beside `path`. Throws UsageError if `path` exists and is not
  /// empty and `force` is false.
  std::filesystem::path temporary_folder(const std::filesystem::path& path);
  /// Puts every output in its place.
  void commit();

 private:
  struct Output {
    std::filesystem::path final;
    std::filesystem::path temporary;
    bool is_folder = false;
  };
  std::filesystem::path add(const std::filesystem::path& path, bool is_folder);
  std::vector<Output> outputs_;
  bool force_;
  bool committed_ = false;
};

/// A file that could not be written. Tools end with 70 and the reason.
class OutputError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// From here on SIGINT, SIGTERM and SIGHUP remove every temporary output and end the process with 128 + the signal.
/// Call once, before any thread is started.
void remove_outputs_on_signals();

}  // namespace pet
