/// \file
/// Whether a connection that has been unused for a while may take another request.
#pragma once

#include <optional>

#include "core/clock.hpp"

namespace nunu::core {

/// How long a connection may have been unused to take a request that asks for one which has
/// answered within `freshness`. `server_keeps_for` is what the server said of itself, if it did.
duration longest_unused(duration freshness, duration idle_limit,
                        std::optional<duration> server_keeps_for) noexcept;

}  // namespace nunu::core
