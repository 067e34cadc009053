/// \file
/// The answers to `GET /runs/{runId}` and `GET /runs/{runId}/bugs`.
#pragma once

#include <string>

#include <nunu/job.hpp>
#include "simulator/world.hpp"

namespace nunu::simulation {

/// How many bugs a run with this result has found.
std::size_t bug_count(run_result result);

/// `run` is one of `j.runs`. Both append JSON to `out`.
void encode_run_details(const job& j, const job_run& run, const run_background& background,
                        std::string& out);
void encode_bugs(const job_run& run, const run_background& background, std::string& out);

}  // namespace nunu::simulation
