#include <gtest/gtest.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "loopback.hpp"
#include "scripted_server.hpp"

namespace nunu::test {
namespace {

const auto kToken = asio::as_tuple(asio::use_awaitable);

class Stopping : public testing::Test {
 protected:
  asio::io_context context;
  simulator sim{context.get_executor(), endless_simulator()};
  client c{context.get_executor(), client_for(sim)};
};

TEST_F(Stopping, StopsEachJobAndTellsOfThoseThatDoNotExist) {
  run(context, [&]() -> asio::awaitable<void> {
    const started_run started = co_await c.start_run(a_plan());
    std::vector<std::string> ids = started.job_ids;
    ids.insert(ids.begin() + 2, "no-such-job");
    const stop_report report = co_await c.stop_jobs(ids);
    EXPECT_EQ(report.stopped_count, 5);
    EXPECT_EQ(report.results.size(), ids.size());
    for (std::size_t i = 0; i < ids.size(); ++i) {
      EXPECT_EQ(report.results[i].job_id, ids[i]);
      EXPECT_EQ(report.results[i].ok, i != 2);
    }
    EXPECT_EQ(report.results[2].status, 404);
    const wait_report waited = co_await c.wait_for_jobs(started.job_ids);
    EXPECT_EQ(waited.count(verdict::stopped), 5U);
  });
}

TEST_F(Stopping, WhenNoneExistsEachResultSaysSo) {
  run(context, [&]() -> asio::awaitable<void> {
    const std::vector<std::string> ids = {"x", "y"};
    const stop_report report = co_await c.stop_jobs(ids);
    EXPECT_EQ(report.stopped_count, 0);
    EXPECT_EQ(report.results.size(), 2U);
    for (const stop_result& r : report.results) EXPECT_EQ(r.status, 404);
  });
}

TEST_F(Stopping, NothingIsAnInvalidRequest) {
  run(context, [&]() -> asio::awaitable<void> {
    auto [ec, report] = co_await c.stop_jobs(std::vector<std::string>(), kToken);
    EXPECT_EQ(ec, errc::invalid_request);
  });
}

TEST_F(Stopping, ManyIdsAreSentInSeveralRequests) {
  run(context, [&]() -> asio::awaitable<void> {
    std::vector<std::string> ids;
    for (int i = 0; i < 240; ++i) {
      const started_run started = co_await c.start_run(a_plan());
      ids.insert(ids.end(), started.job_ids.begin(), started.job_ids.end());
    }
    const stop_report report = co_await c.stop_jobs(ids);
    EXPECT_EQ(report.stopped_count, 1200);
    EXPECT_EQ(report.results.back().job_id, ids.back());
    EXPECT_EQ(c.stats().stops, 3U);
  });
}

TEST(StoppingThroughTrouble, IsSaidAgainAndKeepsWhatIsKnown) {
  asio::io_context context;
  scripted_server server(
      context,
      {{answer(503, "")},
       {answer(207, R"({"ok":false,"message":"m","received_count":2,"stopped_count":1,)"
                    R"("results":[{"job_id":"b","ok":false,"status":500,"error":"e"},)"
                    R"({"job_id":"a","ok":true,"status":200,"message":"Job stopped"}]})")}});
  client_config config;
  config.base_url = server.base_url();
  config.api_key = api_key("key");
  client c(context.get_executor(), config);
  run(context, [&]() -> asio::awaitable<void> {
    const std::vector<std::string> ids = {"a", "b"};
    const stop_report report = co_await c.stop_jobs(ids);
    EXPECT_EQ(report.results[0].job_id, "a");
    EXPECT_TRUE(report.results[0].ok);
    EXPECT_EQ(report.results[1].error, "e");
    EXPECT_EQ(report.stopped_count, 1);
    c.close();
    server.close();
  });
  EXPECT_EQ(server.requests().size(), 2U);
}

TEST(StoppingThroughTrouble, AnIdIsTheSameInUpperCaseAndStaysAsItWasGiven) {
  asio::io_context context;
  scripted_server server(
      context,
      {{answer(207, R"({"ok":false,"received_count":2,"stopped_count":1,"results":[)"
                    R"({"job_id":"abcdef00-e29b-41d4-a716-446655440000","ok":true,"status":200},)"
                    R"({"job_id":"abcdef00-e29b-41d4-a716-446655440001","ok":false,"status":500,)"
                    R"("error":"e"}]})")}});
  client_config config;
  config.base_url = server.base_url();
  config.api_key = api_key("key");
  client c(context.get_executor(), config);
  run(context, [&]() -> asio::awaitable<void> {
    const std::vector<std::string> ids = {"ABCDEF00-E29B-41D4-A716-446655440001",
                                          "ABCDEF00-E29B-41D4-A716-446655440000"};
    const stop_report report = co_await c.stop_jobs(ids);
    EXPECT_EQ(report.results[0].job_id, ids[0]);
    EXPECT_EQ(report.results[0].error, "e");
    EXPECT_EQ(report.results[1].job_id, ids[1]);
    EXPECT_TRUE(report.results[1].ok);
    EXPECT_EQ(report.stopped_count, 1);
    c.close();
    server.close();
  });
}

}  // namespace
}  // namespace nunu::test
