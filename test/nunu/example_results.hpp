/// \file
/// Results as commands give them, for tests.
#pragma once

#include <boost/asio/error.hpp>
#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "ending.hpp"
#include "results.hpp"

namespace example {

using namespace std::chrono_literals;

inline constexpr nunu::timestamp noon =
    std::chrono::sys_days{std::chrono::year{2026} / 3 / 3} + std::chrono::hours{12};

/// What a service could write to break a terminal or a document: a colour, a line, a NUL, a byte
/// that is not UTF-8, and markup.
inline const std::string hostile =
    std::string("\x1B[31mred\nline\r\n|`<b>&\"']]>::error::%0A,\xFF") + '\0' +
    "\xC2\x9B**\xE2\x80\xAE[x](y)";

inline nunu::run_result deciding_result(nunu::verdict verdict) {
  switch (verdict) {
    case nunu::verdict::passed:
      return nunu::run_result::success;
    case nunu::verdict::skipped:
      return nunu::run_result::skipped;
    case nunu::verdict::blocked:
      return nunu::run_result::blocked;
    case nunu::verdict::failed:
      return nunu::run_result::failed;
    case nunu::verdict::execution_failure:
      return nunu::run_result::timeout;
    case nunu::verdict::stopped:
      return nunu::run_result::stopped;
    default:
      return nunu::run_result::unknown;
  }
}

/// Created at noon, its run started 10 s later and took 90.5 s; that of a rejected job never.
inline nunu::job completed_job(nunu::verdict verdict, const std::string& test_name) {
  nunu::job job;
  job.job_id = "job-of-" + test_name;
  job.multiplayer_test_id = "test-1";
  job.status = nunu::job_status::completed;
  job.status_text = "COMPLETED";
  job.created_at = noon;
  job.completed_at = noon + 100500ms;
  job.test_name = test_name;
  job.platform = "android";
  if (verdict == nunu::verdict::rejected) {
    job.queue_rejection_reason = "No device is free";
    return job;
  }
  if (verdict == nunu::verdict::stopped) job.stopped_by = boost::json::object{{"type", "api"}};
  nunu::job_run run;
  run.multiplayer_run_id = "run-1";
  run.state = "COMPLETED";
  run.result = deciding_result(verdict);
  run.result_text = to_string(run.result);
  run.started_at = noon + 10s;
  run.completed_at = noon + 100s;
  run.players = 1;
  job.runs.push_back(run);
  return job;
}

inline cli::result finished(nunu::verdict verdict, const std::string& test_name = "Login") {
  cli::result r;
  r.url = "https://nunu.ai/nexus/p/runs/m/run-1/details";
  r.outcome.job = std::make_shared<nunu::job>(completed_job(verdict, test_name));
  r.outcome.job_id = r.outcome.job->job_id;
  r.outcome.kind = nunu::outcome_kind::finished;
  r.outcome.status = nunu::job_status::completed;
  r.outcome.status_text = "COMPLETED";
  r.outcome.verdict = verdict;
  return r;
}

/// Of two steps the second failed, and a bug was found.
inline cli::result failed_at_a_step(const std::string& goal = "Open the inventory",
                                    const std::string& report = "The button does\nnot react.") {
  cli::result r = finished(nunu::verdict::failed);
  nunu::player_run player;
  player.player_number = 1;
  player.platform = "android";
  player.result = nunu::run_result::failed;
  nunu::run_step reached;
  reached.step_number = 1;
  reached.goal = "Start the game";
  reached.result = nunu::run_result::success;
  nunu::run_step missed;
  missed.step_number = 2;
  missed.goal = goal;
  missed.report = report;
  missed.result = nunu::run_result::failed;
  missed.result_text = "FAILED";
  player.steps = {reached, missed};
  r.details.emplace();
  r.details->players.push_back(player);
  nunu::bug bug;
  bug.id = "bug-1";
  bug.title = "Inventory is dead";
  bug.severity = nunu::bug_severity::high;
  bug.severity_text = "high";
  r.bugs.push_back(bug);
  return r;
}

inline cli::result still_running() {
  cli::result r;
  r.outcome.job_id = "job-running";
  r.outcome.kind = nunu::outcome_kind::still_running;
  r.outcome.status = nunu::job_status::running;
  r.outcome.status_text = "RUNNING";
  return r;
}

/// When the command ended.
inline cli::result unseen(boost::system::error_code why = {}) {
  cli::result r;
  r.outcome.job_id = "job-unseen";
  r.outcome.kind = nunu::outcome_kind::still_running;
  r.outcome.error = why;
  if (why) r.outcome.error_message = "what it has failed with";
  return r;
}

/// By the command, for its own end.
inline cli::result stopped_at_the_end() {
  cli::result r = still_running();
  r.outcome.kind = nunu::outcome_kind::finished;
  r.outcome.verdict = nunu::verdict::stopped;
  return r;
}

inline cli::result unreachable(boost::system::error_code why) {
  cli::result r;
  r.outcome.job_id = "job-lost";
  r.outcome.kind = nunu::outcome_kind::unreachable;
  r.outcome.error = why;
  r.outcome.error_message = "GET /api/v1/jobs/job-lost: what the service says";
  return r;
}

inline cli::result not_started(boost::system::error_code why) {
  cli::result r;
  r.key = "smoke";
  r.start_error = why;
  r.start_details.request = "POST /api/v1/runs";
  r.start_details.http_status = 400;
  r.start_details.service_message = "no such deployment";
  r.start_details.service_code = "BAD";
  r.start_details.launch_id = "launch-7";
  return r;
}

inline cli::result not_sent() {
  cli::result r;
  r.key = "later";
  r.start_error = boost::asio::error::operation_aborted;
  return r;
}

inline cli::result asked_to_stop(bool ok, int status) {
  cli::result r;
  nunu::stop_result stop;
  stop.job_id = "job-to-stop";
  stop.ok = ok;
  stop.status = status;
  if (!ok) stop.message = "Job not found";
  r.stop = stop;
  return r;
}

inline cli::results of(std::vector<cli::result> jobs) {
  cli::results all;
  all.command = "launch";
  all.group = "nightly";
  all.began = noon;
  all.ended = noon + 125s;
  all.jobs = std::move(jobs);
  return all;
}

/// Each ending once, in the order of the enumeration.
inline std::vector<cli::result> every_ending() {
  return {finished(nunu::verdict::passed, "A"),
          finished(nunu::verdict::skipped, "B"),
          finished(nunu::verdict::blocked, "C"),
          failed_at_a_step(),
          finished(nunu::verdict::execution_failure, "E"),
          finished(nunu::verdict::stopped, "F"),
          finished(nunu::verdict::rejected, "G"),
          finished(nunu::verdict::unknown, "H"),
          still_running(),
          unreachable(nunu::errc::not_found),
          not_started(nunu::errc::bad_request),
          not_started(nunu::errc::start_outcome_unknown)};
}

/// Every text that others wrote is hostile.
inline cli::result hostile_result() {
  cli::result r = failed_at_a_step(hostile, hostile);
  nunu::job job = *r.outcome.job;
  job.test_name = hostile;
  job.job_id = hostile;
  job.platform = hostile;
  r.outcome.job = std::make_shared<nunu::job>(job);
  r.outcome.job_id = hostile;
  r.key = hostile;
  r.suite = hostile;
  r.url = "https://nunu.ai/" + hostile;
  r.details->players.front().platform = hostile;
  r.details->players.front().steps.back().result_text = hostile;
  r.bugs.front().title = hostile;
  r.bugs.front().severity_text = hostile;
  return r;
}

inline cli::result hostile_error() {
  cli::result r = not_started(nunu::errc::bad_request);
  r.key = hostile;
  nunu::diagnostics& details = r.start_details;
  details.message = details.request = details.service_message = details.service_code = hostile;
  details.body = details.launch_id = hostile;
  details.job_ids = {hostile};
  return r;
}

}  // namespace example
