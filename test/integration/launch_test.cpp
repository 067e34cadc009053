// Starts whose outcome is unknown, and what a launch id has started.
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstddef>
#include <deque>
#include <optional>
#include <stdexcept>
#include <string>
#include <tuple>
#include <vector>

#include "events.hpp"
#include "loopback.hpp"
#include "quiet_server.hpp"
#include "scripted_server.hpp"
#include "scripted_start.hpp"

namespace nunu::test {
namespace {

using ids = std::vector<std::string>;
using reply = scripted_server::reply;
using then = scripted_server::then;

const auto kToken = asio::as_tuple(asio::use_awaitable);
const std::string kStarted = R"({"job_ids":["j1"],"build_id":"b","message":"queued"})";
const reply kLost{"", then::close};
const reply kForbidden{answer(403, R"({"error":"no permission to list"})")};

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

class AmbiguousStart : public scripted_start {
 protected:
  /// The launch id is the client's own: it is not asked about first, so all listings are of the
  /// look-up, and pages are made when it is known.
  struct outcome {
    result ended;
    std::string launch_id;
  };

  /// `pages` of job ids; the last is given again and again.
  outcome start_and_look_up(const reply& answer_to_start, const std::vector<ids>& pages,
                            std::deque<reply> more_starts = {}, start_options options = {}) {
    asio::io_context context;
    outcome o;
    std::size_t next_page = 0;
    scripted_server server(context, [&](const std::string& sent) -> std::optional<reply> {
      if (sent.starts_with("GET")) {
        o.ended.listings.push_back(sent);
        if (!listings.empty()) return listings.front();
        const ids& page = pages[std::min(next_page++, pages.size() - 1)];
        return reply{page_of(o.launch_id, page)};
      }
      o.ended.starts.push_back(sent);
      o.launch_id = launch_id_in(sent);
      if (o.ended.starts.size() == 1) return answer_to_start;
      if (more_starts.empty()) return std::nullopt;
      const reply next = more_starts.front();
      more_starts.pop_front();
      return next;
    });
    config.base_url = server.base_url();
    client c(context.get_executor(), config);
    run(context, [&]() -> asio::awaitable<void> {
      std::tie(o.ended.code, o.ended.run) =
          co_await c.start_run(a_test(), options, o.ended.details, kToken);
      c.close();
      server.close();
    });
    return o;
  }
};

TEST_F(AmbiguousStart, IsAdoptedWhenTwoListingsAgree) {
  config.reconcile_window = 10s;
  for (const reply& lost : {kLost, reply{answer(504, "")}, reply{answer(201, "<html>")}}) {
    const outcome o = start_and_look_up(lost, {{}, {"j2"}, {"j2", "j1"}});
    ASSERT_FALSE(o.ended.code) << o.ended.details.to_string();
    EXPECT_EQ(o.ended.run.job_ids, (ids{"j1", "j2"}));
    EXPECT_EQ(o.ended.run.launch_id, o.launch_id);
    EXPECT_EQ(o.ended.run.build_id, "b");
    EXPECT_EQ(o.ended.starts.size(), 1U) << "sent again";
    ASSERT_EQ(o.ended.listings.size(), 4U);
    EXPECT_TRUE(contains(o.ended.listings[0], "tags=nunu-launch-" + o.launch_id))
        << o.ended.listings[0];
  }
}

TEST_F(AmbiguousStart, OfWhichNothingIsListedStaysUnknown) {
  const outcome o = start_and_look_up(kLost, {{}});
  EXPECT_EQ(o.ended.code, errc::start_outcome_unknown);
  EXPECT_EQ(o.ended.details.launch_id, o.launch_id);
  EXPECT_TRUE(o.ended.details.request.starts_with("POST ")) << o.ended.details.request;
  EXPECT_TRUE(contains(o.ended.details.message, "may have started")) << o.ended.details.message;
  EXPECT_TRUE(contains(o.ended.details.message, "no job with its tag was listed"))
      << o.ended.details.message;
  EXPECT_EQ(o.ended.starts.size(), 1U);
  EXPECT_GE(o.ended.listings.size(), 2U);
}

TEST_F(AmbiguousStart, IsNotLookedUpWithoutPermission) {
  config.reconcile_window = 1h;
  listings = {kForbidden};
  const outcome o = start_and_look_up(kLost, {{}});
  EXPECT_EQ(o.ended.code, errc::start_outcome_unknown);
  EXPECT_EQ(o.ended.listings.size(), 1U);
  EXPECT_TRUE(contains(o.ended.details.message, "no permission to list"))
      << o.ended.details.message;
}

TEST_F(AmbiguousStart, IsNotLookedUpWithoutTags) {
  config.reconcile_window = 1h;
  const outcome o = start_and_look_up(kLost, {{}}, {}, {.tags = false});
  EXPECT_EQ(o.ended.code, errc::start_outcome_unknown);
  EXPECT_FALSE(o.ended.details.launch_id.empty());
  EXPECT_TRUE(o.ended.listings.empty());
}

TEST_F(AmbiguousStart, DoesNotTakeTheJobsOfOthersForItsOwn) {
  listings = {{page_of("another", {"j1", "j2"})}};
  const outcome o = start_and_look_up(kLost, {{}});
  EXPECT_EQ(o.ended.code, errc::start_outcome_unknown);
  EXPECT_TRUE(o.ended.details.job_ids.empty());
  EXPECT_TRUE(contains(o.ended.details.message, "does not carry the tag"))
      << o.ended.details.message;
}

TEST_F(AmbiguousStart, KeepsTheJobsThatWereSeenOnceAndIsNotSentAgainThen) {
  // The interval is so long that what is seen at the end of the window cannot be confirmed.
  config.reconcile_interval = 1h;
  std::vector<ids> growing;
  for (std::size_t i = 1; i <= 20; ++i) {
    growing.emplace_back();
    for (std::size_t j = 0; j < i; ++j) growing.back().push_back("j" + std::to_string(10 + j));
  }
  const outcome o =
      start_and_look_up(kLost, growing, {}, {.if_unknown = unknown_start::risk_second_run});
  EXPECT_EQ(o.ended.code, errc::start_outcome_unknown);
  ASSERT_FALSE(o.ended.details.job_ids.empty());
  EXPECT_EQ(o.ended.details.job_ids[0], "j10");
  EXPECT_EQ(o.ended.starts.size(), 1U);
}

TEST_F(AmbiguousStart, IsSentAgainIfTheCallerRisksASecondRun) {
  const outcome o = start_and_look_up(kLost, {{}}, {{answer(201, kStarted)}},
                                      {.if_unknown = unknown_start::risk_second_run});
  ASSERT_FALSE(o.ended.code) << o.ended.details.to_string();
  ASSERT_EQ(o.ended.starts.size(), 2U);
  EXPECT_EQ(o.ended.starts[0], o.ended.starts[1]) << "another launch id";
  EXPECT_GE(o.ended.listings.size(), 1U) << "it was not looked up first";
}

TEST_F(AmbiguousStart, WhoseAnswerNamesJobsIsNotSentAgain) {
  const outcome o = start_and_look_up({answer(503, R"({"error":"half of it","job_ids":["j1"]})")},
                                      {{}}, {}, {.if_unknown = unknown_start::risk_second_run});
  EXPECT_EQ(o.ended.code, errc::start_outcome_unknown);
  EXPECT_EQ(o.ended.details.job_ids, ids{"j1"});
  EXPECT_EQ(o.ended.starts.size(), 1U);
}

TEST_F(AmbiguousStart, IsNotForgottenForTheFailureOfALaterAttempt) {
  const outcome o = start_and_look_up(kLost, {{}}, {{answer(400, R"({"error":"because"})")}},
                                      {.if_unknown = unknown_start::risk_second_run});
  EXPECT_EQ(o.ended.code, errc::start_outcome_unknown);
  EXPECT_EQ(o.ended.details.launch_id, o.launch_id);
  EXPECT_EQ(o.ended.details.service_message, "because");
}

TEST_F(AmbiguousStart, AllPagesOfItsListingAreRead) {
  asio::io_context context;
  std::string launch_id;
  scripted_server server(context, [&](const std::string& sent) -> std::optional<reply> {
    if (sent.starts_with("POST")) {
      launch_id = launch_id_in(sent);
      return kLost;
    }
    const int page = contains(sent, "page=1") ? 1 : 0;
    return reply{page_of(launch_id, {page == 0 ? "j1" : "j2"}, page, 2)};
  });
  config.base_url = server.base_url();
  config.reconcile_window = 10s;
  client c(context.get_executor(), config);
  run(context, [&]() -> asio::awaitable<void> {
    const started_run found = co_await c.start_run(a_test());
    EXPECT_EQ(found.job_ids, (ids{"j1", "j2"}));
    c.close();
    server.close();
  });
}

class GivenLaunchId : public scripted_start {};

TEST_F(GivenLaunchId, ThatHasStartedSomethingIsAdoptedAndNothingIsSent) {
  listings = {{page_of("mine", {"j1", "j2"})}};
  const result r = start({}, a_test(), {.launch_id = "mine"});
  ASSERT_FALSE(r.code) << r.details.to_string();
  EXPECT_EQ(r.run.job_ids, (ids{"j1", "j2"}));
  EXPECT_EQ(r.run.launch_id, "mine");
  EXPECT_TRUE(r.starts.empty());
  EXPECT_EQ(r.listings.size(), 2U);
}

TEST_F(GivenLaunchId, ThatHasStartedNothingIsSentAfterTwoEmptyListings) {
  const result r = start({{answer(201, kStarted)}}, a_test(), {.launch_id = "mine"});
  ASSERT_FALSE(r.code) << r.details.to_string();
  EXPECT_EQ(r.starts.size(), 1U);
  EXPECT_EQ(r.listings.size(), 2U);
}

TEST_F(GivenLaunchId, ThatCannotBeAskedAboutIsNotSent) {
  listings = {kForbidden};
  const result r = start({}, a_test(), {.launch_id = "mine"});
  EXPECT_EQ(r.code, errc::forbidden);
  EXPECT_EQ(r.details.launch_id, "mine");
  EXPECT_TRUE(contains(r.details.message, "nothing was sent")) << r.details.message;
  EXPECT_TRUE(r.starts.empty());
}

TEST_F(GivenLaunchId, ThatCannotBeAskedAboutIsSentIfTheCallerRisksASecondRun) {
  listings = {kForbidden};
  const result r = start({{answer(201, kStarted)}}, a_test(),
                         {.launch_id = "mine", .if_unknown = unknown_start::risk_second_run});
  EXPECT_FALSE(r.code) << r.details.to_string();
  EXPECT_EQ(r.starts.size(), 1U);
}

TEST_F(GivenLaunchId, IsNotAskedAboutWithoutTags) {
  const result r = start({{answer(201, kStarted)}}, a_test(), {.launch_id = "mine", .tags = false});
  EXPECT_FALSE(r.code) << r.details.to_string();
  EXPECT_TRUE(r.listings.empty());
}

/// At the simulator, with clients of their own for each process.
class Launches : public testing::Test {
 protected:
  client_config config_for(const simulator& s) const {
    client_config c = client_for(s);
    c.reconcile_interval = 10ms;
    return c;
  }

