/// \file
/// What the service asks of a start.
#pragma once

#include <nunu/run.hpp>
#include "simulator/rejection.hpp"

namespace nunu::simulation {

/// The first rule that the request breaks.
std::optional<rejection> check_start(const run_request& request);

}  // namespace nunu::simulation
