// Many waiters, a service that goes away, and a service that asks to be left alone for a while.
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <string>
#include <vector>

#include "loopback.hpp"
#include "scripted_server.hpp"

namespace nunu::test {
namespace {

using clock = std::chrono::steady_clock;

const auto kToken = asio::as_tuple(asio::use_awaitable);

std::string id_in(const std::string& request) {
  const auto begin = std::string("GET /api/v1/jobs/").size();
  return request.substr(begin, request.find(' ', begin) - begin);
}

scripted_server::reply job_answer(const std::string& id, const std::string& status) {
  return {answer(200, R"({"job_id":")" + id + R"(","status":")" + status + R"("})")};
}

TEST(Outage, IsProbedByOneRequestAtATimeAndEveryJobIsDelivered) {
  constexpr std::size_t connections = 8;
  constexpr auto length = 3s;
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
    for (int i = 0; i < 1'000; ++i) ids.push_back("job-" + std::to_string(i));
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
  EXPECT_EQ(requests_after, 1'000U) << "a job was asked for again after its end";
}

TEST(RetryAfter, HoldsBackEveryRequestOfTheClient) {
  asio::io_context context;
  std::vector<clock::time_point> at;
  scripted_server server(context, [&](const std::string& request) -> scripted_server::reply {
    at.push_back(clock::now());
    if (at.size() == 1) return {answer(429, "", "Retry-After: 1\r\n")};
    if (request.starts_with("POST")) return {answer(201, R"({"job_ids":["j"]})")};
    return job_answer(id_in(request), "COMPLETED");
  });
  client_config config;
  config.base_url = server.base_url();
  config.api_key = api_key("key");
  config.polling.first = 1ms;
  client c(context.get_executor(), config);
  run(context, [&]() -> asio::awaitable<void> {
    job_watch watch = c.watch_jobs({"j"});
    while (c.stats().rate_limited == 0) co_await asio::post(context, asio::use_awaitable);
    co_await c.start_run(a_test());
    co_await watch.next();
    c.close();
    server.close();
  });
  ASSERT_EQ(at.size(), 3U);
  EXPECT_GE(at[1] - at[0], 1s);
}

TEST(RetryAfter, ThatIsLongerThanTheOperationMayTakeEndsItAtOnce) {
  asio::io_context context;
  scripted_server server(context, {{answer(429, "", "Retry-After: 3600\r\n")}});
  client_config config;
  config.base_url = server.base_url();
  config.api_key = api_key("key");
  client c(context.get_executor(), config);
  run(context, [&]() -> asio::awaitable<void> {
    auto [first, j] = co_await c.get_job("j", kToken);
    EXPECT_EQ(first, errc::rate_limited);
    diagnostics details;
    auto [second, started] = co_await c.start_run(a_test(), start_options(), details, kToken);
    EXPECT_EQ(second, errc::rate_limited);
    EXPECT_TRUE(details.launch_id.empty()) << "nothing was sent";
    c.close();
    server.close();
  });
  EXPECT_EQ(server.requests().size(), 1U);
}

}  // namespace
}  // namespace nunu::test
