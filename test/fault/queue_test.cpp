// Those who wait for their turn at a connection, and leave before it comes.
#include <gtest/gtest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <optional>
#include <string>

#include "events.hpp"
#include "loopback.hpp"
#include "quiet_server.hpp"
#include "scripted_server.hpp"
#include "tls_server.hpp"

namespace nunu::test {
namespace {

const std::string kJob = R"({"job_id":"j","status":"RUNNING"})";

/// Nothing but the test's own patience ends what waits.
client_config without_limits() {
  client_config c;
  c.api_key = api_key("key");
  c.connect_timeout = c.response_timeout = c.operation_timeout = 1h;
  return c;
}

/// A client with one connection, on which a poll waits for its answer. A poll, since it has no
/// deadline of its own: it keeps the connection until the test lets it go.
class Fault37 : public testing::Test {
 protected:
  asio::io_context context;
  quiet_server server{context};
  client_config config = without_limits();
  std::optional<client> c;
  ending holder, queued, next;

  void ask(ending& end) { c->get_job("j", end.details, end.handler()); }

  void take_the_connection() {
    config.max_connections = 1;
    config.polling.first = 0ms;
    config.base_url = server.base_url("http");
    c.emplace(context.get_executor(), config);
    c->wait_for_jobs({"held"}, wait_options(), holder.details, holder.handler());
    run_until(context, [&] { return server.requests() == 1; });
  }

  void end_the_poll() { server.say(0, answer(200, R"({"job_id":"held","status":"COMPLETED"})")); }

  /// The one who waits now is served, on the same connection.
  void expect_that_the_next_is_served() {
    run_until(context, [&] { return server.requests() == 2; });
    server.say(0, answer(200, kJob));
    run_until(context, [&] { return next.reached(); });
    EXPECT_FALSE(next.code->failed()) << next.details.to_string();
    EXPECT_FALSE(holder.code->failed()) << holder.details.to_string();
    EXPECT_EQ(server.connections(), 1U);
  }
};

TEST_F(Fault37, ATurnThatDoesNotComeInTimeIsAConnectTimeoutAndTheSlotGoesToTheNext) {
  // Not too short for the one who is served.
  config.operation_timeout = 1s;
  take_the_connection();
  ask(queued);
  run_until(context, [&] { return queued.reached(); });
  EXPECT_EQ(*queued.code, errc::connect_timeout);
  EXPECT_EQ(*queued.code, condition::not_sent);
  EXPECT_TRUE(queued.details.message.find("in time") != std::string::npos)
      << queued.details.message;
  EXPECT_FALSE(holder.reached());
  EXPECT_EQ(server.requests(), 1U);

  ask(next);
  settle(context);
  end_the_poll();
  expect_that_the_next_is_served();
}

TEST_F(Fault37, ACancelledTurnSendsNothingAndTheSlotGoesToTheNext) {
  take_the_connection();
  asio::cancellation_signal signal;
  c->get_job("j", queued.details, asio::bind_cancellation_slot(signal.slot(), queued.handler()));
  settle(context);
  ask(next);
  settle(context);
  signal.emit(asio::cancellation_type::total);
  // Nothing else can happen: the connection is still taken.
  run_until(context, [&] { return queued.reached(); });
  EXPECT_EQ(*queued.code, asio::error::operation_aborted);
  EXPECT_FALSE(next.reached());
  EXPECT_EQ(server.requests(), 1U);

  end_the_poll();
  expect_that_the_next_is_served();
}

TEST_F(Fault37, ClosingTheClientEndsThoseWhoWait) {
  take_the_connection();
  ask(queued);
  settle(context);
  c->close();
  run_until(context, [&] { return queued.reached() && holder.reached(); });
  EXPECT_EQ(*queued.code, errc::closed);
  EXPECT_EQ(server.requests(), 1U);
}

/// What the first answer says decides whether the next connection has to be opened.
class Fault37StepByStep : public testing::TestWithParam<const char*> {};

/// Between the moment at which a turn is granted and that at which its owner learns of it, and at
/// every other moment: the cancellation comes one step later each time round.
TEST_P(Fault37StepByStep, TheSlotIsNeverLostWheneverATurnIsCancelled) {
  asio::io_context context;
  const authority trusted("trusted");
  tls_server server(context, {trusted.issue(subject()), answer(200, kJob, GetParam())});
  client_config config = without_limits();
  config.base_url = server.base_url();
  config.tls.ca_pem = trusted.certificate_pem();
  config.max_connections = 1;
  bool was_cancelled = false;
  bool was_too_late = false;
  for (int steps = 0; !was_too_late; ++steps) {
    client c(context.get_executor(), config);
    ending first, second, third;
    asio::cancellation_signal signal;
    c.get_job("j", first.details, first.handler());
    c.get_job("j", second.details, asio::bind_cancellation_slot(signal.slot(), second.handler()));
    for (int i = 0; i < steps && !second.reached(); ++i) context.run_one_for(kPatience);
    was_too_late = second.reached();
    if (!was_too_late) signal.emit(asio::cancellation_type::terminal);
    c.get_job("j", third.details, third.handler());
    SCOPED_TRACE("cancelled after " + std::to_string(steps) + " steps");
    run_until(context, [&] { return first.reached() && second.reached() && third.reached(); });
    EXPECT_FALSE(first.code->failed()) << first.details.to_string();
    EXPECT_FALSE(third.code->failed()) << third.details.to_string();
    if (!second.code->failed()) continue;
    EXPECT_EQ(*second.code, asio::error::operation_aborted) << second.details.to_string();
    was_cancelled = true;
  }
  EXPECT_TRUE(was_cancelled);
}

INSTANTIATE_TEST_SUITE_P(Answers, Fault37StepByStep, testing::Values("", "Connection: close\r\n"),
                         [](const testing::TestParamInfo<const char*>& tested) {
                           return tested.param[0] == 0 ? "ThatKeepTheConnection"
                                                       : "ThatCloseTheConnection";
                         });

}  // namespace
}  // namespace nunu::test
