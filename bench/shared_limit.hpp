/// \file
/// A limit on requests that several clients share, in virtual time.
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <queue>
#include <vector>

#include "bench/draws.hpp"
#include "core/clock.hpp"
#include "core/request_budget.hpp"

namespace bench {

/// From 10 s to 70 s after the clients have begun.
struct shared_limit_result {
  /// The part of the requests that were answered 429.
  double rejected = 0.0;
  /// The part of what the limit grants.
  double used = 0.0;
  /// Of the requests that were granted.
  double slowest_of_fastest = 0.0;
};

/// Four clients that always have a poll to send, each with a request budget of its own, and a
/// service that grants all of them together 100 requests a second.
class shared_limit {
 public:
  explicit shared_limit(std::uint64_t seed) : draw_(seed) {
    // Not all at the same moment.
    for (std::size_t i = 0; i < kClients; ++i) wake(i, kStart + part_of(std::chrono::seconds(1)));
  }

  shared_limit_result measure() {
    run(kStart + kSettled);
    for (client& c : clients_) c.accepted = c.rejected = 0;
    run(kStart + kSettled + kMeasured);
    std::uint64_t accepted = 0;
    std::uint64_t rejected = 0;
    std::uint64_t least = clients_[0].accepted;
    std::uint64_t most = 0;
    for (const client& c : clients_) {
      accepted += c.accepted;
      rejected += c.rejected;
      least = std::min(least, c.accepted);
      most = std::max(most, c.accepted);
    }
    return {static_cast<double>(rejected) / static_cast<double>(accepted + rejected),
            static_cast<double>(accepted) / (kLimit * seconds(kMeasured)),
            static_cast<double>(least) / static_cast<double>(most)};
  }

 private:
  using duration = nunu::core::duration;
  using time_point = nunu::core::time_point;

  static constexpr std::size_t kClients = 4;
  static constexpr double kLimit = 100.0;
  static constexpr time_point kStart{std::chrono::hours(1)};
  static constexpr duration kSettled = std::chrono::seconds(10);
  static constexpr duration kMeasured = std::chrono::seconds(60);
  static constexpr duration kRetryAfter = std::chrono::seconds(1);
  static constexpr duration kShortestAnswer = std::chrono::milliseconds(20);
  static constexpr duration kLongestAnswer = std::chrono::milliseconds(80);
  static constexpr std::size_t kConnections = 16;

  struct client {
    nunu::core::request_budget budget;
    std::size_t in_flight = 0;
    std::uint64_t accepted = 0;
    std::uint64_t rejected = 0;
    /// Later wake-ups than this one count for nothing.
    time_point wakes = time_point::max();
  };

  struct event {
    enum class kind : std::uint8_t { wake_up, accepted, rejected };

    time_point at;
    enum kind kind = kind::wake_up;
    std::size_t who = 0;
    time_point sent_at{};
    friend bool operator>(const event& a, const event& b) { return a.at > b.at; }
  };

  static double seconds(duration d) { return std::chrono::duration<double>(d).count(); }

  duration part_of(duration whole) { return std::chrono::duration_cast<duration>(whole * draw_()); }

  void run(time_point until) {
    while (events_.top().at < until) {
      const event now = events_.top();
      events_.pop();
      handle(now);
      send_what_is_due(now.who, now.at);
    }
  }

  void handle(const event& e) {
    client& c = clients_[e.who];
    switch (e.kind) {
      case event::kind::wake_up:
        if (c.wakes <= e.at) c.wakes = time_point::max();
        return;
      case event::kind::accepted:
        c.budget.accepted(e.at);
        ++c.accepted;
        break;
      case event::kind::rejected:
        c.budget.rejected(e.sent_at, e.at, kRetryAfter, draw_());
        ++c.rejected;
        break;
    }
    --c.in_flight;
  }

  void send_what_is_due(std::size_t who, time_point now) {
    client& c = clients_[who];
    while (c.in_flight < kConnections) {
      if (c.budget.ready_at() > now) {
        c.budget.held_back();
        return wake(who, c.budget.ready_at());
      }
      c.budget.sent(now);
      ++c.in_flight;
      const duration takes = kShortestAnswer + part_of(kLongestAnswer - kShortestAnswer);
      const auto kind = granted(now) ? event::kind::accepted : event::kind::rejected;
      events_.push({now + takes, kind, who, now});
    }
  }

  void wake(std::size_t who, time_point when) {
    if (clients_[who].wakes <= when) return;
    clients_[who].wakes = when;
    events_.push({when, event::kind::wake_up, who});
  }

  /// A burst of one second's worth, then the limit.
  bool granted(time_point now) {
    tokens_ = std::min(kLimit, tokens_ + kLimit * seconds(now - filled_));
    filled_ = now;
    if (tokens_ < 1.0) return false;
    tokens_ -= 1.0;
    return true;
  }

  bench::draws draw_;
  std::array<client, kClients> clients_;
  std::priority_queue<event, std::vector<event>, std::greater<>> events_;
  double tokens_ = kLimit;
  time_point filled_ = kStart;
};

}  // namespace bench
