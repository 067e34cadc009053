#include "core/retry_budget.hpp"

#include <algorithm>

namespace nunu::core {

void retry_budget::succeeded() noexcept {
  left_ = std::min(kMost, left_ + kPerSuccess);
}

bool retry_budget::take(time_point now) noexcept {
  if (refilled_at_ != time_point::min() && now > refilled_at_) {
    const std::chrono::duration<double> elapsed = now - refilled_at_;
    left_ = std::min(kMost, left_ + elapsed.count() * kPerSecond);
  }
  refilled_at_ = std::max(refilled_at_, now);
  if (left_ < 1.0) return false;
  left_ -= 1.0;
  return true;
}

}  // namespace nunu::core
