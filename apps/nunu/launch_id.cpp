#include "launch_id.hpp"

#include <algorithm>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <cstddef>
#include <cstdint>
#include <map>
#include <utility>

namespace cli {
namespace {

namespace json = boost::json;

__extension__ using uint128 = unsigned __int128;

constexpr uint128 from_halves(std::uint64_t high, std::uint64_t low) {
  return static_cast<uint128>(high) << 64 | low;
}

/// FNV-1a with 128 bits: its offset basis and its prime.
constexpr uint128 kBasis = from_halves(0x6C62272E07BB0142, 0x62B821756295C58D);
constexpr uint128 kPrime = from_halves(0x0000000001000000, 0x000000000000013B);

std::string hash_of(std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  uint128 hash = kBasis;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * kPrime;
  std::string hex;
  for (int shift = 124; shift >= 0; shift -= 4)
    hex += digits[static_cast<std::size_t>(hash >> shift & 0xF)];
  return hex;
}

/// By name, since an object that means the same may have its members in any order.
void append_sorted(std::string& out, const json::value& value) {
  if (value.is_object()) {
    std::map<std::string_view, const json::value*> members;
    for (const auto& member : value.get_object()) {
      const std::string_view name = member.key();
      members.emplace(name, &member.value());
    }
    out += '{';
    for (const auto& [name, member] : members) {
      out += json::serialize(json::value(json::string_view(name.data(), name.size())));
      out += ':';
      append_sorted(out, *member);
      out += ',';
    }
    out += '}';
  } else if (value.is_array()) {
    out += '[';
    for (const json::value& element : value.get_array()) {
      append_sorted(out, element);
      out += ',';
    }
    out += ']';
  } else {
    out += json::serialize(value);
  }
}

/// Fields that are not given are left out, so that a field which a later version adds changes
/// nothing for requests without it.
json::object description_of(const nunu::run_request& request) {
  json::object all;
  const auto put_text = [&all](json::string_view name, const std::string& text) {
    if (!text.empty()) all[name] = text;
  };
  put_text("multiplayer_test_id", request.multiplayer_test_id);
  put_text("test_plan_id", request.test_plan_id);
  put_text("instructions", request.instructions);
  put_text("deployment_config_id", request.deployment_config_id);
  put_text("name", request.name);
  put_text("build_id", request.build_id);
  put_text("agent_config_id", request.agent_config_id);
  if (!request.additional_tags.empty())
    all["additional_tags"] =
        json::array(request.additional_tags.begin(), request.additional_tags.end());
  if (request.retries) all["retries"] = *request.retries;
  if (request.instances) all["instances"] = *request.instances;
  for (const auto& [player, deployment] : request.player_deployment_configs)
    all["player " + std::to_string(player)] = json::array(
        {json::string(deployment.deployment_config_id), json::string(deployment.build_id)});
  if (request.run_on_all_configured_devices)
    all["run_on_all_configured_devices"] = *request.run_on_all_configured_devices;
  if (request.render_templates) all["render_templates"] = *request.render_templates;
  if (!request.template_data.empty()) all["template_data"] = request.template_data;
  if (!request.options.empty()) all["options"] = request.options;
  return all;
}

}  // namespace

bool is_group(std::string_view text) noexcept {
  return !text.empty() && text.size() <= kLongestGroup && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

std::string launch_id_of(std::string_view group, std::string_view key) {
  if (group.empty()) return {};
  std::string text(group);
  text += '\0';
  text += key;
  return hash_of(text);
}

std::string launch_id_of(std::string_view group, const nunu::run_request& request) {
  std::string description;
  append_sorted(description, description_of(request));
  // No key of a launch file has a control character, so that no key gives the same.
  return launch_id_of(group, description.insert(0, 1, '\0'));
}

}  // namespace cli
