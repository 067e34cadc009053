/// \file
/// What `client::stats` reads. Written on the client's strand, read from any thread.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

namespace nunu::transport {

/// A count with one writer: cheaper than an atomic increment.
class counter {
 public:
  void add(std::uint64_t n = 1) noexcept {
    value_.store(value_.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
  }
  void set(std::uint64_t n) noexcept { value_.store(n, std::memory_order_relaxed); }
  std::uint64_t get() const noexcept { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

/// Named as in `client_stats`.
struct counters {
  counter starts, stops, polls, pages, reads;
  std::array<counter, 6> answers;
  counter rate_limited, broken_exchanges, retries;
  counter connections_opened, tls_handshakes, tls_resumptions, connections_open;
  counter jobs_watched, jobs_refreshed, groups_given_up;
  /// 0: no limit.
  std::atomic<double> poll_rate{0.0};
};

}  // namespace nunu::transport
