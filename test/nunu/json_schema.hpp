/// \file
/// The part of JSON Schema that the project's schemas use: `type`, `required`, `enum`, `properties`
/// and `items`. Stricter than it: a member that the schema does not name is a fault.
#pragma once

#include <boost/json/value.hpp>
#include <string>

namespace test {

/// Where the value does not follow the schema, and how; empty where it does.
std::string fault_in(const boost::json::value& value, const boost::json::object& schema,
                     const std::string& path = "$");

}  // namespace test
