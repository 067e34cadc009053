/// \file
/// The fields of one entry of a launch file: are they of the right form, and what do they ask for.
#pragma once

#include <cstddef>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <nunu/run.hpp>
#include "located_json.hpp"

namespace cli {

struct launch_problem {
  std::size_t line = 0;
  /// Begins with the path of what is wrong, such as `runs[3].retries`.
  std::string what;
};

/// What was found wrong with the form of an entry.
struct form_check {
  std::vector<launch_problem> problems;
  /// The fields of the request of which something is wrong, as far as can be told: of them nothing
  /// more should be said.
  std::set<std::string, std::less<>> suspects;
};

/// `entry` is an object at `path`: `defaults`, or a run, which alone may have a `key`.
form_check check_form(const located_json& entry, const std::string& path, bool is_run);

/// Of an entry whose form is right.
nunu::run_request request_of(const located_json& entry);

}  // namespace cli
