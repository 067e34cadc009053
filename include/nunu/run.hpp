/// \file
/// Starting a run: what to send and what comes back.
#pragma once

#include <boost/json/object.hpp>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <nunu/unknown_start.hpp>

namespace nunu {

/// The deployment of one player in a multiplayer test.
struct player_deployment_config {
  std::string deployment_config_id{};
  /// Empty: none.
  std::string build_id{};

  friend bool operator==(const player_deployment_config&,
                         const player_deployment_config&) = default;
};

/// What to start: exactly one of a test, a test plan, or instructions. Fields that are empty are
/// not sent. Source: API reference, `POST /runs`.
struct run_request {
  /// A test; one job, or as many as `instances`.
  std::string multiplayer_test_id{};
  /// A test plan; one job for each test in it.
  std::string test_plan_id{};
  /// An ephemeral test, in words.
  std::string instructions{};

  /// Where to run. Required, unless `player_deployment_configs` covers every player.
  std::string deployment_config_id{};
  /// Only with `instructions`; the service's default is "[api] ephemeral test".
  std::string name{};
  /// Only for deployment configs that use Build Storage.
  std::string build_id{};
  std::string agent_config_id{};
  /// The service prepends `api` with `instructions`.
  std::vector<std::string> additional_tags{};
  /// 0 to 10, only with `multiplayer_test_id`. The service retries execution failures, never
  /// verdicts. The service's default is 0.
  std::optional<int> retries{};
  /// 1 to 10, only with `multiplayer_test_id`. The service's default is 1.
  std::optional<int> instances{};
  /// By player: 1, 2, …; only with `multiplayer_test_id`.
  std::map<int, player_deployment_config> player_deployment_configs{};
  std::optional<bool> run_on_all_configured_devices{};
  std::optional<bool> render_templates{};
  boost::json::object template_data{};
  /// Passed through as they are. Known keys: `performance_monitoring` (bool),
  /// `mobile_auto_grant_permissions` (bool), `mobile_geolocation` (string), `mobile_gpslocation`
  /// (`"auto"` or `{"lat": "…", "long": "…"}`), and older `min_time_seconds`, `max_time_seconds`.
  boost::json::object options{};

  friend bool operator==(const run_request&, const run_request&) = default;
};

/// How to start it.
struct start_options {
  /// Identifies the start, so that it can be found again: lower-case letters, digits and `-`, at
  /// most 38 characters. Empty: the client mints one. One that is given is asked about before
  /// anything is sent, which takes a second or two: if it has started something already, by
  /// whichever process and whatever the request was, that run is the result. So a program that was
  /// restarted starts nothing twice, if it keeps the launch id somewhere before it starts. Several
  /// calls of one client with the same launch id give the same run, and what one of them has sent,
  /// without anybody knowing what became of it, the others look up again and do not send, however
  /// much later. Without `tags` the same run is given as long as it is among the latest thousand;
  /// after that its outcome counts as unknown. Two processes must not start one launch id at the
  /// same moment: each would find that the other has not started it yet.
  std::string launch_id{};
  /// Adds the tag `nunu-group-<group>`, by which the jobs of several starts can be listed, and
  /// which waiting for many of them uses; the same characters and length as for a launch id. Empty:
  /// `client_config::group`.
  std::string group{};
  /// Adds the tags. Without them a start whose outcome is unknown cannot be looked up, nor one
  /// whose launch id is given be asked about.
  bool tags = true;
  /// What to do when nobody can tell whether a run was started, and no job of it was ever seen.
  unknown_start if_unknown = unknown_start::report;
};

/// What became of one device of a multi-device start.
struct device_result {
  std::string device_label;
  bool ok = false;
  int status = 0;
  std::string message;
  std::string error;

  friend bool operator==(const device_result&, const device_result&) = default;
};

/// A run that the service has started, at least in part. One that was found by its launch tag has
/// its job ids in ascending order, and no message, test id or device results.
/// Source: API reference, `POST /runs`, answers 200, 201, 207 and 500.
struct started_run {
  /// One for each test; a test plan gives one for each test in it. Empty when no device of a
  /// multi-device start could be started: `device_results` says why.
  std::vector<std::string> job_ids;
  std::string build_id;
  /// Only for instructions.
  std::string test_id;
  /// Only for test plans.
  std::string test_plan_execution_id;
  std::string message;
  /// Only for multi-device starts.
  std::vector<device_result> device_results;
  /// The one that was given or minted.
  std::string launch_id;

  friend bool operator==(const started_run&, const started_run&) = default;
};

}  // namespace nunu
