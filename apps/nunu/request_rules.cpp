#include "request_rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "request_fields.hpp"

namespace cli {
namespace {

/// Source: API reference, `POST /runs`.
constexpr int kMostRetries = 10;
constexpr int kMostInstances = 10;

constexpr std::string_view kControlCharacter =
    "has a control character, such as a line feed, and must have none";

class checker {
 public:
  checker(const nunu::run_request& request,
          const std::function<std::string(std::string_view)>& name_of)
      : request_(request), name_of_(name_of) {}

  std::vector<request_problem> all() {
    check_kind();
    check_deployment();
    for (const request_field& field : request_fields()) check_use(field);
    check_range("retries", request_.retries, 0, kMostRetries);
    check_range("instances", request_.instances, 1, kMostInstances);
    check_texts();
    check_tags();
    check_players();
    return std::move(problems_);
  }

 private:
  void add(std::string_view field, std::string_view item, std::string what) {
    problems_.push_back({std::string(field), std::string(item), std::move(what)});
  }

  bool has(request_kind kind) const {
    switch (kind) {
      case request_kind::test:
        return !request_.multiplayer_test_id.empty();
      case request_kind::plan:
        return !request_.test_plan_id.empty();
      case request_kind::instructions:
        return !request_.instructions.empty();
      case request_kind::any:
        break;
    }
    return true;
  }

  void check_kind() {
    std::vector<std::string> given;
    for (const request_kind kind :
         {request_kind::test, request_kind::plan, request_kind::instructions})
      if (has(kind)) given.push_back(name_of_(field_of(kind)));
    if (given.empty())
      add("", "",
          fmt::format("must have one of {}, {} and {}", name_of_(kTestField), name_of_(kPlanField),
                      name_of_(kInstructionsField)));
    else if (given.size() > 1)
      add("", "", fmt::format("has {}, of which it can have only one", fmt::join(given, " and ")));
    kinds_ = given.size();
  }

  void check_deployment() {
    if (request_.deployment_config_id.empty() && request_.player_deployment_configs.empty())
      add(kDeploymentField, "", "is missing");
  }

  void check_use(const request_field& field) {
    const bool given = std::visit(
        [this](auto member) {
          const auto& value = request_.*member;
          if constexpr (requires { value.has_value(); })
            return value.has_value();
          else
            return !value.empty();
        },
        field.member);
    // With none or two of the kinds, what it can be used with is the lesser trouble.
    if (given && kinds_ == 1 && !has(field.only_with))
      add(field.name, "",
          fmt::format("can only be used with {}", name_of_(field_of(field.only_with))));
  }

  void check_range(std::string_view field, std::optional<int> value, int least, int most) {
    if (value && (*value < least || *value > most))
      add(field, "", fmt::format("must be {} to {}, not {}", least, most, *value));
  }

  void check_texts() {
    for (const request_field& field : request_fields()) {
      // These two are sent as JSON and to nobody but the agents: they may have lines.
      if (field.name == kInstructionsField || field.name == "name") continue;
      const auto* const member = std::get_if<std::string nunu::run_request::*>(&field.member);
      if (member != nullptr && has_control_character(request_.**member))
        add(field.name, "", std::string(kControlCharacter));
    }
  }

  void check_tags() {
    for (std::size_t i = 0; i < request_.additional_tags.size(); ++i) {
      const std::string& tag = request_.additional_tags[i];
      const std::string place = std::to_string(i);
      if (tag.empty()) add("additional_tags", place, "is empty, which no tag can be");
      if (has_control_character(tag)) add("additional_tags", place, std::string(kControlCharacter));
      if (tag.find(',') != std::string::npos)
        add("additional_tags", place,
            fmt::format("is '{}': a tag cannot have a comma, which separates tags", tag));
    }
  }

  void check_players() {
    for (const auto& [player, deployment] : request_.player_deployment_configs) {
      const std::string number = std::to_string(player);
      if (player < 1) add(kPlayersField, number, "is no player: they are numbered from 1");
      if (deployment.deployment_config_id.empty())
        add(kPlayersField, number, "must have a deployment config");
      if (has_control_character(deployment.deployment_config_id) ||
          has_control_character(deployment.build_id))
        add(kPlayersField, number, std::string(kControlCharacter));
    }
  }

  const nunu::run_request& request_;
  const std::function<std::string(std::string_view)>& name_of_;
  std::size_t kinds_ = 0;
  std::vector<request_problem> problems_;
};

}  // namespace

std::vector<request_problem> problems_with(
    const nunu::run_request& request, const std::function<std::string(std::string_view)>& name_of) {
  return checker(request, name_of).all();
}

bool has_control_character(std::string_view text) noexcept {
  return std::ranges::any_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7F;
  });
}

}  // namespace cli
