/// \file
/// When to tell people that the service cannot be used.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace cli {

/// Requests that fail are sent again, and a wait has no end: whoever has mistyped the address would
/// look at nothing for minutes. A few failures are no news, so it takes some seconds in which no
/// request of any kind got through.
class silence {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  enum class news : std::uint8_t { none, began, over };

  /// An attempt to send a request that was begun at `begun` has got through to the service, or not.
  news after(bool got_through, time_point begun, time_point now);

 private:
  /// From when nothing has got through; none: the last one did.
  std::optional<time_point> since_;
  /// When the last one got through.
  time_point heard_ = time_point::min();
  bool told_ = false;
};

}  // namespace cli
