#include "operations/start_flight.hpp"

#include <algorithm>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <chrono>
#include <cstddef>
#include <string>
#include <utility>

#include "core/launch_lookup.hpp"
#include "operations/client_state.hpp"
#include "operations/look_up_launch.hpp"
#include "wire/run_json.hpp"

namespace nunu::operations {
namespace {

namespace asio = boost::asio;
using clock = std::chrono::steady_clock;
using core::launch_lookup;
using transport::task;

/// A 500 is a result only in the multi-device form, which says of each device that it did not
/// start.
bool is_documented(const wire::decoded<started_run>& run, int status) {
  return run && (status != 500 || !run->device_results.empty());
}

/// What the look-up has to add for people.
std::string outcome_of(const launch_finding& finding) {
  if (!finding.run.job_ids.empty()) return "; jobs with its tag are listed, but not surely all";
  if (finding.code) return "; its tag cannot be looked up: " + finding.details.to_string();
  return "; no job with its tag was listed in time";
}

}  // namespace

void mark_unknown(completion<started_run>& result, const std::string& launch_id) {
  if (result.code != asio::error::operation_aborted && result.code != errc::closed)
    result.code = errc::start_outcome_unknown;
  result.details.message += "; the run may have started";
  result.details.launch_id = launch_id;
}

void fail_for(completion<started_run>& result, std::exception_ptr thrown,
              const std::string* may_have_started) noexcept {
  const auto why = code_of(std::move(thrown));
  // The code first, which needs no memory: there may be none for the rest.
  result.code = may_have_started != nullptr ? make_error_code(errc::start_outcome_unknown) : why;
  try {
    result.details.message = why.message();
    if (may_have_started != nullptr) mark_unknown(result, *may_have_started);
  } catch (const std::exception&) {
    // Out of memory again: the code says it all.
    return;
  }
}

start_flight::start_flight(std::shared_ptr<launch> of, transport::lease on)
    : launch_(std::move(of)),
      state_(*launch_->state),
      held_(std::move(on)),
      landing_(state_.strand, core::time_point::max()) {}

void start_flight::take_off() {
  state_.operations.add(operation_list::place_for(cancel_));
  try {
    asio::co_spawn(
        state_.strand, fly(shared_from_this()),
        asio::bind_cancellation_slot(cancel_->signal.slot(),
                                     [self = shared_from_this()](std::exception_ptr thrown) {
                                       self->land(std::move(thrown));
                                     }));
  } catch (const std::exception&) {
    state_.operations.remove(cancel_);
    throw;
  }
}

task<void> start_flight::wait() {
  if (!landed_) co_await landing_.async_wait(transport::as_result);
}

completion<started_run> start_flight::abandon() {
  leave();
  completion<started_run> result;
  result.code = asio::error::operation_aborted;
  result.details.request = launch_->what.name;
  result.details.message = "cancelled";
  if (begun_) mark_unknown(result, launch_->options.launch_id);
  return result;
}

task<void> start_flight::fly(std::shared_ptr<start_flight> self) {
  co_await asio::this_coro::throw_if_cancelled(false);
  if (self->abandoned_ || self->cancel_->requested) {
    self->result_.code = asio::error::operation_aborted;
    self->result_.details.message = "cancelled";
    co_return;
  }
  self->begun_ = true;
  const request& what = self->launch_->what;
  // It is given its time: cut short, nobody would know what became of it.
  co_await send_on(self->state_, self->held_, what, core::time_point::max(), self->last_);
  self->held_.give_back();

  attempt& last = self->last_;
  completion<started_run>& result = self->result_;
  auto run = wire::decode_started_run(last.reply.body);
  last.outcome.understood = is_documented(run, last.outcome.status);
  self->decision_ = core::decide_start(last.outcome);
  if (self->decision_ == core::start_decision::done) {
    result.value = *std::move(run);
    result.value.launch_id = std::move(self->launch_id_);
    co_return;
  }
  result.code = error_of(last);
  if (core::claims_success(last.outcome)) {
    const std::string problem = run ? "its status does not fit its body" : run.error();
    result.details = details_of_unfamiliar(self->state_, last, what, problem);
  } else {
    result.details = details_of(self->state_, last, what);
  }
  if (self->decision_ != core::start_decision::ambiguous) co_return;
  self->unknown_ = true;
  mark_unknown(result, self->launch_->options.launch_id);
  co_await self->look_up();
}

task<void> start_flight::look_up() {
  if (state_.closed) co_return;
  const start_options& options = launch_->options;
  launch_finding finding;
  if (options.tags) {
    const auto ends_at = clock::now() + state_.config.reconcile_window;
    finding = co_await look_up_launch(state_, *cancel_, options.launch_id,
                                      launch_lookup::question::what_became_of_it, ends_at,
                                      ends_at + state_.config.response_timeout);
  }
  // The ambiguous answer may have named some, too.
  const std::size_t jobs_seen = finding.run.job_ids.size() + result_.details.job_ids.size();
  switch (core::decide_unknown(finding.ended, jobs_seen, options.if_unknown)) {
    case core::unknown_decision::adopt:
      decision_ = core::start_decision::done;
      unknown_ = false;
      result_.code = {};
      result_.details = {};
      result_.value = std::move(finding.run);
      break;
    case core::unknown_decision::send_again:
      decision_ = core::start_decision::send_again;
      [[fallthrough]];
    case core::unknown_decision::report:
      result_.details.message += options.tags ? outcome_of(finding) : "; it carries no tag";
      for (std::string& id : for_diagnostics(state_, std::move(finding.run.job_ids))) {
        auto& known = result_.details.job_ids;
        if (std::find(known.begin(), known.end(), id) == known.end())
          known.push_back(std::move(id));
      }
      break;
  }
}

void start_flight::land(std::exception_ptr thrown) {
  state_.operations.remove(cancel_);
  held_.give_back();
  // Who waits goes on after this, whatever happens here.
  landed_ = true;
  landing_.cancel();
  if (thrown) fall(std::move(thrown));
  if (unknown_) state_.launches.mark_unknown(launch_->options.launch_id);
  if (abandoned_) tell_late();
}

/// Out of memory, most likely, and perhaps after the request was written.
void start_flight::fall(std::exception_ptr thrown) noexcept {
  unknown_ = begun_;
  decision_ = begun_ ? core::start_decision::ambiguous : core::start_decision::rejected;
  fail_for(result_, std::move(thrown), begun_ ? &launch_->options.launch_id : nullptr);
}

void start_flight::tell_late() {
  const bool is_whole = decision_ == core::start_decision::done;
  started_run& run = result_.value;
  if (is_whole) {
    state_.launches.remember(run, launch_->options.tags);
    state_.polls.remember(run, launch_->options.tags ? launch_->options.group : "");
  } else {
    run.job_ids = std::move(result_.details.job_ids);
    run.launch_id = launch_->options.launch_id;
    run.message = "the service has named these jobs, but perhaps not all of the run";
  }
  if (!state_.config.on_late_start || run.job_ids.empty()) return;
  // Not from here: what the callback throws would end in the coroutine that has just landed.
  asio::post(state_.strand, [state = launch_->state, run = std::move(run)] {
    if (!state->closed) state->config.on_late_start(run);
  });
}

}  // namespace nunu::operations
