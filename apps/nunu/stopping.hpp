/// \file
/// Stopping jobs at the service.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>
#include <string>
#include <vector>

#include <nunu/job.hpp>
#include <nunu/stop.hpp>
#include "session.hpp"

namespace cli {

/// What became of a job that was to be stopped.
struct stopping {
  nunu::stop_result said;
  /// It had ended before, and so is as good as stopped: `said.ok` is true, whatever the service
  /// said.
  std::optional<nunu::job> had_ended;
};

/// What became of each, in their order, whatever happens: where the request failed, the result says
/// how, as if the service had said it of the job. Waits for the answers even when the command is to
/// end.
boost::asio::awaitable<std::vector<stopping>> stop_jobs(session& s, std::vector<std::string> ids);

}  // namespace cli
