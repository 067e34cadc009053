#include "core/health.hpp"

#include <algorithm>
#include <cmath>

namespace nunu::core {
namespace {

/// One broken connection, or the polls that shared it, is no outage. Nor is it during a ramp: where
/// one exchange in twenty breaks, a ramp that ended with the first would never be got over.
constexpr unsigned kFailuresToOpen = 3;

using seconds = std::chrono::duration<double>;

/// What a ramp begins with, in polls a second.
constexpr double kRampBegin = 10.0;
/// The ceiling, as a multiple of the rate before the outage: what was overdue is caught up with in
/// two thirds of an interval, and the service has carried nearly as much before.
constexpr double kRampCeiling = 1.5;
/// So many polls a second are no burst, whatever the rate was: the pages of a sweep are as close.
constexpr double kLeastCeiling = 50.0;
/// A ramp that has not caught up by then has more to send than before, or never knew the usual
/// rate: its ceiling doubles each so many seconds, so that no job waits for long.
constexpr seconds kCatchUp{30.0};
constexpr seconds kCeilingDoubles{10.0};
/// The usual rate is an average in which older polls count less and less, over this time. Polls
/// come in waves, which are shorter.
constexpr seconds kAverage{15.0};

}  // namespace

time_point health::ready_at() const noexcept {
  return state_ == state::probing ? time_point::max() : ready_at_;
}

double health::ramp_rate(time_point now) const noexcept {
  const seconds since = now - ramp_began_;
  const double ceiling = std::max(kLeastCeiling, usual_rate_ * kRampCeiling);
  const double late = std::max(0.0, (since - kCatchUp) / kCeilingDoubles);
  return std::min(kRampBegin * std::exp2(since.count()), ceiling * std::exp2(late));
}

void health::sent(time_point now) noexcept {
  switch (state_) {
    case state::closed: {
      const seconds since = now - counted_at_;
      usual_rate_ = usual_rate_ * std::exp(-since / kAverage) + 1.0 / kAverage.count();
      counted_at_ = now;
      break;
    }
    case state::open:
      state_ = state::probing;
      break;
    case state::probing:
      break;
    case state::ramping: {
      const seconds interval(1.0 / ramp_rate(now));
      // The time of an outage does not count in the average.
      counted_at_ = now;
      ready_at_ = std::max(ready_at_, now) + std::chrono::duration_cast<duration>(interval);
      break;
    }
  }
}

void health::not_sent() noexcept {
  // Another probes in its place.
  if (state_ == state::probing) state_ = state::open;
}

void health::succeeded(time_point now) noexcept {
  if (now < unavailable_until_) return;
  failures_ = 0;
  // Answers to polls that were sent before it opened come late, but they come from the service.
  if (state_ != state::open && state_ != state::probing) return;
  state_ = state::ramping;
  ramp_began_ = now;
  ready_at_ = now;
}

void health::failed(time_point now, double draw) noexcept {
  switch (state_) {
    case state::closed:
    case state::ramping:
      if (++failures_ < kFailuresToOpen) return;
      failures_ = 1;
      break;
    case state::open:
      // A poll from before it opened: nothing new.
      return;
    case state::probing:
      ++failures_;
      break;
  }
  state_ = state::open;
  ready_at_ = now + backoff_.delay(failures_, draw);
}

void health::unavailable(time_point until) noexcept {
  state_ = state::open;
  failures_ = std::max(failures_, 1U);
  unavailable_until_ = ready_at_ = std::max(unavailable_until_, until);
}

void health::caught_up() noexcept {
  if (state_ != state::ramping) return;
  state_ = state::closed;
  ready_at_ = time_point::min();
}

}  // namespace nunu::core
