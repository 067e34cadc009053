#include "wire/run_json.hpp"

#include <algorithm>
#include <array>
#include <boost/json/serialize.hpp>
#include <charconv>
#include <iterator>
#include <set>
#include <vector>

#include "wire/json_fields.hpp"

namespace nunu::wire {
namespace {

namespace json = boost::json;

constexpr std::array<std::string_view, 15> request_keys{"multiplayer_test_id",
                                                        "test_plan_id",
                                                        "instructions",
                                                        "deployment_config_id",
                                                        "name",
                                                        "build_id",
                                                        "agent_config_id",
                                                        "additional_tags",
                                                        "retries",
                                                        "instances",
                                                        "player_deployment_configs",
                                                        "run_on_all_configured_devices",
                                                        "render_templates",
                                                        "template_data",
                                                        "options"};

constexpr std::array<std::string_view, 12> answer_keys{
    "ok",      "status",      "message",      "data",
    "job_ids", "build_id",    "test_id",      "test_plan_execution_id",
    "results", "device_runs", "device_label", "error"};

void put_text(json::object& to, std::string_view key, const std::string& text) {
  if (!text.empty()) to[key] = text;
}

json::array to_json(std::span<const std::string> texts) {
  return json::array(texts.begin(), texts.end());
}

json::object to_json(const std::map<int, player_deployment_config>& players) {
  json::object by_player;
  for (const auto& [player, config] : players) {
    json::object entry{{"deployment_config_id", config.deployment_config_id}};
    put_text(entry, "build_id", config.build_id);
    by_player[std::to_string(player)] = std::move(entry);
  }
  return by_player;
}

json::object to_json(const device_result& device) {
  json::object entry{
      {"device_label", device.device_label}, {"ok", device.ok}, {"status", device.status}};
  put_text(entry, "message", device.message);
  put_text(entry, "error", device.error);
  return entry;
}

json::object to_json(const started_run& run) {
  json::object data;
  put_text(data, "message", run.message);
  put_text(data, "build_id", run.build_id);
  put_text(data, "test_id", run.test_id);
  put_text(data, "test_plan_execution_id", run.test_plan_execution_id);
  data["job_ids"] = to_json(run.job_ids);
  return data;
}

void read_players(const object_reader& in, std::map<int, player_deployment_config>& players,
                  std::string& problem) {
  constexpr std::string_view key = "player_deployment_configs";
  const json::object* by_player = in.object(key);
  if (by_player == nullptr) return;
  const object_reader entries(*by_player, std::string(key), problem);
  for (const auto& entry : *by_player) {
    const std::string_view name = entry.key();
    int player = 0;
    const auto [end, ec] = std::from_chars(name.data(), name.data() + name.size(), player);
    if (ec != std::errc() || end != name.data() + name.size()) {
      return entries.reject(name, "is not the number of a player");
    }
    const json::object* config = entries.object(name);
    if (config == nullptr) return entries.reject(name, "is null");
    const object_reader fields(*config, std::string(key) + '.' + std::string(name), problem);
    fields.read("deployment_config_id", players[player].deployment_config_id);
    fields.read("build_id", players[player].build_id);
  }
}

device_result read_device(const object_reader& in) {
  device_result device;
  in.read("device_label", device.device_label);
  in.read("ok", device.ok);
  in.read("status", device.status);
  in.read("message", device.message);
  in.read("error", device.error);
  return device;
}

/// Adds what is not there yet: an answer may name jobs in its envelope and around it, and none that
/// was started may be lost.
void read_job_ids(const object_reader& in, std::vector<std::string>& ids) {
  std::vector<std::string> more;
  in.read("job_ids", more);
  if (ids.empty()) {
    ids = std::move(more);
    return;
  }
  const std::set<std::string> known(ids.begin(), ids.end());
  std::ranges::copy_if(more, std::back_inserter(ids),
                       [&](const std::string& id) { return !known.contains(id); });
}

/// What is common to all forms of the answer. False: there is nothing in it that was started, nor
/// that was not.
bool read_started(const object_reader& in, started_run& run) {
  in.read("message", run.message);
  in.read("build_id", run.build_id);
  in.read("test_id", run.test_id);
  in.read("test_plan_execution_id", run.test_plan_execution_id);
  read_job_ids(in, run.job_ids);
  bool anything = in.array("job_ids") != nullptr;
  for (const std::string_view list : {"results", "device_runs"}) {
    anything = in.array(list) != nullptr || anything;
    // An answer with both lists has the same devices in them.
    if (!run.device_results.empty()) continue;
    in.for_each_object(list, [&](const object_reader& device) {
      run.device_results.push_back(read_device(device));
    });
  }
  return anything;
}

/// A device that was started has jobs; an answer that does not name them is not understood.
bool lacks_jobs(const started_run& run) {
  return run.job_ids.empty() && std::ranges::any_of(run.device_results, &device_result::ok);
}

}  // namespace

std::string encode_run_request(const run_request& request,
                               std::span<const std::string> extra_tags) {
  json::object body;
  put_text(body, "multiplayer_test_id", request.multiplayer_test_id);
  put_text(body, "test_plan_id", request.test_plan_id);
  put_text(body, "instructions", request.instructions);
  put_text(body, "deployment_config_id", request.deployment_config_id);
  put_text(body, "name", request.name);
  put_text(body, "build_id", request.build_id);
  put_text(body, "agent_config_id", request.agent_config_id);
  json::array tags = to_json(request.additional_tags);
  tags.insert(tags.end(), extra_tags.begin(), extra_tags.end());
  if (!tags.empty()) body["additional_tags"] = std::move(tags);
  if (request.retries) body["retries"] = *request.retries;
  if (request.instances) body["instances"] = *request.instances;
  if (!request.player_deployment_configs.empty()) {
    body["player_deployment_configs"] = to_json(request.player_deployment_configs);
  }
  if (request.run_on_all_configured_devices) {
    body["run_on_all_configured_devices"] = *request.run_on_all_configured_devices;
  }
  if (request.render_templates) body["render_templates"] = *request.render_templates;
  if (!request.template_data.empty()) body["template_data"] = request.template_data;
  if (!request.options.empty()) body["options"] = request.options;
  return json::serialize(body);
}

decoded<run_request> decode_run_request(std::string_view body) {
  const auto document = parse_object(body, request_keys);
  if (!document) return {boost::system::in_place_error, document.error()};
  std::string problem;
  run_request request;
  const object_reader in(*document, "", problem);
  in.read("multiplayer_test_id", request.multiplayer_test_id);
  in.read("test_plan_id", request.test_plan_id);
  in.read("instructions", request.instructions);
  in.read("deployment_config_id", request.deployment_config_id);
  in.read("name", request.name);
  in.read("build_id", request.build_id);
  in.read("agent_config_id", request.agent_config_id);
  in.read("additional_tags", request.additional_tags);
  in.read("retries", request.retries);
  in.read("instances", request.instances);
  read_players(in, request.player_deployment_configs, problem);
  in.read("run_on_all_configured_devices", request.run_on_all_configured_devices);
  in.read("render_templates", request.render_templates);
  in.read("template_data", request.template_data);
  in.read("options", request.options);
  if (!problem.empty()) return {boost::system::in_place_error, problem};
  return request;
}

decoded<started_run> decode_started_run(std::string_view body) {
  const auto document = parse_object(body, answer_keys);
  if (!document) return {boost::system::in_place_error, document.error()};
  std::string problem;
  started_run run;
  const object_reader in(*document, "", problem);
  bool anything = read_started(in, run);
  if (const json::object* data = in.object("data")) {
    anything = read_started(object_reader(*data, "data", problem), run) || anything;
  }
  if (!problem.empty()) return {boost::system::in_place_error, problem};
  if (!anything || lacks_jobs(run)) {
    return {boost::system::in_place_error, "job_ids is missing"};
  }
  return run;
}

std::string encode_started_run(const started_run& run) {
  return json::serialize(to_json(run));
}

std::string encode_started_run_envelope(const started_run& run) {
  json::object envelope{{"ok", true}, {"status", 200}};
  put_text(envelope, "message", run.message);
  envelope["data"] = to_json(run);
  return json::serialize(envelope);
}

std::string encode_multi_device_run(const started_run& run) {
  const auto requested = run.device_results.size();
  const auto started =
      static_cast<std::size_t>(std::ranges::count_if(run.device_results, &device_result::ok));
  json::object body = to_json(run);
  body["ok"] = started > 0;
  body["requested_count"] = requested;
  body["started_count"] = started;
  body["successful_count"] = started;
  body["failed_count"] = requested - started;
  json::array& results = body["results"].emplace_array();
  for (const device_result& device : run.device_results) results.push_back(to_json(device));
  return json::serialize(body);
}

}  // namespace nunu::wire
