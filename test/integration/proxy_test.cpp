// Through a proxy: it sees who is spoken to, and not a word of what is said.
#include <gtest/gtest.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <ostream>
#include <string>
#include <type_traits>

#include "events.hpp"
#include "loopback.hpp"
#include "scripted_server.hpp"
#include "tls_server.hpp"
#include "tunnel_server.hpp"

namespace nunu::test {
namespace {

const auto kToken = asio::as_tuple(asio::use_awaitable);
const std::string kKey = "the-api-key";
const std::string kPassword = "the-password";
const std::string kJob = R"({"job_id":"j","status":"RUNNING"})";

std::string host_and_port(const scripted_server& proxy) {
  return proxy.base_url().substr(std::string("http://").size());
}

/// A client's settings for a host that no name server knows.
client_config behind(const std::string& proxy) {
  client_config config;
  config.base_url = "https://api.test";
  config.api_key = api_key(kKey);
  config.proxy = proxy_url("http://user:" + kPassword + "@" + proxy);
  return config;
}

/// A start that the proxy keeps from being sent.
diagnostics start_in_vain(asio::io_context& context, client& c,
                          errc expected = errc::proxy_failed) {
  diagnostics details;
  run(context, [&]() -> asio::awaitable<void> {
    auto [ec, started] = co_await c.start_run(a_test(), start_options(), details, kToken);
    EXPECT_EQ(ec, expected) << details.to_string();
    EXPECT_EQ(ec, condition::not_sent);
    EXPECT_NE(ec, condition::outcome_unknown);
  });
  return details;
}

struct refusal {
  const char* name;
  scripted_server::reply reply;
  /// A part of what the diagnostics say.
  const char* says;
  errc code = errc::proxy_failed;
};

/// What GoogleTest calls it.
void PrintTo(const refusal& row, std::ostream* out) {
  *out << row.name;
}

const auto kClose = scripted_server::then::close;
const std::string kAgrees = "HTTP/1.1 200 OK\r\n";

const refusal kRefusals[] = {
    {"Status407",
     {answer(407, "no", "Proxy-Authenticate: Basic realm=\"x\"\r\n")},
     "status 407",
     errc::proxy_rejected},
    {"Status403", {answer(403, "")}, "status 403"},
    {"Status502", {answer(502, "the-api-key-is-not-in-here")}, "status 502"},
    {"Redirect", {answer(302, "", "Location: https://else.test\r\n")}, "status 302"},
    {"SwitchingProtocols", {"HTTP/1.1 101 x\r\n\r\n"}, "status 101"},
    {"EndlessInformation",
     {[] {
       std::string six;
       for (int i = 0; i < 6; ++i) six += "HTTP/1.1 103 x\r\n\r\n";
       return six + kAgrees + "\r\n";
     }()},
     "status 103"},
    {"Garbage", {"SSH-2.0-OpenSSH_9.2\r\n\r\n"}, "bad"},
    {"EndWithoutAnswer", {"", kClose}, "asking for a tunnel"},
    {"EndWithinTheHeader", {kAgrees, kClose}, "asking for a tunnel"},
    {"EndlessHeader", {kAgrees + "X: " + std::string(1 << 20, 'x')}, "header limit"},
    {"BytesAfterTheHeader", {kAgrees + "\r\nx"}, "body"},
};

class Fault22 : public testing::TestWithParam<refusal> {};

TEST_P(Fault22, IsNotSentAndTheKeyNeverReachesTheProxy) {
  asio::io_context context;
  scripted_server proxy(context, [](const std::string&) { return GetParam().reply; });
  client_config config = behind(host_and_port(proxy));
  config.operation_timeout = 200ms;
  client c(context.get_executor(), config);
  const diagnostics details = start_in_vain(context, c, GetParam().code);
  EXPECT_NE(details.message.find(GetParam().says), std::string::npos) << details.message;
  EXPECT_NE(details.message.find("proxy " + host_and_port(proxy)), std::string::npos)
      << details.message;
  EXPECT_EQ(details.to_string().find(kPassword), std::string::npos);
  ASSERT_FALSE(proxy.requests().empty());
  for (const std::string& request : proxy.requests()) {
    EXPECT_TRUE(request.starts_with("CONNECT api.test:443 HTTP/1.1\r\nHost: api.test:443\r\n"))
        << request;
    EXPECT_EQ(request.find(kKey), std::string::npos) << request;
  }
}

INSTANTIATE_TEST_SUITE_P(Table, Fault22, testing::ValuesIn(kRefusals),
                         [](const testing::TestParamInfo<refusal>& tested) {
                           return std::string(tested.param.name);
                         });

class Fault22Hang : public testing::Test {
 protected:
  asio::io_context context;
  scripted_server proxy{context, std::deque<scripted_server::reply>()};
  client_config config = behind(host_and_port(proxy));
};

TEST_F(Fault22Hang, IsNotSentWhenTimeIsUp) {
  config.connect_timeout = 100ms;
  config.operation_timeout = 200ms;
  client c(context.get_executor(), config);
  const diagnostics details = start_in_vain(context, c);
  EXPECT_NE(details.message.find("took too long"), std::string::npos) << details.message;
  for (const std::string& request : proxy.requests())
    EXPECT_EQ(request.find(kKey), std::string::npos) << request;
}

TEST_F(Fault22Hang, EndsWhenTheClientIsClosed) {
  client c(context.get_executor(), config);
  ending end;
  c.get_job("j", end.details, end.handler());
  run_until(context, [&] { return !proxy.requests().empty(); });
  c.close();
  run_until(context, [&] { return end.reached(); });
  EXPECT_EQ(end.code, errc::closed);
}

TEST_F(Fault22Hang, EndsWhenItIsCancelled) {
  client c(context.get_executor(), config);
  ending end;
  asio::cancellation_signal signal;
  c.get_job("j", end.details, asio::bind_cancellation_slot(signal.slot(), end.handler()));
  run_until(context, [&] { return !proxy.requests().empty(); });
  signal.emit(asio::cancellation_type::total);
  run_until(context, [&] { return end.reached(); });
  EXPECT_EQ(end.code, asio::error::operation_aborted);
}

/// A server behind a proxy that works.
class Proxy : public testing::Test {
 protected:
  asio::io_context context;
  authority trusted{"trusted"};
  tls_server server{context, {trusted.issue(subject()), answer(200, kJob)}};
  tunnel_server proxy{context, server.endpoint()};
  client_config config = behind(proxy.host_and_port());

