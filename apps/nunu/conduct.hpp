/// \file
/// A command from its beginning to its exit status.
#pragma once

#include "invocation.hpp"

namespace cli {

/// Carries it out with everything around: the client, the signals, the clock, what people and
/// programs see, and the reports. Gives the exit status.
int conduct(const invocation& what);

}  // namespace cli
