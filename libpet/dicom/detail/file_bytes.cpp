// SPDX-License-Identifier: Apache-2.0
#include "libpet/dicom/detail/file_bytes.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "libpet/error.h"

namespace pet::detail {

FileBytes::FileBytes(const std::filesystem::path& path) : descriptor_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
  if (descriptor_ < 0) throw InputNotFound(path.string() + ": cannot be opened");
  struct stat status {};
  if (::fstat(descriptor_, &status) != 0 || !S_ISREG(status.st_mode)) {
    ::close(descriptor_);
    throw InputNotFound(path.string() + ": is no regular file");
  }
  size_ = static_cast<std::size_t>(status.st_size);
}

FileBytes::~FileBytes() {
  ::close(descriptor_);
}

std::size_t FileBytes::read(void* to, std::size_t offset, std::size_t count) const {
  std::size_t done = 0;
  while (done < count) {
    const ssize_t got =
        ::pread(descriptor_, static_cast<char*>(to) + done, count - done, static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    done += static_cast<std::size_t>(got);
  }
  return done;
}

}  // namespace pet::detail