  Proxy() {
    config.tls.ca_pem = trusted.certificate_pem();
    config.base_url = server.base_url();
  }

  boost::system::error_code ask(diagnostics& details) {
    boost::system::error_code code;
    client c(context.get_executor(), config);
    run(context, [&]() -> asio::awaitable<void> {
      auto [ec, job] = co_await c.get_job("j", details, kToken);
      code = ec;
    });
    return code;
  }
};

TEST_F(Proxy, SeesTheHostAndItsOwnPasswordAndNoKey) {
  diagnostics details;
  EXPECT_FALSE(ask(details)) << details.to_string();
  const std::string host = server.base_url().substr(std::string("https://").size());
  ASSERT_EQ(proxy.requests().size(), 1U);
  const std::string& request = proxy.requests()[0];
  EXPECT_TRUE(request.starts_with("CONNECT " + host + " HTTP/1.1\r\nHost: " + host + "\r\n"))
      << request;
  EXPECT_NE(request.find("\r\nProxy-Authorization: Basic dXNlcjp0aGUtcGFzc3dvcmQ=\r\n"),
            std::string::npos)
      << request;
  EXPECT_EQ(proxy.seen().find(kKey), std::string::npos);
  ASSERT_EQ(server.visits().size(), 1U);
  EXPECT_NE(server.visits()[0].received.find(kKey), std::string::npos);
  EXPECT_EQ(server.visits()[0].received.find("Proxy-Authorization"), std::string::npos);
}

TEST_F(Proxy, IsToldNothingOfAUserWhereThereIsNone) {
  config.proxy = proxy_url(proxy.host_and_port());
  diagnostics details;
  EXPECT_FALSE(ask(details)) << details.to_string();
  ASSERT_EQ(proxy.requests().size(), 1U);
  EXPECT_EQ(proxy.requests()[0].find("Authorization"), std::string::npos);
}

TEST_F(Proxy, DoesNotStandInForTheServersCertificate) {
  config.base_url = "https://else.test";
  diagnostics details;
  EXPECT_EQ(ask(details), errc::certificate_rejected) << details.to_string();
  EXPECT_EQ(server.visits().at(0).received, "");
}

TEST_F(Proxy, MayGiveInformationFirst) {
  std::string hints;
  for (int i = 0; i < 5; ++i) hints += "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n";
  proxy.say_first(hints);
  diagnostics details;
  EXPECT_FALSE(ask(details)) << details.to_string();
  EXPECT_EQ(proxy.requests().size(), 1U);
}

TEST_F(Proxy, ThatIsInTroubleIsAskedAgain) {
  std::size_t asked = 0;
  for (const int status : {502, 503, 504}) {
    proxy.refuse_once(answer(status, ""));
    diagnostics details;
    EXPECT_FALSE(ask(details)) << details.to_string();
    EXPECT_EQ(proxy.requests().size(), asked += 2) << status;
  }
}

TEST_F(Proxy, ThatRejectsItsUserEndsTheOperationAtOnce) {
  client c(context.get_executor(), config);
  const auto refuse = [&](int status) { proxy.refuse_once(answer(status, "")); };
  run(context, [&]() -> asio::awaitable<void> {
    refuse(407);
    auto [start_ec, started] = co_await c.start_run(a_test(), kToken);
    EXPECT_EQ(start_ec, errc::proxy_rejected);
    EXPECT_EQ(start_ec, condition::not_sent);
    EXPECT_EQ(proxy.requests().size(), 1U);
    refuse(401);
    auto [read_ec, read] = co_await c.get_job("j", kToken);
    EXPECT_EQ(read_ec, errc::proxy_rejected);
    EXPECT_EQ(proxy.requests().size(), 2U);
    refuse(407);
    const std::vector<std::string> ids = {"j"};
    auto [wait_ec, report] = co_await c.wait_for_jobs(ids, kToken);
    EXPECT_FALSE(wait_ec);
    EXPECT_EQ(report.outcomes.at(0).kind, outcome_kind::unreachable);
    EXPECT_EQ(report.outcomes.at(0).error, errc::proxy_rejected);
    EXPECT_EQ(proxy.requests().size(), 3U);
  });
  EXPECT_TRUE(server.visits().empty());
}

TEST_F(Proxy, IsPassedByWhatIsListed) {
  config.no_proxy = "localhost";
  diagnostics details;
  EXPECT_FALSE(ask(details)) << details.to_string();
  EXPECT_TRUE(proxy.requests().empty());
  EXPECT_EQ(server.visits().size(), 1U);
}

TEST_F(Proxy, IsPassedByPlainHttpSinceItWouldReadTheKey) {
  scripted_server plain(context, {{answer(200, kJob)}});
  config.base_url = plain.base_url();
  diagnostics details;
  EXPECT_FALSE(ask(details)) << details.to_string();
  EXPECT_EQ(proxy.seen(), "");
  EXPECT_EQ(plain.requests().size(), 1U);
}

TEST_F(Proxy, ThatCannotBeReachedIsNamedWithoutItsPassword) {
  // Has a port, and does not listen.
  const asio::ip::tcp::socket nobody(context, {asio::ip::address_v4::loopback(), 0});
  const std::string closed = "127.0.0.1:" + std::to_string(nobody.local_endpoint().port());
  config.proxy = proxy_url("http://user:" + kPassword + "@" + closed);
  config.operation_timeout = 200ms;
  diagnostics details;
  EXPECT_EQ(ask(details), errc::connect_failed) << details.to_string();
  EXPECT_NE(details.message.find("proxy " + closed), std::string::npos) << details.message;
  EXPECT_EQ(details.to_string().find(kPassword), std::string::npos);
}

TEST_F(Proxy, ThatCannotBeUsedIsRefusedWithoutItsPassword) {
  config.proxy = proxy_url("socks5://user:" + kPassword + "@127.0.0.1");
  try {
    const client c(context.get_executor(), config);
    FAIL() << "it is taken";
  } catch (const error& e) {
    EXPECT_EQ(e.code(), errc::invalid_config);
    EXPECT_NE(std::string(e.what()).find("proxy"), std::string::npos) << e.what();
    EXPECT_EQ(std::string(e.what()).find(kPassword), std::string::npos) << e.what();
  }
}

template <class T>
concept streamable = requires(std::ostream& out, const T& value) {
  out << value;
};

static_assert(!streamable<proxy_url>);
static_assert(!std::is_convertible_v<proxy_url, std::string>);

}  // namespace
}  // namespace nunu::test
