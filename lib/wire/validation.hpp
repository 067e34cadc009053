/// \file
/// What is sure to be rejected, found before anything is sent. What only the service can know is
/// left to it.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include <nunu/client_config.hpp>
#include <nunu/job.hpp>
#include <nunu/run.hpp>
#include <nunu/wait.hpp>

namespace nunu::wire {

/// Each gives a sentence that names the field and what is wrong, or an empty text.
std::string problem_with(const client_config& config);
std::string problem_with(const run_request& request);
std::string problem_with(const start_options& options);
/// Also when it is empty.
std::string problem_with_launch_id(std::string_view launch_id);
std::string problem_with(const wait_options& options);
std::string problem_with(const job_query& query);
std::string problem_with_job_ids(std::span<const std::string> ids);
std::string problem_with_run_id(std::string_view run_id);

}  // namespace nunu::wire
