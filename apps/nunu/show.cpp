#include "show.hpp"

#include <fmt/format.h>

#include <boost/asio/error.hpp>
#include <boost/json/array.hpp>
#include <functional>
#include <iterator>
#include <string_view>
#include <utility>

#include "crew.hpp"
#include "evidence.hpp"
#include "plain_text.hpp"
#include "reading.hpp"
#include "report_json.hpp"
#include "run_page.hpp"
#include "time_text.hpp"

namespace cli {
namespace {

namespace asio = boost::asio;
namespace json = boost::json;

asio::awaitable<void> complete(session& s, shown_run& run) {
  if (run.run.multiplayer_run_id.empty()) co_return;
  try {
    run.details = co_await read_run(s, run.run.multiplayer_run_id);
    run.bugs = co_await read_bugs(s, run.run.multiplayer_run_id);
  } catch (const nunu::error& e) {
    if (e.code() == asio::error::operation_aborted) throw;
    s.tell.say(fmt::format("nothing more is known of run {}: {}",
                           printable_line(run.run.multiplayer_run_id), printable_line(e.what())));
  }
}

void add_field(std::string& out, std::string_view name, std::string_view value) {
  if (!value.empty()) out += fmt::format("{:<10} {}\n", name, printable_line(value));
}

void add_time(std::string& out, std::string_view name, const std::optional<nunu::timestamp>& t) {
  if (t) add_field(out, name, rfc3339(*t));
}

std::string_view result_in_words(std::string_view result, std::string_view state) {
  return result.empty() ? state : result;
}

void add_player(std::string& out, const nunu::player_run& player) {
  out += fmt::format("  player {}", player.player_number);
  if (!player.platform.empty()) out += fmt::format(" ({})", printable_line(player.platform));
  out += fmt::format(": {}\n", printable_line(result_in_words(player.result_text, player.state)));
  for (const nunu::run_step& step : player.steps) {
    out += fmt::format("    step {}: {}: {}\n", step.step_number,
                       printable_line(result_in_words(step.result_text, step.state)),
                       printable_line(step.goal));
    out += indented(printable(step.report), "      ");
  }
  for (const nunu::run_artifact& file : player.artifacts) {
    out += fmt::format("    file {}", printable_line(file.filename));
    if (file.size > 0) out += fmt::format(" ({} bytes)", file.size);
    out += fmt::format(": {}\n", printable_line(file.url));
  }
}

void add_bug(std::string& out, const nunu::bug& bug) {
  out += "  bug";
  if (!bug.severity_text.empty()) out += fmt::format(" ({})", printable_line(bug.severity_text));
  out += fmt::format(": {}\n", printable_line(bug.title));
  out += indented(printable(bug.description), "    ");
  out += indented(printable(bug.reproduction_steps), "    ");
}

json::value text_or_null(std::string_view text) {
  if (text.empty()) return nullptr;
  return json::value(valid_utf8(text));
}

json::object json_of(const nunu::player_run& player) {
  json::array steps;
  for (const nunu::run_step& step : player.steps) {
    json::object one;
    one["step"] = step.step_number;
    one["goal"] = text_or_null(step.goal);
    one["report"] = text_or_null(step.report);
    one["state"] = text_or_null(step.state);
    one["result"] = text_or_null(step.result_text);
    steps.emplace_back(std::move(one));
  }
  json::array files;
  for (const nunu::run_artifact& file : player.artifacts) {
    json::object one;
    one["filename"] = text_or_null(file.filename);
    one["url"] = text_or_null(file.url);
    one["size"] = file.size;
    files.emplace_back(std::move(one));
  }
  json::object object;
  object["player"] = player.player_number;
  object["platform"] = text_or_null(player.platform);
  object["state"] = text_or_null(player.state);
  object["result"] = text_or_null(player.result_text);
  object["steps"] = std::move(steps);
  object["artifacts"] = std::move(files);
  return object;
}

}  // namespace

asio::awaitable<shown_job> show(session& s) {
  shown_job shown;
  shown.job = co_await read_job(s, s.what.jobs.front());
  shown.result.outcome = outcome_of(shown.job);
  shown.result.url = run_page(s.what.client.base_url, shown.job);
  for (const nunu::job_run& run : shown.job.runs) shown.runs.push_back({run, std::nullopt, {}});
  const std::function<asio::awaitable<void>(std::size_t)> complete_one = [&](std::size_t i) {
    return complete(s, shown.runs[i]);
  };
  co_await for_each_of(shown.runs.size(), kReadsAtOnce, complete_one);
  co_return shown;
}

std::string text_of(const shown_job& shown) {
  const nunu::job& job = shown.job;
  std::string out;
  add_field(out, "job", job.job_id);
  add_field(out, "test", job.test_name);
  add_field(out, "test id", job.multiplayer_test_id);
  add_field(out, "status", job.status_text);
  if (job.status == nunu::job_status::completed)
    add_field(out, "verdict", ending_in_words(shown.result));
  add_field(out, "rejected", job.queue_rejection_reason);
  add_field(out, "stopped by", stopper_of(job));
  add_field(out, "platform", job.platform);
  add_field(out, "build", job.build_id);
  add_field(out, "test plan", job.test_plan_execution_id);
  if (job.retries.total > 0)
    add_field(out, "retries",
              fmt::format("{} of {} left", job.retries.remaining, job.retries.total));
  add_time(out, "created", job.created_at);
  add_time(out, "completed", job.completed_at);
  add_field(out, "tags", fmt::format("{}", fmt::join(job.tags, ", ")));
  add_field(out, "page", shown.result.url);
  for (const shown_run& shown_one : shown.runs) {
    const nunu::job_run& run = shown_one.run;
    out += fmt::format("\nrun {}: {}", printable_line(run.multiplayer_run_id),
                       printable_line(result_in_words(run.result_text, run.state)));
    if (run.started_at && run.completed_at)
      out += fmt::format(" ({})", in_words(*run.completed_at - *run.started_at));
    out += '\n';
    if (shown_one.details)
      for (const nunu::player_run& player : shown_one.details->players) add_player(out, player);
    for (const nunu::bug& bug : shown_one.bugs) add_bug(out, bug);
  }
  return out;
}

json::object json_of(const shown_job& shown) {
  json::array runs;
  for (const shown_run& shown_one : shown.runs) {
    json::array players;
    if (shown_one.details)
      for (const nunu::player_run& player : shown_one.details->players)
        players.emplace_back(json_of(player));
    json::array bugs;
    for (const nunu::bug& bug : shown_one.bugs) bugs.emplace_back(json_of(bug));
    json::object one;
    one["id"] = text_or_null(shown_one.run.multiplayer_run_id);
    one["state"] = text_or_null(shown_one.run.state);
    one["result"] = text_or_null(shown_one.run.result_text);
    one["players"] = std::move(players);
    one["bugs"] = std::move(bugs);
    runs.emplace_back(std::move(one));
  }
  json::object object;
  object["job"] = json_of(shown.result);
  object["runs"] = std::move(runs);
  return object;
}

}  // namespace cli
