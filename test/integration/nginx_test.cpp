// A TLS server that others wrote, in front of the simulator.
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "events.hpp"
#include "loopback.hpp"
#include "program.hpp"
#include "tls_server.hpp"

namespace nunu::test {
namespace {

struct version {
  const char* name;
  /// As nginx writes it.
  const char* protocol;
};

class Nginx : public testing::TestWithParam<version> {
 protected:
  asio::io_context context;
  simulator sim{context.get_executor(), quick_simulator()};
  authority trusted{"trusted"};
  temporary_folder folder;
  const reserved_port port;
  std::optional<program> server;
  client_config config = client_for(sim);

  void SetUp() override {
    if (find_program("nginx").empty()) GTEST_SKIP() << "nginx is not installed";
    const identity own = trusted.issue(subject());
    folder.write("certificate.pem", own.certificate_pem);
    folder.write("key.pem", own.private_key_pem);
    config.base_url = "https://localhost:" + std::to_string(port.number());
    config.tls.ca_pem = trusted.certificate_pem();
  }

  void serve(const std::string& more = {}) {
    folder.write("nginx.conf", configuration(more));
    server.emplace(std::vector<std::string>{find_program("nginx"), "-p", folder.path(), "-e",
                                            folder.file("errors"), "-c", folder.file("nginx.conf")},
                   folder);
  }

  /// One process, whose files are all in the folder.
  std::string configuration(const std::string& more) const {
    std::ostringstream text;
    text << "daemon off;\nmaster_process off;\npid " << folder.file("pid")
         << ";\nevents {}\nhttp {\n"
         << "log_format tls '$ssl_protocol $ssl_session_reused';\n"
         << "access_log " << folder.file("requests") << " tls;\n";
    for (const char* kind : {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"})
      text << kind << "_temp_path " << folder.file(kind) << ";\n";
    text << "server {\nlisten 127.0.0.1:" << port.number() << " ssl;\n"
         << "ssl_certificate certificate.pem;\nssl_certificate_key key.pem;\n"
         << "ssl_protocols " << GetParam().protocol
         << ";\nssl_session_cache shared:tls:1m;\n"
         // Not by its name: a bare system may have no /etc/hosts.
         << more << "location / { proxy_pass http://127.0.0.1:" << sim.port() << "; }\n}\n}\n";
    return text.str();
  }

  /// What its log says of each request: the protocol, and "r" where the session was resumed. Ends
  /// it, since it may write after it has answered.
  std::vector<std::string> log() {
    server->end();
    std::istringstream text(folder.read("requests"));
    std::vector<std::string> lines;
    for (std::string line; std::getline(text, line);) lines.push_back(line);
    return lines;
  }
};

TEST_P(Nginx, IsAsGoodAsTheSimulatorForAWholeRun) {
  serve();
  client c(context.get_executor(), config);
  run(context, [&]() -> asio::awaitable<void> {
    const started_run started = co_await c.start_run(a_plan());
    const wait_report report = co_await c.wait_for_jobs(started.job_ids);
    EXPECT_EQ(report.count(outcome_kind::finished), started.job_ids.size());
  });
  const std::vector<std::string> lines = log();
  EXPECT_EQ(lines.size(), sim.stats().requests);
  for (const std::string& line : lines) EXPECT_TRUE(line.starts_with(GetParam().protocol)) << line;
}

TEST_P(Nginx, ResumesSessions) {
  serve();
  config.max_connections = 3;
  client c(context.get_executor(), config);
  run(context, [&]() -> asio::awaitable<void> {
    // The first leaves what the others resume, which run side by side.
    co_await c.list_jobs();
    auto first = asio::co_spawn(context, c.list_jobs(), asio::deferred);
    auto second = asio::co_spawn(context, c.list_jobs(), asio::deferred);
    auto third = asio::co_spawn(context, c.list_jobs(), asio::deferred);
    auto all = asio::experimental::make_parallel_group(std::move(first), std::move(second),
                                                       std::move(third));
    auto done = all.async_wait(asio::experimental::wait_for_all(), asio::use_awaitable);
    co_await std::move(done);
  });
  EXPECT_EQ(c.stats().tls_handshakes, 3U);
  EXPECT_EQ(c.stats().tls_resumptions, 2U);
  const std::vector<std::string> lines = log();
  const std::string resumed = std::string(GetParam().protocol) + " r";
  EXPECT_EQ(std::count(lines.begin(), lines.end(), resumed), 2);
}

TEST_P(Nginx, GetsTheClientCertificateThatItDemands) {
  const authority clients("clients");
  folder.write("clients.pem", clients.certificate_pem());
  serve("ssl_client_certificate clients.pem;\nssl_verify_client on;\n");
  const auto expect = [&](boost::system::error_code code) {
    client c(context.get_executor(), config);
    ending listing;
    c.list_jobs(job_query(), listing.handler());
    run_until(context, [&] { return listing.reached(); });
    EXPECT_EQ(*listing.code, code) << listing.code->message();
  };
  // It answers, though with an error of its own.
  expect(errc::bad_request);
  const identity own = clients.issue({.name = "client", .usage = "clientAuth"});
  config.tls.certificate_pem = own.certificate_pem;
  config.tls.private_key_pem = own.private_key_pem;
  expect({});
}

const version kVersions[] = {{"Tls12", "TLSv1.2"}, {"Tls13", "TLSv1.3"}};

INSTANTIATE_TEST_SUITE_P(Versions, Nginx, testing::ValuesIn(kVersions),
                         [](const testing::TestParamInfo<version>& tested) {
                           return std::string(tested.param.name);
                         });

}  // namespace
}  // namespace nunu::test
