#include "roster.hpp"

#include <utility>

namespace cli {

void roster::add(std::size_t run, const result& like, const std::vector<std::string>& job_ids) {
  std::vector<entry>& jobs = runs_[run];
  jobs.reserve(job_ids.size());
  for (const std::string& id : job_ids) {
    jobs.push_back({.what = like});
    jobs.back().what.outcome.job_id = id;
    by_id_.emplace(id, &jobs.back());
  }
}

void roster::add(std::size_t run, result without_job) {
  runs_[run].push_back({.what = std::move(without_job), .over = true});
}

roster::entry* roster::find(const std::string& job_id) {
  const auto found = by_id_.find(job_id);
  return found == by_id_.end() ? nullptr : found->second;
}

std::vector<std::string> roster::unfinished() const {
  std::vector<std::string> ids;
  for (const auto& run : runs_)
    for (const entry& job : run)
      if (!job.over) ids.push_back(job.what.outcome.job_id);
  return ids;
}

std::vector<result> roster::take() {
  std::vector<result> all;
  for (auto& run : runs_)
    for (entry& job : run) all.push_back(std::move(job.what));
  runs_.clear();
  by_id_.clear();
  return all;
}

}  // namespace cli
