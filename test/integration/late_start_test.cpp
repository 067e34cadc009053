// Starts that were cancelled when the service had them already.
#include <gtest/gtest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "events.hpp"
#include "loopback.hpp"
#include "quiet_server.hpp"
#include "scripted_server.hpp"
#include "scripted_start.hpp"

namespace nunu::test {
namespace {

using ids = std::vector<std::string>;

/// A start that is cancelled once the server has it; what the server says comes later.
class LateStart : public testing::Test {
 protected:
  LateStart() {
    config.base_url = server.base_url("http");
    config.api_key = api_key("key");
    config.reconcile_window = 30s;
    config.reconcile_interval = 10ms;
    config.on_late_start = [this](const started_run& run) {
      late.push_back(run);
      if (throws) throw std::logic_error("of the callback");
    };
    c.emplace(context.get_executor(), config);
  }

  void begin_start() {
    c->start_run(a_test(), start_options(), end.details,
                 asio::bind_cancellation_slot(signal.slot(), end.handler()));
    run_until(context, [&] { return server.connections() == 1 && posts() == 1; });
  }

  void cancel() {
    signal.emit(asio::cancellation_type::terminal);
    run_until(context, [&] { return end.reached(); });
    EXPECT_EQ(*end.code, asio::error::operation_aborted);
    EXPECT_FALSE(end.details.launch_id.empty());
    EXPECT_TRUE(contains(end.details.message, "may have started")) << end.details.message;
    EXPECT_TRUE(late.empty()) << "it was told before the operation ended";
  }

  std::size_t posts() const { return count("POST "); }
  std::size_t listings() const { return count("GET "); }
  std::size_t count(const std::string& method) const {
    const std::string& received = server.received(0);
    std::size_t n = 0;
    for (auto at = received.find(method); at != std::string::npos;
         at = received.find(method, at + 1))
      ++n;
    return n;
  }

  /// The start is answered in a way that does not tell, and then its tag is listed.
  void answer_ambiguously() {
    server.say(0, answer(504, ""));
    run_until(context, [&] { return listings() == 1; });
  }

  void list_twice(const ids& found) {
    const std::string launch_id = launch_id_in(server.received(0));
    server.say(0, page_of(launch_id, found));
    run_until(context, [&] { return listings() == 2; });
    server.say(0, page_of(launch_id, found));
  }

