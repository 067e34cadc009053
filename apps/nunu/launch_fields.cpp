#include "launch_fields.hpp"

#include <fmt/format.h>

#include <limits>
#include <map>
#include <optional>
#include <utility>
#include <variant>

#include "did_you_mean.hpp"
#include "request_fields.hpp"
#include "request_rules.hpp"
#include "whole_number.hpp"

namespace cli {
namespace {

namespace json = boost::json;

using texts = std::vector<std::string>;
using players = std::map<int, nunu::player_deployment_config>;

const texts player_fields{"deployment_config_id", "build_id"};

std::optional<int> whole_number_in(const located_json& value) {
  const std::int64_t* const number = value.scalar.if_int64();
  if (number == nullptr || *number < std::numeric_limits<int>::min() ||
      *number > std::numeric_limits<int>::max())
    return std::nullopt;
  return static_cast<int>(*number);
}

std::string text_in(const located_json& value) {
  const json::string& text = value.scalar.as_string();
  return {text.data(), text.size()};
}

std::optional<int> player_in(std::string_view name) {
  const auto number = parse_whole_number(name);
  if (!number || *number < 1 || *number > std::numeric_limits<int>::max() || name.starts_with('0'))
    return std::nullopt;
  return static_cast<int>(*number);
}

/// A number as it is, anything else by its kind.
std::string shown(const located_json& value) {
  if (const std::int64_t* const number = value.scalar.if_int64()) return std::to_string(*number);
  if (const std::uint64_t* const number = value.scalar.if_uint64()) return std::to_string(*number);
  if (const double* const number = value.scalar.if_double()) return fmt::format("{}", *number);
  return std::string(kind_name(value));
}

/// Looks for what is wrong with one value, by the type that it has to have.
class form_checker {
 public:
  explicit form_checker(std::vector<launch_problem>& problems) : problems_(problems) {}

  void check(const located_json& value, const std::string& path,
             std::string nunu::run_request::* /*type*/) {
    check_text(value, path);
  }

  void check(const located_json& value, const std::string& path,
             texts nunu::run_request::* /*type*/) {
    if (!value.is_array()) return wrong_type(value, path, "a list of texts");
    for (std::size_t i = 0; i < value.values.size(); ++i) {
      const located_json& element = value.values[i];
      if (element.kind != json::kind::string)
        wrong_type(element, fmt::format("{}[{}]", path, i), "a text");
    }
  }

  void check(const located_json& value, const std::string& path,
             std::optional<int> nunu::run_request::* /*type*/) {
    if (!whole_number_in(value)) wrong_type(value, path, "a small whole number");
  }

  void check(const located_json& value, const std::string& path,
             std::optional<bool> nunu::run_request::* /*type*/) {
    if (value.kind != json::kind::bool_) wrong_type(value, path, "true or false");
  }

  void check(const located_json& value, const std::string& path,
             json::object nunu::run_request::* /*type*/) {
    if (!value.is_object()) return wrong_type(value, path, "an object");
    check_names(value, path);
  }

  void check(const located_json& value, const std::string& path,
             players nunu::run_request::* /*type*/) {
    if (!value.is_object()) return wrong_type(value, path, "an object with the players' numbers");
    check_names(value, path);
    for (std::size_t i = 0; i < value.values.size(); ++i)
      check_player(value.names[i], value.values[i], fmt::format("{}.{}", path, value.names[i]));
  }

  void check_text(const located_json& value, const std::string& path) {
    if (value.kind != json::kind::string)
      wrong_type(value, path, "a text");
    else if (value.scalar.as_string().empty())
      add(value.line, path + " is empty; leave it out, or say null against a default");
  }

  /// That no name is there twice, at any depth.
  void check_names(const located_json& value, const std::string& path) {
    std::map<std::string_view, std::size_t> lines;
    for (std::size_t i = 0; i < value.values.size(); ++i) {
      const located_json& member = value.values[i];
      const std::string member_path = value.is_array() ? fmt::format("{}[{}]", path, i)
                                                       : fmt::format("{}.{}", path, value.names[i]);
      if (value.is_object()) {
        const auto [first, is_new] = lines.try_emplace(value.names[i], member.line);
        if (!is_new)
          add(member.line,
              fmt::format("{} is there twice, also on line {}", member_path, first->second));
      }
      check_names(member, member_path);
    }
  }

