/// \file
/// The fields of a start, by their names in the API reference (`POST /runs`).
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <nunu/run.hpp>

namespace cli {

/// Where a field's value is kept, which also says of what type it is.
using request_member =
    std::variant<std::string nunu::run_request::*, std::vector<std::string> nunu::run_request::*,
                 std::optional<int> nunu::run_request::*, std::optional<bool> nunu::run_request::*,
                 std::map<int, nunu::player_deployment_config> nunu::run_request::*,
                 boost::json::object nunu::run_request::*>;

/// What a field may be used with.
enum class request_kind : std::uint8_t { any, test, plan, instructions };

struct request_field {
  std::string_view name;
  request_member member;
  request_kind only_with = request_kind::any;
};

std::span<const request_field> request_fields() noexcept;
const request_field* find_request_field(std::string_view name) noexcept;

/// The field that makes a run one of this kind; empty for `any`. A run has exactly one of them.
std::string_view field_of(request_kind kind) noexcept;
inline constexpr std::string_view kTestField = "multiplayer_test_id";
inline constexpr std::string_view kPlanField = "test_plan_id";
inline constexpr std::string_view kInstructionsField = "instructions";
inline constexpr std::string_view kDeploymentField = "deployment_config_id";
inline constexpr std::string_view kPlayersField = "player_deployment_configs";

}  // namespace cli
