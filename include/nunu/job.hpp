/// \file
/// Jobs, and how to list them.
#pragma once

#include <boost/json/value.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <nunu/export.hpp>
#include <nunu/job_run.hpp>

namespace nunu {

/// One test of one run, as the service last told it. Text fields that are null or missing are
/// empty. Source: API reference, `GET /jobs/{jobId}`.
struct job {
  std::string job_id;
  std::string project_id;
  std::string multiplayer_test_id;
  job_status status = job_status::unknown;
  /// `status` as the service writes it.
  std::string status_text;
  std::optional<timestamp> created_at;
  std::optional<timestamp> completed_at;
  std::string test_name;
  std::string platform;
  std::string build_id;
  std::string test_plan_execution_id;
  /// Why the queue refused the job; empty when it did not.
  std::string queue_rejection_reason;
  bool templating_enabled = false;
  /// An object or null.
  boost::json::value template_data;
  /// Who stopped the job, an object; null when nobody did.
  boost::json::value stopped_by;
  std::vector<std::string> tags;
  retry_count retries;
  /// In no promised order.
  std::vector<job_run> runs;

  friend bool operator==(const job&, const job&) = default;
};

/// What a completed job says about the tested game: the worst result of the last
/// `max(1, runs - attempts used)` runs by start time, where attempts used is
/// `retries.total - retries.remaining`, so that an attempt which the service retried does not
/// count. A job without runs was rejected, stopped, or is unknown. For a job that is not completed:
/// unknown.
NUNU_EXPORT verdict verdict_of(const job& j);

/// Which jobs to list; fields that are empty do not filter.
/// Source: API reference, `GET /jobs`.
struct job_query {
  enum class status_filter : std::uint8_t { all, queued, running, completed };

  status_filter status = status_filter::all;
  std::string test_plan_execution_id{};
  std::string multiplayer_test_id{};
  /// All must match. A tag with a comma cannot be asked for.
  std::vector<std::string> tags{};
  /// From 0.
  int page = 0;
  /// 1 to 100; the service's default is 20.
  int page_size = 20;
};

/// One page of a listing. The service promises no order, and pages shift while jobs are created:
/// one page never proves that a job does not exist.
struct job_page {
  std::vector<job> jobs;
  int page = 0;
  int page_size = 0;
  std::int64_t total_count = 0;
  std::int64_t total_pages = 0;

  friend bool operator==(const job_page&, const job_page&) = default;
};

}  // namespace nunu
