/// \file
/// Sets of job numbers, as ranges: jobs of one start follow each other, and so do most starts that
/// share a tag, so a set of a hundred thousand jobs is often one range.
#pragma once

#include <cstdint>
#include <vector>

namespace nunu::simulation {

/// Jobs are numbered in the order in which they were created.
using job_number = std::uint32_t;

struct job_range {
  job_number begin;
  /// One past the last.
  job_number end;

  friend bool operator==(const job_range&, const job_range&) = default;
};

/// Ascending, and no two touch.
using job_ranges = std::vector<job_range>;

/// `range` begins nowhere before the last one in `ranges`.
void append(job_ranges& ranges, job_range range);

std::uint64_t count_jobs(const job_ranges& ranges);

job_ranges intersect(const job_ranges& a, const job_ranges& b);

}  // namespace nunu::simulation
