/// \file
/// Whether the service can be reached, as far as a client's polls can tell.
#pragma once

#include <cstdint>

#include "core/backoff.hpp"
#include "core/clock.hpp"

namespace nunu::core {

/// A circuit breaker for all polls of a client. A few failures in a row open it; then one poll at a
/// time probes the service, with growing delays between; the first success closes it by way of a
/// ramp, since after an outage every job is overdue. The ramp has a ceiling, which comes from the
/// rate of the polls before the outage. It, too, is ended by a few failures in a row.
class health {
 public:
  enum class state : std::uint8_t {
    /// Polls are sent as they fall due.
    closed,
    /// None is sent before the next probe.
    open,
    /// One was sent; what becomes of it decides.
    probing,
    /// Polls are sent at a rate that doubles each second, up to the ceiling, until none is overdue.
    ramping,
  };

  state now_in() const noexcept { return state_; }

  /// The earliest moment for the next poll, by this alone; never while probing.
  time_point ready_at() const noexcept;

  /// A poll was sent.
  void sent(time_point now) noexcept;
  /// The one that was sent last was not, after all.
  void not_sent() noexcept;
  /// The service answered, whatever it said.
  void succeeded(time_point now) noexcept;
  /// The service, or the way to it, is at fault. `draw` is uniform in [0, 1).
  void failed(time_point now, double draw) noexcept;
  /// The service says that it is not there until then: so it opens at once, and then one poll
  /// probes. What it answers meanwhile, to what was sent before, says nothing else.
  void unavailable(time_point until) noexcept;
  /// Nothing is overdue any more.
  void caught_up() noexcept;

 private:
  double ramp_rate(time_point now) const noexcept;

  state state_ = state::closed;
  backoff backoff_;
  /// While closed or ramping, failures in a row; while open, probes that failed in a row.
  unsigned failures_ = 0;
  time_point ready_at_ = time_point::min();
  time_point unavailable_until_ = time_point::min();
  time_point ramp_began_{};
  /// Of the polls while closed, a second, averaged over the latest of them; as of `counted_at_`.
  double usual_rate_ = 0.0;
  time_point counted_at_{};
};

}  // namespace nunu::core
