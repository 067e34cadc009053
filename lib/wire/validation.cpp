#include "wire/validation.hpp"

#include <algorithm>
#include <initializer_list>
#include <string_view>
#include <utility>

#include "core/launch.hpp"
#include "wire/api_limits.hpp"
#include "wire/control_characters.hpp"

namespace nunu::wire {
namespace {

/// So that no sum of a moment and a duration overflows.
constexpr std::chrono::milliseconds kLongest = std::chrono::hours(24 * 365);
/// As many as one address has ports.
constexpr std::size_t kMostConnections = 65'535;

using named_text = std::pair<std::string_view, std::string_view>;

std::string says(std::string_view field, std::string_view what) {
  return std::string(field).append(" ").append(what);
}

std::string problem_with_texts(std::initializer_list<named_text> texts) {
  for (const auto& [field, text] : texts)
    if (has_control_character(text))
      return says(field, "has a control character, such as a line feed");
  return {};
}

std::string problem_with_tags(std::string_view field, std::span<const std::string> tags) {
  for (const std::string& tag : tags) {
    if (tag.empty()) return says(field, "has an empty tag");
    if (has_control_character(tag)) return says(field, "has a tag with a control character");
    if (tag.find(',') != std::string::npos)
      return says(field, "has the tag \"" + tag + "\" with a comma, which separates tags");
  }
  return {};
}

std::string problem_with_labels(std::initializer_list<named_text> labels) {
  for (const auto& [field, text] : labels)
    if (!text.empty() && !core::is_label(text))
      return says(field, "is not 1 to " + std::to_string(core::kMaxLabelLength) +
                             " lower-case letters, digits and \"-\"");
  return {};
}

std::string problem_with_durations(const client_config& config) {
  const std::pair<std::string_view, std::chrono::milliseconds> durations[] = {
      {"max_connection_age", config.max_connection_age},
      {"idle_timeout", config.idle_timeout},
      {"connect_timeout", config.connect_timeout},
      {"response_timeout", config.response_timeout},
      {"operation_timeout", config.operation_timeout},
      {"reconcile_window", config.reconcile_window},
      {"reconcile_interval", config.reconcile_interval},
      {"polling.queued", config.polling.queued},
      {"polling.running", config.polling.running},
      {"polling.ending", config.polling.ending}};
  for (const auto& [field, value] : durations)
    if (value <= std::chrono::milliseconds::zero() || value > kLongest)
      return says(field, "is not above 0 and at most a year");
  if (config.polling.first < std::chrono::milliseconds::zero() || config.polling.first > kLongest)
    return "polling.first is not within 0 and a year";
  // Written so that a growth that is not a number is refused, too.
  if (!(config.polling.growth >= 1.0)) return "polling.growth is below 1";
  return {};
}

std::string problem_with_counts(const run_request& request) {
  const bool is_test = !request.multiplayer_test_id.empty();
  if (request.retries && !is_test) return "retries is only allowed with multiplayer_test_id";
  if (request.retries && (*request.retries < 0 || *request.retries > kMostRetries))
    return "retries is " + std::to_string(*request.retries) + ", which is not within 0 to " +
           std::to_string(kMostRetries);
  if (request.instances && !is_test) return "instances is only allowed with multiplayer_test_id";
  if (request.instances && (*request.instances < 1 || *request.instances > kMostInstances))
    return "instances is " + std::to_string(*request.instances) + ", which is not within 1 to " +
           std::to_string(kMostInstances);
  return {};
}

std::string problem_with_players(const run_request& request) {
  if (request.player_deployment_configs.empty()) return {};
  if (request.multiplayer_test_id.empty())
    return "player_deployment_configs is only allowed with multiplayer_test_id";
  for (const auto& [player, deployment] : request.player_deployment_configs) {
    if (player < 1) return "player_deployment_configs has a player below 1";
    if (deployment.deployment_config_id.empty())
      return "player_deployment_configs has no deployment_config_id for player " +
             std::to_string(player);
  }
  return {};
}

}  // namespace

std::string problem_with(const client_config& config) {
  if (config.api_key.empty()) return "api_key is empty";
  if (has_control_character(config.api_key.reveal()))
    return "api_key has a control character, such as the line feed that a file ends with";
  if (config.max_connections == 0 || config.max_connections > kMostConnections)
    return "max_connections is not within 1 to " + std::to_string(kMostConnections);
  if (config.tls.certificate_pem.empty() != config.tls.private_key_pem.empty())
    return "tls.certificate_pem and tls.private_key_pem must be given together";
  if (std::string problem = problem_with_labels({{"group", config.group}}); !problem.empty())
    return problem;
  return problem_with_durations(config);
}

std::string problem_with(const run_request& request) {
  const auto kinds = static_cast<int>(!request.multiplayer_test_id.empty()) +
                     static_cast<int>(!request.test_plan_id.empty()) +
                     static_cast<int>(!request.instructions.empty());
  if (kinds == 0)
    return "one of multiplayer_test_id, test_plan_id and instructions is required; none is given";
  if (kinds > 1)
    return "only one of multiplayer_test_id, test_plan_id and instructions is allowed; " +
           std::to_string(kinds) + " are given";
  if (request.deployment_config_id.empty() && request.player_deployment_configs.empty())
    return "deployment_config_id is required";
  if (!request.name.empty() && request.instructions.empty())
    return "name is only allowed with instructions";
  for (std::string problem :
       {problem_with_counts(request), problem_with_players(request),
        problem_with_tags("additional_tags", request.additional_tags),
        problem_with_texts({{"multiplayer_test_id", request.multiplayer_test_id},
                            {"test_plan_id", request.test_plan_id},
                            {"deployment_config_id", request.deployment_config_id},
                            {"build_id", request.build_id},
                            {"agent_config_id", request.agent_config_id}})})
    if (!problem.empty()) return problem;
  return {};
}

std::string problem_with(const start_options& options) {
  return problem_with_labels({{"launch_id", options.launch_id}, {"group", options.group}});
}

std::string problem_with_launch_id(std::string_view launch_id) {
  if (launch_id.empty()) return "launch_id is empty";
  return problem_with_labels({{"launch_id", launch_id}});
}

std::string problem_with(const wait_options& options) {
  return problem_with_labels({{"group", options.group}});
}

std::string problem_with(const job_query& query) {
  if (query.page < 0) return "page is " + std::to_string(query.page) + ", which is below 0";
  if (query.page_size < 1 || query.page_size > kMostJobsOnAPage)
    return "page_size is " + std::to_string(query.page_size) + ", which is not within 1 to " +
           std::to_string(kMostJobsOnAPage);
  if (std::string problem = problem_with_tags("tags", query.tags); !problem.empty()) return problem;
  return problem_with_texts({{"test_plan_execution_id", query.test_plan_execution_id},
                             {"multiplayer_test_id", query.multiplayer_test_id}});
}

std::string problem_with_job_ids(std::span<const std::string> ids) {
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (ids[i].empty()) return "job id number " + std::to_string(i + 1) + " is empty";
    if (has_control_character(ids[i]))
      return "job id number " + std::to_string(i + 1) + " has a control character";
  }
  return {};
}

std::string problem_with_run_id(std::string_view run_id) {
  if (run_id.empty()) return "run_id is empty";
  return problem_with_texts({{"run_id", run_id}});
}

}  // namespace nunu::wire
