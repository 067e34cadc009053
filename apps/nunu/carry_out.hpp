/// \file
/// From what was asked for to what came of it.
#pragma once

#include <boost/asio/awaitable.hpp>

#include "results.hpp"
#include "session.hpp"

namespace cli {

/// Of every command but `show`. Does not throw for what the service or the network does.
boost::asio::awaitable<results> carry_out(session& s);

}  // namespace cli
