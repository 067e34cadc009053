/// \file
/// From what was asked for to what came of it.
#pragma once

#include <boost/asio/awaitable.hpp>

#include "results.hpp"
#include "session.hpp"

namespace cli {

/// Of every command but `show`. Does not throw for what the service or the network does.
boost::asio::awaitable<results> carry_out(session& s);

/// The same with nothing but the runs that were not started.
results failed_starts(const results& all);

/// What the shell is told. A signal and the deadline say more than the results do, and with
/// `--no-wait` only the starts count.
int exit_status_of(const results& all, const invocation& what, const halt& why);

}  // namespace cli
