// What TLS promises: the client speaks to the right host, and nobody else hears a word of HTTP.
#include <gtest/gtest.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <optional>
#include <ostream>
#include <string>
#include <tuple>

#include "events.hpp"
#include "loopback.hpp"
#include "scripted_server.hpp"
#include "tls_server.hpp"

namespace nunu::test {
namespace {

const auto kToken = asio::as_tuple(asio::use_awaitable);
const std::string kKey = "the-api-key";
const std::string kJob = R"({"job_id":"j","status":"RUNNING"})";

/// Failures that may pass are tried again until the operation's time is up: soon, then.
constexpr auto kSoonUp = 200ms;
/// Nothing but the test's own patience ends an operation that is tried again.
constexpr auto kNeverUp = 1h;

const char* name_of(int version) {
  return version == TLS1_2_VERSION ? "Tls12" : "Tls13";
}

struct outcome {
  boost::system::error_code code;
  diagnostics details;
  client_stats stats;
};

class Server : public testing::Test {
 protected:
  asio::io_context context;
  authority trusted{"trusted"};
  tls_server::options options{trusted.issue(subject()), answer(200, kJob)};
  client_config config;
  std::optional<tls_server> server;

  Server() {
    config.api_key = api_key(kKey);
    config.tls.ca_pem = trusted.certificate_pem();
    config.operation_timeout = kNeverUp;
  }

  void listen(const std::string& host = "localhost") {
    server.emplace(context, options);
    config.base_url = server->base_url(host);
  }

  /// Asks for a job so many times, each after the answer to the last, and lets the server see the
  /// end of every connection: what it has not received then, it never does.
  outcome ask(int times = 1) {
    outcome result;
    client c(context.get_executor(), config);
    run(context, [&]() -> asio::awaitable<void> {
      for (int i = 0; i < times && !result.code; ++i) {
        auto [ec, job] = co_await c.get_job("j", result.details, kToken);
        result.code = ec;
      }
    });
    result.stats = c.stats();
    c.close();
    run_until(context, [&] { return server->all_ended(); });
    return result;
  }

