/// \file
/// Whether a fault makes sense.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <nunu/simulator_fault.hpp>
#include "simulator/route.hpp"

namespace nunu::simulation {

/// The endpoint that a rule may name; none for `any` and for other words.
std::optional<endpoint> find_endpoint_for_fault(std::string_view name);

/// What is wrong with a rule, and what would be right; empty when nothing is.
std::string problem_of(const fault& f);

}  // namespace nunu::simulation
