/// \file
/// The part of the world that answers which jobs match a query.
#include <algorithm>

#include "simulator/world.hpp"

namespace nunu::simulation {
namespace {

std::uint64_t jobs_before_page(const job_query& query) {
  return static_cast<std::uint64_t>(query.page) * static_cast<std::uint64_t>(query.page_size);
}

}  // namespace

void world::list(const job_query& query, model_time now, job_page& out) const {
  const job_ranges candidates = candidates_for(query);
  const selection selected = query.status == job_query::status_filter::all
                                 ? select(candidates, query)
                                 : select_by_status(candidates, query, now);
  out.jobs.resize(selected.jobs.size());
  for (std::size_t i = 0; i < selected.jobs.size(); ++i) {
    describe(selected.jobs[i], now, out.jobs[i]);
  }
  const auto page_size = static_cast<std::uint64_t>(query.page_size);
  out.page = query.page;
  out.page_size = query.page_size;
  out.total_count = static_cast<std::int64_t>(selected.total);
  out.total_pages = static_cast<std::int64_t>((selected.total + page_size - 1) / page_size);
}

// Skips whole ranges, so that a page far back costs no more than the first.
world::selection world::select(const job_ranges& candidates, const job_query& query) const {
  selection selected{{}, count_jobs(candidates)};
  std::uint64_t to_skip = jobs_before_page(query);
  std::size_t wanted = static_cast<std::size_t>(query.page_size);
  for (auto range = candidates.rbegin(); range != candidates.rend() && wanted > 0; ++range) {
    const std::uint64_t skipped = std::min<std::uint64_t>(to_skip, range->end - range->begin);
    to_skip -= skipped;
    job_number j = range->end - static_cast<job_number>(skipped);
    for (; j > range->begin && wanted > 0; --wanted) {
      selected.jobs.push_back(--j);
    }
  }
  return selected;
}

// A job's status depends on the time, so there is no index of it: each candidate is looked at.
world::selection world::select_by_status(const job_ranges& candidates, const job_query& query,
                                         model_time now) const {
  selection selected{{}, 0};
  const std::uint64_t first = jobs_before_page(query);
  const std::uint64_t last = first + static_cast<std::uint64_t>(query.page_size);
  for (auto range = candidates.rbegin(); range != candidates.rend(); ++range) {
    for (job_number j = range->end; j > range->begin;) {
      --j;
      if (!has_status(j, query.status, now)) {
        continue;
      }
      if (selected.total >= first && selected.total < last) {
        selected.jobs.push_back(j);
      }
      ++selected.total;
    }
  }
  return selected;
}

job_ranges world::candidates_for(const job_query& query) const {
  std::vector<const job_ranges*> sets;
  for (const std::string& tag : query.tags) {
    const auto number = tags_.find(tag);
    if (!number) {
      return {};
    }
    sets.push_back(&jobs_of_tag_[*number]);
  }
  job_ranges of_execution;
  if (!query.test_plan_execution_id.empty()) {
    of_execution = jobs_of_plan_execution(query.test_plan_execution_id);
    sets.push_back(&of_execution);
  }
  job_ranges of_test;
  if (!query.multiplayer_test_id.empty()) {
    of_test = jobs_of_test(query.multiplayer_test_id);
    sets.push_back(&of_test);
  }
  if (sets.empty()) {
    return {{0, static_cast<job_number>(jobs_.size())}};
  }
  std::sort(sets.begin(), sets.end(),
            [](const auto* a, const auto* b) { return a->size() < b->size(); });
  job_ranges common = *sets.front();
  for (std::size_t i = 1; i < sets.size() && !common.empty(); ++i) {
    common = intersect(common, *sets[i]);
  }
  return common;
}

// An id can be of several sorts at once: a test that was made from instructions, or that is part of
// a plan, may have been started by its id too.
job_ranges world::jobs_of_test(std::string_view id) const {
  job_ranges pieces;
  if (const auto test = tests_.find(id)) {
    pieces = jobs_of_test_[*test];
  }
  if (const auto number = test_ids_.find(id); number && *number < launches_.size()) {
    const launch& l = launches_[*number];
    if (l.kind == launch_kind::instructions) {
      pieces.push_back({l.first_job, l.first_job + l.job_count});
    }
  }
  if (const auto number = plan_test_ids_.find(id)) {
    const std::uint64_t plan = *number >> plan_test_bits;
    const std::uint64_t test = *number & ((std::uint64_t{1} << plan_test_bits) - 1);
    if (plan < launches_of_plan_.size() && test < tests_per_plan_) {
      for (const std::uint32_t launch_number : launches_of_plan_[plan]) {
        const job_number j = launches_[launch_number].first_job + static_cast<job_number>(test);
        pieces.push_back({j, j + 1});
      }
    }
  }
  std::sort(pieces.begin(), pieces.end(),
            [](const job_range& a, const job_range& b) { return a.begin < b.begin; });
  job_ranges jobs;
  for (const job_range& piece : pieces) {
    append(jobs, piece);
  }
  return jobs;
}

job_ranges world::jobs_of_plan_execution(std::string_view id) const {
  const auto number = plan_execution_ids_.find(id);
  if (!number || *number >= launches_.size() || launches_[*number].kind != launch_kind::plan) {
    return {};
  }
  const launch& l = launches_[*number];
  return {{l.first_job, l.first_job + l.job_count}};
}

bool world::has_status(job_number number, job_query::status_filter filter, model_time now) const {
  using enum job_query::status_filter;
  const job_course& course = jobs_[number].course;
  if (now >= course.completes) {
    return filter == completed;
  }
  const model_time dequeued = course.created + std::chrono::milliseconds(course.queue_ms);
  return filter == (now < dequeued ? queued : running);
}

}  // namespace nunu::simulation
