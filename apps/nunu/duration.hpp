/// \file
/// Durations as people write them.
#pragma once

#include <chrono>
#include <string_view>

#include "checked.hpp"

namespace cli {

/// The longest one; what the client accepts for its own durations.
inline constexpr std::chrono::milliseconds kLongestDuration = std::chrono::hours(24 * 365);

/// Whole numbers with units, the larger ones first: `90s`, `1h30m`, `250ms`, `2d`. A plain number
/// means seconds. At most `kLongestDuration`.
checked<std::chrono::milliseconds> parse_duration(std::string_view text);

}  // namespace cli
