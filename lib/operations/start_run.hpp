/// \file
/// Starting a run, at most once.
#pragma once

#include <memory>

#include <nunu/run.hpp>
#include "operations/operation.hpp"

namespace nunu::detail {
class client_state;
}

namespace nunu::operations {

transport::task<completion<started_run>> start_run(std::shared_ptr<detail::client_state> state,
                                                   std::shared_ptr<cancellation> cancel,
                                                   run_request request, start_options options);

}  // namespace nunu::operations
