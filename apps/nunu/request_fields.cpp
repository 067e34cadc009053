#include "request_fields.hpp"

#include <algorithm>
#include <array>

namespace cli {
namespace {

using request = nunu::run_request;

constexpr std::array<request_field, 15> fields{{
    {kTestField, &request::multiplayer_test_id},
    {kPlanField, &request::test_plan_id},
    {kInstructionsField, &request::instructions},
    {kDeploymentField, &request::deployment_config_id},
    {"name", &request::name, request_kind::instructions},
    {"build_id", &request::build_id},
    {"agent_config_id", &request::agent_config_id},
    {"additional_tags", &request::additional_tags},
    {"retries", &request::retries, request_kind::test},
    {"instances", &request::instances, request_kind::test},
    {kPlayersField, &request::player_deployment_configs, request_kind::test},
    {"run_on_all_configured_devices", &request::run_on_all_configured_devices},
    {"render_templates", &request::render_templates},
    {"template_data", &request::template_data},
    {"options", &request::options},
}};

}  // namespace

std::span<const request_field> request_fields() noexcept {
  return fields;
}

const request_field* find_request_field(std::string_view name) noexcept {
  const auto at = std::ranges::find(fields, name, &request_field::name);
  return at == fields.end() ? nullptr : &*at;
}

std::string_view field_of(request_kind kind) noexcept {
  switch (kind) {
    case request_kind::test:
      return kTestField;
    case request_kind::plan:
      return kPlanField;
    case request_kind::instructions:
      return kInstructionsField;
    case request_kind::any:
      break;
  }
  return {};
}

}  // namespace cli
