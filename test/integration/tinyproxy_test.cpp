// Through a proxy that others wrote, to the simulator.
#include <gtest/gtest.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <optional>
#include <string>
#include <vector>

#include "loopback.hpp"
#include "program.hpp"

namespace nunu::test {
namespace {

const auto kToken = asio::as_tuple(asio::use_awaitable);

simulator_config over_tls() {
  simulator_config c = quick_simulator();
  c.tls = true;
  return c;
}

class Tinyproxy : public testing::Test {
 protected:
  asio::io_context context;
  simulator sim{context.get_executor(), over_tls()};
  temporary_folder folder;
  const reserved_port port;
  std::optional<program> proxy;

  void SetUp() override {
    if (find_program("tinyproxy").empty()) GTEST_SKIP() << "tinyproxy is not installed";
  }

  void start(const std::string& more = {}) {
    folder.write("tinyproxy.conf", "Port " + std::to_string(port.number()) +
                                       "\nListen 127.0.0.1\nTimeout 60\nMaxClients 20\nLogFile \"" +
                                       folder.file("log") + "\"\nPidFile \"" + folder.file("pid") +
                                       "\"\nConnectPort " + std::to_string(sim.port()) + "\n" +
                                       more);
    proxy.emplace(std::vector<std::string>{find_program("tinyproxy"), "-d", "-c",
                                           folder.file("tinyproxy.conf")},
                  folder);
  }

  std::string address() const { return "127.0.0.1:" + std::to_string(sim.port()); }

  client_config through(const std::string& user_info) {
    client_config config = client_for(sim);
    // Not the name: a bare system may have no /etc/hosts.
    config.base_url = "https://" + address();
    config.proxy = proxy_url("http://" + user_info + "127.0.0.1:" + std::to_string(port.number()));
    return config;
  }

  void start_a_run_and_wait_for_it(const client_config& config) {
    client c(context.get_executor(), config);
    run(context, [&]() -> asio::awaitable<void> {
      const started_run started = co_await c.start_run(a_plan());
      const wait_report report = co_await c.wait_for_jobs(started.job_ids);
      EXPECT_EQ(report.count(outcome_kind::finished), started.job_ids.size());
    });
  }

  bool was_asked_for_the_way() {
    proxy->end();
    return contains(folder.read("log"), "CONNECT " + address());
  }
};

TEST_F(Tinyproxy, OpensTheWayToAWholeRun) {
  start();
  start_a_run_and_wait_for_it(through(""));
  EXPECT_TRUE(was_asked_for_the_way()) << "it went past the proxy";
}

TEST_F(Tinyproxy, IsNotAskedForWhatNoProxyNames) {
  start();
  client_config config = through("");
  config.no_proxy = "example.com " + address();
  start_a_run_and_wait_for_it(config);
  EXPECT_FALSE(was_asked_for_the_way());
}

TEST_F(Tinyproxy, OpensItForAUserWithTheRightPassword) {
  start("BasicAuth user p-ss.word\n");
  start_a_run_and_wait_for_it(through("user:p%2Dss.word@"));
  EXPECT_TRUE(was_asked_for_the_way()) << "it went past the proxy";
}

TEST_F(Tinyproxy, RefusesOthersAndNothingIsSent) {
  start("BasicAuth user p-ss.word\n");
  for (const char* user_info : {"", "user:wrong-password@"}) {
    client_config config = through(user_info);
    // What would be tried again would not end before the test does.
    config.operation_timeout = 10min;
    client c(context.get_executor(), config);
    diagnostics details;
    run(context, [&]() -> asio::awaitable<void> {
      auto [ec, started] = co_await c.start_run(a_plan(), start_options(), details, kToken);
      EXPECT_EQ(ec, errc::proxy_rejected) << details.to_string();
      EXPECT_EQ(ec, condition::not_sent);
    });
    EXPECT_EQ(details.to_string().find("wrong-password"), std::string::npos);
  }
  EXPECT_EQ(sim.stats().requests, 0U);
}

}  // namespace
}  // namespace nunu::test
