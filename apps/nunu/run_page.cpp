#include "run_page.hpp"

#include <algorithm>
#include <cstddef>
#include <vector>

namespace cli {
namespace {

/// What the job's verdict would be with this run alone.
nunu::verdict verdict_of(const nunu::job_run& run) {
  nunu::job alone;
  alone.status = nunu::job_status::completed;
  alone.runs.push_back(run);
  return nunu::verdict_of(alone);
}

/// Runs of one job; those that begin at the same time or have not begun are in the job's order.
bool starts_before(const nunu::job_run* a, const nunu::job_run* b) {
  if (a->started_at != b->started_at)
    return a->started_at && (!b->started_at || *a->started_at < *b->started_at);
  return a < b;
}

}  // namespace

const nunu::job_run* deciding_run(const nunu::job& job) {
  std::vector<const nunu::job_run*> runs;
  runs.reserve(job.runs.size());
  for (const nunu::job_run& run : job.runs) runs.push_back(&run);
  std::sort(runs.begin(), runs.end(), starts_before);

  const auto count = static_cast<std::ptrdiff_t>(runs.size());
  const std::ptrdiff_t retried = std::ptrdiff_t{job.retries.total} - job.retries.remaining;
  const std::ptrdiff_t first =
      std::clamp<std::ptrdiff_t>(retried, 0, std::max<std::ptrdiff_t>(count - 1, 0));
  const nunu::job_run* worst = nullptr;
  nunu::verdict of_worst = nunu::verdict::passed;
  for (auto it = runs.begin() + std::min(first, count); it != runs.end(); ++it) {
    const nunu::verdict v = verdict_of(**it);
    if (worst == nullptr || v >= of_worst) {
      worst = *it;
      of_worst = v;
    }
  }
  return worst;
}

std::string run_page(std::string_view base_url, std::string_view project_id,
                     std::string_view run_id) {
  const auto scheme_end = base_url.find("://");
  if (scheme_end == std::string_view::npos || project_id.empty() || run_id.empty()) return {};
  std::string page(base_url.substr(0, base_url.find_first_of("/?#", scheme_end + 3)));
  page.append("/nexus/").append(project_id);
  page.append("/runs/m/").append(run_id).append("/details");
  return page;
}

std::string run_page(std::string_view base_url, const nunu::job& job) {
  const nunu::job_run* run = deciding_run(job);
  return run == nullptr ? std::string()
                        : run_page(base_url, job.project_id, run->multiplayer_run_id);
}

}  // namespace cli
