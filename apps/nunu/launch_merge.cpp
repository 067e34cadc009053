#include "launch_merge.hpp"

#include <array>
#include <cstddef>
#include <string>

#include "request_fields.hpp"

namespace cli {
namespace {

constexpr std::array kinds{request_kind::test, request_kind::plan, request_kind::instructions};

bool gives(const located_json& entry, std::string_view name) {
  const located_json* const value = entry.find(name);
  return value != nullptr && !value->is_null();
}

/// What the entry names; `any` when that is nothing, or more than one.
request_kind kind_of(const located_json& entry) {
  request_kind found = request_kind::any;
  for (const request_kind kind : kinds) {
    if (!gives(entry, field_of(kind))) continue;
    if (found != request_kind::any) return request_kind::any;
    found = kind;
  }
  return found;
}

bool names_a_kind(const located_json& entry) {
  for (const request_kind kind : kinds)
    if (gives(entry, field_of(kind))) return true;
  return false;
}

/// RFC 7396, section 2.
void apply(located_json& target, const located_json& patch) {
  if (!patch.is_object()) {
    target = patch;
    return;
  }
  if (!target.is_object()) {
    target = located_json();
    target.kind = patch.kind;
  }
  target.line = patch.line;
  for (std::size_t i = 0; i < patch.values.size(); ++i) {
    const std::string& name = patch.names[i];
    const located_json& value = patch.values[i];
    if (value.is_null()) {
      target.erase(name);
    } else if (located_json* const there = target.find(name)) {
      apply(*there, value);
    } else {
      located_json added;
      apply(added, value);
      target.names.push_back(name);
      target.values.push_back(std::move(added));
    }
  }
}

}  // namespace

located_json put_on_defaults(const located_json& defaults, const located_json& run) {
  located_json merged;
  merged.kind = boost::json::kind::object;
  apply(merged, defaults);
  if (names_a_kind(run))
    for (const request_kind kind : kinds) merged.erase(field_of(kind));
  const request_kind kind = names_a_kind(run) ? kind_of(run) : kind_of(merged);
  if (kind != request_kind::any)
    for (const request_field& field : request_fields())
      if (field.only_with != request_kind::any && field.only_with != kind) merged.erase(field.name);
  apply(merged, run);
  return merged;
}

}  // namespace cli
