/// \file
/// Which of a host's addresses to try, in which order and when: Happy Eyeballs (RFC 8305), in a
/// small form.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/clock.hpp"

namespace nunu::core {

enum class address_family : std::uint8_t { ipv4, ipv6 };

/// The order in which to try addresses, as places in `resolved`: the families take turns, beginning
/// with that of the first address; within a family the resolver's order stays (RFC 8305, 4).
std::vector<std::size_t> order_of_attempts(std::span<const address_family> resolved);

/// How long an attempt has to itself before the next one begins beside it (RFC 8305, 5).
inline constexpr std::chrono::milliseconds kAttemptDelay{250};

/// Attempts to connect to several addresses, of which the first that succeeds wins. One begins when
/// the last that was begun fails, or has had its time.
class connection_race {
 public:
  explicit connection_race(std::size_t addresses) noexcept : addresses_(addresses) {}

  /// When the next attempt is due; `time_point::max()` when all have begun.
  time_point next_at() const noexcept;
  /// Begins the attempt that is due, and says which: 0, then 1, and so on.
  std::size_t begin_next(time_point now) noexcept;
  void failed(std::size_t attempt) noexcept;
  /// All addresses have failed, or there are none.
  bool lost() const noexcept { return failures_ == addresses_; }

 private:
  std::size_t addresses_;
  std::size_t begun_ = 0;
  std::size_t failures_ = 0;
  time_point next_at_ = time_point::min();
};

}  // namespace nunu::core
