#include "operations/known_launches.hpp"

#include <algorithm>
#include <exception>

namespace nunu::operations {
namespace {

constexpr std::size_t kMostRuns = 1'000;
/// About 7 MB.
constexpr std::size_t kMostJobs = 100'000;

}  // namespace

std::optional<known_launches::under_way> known_launches::begin(const std::string& launch_id) {
  const auto [at, is_new] = under_way_.insert(launch_id);
  if (!is_new) return std::nullopt;
  return under_way(*this, at);
}

void known_launches::remember(const started_run& run) noexcept {
  try {
    runs_.push_back(run);
  } catch (const std::exception&) {
    // Out of memory: the service can still be asked.
    return;
  }
  jobs_ += run.job_ids.size();
  const auto latest = std::prev(runs_.end());
  const auto older = std::find_if(runs_.begin(), latest, [&run](const started_run& known) {
    return known.launch_id == run.launch_id;
  });
  if (older != latest) forget(older);
  while (runs_.size() > kMostRuns || (jobs_ > kMostJobs && runs_.size() > 1)) forget(runs_.begin());
}

void known_launches::forget(std::deque<started_run>::iterator run) noexcept {
  jobs_ -= run->job_ids.size();
  runs_.erase(run);
}

const started_run* known_launches::find(std::string_view launch_id) const noexcept {
  const auto found = std::find_if(runs_.begin(), runs_.end(), [&](const started_run& known) {
    return known.launch_id == launch_id;
  });
  return found == runs_.end() ? nullptr : &*found;
}

}  // namespace nunu::operations
