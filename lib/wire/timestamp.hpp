/// \file
/// ISO 8601 timestamps as the API writes them, to and from `nunu::timestamp`.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <nunu/job_run.hpp>

namespace nunu::wire {

/// `2026-03-03T15:50:19.544603+00:00`: any number of fraction digits (those after the sixth are
/// cut off), none too; an offset `±hh:mm` or `Z`. Anything else, such as a day that does not exist,
/// or a moment that lies outside the years 0000 to 9999 in UTC: none.
std::optional<timestamp> parse_timestamp(std::string_view text) noexcept;

/// With six fraction digits and `+00:00`. `t` must lie within the years 0000 to 9999.
std::string format_timestamp(timestamp t);

}  // namespace nunu::wire
