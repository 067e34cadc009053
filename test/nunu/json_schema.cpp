#include "json_schema.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <stdexcept>
#include <string_view>

namespace test {
namespace {

namespace json = boost::json;

bool has_type(const json::value& value, std::string_view type) {
  if (type == "null") return value.is_null();
  if (type == "boolean") return value.is_bool();
  if (type == "integer") return value.is_int64() || value.is_uint64();
  if (type == "number") return value.is_number();
  if (type == "string") return value.is_string();
  if (type == "array") return value.is_array();
  if (type == "object") return value.is_object();
  throw std::invalid_argument("no type of JSON Schema: " + std::string(type));
}

bool has_one_of(const json::value& value, const json::value& types) {
  if (types.is_string()) return has_type(value, types.get_string());
  const json::array& all = types.as_array();
  return std::any_of(all.begin(), all.end(),
                     [&](const json::value& t) { return has_type(value, t.as_string()); });
}

std::string fault_in_members(const json::object& object, const json::object& schema,
                             const std::string& path) {
  if (const json::value* const required = schema.if_contains("required")) {
    for (const json::value& name : required->as_array())
      if (!object.contains(name.as_string())) return path + " lacks " + json::serialize(name);
  }
  const json::value* const properties = schema.if_contains("properties");
  if (properties == nullptr) return {};
  for (const auto& [name, member] : object) {
    const std::string at = path + "." + std::string(name);
    const json::value* const of_member = properties->as_object().if_contains(name);
    if (of_member == nullptr) return at + " is not in the schema";
    if (std::string fault = fault_in(member, of_member->as_object(), at); !fault.empty())
      return fault;
  }
  return {};
}

std::string fault_in_items(const json::array& array, const json::object& schema,
                           const std::string& path) {
  const json::value* const items = schema.if_contains("items");
  for (std::size_t i = 0; items != nullptr && i < array.size(); ++i) {
    const std::string at = path + "[" + std::to_string(i) + "]";
    if (std::string fault = fault_in(array[i], items->as_object(), at); !fault.empty())
      return fault;
  }
  return {};
}

}  // namespace

std::string fault_in(const json::value& value, const json::object& schema,
                     const std::string& path) {
  if (const json::value* const types = schema.if_contains("type")) {
    if (!has_one_of(value, *types)) return path + " is no " + json::serialize(*types);
  }
  if (const json::value* const allowed = schema.if_contains("enum")) {
    const json::array& all = allowed->as_array();
    if (std::find(all.begin(), all.end(), value) == all.end())
      return path + " is none of " + json::serialize(*allowed);
  }
  if (const auto* const object = value.if_object()) return fault_in_members(*object, schema, path);
  if (const auto* const array = value.if_array()) return fault_in_items(*array, schema, path);
  return {};
}

}  // namespace test
