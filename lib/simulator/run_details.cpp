#include "simulator/run_details.hpp"

#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <chrono>

#include "wire/timestamp.hpp"

namespace nunu::simulation {
namespace {

namespace json = boost::json;

struct bug_description {
  std::string_view bug_id;
  std::string_view title;
  std::string_view description;
  std::string_view category;
  std::string_view severity;
  std::string_view confidence;
  std::string_view reproduction_steps;
};

// The same bugs in each run that fails: the service, too, knows a bug again.
constexpr std::array<bug_description, 2> bugs{{
    {"5f0c6f0e-35a4-4f0b-9d36-1f1f0a1f7c01", "Start button does not respond",
     "After a return from the settings the start button takes no taps.", "ui", "high", "high",
     "1. Open the settings\n2. Return to the main menu\n3. Tap the start button"},
    {"5f0c6f0e-35a4-4f0b-9d36-1f1f0a1f7c02", "Music plays twice",
     "Two copies of the menu music are heard after a pause.", "audio", "low", "medium",
     "1. Start a level\n2. Pause it\n3. Return to the main menu"},
}};

constexpr std::string_view artifact_host = "https://artifacts.example.invalid/";
constexpr std::int64_t recording_size = 15'728'640;
constexpr std::int64_t log_size = 45'678;

json::value text_or_null(const std::string& text) {
  return text.empty() ? json::value(nullptr) : json::value(text);
}

json::value time_or_null(const std::optional<timestamp>& t) {
  return t ? json::value(wire::format_timestamp(*t)) : json::value(nullptr);
}

json::value duration_ms(const job_run& run) {
  if (!run.started_at || !run.completed_at) {
    return nullptr;
  }
  return std::chrono::duration_cast<std::chrono::milliseconds>(*run.completed_at - *run.started_at)
      .count();
}

std::string_view report_on(run_result result) {
  switch (result) {
    case run_result::success:
      return "The goal was reached.";
    case run_result::failed:
      return "The goal was not reached: the start button does not respond.";
    case run_result::blocked:
      return "The test could not go on: a dialog covers the game.";
    case run_result::timeout:
      return "The goal was not reached in time.";
    case run_result::error:
      return "The device was lost.";
    case run_result::stopped:
      return "The run was stopped.";
    default:
      return "";
  }
}

json::array steps_of(const job_run& run, const run_background& background) {
  json::object step{{"step_number", 1},
                    {"start_time", time_or_null(run.started_at)},
                    {"end_time", time_or_null(run.completed_at)},
                    {"duration_ms", duration_ms(run)},
                    {"run_state", run.state},
                    {"run_result", text_or_null(run.result_text)},
                    {"report", report_on(run.result)}};
  step["test"] = json::object{{"test_step_id", "step-1"},
                              {"goal", background.goal},
                              {"finish_condition", ""},
                              {"test_type", "task"}};
  return {std::move(step)};
}

json::array artifacts_of(const job_run& run, const std::string& player_run_id) {
  json::array artifacts;
  if (!run.completed_at) {
    return artifacts;
  }
  const auto add = [&](std::string_view filename, std::int64_t size) {
    std::string url(artifact_host);
    url.append(player_run_id).append("/").append(filename);
    artifacts.push_back(json::object{{"filename", filename},
                                     {"url", url},
                                     {"size", size},
                                     {"uploaded_at", time_or_null(run.completed_at)}});
  };
  add("recording.mp4", recording_size);
  add("logs.txt", log_size);
  return artifacts;
}

json::object player_of(const job& j, const job_run& run, const run_background& background,
                       int number) {
  const std::string id = run.multiplayer_run_id + "-" + std::to_string(number);
  json::object player{{"id", id},
                      {"state", run.state},
                      {"result", text_or_null(run.result_text)},
                      {"player_number", number},
                      {"test_name", j.test_name},
                      {"step_count", 1},
                      {"completed_step_count", run.completed_at ? 1 : 0}};
  player["platform"] = json::object{{"kind", j.platform}};
  player["artifacts"] = artifacts_of(run, id);
  player["steps"] = steps_of(run, background);
  return player;
}

}  // namespace

std::size_t bug_count(run_result result) {
  return result == run_result::failed ? bugs.size() : 0;
}

void encode_run_details(const job& j, const job_run& run, const run_background& background,
                        std::string& out) {
  json::object details{{"multiplayer_run_id", run.multiplayer_run_id},
                       {"job_id", j.job_id},
                       {"project_id", j.project_id},
                       {"state", run.state},
                       {"result", text_or_null(run.result_text)},
                       {"bug_info", nullptr},
                       {"build", nullptr},
                       {"created_at", time_or_null(run.started_at)},
                       {"started_at", time_or_null(run.started_at)},
                       {"completed_at", time_or_null(run.completed_at)},
                       {"duration_ms", duration_ms(run)},
                       {"templating_enabled", j.templating_enabled},
                       {"template_data", j.template_data}};
  details["test"] =
      json::object{{"id", j.multiplayer_test_id}, {"name", j.test_name}, {"type", "task"}};
  if (!j.build_id.empty()) {
    details["build"] = json::object{{"id", j.build_id}};
  }
  details["initiator"] = json::object{{"type", "api"}};
  details["tags"] = json::array(j.tags.begin(), j.tags.end());
  json::array players;
  for (int number = 1; number <= run.players; ++number) {
    players.push_back(player_of(j, run, background, number));
  }
  details["players"] = std::move(players);
  out += json::serialize(details);
}

void encode_bugs(const job_run& run, const run_background& background, std::string& out) {
  json::array list;
  for (std::size_t i = 0; i < background.bug_occurrence_ids.size(); ++i) {
    const bug_description& bug = bugs[i];
    list.push_back(json::object{{"id", background.bug_occurrence_ids[i]},
                                {"bug_id", bug.bug_id},
                                {"title", bug.title},
                                {"description", bug.description},
                                {"category", bug.category},
                                {"severity", bug.severity},
                                {"confidence", bug.confidence},
                                {"reproduction_steps", bug.reproduction_steps},
                                {"player_number", 0},
                                {"test_step", 1},
                                {"turn", 1},
                                {"detected_at", time_or_null(run.completed_at)},
                                {"details", json::object()}});
  }
  const std::size_t count = list.size();
  json::object page{{"data", std::move(list)}};
  page["pagination"] = json::object{{"page", 0},
                                    {"page_size", count},
                                    {"total_count", count},
                                    {"total_pages", count == 0 ? 0 : 1}};
  out += json::serialize(page);
}

}  // namespace nunu::simulation
