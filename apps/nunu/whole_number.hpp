/// \file
/// Counts as people write them.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace cli {

/// Digits and nothing else; none where it is something else or does not fit.
std::optional<std::size_t> parse_whole_number(std::string_view text);

}  // namespace cli
