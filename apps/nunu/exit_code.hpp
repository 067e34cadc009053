/// \file
/// What the command tells the shell.
#pragma once

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

/// The first line that is true of any job:
///
/// | code | a job |
/// | --- | --- |
/// | 1 | failed or was blocked |
/// | 4 | could not be started, asked for or stopped: 401, 403 |
/// | 2 | could not be started or asked for: 400, 404, 413, or the request or the configuration is
/// invalid; could not be stopped: 404 | | 6 | is still running | | 5 | could not be carried out,
/// was stopped, or ended with a result that is not known | | 5 | could not be started, asked for or
/// stopped, for any other reason, such as 402, or is not known to have been started | | 5 | was not
/// sent, since the command ended before its turn | | 5 | was rejected by the queue, and another one
/// passed: not all that was asked for has run | | 0 | passed; others may have been skipped. For
/// `stop`: is stopped |
///
/// and 3 when none is: there are no jobs, or all were skipped or rejected.
exit_code exit_code_of(const results& all);

}  // namespace cli
