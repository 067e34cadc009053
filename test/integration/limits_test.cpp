// The limits of time and number: what ends when they are reached, and what does not.
//
// Where a limit is a time, a test lets it pass. No other test waits for anything but events.
#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <utility>

#include "events.hpp"
#include "loopback.hpp"
#include "quiet_server.hpp"
#include "scripted_server.hpp"

namespace nunu::test {
namespace {

using steady = std::chrono::steady_clock;

const std::string kJob = R"({"job_id":"j","status":"RUNNING"})";

/// Of a limit that a test lets pass.
constexpr auto kShort = 150ms;
/// Of an operation that may be tried again until its time is up.
constexpr auto kSoonUp = 500ms;
/// Of a limit that must not be what ends something: the test's own patience is shorter.
constexpr auto kNever = 1h;

/// A server that takes no connection, and whose queue in the system is full: nobody answers those
/// who want to connect.
class full_server {
 public:
  explicit full_server(asio::io_context& context) : acceptor_(context), queued_(context) {
    const asio::ip::tcp::endpoint any_port(asio::ip::address_v4::loopback(), 0);
    acceptor_.open(any_port.protocol());
    acceptor_.bind(any_port);
    // Linux queues one more than it is told.
    acceptor_.listen(0);
    queued_.connect(acceptor_.local_endpoint());
  }

  std::string base_url() const {
    return "http://127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port());
  }

 private:
  asio::ip::tcp::acceptor acceptor_;
  asio::ip::tcp::socket queued_;
};

class Limits : public testing::Test {
 protected:
  asio::io_context context;
  client_config config;
  std::optional<client> c;

  Limits() {
    config.api_key = api_key("key");
    config.connect_timeout = kNever;
    config.response_timeout = kNever;
    config.operation_timeout = kNever;
  }

