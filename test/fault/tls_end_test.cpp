// How conversations over TLS end, or do not.
#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string>

#include "events.hpp"
#include "loopback.hpp"
#include "operations.hpp"
#include "scripted_server.hpp"
#include "tls_server.hpp"

namespace nunu::test {
namespace {

/// A server with either version of TLS, and a client that nothing but the test's own patience ends.
class tls_end : public testing::TestWithParam<int> {
 protected:
  asio::io_context context;
  authority trusted{"trusted"};
  tls_server::options options{trusted.issue(subject()), answer_for(operation::get_job)};
  client_config config = config_for({});
  std::optional<tls_server> server;
  std::optional<client> c;

  tls_end() {
    config.tls.ca_pem = trusted.certificate_pem();
    config.max_connections = 1;
    config.response_timeout = config.operation_timeout = 1h;
  }

  void listen() {
    options.newest_version = GetParam();
    server.emplace(context, options);
    config.base_url = server->base_url();
    c.emplace(context.get_executor(), config);
  }

  void ask(call& asked) {
    asked.begin(*c, operation::get_job);
    run_until(context, [&] { return asked.ended(); });
  }

  /// A body that only the end of the connection ends.
  static std::string unbounded() {
    return "HTTP/1.1 200 OK\r\n\r\n" + body_for(operation::get_job);
  }
};

class Fault20 : public tls_end {};

TEST_P(Fault20, ACompleteBodyIsASuccessAlsoWithoutANotice) {
  options.after = tls_server::then::close_without_notice;
  listen();
  for (int i = 0; i < 2; ++i) {
    call result;
    ask(result);
    EXPECT_TRUE(result.delivered) << result.details.to_string();
  }
  EXPECT_EQ(c->stats().broken_exchanges, 0U);
}

TEST_P(Fault20, ABodyThatANoticeEndsIsASuccess) {
  options.answer = unbounded();
  options.after = tls_server::then::close;
  listen();
  call result;
  ask(result);
  EXPECT_TRUE(result.delivered) << result.details.to_string();
}

TEST_P(Fault20, ABodyThatTheBareEndOfTheConnectionEndsIsTruncated) {
  options.answer = unbounded();
  options.after = tls_server::then::close_without_notice;
  // Each attempt ends so.
  config.operation_timeout = 300ms;
  listen();
  call result;
  ask(result);
  EXPECT_EQ(result.code, errc::connection_lost) << result.details.to_string();
  EXPECT_GT(c->stats().broken_exchanges, 0U);
  EXPECT_EQ(c->stats().answers[2], 0U);
}

class Fault21 : public tls_end {};

TEST_P(Fault21, APeerThatIgnoresTheEndHoldsUpNeitherTheNextRequestNorTheEnd) {
  options.answer = answer_for(operation::get_job, "Connection: close\r\n");
  options.after = tls_server::then::ignore;
  listen();
  const auto began = std::chrono::steady_clock::now();
  for (int i = 0; i < 3; ++i) {
    // There is one connection, so the next opens only when the last is closed.
    call result;
    ask(result);
    EXPECT_TRUE(result.delivered) << result.details.to_string();
  }
  c->close();
  run_until(context, [&] { return server->all_ended(); });
  EXPECT_LT(std::chrono::steady_clock::now() - began, config.response_timeout);
  EXPECT_EQ(c->stats().connections_open, 0U);
  EXPECT_EQ(c->stats().connections_opened, 3U);
}

TEST_P(Fault21, APeerThatIgnoresTheEndDoesNotHoldUpClosing) {
  options.after = tls_server::then::ignore;
  listen();
  call result;
  ask(result);
  EXPECT_TRUE(result.delivered) << result.details.to_string();
  c->close();
  run_until(context, [&] { return server->all_ended(); });
  EXPECT_EQ(c->stats().connections_open, 0U);
}

std::string name_of_version(const testing::TestParamInfo<int>& tested) {
  return tested.param == TLS1_2_VERSION ? "Tls12" : "Tls13";
}

INSTANTIATE_TEST_SUITE_P(Versions, Fault20, testing::Values(TLS1_2_VERSION, TLS1_3_VERSION),
                         name_of_version);
INSTANTIATE_TEST_SUITE_P(Versions, Fault21, testing::Values(TLS1_2_VERSION, TLS1_3_VERSION),
                         name_of_version);

}  // namespace
}  // namespace nunu::test
