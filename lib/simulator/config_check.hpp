/// \file
/// Whether a configuration makes sense.
#pragma once

#include <nunu/simulator.hpp>

namespace nunu::simulation {

/// Throws `std::invalid_argument`; the message begins with the field's name.
void check(const simulator_config& config);

}  // namespace nunu::simulation
