/// \file
/// What GitHub shows beside a workflow's run.
#pragma once

#include <string>

#include "results.hpp"

namespace cli {

/// Workflow commands, a line each, the worst first: `::error` for what makes the command fail by
/// itself, `::warning` for what was stopped, rejected, still running or not sent; nothing for what
/// was skipped. GitHub shows ten of each in a step: no more are written, and a `::notice` says how
/// many there are besides.
std::string annotations(const results& all);

}  // namespace cli
