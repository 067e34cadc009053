#include "progress.hpp"

#include <algorithm>

namespace cli {
namespace {

using namespace std::chrono_literals;

/// Long enough for a rate that does not jump, short enough to notice when it changes.
constexpr progress::duration kOfLate = 60s;
/// Two jobs that end in the first moment are no rate.
constexpr progress::duration kLeastSpan = 1s;

}  // namespace

void progress::run_planned(std::size_t jobs) {
  ++runs_to_start_;
  jobs_expected_ += jobs;
}

void progress::run_sent() {
  --runs_to_start_;
  ++runs_starting_;
}

void progress::run_answered(std::size_t expected) {
  --runs_starting_;
  jobs_expected_ -= expected;
}

void progress::run_given_up(std::size_t expected) {
  --runs_to_start_;
  jobs_expected_ -= expected;
}

void progress::jobs_known(std::size_t count) {
  jobs_known_ += count;
  by_status_.at(static_cast<std::size_t>(nunu::job_status::unknown)) += count;
}

void progress::job_moved(nunu::job_status from, nunu::job_status to) {
  --by_status_.at(static_cast<std::size_t>(from));
  ++by_status_.at(static_cast<std::size_t>(to));
}

void progress::job_ended(nunu::job_status last, ending how, time_point now) {
  --by_status_.at(static_cast<std::size_t>(last));
  endings_.add(how);
  ++jobs_ended_;
  if (ended_of_late_.empty() || now - ended_of_late_.back().first >= 1s)
    ended_of_late_.emplace_back(now, 0);
  ++ended_of_late_.back().second;
  while (now - ended_of_late_.front().first > kOfLate) ended_of_late_.pop_front();
}

double progress::per_minute(time_point now) const {
  const auto rate = [](std::size_t jobs, duration span) {
    const std::chrono::duration<double, std::ratio<60>> minutes = std::max(span, kLeastSpan);
    return static_cast<double>(jobs) / minutes.count();
  };
  std::size_t of_late = 0;
  for (const auto& [when, jobs] : ended_of_late_)
    if (now - when <= kOfLate) of_late += jobs;
  if (of_late > 0) return rate(of_late, std::min(kOfLate, elapsed(now)));
  return rate(jobs_ended_, elapsed(now));
}

std::optional<progress::duration> progress::time_left(time_point now) const {
  const double rate = per_minute(now);
  if (rate <= 0) return std::nullopt;
  const auto left = static_cast<double>(jobs_in_all() - jobs_ended_);
  return std::chrono::duration_cast<duration>(
      std::chrono::duration<double, std::ratio<60>>(left / rate));
}

}  // namespace cli
