#include "operations/start_run.hpp"

#include <algorithm>
#include <boost/asio/error.hpp>
#include <chrono>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/exchange.hpp"
#include "core/launch.hpp"
#include "core/launch_lookup.hpp"
#include "operations/client_state.hpp"
#include "operations/exchange.hpp"
#include "operations/look_up_launch.hpp"
#include "operations/start_flight.hpp"
#include "wire/run_json.hpp"
#include "wire/validation.hpp"

namespace nunu::operations {
namespace {

using clock = std::chrono::steady_clock;
using core::launch_lookup;
using transport::task;

/// A connection that has answered this recently is still open, as far as anyone can tell; on an
/// older one a start might be written into the void, and then nobody knows whether it arrived.
constexpr core::duration kFreshEnoughToStart = std::chrono::seconds(1);

std::vector<std::string> tags_of(const start_options& options) {
  if (!options.tags) return {};
  return {core::launch_tag(options.launch_id), core::group_tag(options.group)};
}

std::string problem_with(const run_request& request, const start_options& options) {
  std::string problem = wire::problem_with(request);
  return problem.empty() ? wire::problem_with(options) : problem;
}

completion<started_run> invalid(std::string problem) {
  return {errc::invalid_request, {.message = std::move(problem)}};
}

/// What is known of the launch before anything is sent: its run, why it must not be sent, or
/// nothing.
std::optional<completion<started_run>> answer_of(const detail::client_state& state,
                                                 launch_finding asked,
                                                 launch_lookup::question about,
                                                 unknown_start wish) {
  switch (asked.ended) {
    case launch_lookup::step::found:
      return completion<started_run>{{}, {}, std::move(asked.run)};
    case launch_lookup::step::nothing_started:
      return std::nullopt;
    case launch_lookup::step::list:
    case launch_lookup::step::give_up:
      break;
  }
  const bool cancelled = asked.code == boost::asio::error::operation_aborted;
  const auto decision = core::decide_unknown(asked.ended, asked.run.job_ids.size(), wish);
  if (!cancelled && decision == core::unknown_decision::send_again) return std::nullopt;
  completion<started_run> result{asked.code, std::move(asked.details)};
  if (!result.code) result.details.message = "its tag was looked up in vain";
  if (!result.code || (about == launch_lookup::question::what_became_of_it && !cancelled))
    result.code = errc::start_outcome_unknown;
  result.details.message += "; nothing was sent, but an earlier call may have started the run";
  result.details.launch_id = std::move(asked.run.launch_id);
  result.details.job_ids = for_diagnostics(state, std::move(asked.run.job_ids));
  return result;
}

task<std::optional<completion<started_run>>> ask_first(detail::client_state& state,
                                                       cancellation& cancel,
                                                       const start_options& options,
                                                       launch_lookup::question about,
                                                       core::time_point deadline) {
  auto ends_at = deadline;
  // Leaves time for sending it again, if that is what the caller wants.
  if (about == launch_lookup::question::what_became_of_it)
    ends_at = std::min(deadline, clock::now() + state.config.reconcile_window);
  launch_finding asked =
      co_await look_up_launch(state, cancel, options.launch_id, about, ends_at, deadline);
  auto known = answer_of(state, std::move(asked), about, options.if_unknown);
  if (known && !known->code) state.launches.remember(known->value, true);
  co_return known;
}

/// Sends it until it has started, as far as it is safe to.
class sending {
 public:
  sending(std::shared_ptr<launch> what, cancellation& cancel, core::time_point deadline) noexcept
      : launch_(std::move(what)), state_(*launch_->state), cancel_(cancel), deadline_(deadline) {}

