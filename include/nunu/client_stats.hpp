/// \file
/// What a client has done so far.
#pragma once

#include <array>
#include <cstdint>

namespace nunu {

/// Counts since the client was made, and two gauges.
struct client_stats {
  /// Requests written, by what they were for; retries count again.
  std::uint64_t starts = 0;
  std::uint64_t stops = 0;
  std::uint64_t polls = 0;
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
};

}  // namespace nunu
