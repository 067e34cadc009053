/// \file
/// Ids of jobs as the user gives them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "inputs.hpp"

namespace cli {

/// The ids that the arguments name, each once, in their order; `-` stands for what standard input
/// has, with white space between. With no argument and no group, standard input is read, too,
/// unless it is a terminal. Throws `usage_error` where an id cannot be one, and where in the end
/// there is neither an id nor a group.
std::vector<std::string> read_job_list(const std::vector<std::string>& arguments,
                                       std::string_view group, inputs& in);

}  // namespace cli
