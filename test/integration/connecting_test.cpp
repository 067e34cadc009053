#include <gtest/gtest.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "blackhole.hpp"
#include "loopback.hpp"
#include "scripted_server.hpp"

namespace nunu::test {
namespace {

const auto kToken = asio::as_tuple(asio::use_awaitable);
const std::string kJob = R"({"job_id":"j","status":"RUNNING"})";

simulator_config over_tls() {
  simulator_config c = quick_simulator();
  c.tls = true;
  return c;
}

class Tls : public testing::Test {
 protected:
  asio::io_context context;
  simulator sim{context.get_executor(), over_tls()};

  boost::system::error_code first_error(client_config config, diagnostics& details) {
    client c(context.get_executor(), config);
    boost::system::error_code code;
    run(context, [&]() -> asio::awaitable<void> {
      auto [ec, page] = co_await c.list_jobs(job_query(), details, kToken);
      code = ec;
    });
    return code;
  }
};

TEST_F(Tls, ATrustedCertificateForTheNameAndForTheAddressIsAccepted) {
  diagnostics details;
  client_config config = client_for(sim);
  EXPECT_FALSE(first_error(config, details)) << details.to_string();
  config.base_url = "https://127.0.0.1:" + std::to_string(sim.port());
  EXPECT_FALSE(first_error(config, details)) << details.to_string();
}

TEST_F(Tls, AnUnknownAuthorityIsRejectedBeforeTheKeyIsSent) {
  client_config config = client_for(sim);
  config.tls.ca_pem.clear();
  diagnostics details;
  const auto ec = first_error(config, details);
  EXPECT_EQ(ec, errc::certificate_rejected);
  EXPECT_EQ(ec, condition::not_sent);
  EXPECT_NE(details.message.find("localhost"), std::string::npos) << details.message;
  EXPECT_EQ(sim.stats().requests, 0U);
}

TEST_F(Tls, ACertificateForAnotherHostIsRejected) {
  client_config config = client_for(sim);
  // An old way to write 127.0.0.1, which resolves to it but is a name that the certificate lacks.
  config.base_url = "https://127.1:" + std::to_string(sim.port());
  diagnostics details;
  EXPECT_EQ(first_error(config, details), errc::certificate_rejected) << details.message;
  EXPECT_NE(details.message.find("ismatch"), std::string::npos) << details.message;
  EXPECT_EQ(sim.stats().requests, 0U);
}

TEST_F(Tls, WaitingAtAServerWhoseCertificateIsRejectedEndsWithTheReason) {
  client_config config = client_for(sim);
  config.tls.ca_pem.clear();
  client c(context.get_executor(), config);
  run(context, [&]() -> asio::awaitable<void> {
    const std::vector<std::string> ids(1'000, "j");
    const wait_report report = co_await c.wait_for_jobs(ids);
    EXPECT_EQ(report.count(outcome_kind::unreachable), ids.size());
    EXPECT_EQ(report.outcomes[0].error, errc::certificate_rejected);
    EXPECT_NE(report.outcomes[0].error_message.find("localhost"), std::string::npos);
  });
}

TEST_F(Tls, SessionsAreResumed) {
  client_config config = client_for(sim);
  config.max_connections = 3;
  client c(context.get_executor(), config);
  run(context, [&]() -> asio::awaitable<void> {
    // The first leaves the two tickets that OpenSSL gives by default; then three run side by side.
    co_await c.list_jobs();
    auto a = asio::co_spawn(context, c.list_jobs(), asio::deferred);
    auto b = asio::co_spawn(context, c.list_jobs(), asio::deferred);
    auto d = asio::co_spawn(context, c.list_jobs(), asio::deferred);
    auto all = asio::experimental::make_parallel_group(std::move(a), std::move(b), std::move(d));
    auto done = all.async_wait(asio::experimental::wait_for_all(), asio::use_awaitable);
    co_await std::move(done);
  });
  EXPECT_EQ(c.stats().tls_handshakes, 3U);
  EXPECT_EQ(c.stats().tls_resumptions, 2U);
  EXPECT_EQ(sim.stats().tls_handshakes, 3U);
  EXPECT_EQ(sim.stats().tls_resumptions, 2U);
}

TEST(BadConfig, NamesTheFieldAndThrowsFromTheConstructor) {
  asio::io_context context;
  const auto problem = [&](client_config config) -> std::string {
    try {
      client c(context.get_executor(), std::move(config));
    } catch (const error& e) {
      EXPECT_EQ(e.code(), errc::invalid_config);
      return e.what();
    }
    return "";
  };
  client_config good;
  good.api_key = api_key("secret-key");
  EXPECT_EQ(problem(good), "");

  client_config no_key;
  EXPECT_NE(problem(no_key).find("api_key"), std::string::npos);
  client_config line_feed;
  line_feed.api_key = api_key("secret-key\n");
  EXPECT_NE(problem(line_feed).find("api_key"), std::string::npos);
  EXPECT_EQ(problem(line_feed).find("secret-key"), std::string::npos) << "the key is told";
  for (const char* url : {"", "nunu.ai", "ftp://nunu.ai", "https://", "https://[::1",
                          "http://nunu.ai", "https://user:pw@nunu.ai"}) {
    client_config bad = good;
    bad.base_url = url;
    EXPECT_NE(problem(bad).find("base_url"), std::string::npos) << url << ": " << problem(bad);
  }
  client_config bad_ca = good;
  bad_ca.tls.ca_pem = "not a certificate";
  EXPECT_NE(problem(bad_ca).find("tls.ca_pem"), std::string::npos);
}

TEST(Pool, KeepsAConnectionAndSendsTheNextRequestOnIt) {
  asio::io_context context;
  scripted_server server(context, {{answer(200, kJob)}, {answer(200, kJob)}, {answer(200, kJob)}});
  client_config config;
  config.base_url = server.base_url();
  config.api_key = api_key("key");
  client c(context.get_executor(), config);
  run(context, [&]() -> asio::awaitable<void> {
    for (int i = 0; i < 3; ++i) co_await c.get_job("j");
    c.close();
    server.close();
  });
  EXPECT_EQ(server.connections(), 1);
}

TEST(Pool, ReadsBodiesOfEveryFraming) {
  const std::string rows[] = {
      answer(200, kJob),
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n" + kJob.substr(0, 5) + "\r\n" +
          "1c\r\n" + kJob.substr(5) + "\r\n0\r\n\r\n",
      "HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n" + answer(200, kJob),
  };
  ASSERT_EQ(kJob.size() - 5, 0x1cU);
  for (const std::string& first : rows) {
    asio::io_context context;
    scripted_server server(context, {{first}});
    client_config config;
    config.base_url = server.base_url();
    config.api_key = api_key("key");
    client c(context.get_executor(), config);
    run(context, [&]() -> asio::awaitable<void> {
      auto [ec, j] = co_await c.get_job("j", kToken);
      EXPECT_FALSE(ec) << ec.message() << " for " << first;
      EXPECT_EQ(j.job_id, "j");
      c.close();
      server.close();
    });
  }
}

TEST(Fault15Deadline, FiresWhereNoAddressAnswers) {
  asio::io_context context;
  const blackhole hole(context);
  client_config config;
  config.base_url = "http://127.0.0.1:" + std::to_string(hole.endpoint().port());
  config.api_key = api_key("key");
  config.connect_timeout = 100ms;
  config.operation_timeout = 300ms;
  client c(context.get_executor(), config);
  diagnostics details;
  run(context, [&]() -> asio::awaitable<void> {
    auto [ec, job] = co_await c.get_job("j", details, kToken);
    EXPECT_EQ(ec, errc::connect_timeout) << details.to_string();
    EXPECT_EQ(ec, condition::not_sent);
  });
}

TEST(Addresses, BothFormsReachTheSimulator) {
  asio::io_context context;
  simulator sim(context.get_executor(), quick_simulator());
  const std::string root = "http://localhost:" + std::to_string(sim.port());
  for (const std::string& url : {root, root + "/api", root + "/api/v1", root + "/api/v1/",
                                 root + "/api/v1/project/simulated-project"}) {
    for (const char* project : {"", "simulated-project"}) {
      client_config config = client_for(sim);
      config.base_url = url;
      config.project_id = project;
      client c(context.get_executor(), config);
      run(context, [&]() -> asio::awaitable<void> {
        auto [ec, started] = co_await c.start_run(a_test(), kToken);
        EXPECT_FALSE(ec) << url << ": " << ec.message();
      });
    }
  }
}

TEST(Access, AWrongKeyAndAMissingPermissionAreTold) {
  asio::io_context context;
  simulator_config with_reader = quick_simulator();
  with_reader.read_only_key = api_key("reader");
  simulator sim(context.get_executor(), with_reader);
  client_config config = client_for(sim);
  config.api_key = api_key("wrong");
  client wrong(context.get_executor(), config);
  config.api_key = api_key("reader");
  client reader(context.get_executor(), config);
  run(context, [&]() -> asio::awaitable<void> {
    auto [unauthorized, r1] = co_await wrong.start_run(a_test(), kToken);
    EXPECT_EQ(unauthorized, errc::unauthorized);
    auto [forbidden, r2] = co_await reader.start_run(a_test(), kToken);
    EXPECT_EQ(forbidden, errc::forbidden);
    auto [allowed, page] = co_await reader.list_jobs(job_query(), kToken);
    EXPECT_FALSE(allowed) << allowed.message();
  });
}

}  // namespace
}  // namespace nunu::test
