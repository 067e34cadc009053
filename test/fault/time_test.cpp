// Peers that are slow or ask to be left alone, and a wall clock that jumps.
#include <gtest/gtest.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <cstddef>
#include <ctime>
#include <deque>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "events.hpp"
#include "loopback.hpp"
#include "operations.hpp"
#include "scene.hpp"
#include "scripted_server.hpp"

namespace {

/// By how much the wall clock of this process is wrong.
std::atomic<std::time_t> seconds_off{0};

}  // namespace

// Instead of the system's, and the one that the standard library calls.
extern "C" __attribute__((visibility("default"))) int clock_gettime(clockid_t which,
                                                                    timespec* now) noexcept {
  const auto result = static_cast<int>(syscall(SYS_clock_gettime, which, now));
  if (which == CLOCK_REALTIME) now->tv_sec += seconds_off;
  return result;
}

namespace nunu::test {
namespace {

using clock = std::chrono::steady_clock;

const auto kToken = asio::as_tuple(asio::use_awaitable);

/// Of job "j".
job_outcome outcome_of_a_short_wait(asio::io_context& context, client& c) {
  std::optional<job_outcome> outcome;
  wait_options options;
  options.timeout = 100ms;
  c.wait_for_jobs({"j"}, options, [&](boost::system::error_code ec, const wait_report& report) {
    EXPECT_FALSE(ec) << ec.message();
    outcome = report.outcomes.at(0);
  });
  run_until(context, [&] { return outcome.has_value(); });
  return *outcome;
}

/// A service that answers the first request with this status and asks to be left alone.
void expect_every_request_to_wait(int status) {
  asio::io_context context;
  std::vector<clock::time_point> at;
  scripted_server server(context, [&](const std::string& request) -> scripted_server::reply {
    at.push_back(clock::now());
    if (at.size() == 1) return {answer(status, "", "Retry-After: 1\r\n")};
    if (request.starts_with("POST")) return {answer(201, R"({"job_ids":["j"]})")};
    return job_answer(id_in(request), "COMPLETED");
  });
  client_config config;
  config.base_url = server.base_url();
  config.api_key = api_key("key");
  config.polling.first = 1ms;
  client c(context.get_executor(), config);
  run(context, [&]() -> asio::awaitable<void> {
    job_watch watch = c.watch_jobs({"j"});
    const auto group = static_cast<std::size_t>(status / 100);
    while (c.stats().answers[group] == 0) co_await asio::post(context, asio::use_awaitable);
    co_await c.start_run(a_test());
    co_await watch.next();
    c.close();
    server.close();
  });
  ASSERT_EQ(at.size(), 3U) << status;
  EXPECT_GE(at[1] - at[0], 1s) << status;
}

TEST(Fault08, RetryAfterHoldsBackEveryRequestOfTheClient) {
  for (const int status : {429, 503}) expect_every_request_to_wait(status);
}

TEST(Fault08, RetryAfterHoldsBackThoseThatWaitForAConnectionToo) {
  asio::io_context context;
  scripted_server server(context, [](const std::string&) -> scripted_server::reply {
    return {answer(429, "", "Retry-After: 3600\r\n")};
  });
  client_config config;
  config.base_url = server.base_url();
  config.api_key = api_key("key");
  config.max_connections = 2;
  client c(context.get_executor(), config);
  constexpr int kCallers = 20;
  int told_to_wait = 0;
  const auto count = [&](boost::system::error_code ec, const auto&) {
    EXPECT_EQ(ec, errc::rate_limited) << ec.message();
    ++told_to_wait;
  };
  for (int i = 0; i < kCallers; ++i) {
    c.start_run(a_test(), count);
    c.get_job("j", count);
  }
  run_until(context, [&] { return told_to_wait == 2 * kCallers; });
  // Those that were on their way when the first was answered.
  EXPECT_LE(server.requests().size(), config.max_connections);
}

TEST(Fault08, RetryAfterHoldsBackPollsThatWaitForAConnectionToo) {
  asio::io_context context;
  std::vector<clock::time_point> at;
  scripted_server server(context,
                         [&](const std::string& request) -> std::optional<scripted_server::reply> {
                           if (request.starts_with("GET /api/v1/runs/")) return std::nullopt;
                           at.push_back(clock::now());
                           if (at.size() == 1)
                             return scripted_server::reply{answer(429, "", "Retry-After: 1\r\n")};
                           return job_answer(id_in(request), "COMPLETED");
                         });
  client_config config = config_for(server.base_url());
  config.max_connections = 3;
  config.polling.first = 0ms;
  client c(context.get_executor(), config);
  const auto ignore = [](boost::system::error_code, const run_details&) {};
  for (std::size_t i = 1; i < config.max_connections; ++i) c.get_run("r", ignore);
  run_until(context, [&] { return server.requests().size() == 2; });
  // One on the connection that is left, and two that wait for it.
  std::optional<wait_report> waited;
  c.wait_for_jobs({"a", "b", "c"},
                  [&](boost::system::error_code, const wait_report& report) { waited = report; });
  run_until(context, [&] { return waited.has_value(); });
  EXPECT_EQ(waited->count(outcome_kind::finished), 3U);
  ASSERT_EQ(at.size(), 4U);
  EXPECT_GE(at[1] - at[0], 1s);
}

TEST(Fault08, ARetryAfterThatIsLongerThanTheOperationMayTakeEndsItAtOnce) {
  asio::io_context context;
  scripted_server server(context, {{answer(429, "", "Retry-After: 3600\r\n")}});
  client_config config;
  config.base_url = server.base_url();
  config.api_key = api_key("key");
  client c(context.get_executor(), config);
  run(context, [&]() -> asio::awaitable<void> {
    auto [first, j] = co_await c.get_job("j", kToken);
    EXPECT_EQ(first, errc::rate_limited);
    diagnostics details;
    auto [second, started] = co_await c.start_run(a_test(), start_options(), details, kToken);
    EXPECT_EQ(second, errc::rate_limited);
    EXPECT_TRUE(details.launch_id.empty()) << "nothing was sent";
    c.close();
    server.close();
  });
  EXPECT_EQ(server.requests().size(), 1U);
}

TEST(Fault08, WhatRetryAfterSaysIsAFloorOrNowOrIgnored) {
  asio::io_context context;
  std::deque<scene> scenes;
  for (const char* value : {"0", "-5", "soon", "1.5", "Wed, 21 Oct 2015 07:28:00 GMT"}) {
    for (const operation what : kOperations) {
      const std::string header = std::string("Retry-After: ") + value + "\r\n";
      const scripted_server::reply rejected{answer(429, "", header)};
      const scripted_server::reply good{answer_for(what)};
      scenes.emplace_back(context, what, scene::script{rejected, good});
    }
  }
  play(context, scenes);
  for (const scene& s : scenes) {
    EXPECT_TRUE(s.result.delivered) << s.result.details.to_string();
    EXPECT_EQ(s.c.stats().rate_limited, 1U);
    EXPECT_EQ(s.server.requests().size(), 2U);
  }
}

TEST(Fault08, ARetryAfterOfAgesEndsAnOperationAndNotAWait) {
  asio::io_context context;
  const scripted_server::reply rejected{answer(429, "", "Retry-After: 1000000000000\r\n")};
  std::deque<scene> scenes;
  for (const operation what : kRequests)
    scenes.emplace_back(context, what, scene::script{rejected});
  play(context, scenes);
  for (const scene& s : scenes) {
    EXPECT_EQ(s.result.code, errc::rate_limited);
    EXPECT_EQ(s.server.requests().size(), 1U);
  }
  scripted_server server(context, {rejected});
  client c(context.get_executor(), config_for(server.base_url()));
  const job_watch polls = c.watch_jobs({"j"});
  run_until(context, [&] { return c.stats().rate_limited != 0; });
  const job_outcome outcome = outcome_of_a_short_wait(context, c);
  EXPECT_EQ(outcome.kind, outcome_kind::still_running);
  EXPECT_EQ(outcome.error, errc::rate_limited);
  EXPECT_EQ(server.requests().size(), 1U);
}

/// Says its answer a byte at a time, with pauses.
class dripping_server {
 public:
  dripping_server(asio::io_context& context, std::string reply)
      : acceptor_(context, {asio::ip::address_v4::loopback(), 0}), reply_(std::move(reply)) {
    asio::co_spawn(context, accept(), asio::detached);
  }

