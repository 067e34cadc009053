// An io_context may end in the middle of things: nothing is called, and nothing is left.
#include <gtest/gtest.h>

#include <boost/asio/detached.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "events.hpp"
#include "loopback.hpp"
#include "quiet_server.hpp"
#include "scripted_server.hpp"
#include "tls_server.hpp"

namespace nunu::test {
namespace {

const std::string kJob = R"({"job_id":"j","status":"RUNNING"})";

/// An io_context that ends in the middle of things, and with it all that waits in it.
class Fault34Teardown : public testing::Test {
 protected:
  std::unique_ptr<asio::io_context> context = std::make_unique<asio::io_context>();
  std::optional<quiet_server> server{std::in_place, *context};
  std::optional<client> c;
  std::vector<std::weak_ptr<int>> owned;
  int completions = 0;

  void make_client(const std::string& scheme) {
    client_config config;
    config.base_url = server->base_url(scheme);
    config.api_key = api_key("key");
    config.max_connections = 1;
    c.emplace(context->get_executor(), config);
  }

  std::shared_ptr<int> new_object() {
    auto object = std::make_shared<int>();
    owned.push_back(object);
    return object;
  }

  auto handler() {
    return [this, object = new_object()](boost::system::error_code, const auto&) { ++completions; };
  }

  asio::awaitable<void> await_a_job(std::shared_ptr<int>) {
    co_await c->get_job("j");
    ++completions;
  }

  /// One of each kind of handler.
  void begin_all() {
    c->get_job("j", handler());
    c->start_run(a_test(), handler());
    c->wait_for_jobs({"j"}, handler());
    asio::co_spawn(*context, await_a_job(new_object()), asio::detached);
  }

  void end_and_expect_that_nothing_is_left() {
    ASSERT_EQ(completions, 0);
    for (const auto& object : owned) EXPECT_FALSE(object.expired());
    c.reset();
    server.reset();
    context.reset();
    EXPECT_EQ(completions, 0) << "a handler was called by a context that ended";
    for (const auto& object : owned) EXPECT_TRUE(object.expired()) << "a handler was not destroyed";
  }
};

TEST_F(Fault34Teardown, BeforeAnythingHasBegunDestroysTheHandlers) {
  make_client("https");
  begin_all();
  end_and_expect_that_nothing_is_left();
}

TEST_F(Fault34Teardown, DuringAHandshakeDestroysTheHandlersAndThoseInTheQueue) {
  make_client("https");
  begin_all();
  run_until(*context, [&] { return server->connections() == 1 && !server->received(0).empty(); });
  end_and_expect_that_nothing_is_left();
}

TEST_F(Fault34Teardown, DuringAnExchangeDestroysTheHandlersAndThoseInTheQueue) {
  make_client("http");
  begin_all();
  run_until(*context, [&] { return server->requests() == 1; });
  // Whatever can still be begun has been, and the rest waits for the connection.
  settle(*context);
  end_and_expect_that_nothing_is_left();
}

TEST_F(Fault34Teardown, DuringAnAnswerDestroysTheHandlersAndThoseInTheQueue) {
  make_client("http");
  begin_all();
  run_until(*context, [&] { return server->requests() == 1; });
  server->say(0, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{");
  settle(*context);
  end_and_expect_that_nothing_is_left();
}

/// At every moment of two operations that share one connection over TLS: the end comes one step
/// later each time round.
TEST(Fault34TeardownStepByStep, DestroysEveryHandlerThatWasNotCalled) {
  const authority trusted("trusted");
  const identity own = trusted.issue(subject());
  constexpr int both = 2;
  int completions = 0;
  for (int steps = 0; completions != both; ++steps) {
    completions = 0;
    auto context = std::make_unique<asio::io_context>();
    std::optional<tls_server> server(std::in_place, *context,
                                     tls_server::options{own, answer(200, kJob)});
    client_config config;
    config.base_url = server->base_url();
    config.api_key = api_key("key");
    config.tls.ca_pem = trusted.certificate_pem();
    config.max_connections = 1;
    std::optional<client> c(std::in_place, context->get_executor(), config);
    auto object = std::make_shared<int>();
    const std::weak_ptr<int> owned = object;
    for (int i = 0; i < both; ++i)
      c->get_job("j", [&, object](boost::system::error_code ec, const job&) {
        EXPECT_FALSE(ec) << ec.message();
        ++completions;
      });
    object.reset();
    for (int i = 0; i < steps && completions != both; ++i) context->run_one_for(kPatience);
    ASSERT_EQ(owned.expired(), completions == both) << steps;
    c.reset();
    server.reset();
    context.reset();
    ASSERT_TRUE(owned.expired()) << "a handler was not destroyed after " << steps << " steps";
  }
}

}  // namespace
}  // namespace nunu::test
