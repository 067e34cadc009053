#include <gtest/gtest.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>
#include <future>
#include <memory>
#include <thread>

#include "loopback.hpp"
#include "scripted_server.hpp"

namespace nunu::test {
namespace {

const auto kToken = asio::as_tuple(asio::use_awaitable);

using future_code = std::future<boost::system::error_code>;

/// A callback that makes the error code known to another thread. `use_future` would hand over an
/// exception, and ThreadSanitizer does not see how the standard library counts references to it.
auto tell(future_code& code) {
  const auto promise = std::make_shared<std::promise<boost::system::error_code>>();
  code = promise->get_future();
  return [promise](boost::system::error_code ec, const auto&) { promise->set_value(ec); };
}

class Fault34Closing : public testing::Test {
 protected:
  asio::io_context context;
  simulator sim{context.get_executor(), endless_simulator()};
  std::optional<client> c{std::in_place, context.get_executor(), client_for(sim)};
};

TEST_F(Fault34Closing, CompletesAWaitOnceWithClosed) {
  int completions = 0;
  std::vector<std::string> ids;
  wait_options options;
  options.on_status = [&](const job&) { c->close(); };
  const auto completed = [&](boost::system::error_code ec, const wait_report& report) {
    ++completions;
    sim.close();
    EXPECT_EQ(ec, errc::closed);
    ASSERT_EQ(report.outcomes.size(), ids.size());
    EXPECT_EQ(report.outcomes[0].job_id, ids[0]) << "a known job id is dropped";
  };
  run(context, [&]() -> asio::awaitable<void> {
    ids = (co_await c->start_run(a_plan())).job_ids;
    c->wait_for_jobs(ids, options, completed);
  });
  // Nothing is left to do for either, so the context runs out of work.
  context.restart();
  context.run_for(kPatience);
  EXPECT_TRUE(context.stopped());
  EXPECT_EQ(completions, 1);
}

TEST_F(Fault34Closing, DestroyingTheClientCompletesEveryOperation) {
  std::vector<future_code> ends(12);
  for (std::size_t i = 0; i < 10; ++i) c->wait_for_jobs({"j"}, tell(ends[i]));
  c->get_job("j", tell(ends[10]));
  c->start_run(a_plan(), tell(ends[11]));
  c.reset();
  std::thread worker([&] { context.run_for(kPatience); });
  for (auto& end : ends) EXPECT_EQ(end.get(), errc::closed);
  context.stop();
  worker.join();
}

TEST_F(Fault34Closing, AnOperationBegunLaterCompletesWithClosedToo) {
  c->close();
  c->close();
  run(context, [&]() -> asio::awaitable<void> {
    auto [e1, started] = co_await c->start_run(a_plan(), kToken);
    EXPECT_EQ(e1, errc::closed);
    const std::vector<std::string> ids = {"j"};
    job_watch watch = c->watch_jobs(ids);
    auto [e2, outcome] = co_await watch.next(kToken);
    EXPECT_EQ(e2, errc::closed);
  });
}

TEST_F(Fault34Closing, WhatIsRememberedOfALaunchIsNotTheAnswerLater) {
  run(context, [&]() -> asio::awaitable<void> {
    start_options options;
    options.launch_id = "remembered";
    co_await c->start_run(a_plan(), options);
    c->close();
    auto [again, started] = co_await c->start_run(a_plan(), options, kToken);
    EXPECT_EQ(again, errc::closed);
    auto [asked, found] = co_await c->find_launch(options.launch_id, kToken);
    EXPECT_EQ(asked, errc::closed);
  });
}

TEST_F(Fault34Closing, AWatchMayOutliveItsClient) {
  std::optional<job_watch> watch = c->watch_jobs({"j"});
  c.reset();
  run(context, [&]() -> asio::awaitable<void> {
    auto [ec, outcome] = co_await watch->next(kToken);
    EXPECT_EQ(ec, errc::closed);
    watch.reset();
  });
}

TEST_F(Fault34Closing, WithoutWorkTheContextRunsOut) {
  run(context, [&]() -> asio::awaitable<void> {
    co_await c->list_jobs();
    sim.close();
  });
  context.restart();
  const auto begin = std::chrono::steady_clock::now();
  context.run_for(kPatience);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, kPatience / 2)
      << "an idle client keeps its context busy";
}

TEST_F(Fault34Closing, AMovedClientGoesOn) {
  client moved = std::move(*c);
  run(context, [&]() -> asio::awaitable<void> {
    const started_run started = co_await moved.start_run(a_plan());
    EXPECT_EQ(started.job_ids.size(), 5U);
  });
}

/// Everything is destroyed with its coroutines suspended; the sanitizers look for what is left.
TEST(Fault34ClosingAbruptly, TheContextMayBeDestroyedInTheMiddleOfEverything) {
  for (int steps = 0; steps < 400; steps += 7) {
    auto context = std::make_unique<asio::io_context>();
    simulator sim(context->get_executor(), endless_simulator());
    client_config config = client_for(sim);
    // Each step would wait for the next poll, and each of so many rounds has hundreds of them.
    config.polling = {.first = 1ms, .growth = 1.0, .queued = 1ms, .running = 1ms, .ending = 1ms};
    client c(context->get_executor(), config);
    asio::co_spawn(
        *context,
        [&]() -> asio::awaitable<void> {
          const started_run started = co_await c.start_run(a_plan());
          job_watch watch = c.watch_jobs(started.job_ids);
          co_await c.wait_for_jobs(started.job_ids);
        },
        asio::detached);
    for (int i = 0; i < steps && context->run_one_for(20ms) != 0; ++i) {
    }
  }
}

TEST(Fault34ClosingFromAnotherThread, OperationsFromManyThreadsCompleteOnce) {
  asio::io_context context;
  simulator sim(context.get_executor(), endless_simulator());
  client c(context.get_executor(), client_for(sim));
  std::vector<std::thread> workers;
  for (int i = 0; i < 2; ++i) workers.emplace_back([&] { context.run_for(kPatience); });
  std::vector<future_code> ends(40);
  std::vector<std::thread> callers;
  for (std::size_t t = 0; t < 4; ++t)
    callers.emplace_back([&, t] {
      for (std::size_t i = t; i < ends.size(); i += 4) {
        const started_run started = c.start_run(a_test(), asio::use_future).get();
        c.wait_for_jobs(started.job_ids, tell(ends[i]));
      }
    });
  for (auto& caller : callers) caller.join();
  c.close();
  for (auto& end : ends) EXPECT_EQ(end.get(), errc::closed);
  context.stop();
  for (auto& worker : workers) worker.join();
}

}  // namespace
}  // namespace nunu::test
