/// \file
/// The documented payloads of the API, and how to compare JSON with them.
#pragma once

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>

#include "wire/timestamp.hpp"

namespace nunu::test {

inline std::string sample(const std::string& name) {
  std::ifstream file(std::string(NUNU_TEST_SAMPLES_DIR) + '/' + name, std::ios::binary);
  if (!file) throw std::runtime_error("no sample " + name);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// With what does not matter made the same: null is the same as missing, and a moment is the same
/// in every way of writing it.
inline boost::json::value normalized(const boost::json::value& value) {
  if (const auto* text = value.if_string()) {
    const auto moment = wire::parse_timestamp(*text);
    return moment ? boost::json::value(wire::format_timestamp(*moment)) : value;
  }
  if (const auto* array = value.if_array()) {
    boost::json::array result;
    for (const auto& element : *array) result.push_back(normalized(element));
    return result;
  }
  if (const auto* object = value.if_object()) {
    boost::json::object result;
    for (const auto& [key, field] : *object) {
      if (!field.is_null()) result[key] = normalized(field);
    }
    return result;
  }
  return value;
}

inline boost::json::value normalized(std::string_view json) {
  return normalized(boost::json::parse(json));
}

}  // namespace nunu::test
