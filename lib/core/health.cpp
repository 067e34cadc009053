#include "core/health.hpp"

#include <algorithm>
#include <cmath>

namespace nunu::core {
namespace {

/// One broken connection, or the polls that shared it, is no outage.
constexpr unsigned kFailuresToOpen = 3;

/// What a ramp begins with, in polls a second. It doubles each second, so that 100,000 overdue
/// polls are sent within 14 seconds.
constexpr double kRampBegin = 10.0;

}  // namespace

time_point health::ready_at() const noexcept {
  return state_ == state::probing ? time_point::max() : ready_at_;
}

void health::sent(time_point now) noexcept {
  if (state_ == state::open) {
    state_ = state::probing;
  } else if (state_ == state::ramping) {
    const std::chrono::duration<double> since = now - ramp_began_;
    const std::chrono::duration<double> interval(1.0 / (kRampBegin * std::exp2(since.count())));
    ready_at_ = std::max(ready_at_, now) + std::chrono::duration_cast<duration>(interval);
  }
}

void health::succeeded(time_point now) noexcept {
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
      if (++failures_ < kFailuresToOpen) return;
      failures_ = 1;
      break;
    case state::open:
      // A poll from before it opened: nothing new.
      return;
    case state::probing:
      ++failures_;
      break;
    case state::ramping:
      failures_ = 1;
      break;
  }
  state_ = state::open;
  ready_at_ = now + backoff_.delay(failures_, draw);
}

void health::caught_up() noexcept {
  if (state_ != state::ramping) return;
  state_ = state::closed;
  ready_at_ = time_point::min();
}

}  // namespace nunu::core
