/// \file
/// What became of a request to stop jobs.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace nunu {

/// What became of one job that was to be stopped.
struct stop_result {
  std::string job_id;
  bool ok = false;
  /// An HTTP status, such as 404 for a job that does not exist.
  int status = 0;
  std::string message{};
  std::string error{};

  friend bool operator==(const stop_result&, const stop_result&) = default;
};

/// What became of all of them. Source: API reference, `POST /runs/stop`.
struct stop_report {
  std::string message;
  std::int64_t stopped_count = 0;
  /// One for each id, in the caller's order.
  std::vector<stop_result> results;

  friend bool operator==(const stop_report&, const stop_report&) = default;
};

}  // namespace nunu
