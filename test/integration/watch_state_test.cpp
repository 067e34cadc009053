// One caller's wait, when two things end it at once.
#include <gtest/gtest.h>

#include <boost/asio/post.hpp>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "events.hpp"
#include "loopback.hpp"
#include "operations/client_state.hpp"
#include "operations/watch_state.hpp"
#include "quiet_server.hpp"

namespace nunu::test {
namespace {

using detail::watch_state;

TEST(WatchState, HearsNothingMoreWhenItsTimeIsUpAfterItsCallbackThrew) {
  asio::io_context context;
  const quiet_server server(context);
  client_config config;
  config.base_url = server.base_url("http");
  config.api_key = api_key("key");
  const auto state = std::make_shared<detail::client_state>(context.get_executor(), config);
  wait_options options;
  options.timeout = 0ms;
  options.on_status = [](const job&) { throw std::runtime_error("the callback's own words"); };
  const std::vector<std::string> ids = {"j", "k"};
  const auto watch =
      std::make_shared<watch_state>(state, ids, options, watch_state::wake_up::at_each_outcome);
  asio::post(state->strand, [&] {
    watch->begin();
    // Another thread finds that its time is up: what tells so comes on the strand after this, and
    // before the watch leaves the poll engine.
    std::thread([&] { context.run_one(); }).join();
    watch->saw(job());
  });
  settle(context);
  EXPECT_EQ(watch->error(), errc::callback_threw);
  EXPECT_FALSE(watch->take()) << "an outcome follows the error";
  state->close();
  settle(context);
}

}  // namespace
}  // namespace nunu::test
