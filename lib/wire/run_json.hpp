/// \file
/// Starting runs, to and from JSON: both directions, since the simulator speaks the other one.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include <nunu/run.hpp>
#include "wire/decoded.hpp"

namespace nunu::wire {

/// The body of `POST /runs`. `extra_tags` follow `request.additional_tags`.
std::string encode_run_request(const run_request& request, std::span<const std::string> extra_tags);

/// Decodes a body of `POST /runs`, without checking what the service checks. Fields that it does
/// not know are ignored; a field of the wrong type is an error.
decoded<run_request> decode_run_request(std::string_view body);

/// Decodes an answer to `POST /runs` of any form: the data itself, the older envelope, and the
/// multi-device form of 207 and 500 (`results` or `device_runs`). `launch_id` stays empty.
/// An error when there is neither `job_ids` nor a list of device results, or a field has the wrong
/// type.
decoded<started_run> decode_started_run(std::string_view body);

/// The data itself, as in answer 201; empty fields are left out.
std::string encode_started_run(const started_run& run);
/// The older envelope around it, with `status` 200.
std::string encode_started_run_envelope(const started_run& run);
/// The multi-device form, as in 207.
std::string encode_multi_device_run(const started_run& run);

}  // namespace nunu::wire
