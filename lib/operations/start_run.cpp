#include "operations/start_run.hpp"

#include <exception>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "core/exchange.hpp"
#include "core/launch.hpp"
#include "operations/client_state.hpp"
#include "operations/exchange.hpp"
#include "wire/run_json.hpp"
#include "wire/validation.hpp"

namespace nunu::operations {
namespace {

/// A connection that has answered this recently is still open, as far as anyone can tell; on an
/// older one a start might be written into the void, and then nobody knows whether it arrived.
constexpr core::duration kFreshEnoughToStart = std::chrono::seconds(1);

std::vector<std::string> tags_of(const start_options& options) {
  if (!options.tags) return {};
  return {core::launch_tag(options.launch_id), core::group_tag(options.group)};
}

completion<started_run> invalid(std::string problem) {
  return {errc::invalid_request, {.message = std::move(problem)}};
}

completion<started_run> failed(const detail::client_state& state, const attempt& last,
                               const request& what) {
  return {error_of(last), details_of(state, last, what)};
}

/// It may have started. When the caller has ended it, or the client was closed, that stays the
/// reason.
completion<started_run> unknown(const detail::client_state& state, const attempt& last,
                                const request& what, std::string launch_id,
                                std::string_view problem) {
  completion<started_run> result{errc::start_outcome_unknown,
                                 core::claims_success(last.outcome)
                                     ? details_of_unfamiliar(state, last, what, problem)
                                     : details_of(state, last, what)};
  if (last.failure.code == boost::asio::error::operation_aborted ||
      last.failure.code == errc::closed)
    result.code = last.failure.code;
  result.details.message += "; the run may have started";
  result.details.launch_id = std::move(launch_id);
  return result;
}

/// A 500 is a result only in the multi-device form, which says of each device that it did not
/// start.
bool is_documented(const wire::decoded<started_run>& run, int status) {
  return run && (status != 500 || !run->device_results.empty());
}

transport::task<completion<started_run>> start_at_most_once(detail::client_state& state,
                                                            cancellation& cancel,
                                                            const request& what,
                                                            const std::string& launch_id) {
  const auto deadline = operation_deadline(state);
  for (unsigned failures = 1;; ++failures) {
    attempt last = co_await try_once(state, cancel, what, kFreshEnoughToStart, deadline);
    auto run = wire::decode_started_run(last.reply.body);
    last.outcome.understood = is_documented(run, last.outcome.status);
    switch (core::decide_start(last.outcome)) {
      case core::start_decision::done: {
        completion<started_run> result{{}, {}, *std::move(run)};
        result.value.launch_id = launch_id;
        co_return result;
      }
      case core::start_decision::rejected:
        co_return failed(state, last, what);
      case core::start_decision::ambiguous: {
        const std::string problem = run ? "its status does not fit its body" : run.error();
        co_return unknown(state, last, what, launch_id, problem);
      }
      case core::start_decision::send_again:
        const auto next = co_await back_off(state, cancel, last, failures, deadline);
        if (next != after_pause::try_again) co_return failed(state, last, what);
        state.counts.retries.add();
    }
  }
}

}  // namespace

transport::task<completion<started_run>> start_run(std::shared_ptr<detail::client_state> state,
                                                   std::shared_ptr<cancellation> cancel,
                                                   run_request request, start_options options) {
  if (auto problem = wire::problem_with(request); !problem.empty())
    co_return invalid(std::move(problem));
  if (auto problem = wire::problem_with(options); !problem.empty())
    co_return invalid(std::move(problem));

  if (options.launch_id.empty()) options.launch_id = new_label();
  if (options.group.empty()) options.group = state->group;
  const std::vector<std::string> tags = tags_of(options);
  const auto what = post_request(*state, request_kind::start, wire::runs_target(state->origin),
                                 wire::encode_run_request(request, tags));
  completion<started_run> result;
  try {
    result = co_await start_at_most_once(*state, *cancel, what, options.launch_id);
  } catch (const std::exception& e) {
    // Out of memory, most likely, and perhaps after the request was written.
    result.code = errc::start_outcome_unknown;
    result.details.message = std::string(e.what()) + "; the run may have started";
    result.details.request = what.name;
    result.details.launch_id = options.launch_id;
  }
  if (!result.code) state->polls.remember(result.value, options.tags ? options.group : "");
  co_return result;
}

}  // namespace nunu::operations