  std::string base_url() const {
    return "http://127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port());
  }
  /// Of each connection, how many bytes it took.
  const std::deque<std::size_t>& taken() const { return taken_; }

 private:
  asio::awaitable<void> accept() {
    for (;;) {
      auto [ec, socket] = co_await acceptor_.async_accept(kToken);
      if (ec) co_return;
      std::size_t& taken = taken_.emplace_back();
      asio::co_spawn(acceptor_.get_executor(), drip(std::move(socket), taken), asio::detached);
    }
  }

  asio::awaitable<void> drip(asio::ip::tcp::socket socket, std::size_t& taken) {
    std::string received;
    co_await asio::async_read_until(socket, asio::dynamic_buffer(received), "\r\n\r\n", kToken);
    asio::steady_timer pause(socket.get_executor());
    for (const char& byte : reply_) {
      pause.expires_after(10ms);
      co_await pause.async_wait(kToken);
      auto [ec, count] = co_await asio::async_write(socket, asio::buffer(&byte, 1), kToken);
      if (ec) co_return;
      ++taken;
    }
  }

  asio::ip::tcp::acceptor acceptor_;
  std::string reply_;
  std::deque<std::size_t> taken_;
};

class Fault14 : public testing::TestWithParam<operation> {};

TEST_P(Fault14, DripsEndWithTheTimeOfTheAttemptAndOfTheOperation) {
  asio::io_context context;
  // At its pace this takes ten seconds.
  dripping_server server(context, answer_for(GetParam()) + std::string(1000, ' '));
  client_config config = config_for(server.base_url());
  config.response_timeout = 150ms;
  config.operation_timeout = 600ms;
  client c(context.get_executor(), config);
  call result;
  const auto began = clock::now();
  result.begin(c, GetParam());
  run_until(context, [&] { return result.ended(); });
  EXPECT_GE(clock::now() - began, config.response_timeout);
  EXPECT_LT(clock::now() - began, 5s);
  if (GetParam() == operation::start_run) {
    EXPECT_EQ(result.code, errc::start_outcome_unknown);
    EXPECT_EQ(c.stats().starts, 1U);
  } else {
    EXPECT_EQ(result.code, errc::response_timeout);
  }
  EXPECT_NE(result.details.message.find("took too long"), std::string::npos)
      << result.details.message;
  EXPECT_EQ(server.taken().size(), c.stats().broken_exchanges) << "a connection was used again";
  EXPECT_GT(std::ranges::max(server.taken()), 1U) << "nothing came, and so it was no drip";
}

INSTANTIATE_TEST_SUITE_P(Operations, Fault14, testing::ValuesIn(kRequests), operation_name);

TEST(Fault14, DripsDoNotHoldUpTheDeadlineOfAWait) {
  asio::io_context context;
  dripping_server server(context, answer_for(operation::get_job));
  client c(context.get_executor(), config_for(server.base_url()));
  const job_outcome outcome = outcome_of_a_short_wait(context, c);
  EXPECT_EQ(outcome.kind, outcome_kind::still_running);
}

/// While it lives, the wall clock can be set.
class wall_clock {
 public:
  wall_clock() = default;
  ~wall_clock() { seconds_off = 0; }
  wall_clock(const wall_clock&) = delete;
  wall_clock& operator=(const wall_clock&) = delete;

