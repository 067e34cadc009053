// A start that is on its way, and whose operation has nothing left to wait for it with.
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <chrono>
#include <exception>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "events.hpp"
#include "loopback.hpp"
#include "operations/client_state.hpp"
#include "operations/start_flight.hpp"
#include "quiet_server.hpp"
#include "scripted_server.hpp"
#include "scripted_start.hpp"

namespace nunu::test {
namespace {

using operations::launch;
using operations::start_flight;

class StartFlight : public testing::Test {
 protected:
  asio::io_context context;
  quiet_server server{context};
  std::vector<started_run> late;
  std::shared_ptr<detail::client_state> state =
      std::make_shared<detail::client_state>(context.get_executor(), config());
  std::shared_ptr<start_flight> flight;

  void TearDown() override {
    state->close();
    settle(context);
  }

  void take_off() {
    const auto what = operations::post_request(*state, operations::request_kind::start,
                                               wire::runs_target(state->origin), "{}");
    start_options options;
    options.launch_id = "launch";
    auto of = std::make_shared<launch>(
        launch{state, state->launches.begin(options.launch_id), options, what});
    asio::co_spawn(
        state->strand,
        state->pool->acquire(transport::priority::start_or_stop, 1s, core::time_point::max()),
        [this, of](std::exception_ptr, transport::result<transport::lease> got) {
          flight = std::make_shared<start_flight>(of, *std::move(got));
          flight->take_off();
        });
    run_until(context, [&] { return server.requests() == 1; });
  }

 private:
  client_config config() {
    client_config c;
    c.base_url = server.base_url("http");
    c.api_key = api_key("key");
    c.on_late_start = [this](const started_run& run) { late.push_back(run); };
    return c;
  }
};

TEST_F(StartFlight, ThatIsLeftIsRememberedAndToldWhenItLands) {
  take_off();
  flight->leave();
  flight.reset();
  server.say(0, answer(201, kStarted));
  run_until(context, [&] { return !late.empty(); });
  EXPECT_EQ(late[0].job_ids, std::vector<std::string>{"j1"});
  EXPECT_EQ(late[0].launch_id, "launch");
  ASSERT_NE(state->launches.find("launch"), nullptr);
  EXPECT_EQ(*state->launches.find("launch"), late[0]);
}

TEST_F(StartFlight, ThatIsWaitedForTellsNobodyElse) {
  take_off();
  server.say(0, answer(201, kStarted));
  run_until(context, [&] { return flight->landed(); });
  settle(context);
  EXPECT_EQ(flight->take_result().value.job_ids, std::vector<std::string>{"j1"});
  EXPECT_TRUE(late.empty());
}

}  // namespace
}  // namespace nunu::test
