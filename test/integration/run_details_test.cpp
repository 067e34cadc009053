// One run in full, and its bugs.
#include <gtest/gtest.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>
#include <cstdint>
#include <functional>
#include <future>
#include <map>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "events.hpp"
#include "loopback.hpp"
#include "scripted_server.hpp"

namespace nunu::test {
namespace {

const auto kToken = asio::as_tuple(asio::use_awaitable);

simulator_config failing_simulator() {
  simulator_config c = quick_simulator();
  c.pass_rate = 0.0;
  c.tests_per_plan = 20;
  c.read_only_key = api_key("reader");
  return c;
}

/// A plan whose tests fail or are blocked, each in one run.
class ReadingRuns : public testing::Test {
 protected:
  asio::io_context context;
  simulator sim{context.get_executor(), failing_simulator()};
  client c{context.get_executor(), client_for(sim)};
  /// By the result of their runs, the latest of each.
  std::map<run_result, job> jobs;

  void SetUp() override {
    run(context, [&]() -> asio::awaitable<void> {
      const started_run started = co_await c.start_run(a_plan());
      co_await c.wait_for_jobs(started.job_ids);
      for (const std::string& id : started.job_ids) {
        const job j = co_await c.get_job(id);
        jobs[j.runs.at(0).result] = j;
      }
    });
    ASSERT_TRUE(jobs.contains(run_result::failed));
    ASSERT_TRUE(jobs.contains(run_result::blocked));
  }

