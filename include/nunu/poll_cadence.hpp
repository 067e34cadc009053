/// \file
/// How often watched jobs are asked for. Standard library only.
#pragma once

#include <chrono>

namespace nunu {

/// How often a watched job is asked for. Each delay is drawn at random between three quarters of
/// its nominal value and the whole, so that jobs never fall into step and no bound is exceeded.
struct poll_cadence {
  /// The first poll of a job comes at random within this time.
  std::chrono::milliseconds first{1'000};
  /// Delays then grow by this factor, from `first` to the bound of the job's state.
  double growth = 2.0;
  /// The bound while the job is QUEUED, …
  std::chrono::milliseconds queued{60'000};
  /// … while it is STARTING, RUNNING, or in a state that this version does not know, …
  std::chrono::milliseconds running{30'000};
  /// … and while it is STOPPING or CLEANING_UP, when its end is near.
  std::chrono::milliseconds ending{5'000};
};

}  // namespace nunu
