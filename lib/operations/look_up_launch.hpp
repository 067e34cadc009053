/// \file
/// Finding the jobs of a launch by its tag.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include <nunu/run.hpp>
#include "core/clock.hpp"
#include "core/launch_lookup.hpp"
#include "operations/operation.hpp"

namespace nunu::detail {
class client_state;
}

namespace nunu::operations {

/// What looking a launch up came to.
struct launch_finding {
  /// `give_up` also when it was cancelled; never `list`.
  core::launch_lookup::step ended = core::launch_lookup::step::give_up;
  /// All jobs that were seen.
  started_run run{};
  /// Why it was given up; none: the listings could be read, but did not tell.
  boost::system::error_code code{};
  diagnostics details{};
};

/// Begins no listing after `ends_at`, and ends each at `deadline`.
transport::task<launch_finding> look_up_launch(detail::client_state& state, cancellation& cancel,
                                               std::string launch_id,
                                               core::launch_lookup::question asked,
                                               core::time_point ends_at, core::time_point deadline);

transport::task<completion<std::optional<started_run>>> find_launch(
    std::shared_ptr<detail::client_state> state, std::shared_ptr<cancellation> cancel,
    std::string launch_id);

}  // namespace nunu::operations
