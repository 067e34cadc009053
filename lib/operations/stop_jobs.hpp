/// \file
/// Stopping jobs.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <nunu/stop.hpp>
#include "operations/operation.hpp"

namespace nunu::detail {
class client_state;
}

namespace nunu::operations {

transport::task<completion<stop_report>> stop_jobs(std::shared_ptr<detail::client_state> state,
                                                   std::shared_ptr<cancellation> cancel,
                                                   std::vector<std::string> ids);

}  // namespace nunu::operations
