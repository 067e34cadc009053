/// \file
/// Asking for one run in full, and for its bugs.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <nunu/run_details.hpp>
#include "operations/operation.hpp"

namespace nunu::detail {
class client_state;
}

namespace nunu::operations {

transport::task<completion<run_details>> get_run(std::shared_ptr<detail::client_state> state,
                                                 std::shared_ptr<cancellation> cancel,
                                                 std::string run_id);

transport::task<completion<std::vector<bug>>> list_bugs(std::shared_ptr<detail::client_state> state,
                                                        std::shared_ptr<cancellation> cancel,
                                                        std::string run_id);

}  // namespace nunu::operations
