// When memory runs out in a client, at any one allocation of what it does: whatever was asked for
// either fails, and can be asked for again, or goes on.
//
// What fails is `operator new`, and nothing that only Asio could survive:
// - Its handlers and coroutines are allocated otherwise, with `std::aligned_alloc`. Where there is
//   no memory to call a handler with, it is lost.
// - A strand asks its executor for a property whenever it is to call a handler, and the answer is
//   allocated. It is known by its size: nothing of the client is as small.
// - The tables of sockets and timers of an `io_context` grow beforehand.
// - A client, and with it its strand, is made beforehand.
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/execution/blocking.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <new>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <nunu/client.hpp>
#include <nunu/simulator.hpp>
#include "memory.hpp"

namespace nunu {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using boost::system::error_code;
using test::memory;
using test::the_memory;

/// What takes longer hangs.
constexpr auto kPatience = 20s;

/// A service whose jobs end at once, in a thread of its own: its memory does not run out.
class service {
 public:
  service()
      : simulator_(context_.get_executor(), behaviour()), runner_([this] { context_.run(); }) {}
  ~service() {
    simulator_.close();
    runner_.join();
  }
  service(const service&) = delete;
  service& operator=(const service&) = delete;

  std::string base_url() const { return simulator_.base_url(); }
  simulator_stats stats() const { return simulator_.stats(); }

 private:
  static simulator_config behaviour() {
    simulator_config c;
    c.tls = false;
    c.queue_time = c.run_time = {0ms, 0ms};
    c.tests_per_plan = 3;
    c.pass_rate = 1.0;
    return c;
  }

  asio::io_context context_;
  simulator simulator_;
  std::thread runner_;
};

/// How an operation has ended, once it has. Its handler needs no memory.
template <class Result>
struct ended {
  int times = 0;
  error_code code;
  Result result{};

  auto handler() {
    return [this](error_code ec, Result r) {
      ++times;
      code = ec;
      result = std::move(r);
    };
  }
};

/// A client that is used as programs use one, on a thread whose memory runs out once.
class user {
 public:
  /// What it starts has this launch id.
  user(asio::io_context& context, client_config config, const std::string& launch)
      : context_(context), client_(std::in_place, context.get_executor(), std::move(config)) {
    options_.launch_id = launch;
    request_.test_plan_id = "plan";
    request_.deployment_config_id = "deployment";
    heard_.reserve(ids_.size());
  }

  void start_and_wait() {
    const started_run run = until_it_succeeds<started_run>(
        [&](auto handler) { client_->start_run(request_, options_, std::move(handler)); });
    EXPECT_EQ(run.job_ids.size(), 3U);
    const auto report = until_it_succeeds<wait_report>(
        [&](auto handler) { client_->wait_for_jobs(run.job_ids, std::move(handler)); });
    EXPECT_EQ(report.outcomes.size(), run.job_ids.size());
    EXPECT_TRUE(report.all_passed());
    watch(run.job_ids);
    const auto read = until_it_succeeds<job>(
        [&](auto handler) { client_->get_job(run.job_ids[0], std::move(handler)); });
    EXPECT_EQ(read.job_id, run.job_ids[0]);
    const auto stopped = until_it_succeeds<stop_report>(
        [&](auto handler) { client_->stop_jobs(run.job_ids, std::move(handler)); });
    EXPECT_EQ(stopped.results.size(), run.job_ids.size());
    client_->close();
    client_.reset();
    run_until([&] { return context_.stopped(); });
  }

  /// Closes a client on which something of each kind is under way.
  void close_in_the_middle() {
    ended<started_run> start;
    ended<wait_report> wait;
    ended<std::optional<job_outcome>> next;
    ended<job> read;
    std::optional<job_watch> watching;
    call([&] { client_->start_run(request_, options_, start.handler()); });
    call([&] { client_->wait_for_jobs(ids_, wait.handler()); });
    call([&] { watching.emplace(client_->watch_jobs(ids_)); });
    call([&] { watching->next(next.handler()); });
    call([&] { client_->get_job("a-job", read.handler()); });
    for (int i = 0; i < 10; ++i) step();
    client_->close();
    run_until([&] { return start.times + wait.times + next.times + read.times == 4; });
    for (const int times : {start.times, wait.times, next.times, read.times}) EXPECT_EQ(times, 1);
    watching.reset();
    client_.reset();
    run_until([&] { return context_.stopped(); });
  }

  /// Exceptions that have left the context.
  int escaped() const { return escaped_; }

 private:
  /// What throws has not happened, and can be done now.
  template <class Call>
  static void call(Call what) {
    try {
      what();
    } catch (const std::bad_alloc&) {
      what();
    }
  }

