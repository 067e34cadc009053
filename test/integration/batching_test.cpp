// Jobs of one group are refreshed a hundred at a time.
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/use_awaitable.hpp>
#include <map>
#include <string>
#include <vector>

#include "loopback.hpp"
#include "scripted_server.hpp"

namespace nunu::test {
namespace {

constexpr std::size_t kJobs = 200;

simulator_config plans_of_fifty() {
  simulator_config c = quick_simulator();
  c.tests_per_plan = 50;
  c.queue_time = {200ms, 200ms};
  c.run_time = {100ms, 600ms};
  return c;
}

asio::awaitable<std::vector<std::string>> start_jobs(client& c, const start_options& options) {
  std::vector<std::string> ids;
  while (ids.size() < kJobs) {
    const started_run run = co_await c.start_run(a_plan(), options);
    ids.insert(ids.end(), run.job_ids.begin(), run.job_ids.end());
  }
  co_return ids;
}

asio::awaitable<std::vector<std::string>> start_jobs(client& c) {
  const start_options options;
  co_return co_await start_jobs(c, options);
}

class Batching : public testing::Test {
 protected:
  asio::io_context context;
  simulator sim{context.get_executor(), plans_of_fifty()};

  client_config config() {
    client_config c = client_for(sim);
    c.polling.first = 50ms;
    c.polling.queued = c.polling.running = c.polling.ending = 100ms;
    return c;
  }
};

TEST_F(Batching, JobsThatTheClientStartedAreSweptFromTheBeginning) {
  client c(context.get_executor(), config());
  run(context, [&]() -> asio::awaitable<void> {
    const auto ids = co_await start_jobs(c);
    const wait_report report = co_await c.wait_for_jobs(ids);
    EXPECT_TRUE(report.all_passed());
    for (std::size_t i = 0; i < ids.size(); ++i) EXPECT_EQ(report.outcomes[i].job_id, ids[i]);
  });
  EXPECT_GT(c.stats().pages, 0U);
  EXPECT_GE(c.stats().jobs_refreshed, kJobs);
  // Two pages a sweep; jobs are polled only when fewer than the pages are left.
  EXPECT_LT(c.stats().polls, kJobs / 10);
  EXPECT_EQ(c.stats().jobs_watched, 0U);
}

TEST_F(Batching, JobsStartedElsewhereAreSweptWhenTheirGroupIsNamed) {
  client other(context.get_executor(), config());
  client c(context.get_executor(), config());
  run(context, [&]() -> asio::awaitable<void> {
    start_options options{.group = "nightly"};
    const auto ids = co_await start_jobs(other, options);
    wait_options waiting{.group = "nightly"};
    EXPECT_TRUE((co_await c.wait_for_jobs(ids, waiting)).all_passed());
  });
  EXPECT_LT(c.stats().polls, kJobs / 10);
}

TEST_F(Batching, TheGroupOfOtherJobsIsLearnedFromTheirFirstPoll) {
  client other(context.get_executor(), config());
  client c(context.get_executor(), config());
  run(context, [&]() -> asio::awaitable<void> {
    const auto ids = co_await start_jobs(other);
    EXPECT_TRUE((co_await c.wait_for_jobs(ids)).all_passed());
  });
  EXPECT_GT(c.stats().pages, 0U);
  EXPECT_LT(c.stats().polls, kJobs + kJobs / 10) << "each more than once";
}

TEST_F(Batching, WithoutTagsTheJobsOfATestPlanAreSweptByItsExecution) {
  client c(context.get_executor(), config());
  run(context, [&]() -> asio::awaitable<void> {
    start_options options{.tags = false};
    const auto ids = co_await start_jobs(c, options);
    EXPECT_TRUE((co_await c.wait_for_jobs(ids)).all_passed());
  });
  EXPECT_GT(c.stats().pages, 0U);
  EXPECT_LT(c.stats().polls, kJobs / 10);
}

TEST_F(Batching, CanBeSwitchedOff) {
  client_config off = config();
  off.batch_polls = false;
  client c(context.get_executor(), off);
  run(context, [&]() -> asio::awaitable<void> {
    const auto ids = co_await start_jobs(c);
    EXPECT_TRUE((co_await c.wait_for_jobs(ids)).all_passed());
  });
  EXPECT_EQ(c.stats().pages, 0U);
  EXPECT_GE(c.stats().polls, kJobs);
}

TEST_F(Batching, StatusIsToldAsForJobsThatArePolled) {
  client c(context.get_executor(), config());
  run(context, [&]() -> asio::awaitable<void> {
    const auto ids = co_await start_jobs(c);
    std::map<std::string, std::vector<std::string>> told;
    wait_options options;
    options.on_status = [&](const job& j) { told[j.job_id].push_back(j.status_text); };
    co_await c.wait_for_jobs(ids, options);
    EXPECT_EQ(told.size(), ids.size());
    for (const auto& [id, statuses] : told) {
      EXPECT_EQ(statuses.back(), "COMPLETED");
      EXPECT_EQ(std::adjacent_find(statuses.begin(), statuses.end()), statuses.end());
    }
  });
}

TEST(BatchingUpperCase, JobsWhoseIdsAreGivenInUpperCaseAreFoundInListings) {
  const std::string id_but_for_its_end = "abcdef00-e29b-41d4-a716-44665544000";
  const auto job_of = [&](const std::string& end, const char* status) {
    return R"({"job_id":")" + id_but_for_its_end + end + R"(","status":")" + status +
           R"(","tags":["nunu-group-g"],"runs":[{"result":"SUCCESS"}]})";
  };
  asio::io_context context;
  int listings = 0;
  scripted_server server(context, [&](const std::string& request) -> scripted_server::reply {
    if (!request.starts_with("GET /api/v1/jobs?")) {
      const std::size_t end = request.find(" HTTP") - 1;
      return {answer(200, job_of(request.substr(end, 1), "COMPLETED"))};
    }
    const char* const status = ++listings < 5 ? "RUNNING" : "COMPLETED";
    std::string jobs;
    for (const char* end : {"a", "b", "c", "d", "e"})
      jobs += (jobs.empty() ? "" : ",") + job_of(end, status);
    return {answer(200, R"({"data":[)" + jobs +
                            R"(],"pagination":{"page":0,"page_size":100,"total_count":5,)"
                            R"("total_pages":1}})")};
  });
  client_config config;
  config.base_url = server.base_url();
  config.api_key = api_key("key");
  config.polling = {.first = 1ms, .growth = 1.0, .queued = 5ms, .running = 5ms, .ending = 5ms};
  client c(context.get_executor(), config);
  run(context, [&]() -> asio::awaitable<void> {
    std::vector<std::string> ids;
    for (const char* end : {"A", "B", "C", "D", "E"})
      ids.push_back("ABCDEF00-E29B-41D4-A716-44665544000" + std::string(end));
    wait_options waiting{.group = "g"};
    const wait_report report = co_await c.wait_for_jobs(ids, waiting);
    EXPECT_TRUE(report.all_passed());
    for (std::size_t i = 0; i < ids.size(); ++i) EXPECT_EQ(report.outcomes[i].job_id, ids[i]);
    c.close();
    server.close();
  });
  EXPECT_EQ(listings, 5);
  EXPECT_EQ(c.stats().polls, 0U);
}

