/// \file
/// One run of a job in full: its players, their steps with what the agent reports, what was
/// recorded, and the bugs that were found. For people who want to know why a test failed.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nunu/export.hpp>
#include <nunu/job_run.hpp>

namespace nunu {

/// One goal that the agent was given, and what came of it. Text fields that are null or missing are
/// empty.
struct run_step {
  int step_number = 0;
  /// What the agent was to reach.
  std::string goal{};
  /// What the agent says about it.
  std::string report{};
  /// As the service writes it.
  std::string state{};
  run_result result = run_result::none;
  /// `result` as the service writes it; empty when null.
  std::string result_text{};
  std::optional<timestamp> started_at{};
  std::optional<timestamp> completed_at{};

  friend bool operator==(const run_step&, const run_step&) = default;
};

/// A file that a player's run left.
struct run_artifact {
  std::string filename{};
  /// Where to fetch it. It may hold a signature, so it is as secret as what it leads to.
  std::string url{};
  /// In bytes; 0 when it is not said.
  std::int64_t size = 0;

  friend bool operator==(const run_artifact&, const run_artifact&) = default;
};

/// One player of a run.
struct player_run {
  std::string id{};
  /// From 1.
  int player_number = 0;
  std::string state{};
  run_result result = run_result::none;
  std::string result_text{};
  std::string platform{};
  std::vector<run_step> steps{};
  std::vector<run_artifact> artifacts{};

  friend bool operator==(const player_run&, const player_run&) = default;
};

/// A run with its players. Source: API reference, `GET /runs/{runId}`.
struct run_details {
  std::string multiplayer_run_id{};
  std::string job_id{};
  std::string project_id{};
  std::string test_name{};
  /// As the service writes it.
  std::string state{};
  run_result result = run_result::none;
  std::string result_text{};
  std::optional<timestamp> started_at{};
  std::optional<timestamp> completed_at{};
  std::vector<player_run> players{};

  friend bool operator==(const run_details&, const run_details&) = default;
};

/// How bad a bug is. Source: API reference, `GET /runs/{runId}/bugs`, field `severity`.
enum class bug_severity : std::uint8_t {
  /// One that this version does not know, or none; its text is kept beside it.
  unknown,
  low,
  medium,
  high,
  critical,
};

/// `"low"`, `"medium"`, `"high"`, `"critical"`, `"unknown"`.
NUNU_EXPORT std::string_view to_string(bug_severity severity) noexcept;

/// A bug that a run has found. Source: API reference, `GET /runs/{runId}/bugs`.
struct bug {
  std::string id{};
  std::string title{};
  std::string description{};
  std::string category{};
  bug_severity severity = bug_severity::unknown;
  /// `severity` as the service writes it; empty when null.
  std::string severity_text{};
  /// The service's word for how sure it is.
  std::string confidence{};
  std::string reproduction_steps{};

  friend bool operator==(const bug&, const bug&) = default;
};

}  // namespace nunu
