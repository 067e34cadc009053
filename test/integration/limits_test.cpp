// The limits of time and number: what ends when they are reached, and what does not.
//
// Where a limit is a time, a test lets it pass. No other test waits for anything but events.
#include <gtest/gtest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <ostream>
#include <string>
#include <utility>

#include "events.hpp"
#include "loopback.hpp"
#include "quiet_server.hpp"
#include "scripted_server.hpp"
#include "tls_server.hpp"

namespace nunu::test {
namespace {

using steady = std::chrono::steady_clock;

const std::string kJob = R"({"job_id":"j","status":"RUNNING"})";

/// Of a limit that a test lets pass.
constexpr auto kShort = 50ms;
/// Of an operation that may be tried again until its time is up.
constexpr auto kSoonUp = 200ms;
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
  if (operation == "stop_jobs") c.stop_jobs({"j"}, end.details, end.handler());
}

std::uint64_t requests_written(const client_stats& s) {
  return s.starts + s.stops + s.reads + s.polls;
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
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
                         testing::Values("start_run", "get_job", "list_jobs", "stop_jobs"),
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
                         testing::Values("get_job", "list_jobs", "stop_jobs"), operation_name);

/// A client with one connection, on which a poll waits for its answer. A poll, since it has no
/// deadline of its own: it keeps the connection until the test lets it go.
class PoolQueue : public Limits {
 protected:
  quiet_server server{context};
  ending holder, queued, next;

  void take_the_connection() {
    config.max_connections = 1;
    config.polling.first = 0ms;
    make_client(server.base_url("http"));
    c->wait_for_jobs({"held"}, wait_options(), holder.details, holder.handler());
    run_until(context, [&] { return server.requests() == 1; });
  }

  void end_the_poll() { server.say(0, answer(200, R"({"job_id":"held","status":"COMPLETED"})")); }