  void expect_that_it_received_nothing() const {
    for (const tls_server::visit& seen : server->visits())
      EXPECT_EQ(seen.received, "") << "after " << seen.handshake->message();
  }
};

struct address {
  const char* name;
  const char* host;
  const char* listens_on;
  const char* alternative_names;
  std::optional<std::string> server_name;
};

/// What GoogleTest calls it.
void PrintTo(const address& row, std::ostream* out) {
  *out << row.name;
}

const address kAddresses[] = {
    {"AName", "localhost", "127.0.0.1", "DNS:localhost", "localhost"},
    {"ANameInCapitals", "LOCALHOST", "127.0.0.1", "DNS:localhost", "localhost"},
    // An old way to write 127.0.0.1: a name to look up, as any other.
    {"ANameToLookUp", "127.1", "127.0.0.1", "DNS:127.1", "127.1"},
    {"AnIpv4Address", "127.0.0.1", "127.0.0.1", "IP:127.0.0.1", std::nullopt},
    {"AnIpv6Address", "[::1]", "::1", "IP:::1", std::nullopt},
};

class Fault19 : public Server, public testing::WithParamInterface<address> {
 protected:
  /// Not every machine has IPv6.
  static bool can_listen_on(const asio::ip::address& a) {
    asio::io_context own;
    asio::ip::tcp::acceptor probe(own);
    boost::system::error_code ec;
    probe.open(asio::ip::tcp::endpoint(a, 0).protocol(), ec);
    if (!ec) probe.bind({a, 0}, ec);
    return !ec;
  }
};

TEST_P(Fault19, TheHostIsVerifiedAndAskedForByNameIfItIsOne) {
  options.address = asio::ip::make_address(GetParam().listens_on);
  if (!can_listen_on(options.address)) GTEST_SKIP() << "no " << GetParam().listens_on << " here";
  subject of;
  of.alternative_names = GetParam().alternative_names;
  options.own = trusted.issue(of);
  listen(GetParam().host);
  const outcome got = ask();
  EXPECT_FALSE(got.code) << got.details.to_string();
  ASSERT_EQ(server->visits().size(), 1U);
  EXPECT_EQ(server->visits()[0].server_name, GetParam().server_name);
  EXPECT_NE(server->visits()[0].received.find(kKey), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(Table, Fault19, testing::ValuesIn(kAddresses),
                         [](const testing::TestParamInfo<address>& tested) {
                           return std::string(tested.param.name);
                         });

enum class issuer { trusted, unknown, namesake, itself };

struct rejected {
  const char* name;
  /// OpenSSL's words, or a part of them that its versions share.
  const char* reason;
  const char* host = "localhost";
  issuer issued_by = issuer::trusted;
  subject of{};
};

/// What GoogleTest calls it.
void PrintTo(const rejected& row, std::ostream* out) {
  *out << row.name;
}

const rejected kRejected[] = {
    {"ForAnotherName", "mismatch", "localhost", issuer::trusted, {"s", "DNS:example.test"}},
    {"ForNamesBelow", "mismatch", "localhost", issuer::trusted, {"s", "DNS:*.localhost"}},
    {"ForAnotherAddress", "mismatch", "127.0.0.1", issuer::trusted, {"s", "IP:127.0.0.2"}},
    {"ForTheAddressAsAName", "mismatch", "127.0.0.1", issuer::trusted, {"s", "DNS:127.0.0.1"}},
    {"Expired", "has expired", "localhost", issuer::trusted, {"s", "DNS:localhost", -48h, -24h}},
    {"NotYetValid",
     "not yet valid",
     "localhost",
     issuer::trusted,
     {"s", "DNS:localhost", 24h, 48h}},
    {"ForClients",
     "purpose",
     "localhost",
     issuer::trusted,
     {"s", "DNS:localhost", -1h, 24h, "clientAuth"}},
    {"SelfSigned", "self-signed", "localhost", issuer::itself},
    {"OfAnUnknownAuthority", "local issuer", "localhost", issuer::unknown},
    {"OfANamesakeOfTheAuthority", "signature", "localhost", issuer::namesake},
};

class Fault18 : public Server, public testing::WithParamInterface<std::tuple<int, rejected>> {
 protected:
  identity issue() const {
    const auto& [version, row] = GetParam();
    switch (row.issued_by) {
      case issuer::trusted:
        return trusted.issue(row.of);
      case issuer::unknown:
        return authority("unknown").issue(row.of);
      case issuer::namesake:
        return authority("trusted").issue(row.of);
      case issuer::itself:
        break;
    }
    return certificates::self_signed(row.of);
  }
};

TEST_P(Fault18, ACertificateThatIsRejectedEndsTheOperationAtOnceWithTheReasonAndNothingSent) {
  const auto& [version, row] = GetParam();
  options.own = issue();
  options.newest_version = version;
  listen(row.host);
  const outcome got = ask();
  EXPECT_EQ(got.code, errc::certificate_rejected);
  EXPECT_EQ(got.code, condition::not_sent);
  EXPECT_NE(got.code, condition::retryable);
  EXPECT_NE(got.details.message.find(row.host), std::string::npos) << got.details.message;
  EXPECT_NE(got.details.message.find(row.reason), std::string::npos) << got.details.message;
  EXPECT_EQ(got.stats.reads, 0U);
  EXPECT_EQ(got.stats.retries, 0U);
  ASSERT_EQ(server->visits().size(), 1U) << "it was tried again";
  EXPECT_TRUE(server->visits()[0].handshake->failed());
  expect_that_it_received_nothing();
}

INSTANTIATE_TEST_SUITE_P(Table, Fault18,
                         testing::Combine(testing::Values(TLS1_2_VERSION, TLS1_3_VERSION),
                                          testing::ValuesIn(kRejected)),
                         [](const testing::TestParamInfo<std::tuple<int, rejected>>& tested) {
                           return std::get<rejected>(tested.param).name +
                                  std::string(name_of(std::get<int>(tested.param)));
                         });

class Fault18Start : public Server {};

TEST_F(Fault18Start, OverARejectedCertificateEndsAtOnceAndHasNotStarted) {
  options.own = authority("unknown").issue(subject());
  listen();
  client c(context.get_executor(), config);
  diagnostics details;
  run(context, [&]() -> asio::awaitable<void> {
    auto [ec, started] = co_await c.start_run(a_test(), start_options(), details, kToken);
    EXPECT_EQ(ec, errc::certificate_rejected);
  });
  EXPECT_TRUE(details.launch_id.empty()) << "a run that cannot have started has an id";
  EXPECT_EQ(c.stats().starts, 0U);
  c.close();
  run_until(context, [&] { return server->all_ended(); });
  EXPECT_EQ(server->visits().size(), 1U);
  expect_that_it_received_nothing();
}

class Fault18Version : public Server {
 protected:
  /// What comes of a handshake with a client that takes any version.
  boost::system::error_code shake_hands_anyhow() {
    asio::ssl::context lenient(asio::ssl::context::tls_client);
    SSL_CTX_set_min_proto_version(lenient.native_handle(), TLS1_VERSION);
    SSL_CTX_set_cipher_list(lenient.native_handle(), "DEFAULT:@SECLEVEL=0");
    asio::ssl::stream<asio::ip::tcp::socket> stream(context, lenient);
    stream.next_layer().connect(server->endpoint());
    boost::system::error_code result;
    run(context, [&]() -> asio::awaitable<void> {
      auto [ec] = co_await stream.async_handshake(asio::ssl::stream_base::client, kToken);
      result = ec;
    });
    return result;
  }
};

TEST_F(Fault18Version, OfTls11AtMostIsRefusedBeforeTheKeyIsSent) {
  options.oldest_version = TLS1_VERSION;
  options.newest_version = TLS1_1_VERSION;
  listen();
  // Else it would be refused for nothing.
  ASSERT_EQ(shake_hands_anyhow(), boost::system::error_code());
  ASSERT_EQ(server->visits()[0].version, TLS1_1_VERSION);

  config.operation_timeout = kSoonUp;
  const outcome got = ask();
  EXPECT_EQ(got.code, errc::tls_failed);
  EXPECT_EQ(got.code, condition::not_sent);
  EXPECT_NE(got.details.message.find("version"), std::string::npos) << got.details.message;
  EXPECT_EQ(got.stats.tls_handshakes, 0U);
  EXPECT_EQ(got.stats.reads, 0U);
  ASSERT_GT(server->visits().size(), 1U);
  expect_that_it_received_nothing();
}

subject a_client() {
  subject of;
  of.name = "the client";
  of.alternative_names.clear();
  of.usage = "clientAuth";
  return of;
}

class ClientCertificate : public Server, public testing::WithParamInterface<int> {
 protected:
  authority clients{"clients"};

  ClientCertificate() {
    options.client_ca_pem = clients.certificate_pem();
    options.newest_version = GetParam();
  }

  void show(const identity& own) {
    config.tls.certificate_pem = own.certificate_pem;
    config.tls.private_key_pem = own.private_key_pem;
  }

  /// With TLS 1.2 the handshake waits for the server's verdict. With 1.3 the client may speak
  /// before it, and does; what it said is encrypted, and a server that rejects it does not read on.
  void expect_refusal(const char* tls12_words, const char* tls13_words) {
    listen();
    config.operation_timeout = kSoonUp;
    const outcome got = ask();
    const bool waits = GetParam() == TLS1_2_VERSION;
    EXPECT_EQ(got.code, waits ? errc::tls_failed : errc::connection_lost);
    EXPECT_EQ(got.code == condition::not_sent, waits);
    EXPECT_NE(got.details.message.find(waits ? tls12_words : tls13_words), std::string::npos)
        << got.details.message;
    EXPECT_EQ(got.stats.reads == 0, waits);
    ASSERT_FALSE(server->visits().empty());
    for (const tls_server::visit& seen : server->visits()) EXPECT_TRUE(seen.handshake->failed());
    expect_that_it_received_nothing();
  }
};

TEST_P(ClientCertificate, ArrivesAtAServerThatDemandsOne) {
  show(clients.issue(a_client()));
  listen();
  const outcome got = ask();
  EXPECT_FALSE(got.code) << got.details.to_string();
  ASSERT_EQ(server->visits().size(), 1U);
  EXPECT_EQ(server->visits()[0].client_name, "the client");
}

TEST_P(ClientCertificate, ArrivesWithItsChain) {
  // The server trusts the root only, so it needs the authority between from the client.
  show(authority("department", clients).issue(a_client()));
  listen();
  const outcome got = ask();
  EXPECT_FALSE(got.code) << got.details.to_string();
  ASSERT_EQ(server->visits().size(), 1U);
  EXPECT_EQ(server->visits()[0].client_name, "the client");
}

TEST_P(ClientCertificate, ThatIsMissingIsSaidAndTheKeyIsNotRead) {
  // Before 1.3 there is no word for it, so servers say just that the handshake failed.
  expect_refusal("alert handshake failure", "alert certificate required");
}

TEST_P(ClientCertificate, ThatTheServerDoesNotTrustIsSaidAndTheKeyIsNotRead) {
  show(authority("others").issue(a_client()));
  expect_refusal("alert unknown ca", "alert unknown ca");
}

INSTANTIATE_TEST_SUITE_P(Versions, ClientCertificate,
                         testing::Values(TLS1_2_VERSION, TLS1_3_VERSION),
                         [](const testing::TestParamInfo<int>& tested) {
                           return std::string(name_of(tested.param));
                         });

TEST(BadConfig, SaysWhichOfTheTextsForTlsCannotBeUsed) {
  const authority clients("clients");
  const identity good = clients.issue(a_client());
  const identity other = clients.issue(a_client());
  const struct {
    tls_config tls;
    const char* field;
  } rows[] = {
      {{"", "not a certificate", good.private_key_pem}, "tls.certificate_pem"},
      {{"", good.private_key_pem, good.private_key_pem}, "tls.certificate_pem"},
      {{"", good.certificate_pem, "not a key"}, "tls.private_key_pem"},
      {{"", good.certificate_pem, good.certificate_pem}, "tls.private_key_pem"},
      {{"", good.certificate_pem, other.private_key_pem}, "tls.private_key_pem"},
      {{"", good.certificate_pem, ""}, "tls.private_key_pem"},
      {{"", "", good.private_key_pem}, "tls.certificate_pem"},
      // At a terminal OpenSSL would ask for the passphrase, and the test would hang.
      {{"", good.certificate_pem, certificates::to_pem(certificates::new_key().get(), "secret")},
       "tls.private_key_pem"},
  };
  asio::io_context context;
  for (const auto& row : rows) {
    client_config config;
    config.api_key = api_key(kKey);
    config.tls = row.tls;
    try {
      client c(context.get_executor(), config);
      ADD_FAILURE() << "accepted what makes " << row.field << " unusable";
    } catch (const error& e) {
      EXPECT_EQ(e.code(), errc::invalid_config);
      EXPECT_NE(std::string(e.what()).find(row.field), std::string::npos) << e.what();
    }
  }
}

}  // namespace
}  // namespace nunu::test
