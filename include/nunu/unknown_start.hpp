/// \file
/// What to do about a start of which nobody can tell whether it took effect.
#pragma once

#include <cstdint>

namespace nunu {

/// The service has no idempotency key: what was sent and not answered is sent again at one's own
/// risk only.
enum class unknown_start : std::uint8_t {
  /// The start ends in `errc::start_outcome_unknown`, with its launch id.
  report,
  /// It is sent again, with the same launch id. The run may then be started, and billed, twice.
  risk_second_run,
};

}  // namespace nunu