  /// The one who waits now is served, on the same connection.
  void expect_that_the_next_is_served() {
    run_until(context, [&] { return server.requests() == 2; });
    server.say(0, answer(200, kJob));
    run_until(context, [&] { return next.reached(); });
    EXPECT_FALSE(next.code->failed()) << next.details.to_string();
    EXPECT_FALSE(holder.code->failed()) << holder.details.to_string();
    EXPECT_EQ(server.connections(), 1U);
  }
};

TEST_F(PoolQueue, ATurnThatDoesNotComeInTimeIsAConnectTimeoutAndTheSlotGoesToTheNext) {
  config.operation_timeout = kSoonUp;
  take_the_connection();
  begin(*c, "get_job", queued);
  run_until(context, [&] { return queued.reached(); });
  EXPECT_EQ(*queued.code, errc::connect_timeout);
  EXPECT_EQ(*queued.code, condition::not_sent);
  EXPECT_TRUE(contains(queued.details.message, "in time")) << queued.details.message;
  EXPECT_FALSE(holder.reached());
  EXPECT_EQ(server.requests(), 1U);

  begin(*c, "get_job", next);
  settle(context);
  end_the_poll();
  expect_that_the_next_is_served();
}

TEST_F(PoolQueue, ACancelledTurnSendsNothingAndTheSlotGoesToTheNext) {
  take_the_connection();
  asio::cancellation_signal signal;
  c->get_job("j", queued.details, asio::bind_cancellation_slot(signal.slot(), queued.handler()));
  settle(context);
  begin(*c, "get_job", next);
  settle(context);
  signal.emit(asio::cancellation_type::total);
  // Nothing else can happen: the connection is still taken.
  run_until(context, [&] { return queued.reached(); });
  EXPECT_EQ(*queued.code, asio::error::operation_aborted);
  EXPECT_FALSE(next.reached());
  EXPECT_EQ(server.requests(), 1U);

  end_the_poll();
  expect_that_the_next_is_served();
}

TEST_F(PoolQueue, ClosingTheClientEndsThoseWhoWait) {
  take_the_connection();
  begin(*c, "get_job", queued);
  settle(context);
  c->close();
  run_until(context, [&] { return queued.reached() && holder.reached(); });
  EXPECT_EQ(*queued.code, errc::closed);
  EXPECT_EQ(server.requests(), 1U);
}

/// What the first answer says decides whether the next connection has to be opened.
class PoolQueueStepByStep : public Limits, public testing::WithParamInterface<const char*> {};

/// Between the moment at which a turn is granted and that at which its owner learns of it, and at
/// every other moment: the cancellation comes one step later each time round.
TEST_P(PoolQueueStepByStep, TheSlotIsNeverLostWheneverATurnIsCancelled) {
  const authority trusted("trusted");
  tls_server server(context, {trusted.issue(subject()), answer(200, kJob, GetParam())});
  config.tls.ca_pem = trusted.certificate_pem();
  config.max_connections = 1;
  bool was_cancelled = false;
  bool was_too_late = false;
  for (int steps = 0; !was_too_late; ++steps) {
    make_client(server.base_url());
    ending first, second, third;
    asio::cancellation_signal signal;
    begin(*c, "get_job", first);
    c->get_job("j", second.details, asio::bind_cancellation_slot(signal.slot(), second.handler()));
    for (int i = 0; i < steps && !second.reached(); ++i) context.run_one_for(kPatience);
    was_too_late = second.reached();
    if (!was_too_late) signal.emit(asio::cancellation_type::terminal);
    begin(*c, "get_job", third);
    SCOPED_TRACE("cancelled after " + std::to_string(steps) + " steps");
    run_until(context, [&] { return first.reached() && second.reached() && third.reached(); });
    EXPECT_FALSE(first.code->failed()) << first.details.to_string();
    EXPECT_FALSE(third.code->failed()) << third.details.to_string();
    if (!second.code->failed()) continue;
    EXPECT_EQ(*second.code, asio::error::operation_aborted) << second.details.to_string();
    was_cancelled = true;
  }
  EXPECT_TRUE(was_cancelled);
}

INSTANTIATE_TEST_SUITE_P(Answers, PoolQueueStepByStep, testing::Values("", "Connection: close\r\n"),
                         [](const testing::TestParamInfo<const char*>& tested) {
                           return tested.param[0] == 0 ? "ThatKeepTheConnection"
                                                       : "ThatCloseTheConnection";
                         });

struct reuse {
  const char* name;
  std::chrono::milliseconds max_connection_age;
  std::chrono::milliseconds idle_timeout;
  /// In the first answer.
  const char* header;
  /// After the first answer.
  std::chrono::milliseconds pause;
  int connections;
};

/// What GoogleTest calls it.
void PrintTo(const reuse& row, std::ostream* out) {
  *out << row.name;
}

const reuse kReuse[] = {
    {"IsReusedWithinEveryLimit", kNever, kNever, "", 30ms, 1},
    {"OlderThanTheLimitIsNot", 20ms, kNever, "", 30ms, 2},
    {"UnusedForLongerThanTheLimitIsNot", kNever, 20ms, "", 30ms, 2},
    {"IsReusedWithinHalfOfWhatTheServerPromised", kNever, kNever, "Keep-Alive: timeout=60\r\n",
     510ms, 1},
    {"UnusedForOverHalfOfWhatTheServerPromisedIsNot", kNever, kNever, "Keep-Alive: timeout=1\r\n",
     510ms, 2},
    {"UnusedForOverHalfOfWhatItPromisedAmongOtherThingsIsNot", kNever, kNever,
     "Keep-Alive: max=100, timeout=1\r\n", 510ms, 2},
};

class Connection : public Limits, public testing::WithParamInterface<reuse> {};

TEST_P(Connection, IsReusedOnlyWithinItsLimits) {
  scripted_server server(context, {{answer(200, kJob, GetParam().header)}, {answer(200, kJob)}});
  config.max_connection_age = GetParam().max_connection_age;
  config.idle_timeout = GetParam().idle_timeout;
  make_client(server.base_url());
  run(context, [&]() -> asio::awaitable<void> {
    co_await c->get_job("j");
    // The limit is a time, and so the test lets that time pass: nothing happens meanwhile.
    asio::steady_timer pause(context, GetParam().pause);
    co_await pause.async_wait(asio::use_awaitable);
    co_await c->get_job("j");
  });
  EXPECT_EQ(server.connections(), GetParam().connections);
  EXPECT_EQ(c->stats().retries, 0U);
  EXPECT_EQ(c->stats().connections_open, 1U) << "the old one is kept beside the new";
}

INSTANTIATE_TEST_SUITE_P(Table, Connection, testing::ValuesIn(kReuse),
                         [](const testing::TestParamInfo<reuse>& tested) {
                           return std::string(tested.param.name);
                         });

}  // namespace
}  // namespace nunu::test
