/// \file
/// Whether a configuration makes sense.
#pragma once

#include <vector>

#include <nunu/simulator.hpp>

namespace nunu::simulation {

/// Both throw `std::invalid_argument`; the message begins with the field's name.
void check(const simulator_config& config);
void check_faults(const std::vector<fault>& faults, bool tls);

}  // namespace nunu::simulation
