#include "ending.hpp"

#include <boost/asio/error.hpp>

namespace cli {
namespace {

ending ending_of(nunu::verdict verdict) {
  switch (verdict) {
    case nunu::verdict::passed:
      return ending::passed;
    case nunu::verdict::skipped:
      return ending::skipped;
    case nunu::verdict::blocked:
      return ending::blocked;
    case nunu::verdict::failed:
      return ending::failed;
    case nunu::verdict::execution_failure:
      return ending::execution_failure;
    case nunu::verdict::stopped:
      return ending::stopped;
    case nunu::verdict::rejected:
      return ending::rejected;
    case nunu::verdict::unknown:
      break;
  }
  return ending::unknown;
}

}  // namespace

ending ending_of(const result& r) {
  if (r.start_error == nunu::errc::start_outcome_unknown) return ending::start_unknown;
  if (r.start_error) return ending::not_started;
  if (r.stop) return r.stop->ok ? ending::stopped : ending::unreachable;
  switch (r.outcome.kind) {
    case nunu::outcome_kind::finished:
      return ending_of(r.outcome.verdict);
    case nunu::outcome_kind::still_running:
      return ending::still_running;
    case nunu::outcome_kind::unreachable:
      break;
  }
  return ending::unreachable;
}

std::string_view to_string(ending e) {
  switch (e) {
    case ending::passed:
      return "passed";
    case ending::skipped:
      return "skipped";
    case ending::blocked:
      return "blocked";
    case ending::failed:
      return "failed";
    case ending::execution_failure:
      return "execution_failure";
    case ending::stopped:
      return "stopped";
    case ending::rejected:
      return "rejected";
    case ending::unknown:
      return "unknown";
    case ending::still_running:
      return "still_running";
    case ending::unreachable:
      return "unreachable";
    case ending::not_started:
      return "not_started";
    case ending::start_unknown:
      break;
  }
  return "start_unknown";
}

bool was_not_sent(const result& r) {
  return r.start_error == boost::asio::error::operation_aborted;
}

bool is_unseen(const result& r) {
  return ending_of(r) == ending::still_running && r.outcome.status_text.empty();
}

bool was_cut_short(const result& r) {
  return is_unseen(r) &&
         (!r.outcome.error || r.outcome.error == boost::asio::error::operation_aborted);
}

bool succeeded(const result& r) {
  return !r.start_error && (r.stop ? r.stop->ok : ending_of(r) == ending::passed);
}

}  // namespace cli
