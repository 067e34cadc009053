/// \file
/// The report for programs. docs/nunu-json.md documents it.
#pragma once

#include <boost/json/object.hpp>
#include <string>

#include "results.hpp"

namespace cli {

/// One document in one line, with a line's end. `exit_code` is what the shell is told: a signal or
/// the deadline may say more than the results do.
std::string json_report(const results& all, int exit_code);
/// With the one that the results give.
std::string json_report(const results& all);

/// One result of it, and what the event `finished` has. All members are always there; what does not
/// apply or is not known is null.
boost::json::object json_of(const result& r);
/// One bug in it, and in what `show --json` says.
boost::json::object json_of(const nunu::bug& bug);

}  // namespace cli