  void make_client(std::string base_url) {
    config.base_url = std::move(base_url);
    c.emplace(context.get_executor(), config);
  }
};

void begin(client& c, const std::string& operation, ending& end) {
  if (operation == "start_run") c.start_run(a_test(), start_options(), end.details, end.handler());
  if (operation == "get_job") c.get_job("j", end.details, end.handler());
  if (operation == "list_jobs") c.list_jobs(job_query(), end.details, end.handler());
  if (operation == "get_run") c.get_run("r", end.details, end.handler());
  if (operation == "list_bugs") c.list_bugs("r", end.details, end.handler());
  if (operation == "stop_jobs") c.stop_jobs({"j"}, end.details, end.handler());
}

std::uint64_t requests_written(const client_stats& s) {
  return s.starts + s.stops + s.reads + s.polls;
}

std::string operation_name(const testing::TestParamInfo<const char*>& tested) {
  return tested.param;
}

class ConnectTimeout : public Limits {
 protected:
  quiet_server server{context};
  ending end;
};

TEST_F(ConnectTimeout, EndsASilentHandshakeAndTheOperationGoesOn) {
  config.connect_timeout = kShort;
  make_client(server.base_url("https"));
  const auto began = steady::now();
  begin(*c, "get_job", end);
  run_until(context, [&] { return server.connections() == 1 && server.ended(0); });
  EXPECT_GE(steady::now() - began, kShort);
  EXPECT_FALSE(server.received(0).empty()) << "it ended before the handshake began";
  run_until(context, [&] { return server.connections() == 2; });
  EXPECT_FALSE(end.reached());
}

TEST_F(ConnectTimeout, EndsAConnectThatNobodyAnswers) {
  const full_server full(context);
  config.connect_timeout = kShort;
  config.operation_timeout = kSoonUp;
  make_client(full.base_url());
  begin(*c, "get_job", end);
  run_until(context, [&] { return end.reached(); });
  EXPECT_EQ(*end.code, errc::connect_timeout);
  EXPECT_EQ(*end.code, condition::not_sent);
  EXPECT_TRUE(contains(end.details.message, "connecting to")) << end.details.message;
  EXPECT_EQ(c->stats().connections_opened, 0U);
}

class ConnectTimeoutOf : public ConnectTimeout, public testing::WithParamInterface<const char*> {};

TEST_P(ConnectTimeoutOf, IsReportedWhenTheOperationsTimeIsUpAndNothingWasSent) {
  config.connect_timeout = kShort;
  config.operation_timeout = kSoonUp;
  make_client(server.base_url("https"));
  begin(*c, GetParam(), end);
  run_until(context, [&] { return end.reached(); });
  EXPECT_EQ(*end.code, errc::connect_timeout);
  EXPECT_EQ(*end.code, condition::not_sent);
  EXPECT_EQ(*end.code, condition::retryable);
  EXPECT_TRUE(contains(end.details.message, "TLS handshake")) << end.details.message;
  EXPECT_TRUE(end.details.launch_id.empty()) << "a run that cannot have started has an id";
  EXPECT_EQ(requests_written(c->stats()), 0U);
}

TEST_P(ConnectTimeoutOf, IsAlsoWhatTheEndOfTheOperationMeansWhileConnecting) {
  config.operation_timeout = kShort;
  make_client(server.base_url("https"));
  begin(*c, GetParam(), end);
  run_until(context, [&] { return end.reached(); });
  EXPECT_EQ(*end.code, errc::connect_timeout);
  EXPECT_EQ(requests_written(c->stats()), 0U);
}

INSTANTIATE_TEST_SUITE_P(Operations, ConnectTimeoutOf,
                         testing::Values("start_run", "get_job", "list_jobs", "get_run",
                                         "list_bugs", "stop_jobs"),
                         operation_name);

class ResponseTimeout : public Limits {
 protected:
  quiet_server server{context};
  ending end;
};

TEST_F(ResponseTimeout, EndsAnExchangeHoweverMuchHasComeAndTheNextTryIsOnANewConnection) {
  const std::string parts[] = {"", "HTTP/1.1 200 OK\r\nContent-Le", answer(200, kJob).substr(0, 50),
                               "HTTP/1.1 103 Early Hints\r\n\r\n"};
  config.response_timeout = kShort;
  make_client(server.base_url("http"));
  for (const std::string& part : parts) {
    const std::size_t first = server.connections();
    ending one;
    const auto began = steady::now();
    begin(*c, "get_job", one);
    run_until(context,
              [&] { return server.connections() == first + 1 && !server.received(first).empty(); });
    server.say(first, part);
    run_until(context, [&] { return server.ended(first); });
    EXPECT_GE(steady::now() - began, kShort) << part;
    run_until(context, [&] {
      return server.connections() == first + 2 && !server.received(first + 1).empty();
    });
    // Not kept, so that each part is said on a new connection.
    server.say(first + 1, answer(200, kJob, "Connection: close\r\n"));
    run_until(context, [&] { return one.reached(); });
    EXPECT_FALSE(one.code->failed()) << one.code->message() << " after " << part;
  }
  EXPECT_EQ(c->stats().broken_exchanges, std::size(parts));
  EXPECT_EQ(c->stats().retries, std::size(parts));
}

TEST_F(ResponseTimeout, OfAStartAndOfItsLookUpEndsItWithTheLaunchIdAndNothingIsSentAgain) {
  config.response_timeout = kShort;
  config.reconcile_window = kShort;
  make_client(server.base_url("http"));
  begin(*c, "start_run", end);
  run_until(context, [&] { return end.reached(); });
  EXPECT_EQ(*end.code, errc::start_outcome_unknown);
  EXPECT_EQ(*end.code, condition::outcome_unknown);
  EXPECT_NE(*end.code, condition::retryable);
  EXPECT_FALSE(end.details.launch_id.empty());
  EXPECT_TRUE(contains(end.details.message, "took too long")) << end.details.message;
  EXPECT_EQ(c->stats().starts, 1U);
}

class ResponseTimeoutOf : public ResponseTimeout,
                          public testing::WithParamInterface<const char*> {};

TEST_P(ResponseTimeoutOf, IsReportedWhenTheOperationsTimeIsUp) {
  config.response_timeout = kShort;
  config.operation_timeout = kSoonUp;
  make_client(server.base_url("http"));
  begin(*c, GetParam(), end);
  run_until(context, [&] { return end.reached(); });
  EXPECT_EQ(*end.code, errc::response_timeout);
  EXPECT_EQ(*end.code, condition::outcome_unknown);
  EXPECT_EQ(*end.code, condition::retryable);
  EXPECT_NE(*end.code, condition::not_sent);
  EXPECT_TRUE(contains(end.details.message, "took too long")) << end.details.message;
}

TEST_P(ResponseTimeoutOf, IsAlsoWhatTheEndOfTheOperationMeansDuringAnExchange) {
  config.operation_timeout = kShort;
  make_client(server.base_url("http"));
  begin(*c, GetParam(), end);
  run_until(context, [&] { return end.reached(); });
  EXPECT_EQ(*end.code, errc::response_timeout);
  EXPECT_EQ(server.connections(), 1U);
}

INSTANTIATE_TEST_SUITE_P(Operations, ResponseTimeoutOf,
                         testing::Values("get_job", "list_jobs", "get_run", "list_bugs",
                                         "stop_jobs"),
                         operation_name);

}  // namespace
}  // namespace nunu::test
