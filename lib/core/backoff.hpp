/// \file
/// How long to wait before trying again. Whether to, others decide.
#pragma once

#include "core/clock.hpp"

namespace nunu::core {

/// Exponential backoff with full jitter: a draw spreads each delay over the whole range from 0, so
/// that clients which failed together do not come back together.
struct backoff {
  duration first = std::chrono::milliseconds(500);
  duration cap = std::chrono::seconds(30);

  /// After `failures` failures in a row (at least 1); `draw` is uniform in [0, 1).
  duration delay(unsigned failures, double draw) const noexcept;
};

/// The same with what the service asked for as a floor: `Retry-After`, plus the jitter.
duration delay_after(const backoff& policy, unsigned failures, duration retry_after,
                     double draw) noexcept;

}  // namespace nunu::core
