// What happens to connections between two requests, and while one is on its way.
#include <gtest/gtest.h>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <cstddef>
#include <functional>
#include <ostream>
#include <string>
#include <vector>

#include "events.hpp"
#include "loopback.hpp"
#include "operations.hpp"
#include "quiet_server.hpp"
#include "scripted_server.hpp"

namespace nunu::test {
namespace {

const std::string kOther = answer(200, R"({"job_id":"other","status":"COMPLETED"})");

/// A client whose pool has connections that have just been used.
class Pool : public testing::Test {
 protected:
  asio::io_context context;
  quiet_server server{context};
  client c{context.get_executor(), config_for(server.base_url("http"))};

  /// So many operations at once, each on a connection of its own.
  void fill_the_pool(std::size_t connections) {
    std::vector<call> first(connections);
    for (call& one : first) one.begin(c, operation::get_job);
    run_until(context, [&] { return server.requests() == connections; });
    for (std::size_t i = 0; i < connections; ++i) server.say(i, answer_for(operation::get_job));
    for (const call& one : first) run_until(context, [&] { return one.ended(); });
  }

  /// Waits for a request on a connection that it has to open, and answers it.
  void answer_on_a_new_connection(operation what, const call& asked) {
    const std::size_t known = server.connections();
    run_until(context,
              [&] { return server.connections() == known + 1 && server.requests(known) == 1; });
    server.say(known, answer_for(what));
    run_until(context, [&] { return asked.ended(); });
    EXPECT_TRUE(asked.delivered) << asked.details.to_string();
  }
};

class PoolOf : public Pool, public testing::WithParamInterface<operation> {
 protected:
  /// What the server did between two requests goes unnoticed.
  void expect_that_the_next_request_dials() {
    call next;
    next.begin(c, GetParam());
    answer_on_a_new_connection(GetParam(), next);
    EXPECT_EQ(server.requests(0), 1U);
    EXPECT_EQ(c.stats().broken_exchanges, 0U);
    EXPECT_EQ(c.stats().retries, 0U);
    EXPECT_EQ(c.stats().connections_open, 1U) << "the old one is kept beside the new";
  }

