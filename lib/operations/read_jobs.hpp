/// \file
/// Asking for one job, and for one page of a listing.
#pragma once

#include <memory>
#include <string>

#include <nunu/job.hpp>
#include "operations/operation.hpp"

namespace nunu::detail {
class client_state;
}

namespace nunu::operations {

transport::task<completion<job>> get_job(std::shared_ptr<detail::client_state> state,
                                         std::shared_ptr<cancellation> cancel, std::string job_id);

transport::task<completion<job_page>> list_jobs(std::shared_ptr<detail::client_state> state,
                                                std::shared_ptr<cancellation> cancel,
                                                job_query query);

}  // namespace nunu::operations
