// What a launch id has started: asked before a start with an id that the caller gave, and found.
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "events.hpp"
#include "loopback.hpp"
#include "scripted_server.hpp"
#include "scripted_start.hpp"

namespace nunu::test {
namespace {

using ids = std::vector<std::string>;
using reply = scripted_server::reply;

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

TEST_F(GivenLaunchId, WhoseListingHasJobsOfOthersTooIsNotSentAndItsOwnAreKept) {
  listings = {{answer(200, R"({"data":[)"
                           R"({"job_id":"j1","status":"QUEUED","tags":["nunu-launch-mine"]},)"
                           R"({"job_id":"j2","status":"QUEUED","tags":["nunu-launch-other"]}],)"
                           R"("pagination":{"page":0,"page_size":100,"total_count":2,)"
                           R"("total_pages":1}})")}};
  config.operation_timeout = 200ms;
  const result r = start({}, a_test(), {.launch_id = "mine"});
  EXPECT_EQ(r.code, errc::bad_response);
  EXPECT_EQ(r.details.job_ids, ids{"j1"});
  EXPECT_TRUE(r.starts.empty());
}

TEST_F(GivenLaunchId, ThatCannotBeAskedAboutIsSentIfTheCallerRisksASecondRun) {
  listings = {kForbidden};
  const result r = start({{answer(201, kStarted)}}, a_test(),
                         {.launch_id = "mine", .if_unknown = unknown_start::risk_second_run});
  EXPECT_FALSE(r.code) << r.details.to_string();
  EXPECT_EQ(r.starts.size(), 1U);
}

TEST_F(GivenLaunchId, OfWhichNoDeviceCouldBeStartedMayBeSentAgain) {
  const std::string none =
      R"({"ok":false,"job_ids":[],"requested_count":1,"started_count":0,"failed_count":1,)"
      R"("device_runs":[{"device_label":"A","ok":false,"status":500,"error":"offline"}]})";
  asio::io_context context;
  std::size_t starts = 0;
  scripted_server server(context, [&](const std::string& sent) {
    if (sent.starts_with("GET")) return reply{page_of("mine", {})};
    return ++starts == 1 ? reply{answer(500, none)} : reply{answer(201, kStarted)};
  });
  config.base_url = server.base_url();
  client c(context.get_executor(), config);
  const start_options options{.launch_id = "mine"};
  run(context, [&]() -> asio::awaitable<void> {
    const started_run first = co_await c.start_run(a_test(), options);
    EXPECT_TRUE(first.job_ids.empty());
    const started_run second = co_await c.start_run(a_test(), options);
    EXPECT_EQ(second.job_ids, ids{"j1"});
    c.close();
    server.close();
  });
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

TEST_F(Launches, StartedTwiceAtOnceAreOneRun) {
  client c(context.get_executor(), config_for(sim));
  const start_options options{.launch_id = "nightly-1"};
  std::vector<started_run> runs;
  for (int i = 0; i < 3; ++i)
    c.start_run(a_plan(), options, [&](boost::system::error_code ec, started_run one) {
      EXPECT_FALSE(ec) << ec.message();
      runs.push_back(std::move(one));
    });
  run_until(context, [&] { return runs.size() == 3; });
  EXPECT_EQ(runs[0].job_ids.size(), 5U);
  EXPECT_EQ(runs[0], runs[1]);
  EXPECT_EQ(runs[0], runs[2]);
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

}  // namespace
}  // namespace nunu::test
