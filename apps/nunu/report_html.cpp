#include "report_html.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "ending.hpp"
#include "error_name.hpp"
#include "evidence.hpp"
#include "plain_text.hpp"
#include "report_page.hpp"

namespace cli {
namespace {

namespace json = boost::json;

// With thousands of jobs, names of fields without a value would be much of the page.
void put(json::object& into, std::string_view name, std::string_view text) {
  if (!text.empty()) into.emplace(name, text);
}

void put(json::object& into, std::string_view name, const std::optional<nunu::timestamp>& moment) {
  if (!moment) return;
  const auto since = std::chrono::floor<std::chrono::milliseconds>(moment->time_since_epoch());
  into.emplace(name, std::int64_t{since.count()});
}

void put(json::object& into, std::string_view name, json::array items) {
  if (!items.empty()) into.emplace(name, std::move(items));
}

json::array endings() {
  json::array all;
  for (const ending e : worst_first) all.push_back({to_string(e), in_words(e)});
  return all;
}

json::object run_of(const nunu::job_run& run) {
  json::object told;
  put(told, "id", run.multiplayer_run_id);
  put(told, "started", run.started_at);
  put(told, "completed", run.completed_at);
  put(told, "result", nunu::to_string(run.result));
  // What is not known by its name is shown as the service wrote it.
  put(told, "text", run.result_text.empty() ? run.state : run.result_text);
  return told;
}

json::object step_of(const failed_step& failed) {
  json::object told;
  put(told, "place", in_words(failed));
  put(told, "result", nunu::to_string(failed.step->result));
  put(told, "text", failed.step->result_text);
  put(told, "goal", failed.step->goal);
  put(told, "report", failed.step->report);
  return told;
}

json::object bug_of(const nunu::bug& bug) {
  json::object told;
  put(told, "title", bug.title);
  put(told, "severity", nunu::to_string(bug.severity));
  put(told, "text", bug.severity_text);
  put(told, "category", bug.category);
  put(told, "confidence", bug.confidence);
  put(told, "description", bug.description);
  put(told, "reproduction", bug.reproduction_steps);
  return told;
}

json::object error_of(const cause& why) {
  json::object told;
  if (why.code) put(told, "error", why.code.message());
  put(told, "name", error_name(why.code));
  put(told, "message", why.details.message);
  put(told, "service_message", why.details.service_message);
  put(told, "service_code", why.details.service_code);
  put(told, "request", why.details.request);
  if (why.details.http_status != 0) told.emplace("http_status", why.details.http_status);
  put(told, "body", why.details.body);
  put(told, "launch_id", why.details.launch_id);
  put(told, "job_ids", json::array(why.details.job_ids.begin(), why.details.job_ids.end()));
  return told;
}

void put_job(json::object& told, const nunu::job& job) {
  put(told, "created", job.created_at);
  put(told, "completed", job.completed_at);
  put(told, "platform", job.platform);
  put(told, "build", job.build_id);
  put(told, "stopper", stopper_of(job));
  json::array runs;
  for (const nunu::job_run& run : job.runs) runs.push_back(run_of(run));
  put(told, "runs", std::move(runs));
}

json::object job_of(const result& r) {
  json::object told;
  const ending end = ending_of(r);
  put(told, "ending", to_string(end));
  if (const std::string_view words = ending_in_words(r); words != in_words(end))
    put(told, "words", words);
  put(told, "title", title_of(r));
  put(told, "key", r.key);
  put(told, "suite", r.suite);
  put(told, "id", job_id_of(r));
  put(told, "url", r.url);
  if (r.outcome.job) put_job(told, *r.outcome.job);
  if (succeeded(r)) return told;

  put(told, "reason", reason_of(r));
  json::array steps;
  for (const failed_step& failed : failed_steps(r)) steps.push_back(step_of(failed));
  put(told, "steps", std::move(steps));
  json::array bugs;
  for (const nunu::bug& bug : r.bugs) bugs.push_back(bug_of(bug));
  put(told, "bugs", std::move(bugs));
  if (const std::optional<cause> why = cause_of(r); why && !was_not_sent(r))
    told.emplace("error", error_of(*why));
  return told;
}

/// Fit for a script element: nothing in it can end the element or begin a comment, whatever the
/// texts are; nor is there what old scripts take for the end of a line.
std::string script_json(const json::value& told) {
  const std::string plain = valid_utf8(json::serialize(told));
  std::string escaped;
  escaped.reserve(plain.size() + plain.size() / 32);
  for (std::size_t i = 0; i < plain.size(); ++i) {
    const std::string_view rest = std::string_view(plain).substr(i);
    if (rest.starts_with('<')) {
      escaped += "\\u003c";
    } else if (rest.starts_with('>')) {
      escaped += "\\u003e";
    } else if (rest.starts_with('&')) {
      escaped += "\\u0026";
    } else if (rest.starts_with("\u2028")) {
      escaped += "\\u2028";
      i += 2;
    } else if (rest.starts_with("\u2029")) {
      escaped += "\\u2029";
      i += 2;
    } else {
      escaped += plain[i];
    }
  }
  return escaped;
}

}  // namespace

std::string html_report(const results& all) {
  json::object told;
  put(told, "command", all.command);
  put(told, "group", all.group);
  put(told, "began", std::optional(all.began));
  put(told, "ended", std::optional(all.ended));
  told.emplace("endings", endings());
  json::array jobs;
  jobs.reserve(all.jobs.size());
  for (const result& r : all.jobs) jobs.push_back(job_of(r));
  told.emplace("jobs", std::move(jobs));

  std::string page(report_page);
  page.replace(page.find(place_of_results), place_of_results.size(), script_json(told));
  return page;
}

}  // namespace cli
