// The pool of connections by itself, at a server that says nothing unless it is told to.
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/strand.hpp>
#include <chrono>
#include <cstddef>
#include <deque>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "events.hpp"
#include "loopback.hpp"
#include "quiet_server.hpp"
#include "scripted_server.hpp"
#include "transport/connection_pool.hpp"

namespace nunu::test {
namespace {

using clock = std::chrono::steady_clock;
using transport::connection_pool;
using transport::lease;
using transport::priority;

/// Of what must not be the limit here.
constexpr auto kLong = 1h;

class ConnectionPool : public testing::Test {
 protected:
  asio::io_context context;
  quiet_server server{context};

  void make(std::size_t connections) {
    const connection_pool::limits limits{connections, {kLong, kLong}, kLong};
    pool_ = std::make_shared<connection_pool>(strand_, origin_, nullptr, nullptr, limits, counts);
  }

  void TearDown() override { pool_->close(); }

  template <class Done>
  void acquire(priority who, core::duration freshness, Done done) {
    asio::co_spawn(strand_, pool_->acquire(who, freshness, core::time_point::max()),
                   [done](std::exception_ptr, transport::result<lease> got) mutable {
                     done(*std::move(got));
                   });
  }

  lease acquire(core::duration freshness = kLong) {
    std::optional<lease> held;
    acquire(priority::read, freshness, [&](lease got) { held = std::move(got); });
    run_until(context, [&] { return held.has_value(); });
    return *std::move(held);
  }

  /// What it came to, once it is over.
  std::optional<boost::system::error_code> exchanged;

  void begin_exchange(lease& on) {
    exchanged.reset();
    asio::co_spawn(strand_, on->exchange("GET / HTTP/1.1\r\n\r\n", reply_),
                   [this](std::exception_ptr, const transport::result<void>& r) {
                     exchanged = r ? boost::system::error_code() : r.error().code;
                   });
  }

  transport::counters counts;

 private:
  transport::executor strand_{context.get_executor()};
  wire::origin origin_ = *wire::parse_base_url(server.base_url("http"), "", false);
  std::shared_ptr<connection_pool> pool_;
  transport::response reply_;
};

TEST_F(ConnectionPool, AConnectionThatIsGivenBackUnusedIsNoYoungerForIt) {
  make(1);
  lease held = acquire();
  begin_exchange(held);
  run_until(context, [&] { return server.requests() == 1; });
  server.say(0, answer(200, "{}"));
  run_until(context, [&] { return exchanged.has_value(); });
  held->last_answer_at -= 10s;
  held.give_back();
  held = acquire();
  EXPECT_EQ(counts.connections_opened.get(), 1U) << "it is not kept at all";
  held.give_back();
  held = acquire(1s);
  EXPECT_EQ(counts.connections_opened.get(), 2U);
}

TEST_F(ConnectionPool, ManyMoreThanItHasConnectionsForAreServedByImportanceAndThenByArrival) {
  make(2);
  std::deque<lease> held;
  held.push_back(acquire());
  held.push_back(acquire());
  const std::pair<priority, std::string> waiting[] = {
      {priority::poll, "first poll"},  {priority::read, "first read"},
      {priority::poll, "second poll"}, {priority::start_or_stop, "first start"},
      {priority::read, "second read"}, {priority::start_or_stop, "second start"},
      {priority::poll, "third poll"},  {priority::start_or_stop, "third start"},
  };
  std::vector<std::string> served;
  for (const auto& [who, name] : waiting) {
    acquire(who, kLong, [&, name = name](lease got) {
      served.push_back(name);
      held.push_back(std::move(got));
    });
    settle(context);
  }
  EXPECT_TRUE(served.empty());
  for (std::size_t n = 1; n <= std::size(waiting); ++n) {
    held.pop_front();
    run_until(context, [&] { return served.size() == n && held.size() == 2; });
  }
  const std::vector<std::string> expected = {"first start", "second start", "third start",
                                             "first read",  "second read",  "first poll",
                                             "second poll", "third poll"};
  EXPECT_EQ(served, expected);
}

/// However far it has come with having nothing to do: another step each time round, until there is
/// none left.
TEST_F(ConnectionPool, LooksAfterDeadlinesAgainAfterAllConnectionsWereUnused) {
  bool settled = false;
  for (int steps = 0; !settled; ++steps) {
    SCOPED_TRACE("after " + std::to_string(steps) + " steps");
    make(1);
    acquire().give_back();
    context.restart();
    for (int i = 0; i < steps && !settled; ++i) settled = context.poll_one() == 0;
    lease held = acquire();
    held->deadline = clock::now();
    begin_exchange(held);
    run_until(context, [&] { return exchanged.has_value(); });
    EXPECT_EQ(*exchanged, errc::response_timeout);
  }
}

}  // namespace
}  // namespace nunu::test
