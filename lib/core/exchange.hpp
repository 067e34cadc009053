/// \file
/// What one exchange with the service came to, and what follows from it for each kind of request.
#pragma once

#include <optional>

#include "core/clock.hpp"

namespace nunu::core {

/// How far a request got.
enum class progress {
  /// Nothing was written.
  not_sent,
  /// Nothing was written, and trying again cannot help: the certificate was rejected, or the
  /// proxy rejects our user.
  refused_to_send,
  /// A write began and no whole answer came.
  broken,
  answered,
};

struct exchange_outcome {
  core::progress progress = progress::not_sent;
  /// Only when answered.
  int status = 0;
  /// The body is what the API documents for this request and status.
  bool understood = false;
  std::optional<duration> retry_after{};
};

/// The answer says that what was asked for has happened, whether or not it is understood.
bool claims_success(const exchange_outcome& outcome) noexcept;

/// The answer is 429: too many requests.
bool is_rejected(const exchange_outcome& outcome) noexcept;

/// Whatever was asked for, it certainly did not happen.
bool had_no_effect(const exchange_outcome& outcome) noexcept;

/// The service, or the way to it, is at fault: trying again takes a retry of the client's budget.
/// 429 does not: how often to send after that is the request budget's.
bool costs_retry(const exchange_outcome& outcome) noexcept;

/// The service has answered, and was not at fault.
bool earns_retry(const exchange_outcome& outcome) noexcept;

/// For how long the service, which is at fault, asks to be left alone, where it does. What 429 asks
/// for is told to the request budget with it.
std::optional<duration> unavailable_for(const exchange_outcome& outcome) noexcept;

/// What follows for `POST /runs`.
enum class start_decision {
  /// The result is known; parts of it may have failed.
  done,
  /// It has certainly not started: back off and send it again.
  send_again,
  /// It has certainly not started, and sending it again cannot help.
  rejected,
  /// It may have started: it must not be sent again.
  ambiguous,
};

start_decision decide_start(const exchange_outcome& outcome) noexcept;

/// What follows for a request that may be said twice: a GET, or a stop.
enum class repeatable_decision { done, send_again, failed };

repeatable_decision decide_repeatable(const exchange_outcome& outcome) noexcept;

/// What follows for the poll of a watched job.
enum class poll_decision {
  seen,
  /// The service or the way to it is at fault: ask again later.
  ask_later,
  /// Too many requests: ask again when the service allows it.
  rejected,
  /// The service answers, but not in a way that says anything of the job: ask again in its turn.
  not_understood,
  /// The service has spoken on this job: it cannot be polled.
  unreachable,
  /// Trying again cannot help, for whichever job.
  all_unreachable,
};

poll_decision decide_poll(const exchange_outcome& outcome) noexcept;

/// What follows for a page of a group of watched jobs.
enum class page_decision {
  seen,
  ask_later,
  rejected,
  /// The service answers, but this listing is of no use: ask for its jobs one by one.
  useless,
  /// The service allows no listing.
  refused,
  all_unreachable,
};

page_decision decide_page(const exchange_outcome& outcome) noexcept;

}  // namespace nunu::core
