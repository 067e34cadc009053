/// \file
/// The course of a job: drawn as a whole when the job is created, and read off at any time later.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <random>
#include <span>
#include <string_view>
#include <vector>

#include <nunu/job_run.hpp>
#include <nunu/simulator.hpp>

namespace nunu::simulation {

/// Time since the simulated service began.
using model_time = std::chrono::microseconds;

/// One attempt at a job's test, as it ends unless the job is stopped. The first tenth of its time
/// is STARTING, the last CLEANING_UP, each a second at most.
struct attempt {
  std::uint32_t run_time_ms;
  run_result result;
};

/// When a job does what. A million of them are kept, hence the small fields.
struct job_course {
  static constexpr model_time not_stopped = model_time::max();

  model_time created;
  /// Moves forward when the job is stopped.
  model_time completes;
  model_time stopped = not_stopped;
  std::uint32_t queue_ms = 0;
};

/// Where a job is at some moment.
struct job_position {
  job_status status;
  /// 0 while the job is queued for the first time, and for good if it was stopped then.
  std::size_t attempts_begun;
  /// When the last attempt that has begun did so.
  model_time attempt_began;
  /// The last attempt was ended by a stop, so that what was drawn for it does not count.
  bool cut_short;
};

/// What is to be seen of one attempt at some moment.
struct attempt_view {
  job_status state;
  run_result result = run_result::none;
  model_time started;
  std::optional<model_time> completed;
};

job_position locate(const job_course& course, std::span<const attempt> attempts, model_time now);

/// `index` is below `position.attempts_begun`, and `position` is of `now`.
attempt_view view_attempt(const job_course& course, std::span<const attempt> attempts,
                          const job_position& position, std::size_t index, model_time now);

/// Whether a stop had any effect.
bool stop(job_course& course, std::span<const attempt> attempts, model_time now);

/// Draws courses. The same seed and the same calls give the same courses.
class course_source {
 public:
  explicit course_source(const simulator_config& config);

  /// Appends the attempts: the first, and more while they end in ERROR or TIMEOUT and there are
  /// retries left.
  job_course draw(model_time now, int retries, std::vector<attempt>& attempts);

 private:
  std::uint32_t draw_ms(const duration_range& range);
  double draw_fraction();
  attempt draw_attempt();

  duration_range queue_time_;
  duration_range run_time_;
  double pass_rate_;
  double execution_failure_rate_;
  std::mt19937_64 random_;
};

}  // namespace nunu::simulation
