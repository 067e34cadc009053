/// \file
/// The `Retry-After` header.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace nunu::wire {

/// How long to wait, for a number of seconds or an HTTP-date (of any of the three formats of
/// RFC 9110, 5.6.7) that lies ahead of `now`. A date in the past is 0. Negative numbers and
/// anything else that is not of these forms: none. At most a day, whatever the header says.
std::optional<std::chrono::seconds> parse_retry_after(std::string_view value,
                                                      std::chrono::sys_seconds now) noexcept;

}  // namespace nunu::wire
