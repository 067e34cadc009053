#include "report_json.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>

#include "ending.hpp"
#include "error_name.hpp"
#include "evidence.hpp"
#include "exit_code.hpp"
#include "plain_text.hpp"
#include "tally.hpp"
#include "time_text.hpp"

namespace cli {
namespace {

namespace json = boost::json;

// Raised when a reader of an older document would misunderstand a newer one.
constexpr int schema_version = 1;

json::value text_or_null(std::string_view text) {
  if (text.empty()) return nullptr;
  return json::value(valid_utf8(text));
}

json::value time_or_null(const std::optional<nunu::timestamp>& t) {
  if (!t) return nullptr;
  return json::value(rfc3339(*t));
}

/// In the API's upper case, whatever case the service used; what is not known as it wrote it.
json::value result_or_null(nunu::run_result result, std::string_view text) {
  return text_or_null(result == nunu::run_result::unknown ? text : to_string(result));
}

json::value status_or_null(const nunu::job_outcome& outcome) {
  if (outcome.status == nunu::job_status::unknown) return text_or_null(outcome.status_text);
  return json::value(to_string(outcome.status));
}

json::value error_or_null(const result& r) {
  const std::optional<cause> why = cause_of(r);
  if (!why) return nullptr;
  const nunu::diagnostics& details = why->details;
  json::array job_ids;
  for (const std::string& id : details.job_ids) job_ids.push_back(text_or_null(id));
  json::object error;
  error["code"] = text_or_null(error_name(why->code));
  error["message"] =
      text_or_null(details.message.empty() && why->code ? why->code.message() : details.message);
  error["request"] = text_or_null(details.request);
  error["http_status"] =
      details.http_status == 0 ? json::value(nullptr) : json::value(details.http_status);
  error["service_message"] = text_or_null(details.service_message);
  error["service_code"] = text_or_null(details.service_code);
  error["launch_id"] = text_or_null(details.launch_id);
  error["job_ids"] = std::move(job_ids);
  return error;
}

json::array runs_of(const nunu::job* job) {
  json::array runs;
  if (job == nullptr) return runs;
  for (const nunu::job_run& run : job->runs) {
    json::object one;
    one["id"] = text_or_null(run.multiplayer_run_id);
    one["state"] = text_or_null(run.state);
    one["result"] = result_or_null(run.result, run.result_text);
    one["started"] = time_or_null(run.started_at);
    one["completed"] = time_or_null(run.completed_at);
    one["players"] = run.players;
    runs.emplace_back(std::move(one));
  }
  return runs;
}

json::array steps_of(const result& r) {
  json::array steps;
  for (const failed_step& failed : failed_steps(r)) {
    json::object one;
    one["player"] = failed.player->player_number;
    one["platform"] = text_or_null(failed.player->platform);
    one["step"] = failed.step->step_number;
    one["goal"] = text_or_null(failed.step->goal);
    one["report"] = text_or_null(failed.step->report);
    one["result"] = result_or_null(failed.step->result, failed.step->result_text);
    steps.emplace_back(std::move(one));
  }
  return steps;
}

json::array bugs_of(const result& r) {
  json::array bugs;
  for (const nunu::bug& bug : r.bugs) bugs.emplace_back(json_of(bug));
  return bugs;
}

json::object counts_of(const tally& counted) {
  json::object counts;
  counts["total"] = counted.total();
  for (std::size_t i = 0; i < ending_count; ++i) {
    const auto e = static_cast<ending>(i);
    counts[to_string(e)] = counted.count(e);
  }
  return counts;
}

}  // namespace

json::object json_of(const nunu::bug& bug) {
  json::object one;
  one["id"] = text_or_null(bug.id);
  one["title"] = text_or_null(bug.title);
  one["description"] = text_or_null(bug.description);
  one["category"] = text_or_null(bug.category);
  one["severity"] = text_or_null(bug.severity_text);
  one["confidence"] = text_or_null(bug.confidence);
  one["reproduction_steps"] = text_or_null(bug.reproduction_steps);
  return one;
}

json::object json_of(const result& r) {
  const nunu::job* const job = r.outcome.job.get();
  const auto of_job = [&](std::string nunu::job::*member) {
    return job == nullptr ? json::value(nullptr) : text_or_null(job->*member);
  };
  const job_times times = times_of(r);
  json::object one;
  one["key"] = text_or_null(r.key);
  one["suite"] = text_or_null(r.suite);
  one["ending"] = to_string(ending_of(r));
  one["job_id"] = text_or_null(job_id_of(r));
  one["test_id"] = of_job(&nunu::job::multiplayer_test_id);
  one["test_name"] = of_job(&nunu::job::test_name);
  one["test_plan_execution_id"] = of_job(&nunu::job::test_plan_execution_id);
  one["build_id"] = of_job(&nunu::job::build_id);
  one["platform"] = of_job(&nunu::job::platform);
  one["url"] = text_or_null(r.url);
  one["status"] = status_or_null(r.outcome);
  one["rejection_reason"] = of_job(&nunu::job::queue_rejection_reason);
  one["stopped_by"] = job == nullptr ? json::value(nullptr) : job->stopped_by;
  one["created"] = time_or_null(times.created);
  one["started"] = time_or_null(times.started);
  one["completed"] = time_or_null(times.completed);
  one["retries_total"] = job == nullptr ? json::value(nullptr) : job->retries.total;
  one["retries_remaining"] = job == nullptr ? json::value(nullptr) : job->retries.remaining;
  one["runs"] = runs_of(job);
  one["error"] = error_or_null(r);
  one["failed_steps"] = steps_of(r);
  one["bugs"] = bugs_of(r);
  return one;
}

std::string json_report(const results& all, int exit_code) {
  json::array jobs;
  jobs.reserve(all.jobs.size());
  for (const result& r : all.jobs) jobs.emplace_back(json_of(r));
  json::object document;
  document["schema_version"] = schema_version;
  document["command"] = valid_utf8(all.command);
  document["group"] = text_or_null(all.group);
  document["began"] = rfc3339(all.began);
  document["ended"] = rfc3339(all.ended);
  document["exit_code"] = exit_code;
  document["counts"] = counts_of(tally(all));
  document["jobs"] = std::move(jobs);
  return json::serialize(document) + "\n";
}

std::string json_report(const results& all) {
  return json_report(all, static_cast<int>(exit_code_of(all)));
}

}  // namespace cli