  void add(std::size_t line, std::string what) { problems_.push_back({line, std::move(what)}); }

  void wrong_type(const located_json& value, const std::string& path, std::string_view right) {
    add(value.line, fmt::format("{} is {}, must be {}", path, shown(value), right));
  }

 private:
  void check_player(std::string_view name, const located_json& value, const std::string& path) {
    if (!player_in(name)) add(value.line, path + " is no player: they are numbered from 1");
    if (value.is_null()) return;
    if (!value.is_object()) return wrong_type(value, path, "an object with deployment_config_id");
    for (std::size_t i = 0; i < value.values.size(); ++i) {
      const std::string& field = value.names[i];
      if (field != player_fields[0] && field != player_fields[1])
        add(value.values[i].line, fmt::format("{}.{} is no field of a player{}", path, field,
                                              did_you_mean(field, player_fields)));
      else if (!value.values[i].is_null())
        check_text(value.values[i], fmt::format("{}.{}", path, field));
    }
  }

  std::vector<launch_problem>& problems_;
};

texts known_names(bool is_run) {
  texts names;
  for (const request_field& field : request_fields()) names.emplace_back(field.name);
  if (is_run) names.emplace_back("key");
  return names;
}

void check_key(form_checker& checker, const located_json& value, const std::string& path) {
  checker.check_text(value, path);
  if (const json::string* const key = value.scalar.if_string();
      key != nullptr && has_control_character({key->data(), key->size()}))
    checker.add(value.line, path + " has a control character, such as a line feed");
}

// What follows takes values whose form is right.

void read(const located_json& value, std::string& out) {
  out = text_in(value);
}

void read(const located_json& value, texts& out) {
  for (const located_json& element : value.values) out.push_back(text_in(element));
}

void read(const located_json& value, std::optional<int>& out) {
  out = whole_number_in(value);
}

void read(const located_json& value, std::optional<bool>& out) {
  out = value.scalar.as_bool();
}

void read(const located_json& value, json::object& out) {
  out = without_lines(value).as_object();
}

void read(const located_json& value, players& out) {
  for (std::size_t i = 0; i < value.values.size(); ++i) {
    nunu::player_deployment_config& player = out[player_in(value.names[i]).value_or(0)];
    if (const located_json* const id = value.values[i].find(player_fields[0]))
      player.deployment_config_id = text_in(*id);
    if (const located_json* const id = value.values[i].find(player_fields[1]))
      player.build_id = text_in(*id);
  }
}

}  // namespace

form_check check_form(const located_json& entry, const std::string& path, bool is_run) {
  form_check result;
  form_checker checker(result.problems);
  std::map<std::string_view, std::size_t> lines;
  for (std::size_t i = 0; i < entry.values.size(); ++i) {
    const std::string& name = entry.names[i];
    const located_json& value = entry.values[i];
    const std::string value_path = fmt::format("{}.{}", path, name);
    const std::size_t before = result.problems.size();
    const request_field* const field = find_request_field(name);
    const auto [first, is_new] = lines.try_emplace(name, value.line);
    if (!is_new)
      checker.add(value.line,
                  fmt::format("{} is there twice, also on line {}", value_path, first->second));
    if (field != nullptr && !value.is_null())
      std::visit([&](auto member) { checker.check(value, value_path, member); }, field->member);
    else if (field == nullptr && name == "key" && is_run)
      check_key(checker, value, value_path);
    else if (field == nullptr && name == "key")
      checker.add(value.line, value_path + " cannot be: each run has a key of its own");
    else if (field == nullptr)
      checker.add(value.line, fmt::format("{} is no field of a run{}", value_path,
                                          did_you_mean(name, known_names(is_run))));
    if (result.problems.size() == before) continue;
    const std::string meant = nearest_name(name, known_names(is_run));
    result.suspects.insert(meant.empty() ? name : meant);
  }
  return result;
}

nunu::run_request request_of(const located_json& entry) {
  nunu::run_request request;
  for (std::size_t i = 0; i < entry.values.size(); ++i)
    if (const request_field* const field = find_request_field(entry.names[i]))
      std::visit([&](auto member) { read(entry.values[i], request.*member); }, field->member);
  return request;
}

}  // namespace cli
