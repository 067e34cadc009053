#include "chaos_callers.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <iterator>
#include <set>
#include <utility>

#include "chaos_draws.hpp"

namespace nunu::chaos {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t runs_in_group = 100;
/// So many runs are started and waited for at the same time, but never more than half of all.
constexpr std::uint64_t most_runs_at_once = 500;

constexpr double start_gives_launch_id = 0.3;
constexpr double start_is_cancelled = 0.3;
constexpr double wait_is_cancelled = 0.3;
constexpr double next_is_cancelled = 0.05;
constexpr double two_wait = 0.2;

constexpr auto token = asio::as_tuple(asio::use_awaitable);

std::string group_of(std::uint64_t number) {
  return "chaos-" + std::to_string(number / runs_in_group);
}

run_request request_of(std::uint64_t number) {
  run_request request;
  if (is_plan(number)) {
    request.test_plan_id = "plan";
  } else {
    request.multiplayer_test_id = "test";
    request.instances = jobs_of_test;
  }
  request.deployment_config_id = "any-deployment-config";
  request.additional_tags = {tag_of_start(number)};
  return request;
}

}  // namespace

callers::callers(asio::io_context& context, client_config config, std::uint64_t runs,
                 std::uint64_t seed, account& told)
    : context_(context), config_(std::move(config)), runs_(runs), seed_(seed), told_(told) {
  config_.on_late_start = [this](const started_run& run) { hear_late(run); };
  client_.emplace(context_.get_executor(), config_);
}

void callers::begin() {
  const std::uint64_t at_once = std::min(most_runs_at_once, (runs_ + 1) / 2);
  for (std::uint64_t i = 0; i < at_once; ++i) spawn(start_and_wait());
}

void callers::spawn(asio::awaitable<void> caller) {
  asio::co_spawn(context_, std::move(caller), [](std::exception_ptr failure) {
    if (failure) std::rethrow_exception(failure);
  });
}

void callers::replace_client() {
  client_.reset();
  client_.emplace(context_.get_executor(), config_);
  for (const auto& [launch_id, number] : std::exchange(left_to_the_client_, {}))
    spawn(find_and_wait(launch_id, number));
}

void callers::hear_late(const started_run& run) {
  ++told_.late;
  const auto left = left_to_the_client_.find(run.launch_id);
  // Else its caller asks for it.
  if (left == left_to_the_client_.end()) return;
  const std::uint64_t number = left->second;
  spawn(wait(run.job_ids, number, draws(seed_, number).fork()));
  left_to_the_client_.erase(left);
}

asio::awaitable<void> callers::start_and_wait() {
  while (told_.starts_begun < runs_) {
    const std::uint64_t number = ++told_.starts_begun;
    if (number == runs_ * 5 / 8) replace_client();
    draws luck(seed_, number);
    ids jobs = co_await start(number, luck);
    if (luck.chance(two_wait)) spawn(wait(jobs, number, luck.fork()));
    if (luck.chance(0.5))
      co_await watch(std::move(jobs), number, luck.fork());
    else
      co_await wait(std::move(jobs), number, luck.fork());
  }
}

asio::awaitable<callers::ids> callers::start(std::uint64_t number, draws& luck) {
  const run_request request = request_of(number);
  start_options how;
  how.group = group_of(number);
  if (luck.chance(start_gives_launch_id)) how.launch_id = "chaos-" + std::to_string(number);
  for (bool is_first = true;; is_first = false) {
    diagnostics details;
    canceller cancel(context_.get_executor(), luck.maybe_cancelled(start_is_cancelled));
    auto [ec, run] = co_await client_->start_run(
        request, how, details, asio::bind_cancellation_slot(cancel.slot(), token));
    if (!ec) co_return std::move(run.job_ids);
    if (ec == errc::start_outcome_unknown) {
      if (details.job_ids.empty()) ++told_.unknown;
      co_return std::move(details.job_ids);
    }
    if (!details.launch_id.empty()) how.launch_id = details.launch_id;
    if (ec == asio::error::operation_aborted) {
      ++told_.cancelled;
      // Nothing was sent.
      if (how.launch_id.empty()) co_return ids();
      // What an earlier call has started nobody tells: it must be asked for.
      if (is_first && luck.chance(0.6)) {
        left_to_the_client_.emplace(how.launch_id, number);
        co_return ids();
      }
      if (luck.chance(0.5)) co_return co_await find(how.launch_id);
    } else {
      asio::steady_timer pause(context_, 100ms);
      co_await pause.async_wait(asio::use_awaitable);
    }
  }
}

asio::awaitable<callers::ids> callers::find(std::string launch_id) {
  for (;;) {
    diagnostics details;
    auto [ec, run] = co_await client_->find_launch(launch_id, details, token);
    if (!ec) co_return run ? std::move(run->job_ids) : ids();
    if (ec == errc::start_outcome_unknown) {
      if (details.job_ids.empty()) ++told_.unknown;
      co_return std::move(details.job_ids);
    }
    asio::steady_timer pause(context_, 100ms);
    co_await pause.async_wait(asio::use_awaitable);
  }
}

asio::awaitable<void> callers::find_and_wait(std::string launch_id, std::uint64_t number) {
  ids jobs = co_await find(std::move(launch_id));
  co_await wait(std::move(jobs), number, draws(seed_, number).fork());
}

asio::awaitable<void> callers::wait(ids jobs, std::uint64_t number, draws luck) {
  wait_options how;
  how.group = group_of(number);
  for (const std::string& id : jobs) ++told_.jobs[id].waits;
  while (!jobs.empty()) {
    canceller cancel(context_.get_executor(), luck.maybe_cancelled(wait_is_cancelled));
    auto [ec, report] = co_await client_->wait_for_jobs(
        jobs, how, asio::bind_cancellation_slot(cancel.slot(), token));
    jobs.clear();
    for (const job_outcome& outcome : report.outcomes) {
      take(outcome);
      if (outcome.kind == outcome_kind::still_running) jobs.push_back(outcome.job_id);
    }
  }
}

asio::awaitable<void> callers::watch(ids jobs, std::uint64_t number, draws luck) {
  wait_options how;
  how.group = group_of(number);
  for (const std::string& id : jobs) ++told_.jobs[id].waits;
  std::set<std::string> left(jobs.begin(), jobs.end());
  // Until a watch ends in order, and not because it was left or its client destroyed.
  for (boost::system::error_code end = errc::closed; end;) {
    job_watch outcomes = client_->watch_jobs(ids(left.begin(), left.end()), how);
    for (bool over = false; !over;) {
      canceller cancel(context_.get_executor(), luck.maybe_cancelled(next_is_cancelled));
      auto [ec, next] = co_await outcomes.next(asio::bind_cancellation_slot(cancel.slot(), token));
      if (next) {
        take(*next);
        left.erase(next->job_id);
      }
      const bool goes_on = ec == asio::error::operation_aborted && luck.chance(0.5);
      over = !next && !goes_on;
      end = ec;
    }
  }
}

void callers::take(const job_outcome& outcome) {
  if (outcome.kind == outcome_kind::finished) ++told_.jobs[outcome.job_id].deliveries;
}

asio::awaitable<std::vector<job>> callers::list_jobs() {
  std::vector<job> all;
  job_query query;
  query.page_size = 100;
  for (std::int64_t pages = 1; query.page < pages; ++query.page) {
    job_page page = co_await client_->list_jobs(query);
    pages = page.total_pages;
    std::move(page.jobs.begin(), page.jobs.end(), std::back_inserter(all));
  }
  co_return all;
}

}  // namespace nunu::chaos