  template <class Result, class Begin>
  Result until_it_succeeds(Begin begin) {
    for (int tries = 1;; ++tries) {
      ended<Result> end;
      call([&] { begin(end.handler()); });
      run_until([&] { return end.times != 0; });
      EXPECT_EQ(end.times, 1);
      if (!end.code && end.times == 1) return std::move(end.result);
      if (tries == 2 || end.times != 1) {
        ADD_FAILURE() << end.code.message() << ", and memory runs out only once";
        return {};
      }
    }
  }

  /// Each outcome comes once, or the watch says that it fails.
  void watch(const std::vector<std::string>& ids) {
    std::optional<job_watch> watching;
    call([&] { watching.emplace(client_->watch_jobs(ids)); });
    while (heard_.size() < ids.size() && !testing::Test::HasFailure()) {
      ended<std::optional<job_outcome>> next;
      call([&] { watching->next(next.handler()); });
      run_until([&] { return next.times != 0; });
      if (next.result) {
        heard_.push_back(*std::move(next.result));
      } else {
        EXPECT_TRUE(next.code) << "the watch ends too soon";
        heard_.clear();
        call([&] { watching.emplace(client_->watch_jobs(ids)); });
      }
    }
    for (const std::string& id : ids)
      EXPECT_EQ(std::ranges::count(heard_, id, &job_outcome::job_id), 1) << id;
    heard_.clear();
  }

  void step() {
    try {
      context_.restart();
      context_.run_one_for(kPatience);
    } catch (const std::bad_alloc&) {
      ++escaped_;
    }
  }

  template <class Condition>
  void run_until(Condition reached) {
    const auto give_up = std::chrono::steady_clock::now() + kPatience;
    while (!reached() && std::chrono::steady_clock::now() < give_up) step();
    if (!reached()) throw std::runtime_error("it hangs");
  }

  asio::io_context& context_;
  std::optional<client> client_;
  run_request request_;
  start_options options_;
  const std::vector<std::string> ids_ = {"a-job", "another-job", "a-third"};
  std::vector<job_outcome> heard_;
  int escaped_ = 0;
};

/// Makes the tables of the context larger than any client needs them here.
void grow_tables_of(asio::io_context& context) {
  constexpr std::size_t kMany = 100;
  std::vector<asio::steady_timer> timers;
  std::vector<asio::ip::tcp::socket> sockets;
  timers.reserve(kMany);
  sockets.reserve(kMany);
  for (std::size_t i = 0; i < kMany; ++i) {
    timers.emplace_back(context, 1h).async_wait([](error_code) {});
    sockets.emplace_back(context).open(asio::ip::tcp::v4());
  }
  timers.clear();
  sockets.clear();
  context.run();
}

class ClientOutOfMemory : public testing::Test {
 protected:
  service simulated;

  /// Calls `use(user)` with the first allocation that fails, then with the second, and so on until
  /// none of so many is made.
  template <class Use>
  void fail_each_allocation(Use use) {
    the_memory.spared_size = sizeof(asio::execution::blocking_t);
    // Once for what is made when it is first used, and stays.
    fails(memory::kNever, use);
    std::size_t n = 1;
    while (!HasFailure() && fails(n, use)) ++n;
    EXPECT_GT(n, 50U) << "too little is done to show anything";
    EXPECT_EQ(simulated.stats().launches_seen_twice, 0U);
  }

 private:
  client_config config() const {
    client_config c;
    c.base_url = simulated.base_url();
    c.api_key = api_key("simulator-key");
    c.polling = {.first = 1ms, .growth = 1.0, .queued = 1ms, .running = 1ms, .ending = 1ms};
    c.reconcile_interval = 1ms;
    return c;
  }

  /// Whether so many are made.
  template <class Use>
  bool fails(std::size_t n, Use use) {
    const std::size_t live = the_memory.live();
    bool failed = false;
    {
      const testing::ScopedTrace trace(__FILE__, __LINE__, "failure " + std::to_string(n));
      asio::io_context context;
      grow_tables_of(context);
      user first(context, config(), "first-" + std::to_string(n));
      use(first);
      user second(context, config(), "second-" + std::to_string(n));
      the_memory.fails_in = n;
      use(second);
      failed = std::exchange(the_memory.fails_in, memory::kNever) == memory::kNever;
      EXPECT_EQ(second.escaped(), 0) << "an exception left the context after failure " << n;
    }
    if (n != memory::kNever) {
      EXPECT_EQ(the_memory.live(), live) << "left behind after failure " << n;
    }
    return failed;
  }
};

TEST_F(ClientOutOfMemory, WhatFailsCanBeAskedForAgainAndNothingHangsOrIsLost) {
  fail_each_allocation([](user& u) { u.start_and_wait(); });
}

TEST_F(ClientOutOfMemory, ClosingEndsEveryOperationOnce) {
  fail_each_allocation([](user& u) { u.close_in_the_middle(); });
}

}  // namespace
}  // namespace nunu
