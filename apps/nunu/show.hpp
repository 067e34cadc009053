/// \file
/// The command `show`: one job in full.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/json/object.hpp>
#include <string>
#include <vector>

#include <nunu/job.hpp>
#include <nunu/run_details.hpp>
#include "results.hpp"
#include "session.hpp"

namespace cli {

/// A run of the job, as far as the service tells of it.
struct shown_run {
  nunu::job_run run;
  std::optional<nunu::run_details> details;
  std::vector<nunu::bug> bugs;
};

struct shown_job {
  nunu::job job;
  /// As `status` would tell it.
  cli::result result;
  std::vector<shown_run> runs;
};

/// Throws `nunu::error` when the job cannot be asked for.
boost::asio::awaitable<shown_job> show(session& s);

/// For people, with the line ends.
std::string text_of(const shown_job& shown);

/// `{"job": …, "runs": […]}`; docs/nunu-events.md documents it.
boost::json::object json_of(const shown_job& shown);

}  // namespace cli
