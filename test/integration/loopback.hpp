// What the integration tests stand on: a simulator, a client for it, and one io_context for both.
#pragma once

#include <gtest/gtest.h>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <exception>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <nunu/client.hpp>
#include <nunu/simulator.hpp>

namespace nunu::test {

namespace asio = boost::asio;
using namespace std::chrono_literals;

/// A test that takes longer hangs.
inline constexpr auto kPatience = 60s;

/// Jobs that end within milliseconds.
inline simulator_config quick_simulator() {
  simulator_config c;
  c.tls = false;
  c.queue_time = {0ms, 20ms};
  c.run_time = {10ms, 60ms};
  c.tests_per_plan = 5;
  c.pass_rate = 1.0;
  return c;
}

/// Jobs that do not end by themselves while a test looks on.
inline simulator_config endless_simulator() {
  simulator_config c = quick_simulator();
  c.queue_time = {0ms, 0ms};
  c.run_time = {1h, 1h};
  return c;
}

inline client_config client_for(const simulator& s) {
  client_config c;
  c.base_url = s.base_url();
  c.api_key = api_key("simulator-key");
  c.tls.ca_pem = s.certificate_pem();
  c.polling = {.first = 5ms, .growth = 1.5, .queued = 20ms, .running = 20ms, .ending = 10ms};
  return c;
}

inline run_request a_plan() {
  run_request r;
  r.test_plan_id = "plan";
  r.deployment_config_id = "deployment";
  return r;
}

inline run_request a_test() {
  run_request r;
  r.multiplayer_test_id = "test";
  r.deployment_config_id = "deployment";
  return r;
}

inline bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

/// Runs the context until the coroutine has ended, and throws what it threw.
inline void run(asio::io_context& context, std::function<asio::awaitable<void>()> body) {
  bool ended = false;
  std::exception_ptr thrown;
  asio::co_spawn(context, std::move(body), [&](std::exception_ptr e) {
    thrown = std::move(e);
    ended = true;
  });
  const auto give_up = std::chrono::steady_clock::now() + kPatience;
  context.restart();
  while (!ended && !context.stopped() && std::chrono::steady_clock::now() < give_up)
    context.run_one_until(give_up);
  if (thrown) std::rethrow_exception(thrown);
  ASSERT_TRUE(ended) << "the coroutine hangs";
}

}  // namespace nunu::test
