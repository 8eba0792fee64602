// SPDX-License-Identifier: Apache-2.0
#include "libpet/io/output_files.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <optional>
#include <random>
#include <system_error>

#include "libpet/error.h"
#include "libpet/io/detail/renames.h"
#include "libpet/io/detail/temporaries.h"
#include "libpet/io/detail/text_file.h"

namespace pet {
namespace {

namespace fs = std::filesystem;

OutputError cannot_write(const fs::path& path, int reason) {
  return OutputError(path.string() + ": cannot be written: " + std::strerror(reason));
}

// The number N of /dev/stdout, /dev/fd/N and /proc/self/fd/N. Opening these anew would start at the beginning of a
// redirected file again, and fail for a socket.
std::optional<int> descriptor_of(const fs::path& place) {
  if (place == "/dev/stdout") return STDOUT_FILENO;
  if (place == "/dev/stderr") return STDERR_FILENO;
  if (place.parent_path() != "/dev/fd" && place.parent_path() != "/proc/self/fd") return std::nullopt;
  const std::string name = place.filename();
  int number = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
  if (error != std::errc() || end != name.data() + name.size()) return std::nullopt;
  return number;
}

// Follows links to the place that a writer would end up at, but not those that stand for open files (/dev/stdout): they
// may lead to a regular one.
fs::path follow_links(fs::path path) {
  path = fs::absolute(path).lexically_normal();
  if (!path.has_filename()) path = path.parent_path();
  for (int depth = 0; depth < 40; ++depth) {
    if (descriptor_of(path)) return path;
    std::error_code error;
    const fs::path target = fs::read_symlink(path, error);
    if (error) break;
    path = (target.is_absolute() ? target : path.parent_path() / target).lexically_normal();
  }
  std::error_code error;
  const fs::path folder = fs::canonical(path.parent_path(), error);
  return error ? path : folder / path.filename();
}

fs::path temporary_name(const fs::path& place) {
  thread_local std::random_device random;
  const fs::path stem = detail::without_extension(place.filename());
  char tag[20];
  const std::uint64_t number = (std::uint64_t{random()} << 32) | random();
  char* const end = std::to_chars(tag, tag + sizeof tag, number, 36).ptr;
  constexpr std::size_t longest = 150;  // names are limited to 255 bytes
  std::string name = ".";
  name.append(stem.string(), 0, longest).append(".").append(std::to_string(getpid())).append(tag, end);
  name.append(".partial").append(place.filename().string(), stem.string().size());
  return place.parent_path() / name;
}

void write_all(int descriptor, std::string_view content, const fs::path& place) {
  while (!content.empty()) {
    const ssize_t written = ::write(descriptor, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) throw cannot_write(place, errno);
    content.remove_prefix(static_cast<std::size_t>(written));
  }
}

void write_file(const fs::path& file, int flags, std::string_view content, const fs::path& place) {
  int descriptor = -1;
  {
    const std::lock_guard lock(detail::temporaries().mutex);
    descriptor = ::open(file.c_str(), flags | O_WRONLY | O_CLOEXEC, 0666);
  }
  if (descriptor < 0) throw cannot_write(place, errno);
  try {
    write_all(descriptor, content, place);
  } catch (...) {
    ::close(descriptor);
    throw;
  }
  if (::close(descriptor) != 0) throw cannot_write(place, errno);
}

bool holds_anything(const fs::path& folder) {
  return std::any_of(fs::directory_iterator(folder), fs::directory_iterator(),
                     [](const auto& entry) { return !detail::is_unfinished_output(entry.path()); });
}

void require_folder(const fs::path& place, const fs::path& path) {
  if (!fs::is_directory(place.parent_path()))
    throw UsageError(path.string() + ": the folder " + place.parent_path().string() + " does not exist");
  if (::access(place.parent_path().c_str(), W_OK) != 0) throw cannot_write(path, errno);
}

}  // namespace

OutputFiles::~OutputFiles() {
  discard();
}

OutputFiles::Output& OutputFiles::add(const fs::path& path) {
  if (path.empty()) throw UsageError("an output without a name");
  const fs::path place = follow_links(path);
  const auto known = std::find_if(outputs_.begin(), outputs_.end(), [&](const Output& o) { return o.place == place; });
  if (known != outputs_.end()) return *known;

  std::error_code error;
  const fs::file_status status = fs::status(place, error);
  if (fs::is_directory(status)) throw UsageError(path.string() + ": is a folder, expected the name of a file");
  if (descriptor_of(place) || (fs::exists(status) && !fs::is_regular_file(status))) {
    outputs_.push_back({.place = place, .kind = Kind::direct});
    return outputs_.back();
  }
  if (fs::exists(status) && !force_) throw UsageError(path.string() + ": exists already (--force replaces it)");
  require_folder(place, path);
  outputs_.push_back({.place = place, .temporary = temporary_name(place)});
  const std::lock_guard lock(detail::temporaries().mutex);
  detail::temporaries().paths.insert(outputs_.back().temporary);
  return outputs_.back();
}

void OutputFiles::declare(const fs::path& path) {
  Output& output = add(path);
  if (output.is_declared && output.kind != Kind::direct)
    throw UsageError(path.string() + ": is the name of two outputs");
  output.is_declared = true;
}

void OutputFiles::write(const fs::path& path, std::string_view content) {
  Output& output = add(path);
  output.is_written = true;
  if (output.kind == Kind::direct)
    output.content += content;
  else
    write_file(output.temporary, O_CREAT | O_TRUNC | O_NOFOLLOW, content, path);
}

fs::path OutputFiles::temporary(const fs::path& path) {
  Output& output = add(path);
  if (output.kind == Kind::direct) return path;
  output.is_handed_out = true;
  return output.temporary;
}

fs::path OutputFiles::temporary_folder(const fs::path& path) {
  const fs::path place = follow_links(path);
  for (const Output& output : outputs_)
    if (output.place == place) throw UsageError(path.string() + ": is the name of two outputs");
  const bool exists = fs::exists(place);
  if (exists && !fs::is_directory(place)) throw UsageError(path.string() + ": is a file, expected a folder");
  if (exists && !force_ && holds_anything(place))
    throw UsageError(path.string() + ": is not empty (--force replaces files of the same names)");
  // Inside a folder that exists, so that renaming stays on one file system where the folder is a mount point.
  const fs::path temporary = temporary_name(exists ? place / "output" : place);
  require_folder(temporary, path);

  const std::lock_guard lock(detail::temporaries().mutex);
  std::error_code error;
  if (!fs::create_directory(temporary, error)) throw cannot_write(path, error.value());
  detail::temporaries().paths.insert(temporary);
  outputs_.push_back({.place = place, .temporary = temporary, .kind = Kind::folder});
  return temporary;
}

void OutputFiles::commit() {
  for (const Output& output : outputs_) {
    if (output.kind == Kind::direct && output.is_written) {
      if (const auto descriptor = descriptor_of(output.place))
        write_all(*descriptor, output.content, output.place);
      else
        write_file(output.place, O_APPEND, output.content, output.place);
    }
  }
  {
    const std::lock_guard lock(detail::temporaries().mutex);
    detail::Renames renames(force_);
    for (const Output& output : outputs_) {
      if (output.kind == Kind::direct) continue;
      if (output.kind == Kind::file && !fs::exists(output.temporary)) {
        if (output.is_handed_out || output.is_written) throw cannot_write(output.place, ENOENT);
      } else if (output.kind == Kind::folder && fs::exists(output.place)) {
        renames.add_content(output.temporary, output.place);
      } else {
        renames.add(output.temporary, output.place);
      }
    }
    renames.keep();
  }
  discard();  // what was replaced has the temporary names now
}

void OutputFiles::discard() noexcept {
  const std::lock_guard lock(detail::temporaries().mutex);
  for (const Output& output : outputs_) {
    if (output.kind == Kind::direct) continue;
    detail::remove_tree(output.temporary.c_str());
    detail::temporaries().paths.erase(output.temporary);
  }
  outputs_.clear();
}

}  // namespace pet