  void jump(std::chrono::hours by) { seconds_off += std::chrono::seconds(by).count(); }
};

class Fault16 : public testing::TestWithParam<std::chrono::hours> {};

TEST_P(Fault16, AJumpOfTheWallClockEndsNothingAndHoldsUpNothing) {
  wall_clock wall;
  const auto before = std::chrono::system_clock::now();
  wall.jump(GetParam());
  ASSERT_GT(std::chrono::abs(std::chrono::system_clock::now() - before), 1h)
      << "the clock does not jump";

  for (const operation what : kOperations) {
    SCOPED_TRACE(name_of(what));
    asio::io_context context;
    int requests = 0;
    // It jumps while the answer is awaited, and so before and during the pause after the second.
    scripted_server server(context, [&](const std::string&) -> scripted_server::reply {
      wall.jump(GetParam());
      const int status = ++requests == 2 ? 429 : 0;
      return {status == 0 ? answer_for(what) : answer(status, "")};
    });
    client c(context.get_executor(), config_for(server.base_url()));
    for (int i = 0; i < 3; ++i) {
      call result;
      result.begin(c, what);
      run_until(context, [&] { return result.ended(); });
      EXPECT_TRUE(result.delivered) << result.details.to_string();
    }
    EXPECT_EQ(requests, 4);
    EXPECT_EQ(server.connections(), 1) << "it was taken for too old";
  }
}

INSTANTIATE_TEST_SUITE_P(Jumps, Fault16,
                         testing::Values(std::chrono::hours(24 * 30), std::chrono::hours(-24 * 30)),
                         [](const testing::TestParamInfo<std::chrono::hours>& tested) {
                           return std::string(tested.param > 0h ? "Forward" : "Back");
                         });

}  // namespace
}  // namespace nunu::test
