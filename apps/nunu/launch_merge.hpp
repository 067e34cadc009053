/// \file
/// A run of a launch file, put onto the file's defaults.
#pragma once

#include "located_json.hpp"

namespace cli {

/// Both are objects; what they mean together is said in launch_file.hpp. Lines stay those of where
/// each value was written.
located_json put_on_defaults(const located_json& defaults, const located_json& run);

}  // namespace cli
