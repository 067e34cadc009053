#include <nunu/job.hpp>
#include <nunu/wait.hpp>

#include <algorithm>

#include "core/verdict.hpp"

namespace nunu {

verdict verdict_of(const job& j) {
  if (j.status != job_status::completed) return verdict::unknown;
  const auto without_runs = !j.queue_rejection_reason.empty() ? core::absence::rejected
                            : j.stopped_by.is_null()          ? core::absence::none
                                                              : core::absence::stopped;
  return core::judge(j.runs, j.retries, without_runs);
}

std::string_view to_string(outcome_kind kind) noexcept {
  switch (kind) {
    case outcome_kind::finished:
      return "finished";
    case outcome_kind::still_running:
      return "still_running";
    case outcome_kind::unreachable:
      break;
  }
  return "unreachable";
}

std::size_t wait_report::count(outcome_kind kind) const noexcept {
  return static_cast<std::size_t>(std::count_if(
      outcomes.begin(), outcomes.end(), [kind](const job_outcome& o) { return o.kind == kind; }));
}

std::size_t wait_report::count(nunu::verdict v) const noexcept {
  return static_cast<std::size_t>(std::count_if(
      outcomes.begin(), outcomes.end(),
      [v](const job_outcome& o) { return o.kind == outcome_kind::finished && o.verdict == v; }));
}

bool wait_report::all_passed() const noexcept {
  return !outcomes.empty() && count(verdict::passed) == outcomes.size();
}

}  // namespace nunu
