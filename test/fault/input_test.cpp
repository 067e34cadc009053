// Keys, ids and tags with which somebody might reach beyond their place in a request.
#include <gtest/gtest.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstddef>
#include <iterator>
#include <string>
#include <vector>

#include "loopback.hpp"
#include "operations.hpp"
#include "scripted_server.hpp"

namespace nunu::test {
namespace {

const auto kToken = asio::as_tuple(asio::use_awaitable);

const std::string kBad[] = {"a\rb", "a\nb", "a\r\nX-Other: b", std::string("a\0b", 3)};

TEST(Fault29, AKeyWithAControlCharacterMakesNoClientAndIsNotTold) {
  asio::io_context context;
  for (const std::string& bad : kBad) {
    client_config config = config_for("http://127.0.0.1:9");
    config.api_key = api_key(bad);
    try {
      const client c(context.get_executor(), config);
      ADD_FAILURE() << "there is a client";
    } catch (const error& e) {
      EXPECT_EQ(e.code(), errc::invalid_config);
      EXPECT_EQ(std::string(e.what()).find(bad), std::string::npos) << e.what();
    }
  }
}

TEST(Fault29, AnIdOrATagWithAControlCharacterIsRefusedBeforeAnythingIsSent) {
  asio::io_context context;
  scripted_server server(context, [](const std::string&) { return std::nullopt; });
  client c(context.get_executor(), config_for(server.base_url()));
  run(context, [&]() -> asio::awaitable<void> {
    for (const std::string& bad : kBad) {
      auto [got, job] = co_await c.get_job(bad, kToken);
      EXPECT_EQ(got, errc::invalid_request);
      auto [detailed, details] = co_await c.get_run(bad, kToken);
      EXPECT_EQ(detailed, errc::invalid_request);
      auto [searched, bugs] = co_await c.list_bugs(bad, kToken);
      EXPECT_EQ(searched, errc::invalid_request);
      auto [found, launch] = co_await c.find_launch(bad, kToken);
      EXPECT_EQ(found, errc::invalid_request);
      const std::vector<std::string> ids = {"j", bad};
      auto [waited, report] = co_await c.wait_for_jobs(ids, kToken);
      EXPECT_EQ(waited, errc::invalid_request);
      job_watch watch = c.watch_jobs(ids);
      auto [watched, outcome] = co_await watch.next(kToken);
      EXPECT_EQ(watched, errc::invalid_request);
      auto [stopped, stops] = co_await c.stop_jobs(ids, kToken);
      EXPECT_EQ(stopped, errc::invalid_request);
      start_options options;
      options.launch_id = bad;
      auto [started, launched] = co_await c.start_run(a_test(), options, kToken);
      EXPECT_EQ(started, errc::invalid_request);
      run_request tagged = a_test();
      tagged.additional_tags = {bad};
      auto [begun, run] = co_await c.start_run(tagged, kToken);
      EXPECT_EQ(begun, errc::invalid_request);
      job_query query;
      query.tags = {bad};
      auto [listed, page] = co_await c.list_jobs(query, kToken);
      EXPECT_EQ(listed, errc::invalid_request);
    }
  });
  EXPECT_EQ(server.connections(), 0);
}

TEST(Fault29, AnIdIsOneSegmentOfThePathWhateverIsInIt) {
  asio::io_context context;
  const scripted_server::reply no{answer(404, "")};
  scripted_server server(context, {no, no, no});
  client c(context.get_executor(), config_for(server.base_url()));
  run(context, [&]() -> asio::awaitable<void> {
    co_await c.get_job("../x?y#z", kToken);
    co_await c.get_run("../x?y#z", kToken);
    co_await c.list_bugs("../x?y#z", kToken);
  });
  const std::string targets[] = {"/api/v1/jobs/..%2Fx%3Fy%23z", "/api/v1/runs/..%2Fx%3Fy%23z",
                                 "/api/v1/runs/..%2Fx%3Fy%23z/bugs?page=0&page_size=100"};
  ASSERT_EQ(server.requests().size(), std::size(targets));
  for (std::size_t i = 0; i < std::size(targets); ++i)
    EXPECT_TRUE(server.requests()[i].starts_with("GET " + targets[i] + " HTTP/1.1\r\n"))
        << server.requests()[i];
}

}  // namespace
}  // namespace nunu::test
