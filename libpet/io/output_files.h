// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace pet {

/// The output files of one command as one transaction: each is written under a temporary name (".NAME.….partial")
/// beside its place, and all are renamed by `commit`. Without it (an exception, a signal) nothing is left behind and
/// nothing that was there has changed; a commit that fails half way is undone.
///
/// A link to a file is followed: the file is replaced, the link stays. What exists and is not a regular file
/// (/dev/stdout, a pipe) cannot be renamed: its content is kept in memory and goes out first in `commit`.
class OutputFiles {
 public:
  explicit OutputFiles(bool force) : force_(force) {}
  ~OutputFiles();
  OutputFiles(const OutputFiles&) = delete;
  OutputFiles& operator=(const OutputFiles&) = delete;

  /// Announces an output. Throws UsageError if the file exists and `force` is false, if its folder does not
  /// exist, if it is a folder, or if it was declared before (two outputs of one name). Call it before the long work.
  /// An output that is declared and never written is no error and changes nothing.
  void declare(const std::filesystem::path& path);
  /// Writes the whole content of an output (declared or not) under its temporary name. Throws OutputError
  /// with the reason ("No space left on device"). Writing again replaces what was written;
  /// to what is not a regular file it adds.
  void write(const std::filesystem::path& path, std::string_view content);
  /// For writers that need a path (NIfTI): the temporary name, with the extension of `path`, to be filled
  /// by the caller before `commit`, which throws OutputError if it was not. For what is not a regular file: `path`.
  std::filesystem::path temporary(const std::filesystem::path& path);
  /// A whole output folder: creates and returns a temporary folder. Throws UsageError if `path` exists and is not
  /// empty and `force` is false. With `force`, the files of the temporary folder replace those of the same names in
  /// `path` and its sub-folders; everything else there stays.
  std::filesystem::path temporary_folder(const std::filesystem::path& path);
  /// Puts every output in its place. Throws OutputError with the reason; then no output has changed, except what is
  /// not a regular file.
  void commit();

 private:
  enum class Kind { file, folder, direct };
  struct Output {
    std::filesystem::path place;        ///< where it shall be; links resolved
    std::filesystem::path temporary{};  ///< empty for direct outputs
    Kind kind = Kind::file;
    std::string content{};  ///< of direct outputs
    bool is_declared = false;
    bool is_handed_out = false;  ///< the caller fills it
    bool is_written = false;
  };
  Output& add(const std::filesystem::path& path);
  void discard() noexcept;

  std::vector<Output> outputs_;
  bool force_;
};

/// A file that could not be written. Tools end with 70 and the reason.
class OutputError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// From here on SIGINT, SIGTERM and SIGHUP remove every temporary output and end the process by that signal (a shell
/// sees 128 + its number); signals that the parent ignores stay ignored. SIGPIPE and SIGXFSZ are ignored, so that a
/// closed pipe or a file too large is an OutputError. Call once, before any thread is started.
void remove_outputs_on_signals();

}  // namespace pet
