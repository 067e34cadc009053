/// \file
/// JSON that still knows on which line of its text everything is.
#pragma once

#include <boost/json/kind.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "checked.hpp"

namespace cli {

struct located_json {
  boost::json::kind kind = boost::json::kind::null;
  /// From 1. Of a member: that of its name.
  std::size_t line = 0;
  /// A text, a number, true, false or null; of an object or an array: null.
  boost::json::value scalar;
  /// Of an object: the names of `values`, in the text's order; one may be there more than once.
  std::vector<std::string> names;
  /// Of an object or an array.
  std::vector<located_json> values;

  bool is_object() const noexcept { return kind == boost::json::kind::object; }
  bool is_array() const noexcept { return kind == boost::json::kind::array; }
  bool is_null() const noexcept { return kind == boost::json::kind::null; }

  /// The first member of this name, or null.
  const located_json* find(std::string_view name) const noexcept;
  located_json* find(std::string_view name) noexcept;
  /// All members of this name.
  void erase(std::string_view name);
};

/// The error begins with line and column, `3:14: …`.
checked<located_json> parse_json(std::string_view text);

/// Without the lines. Of members with the same name, the last one counts.
boost::json::value without_lines(const located_json& located);

/// In words, such as "a text" or "null".
std::string_view kind_name(const located_json& value) noexcept;

}  // namespace cli
