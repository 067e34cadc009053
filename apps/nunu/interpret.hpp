/// \file
/// From the texts of the command line to what they mean.
#pragma once

#include "command_line.hpp"
#include "inputs.hpp"
#include "invocation.hpp"

namespace cli {

/// Throws `usage_error` and `content_error`.
invocation interpret(command what, const command_line& given, inputs& in);

}  // namespace cli
