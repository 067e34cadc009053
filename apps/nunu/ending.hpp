/// \file
/// How a job, or a run that did not come to be one, has ended for the command.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "results.hpp"

namespace cli {

enum class ending : std::uint8_t {
  passed,
  skipped,
  blocked,
  failed,
  /// The test could not be carried out.
  execution_failure,
  stopped,
  /// By the queue.
  rejected,
  /// A result that this version does not understand.
  unknown,
  still_running,
  /// The job cannot be asked for, or cannot be stopped.
  unreachable,
  /// There is no job, surely.
  not_started,
  /// There may be one.
  start_unknown,
};
inline constexpr std::size_t ending_count = 12;

/// For `stop` it is about the request: `stopped` or `unreachable`.
ending ending_of(const result& r);

/// The enumerators' names.
std::string_view to_string(ending e);

/// It was not sent, since the command ended before its turn.
bool was_not_sent(const result& r);

/// The command ended before it saw the job, so nothing is known of it.
bool is_unseen(const result& r);
/// Nothing has failed for it before: there was no time to look.
bool was_cut_short(const result& r);

/// The job passed; for `stop`: it is stopped.
bool succeeded(const result& r);

}  // namespace cli