  task<completion<started_run>> run() {
    attempt last;
    for (unsigned failures = 1;; ++failures) {
      attempt another;
      transport::lease held;
      const bool ready = co_await ready_to_send(state_, cancel_, launch_->what, kFreshEnoughToStart,
                                                deadline_, held, another);
      if (another.cancelled) {
        // The one before, if there was one, says more.
        last.cancelled = true;
        co_return failed(last);
      }
      last = std::move(another);
      auto decision = core::decide_start(last.outcome);
      if (ready) {
        const auto flight = std::make_shared<start_flight>(launch_, std::move(held));
        // *Total* promises that nothing happened.
        const auto accepted = cancel_.accepted;
        cancel_.accepted = cancellation::type::terminal | cancellation::type::partial;
        flight->take_off();
        was_sent_ = true;
        try {
          co_await flight->wait();
        } catch (const std::exception&) {
          // Out of memory: what comes of it is told like that of any start that was left.
          flight->leave();
          throw;
        }
        if (!flight->landed()) co_return with_history(flight->abandon());
        decision = flight->decision();
        if (decision != core::start_decision::send_again)
          co_return with_history(flight->take_result());
        may_have_started_ |= flight->may_have_started();
        if (!may_have_started_) cancel_.accepted = accepted;
        last = flight->take_last();
      }
      if (decision == core::start_decision::rejected) co_return failed(last);
      const auto next = co_await back_off(state_, cancel_, last, failures, deadline_);
      if (next != after_pause::try_again) co_return failed(last);
      state_.counts.retries.add();
    }
  }

  /// It, or an attempt before the last, may have been written.
  bool was_sent() const noexcept { return was_sent_; }

 private:
  completion<started_run> failed(const attempt& last) const {
    completion<started_run> result{error_of(last), details_of(state_, last, launch_->what)};
    return with_history(std::move(result));
  }

  /// What an earlier attempt may have done is not forgotten for the failure of a later one.
  completion<started_run> with_history(completion<started_run> result) const {
    if (result.code && may_have_started_ && result.details.launch_id.empty())
      mark_unknown(result, launch_->options.launch_id);
    return result;
  }

  const std::shared_ptr<launch> launch_;
  detail::client_state& state_;
  cancellation& cancel_;
  const core::time_point deadline_;
  bool was_sent_ = false;
  /// An attempt was ambiguous, and it is sent again all the same.
  bool may_have_started_ = false;
};

}  // namespace

task<completion<started_run>> start_run(std::shared_ptr<detail::client_state> state,
                                        std::shared_ptr<cancellation> cancel, run_request request,
                                        start_options options) {
  if (auto problem = problem_with(request, options); !problem.empty())
    co_return invalid(std::move(problem));

  const bool may_be_known = !options.launch_id.empty();
  if (!may_be_known) options.launch_id = new_label();
  if (options.group.empty()) options.group = state->group;
  const auto deadline = operation_deadline(*state);
  completion<started_run> result;
  if (const auto ec =
          co_await state->launches.wait_until_over(options.launch_id, *cancel, deadline)) {
    result.code = ec;
    result.details = known_launches::details_of_under_way(options.launch_id);
    co_return result;
  }
  const started_run* const known_run = state->launches.find(options.launch_id);
  if (known_run != nullptr && !cancel->requested) {
    result.value = *known_run;
    co_return result;
  }
  auto under_way = state->launches.begin(options.launch_id);
  const bool was_sent = state->launches.is_unknown(options.launch_id);
  if (was_sent || (may_be_known && options.tags)) {
    const auto about = was_sent ? launch_lookup::question::what_became_of_it
                                : launch_lookup::question::has_it_started;
    auto known = co_await ask_first(*state, *cancel, options, about, deadline);
    if (known) co_return *std::move(known);
  }

  const std::vector<std::string> tags = tags_of(options);
  auto what = post_request(*state, request_kind::start, wire::runs_target(state->origin),
                           wire::encode_run_request(request, tags));
  result.details.request = what.name;
  const auto of =
      std::make_shared<launch>(launch{state, std::move(under_way), options, std::move(what)});
  sending sent(of, *cancel, deadline);
  try {
    result = co_await sent.run();
  } catch (const std::exception&) {
    fail_for(result, std::current_exception(), sent.was_sent() ? &options.launch_id : nullptr);
  }
  if (!result.code) {
    state->polls.remember(result.value, options.tags ? options.group : "");
    if (may_be_known) state->launches.remember(result.value, options.tags);
  }
  co_return result;
}

}  // namespace nunu::operations
