// Full TLS handshakes are for connections that are the first of their kind; all others resume.
#include <gtest/gtest.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <ostream>
#include <string>

#include "events.hpp"
#include "loopback.hpp"
#include "scripted_server.hpp"
#include "tls_server.hpp"

namespace nunu::test {
namespace {

const auto kToken = asio::as_tuple(asio::use_awaitable);

struct resumed {
  const char* name;
  int version;
  tls_server::sessions kept;
};

/// What GoogleTest calls it.
void PrintTo(const resumed& row, std::ostream* out) {
  *out << row.name;
}

const resumed kTls12[] = {
    {"FromATicket", TLS1_2_VERSION, tls_server::sessions::in_tickets},
    {"FromTheServersMemory", TLS1_2_VERSION, tls_server::sessions::in_its_memory},
};
const resumed kTls13[] = {
    {"FromATicket", TLS1_3_VERSION, tls_server::sessions::in_tickets},
    {"FromTheServersMemory", TLS1_3_VERSION, tls_server::sessions::in_its_memory},
};

/// A server that ends each connection after one answer.
class Session : public testing::TestWithParam<resumed> {
 protected:
  asio::io_context context;
  authority trusted{"trusted"};
  tls_server::options options{
      trusted.issue(subject()),
      answer(200, R"({"job_id":"j","status":"RUNNING"})", "Connection: close\r\n")};
  std::optional<tls_server> server;
  std::optional<client> asking;

  Session() {
    options.newest_version = GetParam().version;
    options.keeps = GetParam().kept;
  }

  void TearDown() override {
    if (!asking) return;
    asking->close();
    run_until(context, [&] { return server->all_ended(); });
  }

  void begin(std::size_t connections) {
    server.emplace(context, options);
    client_config config;
    config.base_url = server->base_url();
    config.api_key = api_key("key");
    config.tls.ca_pem = trusted.certificate_pem();
    config.max_connections = connections;
    // A handshake that came too late would be made again, and counted.
    config.connect_timeout = config.response_timeout = config.operation_timeout = 1h;
    asking.emplace(context.get_executor(), config);
  }

  /// So many at once ask for a job so many times, each after the answer to its last.
  void ask(std::size_t at_once, int times) {
    std::size_t ended = 0;
    const auto ask_in_turn = [&]() -> asio::awaitable<void> {
      for (int i = 0; i < times; ++i) {
        auto [ec, job] = co_await asking->get_job("j", kToken);
        EXPECT_FALSE(ec) << ec.message();
      }
      ++ended;
    };
    for (std::size_t i = 0; i < at_once; ++i)
      asio::co_spawn(context, ask_in_turn(), asio::detached);
    run_until(context, [&] { return ended == at_once; });
  }

  std::uint64_t full_handshakes() const {
    const client_stats stats = asking->stats();
    return stats.tls_handshakes - stats.tls_resumptions;
  }

  void expect_that_the_server_agrees() const {
    std::uint64_t full = 0;
    for (const tls_server::visit& seen : server->visits()) {
      EXPECT_EQ(seen.version, GetParam().version);
      if (!seen.resumed) ++full;
    }
    EXPECT_EQ(server->visits().size(), asking->stats().tls_handshakes);
    EXPECT_EQ(full, full_handshakes());
  }
};

TEST_P(Session, IsResumedByTheNextConnectionAndByTheOneAfterIt) {
  begin(1);
  ask(1, 3);
  EXPECT_EQ(asking->stats().tls_handshakes, 3U);
  EXPECT_EQ(full_handshakes(), 1U);
  expect_that_the_server_agrees();
}

TEST_P(Session, IsThereForEveryConnectionAfterTheFirstOfAPool) {
  constexpr std::size_t connections = 4;
  constexpr int times = 100;
  begin(connections);
  ask(connections, times);
  EXPECT_EQ(asking->stats().tls_handshakes, connections * times);
  EXPECT_LE(full_handshakes(), connections);
  expect_that_the_server_agrees();
}

TEST_P(Session, IsThereForAllConnectionsOfALargePoolAtOnce) {
  constexpr std::size_t connections = 100;
  constexpr int times = 4;
  begin(connections);
  for (int i = 0; i < times; ++i) ask(connections, 1);
  EXPECT_EQ(asking->stats().tls_handshakes, connections * times);
  EXPECT_LE(full_handshakes(), connections);
  expect_that_the_server_agrees();
}

std::string name_of(const testing::TestParamInfo<resumed>& tested) {
  return tested.param.name;
}

INSTANTIATE_TEST_SUITE_P(Tls12, Session, testing::ValuesIn(kTls12), name_of);
INSTANTIATE_TEST_SUITE_P(Tls13, Session, testing::ValuesIn(kTls13), name_of);

/// A session of TLS 1.3 is renewed whenever it is used; one of 1.2 just expires.
class RenewedSession : public Session {};

TEST_P(RenewedSession, IsThereForAllConnectionsWhenForLongOneWasEnough) {
  constexpr std::size_t connections = 4;
  options.resumes_for = 3s;
  begin(connections);
  ask(connections, 1);
  const auto expired = std::chrono::steady_clock::now() + options.resumes_for + 1s;
  while (std::chrono::steady_clock::now() < expired) ask(1, 1);
  ask(connections, 1);
  EXPECT_LE(full_handshakes(), connections);
  expect_that_the_server_agrees();
}

INSTANTIATE_TEST_SUITE_P(Tls13, RenewedSession, testing::ValuesIn(kTls13), name_of);

}  // namespace
}  // namespace nunu::test
