#include "chaos_account.hpp"

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace nunu::chaos {
namespace {

constexpr std::string_view tag_prefix = "start-";

std::uint64_t start_of(const nunu::job& listed) {
  const auto tag = std::find_if(listed.tags.begin(), listed.tags.end(),
                                [](const std::string& t) { return t.starts_with(tag_prefix); });
  return tag == listed.tags.end() ? 0 : std::stoull(tag->substr(tag_prefix.size()));
}

}  // namespace

std::string tag_of_start(std::uint64_t start) {
  return std::string(tag_prefix) + std::to_string(start);
}

differences compare(const account& told, const std::vector<nunu::job>& at_service) {
  differences d;
  std::unordered_map<std::uint64_t, int> jobs_of;
  std::size_t known = 0;
  for (const nunu::job& listed : at_service) {
    ++jobs_of[start_of(listed)];
    const auto found = told.jobs.find(listed.job_id);
    if (found == told.jobs.end()) {
      ++d.lost;
      continue;
    }
    ++known;
    if (found->second.deliveries < found->second.waits) ++d.lost;
  }
  // Those that the service has never had.
  d.lost += told.jobs.size() - known;
  for (const auto& [id, job] : told.jobs)
    if (job.deliveries > job.waits) ++d.delivered_twice;
  for (const auto& [start, jobs] : jobs_of)
    if (jobs > (is_plan(start) ? jobs_of_plan : jobs_of_test)) ++d.twice_started;
  return d;
}

}  // namespace nunu::chaos
