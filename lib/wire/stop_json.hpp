/// \file
/// Stopping jobs, to and from JSON.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <nunu/stop.hpp>
#include "wire/decoded.hpp"

namespace nunu::wire {

/// The body of `POST /runs/stop`.
std::string encode_stop_request(std::span<const std::string> ids);
/// An error unless it is an object with a non-empty array of strings `job_ids`.
decoded<std::vector<std::string>> decode_stop_request(std::string_view body);

/// An answer to `POST /runs/stop`, also one in the older envelope. `results` may be missing where
/// `stopped_count` is not.
decoded<stop_report> decode_stop_report(std::string_view body);
/// `received` is the number of ids that were asked for; an answer 404 has no results.
std::string encode_stop_report(const stop_report& report, std::size_t received);

}  // namespace nunu::wire
