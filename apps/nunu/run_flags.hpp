/// \file
/// The flags of `nunu run` as a request.
#pragma once

#include <nunu/run.hpp>
#include "command_line.hpp"
#include "inputs.hpp"

namespace cli {

/// Throws `usage_error` where the service would reject it.
nunu::run_request request_of(const command_line& given, inputs& in);

}  // namespace cli
