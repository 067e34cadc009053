/// \file
/// Whether JSON came through a decoder and an encoder unharmed.
#pragma once

#include <algorithm>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cmath>

namespace nunu::fuzz {

inline bool same_value(const boost::json::value& a, const boost::json::value& b);

inline bool same_object(const boost::json::object& a, const boost::json::object& b) {
  return a.size() == b.size() && std::ranges::all_of(a, [&](const auto& field) {
           const boost::json::value* other = b.if_contains(field.key());
           return other != nullptr && same_value(field.value(), *other);
         });
}

/// Equal but for the last digits of a fraction: Boost.JSON 1.81 does not read every double as
/// precisely as it writes it.
inline bool same_value(const boost::json::value& a, const boost::json::value& b) {
  if (a.is_double() && b.is_double()) {
    const double x = a.get_double();
    const double y = b.get_double();
    // Only where the text has no such double; what a decoder makes of it can be written.
    if (!std::isfinite(y)) return std::isfinite(x);
    return x == y || std::abs(x - y) <= 1e-12 * std::abs(x);
  }
  if (a.is_array() && b.is_array())
    return std::ranges::equal(a.get_array(), b.get_array(), same_value);
  if (a.is_object() && b.is_object()) return same_object(a.get_object(), b.get_object());
  return a == b;
}

}  // namespace nunu::fuzz