/// A service of five jobs, which says something of its own about listings.
void wait_at_service_with_listing(const std::string& listing, client_stats& stats) {
  asio::io_context context;
  std::map<std::string, int> polls;
  scripted_server server(context, [&](const std::string& request) -> scripted_server::reply {
    if (request.starts_with("GET /api/v1/jobs?")) return {listing};
    const std::string id = request.substr(std::string("GET /api/v1/jobs/").size(), 1);
    const char* const status = ++polls[id] < 3 ? "RUNNING" : "COMPLETED";
    return {answer(200, R"({"job_id":")" + id + R"(","status":")" + status +
                            R"(","tags":["nunu-group-g"],"runs":[{"result":"SUCCESS"}]})")};
  });
  client_config config;
  config.base_url = server.base_url();
  config.api_key = api_key("key");
  config.polling = {.first = 1ms, .growth = 1.0, .queued = 5ms, .running = 5ms, .ending = 5ms};
  client c(context.get_executor(), config);
  run(context, [&]() -> asio::awaitable<void> {
    const std::vector<std::string> ids = {"a", "b", "c", "d", "e"};
    EXPECT_TRUE((co_await c.wait_for_jobs(ids)).all_passed());
    c.close();
    server.close();
  });
  stats = c.stats();
}

TEST(BatchingRefused, JobsArePolledOneByOneWhereListingIsOfNoUse) {
  const std::string rows[] = {
      answer(403, R"({"error":"no listing"})"),
      answer(404, ""),
      answer(200, "<html>"),
      // It knows none of them.
      answer(200, R"({"data":[],"pagination":{"page":0,"page_size":100,"total_count":0,)"
                  R"("total_pages":1}})"),
  };
  for (const std::string& listing : rows) {
    client_stats stats;
    wait_at_service_with_listing(listing, stats);
    EXPECT_GE(stats.pages, 1U) << listing;
    EXPECT_LE(stats.pages, 10U) << listing;
  }
  client_stats stats;
  wait_at_service_with_listing(rows[0], stats);
  EXPECT_EQ(stats.groups_given_up, 1U);
}

}  // namespace
}  // namespace nunu::test
