// chaos: what the callers were told of their jobs, and whether that is what the service has.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include <nunu/job.hpp>

namespace nunu::chaos {

/// Most starts are of a test, with so many jobs.
inline constexpr int jobs_of_test = 3;
/// Every so manyth is of a plan, with more jobs than a page of a listing has.
inline constexpr std::uint64_t every_plan = 20;
inline constexpr int jobs_of_plan = 120;

constexpr bool is_plan(std::uint64_t start) noexcept {
  return start % every_plan == 0;
}

/// The tag by which the jobs of a start are known, whichever launch ids it was sent with.
std::string tag_of_start(std::uint64_t start);

struct account {
  struct job {
    int waits = 0;
    /// To all who wait for it.
    int deliveries = 0;
  };
  std::unordered_map<std::string, job> jobs;

  std::uint64_t starts_begun = 0;
  /// Starts that nobody knows to have started anything.
  std::uint64_t unknown = 0;
  /// Starts that their caller cancelled in time, and runs that the client told of all the same.
  std::uint64_t cancelled = 0;
  std::uint64_t late = 0;
};

struct differences {
  /// Starts that the service has carried out more than once.
  std::uint64_t twice_started = 0;
  /// Jobs of the service that somebody who waits was not given, or that nobody knows to wait for;
  /// and jobs that somebody waits for in vain.
  std::uint64_t lost = 0;
  /// Jobs that somebody was given more than once.
  std::uint64_t delivered_twice = 0;
};

/// `at_service` are all jobs that the service has.
differences compare(const account& told, const std::vector<nunu::job>& at_service);

}  // namespace nunu::chaos
