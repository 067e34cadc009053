#include "operations/exchange.hpp"

#include <algorithm>
#include <boost/asio/this_coro.hpp>
#include <chrono>
#include <utility>

#include "core/backoff.hpp"
#include "wire/error_json.hpp"
#include "wire/retry_after.hpp"

namespace nunu::operations {
namespace {

namespace asio = boost::asio;
using clock = std::chrono::steady_clock;
using transport::task;

constexpr std::size_t kMostBodyInDiagnostics = 4096;

/// Any connection that the pool would reuse.
constexpr core::duration kAnyAge = core::duration::max();
/// A second try is not made on a connection that may be as stale as the first.
constexpr core::duration kOnlyNew = core::duration::zero();

transport::priority priority_of(request_kind kind) noexcept {
  switch (kind) {
    case request_kind::start:
    case request_kind::stop:
      return transport::priority::start_or_stop;
    case request_kind::read:
      return transport::priority::read;
    case request_kind::poll:
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

std::string start_of(const std::string& body) {
  return body.substr(0, kMostBodyInDiagnostics);
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

task<void> exchange_on(detail::client_state& state, transport::lease& held, const request& what,
                       core::time_point deadline, attempt& out) {
  if (what.kind == request_kind::start || what.kind == request_kind::stop)
    co_await asio::this_coro::reset_cancellation_state(asio::enable_partial_cancellation());

  count_of(state.counts, what.kind).add();
  held->deadline = std::min(deadline, clock::now() + state.config.response_timeout);
  const auto exchanged = co_await held->exchange(what.bytes, out.reply);
  held->deadline = core::time_point::max();
  if (!exchanged) {
    state.counts.broken_exchanges.add();
    out.outcome = {.progress = core::progress::broken};
    out.failure = exchanged.error();
    co_return;
  }
  const int status = out.reply.status;
  state.counts.answers[static_cast<std::size_t>(std::clamp(status / 100, 0, 5))].add();
  if (status == 429) state.counts.rate_limited.add();
  out.outcome = {.progress = core::progress::answered, .status = status};
  if (!out.reply.retry_after.empty()) {
    const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    out.outcome.retry_after = wire::parse_retry_after(out.reply.retry_after, now);
  }
}

task<attempt> try_once(detail::client_state& state, const request& what, core::duration freshness,
                       core::time_point deadline) {
  attempt result;
  auto held = co_await state.pool->acquire(priority_of(what.kind), freshness, deadline);
  if (!held) {
    result.failure = held.error();
    if (result.failure.code == errc::certificate_rejected)
      result.outcome.progress = core::progress::refused_to_send;
    co_return result;
  }
  co_await exchange_on(state, *held, what, deadline, result);
  co_return result;
}

task<attempt> exchange_repeatable(detail::client_state& state, const request& what,
                                  core::time_point deadline) {
  attempt last = co_await try_once(state, what, kAnyAge, deadline);
  for (unsigned failures = 1;; ++failures) {
    // What the answer says is the caller's to understand.
    last.outcome.understood = last.outcome.progress == core::progress::answered;
    if (core::decide_repeatable(last.outcome) != core::repeatable_decision::send_again)
      co_return last;
    const bool again = co_await back_off(state, last, failures, deadline);
    if (!again) co_return last;
    state.counts.retries.add();
    last = co_await try_once(state, what, kOnlyNew, deadline);
  }
}

task<bool> back_off(detail::client_state& state, const attempt& last, unsigned failures,
                    core::time_point deadline) {
  if (last.failure.code == asio::error::operation_aborted || state.closed) co_return false;
  const auto delay = core::delay_after(
      core::backoff{}, failures, last.outcome.retry_after.value_or(core::duration{}), state.draw());
  const auto until = clock::now() + delay;
  if (until >= deadline) co_return false;
  transport::timer pause(state.strand, until);
  const auto [ec] = co_await pause.async_wait(transport::as_result);
  co_return !ec;
}

core::time_point operation_deadline(const detail::client_state& state) {
  return clock::now() + state.config.operation_timeout;
}

boost::system::error_code error_of(const attempt& failed) {
  if (failed.outcome.progress != core::progress::answered) return failed.failure.code;
  return errc_of_status(failed.outcome.status);
}

diagnostics details_of(const attempt& failed, const request& what) {
  diagnostics details;
  details.request = what.name;
  if (failed.outcome.progress != core::progress::answered) {
    details.message = failed.failure.message;
    return details;
  }
  details.http_status = failed.outcome.status;
  wire::service_error said = wire::decode_error(failed.reply.body);
  details.service_message = std::move(said.message);
  details.service_code = std::move(said.code);
  details.job_ids = std::move(said.job_ids);
  if (said.unfamiliar) details.body = start_of(failed.reply.body);
  return details;
}

diagnostics details_of_unfamiliar(const attempt& answered, const request& what,
                                  std::string_view problem) {
  diagnostics details = details_of(answered, what);
  details.message = std::string("the answer is not as documented: ").append(problem);
  details.body = start_of(answered.reply.body);
  return details;
}

}  // namespace nunu::operations
