// chaos: the service, on a thread of its own. It breaks, stalls and restarts until it is told to be
// well.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <string_view>
#include <thread>

#include <nunu/client_config.hpp>
#include <nunu/simulator.hpp>
#include "chaos_account.hpp"

namespace nunu::chaos {

namespace asio = boost::asio;
using namespace std::chrono_literals;

/// The first rule that picks an exchange is the one that happens. Together they break about one
/// exchange in twenty, and of the starts that take effect one in ten, without those that are
/// answered with another status. What is slow leaves time for cancelling it.
inline constexpr std::string_view rules[] = {
    "any 1.5% request:random reset",  "any 1% request:random close",
    "any 1.5% answer:random reset",   "any 1% answer:random truncate",
    "any 0.2% answer:random garbage", "any 0.05% request:random stall",
    "any 0.05% answer:random stall",  "any 0.5% request status=503",
    "any 0.5% answer status=502",     "any 0.02% request status=429 header='Retry-After: 1'",
    "start_run 3% answer status=500", "start_run 3% answer body='{}'",
    "start_run 40% answer drip=1ms",
};

inline constexpr std::chrono::milliseconds time_between_restarts = 3s;
inline constexpr std::chrono::milliseconds time_away = 300ms;

class service {
 public:
  service(std::uint64_t seed, bool tls)
      : simulator_(context_.get_executor(), behaviour(seed, tls)), restarts_(context_) {
    restart_later();
    thread_ = std::thread([this] { context_.run(); });
  }
  service(const service&) = delete;
  service& operator=(const service&) = delete;
  ~service() {
    be_well();
    simulator_.close();
    thread_.join();
  }

  client_config config() const {
    client_config config;
    config.base_url = simulator_.base_url();
    config.api_key = simulator_config().api_key;
    config.tls.ca_pem = simulator_.certificate_pem();
    config.max_connections = 128;
    // So that what stalls does not last.
    config.response_timeout = 1s;
    config.connect_timeout = 1s;
    // The service lists a job as soon as it has it.
    config.reconcile_interval = 50ms;
    config.reconcile_window = 10s;
    config.polling = {.first = 200ms, .growth = 2.0, .queued = 1s, .running = 1s, .ending = 500ms};
    return config;
  }

  simulator_stats stats() const { return simulator_.stats(); }

  /// Nothing breaks any more.
  void be_well() {
    asio::post(context_, [this] {
      is_well_ = true;
      restarts_.cancel();
    });
    simulator_.set_faults({});
  }

 private:
  static simulator_config behaviour(std::uint64_t seed, bool tls) {
    simulator_config config;
    config.tls = tls;
    config.seed = seed;
    config.tests_per_plan = jobs_of_plan;
    config.queue_time = {0ms, 200ms};
    config.run_time = {100ms, 1'000ms};
    config.rate_limit_per_second = 2'000;
    config.send_retry_after = false;
    for (const std::string_view rule : rules) config.faults.push_back(parse_fault(rule));
    return config;
  }

  void restart_later() {
    restarts_.expires_after(time_between_restarts);
    restarts_.async_wait([this](boost::system::error_code) {
      if (is_well_) return;
      simulator_.pause_listening(time_away);
      restart_later();
    });
  }

  asio::io_context context_{1};
  simulator simulator_;
  asio::steady_timer restarts_;
  bool is_well_ = false;
  std::thread thread_;
};

}  // namespace nunu::chaos
