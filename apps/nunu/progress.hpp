/// \file
/// What is going on, in numbers that are kept and never counted anew.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <deque>
#include <optional>
#include <utility>

#include <nunu/job_run.hpp>
#include "ending.hpp"
#include "tally.hpp"

namespace cli {

class progress {
 public:
  using time_point = std::chrono::steady_clock::time_point;
  using duration = std::chrono::steady_clock::duration;

  explicit progress(time_point now) : began_(now) {}

  /// A run that is to be started, of which so many jobs are expected. All that follows of it says
  /// the same number.
  void run_planned(std::size_t jobs);
  void run_sent();
  /// Its jobs, if there are any, are told by `jobs_known`.
  void run_answered(std::size_t expected);
  /// It will not be sent.
  void run_given_up(std::size_t expected);

  /// Jobs that nothing is known about yet.
  void jobs_known(std::size_t count);
  void job_moved(nunu::job_status from, nunu::job_status to);
  void job_ended(nunu::job_status last, ending how, time_point now);
  /// A run that did not become a job.
  void run_ended(ending how) { endings_.add(how); }

  std::size_t runs_to_start() const { return runs_to_start_; }
  std::size_t runs_starting() const { return runs_starting_; }
  std::size_t jobs_known() const { return jobs_known_; }
  std::size_t jobs_ended() const { return jobs_ended_; }
  /// Those that are known, and those that are expected of runs to come.
  std::size_t jobs_in_all() const { return jobs_known_ + jobs_expected_; }
  /// Jobs that have not ended and were last seen so; `unknown`: not seen, too.
  std::size_t jobs_in(nunu::job_status status) const {
    return by_status_.at(static_cast<std::size_t>(status));
  }
  const tally& endings() const { return endings_; }

  duration elapsed(time_point now) const { return now - began_; }
  /// Jobs that ended in a minute, of late or else on the whole; 0 when none has ended.
  double per_minute(time_point now) const;
  /// Until all have ended, at that rate. None: nothing tells.
  std::optional<duration> time_left(time_point now) const;

 private:
  static constexpr std::size_t kStatuses = 7;

  time_point began_;
  std::size_t runs_to_start_ = 0;
  std::size_t runs_starting_ = 0;
  std::size_t jobs_known_ = 0;
  std::size_t jobs_ended_ = 0;
  std::size_t jobs_expected_ = 0;
  std::array<std::size_t, kStatuses> by_status_{};
  tally endings_;
  /// By second, how many ended in it; the latest last.
  std::deque<std::pair<time_point, std::size_t>> ended_of_late_;
};

}  // namespace cli
