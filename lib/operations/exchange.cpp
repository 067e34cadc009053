#include "operations/exchange.hpp"

#include <algorithm>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <chrono>
#include <exception>
#include <utility>

#include "core/backoff.hpp"
#include "core/masking.hpp"
#include "wire/error_json.hpp"
#include "wire/retry_after.hpp"

namespace nunu::operations {
namespace {

namespace asio = boost::asio;
using clock = std::chrono::steady_clock;
using transport::task;

constexpr std::size_t kMostBodyInDiagnostics = 4096;

transport::priority priority_of(request_kind kind) noexcept {
  switch (kind) {
    case request_kind::start:
    case request_kind::stop:
      return transport::priority::start_or_stop;
    case request_kind::read:
      return transport::priority::read;
    case request_kind::poll:
    case request_kind::page:
      break;
  }
  return transport::priority::poll;
}

transport::counter& count_of(transport::counters& counts, request_kind kind) noexcept {
  switch (kind) {
    case request_kind::start:
      return counts.starts;
    case request_kind::stop:
      return counts.stops;
    case request_kind::read:
      return counts.reads;
    case request_kind::page:
      return counts.pages;
    case request_kind::poll:
      break;
  }
  return counts.polls;
}

errc errc_of_status(int status) noexcept {
  switch (status) {
    case 400:
      return errc::bad_request;
    case 401:
      return errc::unauthorized;
    case 402:
      return errc::quota_exceeded;
    case 403:
      return errc::forbidden;
    case 404:
      return errc::not_found;
    case 413:
      return errc::payload_too_large;
    case 429:
      return errc::rate_limited;
    case 408:
      return errc::server_error;
    default:
      return status >= 500 ? errc::server_error : errc::unexpected_status;
  }
}

/// The start of what the service said, without the key: a gateway may echo the request's headers.
std::string start_of(std::string_view said, const api_key& key) {
  return core::masked(said, key.reveal(), kMostBodyInDiagnostics);
}

/// Not through the coroutine that called back: its request must not fail for it.
void throw_from_strand(const detail::client_state& state, std::exception_ptr thrown) noexcept {
  try {
    asio::post(state.strand, [thrown] { std::rethrow_exception(thrown); });
  } catch (const std::exception&) {
    // Out of memory, as the callback may be.
    return;
  }
}

/// No error: no attempt was made.
boost::system::error_code failure_of(const attempt& failed) {
  if (failed.outcome.progress != core::progress::answered) return failed.failure.code;
  return errc_of_status(failed.outcome.status);
}

}  // namespace

request get_request(const detail::client_state& state, request_kind kind, std::string target) {
  request r{kind, "GET " + target, {}};
  state.requests.get(target, r.bytes);
  return r;
}

request post_request(const detail::client_state& state, request_kind kind, std::string target,
                     std::string_view json) {
  request r{kind, "POST " + target, {}};
  state.requests.post(target, json, r.bytes);
  return r;
}

std::vector<std::string> for_diagnostics(const detail::client_state& state,
                                         std::vector<std::string> job_ids) {
  for (std::string& id : job_ids) id = start_of(id, state.config.api_key);
  return job_ids;
}

void mark_not_sent(attempt& out, transport::failure why) {
  const bool final = why.code == errc::certificate_rejected || why.code == errc::proxy_rejected;
  out.outcome = {.progress = final ? core::progress::refused_to_send : core::progress::not_sent};
  out.failure = std::move(why);
}

void before_exchange(detail::client_state& state, transport::lease& held, request_kind kind,
                     core::time_point deadline, attempt& out) {
  count_of(state.counts, kind).add();
  out.sent_at = clock::now();
  held->deadline = std::min(deadline, out.sent_at + state.config.response_timeout);
}

void after_exchange(detail::client_state& state, transport::lease& held,
                    const transport::result<void>& exchanged, attempt& out) {
  const auto now = clock::now();
  held->deadline = core::time_point::max();
  out.duration = now - out.sent_at;
  if (!exchanged) {
    state.counts.broken_exchanges.add();
    // What is unused may be as stale as this one was: the next attempt must not find out.
    if (exchanged.error().code != asio::error::operation_aborted) state.pool->drop_idle();
    out.outcome = {.progress = core::progress::broken};
    out.failure = exchanged.error();
    return;
  }
  held->last_answer_at = now;
  const int status = out.reply.status;
  state.counts.answers[static_cast<std::size_t>(std::clamp(status / 100, 0, 5))].add();
  if (status == 429) state.counts.rate_limited.add();
  out.outcome = {.progress = core::progress::answered, .status = status};
  if (!out.reply.retry_after.empty()) {
    const auto today = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    out.outcome.retry_after = wire::parse_retry_after(out.reply.retry_after, today);
  }
  if (core::earns_retry(out.outcome)) state.retries.succeeded();
  if (const auto pause = core::unavailable_for(out.outcome)) state.polls.hold_back(*pause);
}

void tell_attempt(detail::client_state& state, const request& what, const attempt& made) noexcept {
  if (!state.config.on_attempt || state.closed) return;
  request_attempt told;
  told.request = std::string_view(what.bytes).substr(0, what.bytes.find(" HTTP/"));
  told.http_status = made.outcome.status;
  told.error = made.failure.code;
  told.message = made.failure.message;
  told.duration = made.duration;
  try {
    state.config.on_attempt(told);
  } catch (...) {
    throw_from_strand(state, std::current_exception());
  }
}

task<bool> ready_to_send(detail::client_state& state, const cancellation& cancel,
                         const request& what, core::duration freshness, core::time_point deadline,
                         transport::lease& held, attempt& out) {
  const core::request_budget& budget = state.polls.budget();
  // Not everything on the way to a connection can be signalled, so it is asked for at each step;
  // and while this one waited for its turn, another may have been told to wait.
  while (!held || budget.floor() > clock::now()) {
    held.give_back();
    const auto until = budget.floor();
    if (until >= deadline && until > clock::now()) {
      mark_not_sent(out, {errc::rate_limited, "the service has asked to wait longer than that"});
      out.outcome.retry_after = until - clock::now();
      tell_attempt(state, what, out);
      co_return false;
    }
    transport::timer pause(state.strand, until);
    if (!cancel.requested && until > clock::now()) co_await pause.async_wait(transport::as_result);
    if (cancel.requested) {
      out.cancelled = true;
      co_return false;
    }
    auto acquired = co_await state.pool->acquire(priority_of(what.kind), freshness, deadline);
    if (cancel.requested) {
      out.cancelled = true;
      co_return false;
    }
    if (!acquired) {
      mark_not_sent(out, acquired.error());
      tell_attempt(state, what, out);
      co_return false;
    }
    held = *std::move(acquired);
  }
  co_return true;
}

task<void> send_on(detail::client_state& state, transport::lease& held, const request& what,
                   core::time_point deadline, attempt& out) {
  core::request_budget& budget = state.polls.budget();
  before_exchange(state, held, what.kind, deadline, out);
  budget.sent(out.sent_at);
  const auto exchanged = co_await held->exchange(what.bytes, out.reply);
  after_exchange(state, held, exchanged, out);
  tell_attempt(state, what, out);
  if (core::is_rejected(out.outcome))
    budget.rejected(out.sent_at, clock::now(), out.outcome.retry_after, state.draw());
  else if (out.outcome.progress == core::progress::answered)
    budget.accepted(clock::now());
}

task<attempt> try_once(detail::client_state& state, cancellation& cancel, const request& what,
                       core::time_point deadline) {
  attempt result;
  transport::lease held;
  const bool ready = co_await ready_to_send(state, cancel, what, kAnyAge, deadline, held, result);
  if (!ready) co_return result;
  const auto accepted = cancel.accepted;
  if (what.kind == request_kind::stop)
    cancel.accepted = cancellation::type::terminal | cancellation::type::partial;
  co_await send_on(state, held, what, deadline, result);
  if (core::had_no_effect(result.outcome)) cancel.accepted = accepted;
  co_return result;
}

task<attempt> exchange_repeatable(detail::client_state& state, cancellation& cancel,
                                  const request& what, core::time_point deadline) {
  attempt last = co_await try_once(state, cancel, what, deadline);
  for (unsigned failures = 1;; ++failures) {
    // What the answer says is the caller's to understand.
    last.outcome.understood = last.outcome.progress == core::progress::answered;
    if (core::decide_repeatable(last.outcome) != core::repeatable_decision::send_again)
      co_return last;
    const auto next = co_await back_off(state, cancel, last, failures, deadline);
    if (next != after_pause::try_again) co_return last;
    state.counts.retries.add();
    attempt another = co_await try_once(state, cancel, what, deadline);
    if (another.cancelled) {
      // It was not sent, so the one before says more.
      last.cancelled = true;
      co_return last;
    }
    last = std::move(another);
  }
}

task<after_pause> back_off(detail::client_state& state, const cancellation& cancel, attempt& last,
                           unsigned failures, core::time_point deadline) {
  const auto delay = core::delay_after(
      core::backoff{}, failures, last.outcome.retry_after.value_or(core::duration{}), state.draw());
  const auto until = clock::now() + delay;
  if (!cancel.requested) {
    if (until >= deadline) co_return after_pause::give_up;
    if (core::costs_retry(last.outcome) && !state.retries.take(clock::now())) {
      if (!last.failure.message.empty()) last.failure.message += "; ";
      last.failure.message += "not tried again, since the client's retries are used up";
      co_return after_pause::give_up;
    }
    transport::timer pause(state.strand, until);
    co_await pause.async_wait(transport::as_result);
  }
  last.cancelled = cancel.requested;
  co_return last.cancelled ? after_pause::give_up : after_pause::try_again;
}

core::time_point operation_deadline(const detail::client_state& state) {
  return clock::now() + state.config.operation_timeout;
}

boost::system::error_code error_of(const attempt& failed) {
  return failed.cancelled ? asio::error::operation_aborted : failure_of(failed);
}

diagnostics details_of(const detail::client_state& state, const attempt& failed,
                       const request& what) {
  diagnostics details;
  details.request = what.name;
  details.message = failed.failure.message;
  if (failed.cancelled && failed.failure.code != asio::error::operation_aborted) {
    details.last_failure = failure_of(failed);
    details.message += details.message.empty() ? "cancelled" : "; cancelled before another attempt";
  }
  if (failed.outcome.progress != core::progress::answered) return details;
  details.http_status = failed.outcome.status;
  const wire::service_error said = wire::decode_error(failed.reply.body);
  details.service_message = start_of(said.message, state.config.api_key);
  details.service_code = start_of(said.code, state.config.api_key);
  details.job_ids = for_diagnostics(state, said.job_ids);
  if (said.unfamiliar) details.body = start_of(failed.reply.body, state.config.api_key);
  return details;
}

diagnostics details_of_unfamiliar(const detail::client_state& state, const attempt& answered,
                                  const request& what, std::string_view problem) {
  diagnostics details = details_of(state, answered, what);
  details.message = "the answer is not as documented: " + start_of(problem, state.config.api_key);
  details.body = start_of(answered.reply.body, state.config.api_key);
  return details;
}

}  // namespace nunu::operations
