/// \file
/// Stopping jobs at the service.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>
#include <vector>

#include <nunu/stop.hpp>
#include "session.hpp"

namespace cli {

/// What became of each, in their order, whatever happens: where the request failed, the result says
/// how, as if the service had said it of the job. Waits for the answer even when the command is to
/// end.
boost::asio::awaitable<std::vector<nunu::stop_result>> stop_jobs(session& s,
                                                                 std::vector<std::string> ids);

}  // namespace cli
