/// \file
/// Moments and durations as reports write them.
#pragma once

#include <chrono>
#include <string>

#include <nunu/job_run.hpp>

namespace cli {

/// With the precision that the API's own have.
nunu::timestamp now_utc();

/// RFC 3339 in UTC: `2026-03-03T15:50:19.544603Z`.
std::string rfc3339(nunu::timestamp t);

/// The same without fraction and zone, which is the form that JUnit's timestamps have.
std::string utc_seconds(nunu::timestamp t);

/// Seconds with three digits after the point; what is below zero, since clocks disagree, is 0.
std::string in_seconds(std::chrono::microseconds duration);

/// For people: "0.8 s", "59 s", "4 min 5 s", "2 h 3 min".
std::string in_words(std::chrono::microseconds duration);

}  // namespace cli
