// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <string_view>

namespace pet::detail {

inline constexpr int letter_width = 5;
inline constexpr int letter_height = 8;  ///< of which the last row is for tails

/// The rows of a letter, '#' for ink; those of a question mark for what is no printable ASCII.
const std::array<std::string_view, letter_height>& letter(char character);

}  // namespace pet::detail
