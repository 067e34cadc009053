#include "simulator/start_rules.hpp"

#include <array>
#include <string>
#include <utility>

#include "wire/api_limits.hpp"

namespace nunu::simulation {
namespace {

std::optional<rejection> check_subject(const run_request& request) {
  const int subjects = (request.multiplayer_test_id.empty() ? 0 : 1) +
                       (request.test_plan_id.empty() ? 0 : 1) +
                       (request.instructions.empty() ? 0 : 1);
  if (subjects == 1) {
    return std::nullopt;
  }
  return rejection{400, "VALIDATION_ERROR",
                   "exactly one of multiplayer_test_id, test_plan_id, instructions is required",
                   "multiplayer_test_id"};
}

std::optional<rejection> check_deployment(const run_request& request) {
  for (const auto& [player, config] : request.player_deployment_configs) {
    const std::string field = "player_deployment_configs." + std::to_string(player);
    if (player < 1) {
      return invalid(field, "is not a player: they are counted from 1");
    }
    if (config.deployment_config_id.empty()) {
      return invalid(field + ".deployment_config_id", "is required");
    }
  }
  if (request.deployment_config_id.empty() && request.player_deployment_configs.empty()) {
    return invalid("deployment_config_id", "is required");
  }
  return std::nullopt;
}

std::optional<rejection> check_owner_of_fields(const run_request& request) {
  if (request.multiplayer_test_id.empty()) {
    const std::array<std::pair<std::string_view, bool>, 3> of_tests{{
        {"retries", request.retries.has_value()},
        {"instances", request.instances.has_value()},
        {"player_deployment_configs", !request.player_deployment_configs.empty()},
    }};
    for (const auto& [field, present] : of_tests) {
      if (present) {
        return invalid(field, "is allowed with multiplayer_test_id only");
      }
    }
  }
  if (!request.name.empty() && request.instructions.empty()) {
    return invalid("name", "is allowed with instructions only");
  }
  return std::nullopt;
}

std::optional<rejection> check_ranges(const run_request& request) {
  if (request.retries && (*request.retries < 0 || *request.retries > wire::kMostRetries)) {
    return invalid("retries", "must be from 0 to " + std::to_string(wire::kMostRetries));
  }
  if (request.instances && (*request.instances < 1 || *request.instances > wire::kMostInstances)) {
    return invalid("instances", "must be from 1 to " + std::to_string(wire::kMostInstances));
  }
  return std::nullopt;
}

}  // namespace

std::optional<rejection> check_start(const run_request& request) {
  for (const auto rule : {check_subject, check_owner_of_fields, check_ranges, check_deployment}) {
    if (auto broken = rule(request)) {
      return broken;
    }
  }
  return std::nullopt;
}

}  // namespace nunu::simulation
