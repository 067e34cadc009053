// A limit on requests that several clients share, in virtual time.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <queue>
#include <random>
#include <vector>

#include "core/clock.hpp"
#include "core/request_budget.hpp"

namespace nunu::test {

/// From 10 s to 70 s after the clients have begun.
struct shared_limit_result {
  /// The part of the requests that were answered 429.
  double rejected = 0.0;
  /// The part of what the limit grants.
  double used = 0.0;
  /// Of the requests that were granted.
  double slowest_of_fastest = 0.0;
};

/// Clients that always have a poll to send, each with a request budget of its own, and a service
/// that grants all of them together so many requests a second.
class shared_limit {
 public:
  using duration = core::duration;
  using time_point = core::time_point;

  /// The last client begins `late` after the others, and what is measured begins later by as much.
  shared_limit(std::size_t clients, double limit, std::uint64_t seed, duration late = {})
      : clients_(clients),
        limit_(limit),
        late_(late),
        random_(seed),
        tokens_(std::max(1.0, limit)) {
    // Not all at the same moment.
    for (std::size_t i = 0; i < clients; ++i)
      wake(i, kStart + part_of(std::chrono::seconds(1)) + (i + 1 == clients ? late_ : duration{}));
  }

  shared_limit_result measure() {
    run(kStart + late_ + kSettled);
    for (client& c : clients_) c.accepted = c.rejected = 0;
    run(kStart + late_ + kSettled + kMeasured);
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
            static_cast<double>(accepted) / (limit_ * seconds(kMeasured)),
            static_cast<double>(least) / static_cast<double>(most)};
  }

 private:
  static constexpr time_point kStart{std::chrono::hours(1)};
  static constexpr duration kSettled = std::chrono::seconds(10);
  static constexpr duration kMeasured = std::chrono::seconds(60);
  static constexpr duration kRetryAfter = std::chrono::seconds(1);
  static constexpr duration kShortestAnswer = std::chrono::milliseconds(20);
  static constexpr duration kLongestAnswer = std::chrono::milliseconds(80);
  static constexpr std::size_t kConnections = 16;

  struct client {
    core::request_budget budget;
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

  duration part_of(duration whole) { return std::chrono::duration_cast<duration>(whole * draw()); }
  double draw() { return std::uniform_real_distribution<double>(0.0, 1.0)(random_); }

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
        c.budget.rejected(e.sent_at, e.at, kRetryAfter, draw());
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
    tokens_ = std::min(std::max(1.0, limit_), tokens_ + limit_ * seconds(now - filled_));
    filled_ = now;
    if (tokens_ < 1.0) return false;
    tokens_ -= 1.0;
    return true;
  }

  std::vector<client> clients_;
  double limit_;
  duration late_;
  std::mt19937_64 random_;
  std::priority_queue<event, std::vector<event>, std::greater<>> events_;
  double tokens_;
  time_point filled_ = kStart;
};

}  // namespace nunu::test