  /// The connection breaks when the request has been written to it.
  void expect_that_only_a_start_stays_unknown(const std::function<void(std::size_t)>& breaks) {
    const std::size_t known = server.connections();
    call crossed;
    crossed.begin(c, GetParam());
    run_until(context, [&] { return server.requests() == known + 1; });
    ASSERT_EQ(server.connections(), known) << "it is not sent on a pooled connection";
    std::size_t used = 0;
    while (server.requests(used) != 2) ++used;
    breaks(used);
    if (GetParam() == operation::start_run) {
      run_until(context, [&] { return crossed.ended(); });
      EXPECT_EQ(crossed.code, errc::start_outcome_unknown);
      EXPECT_FALSE(crossed.details.launch_id.empty());
    } else {
      run_until(context, [&] { return server.requests() == known + 2; });
      ASSERT_EQ(server.connections(), known + 1) << "it is sent again on a pooled connection";
      server.say(known, answer_for(GetParam()));
      run_until(context, [&] { return crossed.ended(); });
      EXPECT_TRUE(crossed.delivered) << crossed.details.to_string();
    }
    EXPECT_EQ(c.stats().broken_exchanges, 1U);
    EXPECT_EQ(c.stats().starts, GetParam() == operation::start_run ? 1U : 0U);
  }
};

class Fault01 : public PoolOf {};

TEST_P(Fault01, WhatTheServerClosedWhileIdleIsDroppedAndTheNextRequestDials) {
  fill_the_pool(1);
  server.hang_up(0);
  expect_that_the_next_request_dials();
}

TEST_P(Fault01, WhatTheServerResetWhileIdleIsDroppedAndTheNextRequestDials) {
  fill_the_pool(1);
  server.reset(0);
  expect_that_the_next_request_dials();
}

INSTANTIATE_TEST_SUITE_P(Operations, Fault01, testing::ValuesIn(kOperations), operation_name);

class Fault02 : public PoolOf {};

TEST_P(Fault02, AFinThatCrossesTheRequestMakesAStartUnknownAndAllElseIsSaidAgain) {
  fill_the_pool(1);
  expect_that_only_a_start_stays_unknown([&](std::size_t used) { server.hang_up(used); });
}

TEST_P(Fault02, AResetThatCrossesTheRequestMakesAStartUnknownAndAllElseIsSaidAgain) {
  fill_the_pool(1);
  expect_that_only_a_start_stays_unknown([&](std::size_t used) { server.reset(used); });
}

INSTANTIATE_TEST_SUITE_P(Operations, Fault02, testing::ValuesIn(kOperations), operation_name);

class Fault03 : public PoolOf {};

TEST_P(Fault03, WhenThePooledConnectionsAreStaleTheSecondAttemptDials) {
  fill_the_pool(3);
  // Nobody has told the client: the others look as good as this one did.
  expect_that_only_a_start_stays_unknown([&](std::size_t used) { server.reset(used); });
}

INSTANTIATE_TEST_SUITE_P(Operations, Fault03, testing::ValuesIn(kOperations), operation_name);

class Fault03Polls : public PoolOf {};

class Fault12 : public Pool {
 protected:
  void expect_that_the_next_request_is_not_paired_with_it() {
    call next;
    next.begin(c, operation::get_job);
    answer_on_a_new_connection(operation::get_job, next);
    EXPECT_EQ(server.requests(0), 1U);
    EXPECT_EQ(c.stats().retries, 0U);
  }
};

TEST_F(Fault12, BytesLeftAfterTheAnswerDropTheConnection) {
  call first;
  first.begin(c, operation::get_job);
  run_until(context, [&] { return server.requests() == 1; });
  server.say(0, answer_for(operation::get_job) + kOther);
  run_until(context, [&] { return first.ended(); });
  EXPECT_TRUE(first.delivered) << first.details.to_string();
  run_until(context, [&] { return server.ended(0); });
  expect_that_the_next_request_is_not_paired_with_it();
}

TEST_F(Fault12, AnUnsolicitedAnswerDropsTheConnection) {
  fill_the_pool(1);
  server.say(0, kOther);
  expect_that_the_next_request_is_not_paired_with_it();
}

TEST(Fault13, WhatTheServerWillNotKeepIsNotPooled) {
  const std::string job = body_for(operation::get_job);
  const std::string rows[] = {
      answer(200, job, "Connection: close\r\n"),
      "HTTP/1.0 200 OK\r\nContent-Length: " + std::to_string(job.size()) + "\r\n\r\n" + job,
      answer(200, job, "Keep-Alive: timeout=0\r\n"),
  };
  for (const std::string& first : rows) {
    asio::io_context context;
    scripted_server server(context, {{first}, {answer(200, job)}});
    client c(context.get_executor(), config_for(server.base_url()));
    run(context, [&]() -> asio::awaitable<void> {
      co_await c.get_job("j");
      co_await c.get_job("j");
    });
    EXPECT_EQ(server.connections(), 2) << first;
    EXPECT_EQ(c.stats().retries, 0U) << first;
  }
}

/// Of a limit that must not be what ends something.
constexpr auto kNever = 1h;

struct reuse {
  const char* name;
  std::chrono::milliseconds max_connection_age;
  std::chrono::milliseconds idle_timeout;
  /// In the first answer.
  const char* header;
  /// After the first answer.
  std::chrono::milliseconds pause;
  int connections;
};

/// What GoogleTest calls it.
void PrintTo(const reuse& row, std::ostream* out) {
  *out << row.name;
}

const reuse kReuse[] = {
    {"IsReusedWithinEveryLimit", kNever, kNever, "", 30ms, 1},
    {"OlderThanTheLimitIsNot", 20ms, kNever, "", 30ms, 2},
    {"UnusedForLongerThanTheLimitIsNot", kNever, 20ms, "", 30ms, 2},
    {"IsReusedWithinHalfOfWhatTheServerPromised", kNever, kNever, "Keep-Alive: timeout=60\r\n",
     510ms, 1},
    {"UnusedForOverHalfOfWhatTheServerPromisedIsNot", kNever, kNever, "Keep-Alive: timeout=1\r\n",
     510ms, 2},
    {"UnusedForOverHalfOfWhatItPromisedAmongOtherThingsIsNot", kNever, kNever,
     "Keep-Alive: max=100, timeout=1\r\n", 510ms, 2},
};

class Fault13Reuse : public testing::TestWithParam<reuse> {};

TEST_P(Fault13Reuse, IsOnlyWithinTheLimitsOfAConnection) {
  asio::io_context context;
  scripted_server server(context, {{answer_for(operation::get_job, GetParam().header)},
                                   {answer_for(operation::get_job)}});
  client_config config = config_for(server.base_url());
  config.max_connection_age = GetParam().max_connection_age;
  config.idle_timeout = GetParam().idle_timeout;
  client c(context.get_executor(), config);
  run(context, [&]() -> asio::awaitable<void> {
    co_await c.get_job("j");
    // The limit is a time, and so the test lets that time pass: nothing happens meanwhile.
    asio::steady_timer pause(context, GetParam().pause);
    co_await pause.async_wait(asio::use_awaitable);
    co_await c.get_job("j");
  });
  EXPECT_EQ(server.connections(), GetParam().connections);
  EXPECT_EQ(c.stats().retries, 0U);
  EXPECT_EQ(c.stats().connections_open, 1U) << "the old one is kept beside the new";
}

INSTANTIATE_TEST_SUITE_P(Table, Fault13Reuse, testing::ValuesIn(kReuse),
                         [](const testing::TestParamInfo<reuse>& tested) {
                           return std::string(tested.param.name);
                         });

}  // namespace
}  // namespace nunu::test
