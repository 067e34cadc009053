#include "exit_code.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <vector>

#include "ending.hpp"

namespace cli {
namespace {

constexpr std::array by_precedence{exit_code::test_failed, exit_code::unauthorized,
                                   exit_code::usage, exit_code::still_running,
                                   exit_code::service_failed};

exit_code code_of(boost::system::error_code error) {
  if (error.category() != nunu::error_category()) return exit_code::service_failed;
  switch (static_cast<nunu::errc>(error.value())) {
    case nunu::errc::unauthorized:
    case nunu::errc::forbidden:
    case nunu::errc::proxy_rejected:
      return exit_code::unauthorized;
    case nunu::errc::invalid_config:
    case nunu::errc::invalid_request:
    case nunu::errc::bad_request:
    case nunu::errc::not_found:
    case nunu::errc::payload_too_large:
      return exit_code::usage;
    default:
      return exit_code::service_failed;
  }
}

exit_code code_of(const nunu::stop_result& stop) {
  if (stop.ok) return exit_code::passed;
  switch (stop.status) {
    case 401:
    case 403:
      return exit_code::unauthorized;
    case 404:
      return exit_code::usage;
    default:
      return exit_code::service_failed;
  }
}

/// As if it were the only one.
exit_code code_of(const result& r) {
  if (r.start_error) return code_of(r.start_error);
  if (r.stop) return code_of(*r.stop);
  switch (ending_of(r)) {
    case ending::passed:
      return exit_code::passed;
    case ending::skipped:
    case ending::rejected:
      return exit_code::nothing_ran;
    case ending::blocked:
    case ending::failed:
      return exit_code::test_failed;
    case ending::still_running:
      // What kept it from being seen is what went wrong, unless there was no time to look.
      return is_unseen(r) && !was_cut_short(r) ? code_of(r.outcome.error)
                                               : exit_code::still_running;
    case ending::unreachable:
      return code_of(r.outcome.error);
    case ending::stopped:
      // An end that was not seen is one that the command did not wait for.
      return r.outcome.job ? exit_code::service_failed : exit_code::still_running;
    case ending::execution_failure:
    case ending::unknown:
    case ending::not_started:
    case ending::start_unknown:
      break;
  }
  return exit_code::service_failed;
}

}  // namespace

exit_code exit_code_of(const results& all) {
  std::array<bool, 7> seen{};
  bool rejected = false;
  for (const result& r : all.jobs) {
    seen.at(static_cast<std::size_t>(code_of(r))) = true;
    rejected = rejected || ending_of(r) == ending::rejected;
  }
  const auto is_seen = [&](exit_code c) { return seen.at(static_cast<std::size_t>(c)); };
  const auto* const found = std::find_if(by_precedence.begin(), by_precedence.end(), is_seen);
  if (found != by_precedence.end()) return *found;
  if (!is_seen(exit_code::passed)) return exit_code::nothing_ran;
  return rejected ? exit_code::service_failed : exit_code::passed;
}

results failed_starts(const results& all) {
  results failed = all;
  std::erase_if(failed.jobs, [](const result& r) { return !r.start_error; });
  return failed;
}

int exit_status_of(const results& all, const invocation& what, const halt& why) {
  constexpr int on_signal = 128;
  if (why.reason() == halt_reason::interrupt) return on_signal + why.signal();
  if (!what.no_wait) return static_cast<int>(exit_code_of(all));
  const results failed = failed_starts(all);
  const bool all_started = failed.jobs.empty() && !all.jobs.empty();
  return all_started ? 0 : static_cast<int>(exit_code_of(failed));
}

}  // namespace cli
