/// \file
/// What a command has to tell in the end. Every report is made from it and from nothing else.
#pragma once

#include <boost/system/error_code.hpp>
#include <optional>
#include <string>
#include <vector>

#include <nunu/error.hpp>
#include <nunu/run_details.hpp>
#include <nunu/stop.hpp>
#include <nunu/wait.hpp>

namespace cli {

/// A job, or a run that did not come to be one.
struct result {
  /// Of the run in the launch file; empty where there is none.
  std::string key;
  /// What reports gather it under: the test plan, or else the group; may be empty.
  std::string suite;
  /// Why there is no job, and what is known about it; no error where there is a job.
  /// `operation_aborted`: it was not sent, since the command ended before its turn.
  /// `errc::start_outcome_unknown`: there may be jobs, of the launch id in the details.
  boost::system::error_code start_error;
  nunu::diagnostics start_details;
  /// Without meaning where there is no job, and for `stop`. Finished without a job in it: the
  /// command has stopped it for its own end, and did not wait for it.
  nunu::job_outcome outcome;
  /// Only for `stop`: what became of the request to stop the job.
  std::optional<nunu::stop_result> stop;
  /// The page for people of the run that decided; empty where it is not known.
  std::string url;
  /// Of the run that decided, where it did not pass and the service told them.
  std::optional<nunu::run_details> details;
  std::vector<nunu::bug> bugs;
};

struct results {
  /// "run", "launch", "wait", "stop" or "status".
  std::string command;
  /// Empty where none was given.
  std::string group;
  nunu::timestamp began;
  nunu::timestamp ended;
  std::vector<result> jobs;
};

}  // namespace cli
