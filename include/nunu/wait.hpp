/// \file
/// Waiting for jobs: how, and what comes of it.
#pragma once

#include <boost/system/error_code.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nunu/export.hpp>
#include <nunu/job.hpp>

namespace nunu {

/// How to wait.
struct wait_options {
  /// How long to wait; none: until every job has finished or become unreachable. Below 0: as 0.
  /// The end of it is not an error: the report says which jobs are still running.
  std::optional<std::chrono::milliseconds> timeout{};

  /// The group of the starts that the jobs come from (`start_options::group`), so that they can be
  /// asked for a hundred at a time. Of jobs that this client started itself, and of those whose
  /// first poll shows it, it is known. Empty: not known.
  std::string group{};

  /// Called each time that a poll finds a job in another status than before: at the first poll, and
  /// when the job is completed, too.
  /// It runs on the client's own strand, so it must be brief, and it must not destroy the client.
  /// If it throws, its wait ends with `errc::callback_threw`; other waits go on.
  std::function<void(const job&)> on_status{};
};

/// What became of waiting for one job.
enum class outcome_kind : std::uint8_t {
  /// The job is completed.
  finished,
  /// The time was up before the job was completed.
  still_running,
  /// The job cannot be polled: the service answered 404, 403 or the like.
  unreachable,
};

/// `"finished"`, `"still_running"`, `"unreachable"`.
NUNU_EXPORT std::string_view to_string(outcome_kind kind) noexcept;

/// What became of one job.
struct job_outcome {
  std::string job_id;
  outcome_kind kind = outcome_kind::still_running;
  /// The last one seen; `unknown` with an empty text when the job was never seen.
  job_status status = job_status::unknown;
  std::string status_text;
  /// Only when finished, else null. Shared by all who waited for the job.
  std::shared_ptr<const nunu::job> job;
  /// Only meaningful when finished; else `unknown`.
  nunu::verdict verdict = nunu::verdict::unknown;
  /// Why the job is unreachable, with the service's words. For a job that is still running: what
  /// its latest poll failed with, or that of the service, if it failed.
  boost::system::error_code error;
  std::string error_message;
};

/// What became of all of them.
struct wait_report {
  /// One for each id that was given, in the caller's order; an id that was given twice is here
  /// twice.
  std::vector<job_outcome> outcomes;

  NUNU_EXPORT std::size_t count(outcome_kind kind) const noexcept;
  /// Finished jobs with this verdict.
  NUNU_EXPORT std::size_t count(verdict v) const noexcept;
  /// Every job finished and passed, and there was at least one.
  NUNU_EXPORT bool all_passed() const noexcept;
};

}  // namespace nunu
