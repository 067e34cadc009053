/// \file
/// What the command tells the shell.
#pragma once

#include "halt.hpp"
#include "invocation.hpp"
#include "results.hpp"

namespace cli {

/// A signal ends the command with 130 or 143 instead.
enum class exit_code : int {
  passed = 0,
  test_failed = 1,
  /// Usage or configuration.
  usage = 2,
  nothing_ran = 3,
  /// Authentication or permission.
  unauthorized = 4,
  /// The service or the network failed, or tests could not be carried out.
  service_failed = 5,
  /// The deadline came before they ended.
  still_running = 6,
};

/// The first of these that is true of any job:
/// - 1: it failed or was blocked;
/// - 4: it could not be started, asked for or stopped: 401, 403;
/// - 2: it could not be started or asked for: 400, 404, 413, or the request or the configuration is
///   invalid; or it could not be stopped: 404;
/// - 6: it is still running, or was when the command was to end and stopped it;
/// - 5: it could not be carried out, was stopped, or ended with a result that is not known;
/// - 5: it could not be started, asked for or stopped, for any other reason, such as 402, or it is
///   not known to have been started;
/// - 5: it was not sent, since the command ended before its turn;
/// - 5: it was rejected by the queue, and another one passed: not all that was asked for has run;
/// - 0: it passed, and others may have been skipped; for `stop`: it is stopped;
/// - 3: none of these: there are no jobs, or all were skipped or rejected.
exit_code exit_code_of(const results& all);

/// The same with nothing but the runs that were not started.
results failed_starts(const results& all);

/// What the shell is told. A signal says more than the results do, and with `--no-wait` only the
/// starts count.
int exit_status_of(const results& all, const invocation& what, const halt& why);

}  // namespace cli
