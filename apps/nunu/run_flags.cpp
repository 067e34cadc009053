#include "run_flags.hpp"

#include <fmt/format.h>

#include <boost/json/parse.hpp>
#include <charconv>
#include <limits>
#include <string_view>
#include <utility>

#include "request_fields.hpp"
#include "request_rules.hpp"
#include "usage_error.hpp"
#include "whole_number.hpp"

namespace cli {
namespace {

namespace json = boost::json;

std::string flag_of(std::string_view field) {
  constexpr std::pair<std::string_view, std::string_view> flags[] = {
      {kTestField, "--test"},
      {kPlanField, "--plan"},
      {kInstructionsField, "--instructions"},
      {kDeploymentField, "--deployment"},
      {"name", "--name"},
      {"build_id", "--build"},
      {"agent_config_id", "--agent-config"},
      {"additional_tags", "--tag"},
      {"retries", "--retries"},
      {"instances", "--instances"},
      {kPlayersField, "--player"},
      {"run_on_all_configured_devices", "--all-devices"},
      {"render_templates", "--render-templates"},
      {"template_data", "--template"},
      {"options", "--option"},
  };
  for (const auto& [name, flag] : flags)
    if (name == field) return std::string(flag);
  return std::string(field);
}

std::optional<int> number_of(std::string_view flag, const std::optional<std::string>& text) {
  if (!text) return std::nullopt;
  int number = 0;
  const char* const text_end = text->data() + text->size();
  const auto [end, ec] = std::from_chars(text->data(), text_end, number);
  if (ec != std::errc() || end != text_end)
    throw usage_error(fmt::format("{}: '{}' is not a small whole number", flag, *text));
  return number;
}

std::pair<std::string, std::string> split_at_equals(std::string_view flag, std::string_view text,
                                                    std::string_view form) {
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos || equals == 0)
    throw usage_error(fmt::format("{}: '{}' is not {}", flag, text, form));
  return {std::string(text.substr(0, equals)), std::string(text.substr(equals + 1))};
}

void put(json::object& object, std::string_view flag, const std::string& key, json::value value) {
  if (!object.emplace(key, std::move(value)).second)
    throw usage_error(fmt::format("{}: '{}' is given twice", flag, key));
}

/// Templates are texts with places to fill in: what is filled in is text.
json::object template_data_of(const std::vector<std::string>& texts) {
  json::object object;
  for (const std::string& text : texts) {
    const auto [key, value] = split_at_equals("--template", text, "KEY=VALUE");
    put(object, "--template", key, json::value(value));
  }
  return object;
}

json::object options_of(const std::vector<std::string>& texts) {
  json::object object;
  for (const std::string& text : texts) {
    const auto [key, value] = split_at_equals("--option", text, "KEY=VALUE");
    json::error_code ec;
    json::value parsed = json::parse(value, ec);
    put(object, "--option", key, ec ? json::value(value) : std::move(parsed));
  }
  return object;
}

std::map<int, nunu::player_deployment_config> players_of(const std::vector<std::string>& texts) {
  constexpr std::string_view form = "N=DEPLOYMENT[:BUILD] with N from 1";
  std::map<int, nunu::player_deployment_config> players;
  for (const std::string& text : texts) {
    const auto [number, ids] = split_at_equals("--player", text, form);
    const auto player = parse_whole_number(number);
    const std::size_t colon = ids.find(':');
    nunu::player_deployment_config config{.deployment_config_id = ids.substr(0, colon)};
    if (colon != std::string::npos) config.build_id = ids.substr(colon + 1);
    const bool half = colon != std::string::npos && config.build_id.empty();
    if (!player || *player < 1 || *player > std::numeric_limits<int>::max() ||
        config.deployment_config_id.empty() || half)
      throw usage_error(fmt::format("--player: '{}' is not {}", text, form));
    if (!players.emplace(static_cast<int>(*player), std::move(config)).second)
      throw usage_error(fmt::format("--player: player {} is given twice", *player));
  }
  return players;
}

std::string instructions_of(const std::string& text, inputs& in) {
  if (!text.starts_with('@')) return text;
  std::string read = in.read("--instructions", text.substr(1));
  if (read.find_first_not_of(" \t\r\n") == std::string::npos)
    throw usage_error(fmt::format("--instructions: {} is empty", text.substr(1)));
  return read;
}

void check(const nunu::run_request& request) {
  for (const request_problem& problem : problems_with(request, flag_of)) {
    if (problem.field.empty()) throw usage_error(fmt::format("the run {}", problem.what));
    throw usage_error(fmt::format("{}: {}", flag_of(problem.field), problem.what));
  }
}

}  // namespace

nunu::run_request request_of(const command_line& given, inputs& in) {
  nunu::run_request request;
  request.multiplayer_test_id = given.test.value_or("");
  request.test_plan_id = given.plan.value_or("");
  if (given.instructions) request.instructions = instructions_of(*given.instructions, in);
  request.deployment_config_id = given.deployment.value_or("");
  request.name = given.name.value_or("");
  request.build_id = given.build.value_or("");
  request.agent_config_id = given.agent_config.value_or("");
  request.additional_tags = given.tags;
  request.retries = number_of("--retries", given.retries);
  request.instances = number_of("--instances", given.instances);
  request.player_deployment_configs = players_of(given.players);
  if (given.all_devices) request.run_on_all_configured_devices = true;
  if (given.render_templates) request.render_templates = true;
  if (given.no_render_templates) request.render_templates = false;
  request.template_data = template_data_of(given.templates);
  request.options = options_of(given.options);
  check(request);
  return request;
}

}  // namespace cli
