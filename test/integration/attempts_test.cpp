// Every attempt to send a request is told, whatever becomes of it.
#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "events.hpp"
#include "loopback.hpp"
#include "scripted_server.hpp"
#include "scripted_start.hpp"

namespace nunu::test {
namespace {

using then = scripted_server::then;

class Attempts : public testing::Test {
 protected:
  struct attempt {
    std::string request;
    int http_status;
    boost::system::error_code error;
    std::string message;
    std::chrono::nanoseconds duration;
  };

  Attempts() {
    config.api_key = api_key("key");
    config.operation_timeout = 20s;
    config.on_attempt = [this](const request_attempt& a) {
      told.push_back(
          {std::string(a.request), a.http_status, a.error, std::string(a.message), a.duration});
      if (throws) throw std::logic_error("of the callback");
    };
  }

  void serve(std::deque<scripted_server::reply> script) {
    server.emplace(context, std::move(script));
    config.base_url = server->base_url();
    c.emplace(context.get_executor(), config);
  }

  void get_job() {
    c->get_job("j", end.details, end.handler());
    run_until(context, [&] { return end.reached(); });
  }

  client_config config;
  bool throws = false;
  std::vector<attempt> told;
  ending end;
  asio::io_context context;
  std::optional<scripted_server> server;
  std::optional<client> c;
};

const std::string kJob = R"({"job_id":"j","status":"QUEUED","build_id":"b"})";
const std::string kEndedJob = R"({"job_id":"j","status":"COMPLETED","build_id":"b"})";

TEST_F(Attempts, AreToldBeforeTheOperationEnds) {
  serve({{answer(503, "")}, {answer(200, kJob)}});
  get_job();
  EXPECT_FALSE(*end.code);
  ASSERT_EQ(told.size(), 2U);
  for (const attempt& a : told) {
    EXPECT_EQ(a.request, "GET /api/v1/jobs/j");
    EXPECT_FALSE(a.error);
    EXPECT_GT(a.duration, 0ns);
  }
  EXPECT_EQ(told[0].http_status, 503);
  EXPECT_EQ(told[1].http_status, 200);
}

TEST_F(Attempts, OfStartsAndPollsAreToldToo) {
  serve({{answer(201, kStarted)}, {answer(200, kEndedJob)}});
  start_options untagged;
  untagged.tags = false;
  c->start_run(a_test(), untagged, end.details, end.handler());
  run_until(context, [&] { return end.reached(); });
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].request, "POST /api/v1/runs");
  EXPECT_EQ(told[0].http_status, 201);
  bool waited = false;
  c->wait_for_jobs({"j"}, wait_options(),
                   [&](boost::system::error_code, const wait_report&) { waited = true; });
  run_until(context, [&] { return waited; });
  ASSERT_EQ(told.size(), 2U);
  EXPECT_EQ(told[1].request, "GET /api/v1/jobs/j");
  EXPECT_EQ(told[1].http_status, 200);
}

TEST_F(Attempts, SayWhyThereIsNoAnswer) {
  serve({{"HTTP/1.1 200", then::close}, {answer(200, kJob)}});
  get_job();
  ASSERT_EQ(told.size(), 2U);
  EXPECT_EQ(told[0].error, errc::connection_lost);
  EXPECT_EQ(told[0].http_status, 0);
  EXPECT_FALSE(told[0].message.empty());
  EXPECT_GT(told[0].duration, 0ns);
  EXPECT_FALSE(told[1].error);
}

TEST_F(Attempts, SayWhenNothingWasWritten) {
  config.operation_timeout = 100ms;
  config.polling.first = 1ms;
  // Has a port, and does not listen.
  const asio::ip::tcp::socket nobody(context, {asio::ip::address_v4::loopback(), 0});
  config.base_url = "http://127.0.0.1:" + std::to_string(nobody.local_endpoint().port());
  c.emplace(context.get_executor(), config);
  get_job();
  ASSERT_FALSE(told.empty());
  for (const attempt& a : told) {
    EXPECT_EQ(a.request, "GET /api/v1/jobs/j");
    EXPECT_EQ(a.error, condition::not_sent);
    EXPECT_FALSE(a.message.empty());
    EXPECT_EQ(a.duration, 0ns);
  }
  told.clear();
  const job_watch watch = c->watch_jobs({"j"});
  run_until(context, [&] { return !told.empty(); });
  EXPECT_EQ(told[0].request, "GET /api/v1/jobs/j");
  EXPECT_EQ(told[0].error, condition::not_sent);
}

TEST_F(Attempts, ACallbackThatThrowsChangesNothingForTheRequest) {
  throws = true;
  serve({{answer(201, kStarted)}});
  start_options untagged;
  untagged.tags = false;
  c->start_run(a_test(), untagged, end.details, end.handler());
  EXPECT_THROW(run_until(context, [] { return false; }), std::logic_error);
  run_until(context, [&] { return end.reached(); });
  EXPECT_FALSE(*end.code) << end.details.to_string();
  EXPECT_EQ(told.size(), 1U);
}

TEST_F(Attempts, AreNotToldOnceTheClientIsClosed) {
  serve({});
  c->get_job("j", end.details, end.handler());
  run_until(context, [&] { return server->requests().size() == 1; });
  c->close();
  run_until(context, [&] { return end.reached(); });
  settle(context);
  EXPECT_EQ(*end.code, errc::closed);
  EXPECT_TRUE(told.empty());
}

}  // namespace
}  // namespace nunu::test
