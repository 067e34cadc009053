/// \file
/// Which endpoint a request is for.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <nunu/job.hpp>
#include "simulator/rejection.hpp"

namespace nunu::simulation {

enum class endpoint {
  start_run,
  start_plan,
  get_job,
  list_jobs,
  stop_jobs,
  get_run,
  list_bugs,
  stats,
  /// No such path, or no HTTP at all.
  unknown,
};
inline constexpr std::size_t endpoint_count = 9;

/// `"start_run"`, …: the enumerators' names.
std::string_view to_string(endpoint e) noexcept;

/// The one method of an endpoint: `GET` or `POST`; empty for `unknown`.
std::string_view method_of(endpoint e) noexcept;

struct route {
  endpoint to = endpoint::unknown;
  /// Only of project-scoped paths.
  std::optional<std::string> project_id;
  /// Of the job, run or test plan that the path names, decoded.
  std::string id;
  /// Encoded, without the question mark; refers to the target.
  std::string_view query;
};

/// Understands `/api/v1/…`, `/api/v1/project/{projectId}/…` and `/simulator/stats`, the latter
/// below `/api/v1` too, so that it can be appended to a base URL.
route find_route(std::string_view target);

/// Reads the query of `GET /jobs` into `out`; parameters that it does not know are ignored.
std::optional<rejection> parse_job_query(std::string_view query, job_query& out);

}  // namespace nunu::simulation
