/// \file
/// A command from its beginning to its exit status.
#pragma once

#include <string_view>

#include "invocation.hpp"

namespace cli {

/// Carries it out with everything around: the client, the signals, the clock, what people and
/// programs see, and the reports. Gives the exit status.
int conduct(const invocation& what);

/// For commands that do nothing but print. Gives `status`, or another where that failed.
int print_only(std::string_view text, int status);

}  // namespace cli
