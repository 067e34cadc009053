/// \file
/// What a start is sure to be rejected for, whether it comes from flags or from a launch file.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <nunu/run.hpp>

namespace cli {

struct request_problem {
  /// By its name in the API reference. Empty: the request as a whole.
  std::string field;
  /// Within the field: the place of a tag from 0, the number of a player. Empty: all of it.
  std::string item;
  /// Goes on from the name: "must be 0 to 10, not 11".
  std::string what;
};

/// All of them. `name_of` gives the name by which the user knows a field.
std::vector<request_problem> problems_with(
    const nunu::run_request& request, const std::function<std::string(std::string_view)>& name_of);

/// Such as a line feed or a NUL, none of which ids and tags can have.
bool has_control_character(std::string_view text) noexcept;

}  // namespace cli
