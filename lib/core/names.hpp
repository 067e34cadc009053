/// \file
/// The API's names of states, results and severities. The other direction, `to_string`, is public.
#pragma once

#include <string_view>

#include <nunu/job_run.hpp>
#include <nunu/run_details.hpp>

namespace nunu::core {

/// Upper or lower case; `unknown` for a name that is not in the API reference.
job_status parse_job_status(std::string_view text) noexcept;

/// The same; `MAX_STEPS` is `timeout`, and an empty text is `none`.
run_result parse_run_result(std::string_view text) noexcept;

/// Upper or lower case; `unknown` for a name that is not in the API reference.
bug_severity parse_bug_severity(std::string_view text) noexcept;

}  // namespace nunu::core
