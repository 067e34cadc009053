/// \file
/// The API's names of states and results. The other direction, `to_string`, is public.
#pragma once

#include <string_view>

#include <nunu/job_run.hpp>

namespace nunu::core {

/// Upper or lower case; `unknown` for a name that is not in the API reference.
job_status parse_job_status(std::string_view text) noexcept;

/// The same; `MAX_STEPS` is `timeout`, and an empty text is `none`.
run_result parse_run_result(std::string_view text) noexcept;

/// UUIDs are the same in upper and lower case.
bool same_job_id(std::string_view a, std::string_view b) noexcept;

}  // namespace nunu::core
