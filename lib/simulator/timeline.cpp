#include "simulator/timeline.hpp"

#include <algorithm>

namespace nunu::simulation {
namespace {

// STARTING and CLEANING_UP each take one part of this many of an attempt.
constexpr int phases_per_attempt = 10;
// Nobody wants to wait minutes for the end of a simulated hour that was stopped.
constexpr model_time longest_short_phase = std::chrono::seconds(1);

model_time run_time(const attempt& a) {
  return std::chrono::milliseconds(a.run_time_ms);
}

model_time short_phase(const attempt& a) {
  return std::min(run_time(a) / phases_per_attempt, longest_short_phase);
}

job_position locate_undisturbed(const job_course& course, std::span<const attempt> attempts,
                                model_time now) {
  model_time began = course.created + std::chrono::milliseconds(course.queue_ms);
  if (now < began) {
    return {job_status::queued, 0, {}, false};
  }
  for (std::size_t i = 0; i < attempts.size(); ++i) {
    const attempt& a = attempts[i];
    const model_time ends = began + run_time(a);
    if (now < ends) {
      job_status status = job_status::running;
      if (now < began + short_phase(a)) {
        status = job_status::starting;
      } else if (now >= ends - short_phase(a)) {
        status = job_status::cleaning_up;
      }
      return {status, i + 1, began, false};
    }
    if (i + 1 == attempts.size()) {
      break;
    }
    began = ends;
  }
  return {job_status::completed, attempts.size(), began, false};
}

}  // namespace

job_position locate(const job_course& course, std::span<const attempt> attempts, model_time now) {
  if (now < course.stopped) {
    return locate_undisturbed(course, attempts, now);
  }
  job_position position = locate_undisturbed(course, attempts, course.stopped);
  position.cut_short =
      position.status == job_status::starting || position.status == job_status::running;
  position.status = now < course.completes ? job_status::stopping : job_status::completed;
  return position;
}

attempt_view view_attempt(const job_course& course, std::span<const attempt> attempts,
                          const job_position& position, std::size_t index, model_time now) {
  model_time began = position.attempt_began;
  for (std::size_t i = position.attempts_begun - 1; i > index; --i) {
    began -= run_time(attempts[i - 1]);
  }
  const attempt& a = attempts[index];
  const bool last = index + 1 == position.attempts_begun;
  if (last && position.cut_short) {
    if (position.status == job_status::completed) {
      return {job_status::completed, run_result::stopped, began, course.completes};
    }
    return {job_status::stopping, run_result::none, began, std::nullopt};
  }
  const model_time run_ends = began + run_time(a) - short_phase(a);
  if (last && now < run_ends) {
    return {position.status, run_result::none, began, std::nullopt};
  }
  return {job_status::completed, a.result, began, run_ends};
}

bool stop(job_course& course, std::span<const attempt> attempts, model_time now) {
  if (now >= course.completes) {
    return false;
  }
  if (course.stopped != job_course::not_stopped) {
    return true;
  }
  const job_position position = locate(course, attempts, now);
  course.stopped = now;
  course.completes = now;
  if (position.status == job_status::starting || position.status == job_status::running) {
    course.completes += short_phase(attempts[position.attempts_begun - 1]);
  }
  return true;
}

course_source::course_source(const simulator_config& config)
    : queue_time_(config.queue_time),
      run_time_(config.run_time),
      pass_rate_(config.pass_rate),
      execution_failure_rate_(config.execution_failure_rate),
      random_(config.seed) {}

job_course course_source::draw(model_time now, int retries, std::vector<attempt>& attempts) {
  job_course course;
  course.created = now;
  course.queue_ms = draw_ms(queue_time_);
  course.completes = now + std::chrono::milliseconds(course.queue_ms);
  for (int remaining = retries;; --remaining) {
    const attempt a = draw_attempt();
    attempts.push_back(a);
    course.completes += run_time(a);
    const bool failed_to_execute = a.result == run_result::error || a.result == run_result::timeout;
    if (!failed_to_execute || remaining == 0) {
      return course;
    }
  }
}

// Not std::uniform_int_distribution: what that draws differs between standard libraries.
std::uint32_t course_source::draw_ms(const duration_range& range) {
  const auto width = static_cast<std::uint64_t>((range.max - range.min).count()) + 1;
  return static_cast<std::uint32_t>(static_cast<std::uint64_t>(range.min.count()) +
                                    random_() % width);
}

double course_source::draw_fraction() {
  constexpr int unused_bits = 64 - 53;  // a double has 53 significant bits
  return static_cast<double>(random_() >> unused_bits) * 0x1p-53;
}

attempt course_source::draw_attempt() {
  attempt a{draw_ms(run_time_), run_result::success};
  if (draw_fraction() < execution_failure_rate_) {
    a.result = draw_fraction() < 0.5 ? run_result::error : run_result::timeout;
  } else if (!(draw_fraction() < pass_rate_)) {
    a.result = draw_fraction() < 0.75 ? run_result::failed : run_result::blocked;
  }
  return a;
}

}  // namespace nunu::simulation
