/// \file
/// What must not get into a header or a target.
#pragma once

#include <algorithm>
#include <string_view>

namespace nunu::wire {

constexpr bool has_control_character(std::string_view text) noexcept {
  return std::ranges::any_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7F;
  });
}

}  // namespace nunu::wire
