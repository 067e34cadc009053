#include "evidence.hpp"

#include <fmt/format.h>
#include <algorithm>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <cstddef>

namespace cli {
namespace {

using namespace std::string_view_literals;

bool ended_badly(nunu::run_result result) {
  switch (result) {
    case nunu::run_result::none:
    case nunu::run_result::success:
    case nunu::run_result::skipped:
      return false;
    case nunu::run_result::unknown:
    case nunu::run_result::failed:
    case nunu::run_result::blocked:
    case nunu::run_result::timeout:
    case nunu::run_result::error:
    case nunu::run_result::stopped:
      break;
  }
  return true;
}

void append_failed_steps(std::vector<failed_step>& found, const nunu::player_run& player) {
  const std::size_t before = found.size();
  for (const nunu::run_step& step : player.steps) {
    if (ended_badly(step.result)) found.push_back({&player, &step});
  }
  if (found.size() != before || !ended_badly(player.result)) return;
  const auto begun = std::find_if(player.steps.rbegin(), player.steps.rend(), [](const auto& step) {
    return step.result == nunu::run_result::none && (step.started_at || !step.report.empty());
  });
  if (begun != player.steps.rend()) found.push_back({&player, &*begun});
}

std::string_view first_not_empty(std::string_view first, std::string_view second) {
  return first.empty() ? second : first;
}

/// `TIMEOUT` or `ERROR`, as the service writes it; of the attempts, the last one tells.
std::string_view execution_result(const result& r) {
  if (r.details && !r.details->result_text.empty()) return r.details->result_text;
  if (!r.outcome.job) return {};
  const auto& runs = r.outcome.job->runs;
  const auto failed = std::find_if(runs.rbegin(), runs.rend(), [](const nunu::job_run& run) {
    return run.result == nunu::run_result::timeout || run.result == nunu::run_result::error;
  });
  return failed == runs.rend() ? std::string_view() : failed->result_text;
}

std::string in_words(const cause& why) {
  const nunu::diagnostics& details = why.details;
  std::string words;
  for (const std::string_view part :
       {std::string_view(details.service_message), std::string_view(details.message)}) {
    if (part.empty() || words.find(part) != std::string::npos) continue;
    if (!words.empty()) words += "; ";
    words += part;
  }
  if (words.empty() && why.code) words = why.code.message();
  if (details.http_status != 0) words += fmt::format(" (status {})", details.http_status);
  return words;
}

}  // namespace

std::vector<const result*> unsuccessful(const results& all) {
  std::vector<const result*> found;
  for (const ending e : worst_first) {
    for (const result& r : all.jobs) {
      if (ending_of(r) == e && !succeeded(r)) found.push_back(&r);
    }
  }
  return found;
}

std::string_view in_words(ending e) {
  switch (e) {
    case ending::passed:
      return "passed";
    case ending::skipped:
      return "skipped";
    case ending::blocked:
      return "blocked";
    case ending::failed:
      return "failed";
    case ending::execution_failure:
      return "could not be carried out";
    case ending::stopped:
      return "stopped";
    case ending::rejected:
      return "rejected by the queue";
    case ending::unknown:
      return "ended with an unknown result";
    case ending::still_running:
      return "still running";
    case ending::unreachable:
      return "unreachable";
    case ending::not_started:
      return "not started";
    case ending::start_unknown:
      break;
  }
  return "may have been started";
}

std::string_view ending_in_words(const result& r) {
  if (was_not_sent(r)) {
    return job_id_of(r).empty() ? "not started, since the command ended before its turn"sv
                                : "not stopped, since the command ended before its turn"sv;
  }
  if (!r.start_error && r.stop && !r.stop->ok) return "could not be stopped";
  if (is_unseen(r)) return "not yet seen";
  return in_words(ending_of(r));
}

std::string title_of(const result& r) {
  if (r.outcome.job && !r.outcome.job->test_name.empty()) return r.outcome.job->test_name;
  if (r.details && !r.details->test_name.empty()) return r.details->test_name;
  if (!r.key.empty()) return r.key;
  if (std::string job_id = job_id_of(r); !job_id.empty()) return job_id;
  return r.start_details.launch_id.empty() ? "run" : "launch " + r.start_details.launch_id;
}

std::string job_id_of(const result& r) {
  return r.stop && !r.stop->job_id.empty() ? r.stop->job_id : r.outcome.job_id;
}

std::string stopper_of(const nunu::job& job) {
  if (job.stopped_by.is_null()) return {};
  // The fields are not documented: a name says most, then the kind.
  const boost::json::object* const fields = job.stopped_by.if_object();
  for (const std::string_view field : {"name"sv, "email"sv, "user_id"sv, "id"sv, "type"sv}) {
    const boost::json::value* const value =
        fields != nullptr ? fields->if_contains(field) : nullptr;
    if (value != nullptr && value->is_string()) return std::string(value->get_string());
  }
  return boost::json::serialize(job.stopped_by);
}

std::optional<cause> cause_of(const result& r) {
  cause why;
  if (r.start_error) {
    why.code = r.start_error;
    why.details = r.start_details;
  } else if (r.stop) {
    if (r.stop->ok) return std::nullopt;
    why.details.http_status = r.stop->status;
    why.details.message = r.stop->error;
    why.details.service_message = r.stop->message;
  } else if (r.outcome.error) {
    why.code = r.outcome.error;
    why.details.message = r.outcome.error_message;
  } else {
    return std::nullopt;
  }
  return why;
}

std::vector<failed_step> failed_steps(const result& r) {
  std::vector<failed_step> found;
  if (!r.details) return found;
  for (const nunu::player_run& player : r.details->players) append_failed_steps(found, player);
  return found;
}

std::string in_words(const failed_step& failed) {
  const std::string& platform = failed.player->platform;
  std::string words = fmt::format("player {}", failed.player->player_number);
  if (!platform.empty()) words += fmt::format(" ({})", platform);
  return words + fmt::format(", step {}", failed.step->step_number);
}

std::string hindrance_of(const result& r) {
  if (!was_not_sent(r) || !r.start_details.last_failure) return {};
  return in_words(cause{.code = r.start_details.last_failure, .details = r.start_details});
}

std::string reason_of(const result& r) {
  // It says nothing that the ending does not.
  if (was_not_sent(r) || was_cut_short(r)) return {};
  if (const std::optional<cause> why = cause_of(r)) return in_words(*why);
  const ending end = ending_of(r);
  if (end == ending::still_running) return r.outcome.status_text;
  if (r.outcome.job && end == ending::rejected) return r.outcome.job->queue_rejection_reason;
  if (r.outcome.job && end == ending::stopped) {
    const std::string stopper = stopper_of(*r.outcome.job);
    return stopper.empty() ? std::string() : "by " + stopper;
  }
  if (const std::vector<failed_step> steps = failed_steps(r); !steps.empty()) {
    const nunu::run_step& step = *steps.front().step;
    const std::string_view what = first_not_empty(step.goal, step.report);
    return fmt::format("{}{}{}", in_words(steps.front()), what.empty() ? "" : ": ", what);
  }
  return end == ending::execution_failure ? std::string(execution_result(r)) : std::string();
}

job_times times_of(const result& r) {
  job_times times;
  if (!r.outcome.job) return times;
  times.created = r.outcome.job->created_at;
  times.completed = r.outcome.job->completed_at;
  for (const nunu::job_run& run : r.outcome.job->runs) {
    if (run.started_at && (!times.started || *run.started_at < *times.started))
      times.started = run.started_at;
  }
  return times;
}

std::chrono::microseconds duration_of(const result& r) {
  const job_times times = times_of(r);
  const std::optional<nunu::timestamp> begin = times.started ? times.started : times.created;
  if (!begin || !times.completed) return {};
  // The service's own machines may disagree about the time.
  return std::max(*times.completed - *begin, std::chrono::microseconds{0});
}

}  // namespace cli
