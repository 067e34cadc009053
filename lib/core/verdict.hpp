/// \file
/// What a completed job says about the tested game.
#pragma once

#include <span>

#include <nunu/job_run.hpp>

namespace nunu::core {

/// Why a job can be completed without any run.
enum class absence { none, rejected, stopped };

/// The worst result of the last `max(1, runs - attempts used)` runs by start time; runs that never
/// started count as last. `without_runs` decides where there is none.
verdict judge(std::span<const job_run> runs, retry_count retries, absence without_runs);

}  // namespace nunu::core
