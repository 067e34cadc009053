#include "simulator/job_ranges.hpp"

#include <algorithm>

namespace nunu::simulation {

void append(job_ranges& ranges, job_range range) {
  if (!ranges.empty() && range.begin <= ranges.back().end) {
    ranges.back().end = std::max(ranges.back().end, range.end);
  } else {
    ranges.push_back(range);
  }
}

std::uint64_t count_jobs(const job_ranges& ranges) {
  std::uint64_t count = 0;
  for (const job_range& r : ranges) {
    count += r.end - r.begin;
  }
  return count;
}

// Walks the shorter list and searches the longer one, so that a launch's own tag costs next to
// nothing against a tag that every job has.
job_ranges intersect(const job_ranges& a, const job_ranges& b) {
  const job_ranges& shorter = a.size() <= b.size() ? a : b;
  const job_ranges& longer = a.size() <= b.size() ? b : a;
  job_ranges common;
  auto from = longer.begin();
  for (const job_range& r : shorter) {
    from = std::partition_point(from, longer.end(),
                                [&r](const job_range& other) { return other.end <= r.begin; });
    for (auto it = from; it != longer.end() && it->begin < r.end; ++it) {
      append(common, {std::max(r.begin, it->begin), std::min(r.end, it->end)});
    }
  }
  return common;
}

}  // namespace nunu::simulation
