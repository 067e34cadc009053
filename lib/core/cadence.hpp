/// \file
/// When a watched job is asked for next.
#pragma once

#include <nunu/job_run.hpp>
#include <nunu/poll_cadence.hpp>
#include "core/clock.hpp"

namespace nunu::core {

/// The nominal delay that follows `previous` for a job in this state: grown, within the state's
/// bound.
std::chrono::milliseconds next_delay(const poll_cadence& cadence, job_status status,
                                     std::chrono::milliseconds previous) noexcept;

/// The delay itself, drawn between three quarters of the nominal one and the whole.
duration jittered(std::chrono::milliseconds nominal, double draw) noexcept;

}  // namespace nunu::core
