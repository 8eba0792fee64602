// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

namespace pet {

/// Data that cannot be used. The message is one line that names the file, the line or DICOM tag, what was
/// found and what was expected. Tools end with 65.
class InputError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A file or folder that does not exist or cannot be opened for reading. Tools end with 66.
class InputNotFound : public InputError {
 public:
  using InputError::InputError;
};

/// A request that makes no sense on any data; the message lists what would. Tools end with 2.
class UsageError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// "WHERE: found FOUND, expected EXPECTED", the one form of every message about bad data. `where` is a file,
/// with ":LINE" or " tag (gggg,eeee) Name" where that is known.
InputError bad_input(std::string_view where, std::string_view found, std::string_view expected);

/// The candidate nearest to `name` by edit distance (case ignored), or "" if none is near enough to be a typo.
std::string nearest_name(std::string_view name, std::span<const std::string> candidates);

/// "; did you mean 'NEAREST'?" or, where nothing is near, "; there are: A, B, C" (at most ten names).
std::string suggestion(std::string_view name, std::span<const std::string> candidates);

}  // namespace pet
