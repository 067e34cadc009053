/// \file
/// Whether a client may try again. How long it waits before, `backoff` says.
#pragma once

#include "core/clock.hpp"

namespace nunu::core {

/// One for all operations of a client, so that an outage does not multiply the load: while most
/// requests succeed each can be retried, and when all fail the retries run out, and an operation
/// fails with its first attempt. Successes earn retries, and so, slowly, does time, for a client
/// that hardly sends anything.
///
/// Polls have `health` instead, and after a 429 the request budget says when to send again: neither
/// costs a retry.
class retry_budget {
 public:
  /// More than one operation can use in its default time, with the default backoff.
  static constexpr double kMost = 50.0;
  /// In the long run, one request in ten may be a retry.
  static constexpr double kPerSuccess = 0.1;
  static constexpr double kPerSecond = 0.2;

  /// The service answered, and was not at fault.
  void succeeded() noexcept;
  /// Takes one retry. False: there is none left, and the operation has to give up.
  bool take(time_point now) noexcept;

 private:
  double left_ = kMost;
  time_point refilled_at_ = time_point::min();
};

}  // namespace nunu::core
