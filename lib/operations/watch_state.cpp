#include "operations/watch_state.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <chrono>
#include <exception>
#include <utility>

#include "operations/client_state.hpp"
#include "wire/validation.hpp"

namespace nunu::detail {
namespace {

namespace asio = boost::asio;
using clock = std::chrono::steady_clock;

core::time_point deadline_after(std::optional<std::chrono::milliseconds> timeout) {
  const auto now = clock::now();
  // Compared first, in the coarser unit: a very long timeout would overflow the finer one.
  using std::chrono::milliseconds;
  const auto left = std::chrono::floor<milliseconds>(core::time_point::max() - now);
  if (!timeout || *timeout >= left) return core::time_point::max();
  return now + std::max(*timeout, milliseconds::zero());
}

}  // namespace

watch_state::watch_state(std::shared_ptr<client_state> client, std::vector<std::string> ids,
                         wait_options options, wake_up when)
    : client_(std::move(client)),
      ids_(std::move(ids)),
      options_(std::move(options)),
      wake_up_(when),
      slots_(ids_.size(), kNoSlot),
      outstanding_(ids_.size()),
      deadline_timer_(client_->strand, deadline_after(options_.timeout)),
      event_(client_->strand, core::time_point::max()) {
  if (wake_up_ == wake_up::when_all_ended) report_.outcomes.resize(ids_.size());
}

watch_state::~watch_state() {
  end();
}

void watch_state::begin() noexcept {
  try {
    join();
  } catch (const std::exception& e) {
    fail(operations::code_of(std::current_exception()), e.what());
  }
}

void watch_state::join() {
  if (client_->closed) return fail(errc::closed, "the client is closed");
  std::string problem = wire::problem_with(options_);
  if (problem.empty()) problem = wire::problem_with_job_ids(ids_);
  if (!problem.empty()) return fail(errc::invalid_request, problem);
  joined_ = true;
  client_->polls.join(*this);
  if (deadline_timer_.expiry() == core::time_point::max()) return;
  deadline_timer_.async_wait([weak = weak_from_this()](boost::system::error_code ec) {
    if (const auto self = weak.lock(); self && !ec) self->time_is_up();
  });
}

void watch_state::end() noexcept {
  // One that was never begun may be let go of on any thread.
  if (!std::exchange(joined_, false)) return;
  client_->polls.leave(*this);
  deadline_timer_.cancel();
}

void watch_state::abandon() noexcept {
  fail(asio::error::operation_aborted, "the watch was destroyed");
}

void watch_state::saw(const job& seen) {
  if (!options_.on_status || error_) return;
  try {
    options_.on_status(seen);
  } catch (const std::exception& e) {
    fail(errc::callback_threw, std::string("on_status threw: ") + e.what());
  } catch (...) {
    fail(errc::callback_threw, "on_status threw");
  }
}

void watch_state::ended(std::uint32_t position, job_outcome outcome) {
  if (over()) return;
  keep(position, std::move(outcome));
  if (--outstanding_ == 0) deadline_timer_.cancel();
  if (outstanding_ == 0 || wake_up_ == wake_up::at_each_outcome) wake();
}

/// If memory runs out, nothing has happened.
void watch_state::keep(std::uint32_t position, job_outcome outcome) {
  job_outcome& kept =
      wake_up_ == wake_up::when_all_ended ? report_.outcomes[position] : heard_.emplace_back();
  kept = std::move(outcome);
  kept.job_id = std::exchange(ids_[position], {});
}

transport::task<void> watch_state::hear(const operations::cancellation& cancel) {
  while (heard_.empty() || wake_up_ == wake_up::when_all_ended) {
    if (over() || cancel.requested) co_return;
    event_.expires_at(core::time_point::max());
    co_await event_.async_wait(transport::as_result);
  }
}

std::optional<job_outcome> watch_state::take() {
  if (heard_.empty()) return std::nullopt;
  job_outcome first = std::move(heard_.front());
  heard_.pop_front();
  return first;
}

wait_report watch_state::take_report() {
  for (std::uint32_t position = 0; position < ids_.size(); ++position)
    if (!has_ended(position)) keep(position, still_running(position));
  return std::move(report_);
}

job_outcome watch_state::still_running(std::uint32_t position) const {
  job_outcome outcome;
  if (slots_[position] != kNoSlot) {
    outcome.status = client_->polls.jobs().status(slots_[position]);
    outcome.status_text = client_->polls.jobs().status_text(slots_[position]);
    if (const auto* trouble = client_->polls.trouble_of(slots_[position])) {
      outcome.error = trouble->code;
      outcome.error_message = trouble->message;
    }
  }
  return outcome;
}

void watch_state::add_the_rest() {
  for (std::uint32_t position = 0; position < slots_.size(); ++position)
    if (slots_[position] != kNoSlot && !has_ended(position))
      keep(position, still_running(position));
  outstanding_ = 0;
}

void watch_state::time_is_up() noexcept {
  if (error_) return;
  try {
    add_the_rest();
  } catch (const std::exception& e) {
    return fail(operations::code_of(std::current_exception()), e.what());
  }
  end();
  wake();
}

void watch_state::fail(boost::system::error_code code, std::string_view message) noexcept {
  if (error_) return;
  error_ = code;
  wake();
  try {
    details_.message = message;
    // A report has every job; after its last outcome a stream has the error.
    if (wake_up_ == wake_up::when_all_ended) add_the_rest();
    // The poll engine may be in the middle of telling others of the same job.
    asio::post(client_->strand, [self = shared_from_this()] { self->end(); });
  } catch (const std::exception&) {
    // Out of memory: it leaves the poll engine when it is let go of.
    return;
  }
}

void watch_state::wake() {
  event_.cancel();
}

}  // namespace nunu::detail

namespace nunu::operations {

using transport::task;

task<completion<wait_report>> wait_for_jobs(std::shared_ptr<detail::watch_state> watch,
                                            std::shared_ptr<cancellation> cancel) {
  watch->begin();
  co_await watch->hear(*cancel);
  completion<wait_report> result;
  if (watch->error()) {
    result.code = watch->error();
    result.details = watch->details();
  } else if (!watch->over()) {
    result.code = boost::asio::error::operation_aborted;
    result.details.message = "waiting was cancelled; the jobs go on";
  }
  result.value = watch->take_report();
  watch->end();
  co_return result;
}

task<completion<std::optional<job_outcome>>> next_outcome(
    std::shared_ptr<detail::watch_state> watch, std::shared_ptr<cancellation> cancel) {
  co_await watch->hear(*cancel);
  completion<std::optional<job_outcome>> result;
  if (auto heard = watch->take()) {
    result.value = *std::move(heard);
  } else if (watch->error()) {
    result.code = watch->error();
    result.details = watch->details();
  } else if (!watch->over()) {
    result.code = boost::asio::error::operation_aborted;
    result.details.message = "cancelled; the watch goes on";
  }
  co_return result;
}

}  // namespace nunu::operations
