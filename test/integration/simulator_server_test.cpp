#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <nunu/simulator.hpp>
#include "simulator_peer.hpp"

namespace nunu::test {
namespace {

TEST_F(SimulatorServer, AnswersManyRequestsOnOneConnection) {
  listen();
  auto p = connect();
  const reply started = p.exchange(post("/runs", kStart));
  ASSERT_EQ(started.status, 201) << started.body;
  const std::string id(boost::json::parse(started.body).at("job_ids").at(0).as_string());
  for (int i = 0; i < 10; ++i) {
    const reply r = p.exchange(get("/jobs/" + id));
    EXPECT_EQ(r.status, 200);
    EXPECT_EQ(boost::json::parse(r.body).at("job_id").as_string(), id);
    EXPECT_NE(r.head.find("Content-Type: application/json\r\n"), std::string::npos);
    EXPECT_EQ(r.head.find("Connection:"), std::string::npos);
  }
  const simulator_stats stats = service().stats();
  EXPECT_EQ(stats.connections, 1U);
  EXPECT_EQ(stats.requests, 11U);
  EXPECT_EQ(stats.runs, 1U);
  EXPECT_EQ(stats.jobs, 1U);
}

TEST_F(SimulatorServer, TakesItsTimeFromTheClock) {
  simulator_config instant = plain();
  instant.queue_time = {};
  instant.run_time = {};
  listen(instant);
  auto p = connect();
  p.exchange(post("/runs", kStart));
  const reply r = p.exchange(get("/jobs?status=completed"));
  EXPECT_NE(r.body.find(R"("total_count":1)"), std::string::npos) << r.body;
}

TEST_F(SimulatorServer, AnswersPipelinedRequestsInTheirOrder) {
  listen();
  auto p = connect();
  p.send(get("/jobs") + get("/jobs/nothing") + post("/runs", kStart) + get("/jobs", ""));
  EXPECT_EQ(p.receive().status, 200);
  EXPECT_EQ(p.receive().status, 404);
  EXPECT_EQ(p.receive().status, 201);
  EXPECT_EQ(p.receive().status, 401);
}

TEST_F(SimulatorServer, ReadsRequestsThatComeByteByByte) {
  listen();
  auto p = connect();
  for (const char c : post("/runs", kStart)) p.send({&c, 1});
  EXPECT_EQ(p.receive().status, 201);
}

TEST_F(SimulatorServer, ReadsChunkedBodies) {
  listen();
  auto p = connect();
  const std::string head = "POST /api/v1/runs HTTP/1.1\r\nTransfer-Encoding: chunked\r\n";
  const std::string chunks = "1\r\n{\r\n35;ext=1\r\n" + kStart.substr(1) + "\r\n0\r\n";
  EXPECT_EQ(p.exchange(head + kKey + "\r\n" + chunks + "Trailer: x\r\n\r\n").status, 201);
  const reply r = p.exchange(head + "\r\n" + chunks + kKey + "\r\n");
  EXPECT_EQ(r.status, 401) << "a key in the trailer is none";
  EXPECT_EQ(p.exchange(get("/jobs")).status, 200);
}

TEST_F(SimulatorServer, ClosesWhenAskedTo) {
  listen();
  auto p = connect();
  const reply r = p.exchange(get("/jobs", kKey + "Connection: close\r\n"));
  EXPECT_EQ(r.status, 200);
  EXPECT_NE(r.head.find("Connection: close\r\n"), std::string::npos);
  EXPECT_TRUE(p.closed_by_server());
}

TEST_F(SimulatorServer, SpeaksHttp10) {
  listen();
  auto p = connect();
  const std::string request = "GET /api/v1/jobs HTTP/1.0\r\n" + kKey;
  const reply kept = p.exchange(request + "Connection: keep-alive\r\n\r\n");
  EXPECT_NE(kept.head.find("Connection: keep-alive\r\n"), std::string::npos);
  EXPECT_EQ(p.exchange(request + "\r\n").status, 200);
  EXPECT_TRUE(p.closed_by_server());
}

TEST_F(SimulatorServer, AnswersHeadWithoutABody) {
  listen();
  auto p = connect();
  p.send("HEAD /api/v1/jobs HTTP/1.1\r\n" + kKey + "\r\n");
  const reply head = p.receive(false);
  EXPECT_EQ(head.status, 405);
  EXPECT_NE(head.head.find("Allow: GET\r\n"), std::string::npos);
  EXPECT_EQ(p.exchange(get("/jobs")).status, 200);
}

TEST_F(SimulatorServer, TellsWhenToComeBack) {
  simulator_config limited = plain();
  limited.rate_limit_per_second = 0.001;
  listen(limited);
  auto p = connect();
  EXPECT_EQ(p.exchange(get("/jobs")).status, 200);
  const reply r = p.exchange(get("/jobs"));
  EXPECT_EQ(r.status, 429);
  EXPECT_NE(r.head.find("\r\nRetry-After: 1000\r\n"), std::string::npos) << r.head;
}

TEST_F(SimulatorServer, RefusesWhatIsNoRequestAndCloses) {
  listen();
  const std::string body_of_1_mib(1024 * 1024 + 1, ' ');
  const std::vector<std::pair<std::string, int>> cases{
      {"nonsense\r\n\r\n", 400},
      {"GET / HTTP/3\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nno colon\r\n\r\n", 400},
      {"POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n", 400},
      {"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nz\r\n", 400},
      {get("/jobs", "X: " + std::string(33 * 1024, 'a') + "\r\n"), 431},
      {post("/runs", body_of_1_mib), 413},
  };
  for (const auto& [request, status] : cases) {
    auto p = connect();
    const reply r = p.exchange(request);
    EXPECT_EQ(r.status, status) << request.substr(0, 60);
    EXPECT_NE(r.head.find("Connection: close\r\n"), std::string::npos);
    EXPECT_TRUE(boost::json::parse(r.body).as_object().contains("error"));
    EXPECT_TRUE(p.closed_by_server());
  }
  EXPECT_EQ(service().stats().requests, cases.size());
}

TEST_F(SimulatorServer, ABodyOfExactlyOneMebibyteIsRead) {
  listen();
  auto p = connect();
  EXPECT_EQ(
      p.exchange(post("/runs", kStart + std::string(1024 * 1024 - kStart.size(), ' '))).status,
      201);
}

TEST_F(SimulatorServer, AnEndlessChunkExtensionIsCutOff) {
  listen();
  auto p = connect();
  const reply r = p.exchange("POST /api/v1/runs HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5;" +
                             std::string(128 * 1024, 'a'));
  EXPECT_EQ(r.status, 400) << r.body;
  EXPECT_TRUE(p.closed_by_server());
}

TEST_F(SimulatorServer, ItsCertificateIsGoodForItsNames) {
  listen(simulator_config());
  EXPECT_EQ(service().base_url(),
            "https://localhost:" + std::to_string(service().port()) + "/api/v1");
  auto tls = trusting_context();
  for (const std::string host : {"localhost", "127.0.0.1", "::1"}) {
    EXPECT_EQ(connect(tls, host).exchange(get("/jobs")).status, 200) << host;
  }
  EXPECT_THROW(connect(tls, "nunu.ai"), boost::system::system_error);
  asio::ssl::context suspicious(asio::ssl::context::tls_client);
  suspicious.set_verify_mode(asio::ssl::verify_peer);
  EXPECT_THROW(connect(suspicious, "localhost"), boost::system::system_error);
}

TEST_F(SimulatorServer, ResumesSessionsAndCountsThem) {
  listen(simulator_config());
  std::uint64_t resumed = 0;
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    auto tls = trusting_context(version);
    auto first = connect(tls, "localhost");
    EXPECT_EQ(first.exchange(get("/jobs")).status, 200);
    EXPECT_EQ(service().stats().tls_resumptions, resumed);
    const std::unique_ptr<SSL_SESSION, decltype(&SSL_SESSION_free)> session(
        SSL_get1_session(first.stream().native_handle()), &SSL_SESSION_free);
    auto second = connect(tls, "localhost", session.get());
    EXPECT_EQ(SSL_session_reused(second.stream().native_handle()), 1);
    EXPECT_EQ(second.exchange(get("/jobs")).status, 200);
    EXPECT_EQ(service().stats().tls_resumptions, ++resumed);
  }
  EXPECT_EQ(service().stats().tls_handshakes, 4U);
  EXPECT_EQ(service().stats().connections, 4U);
}

TEST_F(SimulatorServer, RefusesOldTlsAndPlainText) {
  listen(simulator_config());
  auto tls = trusting_context(TLS1_1_VERSION);
  SSL_CTX_set_security_level(tls.native_handle(), 0);
  EXPECT_THROW(connect(tls, "localhost"), boost::system::system_error);
  auto plain_text = connect();
  plain_text.send(get("/jobs"));
  EXPECT_EQ(plain_text.receive().status, 0);
  auto good = trusting_context();
  const reply stats = connect(good, "localhost").exchange(get("/simulator/stats", ""));
  EXPECT_EQ(boost::json::parse(stats.body).at("tls_failures").as_int64(), 2);
}

TEST_F(SimulatorServer, SaysGoodbyeOverTls) {
  listen(simulator_config());
  auto tls = trusting_context();
  auto p = connect(tls, "localhost");
  EXPECT_EQ(p.exchange(get("/jobs", kKey + "Connection: close\r\n")).status, 200);
  char byte = 0;
  boost::system::error_code ec;
  asio::read(p.stream(), asio::buffer(&byte, 1), ec);
  EXPECT_EQ(ec, asio::error::eof) << "a truncated stream is another error";
}

TEST_F(SimulatorServer, ClosingEndsOpenConnections) {
  listen();
  auto fresh = connect();
  auto half_sent = connect();
  half_sent.send("POST /api/v1/runs HTTP/1.1\r\nContent-Le");
  auto idle = connect();
  EXPECT_EQ(idle.exchange(get("/jobs")).status, 200);
  service().close();
  EXPECT_TRUE(idle.closed_by_server());
  EXPECT_TRUE(fresh.closed_by_server());
  EXPECT_TRUE(half_sent.closed_by_server());
  EXPECT_EQ(service().stats().requests, 1U);
  service().close();
}

TEST_F(SimulatorServer, ClosingEndsOpenTlsConnections) {
  listen(simulator_config());
  auto tls = trusting_context();
  auto before_handshake = connect();
  auto idle = connect(tls, "localhost");
  EXPECT_EQ(idle.exchange(get("/jobs")).status, 200);
  service().close();
  EXPECT_TRUE(idle.closed_by_server());
  EXPECT_TRUE(before_handshake.closed_by_server());
}

TEST_F(SimulatorServer, NobodyListensOnceItIsGone) {
  listen();
  const tcp::endpoint was = address();
  auto idle = connect();
  EXPECT_EQ(idle.exchange(get("/jobs")).status, 200);
  TearDown();
  EXPECT_TRUE(idle.closed_by_server());
  tcp::socket late(own_context_);
  boost::system::error_code ec;
  late.connect(was, ec);
  EXPECT_EQ(ec, asio::error::connection_refused);
}

TEST(SimulatorConstruction, APortThatIsTakenIsAnError) {
  asio::io_context context;
  simulator_config config;
  config.tls = false;
  const simulator first(context.get_executor(), config);
  config.port = first.port();
  try {
    const simulator second(context.get_executor(), config);
    ADD_FAILURE() << "listens twice on one port";
  } catch (const boost::system::system_error& e) {
    EXPECT_EQ(e.code(), asio::error::address_in_use);
  }
}

TEST(SimulatorConstruction, AConfigurationThatMakesNoSenseIsAnError) {
  asio::io_context context;
  simulator_config config;
  config.pass_rate = 2.0;
  EXPECT_THROW(simulator(context.get_executor(), config), std::invalid_argument);
}

TEST(SimulatorConstruction, TheContextMayEndWithConnectionsOpen) {
  asio::io_context client_context;
  tcp::socket client(client_context);
  {
    asio::io_context context;
    simulator_config config;
    config.tls = false;
    const simulator service(context.get_executor(), config);
    client.connect({asio::ip::address_v4::loopback(), service.port()});
    while (service.stats().connections == 0) context.run_one();
  }
  char byte = 0;
  boost::system::error_code ec;
  EXPECT_EQ(asio::read(client, asio::buffer(&byte, 1), ec), 0U);
}

TEST(SimulatorConstruction, MayBeMoved) {
  asio::io_context context;
  simulator_config config;
  config.tls = false;
  simulator first(context.get_executor(), config);
  const std::uint16_t port = first.port();
  const simulator second(std::move(first));
  EXPECT_EQ(second.port(), port);
  EXPECT_EQ(second.certificate_pem(), "");
  EXPECT_EQ(second.base_url(), "http://localhost:" + std::to_string(port) + "/api/v1");
}

}  // namespace
}  // namespace nunu::test
