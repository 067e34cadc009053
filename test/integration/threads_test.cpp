// One client, used from several threads at once, on an executor that several threads run.
#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <cstddef>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "events.hpp"
#include "loopback.hpp"

namespace nunu::test {
namespace {

constexpr std::size_t kThreads = 4;
constexpr int kCallers = 12;
constexpr int kRounds = 5;

asio::awaitable<void> use(client& c, std::atomic<std::size_t>& finished) {
  for (int round = 0; round < kRounds; ++round) {
    const started_run run = co_await c.start_run(a_plan());
    job_watch watch = c.watch_jobs(run.job_ids);
    const wait_report report = co_await c.wait_for_jobs(run.job_ids);
    finished += report.count(outcome_kind::finished);
    for (auto next = co_await watch.next(); next; next = co_await watch.next())
      finished += next->kind == outcome_kind::finished ? 1 : 0;
    const job first = co_await c.get_job(run.job_ids.front());
    EXPECT_EQ(first.job_id, run.job_ids.front());
    co_await c.stop_jobs(run.job_ids);
    EXPECT_GT(c.stats().starts, 0U);
  }
}

TEST(SeveralThreads, ShareAClient) {
  asio::thread_pool pool(kThreads);
  const simulator_config behaviour = quick_simulator();
  simulator sim(pool.get_executor(), behaviour);
  client c(pool.get_executor(), client_for(sim));
  std::atomic<std::size_t> finished = 0;
  std::atomic<int> ended = 0;
  std::atomic<int> failed = 0;
  for (int i = 0; i < kCallers; ++i)
    asio::co_spawn(pool, use(c, finished), [&](std::exception_ptr thrown) {
      if (thrown) ++failed;
      if (++ended < kCallers) return;
      c.close();
      sim.close();
    });
  pool.join();
  EXPECT_EQ(failed, 0);
  // Each job twice: by the wait, and by the watch.
  const auto jobs = static_cast<std::size_t>(kCallers * kRounds * behaviour.tests_per_plan);
  EXPECT_EQ(finished, 2 * jobs);
  EXPECT_EQ(sim.stats().launches_seen_twice, 0U);
}

/// The last that is left of a watch may go on any thread. What would be wrong with it, two threads
/// in the poll engine at once, shows under ThreadSanitizer only; the test below tells by itself.
TEST(SeveralThreads, MayLetGoOfAWatchWhileItsNextOutcomeIsWaitedFor) {
  asio::thread_pool pool(kThreads);
  simulator sim(pool.get_executor(), endless_simulator());
  client c(pool.get_executor(), client_for(sim));
  constexpr int kWatches = 200;
  std::atomic<int> ended = 0;
  for (int i = 0; i < kWatches; ++i) {
    auto next = std::make_shared<job_watch>(c.watch_jobs({"job-" + std::to_string(i)}));
    asio::co_spawn(pool, next->next(), [&](std::exception_ptr, const auto&) {
      if (++ended < kWatches) return;
      c.close();
      sim.close();
    });
    asio::post(pool, [let_go = std::move(next)] {});
  }
  pool.join();
  EXPECT_EQ(ended, kWatches);
}

/// Here the last of it is an operation that is never begun.
TEST(SeveralThreads, LeaveTheEndOfAWatchToTheStrandOfItsClient) {
  asio::io_context context;
  simulator sim(context.get_executor(), endless_simulator());
  client c(context.get_executor(), client_for(sim));
  auto alive = std::make_shared<bool>(true);
  const std::weak_ptr<bool> of_watch = alive;
  wait_options options;
  options.on_status = [kept = std::move(alive)](const job&) {};
  std::optional<job_watch> watch(c.watch_jobs({"j"}, std::move(options)));
  {
    const auto never_begun = watch->next(asio::deferred);
    watch.reset();
    settle(context);
    EXPECT_FALSE(of_watch.expired());
  }
  EXPECT_FALSE(of_watch.expired()) << "it ended on this thread, while another may run the strand";
  settle(context);
  EXPECT_TRUE(of_watch.expired()) << "it leaks";
}

}  // namespace
}  // namespace nunu::test
