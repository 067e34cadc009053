/// \file
/// How many requests a client may send each second.
#pragma once

#include <cstdint>
#include <optional>

#include "core/clock.hpp"

namespace nunu::core {

/// A rate that the client finds out: none until the service first answers 429. Then it begins with
/// what the service has just let through, gives way at each further 429, and grows while it holds
/// requests back. Between low rates and high ones the growth does not depend on the rate, so
/// clients that share a limit come to share it.
///
/// Polls keep to it. Starts and stops are not held back by it, but they count, so that polls make
/// room for them.
class request_budget {
 public:
  /// Whatever the service says, so much is always asked.
  static constexpr double kLowestRate = 0.5;

  /// Requests a second; none: unlimited.
  std::optional<double> rate() const noexcept { return rate_; }

  /// No request of any kind is sent before this: the service has said so.
  time_point floor() const noexcept { return floor_; }

  /// The earliest moment for the next poll.
  time_point ready_at() const noexcept;

  /// A poll is due that `ready_at` holds back.
  void held_back() noexcept { held_back_ = true; }

  /// A request was sent.
  void sent(time_point now) noexcept;
  /// An answer came that is not 429.
  void accepted(time_point now) noexcept;
  /// 429 came for a request that was sent at `sent_at`. `draw` is uniform in [0, 1).
  void rejected(time_point sent_at, time_point now, std::optional<duration> retry_after,
                double draw) noexcept;
  /// The service has said, without 429, that it is not there for so long. That says nothing of the
  /// rate. `draw` as above.
  void unavailable(time_point now, duration retry_after, double draw) noexcept;

 private:
  using seconds = std::chrono::duration<double>;

  void hold_until(time_point when) noexcept;
  void grow(time_point now) noexcept;
  double recently_accepted(time_point now) noexcept;

  std::optional<double> rate_;
  time_point floor_ = time_point::min();
  /// When the next poll would be sent if all were spaced evenly.
  time_point next_ = time_point::min();
  time_point decreased_at_ = time_point::min();
  time_point grown_at_{};
  unsigned rejections_in_a_row_ = 0;
  bool held_back_ = false;

  /// Answers other than 429, in the second that began at `second_` and in the one before it.
  time_point second_{};
  std::uint32_t accepted_now_ = 0;
  std::uint32_t accepted_before_ = 0;
};

}  // namespace nunu::core