  const job& failed() const { return jobs.at(run_result::failed); }
  std::string failed_run() const { return failed().runs[0].multiplayer_run_id; }
};

TEST_F(ReadingRuns, TellsWhatTheJobDoesAndThePlayersStepsReportsAndRecordings) {
  run(context, [&]() -> asio::awaitable<void> {
    const std::uint64_t reads = c.stats().reads;
    const run_details details = co_await c.get_run(failed_run());
    EXPECT_EQ(c.stats().reads, reads + 1);
    const job_run& listed = failed().runs[0];
    EXPECT_EQ(details.multiplayer_run_id, listed.multiplayer_run_id);
    EXPECT_EQ(details.job_id, failed().job_id);
    EXPECT_EQ(details.project_id, failed().project_id);
    EXPECT_EQ(details.test_name, failed().test_name);
    EXPECT_EQ(details.result, run_result::failed);
    EXPECT_EQ(details.result_text, listed.result_text);
    EXPECT_EQ(details.state, listed.state);
    EXPECT_EQ(details.started_at, listed.started_at);
    EXPECT_EQ(details.completed_at, listed.completed_at);
    EXPECT_EQ(std::ssize(details.players), listed.players);
    const player_run& player = details.players.at(0);
    EXPECT_EQ(player.player_number, 1);
    EXPECT_EQ(player.platform, failed().platform);
    const run_step& step = player.steps.at(0);
    EXPECT_EQ(step.step_number, 1);
    EXPECT_FALSE(step.goal.empty());
    EXPECT_FALSE(step.report.empty());
    EXPECT_EQ(step.result, run_result::failed);
    EXPECT_EQ(step.started_at, listed.started_at);
    const run_artifact& artifact = player.artifacts.at(0);
    EXPECT_EQ(artifact.filename, "recording.mp4");
    EXPECT_TRUE(artifact.url.ends_with("/recording.mp4")) << artifact.url;
    EXPECT_GT(artifact.size, 0);
  });
}

TEST_F(ReadingRuns, ARunThatFailedHasBugsAndOneThatWasBlockedHasNone) {
  run(context, [&]() -> asio::awaitable<void> {
    const std::vector<bug> bugs = co_await c.list_bugs(failed_run());
    EXPECT_EQ(bugs.size(), 2U);
    for (const bug& found : bugs) {
      EXPECT_FALSE(found.id.empty());
      EXPECT_FALSE(found.title.empty());
      EXPECT_NE(found.severity, bug_severity::unknown);
      EXPECT_EQ(to_string(found.severity), found.severity_text);
      EXPECT_FALSE(found.reproduction_steps.empty());
    }
    const job& blocked = jobs.at(run_result::blocked);
    const std::vector<bug> none = co_await c.list_bugs(blocked.runs[0].multiplayer_run_id);
    EXPECT_TRUE(none.empty());
  });
}

TEST_F(ReadingRuns, TakesEveryFormOfCall) {
  const std::string id = failed_run();
  run(context, [&]() -> asio::awaitable<void> {
    diagnostics details;
    auto [e1, r1] = co_await c.get_run(id, kToken);
    auto [e2, r2] = co_await c.get_run(id, details, kToken);
    auto [e3, r3] = co_await c.list_bugs(id, kToken);
    auto [e4, r4] = co_await c.list_bugs(id, details, kToken);
    for (const auto& ec : {e1, e2, e3, e4}) EXPECT_FALSE(ec) << ec.message();
    EXPECT_EQ(r1, r2);
    EXPECT_EQ(r1.multiplayer_run_id, id);
    EXPECT_EQ(r3, r4);
    EXPECT_FALSE(r3.empty());
  });
  std::future<run_details> details = c.get_run(id, asio::use_future);
  std::future<std::vector<bug>> bugs = c.list_bugs(id, asio::use_future);
  context.restart();
  std::thread worker([&] { context.run_for(kPatience); });
  EXPECT_EQ(details.get().multiplayer_run_id, id);
  EXPECT_FALSE(bugs.get().empty());
  context.stop();
  worker.join();
}

TEST_F(ReadingRuns, OneThatDoesNotExistIsNotFound) {
  run(context, [&]() -> asio::awaitable<void> {
    try {
      co_await c.get_run("no-such-run");
      ADD_FAILURE() << "found a run that does not exist";
    } catch (const error& e) {
      EXPECT_EQ(e.code(), errc::not_found);
      EXPECT_EQ(e.get_diagnostics().request, "GET /api/v1/runs/no-such-run");
      EXPECT_EQ(e.get_diagnostics().service_message, "run not found");
    }
    diagnostics details;
    auto [ec, bugs] = co_await c.list_bugs("no-such-run", details, kToken);
    EXPECT_EQ(ec, errc::not_found);
    EXPECT_EQ(details.request, "GET /api/v1/runs/no-such-run/bugs?page=0&page_size=100");
    EXPECT_TRUE(bugs.empty());
  });
}

TEST_F(ReadingRuns, NeedsAKeyThatMayReadAndNoMore) {
  const std::string id = failed_run();
  client_config config = client_for(sim);
  config.api_key = api_key("reader");
  client reader(context.get_executor(), config);
  config.api_key = api_key("wrong");
  client wrong(context.get_executor(), config);
  run(context, [&]() -> asio::awaitable<void> {
    auto [allowed, details] = co_await reader.get_run(id, kToken);
    EXPECT_FALSE(allowed) << allowed.message();
    auto [allowed_too, bugs] = co_await reader.list_bugs(id, kToken);
    EXPECT_FALSE(allowed_too) << allowed_too.message();
    auto [refused, nothing] = co_await wrong.get_run(id, kToken);
    EXPECT_EQ(refused, errc::unauthorized);
    EXPECT_EQ(nothing, run_details());
    auto [refused_too, none] = co_await wrong.list_bugs(id, kToken);
    EXPECT_EQ(refused_too, errc::unauthorized);
  });
}

/// What a service with these answers makes of `ask`, which is given the client.
struct conversation {
  conversation(scripted_server::answering answers,
               const std::function<asio::awaitable<void>(client&)>& ask)
      : server(context, std::move(answers)), c(context.get_executor(), config()) {
    run(context, [&]() -> asio::awaitable<void> { return ask(c); });
  }

  client_config config() const {
    client_config made;
    made.base_url = server.base_url();
    made.api_key = api_key("key");
    return made;
  }

