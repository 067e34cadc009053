// Waiting for jobs through outages, shifting listings and callbacks that throw.
#include <gtest/gtest.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "events.hpp"
#include "loopback.hpp"
#include "operations.hpp"
#include "quiet_server.hpp"
#include "scripted_server.hpp"

namespace nunu::test {
namespace {

using clock = std::chrono::steady_clock;

const auto kToken = asio::as_tuple(asio::use_awaitable);

TEST(Fault17, AnOutageIsProbedByOneRequestAtATimeAndEveryJobIsDelivered) {
  constexpr std::size_t connections = 8;
  constexpr std::size_t jobs = 200;
  constexpr auto length = 2s;
  asio::io_context context;
  clock::time_point down_from = clock::time_point::max();
  std::size_t requests_while_down = 0;
  std::size_t requests_after = 0;
  scripted_server server(context, [&](const std::string& request) -> scripted_server::reply {
    const auto now = clock::now();
    if (now < down_from) return job_answer(id_in(request), "RUNNING");
    if (now < down_from + length) {
      ++requests_while_down;
      return {answer(503, "")};
    }
    ++requests_after;
    return job_answer(id_in(request), "COMPLETED");
  });
  client_config config;
  config.base_url = server.base_url();
  config.api_key = api_key("key");
  config.max_connections = connections;
  config.polling = {
      .first = 100ms, .growth = 1.0, .queued = 100ms, .running = 100ms, .ending = 100ms};
  client c(context.get_executor(), config);
  run(context, [&]() -> asio::awaitable<void> {
    std::vector<std::string> ids;
    for (std::size_t i = 0; i < jobs; ++i) ids.push_back("job-" + std::to_string(i));
    std::size_t seen = 0;
    wait_options options;
    options.on_status = [&](const job&) {
      if (++seen == ids.size()) down_from = clock::now();
    };
    const wait_report report = co_await c.wait_for_jobs(ids, options);
    EXPECT_EQ(report.count(outcome_kind::finished), ids.size());
    c.close();
    server.close();
  });
  EXPECT_GT(requests_while_down, 0U);
  // Those that were under way when it went down, and probes whose delays grow.
  EXPECT_LE(requests_while_down, connections + 15U);
  EXPECT_EQ(requests_after, jobs) << "a job was asked for again after its end";
}

TEST(Fault17, NobodyFailsBeforeTheDeadlineIsOver) {
  asio::io_context context;
  scripted_server server(
      context, [](const std::string&) -> scripted_server::reply { return {answer(503, "")}; });
  client c(context.get_executor(), config_for(server.base_url()));
  const job_watch polls = c.watch_jobs({"j"});
  run_until(context, [&] { return c.stats().answers[5] != 0; });
  std::vector<std::chrono::milliseconds> over;
  const auto began = clock::now();
  for (const auto timeout : {100ms, 200ms, 300ms}) {
    wait_options options;
    options.timeout = timeout;
    c.wait_for_jobs({"j"}, options,
                    [&, timeout](boost::system::error_code ec, const wait_report& report) {
                      EXPECT_FALSE(ec) << ec.message();
                      EXPECT_EQ(report.count(outcome_kind::still_running), 1U);
                      EXPECT_EQ(report.outcomes[0].error, errc::server_error);
                      EXPECT_GE(clock::now() - began, timeout);
                      over.push_back(timeout);
                    });
  }
  run_until(context, [&] { return over.size() == 3; });
  EXPECT_EQ(over, (std::vector<std::chrono::milliseconds>{100ms, 200ms, 300ms}));
}

TEST(Fault31, AStatusThatIsNotKnownIsNotTheEnd) {
  asio::io_context context;
  scripted_server server(context, {job_answer("j", "HIBERNATING"), job_answer("j", "COMPLETED")});
  client c(context.get_executor(), config_for(server.base_url()));
  std::vector<std::string> told;
  run(context, [&]() -> asio::awaitable<void> {
    const std::vector<std::string> ids = {"j"};
    wait_options options;
    options.on_status = [&](const job& j) { told.push_back(j.status_text); };
    const wait_report report = co_await c.wait_for_jobs(ids, options);
    EXPECT_EQ(report.outcomes[0].kind, outcome_kind::finished);
  });
  EXPECT_EQ(told, (std::vector<std::string>{"HIBERNATING", "COMPLETED"}));
}

TEST(Fault31, AResultThatIsNotKnownIsAnUnknownVerdict) {
  asio::io_context context;
  scripted_server server(
      context, {{answer(200, R"({"job_id":"j","status":"COMPLETED","surprise":[{}],)"
                             R"("runs":[{"multiplayer_run_id":"r","result":"EXPLODED"}]})")}});
  client c(context.get_executor(), config_for(server.base_url()));
  run(context, [&]() -> asio::awaitable<void> {
    const std::vector<std::string> ids = {"j"};
    const wait_report report = co_await c.wait_for_jobs(ids);
    EXPECT_EQ(report.outcomes[0].verdict, verdict::unknown);
    EXPECT_EQ(report.outcomes[0].job->runs[0].result_text, "EXPLODED");
  });
}

/// Lists two pages of a group of six jobs. Since the pages shift between the two requests, `c` is
/// on both; `f` is on none, and there for those who ask for it.
class shifting_service {
 public:
  explicit shifting_service(asio::io_context& context)
      : server_(context, [this](const std::string& request) { return answer_to(request); }) {}

