/// \file
/// What a client has done so far.
#pragma once

#include <array>
#include <cstdint>

namespace nunu {

/// Counts since the client was made, and some gauges.
struct client_stats {
  /// Requests written, by what they were for; retries count again.
  std::uint64_t starts = 0;
  std::uint64_t stops = 0;
  /// Of single jobs that are waited for.
  std::uint64_t polls = 0;
  /// Of pages of a group of jobs that are waited for.
  std::uint64_t pages = 0;
  /// Of jobs and pages that were asked for otherwise, the look-up of launches included, and of runs
  /// and pages of bugs.
  std::uint64_t reads = 0;

  /// Answers by the first digit of their status: `answers[2]` counts 2xx. 0 is not used.
  std::array<std::uint64_t, 6> answers{};
  /// 429 among them.
  std::uint64_t rate_limited = 0;
  /// Requests that got no whole answer.
  std::uint64_t broken_exchanges = 0;
  /// Further attempts at a request, polls aside, whether or not they came to be written.
  std::uint64_t retries = 0;

  std::uint64_t connections_opened = 0;
  std::uint64_t tls_handshakes = 0;
  /// Handshakes among them that resumed a session.
  std::uint64_t tls_resumptions = 0;

  /// Connections open now.
  std::uint64_t connections_open = 0;
  /// Jobs watched now; one that several callers wait for counts once.
  std::uint64_t jobs_watched = 0;
  /// News of watched jobs that came with pages.
  std::uint64_t jobs_refreshed = 0;
  /// Groups whose jobs are asked for one by one, since the service does not allow listing (403), or
  /// its listing was not understood or kept missing jobs.
  std::uint64_t groups_given_up = 0;
  /// How many requests a second the polls may make, after the service has answered 429. 0: there is
  /// no limit.
  double poll_rate = 0.0;
};

}  // namespace nunu
