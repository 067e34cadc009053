// The ways of calling an operation; each compiles and runs.
#include <gtest/gtest.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>
#include <future>
#include <thread>

#include "loopback.hpp"

namespace nunu::test {
namespace {

class Calling : public testing::Test {
 protected:
  asio::io_context context;
  simulator sim{context.get_executor(), quick_simulator()};
  client c{context.get_executor(), client_for(sim)};
};

TEST_F(Calling, WithoutATokenGivesAnAwaitable) {
  run(context, [&]() -> asio::awaitable<void> {
    const started_run started = co_await c.start_run(a_plan());
    EXPECT_EQ(started.job_ids.size(), 5U);
    const wait_report report = co_await c.wait_for_jobs(started.job_ids);
    EXPECT_TRUE(report.all_passed());
  });
}

TEST_F(Calling, WithoutATokenThrowsAnErrorWithDiagnostics) {
  run(context, [&]() -> asio::awaitable<void> {
    try {
      co_await c.get_job("no-such-job");
      ADD_FAILURE() << "found a job that does not exist";
    } catch (const error& e) {
      EXPECT_EQ(e.code(), errc::not_found);
      EXPECT_EQ(e.get_diagnostics().http_status, 404);
      EXPECT_EQ(e.get_diagnostics().request, "GET /api/v1/jobs/no-such-job");
      EXPECT_FALSE(e.get_diagnostics().service_message.empty());
    }
  });
}

TEST_F(Calling, WithAsTupleGivesTheErrorCode) {
  run(context, [&]() -> asio::awaitable<void> {
    auto [ec, started] = co_await c.start_run(a_test(), asio::as_tuple(asio::use_awaitable));
    EXPECT_FALSE(ec) << ec.message();
    EXPECT_EQ(started.job_ids.size(), 1U);
    auto [missing, job] = co_await c.get_job("no-such-job", asio::as_tuple(asio::use_awaitable));
    EXPECT_EQ(missing, errc::not_found);
  });
}

TEST_F(Calling, WithDiagnosticsLeavesTheDetailsThere) {
  run(context, [&]() -> asio::awaitable<void> {
    diagnostics details;
    auto [ec, job] =
        co_await c.get_job("no-such-job", details, asio::as_tuple(asio::use_awaitable));
    EXPECT_EQ(ec, errc::not_found);
    EXPECT_EQ(details.http_status, 404);
  });
}

TEST_F(Calling, WithACallback) {
  std::optional<boost::system::error_code> completed;
  started_run started;
  c.start_run(a_plan(), [&](boost::system::error_code ec, started_run result) {
    completed = ec;
    started = std::move(result);
  });
  EXPECT_FALSE(completed) << "completed inside the initiating function";
  while (!completed && context.run_one_for(kPatience) != 0) {
  }
  ASSERT_TRUE(completed);
  EXPECT_FALSE(*completed) << completed->message();
  EXPECT_EQ(started.job_ids.size(), 5U);
}

TEST_F(Calling, WithAFuture) {
  std::future<started_run> started = c.start_run(a_plan(), asio::use_future);
  std::future<job> missing = c.get_job("no-such-job", asio::use_future);
  std::thread worker([&] { context.run_for(kPatience); });
  EXPECT_EQ(started.get().job_ids.size(), 5U);
  EXPECT_THROW(missing.get(), boost::system::system_error);
  context.stop();
  worker.join();
}

TEST_F(Calling, WithDeferred) {
  run(context, [&]() -> asio::awaitable<void> {
    auto later = c.start_run(a_test(), asio::deferred);
    const started_run started = co_await std::move(later)(asio::use_awaitable);
    EXPECT_EQ(started.job_ids.size(), 1U);
  });
}

TEST_F(Calling, TheHandlerRunsOnItsAssociatedExecutor) {
  asio::thread_pool elsewhere(1);
  std::promise<bool> there;
  c.get_job(
      "no-such-job",
      asio::bind_executor(elsewhere.get_executor(), [&](boost::system::error_code, const job&) {
        there.set_value(elsewhere.get_executor().running_in_this_thread());
      }));
  std::thread worker([&] { context.run_for(kPatience); });
  EXPECT_TRUE(there.get_future().get());
  context.stop();
  worker.join();
  elsewhere.join();
}

TEST_F(Calling, EveryOperationTakesEveryForm) {
  run(context, [&]() -> asio::awaitable<void> {
    const auto token = asio::as_tuple(asio::use_awaitable);
    diagnostics details;
    auto [e1, r1] = co_await c.start_run(a_plan(), start_options(), token);
    auto [e2, r2] = co_await c.start_run(a_plan(), start_options(), details, token);
    auto [e3, r3] = co_await c.list_jobs(job_query(), token);
    auto [e4, r4] = co_await c.list_jobs(job_query(), details, token);
    auto [e5, r5] = co_await c.wait_for_jobs(r1.job_ids, token);
    auto [e6, r6] = co_await c.wait_for_jobs(r2.job_ids, wait_options(), token);
    auto [e7, r7] = co_await c.wait_for_jobs(r2.job_ids, wait_options(), details, token);
    auto [e8, r8] = co_await c.stop_jobs(r1.job_ids, token);
    auto [e9, r9] = co_await c.stop_jobs(r1.job_ids, details, token);
    for (const auto& ec : {e1, e2, e3, e4, e5, e6, e7, e8, e9}) EXPECT_FALSE(ec) << ec.message();
    EXPECT_EQ(r3.total_count, 10);
    EXPECT_EQ((co_await c.list_jobs()).jobs.size(), 10U);
    EXPECT_EQ((co_await c.stop_jobs(r1.job_ids)).results.size(), 5U);
    EXPECT_EQ((co_await c.get_job(r1.job_ids[0])).job_id, r1.job_ids[0]);
  });
}

}  // namespace
}  // namespace nunu::test
