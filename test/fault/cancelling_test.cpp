// Each operation, cancelled between any two steps of it, and at the moment of its success.
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <thread>

#include "events.hpp"
#include "loopback.hpp"
#include "operations.hpp"
#include "quiet_server.hpp"
#include "tls_server.hpp"

namespace nunu::test {
namespace {

/// What comes of one operation that was cancelled: it, or nothing.
void expect_one_result(const call& result) {
  EXPECT_EQ(result.completions, 1);
  if (result.code.failed())
    EXPECT_EQ(result.code, asio::error::operation_aborted) << result.details.to_string();
  else
    EXPECT_TRUE(result.delivered) << result.details.to_string();
}

class Fault35 : public testing::TestWithParam<operation> {};

/// The cancellation comes one step later each time round, until it is too late.
TEST_P(Fault35, WheneverItIsCancelledItCompletesOnceAndTheNextIsServed) {
  asio::io_context context;
  const authority trusted("trusted");
  tls_server server(context, {trusted.issue(subject()), answer_for(GetParam())});
  client_config config = config_for(server.base_url());
  config.tls.ca_pem = trusted.certificate_pem();
  config.max_connections = 1;
  config.reconcile_interval = 1ms;
  int cancelled = 0;
  bool was_too_late = false;
  for (int steps = 0; !was_too_late; ++steps) {
    SCOPED_TRACE("cancelled after " + std::to_string(steps) + " steps");
    client c(context.get_executor(), config);
    call result;
    result.begin(c, GetParam());
    context.restart();
    for (int i = 0; i < steps && !result.ended(); ++i) context.run_one_for(kPatience);
    was_too_late = result.ended();
    if (!was_too_late) result.cancel();
    run_until(context, [&] { return result.ended(); });
    expect_one_result(result);
    if (result.code.failed()) ++cancelled;
    // Had the cancelled one kept the only connection, this one would wait for ever; were its answer
    // still on it, this one would be given that.
    call next;
    next.begin(c, operation::stop_jobs);
    run_until(context, [&] { return next.ended(); });
    const bool is_stop = GetParam() == operation::stop_jobs;
    EXPECT_EQ(next.delivered, is_stop) << next.details.to_string();
    EXPECT_EQ(result.completions, 1);
    if (HasFailure()) break;
  }
  EXPECT_GT(cancelled, 5) << "it was over at once";
}

INSTANTIATE_TEST_SUITE_P(Operations, Fault35, testing::ValuesIn(kAllOperations), operation_name);

class Fault35Exchange : public testing::TestWithParam<operation> {};

TEST_P(Fault35Exchange, ThatIsCancelledDropsItsConnection) {
  asio::io_context context;
  quiet_server server(context);
  client c(context.get_executor(), config_for(server.base_url("http")));
  call result;
  result.begin(c, GetParam());
  run_until(context, [&] { return server.requests() == 1; });
  result.cancel();
  run_until(context, [&] { return result.ended(); });
  EXPECT_EQ(result.code, asio::error::operation_aborted);
  // What has become of a start is still to be learnt from its answer.
  if (GetParam() == operation::start_run) c.close();
  run_until(context, [&] { return server.ended(0); });
  EXPECT_EQ(result.completions, 1);
}

INSTANTIATE_TEST_SUITE_P(Operations, Fault35Exchange,
                         testing::Values(operation::start_run, operation::find_launch,
                                         operation::get_job, operation::list_jobs,
                                         operation::get_run, operation::list_bugs,
                                         operation::stop_jobs),
                         operation_name);

class Fault35FromAnotherThread : public testing::TestWithParam<operation> {};

TEST_P(Fault35FromAnotherThread, ItCompletesOnce) {
  asio::io_context context;
  // It never answers, so that the handler does not run while the signal is emitted.
  quiet_server server(context);
  for (int round = 0; round < 30; ++round) {
    client c(context.get_executor(), config_for(server.base_url("http")));
    call result;
    result.begin(c, GetParam());
    std::thread worker([&] { run_until(context, [&] { return result.ended(); }); });
    // At another moment of the worker's each time round.
    for (int i = 0; i < 20 * round; ++i) std::this_thread::yield();
    result.cancel();
    worker.join();
    settle(context);
    EXPECT_EQ(result.completions, 1);
    EXPECT_EQ(result.code, asio::error::operation_aborted) << result.details.to_string();
  }
}

INSTANTIATE_TEST_SUITE_P(Operations, Fault35FromAnotherThread, testing::ValuesIn(kAllOperations),
                         operation_name);

class Fault36 : public testing::TestWithParam<operation> {};

TEST_P(Fault36, ASuccessThatHasArrivedWins) {
  asio::io_context context;
  quiet_server server(context);
  client_config config = config_for(server.base_url("http"));
  config.max_connections = 1;
  client c(context.get_executor(), config);
  bool won = false;
  // One step later each time round, from the moment at which the answer lies in the socket.
  for (int steps = 0; !won; ++steps) {
    SCOPED_TRACE("cancelled " + std::to_string(steps) + " steps after the answer");
    const std::size_t before = server.requests();
    const std::uint64_t answers = c.stats().answers.at(2);
    call result;
    result.begin(c, GetParam());
    run_until(context, [&] { return server.requests() == before + 1; });
    const std::size_t last = server.connections() - 1;
    server.say(last, answer_for(GetParam()));
    context.restart();
    for (int i = 0; i < steps && !result.ended(); ++i) context.run_one_for(kPatience);
    won = result.ended();
    // Also when its handler is still to be called.
    const bool has_arrived = c.stats().answers.at(2) == answers + 1;
    result.cancel();
    run_until(context, [&] { return result.ended(); });
    settle(context);
    expect_one_result(result);
    EXPECT_TRUE(!has_arrived || result.delivered) << "what had arrived was lost";
    if (HasFailure()) break;
  }
}

INSTANTIATE_TEST_SUITE_P(Operations, Fault36, testing::ValuesIn(kOperations), operation_name);

}  // namespace
}  // namespace nunu::test