  asio::io_context context;
  scripted_server server;
  client c;
};

scripted_server::answering always(const std::string& reply) {
  return [reply](const std::string&) { return scripted_server::reply{reply}; };
}

TEST(AskingForARun, AnIdThatCannotBeOneIsRefusedBeforeAnythingIsSent) {
  const conversation held(always(""), [](client& c) -> asio::awaitable<void> {
    for (const std::string id : {"", "a\nb"}) {
      diagnostics details;
      auto [got, run] = co_await c.get_run(id, details, kToken);
      EXPECT_EQ(got, errc::invalid_request);
      EXPECT_TRUE(contains(details.message, "run_id")) << details.message;
      auto [listed, bugs] = co_await c.list_bugs(id, details, kToken);
      EXPECT_EQ(listed, errc::invalid_request);
      EXPECT_TRUE(contains(details.message, "run_id")) << details.message;
    }
  });
  EXPECT_EQ(held.server.connections(), 0);
}

TEST(AskingForARun, AnAnswerAboutAnotherIsNotUnderstood) {
  const std::string about_another = answer(200, R"({"multiplayer_run_id":"another"})");
  const conversation held(always(about_another), [](client& c) -> asio::awaitable<void> {
    // The case of a run's id counts.
    for (const std::string id : {"r", "Another"}) {
      diagnostics details;
      auto [ec, run] = co_await c.get_run(id, details, kToken);
      EXPECT_EQ(ec, errc::bad_response);
      EXPECT_EQ(details.message, "asked for run " + id + ", answered with another");
      EXPECT_EQ(run, run_details());
    }
  });
  EXPECT_EQ(held.server.requests().size(), 2U);
}

TEST(AskingForARun, ARefusalIsTheErrorOfItsStatus) {
  const std::string refusal = answer(403, R"({"error":"may not read","code":"FORBIDDEN"})");
  const conversation held(always(refusal), [](client& c) -> asio::awaitable<void> {
    diagnostics details;
    auto [got, run] = co_await c.get_run("r", details, kToken);
    EXPECT_EQ(got, errc::forbidden);
    EXPECT_EQ(details.service_message, "may not read");
    auto [listed, bugs] = co_await c.list_bugs("r", details, kToken);
    EXPECT_EQ(listed, errc::forbidden);
    EXPECT_EQ(details.service_code, "FORBIDDEN");
  });
  EXPECT_EQ(held.server.requests().size(), 2U);
}

/// A page with these bugs.
std::string page_with(const std::vector<std::string>& ids, std::int64_t total_pages) {
  std::string data;
  for (const std::string& id : ids)
    data.append(data.empty() ? "" : ",").append(R"({"title":"t","id":")").append(id).append("\"}");
  return answer(200, R"({"data":[)" + data + R"(],"pagination":{"total_pages":)" +
                         std::to_string(total_pages) + "}}");
}

/// The number that a request asks for.
std::size_t page_in(const std::string& request) {
  const auto at = request.find("?page=");
  return at == std::string::npos ? 0 : std::stoul(request.substr(at + 6));
}

scripted_server::answering pages(std::vector<std::string> answers) {
  return [answers = std::move(answers)](const std::string& request) {
    return scripted_server::reply{answers.at(page_in(request))};
  };
}

std::vector<std::string> ids_of(const std::vector<bug>& bugs) {
  std::vector<std::string> ids;
  for (const bug& b : bugs) ids.push_back(b.id);
  return ids;
}

TEST(ListingBugs, GivesThoseOfAllPagesInOrderAndEachOnce) {
  // A bug was found meanwhile, so that "b" has moved to the second page.
  const conversation held(
      pages({page_with({"a", "b"}, 3), page_with({"b", "c"}, 3), page_with({"d"}, 3)}),
      [](client& c) -> asio::awaitable<void> {
        const std::vector<bug> bugs = co_await c.list_bugs("../r");
        EXPECT_EQ(ids_of(bugs), (std::vector<std::string>{"a", "b", "c", "d"}));
        EXPECT_EQ(c.stats().reads, 3U);
      });
  ASSERT_EQ(held.server.requests().size(), 3U);
  EXPECT_TRUE(held.server.requests()[1].starts_with(
      "GET /api/v1/runs/..%2Fr/bugs?page=1&page_size=100 HTTP/1.1\r\n"))
      << held.server.requests()[1];
}

TEST(ListingBugs, KeepsAllThatHaveNoId) {
  const conversation held(pages({page_with({"", ""}, 2), page_with({""}, 2)}),
                          [](client& c) -> asio::awaitable<void> {
                            const std::vector<bug> bugs = co_await c.list_bugs("r");
                            EXPECT_EQ(bugs.size(), 3U);
                          });
  EXPECT_EQ(held.server.requests().size(), 2U);
}

TEST(ListingBugs, EndsWithTheFirstPageWhereNoNumberOfThemIsSaid) {
  for (const char* body : {R"([{"id":"a"}])", R"({"data":[{"id":"a"}]})"}) {
    const conversation held(always(answer(200, body)), [](client& c) -> asio::awaitable<void> {
      const std::vector<bug> bugs = co_await c.list_bugs("r");
      EXPECT_EQ(ids_of(bugs), std::vector<std::string>{"a"});
    });
    EXPECT_EQ(held.server.requests().size(), 1U);
  }
}

TEST(ListingBugs, EndsWhenPagesGoAway) {
  const conversation held(pages({page_with({"a"}, 3), page_with({}, 1)}),
                          [](client& c) -> asio::awaitable<void> {
                            const std::vector<bug> bugs = co_await c.list_bugs("r");
                            EXPECT_EQ(ids_of(bugs), std::vector<std::string>{"a"});
                          });
  EXPECT_EQ(held.server.requests().size(), 2U);
}

TEST(ListingBugs, APageThatIsNotUnderstoodIsAnErrorWithoutBugs) {
  const conversation held(pages({page_with({"a"}, 2), answer(200, R"({"data":[{"id":5}]})")}),
                          [](client& c) -> asio::awaitable<void> {
                            diagnostics details;
                            auto [ec, bugs] = co_await c.list_bugs("r", details, kToken);
                            EXPECT_EQ(ec, errc::bad_response);
                            EXPECT_TRUE(contains(details.message, "data[0].id")) << details.message;
                            EXPECT_TRUE(contains(details.request, "page=1")) << details.request;
                            EXPECT_TRUE(bugs.empty());
                          });
  EXPECT_EQ(held.server.requests().size(), 2U);
}

TEST(ListingBugs, ReadsAHundredPagesAndNoMore) {
  const conversation most(always(page_with({}, 100)), [](client& c) -> asio::awaitable<void> {
    auto [ec, bugs] = co_await c.list_bugs("r", kToken);
    EXPECT_FALSE(ec) << ec.message();
  });
  EXPECT_EQ(most.server.requests().size(), 100U);

  const conversation more(always(page_with({}, 101)), [](client& c) -> asio::awaitable<void> {
    diagnostics details;
    auto [ec, bugs] = co_await c.list_bugs("r", details, kToken);
    EXPECT_EQ(ec, errc::bad_response);
    EXPECT_TRUE(contains(details.message, "too many pages")) << details.message;
  });
  EXPECT_EQ(more.server.requests().size(), 1U);
}

TEST(ListingBugs, IsCancelledBetweenPages) {
  asio::io_context context;
  asio::cancellation_signal signal;
  scripted_server server(context, [&](const std::string& request) {
    if (page_in(request) == 1) signal.emit(asio::cancellation_type::total);
    return scripted_server::reply{page_with({}, 50)};
  });
  client_config config;
  config.base_url = server.base_url();
  config.api_key = api_key("key");
  client c(context.get_executor(), config);
  ending end;
  c.list_bugs("r", end.details, asio::bind_cancellation_slot(signal.slot(), end.handler()));
  run_until(context, [&] { return end.reached(); });
  EXPECT_EQ(*end.code, asio::error::operation_aborted);
  EXPECT_LT(server.requests().size(), 4U);
}

}  // namespace
}  // namespace nunu::test