  std::string base_url() const { return server_.base_url(); }
  std::size_t listings() const { return listings_; }
  std::size_t asked_for(const std::string& id) { return asked_for_[id]; }

 private:
  scripted_server::reply answer_to(const std::string& request) {
    if (!request.starts_with("GET /api/v1/jobs?")) {
      ++asked_for_[id_in(request)];
      return {answer(200, job_text(id_in(request)))};
    }
    ++listings_;
    const bool is_second = request.find("page=1") != std::string::npos;
    std::string jobs;
    for (const char* id : {"a", "b", "c"}) {
      const std::string listed = is_second ? std::string(1, static_cast<char>(*id + 2)) : id;
      jobs += (jobs.empty() ? "" : ",") + job_text(listed);
    }
    return {answer(200, R"({"data":[)" + jobs + R"(],"pagination":{"page":)" +
                            (is_second ? "1" : "0") +
                            R"(,"page_size":100,"total_count":6,"total_pages":2}})")};
  }

  std::string job_text(const std::string& id) const {
    // Jobs end once a few sweeps have gone by.
    const char* const status = listings_ > 10 ? "COMPLETED" : "RUNNING";
    return R"({"job_id":")" + id + R"(","status":")" + status + R"("})";
  }

  std::size_t listings_ = 0;
  std::map<std::string, std::size_t> asked_for_;
  scripted_server server_;
};

TEST(Fault33, WhatIsListedTwiceIsDeliveredOnceAndWhatVanishesIsAskedFor) {
  asio::io_context context;
  shifting_service service(context);
  client c(context.get_executor(), config_for(service.base_url()));
  const std::vector<std::string> ids = {"a", "b", "c", "d", "e", "f"};
  std::multiset<std::string> delivered;
  std::map<std::string, std::vector<std::string>> told;
  run(context, [&]() -> asio::awaitable<void> {
    wait_options options;
    options.group = "g";
    options.on_status = [&](const job& j) { told[j.job_id].push_back(j.status_text); };
    job_watch watch = c.watch_jobs(ids, options);
    while (auto outcome = co_await watch.next()) {
      EXPECT_EQ(outcome->kind, outcome_kind::finished);
      delivered.insert(outcome->job_id);
    }
  });
  EXPECT_EQ(delivered, std::multiset<std::string>(ids.begin(), ids.end()));
  EXPECT_GT(service.listings(), 10U);
  EXPECT_GE(service.asked_for("f"), 2U) << "it is on no page, and ran at first";
  for (const std::string& id : ids)
    EXPECT_EQ(told[id], (std::vector<std::string>{"RUNNING", "COMPLETED"})) << id;
}

TEST(Fault38, ACallbackThatThrowsEndsItsOwnWaitOnly) {
  asio::io_context context;
  simulator sim(context.get_executor(), quick_simulator());
  client c(context.get_executor(), client_for(sim));
  run(context, [&]() -> asio::awaitable<void> {
    const auto ids = (co_await c.start_run(a_plan())).job_ids;
    job_watch other = c.watch_jobs(ids);
    wait_options options;
    options.on_status = [](const job&) { throw std::runtime_error("the callback's own words"); };
    diagnostics details;
    auto [ec, report] = co_await c.wait_for_jobs(ids, options, details, kToken);
    EXPECT_EQ(ec, errc::callback_threw);
    EXPECT_NE(details.message.find("the callback's own words"), std::string::npos);
    EXPECT_EQ(report.outcomes.size(), ids.size());
    std::size_t finished = 0;
    while (co_await other.next()) ++finished;
    EXPECT_EQ(finished, ids.size());
  });
}

TEST(Fault38, ACallbackThatThrowsWhatIsNoExceptionEndsItsOwnWaitOnly) {
  asio::io_context context;
  scripted_server server(context, {job_answer("j", "RUNNING"), job_answer("j", "COMPLETED")});
  client c(context.get_executor(), config_for(server.base_url()));
  run(context, [&]() -> asio::awaitable<void> {
    const std::vector<std::string> ids = {"j"};
    job_watch other = c.watch_jobs(ids);
    wait_options options;
    options.on_status = [](const job&) { throw 42; };
    auto [ec, report] = co_await c.wait_for_jobs(ids, options, kToken);
    EXPECT_EQ(ec, errc::callback_threw);
    EXPECT_EQ(report.outcomes[0].kind, outcome_kind::still_running);
    const auto outcome = co_await other.next();
    EXPECT_EQ(outcome->kind, outcome_kind::finished);
  });
}

class Fault38Handler : public testing::TestWithParam<operation> {};

TEST_P(Fault38Handler, WhatItThrowsLeavesThroughTheContextAndTheClientGoesOn) {
  asio::io_context context;
  scripted_server server(context, [](const std::string&) -> scripted_server::reply {
    return {answer_for(GetParam())};
  });
  client c(context.get_executor(), config_for(server.base_url()));
  call throwing;
  throwing.throws = true;
  throwing.begin(c, GetParam());
  EXPECT_THROW(run_until(context, [&] { return throwing.ended(); }), std::logic_error);
  EXPECT_TRUE(throwing.ended());
  call next;
  next.begin(c, GetParam());
  run_until(context, [&] { return next.ended(); });
  EXPECT_TRUE(next.delivered) << next.details.to_string();
  EXPECT_EQ(throwing.completions, 1);
  EXPECT_EQ(server.connections(), 1) << "the connection was lost with the exception";
}

INSTANTIATE_TEST_SUITE_P(Operations, Fault38Handler, testing::ValuesIn(kOperations),
                         operation_name);

TEST(Fault40, AnIdGivenTwiceIsPolledOnceAndReportedTwice) {
  asio::io_context context;
  simulator_config ended = quick_simulator();
  ended.queue_time = ended.run_time = {0ms, 0ms};
  simulator sim(context.get_executor(), ended);
  client c(context.get_executor(), client_for(sim));
  run(context, [&]() -> asio::awaitable<void> {
    const auto ids = (co_await c.start_run(a_plan())).job_ids;
    const std::vector<std::string> twice = {ids[0], ids[1], ids[0]};
    const wait_report report = co_await c.wait_for_jobs(twice);
    EXPECT_EQ(report.outcomes.size(), 3U);
    EXPECT_TRUE(report.all_passed());
    EXPECT_EQ(report.outcomes[0].job, report.outcomes[2].job);
    EXPECT_EQ(c.stats().polls + c.stats().jobs_refreshed, 2U);
  });
}

TEST(Fault40, TwoWhoWaitForTheSameJobShareItsPoll) {
  asio::io_context context;
  quiet_server server(context);
  client c(context.get_executor(), config_for(server.base_url("http")));
  call first, second, third;
  first.begin(c, operation::wait_for_jobs);
  second.begin(c, operation::watch_jobs);
  run_until(context, [&] { return server.requests() == 1; });
  // One who comes while the poll is on its way waits for the same answer.
  third.begin(c, operation::wait_for_jobs);
  settle(context);
  EXPECT_EQ(c.stats().jobs_watched, 1U);
  server.say(0, answer_for(operation::get_job));
  run_until(context, [&] { return first.ended() && second.ended() && third.ended(); });
  EXPECT_TRUE(first.delivered);
  EXPECT_TRUE(second.delivered);
  EXPECT_TRUE(third.delivered);
  EXPECT_EQ(server.requests(), 1U);
}

}  // namespace
}  // namespace nunu::test
