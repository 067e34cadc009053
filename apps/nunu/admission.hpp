/// \file
/// How many starts and jobs may be under way at once.
#pragma once

#include <cstddef>
#include <optional>

#include <nunu/run.hpp>

namespace cli {

/// How many jobs the request starts, where it says so: of a test plan, or on all devices, only the
/// answer tells.
std::optional<std::size_t> jobs_of(const nunu::run_request& request);

/// Bounds what is in flight. A start counts as its jobs before it has any; one that does not tell
/// how many goes alone, so that at most its own jobs exceed the bound.
class admission {
 public:
  /// At most so many starts at once: each may wait for a connection, and its time runs meanwhile.
  static constexpr std::size_t kMostStarts = 64;

  explicit admission(std::optional<std::size_t> max_active) : max_active_(max_active) {}

  /// A run with more jobs than the bound may start when nothing else is in flight.
  bool may_start(const nunu::run_request& request) const;

  void sent(const nunu::run_request& request);
  /// The start is over, with so many jobs.
  void answered(const nunu::run_request& request, std::size_t jobs);
  void job_ended() { --jobs_; }

  std::size_t starts() const { return starts_; }
  std::size_t jobs() const { return jobs_; }

 private:
  std::optional<std::size_t> max_active_;
  std::size_t starts_ = 0;
  std::size_t starts_of_unknown_size_ = 0;
  /// Of starts that are not answered.
  std::size_t expected_jobs_ = 0;
  std::size_t jobs_ = 0;
};

}  // namespace cli
