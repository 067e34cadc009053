#include "wire/run_details_json.hpp"

#include <array>
#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <utility>

#include "core/names.hpp"
#include "wire/json_fields.hpp"
#include "wire/timestamp.hpp"

namespace nunu::wire {
namespace {

namespace json = boost::json;

constexpr std::array<std::string_view, 26> run_keys{"multiplayer_run_id",
                                                    "job_id",
                                                    "project_id",
                                                    "test",
                                                    "name",
                                                    "state",
                                                    "result",
                                                    "started_at",
                                                    "completed_at",
                                                    "players",
                                                    "id",
                                                    "player_number",
                                                    "platform",
                                                    "kind",
                                                    "steps",
                                                    "step_number",
                                                    "goal",
                                                    "report",
                                                    "run_state",
                                                    "run_result",
                                                    "start_time",
                                                    "end_time",
                                                    "artifacts",
                                                    "filename",
                                                    "url",
                                                    "size"};

constexpr std::array<std::string_view, 10> bug_keys{
    "data",     "pagination", "total_pages", "id",          "title",
    "category", "severity",   "confidence",  "description", "reproduction_steps"};

void read_time(const object_reader& in, std::string_view key, std::optional<timestamp>& out) {
  std::string text;
  in.read(key, text);
  out = parse_timestamp(text);
}

void read_result(const object_reader& in, std::string_view key, run_result& result,
                 std::string& text) {
  in.read(key, text);
  result = core::parse_run_result(text);
}

template <class Int>
void read_count(const object_reader& in, std::string_view key, Int& out) {
  in.read(key, out);
  if (out < 0) in.reject(key, "is negative");
}

run_step read_step(const object_reader& in) {
  run_step step;
  read_count(in, "step_number", step.step_number);
  // Of the step itself, or of what it tests.
  in.read("goal", step.goal);
  if (const auto test = in.inside("test")) test->read("goal", step.goal);
  in.read("report", step.report);
  in.read("run_state", step.state);
  read_result(in, "run_result", step.result, step.result_text);
  read_time(in, "start_time", step.started_at);
  read_time(in, "end_time", step.completed_at);
  return step;
}

run_artifact read_artifact(const object_reader& in) {
  run_artifact artifact;
  in.read("filename", artifact.filename);
  in.read("url", artifact.url);
  read_count(in, "size", artifact.size);
  return artifact;
}

player_run read_player(const object_reader& in) {
  player_run player;
  in.read("id", player.id);
  read_count(in, "player_number", player.player_number);
  in.read("state", player.state);
  read_result(in, "result", player.result, player.result_text);
  if (const auto platform = in.inside("platform")) platform->read("kind", player.platform);
  in.for_each_object("steps",
                     [&](const object_reader& step) { player.steps.push_back(read_step(step)); });
  in.for_each_object("artifacts", [&](const object_reader& artifact) {
    player.artifacts.push_back(read_artifact(artifact));
  });
  return player;
}

run_details read_run(const object_reader& in) {
  run_details run;
  in.read("multiplayer_run_id", run.multiplayer_run_id);
  if (run.multiplayer_run_id.empty()) in.reject("multiplayer_run_id", "is missing");
  in.read("job_id", run.job_id);
  in.read("project_id", run.project_id);
  if (const auto test = in.inside("test")) test->read("name", run.test_name);
  in.read("state", run.state);
  read_result(in, "result", run.result, run.result_text);
  read_time(in, "started_at", run.started_at);
  read_time(in, "completed_at", run.completed_at);
  in.for_each_object(
      "players", [&](const object_reader& player) { run.players.push_back(read_player(player)); });
  return run;
}

bug read_bug(const object_reader& in) {
  bug found;
  in.read("id", found.id);
  in.read("title", found.title);
  in.read("description", found.description);
  in.read("category", found.category);
  in.read("severity", found.severity_text);
  found.severity = core::parse_bug_severity(found.severity_text);
  in.read("confidence", found.confidence);
  in.read("reproduction_steps", found.reproduction_steps);
  return found;
}

}  // namespace

decoded<run_details> decode_run_details(std::string_view body) {
  const auto document = parse_object(body, run_keys);
  if (!document) return {boost::system::in_place_error, document.error()};
  std::string problem;
  run_details run = read_run(object_reader(*document, "", problem));
  if (!problem.empty()) return {boost::system::in_place_error, problem};
  return run;
}

decoded<bug_page> decode_bug_page(std::string_view body) {
  auto document = parse_document(body, bug_keys);
  if (!document) return {boost::system::in_place_error, document.error()};
  if (document->is_array()) *document = json::object{{"data", std::move(*document)}};
  const json::object* object = document->if_object();
  if (object == nullptr)
    return {boost::system::in_place_error, "the body is neither an object nor an array"};
  std::string problem;
  bug_page page;
  const object_reader in(*object, "", problem);
  // A page without a list says nothing; taken for an empty list, it would say that there are none.
  if (in.array("data") == nullptr) in.reject("data", "is missing");
  in.for_each_object("data",
                     [&](const object_reader& found) { page.bugs.push_back(read_bug(found)); });
  if (const auto pagination = in.inside("pagination"))
    read_count(*pagination, "total_pages", page.total_pages);
  if (!problem.empty()) return {boost::system::in_place_error, problem};
  return page;
}

}  // namespace nunu::wire
