#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "loopback.hpp"
#include "scripted_server.hpp"

namespace nunu::test {
namespace {

const auto kToken = asio::as_tuple(asio::use_awaitable);

asio::awaitable<std::vector<std::string>> start(client& c, int plans) {
  std::vector<std::string> ids;
  for (int i = 0; i < plans; ++i) {
    const started_run run = co_await c.start_run(a_plan());
    ids.insert(ids.end(), run.job_ids.begin(), run.job_ids.end());
  }
  co_return ids;
}

wait_options for_at_most(std::chrono::milliseconds timeout) {
  return {.timeout = timeout};
}

class Waiting : public testing::Test {
 protected:
  asio::io_context context;
  simulator sim{context.get_executor(), quick_simulator()};
  client c{context.get_executor(), client_for(sim)};
};

class WaitingLong : public testing::Test {
 protected:
  asio::io_context context;
  simulator sim{context.get_executor(), endless_simulator()};
  client c{context.get_executor(), client_for(sim)};
};

TEST_F(Waiting, ReportsInTheCallersOrder) {
  run(context, [&]() -> asio::awaitable<void> {
    auto ids = co_await start(c, 4);
    std::reverse(ids.begin(), ids.end());
    const wait_report report = co_await c.wait_for_jobs(ids);
    EXPECT_EQ(report.outcomes.size(), ids.size());
    for (std::size_t i = 0; i < ids.size(); ++i) {
      EXPECT_EQ(report.outcomes[i].job_id, ids[i]);
      EXPECT_EQ(report.outcomes[i].kind, outcome_kind::finished);
      EXPECT_EQ(report.outcomes[i].job->job_id, ids[i]);
      EXPECT_EQ(report.outcomes[i].verdict, verdict::passed);
    }
    EXPECT_EQ(c.stats().jobs_watched, 0U);
  });
}

/// What the engine keeps for a job is used again when the job has ended: by one other at a time.
TEST_F(Waiting, JobsOneAfterTheOtherHaveTheirOwnOutcomesEach) {
  for (const bool batch_polls : {true, false}) {
    client_config config = client_for(sim);
    config.batch_polls = batch_polls;
    client one_after_the_other(context.get_executor(), config);
    run(context, [&]() -> asio::awaitable<void> {
      for (const std::size_t at_once : {1U, 2U, 1U, 3U, 5U, 1U, 9U}) {
        std::vector<std::string> ids;
        for (std::size_t i = 0; i < at_once; ++i) {
          const started_run started = co_await one_after_the_other.start_run(a_test());
          ids.push_back(started.job_ids.front());
        }
        const wait_report report = co_await one_after_the_other.wait_for_jobs(ids);
        for (std::size_t i = 0; i < at_once; ++i) {
          EXPECT_EQ(report.outcomes[i].job_id, ids[i]);
          const std::shared_ptr<const job>& finished = report.outcomes[i].job;
          EXPECT_EQ(finished ? finished->job_id : "none", ids[i]);
        }
        EXPECT_EQ(one_after_the_other.stats().jobs_watched, 0U);
      }
    });
  }
}

TEST_F(Waiting, ForNothingEndsAtOnce) {
  run(context, [&]() -> asio::awaitable<void> {
    const wait_report report = co_await c.wait_for_jobs(std::vector<std::string>());
    EXPECT_TRUE(report.outcomes.empty());
    EXPECT_FALSE(report.all_passed()) << "nothing ran, so nothing passed";
  });
}

TEST_F(Waiting, AnUnknownJobIsUnreachableAndTheOthersAreWaitedFor) {
  run(context, [&]() -> asio::awaitable<void> {
    auto ids = co_await start(c, 1);
    ids.insert(ids.begin() + 1, "no-such-job");
    const wait_report report = co_await c.wait_for_jobs(ids);
    EXPECT_EQ(report.outcomes[1].kind, outcome_kind::unreachable);
    EXPECT_EQ(report.outcomes[1].error, errc::not_found);
    EXPECT_NE(report.outcomes[1].error_message.find("no-such-job"), std::string::npos);
    EXPECT_EQ(report.count(outcome_kind::finished), 5U);
    EXPECT_FALSE(report.all_passed());
  });
}

TEST_F(Waiting, AnIdThatIsInvalidIsRefusedBeforeAnythingIsSent) {
  run(context, [&]() -> asio::awaitable<void> {
    const std::vector<std::string> ids = {"good", "a\nb"};
    diagnostics details;
    auto [ec, report] = co_await c.wait_for_jobs(ids, wait_options(), details, kToken);
    EXPECT_EQ(ec, errc::invalid_request);
    EXPECT_NE(details.message.find("number 2"), std::string::npos) << details.message;
    EXPECT_EQ(c.stats().polls, 0U);
  });
}

TEST_F(WaitingLong, TheDeadlineGivesAPartialReport) {
  run(context, [&]() -> asio::awaitable<void> {
    const auto ids = co_await start(c, 1);
    std::set<std::string> seen;
    wait_options others;
    others.on_status = [&](const job& j) { seen.insert(j.job_id); };
    std::optional<job_watch> watch(c.watch_jobs(ids, others));
    while (seen.size() < ids.size()) co_await asio::post(context, asio::use_awaitable);
    const wait_report report = co_await c.wait_for_jobs(ids, for_at_most(50ms));
    EXPECT_EQ(report.outcomes.size(), ids.size());
    EXPECT_EQ(report.count(outcome_kind::still_running), ids.size());
    for (const job_outcome& o : report.outcomes) {
      EXPECT_NE(o.status, job_status::unknown) << "the last seen status is lost";
      EXPECT_FALSE(o.status_text.empty());
      EXPECT_FALSE(o.job_id.empty());
    }
    watch.reset();
    // What the watch left to the strand is done before what comes after it.
    co_await c.list_jobs();
    EXPECT_EQ(c.stats().jobs_watched, 0U);
  });
}

TEST_F(WaitingLong, OneWaitersDeadlineDoesNotEndAnothersWait) {
  run(context, [&]() -> asio::awaitable<void> {
    const auto ids = co_await start(c, 1);
    job_watch other = c.watch_jobs(ids);
    co_await c.wait_for_jobs(ids, for_at_most(50ms));
    EXPECT_EQ(c.stats().jobs_watched, ids.size());
    co_await c.stop_jobs(ids);
    std::size_t ended = 0;
    while (auto outcome = co_await other.next()) ended += outcome->verdict == verdict::stopped;
    EXPECT_EQ(ended, ids.size());
  });
}

TEST_F(WaitingLong, CancellingEndsTheWaitWithWhatIsKnownAndStopsNoJob) {
  asio::cancellation_signal signal;
  std::optional<boost::system::error_code> completed;
  wait_report report;
  std::vector<std::string> ids;
  run(context, [&]() -> asio::awaitable<void> { ids = co_await start(c, 1); });
  wait_options options;
  options.on_status = [&](const job&) { signal.emit(asio::cancellation_type::total); };
  c.wait_for_jobs(
      ids, options,
      asio::bind_cancellation_slot(signal.slot(), [&](boost::system::error_code ec, wait_report r) {
        completed = ec;
        report = std::move(r);
      }));
  context.restart();
  while (!completed && context.run_one_for(kPatience) != 0) {
  }
  ASSERT_TRUE(completed);
  EXPECT_EQ(*completed, asio::error::operation_aborted);
  EXPECT_EQ(report.count(outcome_kind::still_running), ids.size());
  run(context, [&]() -> asio::awaitable<void> {
    const job j = co_await c.get_job(ids[0]);
    EXPECT_NE(j.status, job_status::completed);
    EXPECT_TRUE(j.stopped_by.is_null());
  });
}

TEST_F(WaitingLong, CancellingBeforeTheOperationHasBegunIsNotLost) {
  asio::cancellation_signal signal;
  std::optional<boost::system::error_code> completed;
  c.wait_for_jobs(
      {"job"}, wait_options{},
      asio::bind_cancellation_slot(signal.slot(), [&](boost::system::error_code ec,
                                                      const wait_report&) { completed = ec; }));
  signal.emit(asio::cancellation_type::terminal);
  while (!completed && context.run_one_for(kPatience) != 0) {
  }
  ASSERT_TRUE(completed);
  EXPECT_EQ(*completed, asio::error::operation_aborted);
}

TEST_F(WaitingLong, StatusIsToldWhenItChangesAndToEachWaiter) {
  run(context, [&]() -> asio::awaitable<void> {
    const auto ids = co_await start(c, 1);
    std::map<std::string, std::vector<std::string>> first;
    std::map<std::string, std::vector<std::string>> second;
    wait_options options;
    options.on_status = [&](const job& j) { first[j.job_id].push_back(j.status_text); };
    const job_watch watch = c.watch_jobs(ids, options);
    while (first.size() < ids.size()) co_await asio::post(context, asio::use_awaitable);
    // A later waiter is told, too, and then both hear the same some more times.
    options.on_status = [&](const job& j) { second[j.job_id].push_back(j.status_text); };
    const job_watch later = c.watch_jobs(ids, options);
    while (second.size() < ids.size()) co_await asio::post(context, asio::use_awaitable);
    const auto enough = c.stats().jobs_refreshed + c.stats().polls + 3 * ids.size();
    while (c.stats().jobs_refreshed + c.stats().polls < enough)
      co_await asio::post(context, asio::use_awaitable);
    for (const auto& all : {first, second})
      for (const auto& [id, seen] : all)
        EXPECT_EQ(std::adjacent_find(seen.begin(), seen.end()), seen.end()) << "told unchanged";
  });
}

TEST_F(Waiting, WatchingGivesEachOutcomeOnceAndThenNone) {
  run(context, [&]() -> asio::awaitable<void> {
    const auto ids = co_await start(c, 3);
    std::set<std::string> seen;
    job_watch watch = c.watch_jobs(ids);
    while (auto outcome = co_await watch.next()) {
      EXPECT_TRUE(seen.insert(outcome->job_id).second);
      EXPECT_EQ(outcome->kind, outcome_kind::finished);
    }
    EXPECT_EQ(seen, std::set<std::string>(ids.begin(), ids.end()));
    EXPECT_FALSE(co_await watch.next());
  });
}

TEST_F(WaitingLong, AWatchGivesStillRunningJobsAtItsDeadline) {
  run(context, [&]() -> asio::awaitable<void> {
    const auto ids = co_await start(c, 1);
    job_watch watch = c.watch_jobs(ids, for_at_most(100ms));
    std::size_t still_running = 0;
    while (auto outcome = co_await watch.next())
      still_running += outcome->kind == outcome_kind::still_running;
    EXPECT_EQ(still_running, ids.size());
  });
}

TEST_F(WaitingLong, DestroyingAWatchEndsItsPolls) {
  run(context, [&]() -> asio::awaitable<void> {
    const auto ids = co_await start(c, 1);
    {
      job_watch watch = c.watch_jobs(ids);
      co_await c.wait_for_jobs(ids, for_at_most(50ms));
      EXPECT_EQ(c.stats().jobs_watched, ids.size());
    }
    // What the watch left to the strand is done before what comes after it.
    co_await c.list_jobs();
    EXPECT_EQ(c.stats().jobs_watched, 0U);
  });
}

TEST_F(WaitingLong, OutcomesComeAsJobsFinish) {
  run(context, [&]() -> asio::awaitable<void> {
    const auto ids = co_await start(c, 1);
    job_watch watch = c.watch_jobs(ids);
    const std::vector<std::string> one = {ids[3]};
    co_await c.stop_jobs(one);
    const auto first = co_await watch.next();
    EXPECT_EQ(first->job_id, ids[3]);
    EXPECT_EQ(c.stats().jobs_watched, ids.size() - 1) << "the others have ended, too";
  });
}

TEST_F(WaitingLong, DestroyingAWatchEndsTheNextThatIsWaiting) {
  std::optional<boost::system::error_code> completed;
  std::vector<std::string> ids;
  run(context, [&]() -> asio::awaitable<void> { ids = co_await start(c, 1); });
  std::optional<job_watch> watch(c.watch_jobs(ids));
  watch->next([&](boost::system::error_code ec, std::optional<job_outcome>) { completed = ec; });
  watch.reset();
  context.restart();
  while (!completed && context.run_one_for(kPatience) != 0) {
  }
  EXPECT_EQ(completed, asio::error::operation_aborted);
}

TEST_F(Waiting, WhatWasHeardBeforeTheClientWasClosedIsStillGiven) {
  run(context, [&]() -> asio::awaitable<void> {
    const auto ids = co_await start(c, 1);
    job_watch watch = c.watch_jobs(ids);
    // Polls are shared, so the watch has heard of whatever another wait has.
    co_await c.wait_for_jobs(ids);
    c.close();
    for (std::size_t i = 0; i < ids.size(); ++i) {
      auto [ec, outcome] = co_await watch.next(kToken);
      EXPECT_FALSE(ec) << ec.message();
      EXPECT_EQ(outcome->kind, outcome_kind::finished);
    }
  });
}

TEST_F(WaitingLong, NothingIsLeftThatKeepsTheContextRunning) {
  run(context, [&]() -> asio::awaitable<void> {
    const auto ids = co_await start(c, 1);
    // The deadline comes with polls on their way and the timer set for others.
    for (int i = 0; i < 20; ++i)
      co_await c.wait_for_jobs(ids, for_at_most(std::chrono::milliseconds(i)));
    sim.close();
  });
  const auto began = std::chrono::steady_clock::now();
  context.restart();
  context.run_for(kPatience);
  EXPECT_TRUE(context.stopped());
  EXPECT_LT(std::chrono::steady_clock::now() - began, kPatience);
}

TEST_F(Waiting, ABadIdIsReportedByTheFirstNext) {
  run(context, [&]() -> asio::awaitable<void> {
    const std::vector<std::string> ids = {""};
    job_watch watch = c.watch_jobs(ids);
    auto [ec, outcome] = co_await watch.next(kToken);
    EXPECT_EQ(ec, errc::invalid_request);
    EXPECT_FALSE(outcome);
  });
}

TEST(WaitingForMany, FiveHundredJobsUseAtMostThePoolAndEndWithinAnInterval) {
  constexpr std::size_t connections = 4;
  constexpr auto interval = 1000ms;
  asio::io_context context;
  simulator_config slow = quick_simulator();
  slow.tests_per_plan = 25;
  slow.queue_time = {0ms, 0ms};
  slow.run_time = {100ms, 1000ms};
  simulator sim(context.get_executor(), slow);
  client_config config = client_for(sim);
  config.max_connections = connections;
  config.polling = {.first = interval,
                    .growth = 1.0,
                    .queued = interval,
                    .running = interval,
                    .ending = interval};
  client c(context.get_executor(), config);
  run(context, [&]() -> asio::awaitable<void> {
    const auto ids = co_await start(c, 20);
    EXPECT_EQ(ids.size(), 500U);
    const wait_report report = co_await c.wait_for_jobs(ids);
    const auto now =
        std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
    EXPECT_EQ(report.count(outcome_kind::finished), 500U);
    timestamp last_end{};
    for (const job_outcome& o : report.outcomes)
      last_end = std::max(last_end, o.job->completed_at.value_or(timestamp{}));
    EXPECT_LE(now - last_end, interval + 250ms) << "the interval, and the time of the answer";
    EXPECT_GE(now - last_end, 0ms);
  });
  EXPECT_LE(sim.stats().connections, connections);
  EXPECT_GT(sim.stats().connections, 0U);
}

/// Waits for the job `j` at a peer that answers as scripted.
wait_report wait_at(std::deque<scripted_server::reply> script, client_stats* stats = nullptr) {
  asio::io_context context;
  scripted_server server(context, std::move(script));
  client_config config;
  config.base_url = server.base_url();
  config.api_key = api_key("key");
  config.polling = {.first = 1ms, .growth = 1.0, .queued = 1ms, .running = 1ms, .ending = 1ms};
  client c(context.get_executor(), config);
  wait_report report;
  run(context, [&]() -> asio::awaitable<void> {
    const std::vector<std::string> ids = {"j"};
    report = co_await c.wait_for_jobs(ids);
    c.close();
    server.close();
  });
  EXPECT_EQ(server.replies_left(), 0U);
  if (stats != nullptr) *stats = c.stats();
  return report;
}

std::string job_answer(const std::string& status, const std::string& more = {}) {
  return answer(200, R"({"job_id":"j","status":")" + status + '"' + more + "}");
}

const std::string kPassed =
    job_answer("COMPLETED", R"(,"runs":[{"multiplayer_run_id":"r","result":"SUCCESS"}])");

TEST(WaitingThroughTrouble, GoesOnUntilTheServiceIsBack) {
  client_stats stats;
  const wait_report report = wait_at({{answer(500, "")},
                                      {answer(503, "<html>")},
                                      {"", scripted_server::then::close},
                                      {answer(429, "", "Retry-After: 0\r\n")},
                                      {answer(200, "<html>not a job</html>")},
                                      {answer(200, R"({"job_id":"another","status":"COMPLETED"})")},
                                      {kPassed}},
                                     &stats);
  EXPECT_TRUE(report.all_passed());
  EXPECT_EQ(stats.polls, 7U);
  EXPECT_EQ(stats.rate_limited, 1U);
  EXPECT_EQ(stats.broken_exchanges, 1U);
}

TEST(WaitingThroughTrouble, TheReasonIsThatOfTheLastAnswerAlone) {
  const wait_report report =
      wait_at({{"", scripted_server::then::close}, {answer(404, R"({"error":"gone"})")}});
  const std::string& reason = report.outcomes[0].error_message;
  EXPECT_NE(reason.find("gone"), std::string::npos) << reason;
  EXPECT_EQ(reason.find("waiting for the answer"), std::string::npos) << reason;
}

TEST(WaitingThroughTrouble, WhatTheServiceRefusesIsUnreachable) {
  for (const auto& [status, code] :
       {std::pair{401, errc::unauthorized}, {403, errc::forbidden}, {404, errc::not_found}}) {
    const wait_report report = wait_at({{answer(status, R"({"error":"because"})")}});
    EXPECT_EQ(report.outcomes[0].kind, outcome_kind::unreachable);
    EXPECT_EQ(report.outcomes[0].error, code);
    EXPECT_NE(report.outcomes[0].error_message.find("because"), std::string::npos);
  }
}

}  // namespace
}  // namespace nunu::test
