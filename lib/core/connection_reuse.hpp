/// \file
/// Whether a connection that has been unused for a while may take another request.
#pragma once

#include <optional>

#include "core/clock.hpp"

namespace nunu::core {

/// What a client allows its connections.
struct connection_limits {
  /// Since it was opened.
  duration age;
  /// Since its last answer.
  duration idle;
};

/// Whether a connection may take a request that asks for one which has answered within `freshness`.
/// `server_keeps_for` is what the server said of an unused connection, if it did.
bool reusable(const connection_limits& limits, duration age, duration unused, duration freshness,
              std::optional<duration> server_keeps_for) noexcept;

}  // namespace nunu::core
