/// \file
/// The types in which the core is told the time. It never asks for it.
#pragma once

#include <chrono>

namespace nunu::core {

using time_point = std::chrono::steady_clock::time_point;
using duration = std::chrono::steady_clock::duration;

}  // namespace nunu::core
