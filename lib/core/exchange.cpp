#include "core/exchange.hpp"

namespace nunu::core {
namespace {

constexpr int kUnauthorized = 401;
constexpr int kForbidden = 403;
constexpr int kRequestTimeout = 408;
constexpr int kTooManyRequests = 429;

bool is_success(int status) noexcept {
  return status >= 200 && status < 300;
}

/// The request itself was fine; a later one may fare better.
bool is_service_trouble(int status) noexcept {
  return status >= 500 || status == kRequestTimeout || status == kTooManyRequests;
}

}  // namespace

bool claims_success(const exchange_outcome& outcome) noexcept {
  return outcome.progress == progress::answered && is_success(outcome.status);
}

bool is_rejected(const exchange_outcome& outcome) noexcept {
  return outcome.progress == progress::answered && outcome.status == kTooManyRequests;
}

bool had_no_effect(const exchange_outcome& outcome) noexcept {
  switch (outcome.progress) {
    case progress::not_sent:
    case progress::refused_to_send:
      return true;
    case progress::broken:
      return false;
    case progress::answered:
      break;
  }
  return is_rejected(outcome);
}

bool costs_retry(const exchange_outcome& outcome) noexcept {
  if (outcome.progress != progress::answered) return true;
  return is_service_trouble(outcome.status) && !is_rejected(outcome);
}

bool earns_retry(const exchange_outcome& outcome) noexcept {
  return outcome.progress == progress::answered && !is_service_trouble(outcome.status);
}

std::optional<duration> unavailable_for(const exchange_outcome& outcome) noexcept {
  if (outcome.progress != progress::answered || !costs_retry(outcome)) return std::nullopt;
  if (!outcome.retry_after || *outcome.retry_after <= duration::zero()) return std::nullopt;
  return outcome.retry_after;
}

start_decision decide_start(const exchange_outcome& outcome) noexcept {
  switch (outcome.progress) {
    case progress::not_sent:
      return start_decision::send_again;
    case progress::refused_to_send:
      return start_decision::rejected;
    case progress::broken:
      return start_decision::ambiguous;
    case progress::answered:
      break;
  }
  if (outcome.status == kTooManyRequests) return start_decision::send_again;
  if (is_success(outcome.status) || outcome.status == 500)
    return outcome.understood ? start_decision::done : start_decision::ambiguous;
  if (outcome.status >= 300 && outcome.status < 500 && outcome.status != kRequestTimeout)
    return start_decision::rejected;
  return start_decision::ambiguous;
}

repeatable_decision decide_repeatable(const exchange_outcome& outcome) noexcept {
  switch (outcome.progress) {
    case progress::not_sent:
    case progress::broken:
      return repeatable_decision::send_again;
    case progress::refused_to_send:
      return repeatable_decision::failed;
    case progress::answered:
      break;
  }
  if (is_service_trouble(outcome.status)) return repeatable_decision::send_again;
  return outcome.understood ? repeatable_decision::done : repeatable_decision::failed;
}

poll_decision decide_poll(const exchange_outcome& outcome) noexcept {
  if (outcome.progress == progress::refused_to_send) return poll_decision::all_unreachable;
  if (outcome.progress != progress::answered) return poll_decision::ask_later;
  if (outcome.status == kTooManyRequests) return poll_decision::rejected;
  if (is_service_trouble(outcome.status)) return poll_decision::ask_later;
  if (is_success(outcome.status))
    return outcome.understood ? poll_decision::seen : poll_decision::not_understood;
  // A redirect speaks of the way to the service, not of the job.
  return outcome.status >= 400 ? poll_decision::unreachable : poll_decision::ask_later;
}

page_decision decide_page(const exchange_outcome& outcome) noexcept {
  switch (decide_poll(outcome)) {
    case poll_decision::seen:
      return page_decision::seen;
    case poll_decision::ask_later:
      return page_decision::ask_later;
    case poll_decision::rejected:
      return page_decision::rejected;
    case poll_decision::all_unreachable:
      return page_decision::all_unreachable;
    case poll_decision::not_understood:
    case poll_decision::unreachable:
      break;
  }
  const bool refused = outcome.status == kUnauthorized || outcome.status == kForbidden;
  return refused ? page_decision::refused : page_decision::useless;
}

}  // namespace nunu::core
