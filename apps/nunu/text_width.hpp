/// \file
/// How much room a text takes on a terminal.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace cli {

/// Columns of a text without control characters: East Asian wide characters and emoji take two,
/// combining marks none, and what is not UTF-8 one.
std::size_t columns_of(std::string_view text);

/// The text, or as much of its beginning as leaves room for an ellipsis within so many columns.
/// `ascii`: the ellipsis is three dots.
std::string fitted(std::string_view text, std::size_t columns, bool ascii);

}  // namespace cli
