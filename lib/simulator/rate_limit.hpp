/// \file
/// The service's rate limit.
#pragma once

#include <algorithm>
#include <optional>

#include "simulator/timeline.hpp"

namespace nunu::simulation {

/// A token bucket that holds what one second gives, and at least one token.
class token_bucket {
 public:
  explicit token_bucket(double per_second)
      : per_second_(per_second), capacity_(std::max(1.0, per_second)), tokens_(capacity_) {}

  /// None: granted. Else how long until a request is granted again.
  std::optional<model_time> take(model_time now) {
    tokens_ = std::min(capacity_, tokens_ + seconds(now - filled_).count() * per_second_);
    filled_ = now;
    if (tokens_ >= 1.0) {
      tokens_ -= 1.0;
      return std::nullopt;
    }
    return std::chrono::ceil<model_time>(seconds((1.0 - tokens_) / per_second_));
  }

 private:
  using seconds = std::chrono::duration<double>;

  double per_second_;
  double capacity_;
  double tokens_;
  model_time filled_{0};
};

}  // namespace nunu::simulation