  client_config config;
  bool throws = false;
  std::vector<started_run> late;
  ending end;
  asio::cancellation_signal signal;
  asio::io_context context;
  quiet_server server{context};
  std::optional<client> c;
};

TEST_F(LateStart, IsRememberedAndTold) {
  begin_start();
  cancel();
  EXPECT_FALSE(server.ended(0)) << "the exchange was not drained";
  server.say(0, answer(201, kStarted));
  run_until(context, [&] { return !late.empty(); });
  EXPECT_EQ(late[0].job_ids, ids{"j1"});
  EXPECT_EQ(late[0].launch_id, end.details.launch_id);
  std::optional<started_run> found;
  c->find_launch(end.details.launch_id,
                 [&](boost::system::error_code, std::optional<started_run> f) { found = f; });
  run_until(context, [&] { return found.has_value(); });
  EXPECT_EQ(*found, late[0]);
  EXPECT_EQ(listings(), 0U) << "the service was asked for what is remembered";
}

TEST_F(LateStart, ThatIsAmbiguousIsLookedUpAsWell) {
  begin_start();
  cancel();
  answer_ambiguously();
  list_twice({"j1", "j2"});
  run_until(context, [&] { return !late.empty(); });
  EXPECT_EQ(late[0].job_ids, (ids{"j1", "j2"}));
  EXPECT_EQ(late[0].launch_id, end.details.launch_id);
  EXPECT_EQ(posts(), 1U);
}

TEST_F(LateStart, MayBeCancelledWhileItIsLookedUp) {
  begin_start();
  answer_ambiguously();
  EXPECT_FALSE(end.reached());
  cancel();
  list_twice({"j1"});
  run_until(context, [&] { return !late.empty(); });
  EXPECT_EQ(late[0].job_ids, ids{"j1"});
}

TEST_F(LateStart, OfWhichSomeJobsWereSeenIsToldWithThese) {
  begin_start();
  answer_ambiguously();
  cancel();
  server.say(0, page_of(end.details.launch_id, {"j1"}));
  run_until(context, [&] { return listings() == 2; });
  server.say(0, answer(403, ""));
  run_until(context, [&] { return !late.empty(); });
  EXPECT_EQ(late[0].job_ids, ids{"j1"});
  EXPECT_TRUE(contains(late[0].message, "perhaps not all")) << late[0].message;
}

TEST_F(LateStart, ThatWasRefusedIsNotToldAndNotSentAgain) {
  begin_start();
  cancel();
  server.say(0, answer(429, "", "Retry-After: 0\r\n"));
  run_until(context, [&] { return c->stats().rate_limited == 1; });
  settle(context);
  EXPECT_TRUE(late.empty());
  EXPECT_EQ(posts(), 1U);
}

TEST_F(LateStart, IsWaitedForByThoseWhoAskForItsLaunchId) {
  begin_start();
  cancel();
  const start_options again{.launch_id = end.details.launch_id};
  std::optional<started_run> started;
  std::optional<started_run> found;
  c->start_run(a_test(), again, [&](boost::system::error_code, started_run r) { started = r; });
  c->find_launch(again.launch_id,
                 [&](boost::system::error_code, std::optional<started_run> f) { found = f; });
  settle(context);
  server.say(0, answer(201, kStarted));
  run_until(context, [&] { return started && found; });
  EXPECT_EQ(started->job_ids, ids{"j1"});
  EXPECT_EQ(found, started);
  EXPECT_EQ(posts(), 1U);
  EXPECT_EQ(server.connections(), 1U) << "the service was asked meanwhile";
}

TEST_F(LateStart, ThatWasRefusedIsSentByTheNextWhoAsksForIt) {
  begin_start();
  cancel();
  const start_options again{.launch_id = end.details.launch_id};
  ending second;
  c->start_run(a_test(), again, second.details, second.handler());
  settle(context);
  server.say(0, answer(400, ""));
  run_until(context, [&] { return listings() == 1; });
  EXPECT_EQ(posts(), 1U) << "it was not asked whether it has started";
  list_twice({});
  run_until(context, [&] { return posts() == 2; });
}

TEST_F(LateStart, IsNotWaitedForByACallThatIsCancelled) {
  begin_start();
  cancel();
  const start_options again{.launch_id = end.details.launch_id};
  ending second;
  asio::cancellation_signal of_second;
  c->start_run(a_test(), again, second.details,
               asio::bind_cancellation_slot(of_second.slot(), second.handler()));
  settle(context);
  EXPECT_FALSE(second.reached());
  of_second.emit(asio::cancellation_type::total);
  run_until(context, [&] { return second.reached(); });
  EXPECT_EQ(*second.code, asio::error::operation_aborted);
  EXPECT_EQ(server.connections(), 1U);
}

TEST_F(LateStart, IsWaitedForNoLongerThanAnOperationMayTake) {
  config.operation_timeout = 500ms;
  c.emplace(context.get_executor(), config);
  begin_start();
  cancel();
  const start_options again{.launch_id = end.details.launch_id};
  ending second;
  ending third;
  c->start_run(a_test(), again, second.details, second.handler());
  c->find_launch(again.launch_id, third.details, third.handler());
  run_until(context, [&] { return second.reached() && third.reached(); });
  EXPECT_EQ(*second.code, errc::start_outcome_unknown);
  EXPECT_EQ(*third.code, errc::start_outcome_unknown);
  EXPECT_EQ(second.details.launch_id, again.launch_id);
  EXPECT_TRUE(contains(second.details.message, "another call")) << second.details.message;
  EXPECT_EQ(posts(), 1U);
}

TEST_F(LateStart, OfWhichNoDeviceStartedIsNotTold) {
  begin_start();
  cancel();
  server.say(0, answer(500, R"({"ok":false,"job_ids":[],"requested_count":1,"started_count":0,)"
                            R"("failed_count":1,"device_runs":[{"device_label":"A","ok":false,)"
                            R"("status":500,"error":"offline"}]})"));
  run_until(context, [&] { return c->stats().answers[5] == 1; });
  settle(context);
  EXPECT_TRUE(late.empty());
}

TEST_F(LateStart, IsNotToldOnceTheClientIsDestroyed) {
  begin_start();
  cancel();
  server.say(0, answer(201, kStarted));
  // It has landed, and telling it is what comes next.
  run_until(context, [&] { return c->stats().answers[2] == 1; });
  c.reset();
  settle(context);
  EXPECT_TRUE(late.empty());
}

TEST_F(LateStart, IsNotWaitedForOnceTheClientIsClosed) {
  begin_start();
  cancel();
  c->close();
  run_until(context, [&] { return server.ended(0); });
  settle(context);
  EXPECT_TRUE(late.empty());
}

TEST_F(LateStart, WhatTheCallbackThrowsLeavesThroughTheContext) {
  throws = true;
  begin_start();
  cancel();
  server.say(0, answer(201, kStarted));
  EXPECT_THROW(run_until(context, [] { return false; }), std::logic_error);
  EXPECT_EQ(late.size(), 1U);
  std::optional<started_run> found;
  c->find_launch(end.details.launch_id,
                 [&](boost::system::error_code, std::optional<started_run> f) { found = f; });
  run_until(context, [&] { return found.has_value(); });
  EXPECT_EQ(*found, late[0]) << "the client does not go on";
}

}  // namespace
}  // namespace nunu::test