  asio::io_context context;
  simulator sim{context.get_executor(), endless_simulator()};
};

TEST_F(Launches, AreStartedOnceByAProgramThatIsRestarted) {
  start_options options;
  options.launch_id = "nightly-1";
  started_run runs[2];
  for (started_run& one : runs) {
    client c(context.get_executor(), config_for(sim));
    run(context, [&]() -> asio::awaitable<void> { one = co_await c.start_run(a_plan(), options); });
  }
  std::sort(runs[0].job_ids.begin(), runs[0].job_ids.end());
  EXPECT_EQ(runs[0].job_ids.size(), 5U);
  EXPECT_EQ(runs[0].job_ids, runs[1].job_ids);
  EXPECT_EQ(sim.stats().runs, 1U);
}

TEST_F(Launches, AreRememberedByTheClientThatStartedThem) {
  client c(context.get_executor(), config_for(sim));
  start_options options;
  options.launch_id = "nightly-1";
  run(context, [&]() -> asio::awaitable<void> {
    const started_run first = co_await c.start_run(a_plan(), options);
    const auto requests = sim.stats().requests;
    const started_run second = co_await c.start_run(a_plan(), options);
    const auto found = co_await c.find_launch("nightly-1");
    EXPECT_EQ(first, second);
    EXPECT_EQ(found, first);
    EXPECT_EQ(sim.stats().requests, requests) << "the service was asked";
  });
}

TEST_F(Launches, CannotBeStartedTwiceAtOnce) {
  client c(context.get_executor(), config_for(sim));
  const start_options options{.launch_id = "nightly-1"};
  ending first, second;
  c.start_run(a_plan(), options, first.details, first.handler());
  c.start_run(a_plan(), options, second.details, second.handler());
  run_until(context, [&] { return first.reached() && second.reached(); });
  EXPECT_FALSE(first.code->failed()) << first.details.to_string();
  EXPECT_EQ(second.code, errc::invalid_request);
  EXPECT_TRUE(contains(second.details.message, "nightly-1")) << second.details.message;
  EXPECT_EQ(sim.stats().runs, 1U);
}

TEST_F(Launches, AreFoundByTheirId) {
  client starter(context.get_executor(), config_for(sim));
  client finder(context.get_executor(), config_for(sim));
  run(context, [&]() -> asio::awaitable<void> {
    started_run started = co_await starter.start_run(a_plan());
    const auto found = co_await finder.find_launch(started.launch_id);
    std::sort(started.job_ids.begin(), started.job_ids.end());
    EXPECT_TRUE(found);
    if (!found) co_return;
    EXPECT_EQ(found->job_ids, started.job_ids);
    EXPECT_EQ(found->launch_id, started.launch_id);
    EXPECT_EQ(found->test_plan_execution_id, started.test_plan_execution_id);
    const auto nothing = co_await finder.find_launch("never-started");
    EXPECT_FALSE(nothing);
  });
}

TEST_F(Launches, WithManyPagesAreFoundWhole) {
  simulator_config many = endless_simulator();
  many.tests_per_plan = 250;
  simulator large(context.get_executor(), many);
  client starter(context.get_executor(), config_for(large));
  client finder(context.get_executor(), config_for(large));
  run(context, [&]() -> asio::awaitable<void> {
    const started_run started = co_await starter.start_run(a_plan());
    const auto found = co_await finder.find_launch(started.launch_id);
    EXPECT_TRUE(found);
    if (found) {
      EXPECT_EQ(found->job_ids.size(), 250U);
    }
  });
}

TEST_F(Launches, AnIdThatIsNoneCostsNoBytes) {
  static constexpr const char* kBad[] = {"", "Upper", "a,b"};
  client c(context.get_executor(), config_for(sim));
  run(context, [&]() -> asio::awaitable<void> {
    for (const char* const bad : kBad) {
      diagnostics details;
      auto [ec, found] = co_await c.find_launch(bad, details, kToken);
      EXPECT_EQ(ec, errc::invalid_request) << bad;
      EXPECT_TRUE(contains(details.message, "launch_id")) << details.message;
    }
  });
  EXPECT_EQ(sim.stats().requests, 0U);
}

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

TEST_F(LateStart, IsUnderWayUntilItIsKnown) {
  begin_start();
  cancel();
  start_options again;
  again.launch_id = end.details.launch_id;
  ending second;
  c->start_run(a_test(), again, second.details, second.handler());
  run_until(context, [&] { return second.reached(); });
  EXPECT_EQ(*second.code, errc::invalid_request);
  server.say(0, answer(201, kStarted));
  run_until(context, [&] { return !late.empty(); });
  ending third;
  c->start_run(a_test(), again, third.details, third.handler());
  run_until(context, [&] { return third.reached(); });
  EXPECT_FALSE(third.code->failed()) << third.details.to_string();
  EXPECT_EQ(posts(), 1U);
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

/// Every operation of a client shares its retries.
TEST(Retries, AnOutageDoesNotMultiplyTheLoad) {
  constexpr std::size_t kOperations = 300;
  asio::io_context context;
  std::size_t requests = 0;
  scripted_server server(context, [&](const std::string&) {
    ++requests;
    return reply{answer(503, R"({"error":"down"})")};
  });
  client_config config;
  config.base_url = server.base_url();
  config.api_key = api_key("key");
  config.operation_timeout = 3s;
  client c(context.get_executor(), config);
  std::size_t ended = 0;
  std::vector<diagnostics> details(kOperations);
  std::vector<boost::system::error_code> codes(kOperations);
  for (std::size_t i = 0; i < kOperations; ++i)
    c.get_job("j" + std::to_string(i), details[i], [&, i](boost::system::error_code ec, job) {
      codes[i] = ec;
      ++ended;
    });
  run_until(context, [&] { return ended == kOperations; });
  EXPECT_GE(requests, kOperations);
  EXPECT_LE(requests, kOperations + 60) << "50 retries, and one more every five seconds";
  for (const auto& code : codes) EXPECT_EQ(code, errc::server_error);
  EXPECT_TRUE(std::any_of(details.begin(), details.end(), [](const diagnostics& d) {
    return contains(d.message, "retries are used up") && d.service_message == "down";
  }));
}

}  // namespace
}  // namespace nunu::test
