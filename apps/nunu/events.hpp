/// \file
/// What happens, for programs: a JSON object a line, written when it happens. `docs/nunu-events.md`
/// documents them.
#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <string_view>

#include <nunu/job.hpp>
#include <nunu/run.hpp>
#include "results.hpp"
#include "tally.hpp"

namespace cli {

/// Each with its line end. Text that is not UTF-8 is made so.
std::string started_event(nunu::timestamp at, std::string_view key, const nunu::started_run& run,
                          bool adopted);
std::string state_event(nunu::timestamp at, std::string_view key, const nunu::job& job);
std::string finished_event(nunu::timestamp at, const result& r);
std::string done_event(nunu::timestamp at, int exit_code, const tally& endings);

}  // namespace cli
