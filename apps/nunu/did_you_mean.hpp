/// \file
/// What somebody who mistyped a name may have meant.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace cli {

/// The name that is the nearest to the word, or has it in itself; empty where none is near.
std::string nearest_name(std::string_view word, std::span<const std::string> names);

/// `; did you mean NAME?`, or nothing.
std::string did_you_mean(std::string_view word, std::span<const std::string> names);

}  // namespace cli
