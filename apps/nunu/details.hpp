/// \file
/// What the service tells about single runs.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>
#include <vector>

#include <nunu/run_details.hpp>
#include "results.hpp"
#include "session.hpp"

namespace cli {

/// As many failures are explained in full; the others have their links. Each takes two requests.
inline constexpr std::size_t kMostDetails = 100;

/// Throw `nunu::error`. They end as soon as the command is to end.
boost::asio::awaitable<nunu::run_details> read_run(session& s, std::string run_id);
boost::asio::awaitable<std::vector<nunu::bug>> read_bugs(session& s, std::string run_id);

/// Adds details and bugs of the run that decided to the results that did not pass, as far as the
/// service gives them.
boost::asio::awaitable<void> add_details(session& s, results& to);

}  // namespace cli
