#include "core/verdict.hpp"

#include <algorithm>
#include <vector>

namespace nunu::core {
namespace {

verdict verdict_of_result(run_result result) noexcept {
  switch (result) {
    case run_result::success:
      return verdict::passed;
    case run_result::skipped:
      return verdict::skipped;
    case run_result::failed:
      return verdict::failed;
    case run_result::blocked:
      return verdict::blocked;
    case run_result::timeout:
    case run_result::error:
      return verdict::execution_failure;
    case run_result::stopped:
      return verdict::stopped;
    case run_result::none:
    case run_result::unknown:
      break;
  }
  return verdict::unknown;
}

verdict verdict_without_runs(absence why) noexcept {
  switch (why) {
    case absence::rejected:
      return verdict::rejected;
    case absence::stopped:
      return verdict::stopped;
    case absence::none:
      break;
  }
  return verdict::unknown;
}

/// Runs that start together stay in the order in which the service gave them.
bool starts_before(const job_run* a, const job_run* b) noexcept {
  if (a->started_at != b->started_at) {
    if (!a->started_at || !b->started_at) return a->started_at.has_value();
    return *a->started_at < *b->started_at;
  }
  return a < b;
}

}  // namespace

verdict judge(std::span<const job_run> runs, retry_count retries, absence without_runs) {
  if (runs.empty()) return verdict_without_runs(without_runs);

  const auto attempts_used = static_cast<std::ptrdiff_t>(retries.total) - retries.remaining;
  const auto count = static_cast<std::ptrdiff_t>(runs.size());
  const auto counted = std::clamp<std::ptrdiff_t>(count - attempts_used, 1, count);

  verdict worst = verdict::passed;
  if (counted == count) {
    for (const job_run& run : runs) worst = std::max(worst, verdict_of_result(run.result));
    return worst;
  }
  std::vector<const job_run*> by_start;
  by_start.reserve(runs.size());
  for (const job_run& run : runs) by_start.push_back(&run);
  std::sort(by_start.begin(), by_start.end(),
            [](const job_run* a, const job_run* b) { return starts_before(a, b); });
  for (auto it = by_start.end() - counted; it != by_start.end(); ++it)
    worst = std::max(worst, verdict_of_result((*it)->result));
  return worst;
}

}  // namespace nunu::core
