/// \file
/// The states and results of jobs and of the runs in them, and the verdicts drawn from them.
/// Standard library only.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <nunu/export.hpp>

namespace nunu {

/// A moment as the service writes it: UTC, in microseconds.
using timestamp = std::chrono::sys_time<std::chrono::microseconds>;

/// Where a job is in its life. Only `completed` is terminal.
/// Source: API reference, `GET /jobs/{jobId}`, field `status`.
enum class job_status : std::uint8_t {
  /// A status that this version does not know; its text is kept beside it. Not terminal.
  unknown,
  queued,
  starting,
  running,
  stopping,
  cleaning_up,
  completed,
};

/// How one run of a job ended.
/// Source: API reference, `GET /jobs/{jobId}`, field `runs[].result`.
enum class run_result : std::uint8_t {
  /// No result yet.
  none,
  /// A result that this version does not know; its text is kept beside it.
  unknown,
  success,
  skipped,
  failed,
  blocked,
  /// Also the legacy `MAX_STEPS`.
  timeout,
  error,
  stopped,
};

/// What a finished job says about the tested game, from best to worst.
/// Only `passed` is success: a skipped test was not passed.
enum class verdict : std::uint8_t {
  passed,
  skipped,
  blocked,
  failed,
  /// The test could not be carried out: TIMEOUT, MAX_STEPS or ERROR.
  execution_failure,
  stopped,
  /// The queue refused the job: `job::queue_rejection_reason` says why. It has no run.
  rejected,
  /// Nothing that this version understands.
  unknown,
};

/// The names that the API uses (`"CLEANING_UP"`, `"SUCCESS"`), and `"UNKNOWN"`; for
/// `run_result::none` an empty text.
NUNU_EXPORT std::string_view to_string(job_status status) noexcept;
NUNU_EXPORT std::string_view to_string(run_result result) noexcept;
/// `"passed"`, `"execution_failure"` and so on: the enumerators' names.
NUNU_EXPORT std::string_view to_string(verdict v) noexcept;

/// How often the service retries a job's execution failures by itself.
struct retry_count {
  int total = 0;
  int remaining = 0;

  friend bool operator==(const retry_count&, const retry_count&) = default;
};

/// One attempt at a job's test.
struct job_run {
  std::string multiplayer_run_id;
  /// As the service writes it, upper or lower case; empty when null.
  std::string state;
  run_result result = run_result::none;
  /// `result` as the service writes it; empty when null.
  std::string result_text;
  std::optional<timestamp> started_at;
  std::optional<timestamp> completed_at;
  int players = 0;

  friend bool operator==(const job_run&, const job_run&) = default;
};

}  // namespace nunu
